using Microsoft.Extensions.DependencyInjection;
using Strongroom.Keys.Epochs;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Monitoring;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Compartments;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Files;
using Strongroom.Store.Search;

namespace Strongroom.Store;

/// <summary>Customers, consents, search and files. Needs <c>Database</c> (data), <c>IKeyring</c>, <c>IMac</c>, <c>ISearchBlocks</c> and <c>TimeProvider</c>.</summary>
internal static class StoreModule
{
    public static IServiceCollection AddStore(this IServiceCollection services) => services
        .AddSingleton<Catalogues>()
        .AddSingleton<IItemWeights, ItemWeights>()
        .AddSingleton<PostDuties>()
        .AddSingleton<ICatalogues>(provider => provider.GetRequiredService<Catalogues>())
        .AddSingleton<IItemLevels, ItemLevels>()
        .AddSingleton<RowMacs>()
        .AddSingleton<CustomerReader>()
        .AddSingleton<CustomerWriter>()
        .AddSingleton<ICustomers, Customers.Customers>()
        .AddSingleton<IMatching, Matching>()
        .AddSingleton<Consents>()
        .AddSingleton<IConsents>(services => services.GetRequiredService<Consents>())
        .AddSingleton<SealedFiles>()
        .AddSingleton<ISealedFiles>(services => services.GetRequiredService<SealedFiles>())
        .AddSingleton<ItemSealer>()
        .AddSingleton<OrphanSweeper>()
        .AddSingleton<ISearchBlockRekeyer, SearchRekeyer>()
        .AddSingleton<StoreIntegrity>()
        .AddSingleton<StoreAlarms>()
        .AddSingleton<ICustomerSearch, CustomerSearch>()
        .AddSingleton<ICommitGuards, CustomerGuards>();
}
