using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Policies;
using Strongroom.Store;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Policies;

namespace Strongroom.Tests.Store;

public sealed class StoreModuleTests() : StoreWorld(TestStore.Sqlite())
{
    [Fact]
    public void Everything_the_module_offers_can_be_made()
    {
        var log = new MemoryLog();
        var services = new ServiceCollection().AddSingleton(Db).AddSingleton<TimeProvider>(Clock).AddSingleton<IAuditLog>(log)
            .AddSingleton<IKeyring>(Keys).AddSingleton<IMac>(Keys).AddSingleton<ISearchBlocks>(Keys)
            .AddSingleton(new ControlStore(new ControlRows(new ControlTestMac()), log, new ControlAlarms(log, NullLogger<ControlAlarms>.Instance), Clock));
        var outside = services.Count;
        services.AddStore();
        using var provider = services.BuildServiceProvider();
        Assert.All(services.Skip(outside), one => Assert.NotNull(provider.GetRequiredService(one.ServiceType)));
    }
}
