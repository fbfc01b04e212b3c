using System.Security.Cryptography;
using System.Text;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Spine.Access;
using Strongroom.Use.Asking;
using Strongroom.Use.Sessions;

namespace Strongroom.Use.Compare;

/// <summary>Comparing what a caller says with what is on file. Pure; the time taken does not depend on how much of it is right.</summary>
internal static class CompareRules
{
    public const int MostItems = 4;

    private const int LastLetters = 4;

    public static IReadOnlyList<FieldError> Errors(IReadOnlyDictionary<ItemKey, Said?> said, Knowledge knowledge)
    {
        if (said.Count is 0 or > MostItems)
        {
            return [(said.Count == 0 ? Reasons.FieldMissing : Reasons.TooMany).At("items")];
        }

        var errors = new List<FieldError>();
        foreach (var (position, (item, one)) in said.Index())
        {
            // A name nobody knows is not repeated: it may be the value itself, put in the wrong place.
            if (knowledge.Item(item) is not { } known)
            {
                errors.Add(Reasons.ItemUnknown.At($"items[{position}]"));
            }
            else if (one?.Value is null)
            {
                errors.Add(Reasons.FieldMissing.At(one is null ? $"items.{item.Value}" : $"items.{item.Value}.value"));
            }
            else if (!Fits(known, one.Part))
            {
                errors.Add(Reasons.ComparePart.At($"items.{item.Value}.part"));
            }
            else if (Form(known.Kind, one.Value, one.Part, typed: true).Count == 0)
            {
                var fault = known.Kind.ShapeFault;
                errors.Add(new FieldError($"items.{item.Value}.value", fault.Code, fault.Zh, fault.En));
            }
        }

        return errors;
    }

    /// <summary>
    /// Whether a value counts for verifying a caller: of an active record, and taken in well before the session, so that neither a
    /// disputed record nor one just made for the purpose speaks for him (R118).
    /// </summary>
    public static bool Verifies(HeldItem item, ServiceSession session, long settledMs, long sure = long.MaxValue) =>
        item.Record.State == LifeState.Active && item.Value.At <= Math.Min(session.Opened, sure) - settledMs;

    /// <summary>Whether any stored value is the one said. Every value is looked at, whatever the earlier ones gave.</summary>
    /// <param name="stored">Clear texts; null where one did not open.</param>
    public static Match Compare(ItemKind kind, Said said, IEnumerable<string?> stored)
    {
        var wanted = Form(kind, said.Value, said.Part, typed: true);
        var found = 0;
        foreach (var text in stored)
        {
            foreach (var form in text is null ? [] : Form(kind, text, said.Part, typed: false))
            {
                found |= wanted.Count == 1 && CryptographicOperations.FixedTimeEquals(Digest(form), Digest(wanted[0])) ? 1 : 0;
            }
        }

        return found == 1 ? Match.Match : Match.NoMatch;
    }

    /// <summary>What a match of this item proves about the caller; null: nothing (a name, or a phone number that the telephone shows anyway, or a route that the mask shows).</summary>
    public static CallerProof? Proves(ItemKnown item, ComparePart part) => (item.Definition, part) switch
    {
        ({ Identifies: true }, ComparePart.Whole or ComparePart.Last4) => CallerProof.Document,
        ({ Kind: "date", Category: Category.Identity }, ComparePart.Whole) => CallerProof.Birth,
        ({ Kind: "segments", Mask: not "route" }, ComparePart.Route or ComparePart.Whole) => CallerProof.Route,
        ({ Kind: "code" or "code6" or "digits13" or "digits", Category: Category.Transaction }, ComparePart.Whole) => CallerProof.Booking,
        _ => null,
    };

    private static bool Fits(ItemKnown item, ComparePart part) => !item.Facts.NeverShown && part switch
    {
        ComparePart.Whole => item.Kind.IsSearchable,
        ComparePart.Last4 => item.Definition.Kind is "cn-id" or "passport" or "permit" or "pan" or "mobile" or "phone" or "code" or "digits" or "digits13" or "imei" or "uscc",
        ComparePart.Route => item.Definition.Kind == "segments",
        _ => false,
    };

    /// <summary>The forms in which two values are the same; none when the value is not understood.</summary>
    private static IReadOnlyList<string> Form(ItemKind kind, string value, ComparePart part, bool typed)
    {
        switch (part)
        {
            case ComparePart.Last4 when typed:
                var letters = Letters(value);
                return letters.Length == LastLetters ? [letters] : [];
            case ComparePart.Last4:
                return kind.TryNormalise(value, out var whole) && Letters(whole) is { Length: >= LastLetters } all ? [all[^LastLetters..]] : [];
            case ComparePart.Route when typed:
                return Letters(value) is { Length: 6 } route && route.All(char.IsAsciiLetterUpper) ? [route] : [];
            case ComparePart.Route:
                return [.. (Segment.ReadAll(value) ?? []).Select(leg => Letters(leg.From + leg.To)).Distinct()];
            default:
                return kind.TryNormalise(value, out var normal) ? [normal] : [];
        }
    }

    private static string Letters(string value) => string.Concat((IdentifierText.Fold(value) ?? "").Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    // Equal lengths, so that the comparison tells nothing of the length either.
    private static byte[] Digest(string form) => SHA256.HashData(Encoding.UTF8.GetBytes(form));
}
