using Microsoft.Extensions.DependencyInjection;
using Strongroom.Spine.Audit;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Search;

namespace Strongroom.Store;

/// <summary>Customers, consents, search and files. Needs <c>Database</c> (data), <c>IKeyring</c>, <c>IMac</c>, <c>ISearchBlocks</c> and <c>TimeProvider</c>.</summary>
internal static class StoreModule
{
    public static IServiceCollection AddStore(this IServiceCollection services) => services
        .AddSingleton<RowMacs>()
        .AddSingleton<CustomerReader>()
        .AddSingleton<CustomerWriter>()
        .AddSingleton<ICustomers, Customers.Customers>()
        .AddSingleton<IMatching, Matching>()
        .AddSingleton<IConsents, Consents>()
        .AddSingleton<ICustomerSearch, CustomerSearch>()
        .AddSingleton<ICommitGuards, CustomerGuards>();
}
