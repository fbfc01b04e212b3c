using System.Collections.Frozen;

namespace Strongroom.Store.Catalogue;

/// <summary>
/// How many bits the plausible values of an item have. Digests of a small set leak by frequency and can be tried through, so an item under
/// <see cref="Least"/> bits is searched only as part of a combined key that reaches it.
/// </summary>
internal static class SearchEntropy
{
    public const double Least = 20;

    // Counted low: what an attacker with public knowledge would have to try, not what the format allows.
    private static readonly FrozenDictionary<string, double> _bits = new Dictionary<string, double>
    {
        ["name"] = 20, ["name-latin"] = 20, ["text"] = 20, ["person-ref"] = 20,
        ["cn-id"] = 33, ["passport"] = 26, ["permit"] = 26, ["uscc"] = 26, ["pan"] = 33, ["imei"] = 33, ["plate"] = 24,
        ["mobile"] = 30, ["phone"] = 27, ["email"] = 30, ["ip"] = 31,
        ["code"] = 24, ["code6"] = 30, ["digits"] = 26, ["digits10"] = 33, ["digits13"] = 40, ["segments"] = 21,
        ["date"] = 15, ["flight"] = 13, ["money"] = 12, ["number"] = 7, ["enum"] = 3,
    }.ToFrozenDictionary();

    /// <summary>0 for kinds that are never searched.</summary>
    public static double OfKind(string kind) => _bits.GetValueOrDefault(kind);

    public static double Of(ItemDefinition item) =>
        item.Values is { } values ? Math.Min(OfKind(item.Kind), Math.Log2(values)) : OfKind(item.Kind);

    public static double Of(SearchPart part, ItemDefinition item) => part.Member is null ? Of(item) : OfKind(part.Normalise);
}
