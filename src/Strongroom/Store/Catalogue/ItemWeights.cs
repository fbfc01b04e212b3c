using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Monitoring;

namespace Strongroom.Store.Catalogue;

/// <summary>Level and volume limit of each item of the catalogue, for whoever counts what was opened.</summary>
internal sealed class ItemWeights(Database database, ICatalogues catalogues) : IItemWeights
{
    public async Task<IReadOnlyDictionary<ItemKey, ItemWeight>> NowAsync(CancellationToken ct = default) =>
        (await catalogues.AtAsync(await database.ReadAsync(ConfigEpoch.ReadAsync, ct), ct)).Catalogue.Items.ToDictionary(item => item.Key, item => new ItemWeight(item.Level, item.Volume));
}
