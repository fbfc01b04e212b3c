using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Keys;
using Strongroom.Store.Customers;
using Strongroom.Store.Search;

namespace Strongroom.Store.Compartments;

/// <summary>What sealing needs to know of a catalogue item.</summary>
/// <param name="Find">Findable by its value alone; its search key then has the item's name.</param>
/// <param name="Identifies">A document number that proves identity and belongs to one customer.</param>
internal sealed record ItemSpec(ItemKey Key, Compartment Compartment, ItemKind Kind, bool Find, bool Identifies);

/// <param name="Member">Member of a JSON value (or of each of its elements), or null for the whole value.</param>
/// <param name="Kind">The kind whose normal form is used.</param>
internal sealed record CombinedPart(ItemKey Item, string? Member, ItemKind Kind);

/// <summary>Several values searched as one.</summary>
/// <param name="Compartment">Sensitive when any part is.</param>
internal sealed record CombinedKey(SearchKeyName Key, Compartment Compartment, IReadOnlyList<CombinedPart> Parts);

/// <param name="Value">In clear; text of the item's kind.</param>
/// <param name="Version">The version it will have in the record: 1 for a new record, expected + 1 for a correction.</param>
internal sealed record ItemToSeal(ItemSpec Spec, string Value, int Version = 1);

/// <summary>A record's values ready to be written.</summary>
internal sealed record SealedItems(IReadOnlyList<NewItem> Items, IReadOnlyList<NewBlock> Blocks, IReadOnlyList<NewClaim> Claims);

/// <summary>From clear values to sealed ones, search blocks and identity claims; the only way values enter the store (R28).</summary>
internal sealed class ItemSealer(ISearchBlocks search)
{
    /// <summary>Search rows one combined key may give a record; more legs or guests than that are not found this way.</summary>
    public const int MostTerms = 64;

    /// <summary>The item name under which a consent's evidence reference is sealed.</summary>
    public const string ReferenceItem = "consent.reference";

    /// <param name="combined">The catalogue's combined search keys; those with a part missing give nothing.</param>
    /// <param name="also">Values of the customer's other records, known in this submission, that combined keys may join: a booking's
    /// number with the profile's name. They are not sealed here.</param>
    public SealedItems Seal(
        CustomerKeys keys,
        RecordId record,
        IntakeId intake,
        long at,
        IReadOnlyList<ItemToSeal> items,
        IReadOnlyList<CombinedKey> combined,
        IReadOnlyDictionary<ItemKey, string>? also = null)
    {
        var sealedItems = new List<NewItem>(items.Count);
        var blocks = new List<NewBlock>();
        var claims = new List<NewClaim>();
        foreach (var (spec, value, version) in items)
        {
            sealedItems.Add(new NewItem(
                spec.Key, version, spec.Compartment, at, intake,
                Seal(keys, new SealScope(keys.Customer, record.Value, spec.Key.Value, version, spec.Compartment), value)));
            var key = SearchKeyName.Make(spec.Key.Value);
            foreach (var term in spec.Find ? spec.Kind.SearchTerms(value).Take(MostTerms) : [])
            {
                blocks.Add(new NewBlock(key, spec.Compartment, With(term, bytes => search.Block(key.Value, bytes))));
            }

            if (spec.Identifies && spec.Kind.TryNormalise(value, out var normalised))
            {
                claims.Add(new NewClaim(key, With(normalised, bytes => search.Lookup(key.Value, bytes))));
            }
        }

        foreach (var key in combined)
        {
            foreach (var term in Terms(key, items, also))
            {
                blocks.Add(new NewBlock(key.Key, key.Compartment, search.Block(key.Key.Value, term)));
                CryptographicOperations.ZeroMemory(term);
            }
        }

        return new SealedItems(sealedItems, blocks, claims);
    }

    /// <summary>Seals the number of a recording or signed paper that proves a consent.</summary>
    public static byte[] SealReference(CustomerKeys keys, ConsentId consent, string reference) =>
        Seal(keys, ReferenceScope(keys.Customer, consent), reference);

    public static SealScope ReferenceScope(KeyOwner customer, ConsentId consent) =>
        new(customer, consent.Value, ReferenceItem, 1, Compartment.General);

    /// <summary>The look-up for a typed value, or null when it is not of the item's kind or the item is not findable alone.</summary>
    public SearchLookup? Lookup(ItemSpec spec, string? typed)
    {
        var key = SearchKeyName.Make(spec.Key.Value);
        return spec.Find && spec.Kind.LookupTerm(typed) is { } term
            ? new SearchLookup(key, spec.Compartment, With(term, bytes => search.Lookup(key.Value, bytes)))
            : null;
    }

    /// <summary>The look-up for a combined key; null unless every part is typed and understood.</summary>
    public SearchLookup? Lookup(CombinedKey key, IReadOnlyDictionary<ItemKey, string> typed)
    {
        var parts = new List<string>(key.Parts.Count);
        foreach (var part in key.Parts)
        {
            if (!typed.TryGetValue(part.Item, out var value) || part.Kind.LookupTerm(value) is not { } term)
            {
                return null;
            }

            parts.Add(term);
        }

        var joined = Join(parts);
        var lookup = new SearchLookup(key.Key, key.Compartment, search.Lookup(key.Key.Value, joined));
        CryptographicOperations.ZeroMemory(joined);
        return lookup;
    }

    /// <summary>Identity claims of typed values, for matching before anything is written.</summary>
    public IReadOnlyList<NewClaim> Claims(IEnumerable<(ItemSpec Spec, string Value)> typed)
    {
        var claims = new List<NewClaim>();
        foreach (var (spec, value) in typed.Where(one => one.Spec.Identifies))
        {
            if (spec.Kind.TryNormalise(value, out var normalised))
            {
                claims.Add(new NewClaim(SearchKeyName.Make(spec.Key.Value), With(normalised, bytes => search.Lookup(spec.Key.Value, bytes))));
            }
        }

        return claims;
    }

    /// <summary>The mark of an import's source key (system + key), which may itself be personal.</summary>
    public NewSource Source(string system, string key)
    {
        var joined = Join([system, key]);
        var source = new NewSource(system, search.Lookup(NewSource.SearchKey, joined));
        CryptographicOperations.ZeroMemory(joined);
        return source;
    }

    private static byte[] Seal(CustomerKeys keys, in SealScope scope, string value)
    {
        var plain = Encoding.UTF8.GetBytes(value);
        try
        {
            return keys.Seal(scope, plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static T With<T>(string term, Func<ReadOnlySpan<byte>, T> make)
    {
        var bytes = Encoding.UTF8.GetBytes(term);
        try
        {
            return make(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Every combination of the parts' terms, each part length-prefixed so that "ab"+"c" is not "a"+"bc".</summary>
    private static List<byte[]> Terms(CombinedKey key, IReadOnlyList<ItemToSeal> items, IReadOnlyDictionary<ItemKey, string>? also)
    {
        // A record without any part of its own says nothing new under this key.
        if (!key.Parts.Any(part => items.Any(item => item.Spec.Key == part.Item)))
        {
            return [];
        }

        IEnumerable<List<string>> rows = [[]];
        foreach (var part in key.Parts)
        {
            var value = items.FirstOrDefault(item => item.Spec.Key == part.Item)?.Value ?? also?.GetValueOrDefault(part.Item);
            var terms = value is null ? [] : PartTerms(part, value);
            rows = rows.SelectMany(row => terms.Select(term => row.Append(term).ToList()));
        }

        return rows.Take(MostTerms).Select(Join).ToList();
    }

    private static List<string> PartTerms(CombinedPart part, string value)
    {
        var raw = part.Member is null ? [value] : Members(value, part.Member);
        return raw.SelectMany(one => part.Kind.SearchTerms(one)).Distinct(StringComparer.Ordinal).Take(MostTerms).ToList();
    }

    private static List<string> Members(string json, string member)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var objects = root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToList() : [root];
            return objects
                .Where(one => one.ValueKind == JsonValueKind.Object && one.TryGetProperty(member, out var found) && found.ValueKind == JsonValueKind.String)
                .Select(one => one.GetProperty(member).GetString()!)
                .ToList();
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static byte[] Join(List<string> parts)
    {
        var frame = new FrameWriter();
        foreach (var part in parts)
        {
            frame.Bytes(Encoding.UTF8.GetBytes(part));
        }

        return frame.ToArray();
    }
}
