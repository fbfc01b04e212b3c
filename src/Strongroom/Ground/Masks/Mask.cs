using System.Globalization;

namespace Strongroom.Ground.Masks;

/// <summary>
/// How a value looks to someone who may know that it exists but not what it is. Three laws (R47, tested as properties): a mask that does
/// not understand a value hides all of it, at a fixed length; it never shows more characters than its spec names; it never throws.
/// </summary>
/// <remarks>
/// Specs: name · name-latin · person · date-year · keep:A,B · first:N · last:N · first:N+last:M · passport · mobile · email ·
/// address-district · ticket · route · month · count · band or band:WIDTH · total · ip24 · hidden · shown · never.
/// </remarks>
internal sealed class Mask
{
    /// <summary>What a wholly hidden value looks like; its length says nothing about the value's.</summary>
    public const string Hidden = "******";

    // Longer values are records or files; a mask that would show a part of one has no business with it.
    private const int MaxLine = 2_048;
    private const int MaxDocument = 1 << 20;

    private readonly Func<string, string?> _show;
    private readonly int _maxLength;

    private Mask(string spec, Func<string, string?> show, int maxLength = MaxLine)
    {
        Spec = spec;
        _show = show;
        _maxLength = maxLength;
    }

    public string Spec { get; }

    /// <summary>The whole value, level 1 only.</summary>
    public bool ShowsAll => Spec == "shown";

    /// <summary>Not even a right to clear text shows this item: passwords, message content, templates.</summary>
    public bool NeverInClear => Spec == "never";

    /// <exception cref="ArgumentException">Unknown spec.</exception>
    public static Mask Parse(string spec) =>
        TryParse(spec, out var mask) ? mask! : throw new ArgumentException("Unknown mask spec.", nameof(spec));

    /// <summary>False for an unknown spec; the pack that holds it is then not loaded.</summary>
    public static bool TryParse(string? spec, out Mask? mask)
    {
        mask = spec switch
        {
            null => null,
            "name" => new Mask(spec, NameMask.Any),
            "name-latin" => new Mask(spec, NameMask.Latin),
            "person" => new Mask(spec, NameMask.Person),
            "date-year" => new Mask(spec, ValueMasks.Year),
            "passport" => new Mask(spec, ValueMasks.Passport),
            "mobile" => new Mask(spec, ValueMasks.Mobile),
            "email" => new Mask(spec, ValueMasks.Email),
            "address-district" => new Mask(spec, AddressMask.District),
            "ticket" => new Mask(spec, ValueMasks.Ticket),
            "ip24" => new Mask(spec, ValueMasks.Network),
            "route" => new Mask(spec, RecordMasks.Route, MaxDocument),
            "month" => new Mask(spec, RecordMasks.Month, MaxDocument),
            "count" => new Mask(spec, RecordMasks.Count, MaxDocument),
            "total" => new Mask(spec, RecordMasks.Total, MaxDocument),
            "hidden" or "never" => new Mask(spec, static _ => null),
            "shown" => new Mask(spec, static value => value, int.MaxValue),
            _ => Parameterised(spec),
        };
        return mask is not null;
    }

    /// <summary>The masked form; <see cref="Hidden"/> for null, empty, or whatever is not understood.</summary>
    public string Apply(string? value)
    {
        if (string.IsNullOrEmpty(value) || value.Length > _maxLength)
        {
            return Hidden;
        }

        return _show(value) is { Length: > 0 } shown ? shown : Hidden;
    }

    public override string ToString() => Spec;

    private static Mask? Parameterised(string spec)
    {
        if (spec == "band")
        {
            return new Mask(spec, static value => RecordMasks.Band(value, 100), MaxDocument);
        }

        if (spec.StartsWith("band:", StringComparison.Ordinal))
        {
            return Small(spec[5..], 1_000_000) is >= 10 and var width ? new Mask(spec, value => RecordMasks.Band(value, width), MaxDocument) : null;
        }

        var (first, last) = Ends(spec);
        return first is null || last is null || first + last is 0 or > 8
            ? null
            : new Mask(spec, value => ValueMasks.Ends(value, first.Value, last.Value));
    }

    private static (int? First, int? Last) Ends(string spec)
    {
        if (spec.StartsWith("keep:", StringComparison.Ordinal))
        {
            return spec[5..].Split(',') is [var head, var tail] ? (Small(head, 8), Small(tail, 8)) : (null, null);
        }

        return spec.Split('+') switch
        {
            [['f', 'i', 'r', 's', 't', ':', .. var head], ['l', 'a', 's', 't', ':', .. var tail]] => (Small(head, 8), Small(tail, 8)),
            [['f', 'i', 'r', 's', 't', ':', .. var head]] => (Small(head, 8), 0),
            [['l', 'a', 's', 't', ':', .. var tail]] => (0, Small(tail, 8)),
            _ => (null, null),
        };
    }

    private static int? Small(string text, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max ? number : null;
}
