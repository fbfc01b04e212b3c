using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

/// <summary>Definitions by key, in the order they were first named.</summary>
internal sealed class Keyed<TKey, T> where TKey : notnull
{
    private readonly List<TKey> _order = [];
    private readonly Dictionary<TKey, T> _byKey = [];

    public bool TryGet(TKey key, out T? value) => _byKey.TryGetValue(key, out value);

    public void Set(TKey key, T value)
    {
        if (_byKey.TryAdd(key, value))
        {
            _order.Add(key);
        }
        else
        {
            _byKey[key] = value;
        }
    }

    public Listed<T> InOrder() => _order.Select(key => _byKey[key]).ToListed();
}

/// <summary>The catalogue while its layers are read, the base pack first.</summary>
internal sealed class PackDraft
{
    public List<PackStamp> Stamps { get; } = [];

    public Keyed<ItemKey, ItemDefinition> Items { get; } = new();

    public Keyed<SearchKeyName, SearchKey> SearchKeys { get; } = new();

    public Keyed<RecordTypeKey, RecordType> Records { get; } = new();

    public Keyed<string, RelationDefinition> Relations { get; } = new();

    public Keyed<PurposeKey, PurposeDefinition> Purposes { get; } = new();

    public Keyed<(NoticeKey, int), NoticeText> Notices { get; } = new();

    public Keyed<FormKey, FormDefinition> Forms { get; } = new();

    public Keyed<string, SceneDefinition> Scenes { get; } = new();

    public Keyed<int, VolumeThreshold> Thresholds { get; } = new();

    public Keyed<PostKey, PostDefinition> Posts { get; } = new();

    public Keyed<string, ConflictDefinition> Conflicts { get; } = new();

    public InformationCatalogue Finish() => new(
        Stamps[^1], Stamps.Take(Stamps.Count - 1).ToListed(), Items.InOrder(), SearchKeys.InOrder(), Records.InOrder(), Relations.InOrder(),
        Purposes.InOrder(), Notices.InOrder(), Forms.InOrder(), Scenes.InOrder(), Thresholds.InOrder(), Posts.InOrder(), Conflicts.InOrder());
}
