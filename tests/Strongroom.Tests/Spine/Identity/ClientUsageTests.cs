using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Audit;

namespace Strongroom.Tests.Spine.Identity;

/// <summary>What clients never use, read out of the log (R34, R43).</summary>
public abstract class ClientUsageSuite(TestStore store) : AuditSuite(store)
{
    private const long Day = 86_400_000;
    private static readonly ClientId Client = ClientId.New();

    [Fact]
    public async Task Each_entry_is_read_once_whichever_node_sweeps_and_refusals_are_no_use()
    {
        await FactAsync("customer-viewed", "fulfil", "name", "pnr");
        await FactAsync("customer-found", "fulfil");
        await FactAsync("customer-viewed", "notify", Verdict.Deny, "mobile");
        await FactAsync("customer-viewed", "market", actor: LogActor.Of(PersonId.New()));
        var (here, there) = (Usage(Db), Usage(await OpenAsync(Options)));
        await Task.WhenAll(here.SweepAsync(default), there.SweepAsync(default));
        Assert.Equal(["item name", "item pnr", "purpose fulfil", "scope find", "scope view"], await UsedAsync());
        var first = await Db.ReadAsync(ClientUsageStore.AllAsync);
        await here.SweepAsync(default);
        Assert.Equal(first, await Db.ReadAsync(ClientUsageStore.AllAsync));

        // What comes later is found later, and the last time is what counts.
        await FactAsync("customer-viewed", "realname", "name");
        await there.SweepAsync(default);
        Assert.Equal(["item name", "item pnr", "purpose fulfil", "purpose realname", "scope find", "scope view"], await UsedAsync());
    }

    [Fact]
    public void What_was_never_used_is_named_once_a_client_is_settled()
    {
        var client = new ClientRequest(
            "system", PersonId.New(), [ClientScope.View, ClientScope.Find], 1, 1, 1, [PurposeKey.Of("fulfil"), PurposeKey.Of("notify")],
            [ItemKey.Of("name"), ItemKey.Of("pnr")]).ToContent() with { Registered = 1_000 * Day };
        IReadOnlySet<(string, string)> used = new HashSet<(string, string)> { ("scope", "view"), ("purpose", "fulfil"), ("item", "name"), ("item", "other") };
        ClientFindings Of(long day, long? last, bool owner = true) => ClientFindings.Of(Client, client, owner, last * Day, used, day * Day);
        var found = Of(1_040, 1_039);
        Assert.Equal([ClientScope.Find], found.Scopes);
        Assert.Equal([PurposeKey.Of("notify")], found.Purposes);
        Assert.Equal([ItemKey.Of("pnr")], found.Items);
        Assert.Equal((true, null), (found.Settled, found.UnusedDays));
        var young = Of(1_029, null);
        Assert.Equal((false, 0, 0, 0), (young.Settled, young.Scopes.Count, young.Purposes.Count, young.Items.Count));
        Assert.Null(young.UnusedDays);
        Assert.Equal([30, 30, 90], new[] { Of(1_030, null), Of(1_089, 1_000), Of(1_090, 1_000) }.Select(one => one.UnusedDays));
        Assert.True(Of(1_040, null, owner: false).OwnerLeft);
    }

    private static ClientUsage Usage(Database database) => new(database,
    [
        new DefaultEndpointDataSource(Served(Doors.CustomerView, "customer-viewed"), Served(Doors.CustomerFind, "customer-found"), Served(Doors.NdaManage, "customer-viewed")),
    ]);

    private static RouteEndpoint Served(string policy, string fact) => new(
        _ => Task.CompletedTask, RoutePatternFactory.Parse("/x"), 0, new EndpointMetadataCollection(new GuardedBy(policy), new RecordsFacts([fact])), null);

    private Task FactAsync(string act, string purpose, params string[] items) => FactAsync(act, purpose, Verdict.Permit, items);

    private Task FactAsync(string act, string purpose, Verdict decision, params string[] items) => FactAsync(act, purpose, LogActor.Of(Client), decision, items);

    private Task FactAsync(string act, string purpose, LogActor actor, Verdict decision = Verdict.Permit, params string[] items) => Db.WriteAsync(tx => Log.AppendAsync(
        tx, [new LogFact { Act = FactName.Of(act), Actor = actor, Purpose = PurposeKey.Of(purpose), Decision = decision, Items = [.. items.Select(ItemKey.Of)] }]));

    private async Task<IEnumerable<string>> UsedAsync() =>
        (await Db.ReadAsync(ClientUsageStore.AllAsync)).Where(one => one.Client == Client).Select(one => $"{one.Kind} {one.Name}").Order(StringComparer.Ordinal);
}

public sealed class ClientUsageOnSqlite() : ClientUsageSuite(TestStore.Sqlite());

public sealed class ClientUsageOnPostgres(PostgresServer server) : ClientUsageSuite(TestStore.Postgres(server));
