using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Policies;

namespace Strongroom.Store.Catalogue;

/// <summary>Levels of items, out of the catalogue of the live configuration epoch.</summary>
internal sealed class ItemLevels(Database database, ICatalogues catalogues) : IItemLevels
{
    public async Task<Level> HighestAsync(IReadOnlyCollection<ItemKey> items, CancellationToken ct = default)
    {
        var catalogue = (await catalogues.AtAsync(await database.ReadAsync(ConfigEpoch.ReadAsync, ct), ct)).Catalogue;
        return items.Select(item => catalogue.Item(item)?.Level ?? Level.Critical).DefaultIfEmpty(Level.Critical).Max();
    }
}
