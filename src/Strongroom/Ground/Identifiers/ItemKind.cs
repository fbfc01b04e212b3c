using Strongroom.Ground.Masks;

namespace Strongroom.Ground.Identifiers;

/// <summary>
/// What the catalogue means by an item's kind: how its value is validated, normalised for exact search, and masked. Values are text;
/// structured kinds are JSON text, and images, audio and files are the 32-hex ids of sealed objects.
/// </summary>
internal sealed class ItemKind
{
    private readonly Func<string, string?> _normalise;
    private readonly Func<string, string, DateOnly, Verdict> _check;
    private readonly Func<string, IReadOnlyList<string>>? _terms;

    /// <param name="name">The name used in packs.</param>
    /// <param name="maxLength">In UTF-16 units of the raw value.</param>
    /// <param name="shape">The answer when the value is not of this kind at all.</param>
    /// <param name="normalise">From folded (raw for <paramref name="isRaw"/> kinds) to normal form; null when not understood.</param>
    /// <param name="check">Raw value, normal form, today.</param>
    internal ItemKind(
        string name, string mask, int maxLength, Fault shape, Func<string, string?> normalise,
        Func<string, string, DateOnly, Verdict>? check = null, bool searchable = true, bool isRaw = false,
        Func<string, IReadOnlyList<string>>? terms = null)
    {
        Name = name;
        DefaultMask = Mask.Parse(mask);
        MaxLength = maxLength;
        ShapeFault = shape;
        _normalise = isRaw ? normalise : value => IdentifierText.Fold(value) is { Length: > 0 } folded ? normalise(folded) : null;
        _check = check ?? ((_, _, _) => Verdict.Ok());
        _terms = terms;
        IsSearchable = searchable;
    }

    public string Name { get; }

    /// <summary>Used where a pack names no mask.</summary>
    public Mask DefaultMask { get; }

    public int MaxLength { get; }

    /// <summary>False for sealed objects, secrets and records: a catalogue that lets them be searched is refused.</summary>
    public bool IsSearchable { get; }

    public Fault ShapeFault { get; }

    /// <summary>Whether a value may be stored as this kind.</summary>
    /// <param name="today">The day at the handler's place; no birth date may lie after it.</param>
    public Verdict Check(string? value, DateOnly today)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return Verdict.Invalid(Faults.Missing);
        }

        if (value.Length > MaxLength)
        {
            return Verdict.Invalid(Faults.TooLong);
        }

        if (IdentifierText.Fold(value) is null)
        {
            return Verdict.Invalid(Faults.BadText);
        }

        return TryNormalise(value, out var normalised) ? _check(value, normalised, today) : Verdict.Invalid(ShapeFault);
    }

    /// <summary>
    /// The one form all spellings of a value share, under <see cref="Normalisation.Version"/>. False when the value is not of this kind;
    /// a look-up then answers with <see cref="ShapeFault"/> instead of "nobody".
    /// </summary>
    public bool TryNormalise(string? value, out string normalised)
    {
        normalised = value is null || value.Length > MaxLength ? "" : _normalise(value) ?? "";
        return normalised.Length > 0;
    }

    /// <summary>
    /// The normalised terms a stored value can be found by: one for a plain value, one per leg for a journey, none when not searchable.
    /// A look-up uses <see cref="LookupTerm"/>.
    /// </summary>
    public IReadOnlyList<string> SearchTerms(string? value) =>
        !IsSearchable || !TryNormalise(value, out var normalised) ? [] : _terms is null ? [normalised] : _terms(value!);

    /// <summary>The term a typed query stands for, or null when it is not of this kind.</summary>
    public string? LookupTerm(string? query)
    {
        if (!IsSearchable || query is null || query.Length > MaxLength)
        {
            return null;
        }

        // A journey is looked up by "CA1301 2024-05-01", which is a term but no journey.
        return _terms is null || SearchTerms(query) is not [var only] ? TypedTerm(query) : only;
    }

    /// <summary>The value as its mask shows it. A value that is not of this kind is hidden whole, whatever the mask.</summary>
    public string Show(string? value, Mask? mask = null)
    {
        mask ??= DefaultMask;
        return mask.ShowsAll || TryNormalise(value, out _) ? mask.Apply(value) : Mask.Hidden;
    }

    public override string ToString() => Name;

    private string? TypedTerm(string query)
    {
        if (_terms is null)
        {
            return TryNormalise(query, out var normalised) ? normalised : null;
        }

        return IdentifierText.Fold(query)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var flight, var date]
            && TravelCodes.Flight(flight) is { } code && CalendarDate.Normalise(date) is { } day ? code + " " + day : null;
    }
}
