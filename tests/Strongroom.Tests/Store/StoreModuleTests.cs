using Microsoft.Extensions.DependencyInjection;
using Strongroom.Keys;
using Strongroom.Store;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Store;

public sealed class StoreModuleTests() : StoreWorld(TestStore.Sqlite())
{
    [Fact]
    public void Everything_the_module_offers_can_be_made()
    {
        var services = new ServiceCollection().AddSingleton(Db).AddSingleton<TimeProvider>(Clock)
            .AddSingleton<IKeyring>(Keys).AddSingleton<IMac>(Keys).AddSingleton<ISearchBlocks>(Keys);
        var outside = services.Count;
        services.AddStore();
        using var provider = services.BuildServiceProvider();

        // The catalogue, and what others read off it, stands on control rows and is tried with them.
        Assert.All(services.Skip(outside).Where(one => (one.ImplementationType ?? one.ServiceType).Namespace != "Strongroom.Store.Catalogue"), one => Assert.NotNull(provider.GetRequiredService(one.ServiceType)));
    }
}
