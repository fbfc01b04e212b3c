using System.Collections.Frozen;
using System.Globalization;
using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

/// <summary>Version of a pack: three numbers parted by dots, compared number by number.</summary>
internal readonly record struct PackVersion(int Major, int Minor, int Patch) : IComparable<PackVersion>
{
    public static bool TryParse(string? text, out PackVersion version)
    {
        version = default;
        if (text is not { Length: <= 20 } || text.Split('.') is not [var a, var b, var c]
            || !Number(a, out var major) || !Number(b, out var minor) || !Number(c, out var patch))
        {
            return false;
        }

        version = new PackVersion(major, minor, patch);
        return true;
    }

    public int CompareTo(PackVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");

    private static bool Number(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && (text.Length == 1 || text[0] != '0');
}

/// <summary>A pack that went into a catalogue.</summary>
internal sealed record PackStamp(string Id, PackVersion Version, Bilingual Title);

/// <summary>
/// What one installation may hold and why: items, search keys, record types, purposes, notices, forms, scenes and posts, each list in a
/// fixed order. Immutable and equal by content; look-ups are by key.
/// </summary>
internal sealed record InformationCatalogue(
    PackStamp Pack,
    Listed<PackStamp> Includes,
    Listed<ItemDefinition> Items,
    Listed<SearchKey> SearchKeys,
    Listed<RecordType> Records,
    Listed<RelationDefinition> Relations,
    Listed<PurposeDefinition> Purposes,
    Listed<NoticeText> Notices,
    Listed<FormDefinition> Forms,
    Listed<SceneDefinition> Scenes,
    Listed<VolumeThreshold> Thresholds,
    Listed<PostDefinition> Posts,
    Listed<ConflictDefinition> Conflicts)
{
    private readonly Lookups _lookups = new();

    /// <summary>Null when the catalogue has no such item; to a decision that is a deny.</summary>
    public ItemDefinition? Item(ItemKey key) => Find(ref _lookups.Items, Items, item => item.Key, key);

    public PurposeDefinition? Purpose(PurposeKey key) => Find(ref _lookups.Purposes, Purposes, purpose => purpose.Key, key);

    public RecordType? Record(RecordTypeKey key) => Find(ref _lookups.Records, Records, record => record.Key, key);

    public FormDefinition? Form(FormKey key) => Find(ref _lookups.Forms, Forms, form => form.Key, key);

    public PostDefinition? Post(PostKey key) => Find(ref _lookups.Posts, Posts, post => post.Key, key);

    public SearchKey? SearchKey(SearchKeyName key) => Find(ref _lookups.SearchKeys, SearchKeys, search => search.Key, key);

    public SceneDefinition? Scene(string key) => Scenes.FirstOrDefault(scene => scene.Key == key);

    /// <summary>The version in force: the highest of this key.</summary>
    public NoticeText? Notice(NoticeKey key) => Notices.Where(notice => notice.Key == key).MaxBy(notice => notice.Version);

    public NoticeText? Notice(NoticeKey key, int version) => Notices.FirstOrDefault(notice => notice.Key == key && notice.Version == version);

    /// <summary>Whether the purpose needs the item at all (R2, R3).</summary>
    public bool Needs(PurposeKey purpose, ItemKey item) => Item(item)?.Purposes.Contains(purpose) == true;

    public bool Equals(InformationCatalogue? other) => other is not null
        && Pack == other.Pack && Includes.Equals(other.Includes) && Items.Equals(other.Items) && SearchKeys.Equals(other.SearchKeys)
        && Records.Equals(other.Records) && Relations.Equals(other.Relations) && Purposes.Equals(other.Purposes)
        && Notices.Equals(other.Notices) && Forms.Equals(other.Forms) && Scenes.Equals(other.Scenes)
        && Thresholds.Equals(other.Thresholds) && Posts.Equals(other.Posts) && Conflicts.Equals(other.Conflicts);

    public override int GetHashCode() => HashCode.Combine(Pack, Items, Purposes, Forms);

    private static TValue? Find<TKey, TValue>(ref Index<TKey, TValue>? index, Listed<TValue> list, Func<TValue, TKey> keyOf, TKey key)
        where TKey : notnull where TValue : class
    {
        // Built on first use; two threads may build the same index, and either will do. A copy made by `with` shares the field but not
        // the list, so the index says which list it is of.
        var current = index;
        if (current is null || !ReferenceEquals(current.Of, list))
        {
            index = current = new Index<TKey, TValue>(list, list.GroupBy(keyOf).ToFrozenDictionary(group => group.Key, group => group.First()));
        }

        return current.ByKey.GetValueOrDefault(key);
    }

    private sealed record Index<TKey, TValue>(Listed<TValue> Of, FrozenDictionary<TKey, TValue> ByKey) where TKey : notnull;

    private sealed class Lookups
    {
        public Index<ItemKey, ItemDefinition>? Items;
        public Index<PurposeKey, PurposeDefinition>? Purposes;
        public Index<RecordTypeKey, RecordType>? Records;
        public Index<FormKey, FormDefinition>? Forms;
        public Index<PostKey, PostDefinition>? Posts;
        public Index<SearchKeyName, SearchKey>? SearchKeys;
    }
}
