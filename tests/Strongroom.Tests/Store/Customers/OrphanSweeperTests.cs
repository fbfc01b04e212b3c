using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Customers;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Store.Customers;

public abstract class OrphanSweeperSuite(TestStore store) : StoreWorld(store)
{
    private OrphanSweeper Sweeper => new(Db, Keys, Macs, Clock);

    private async Task<bool> HasKeysAsync(CustomerId id)
    {
        using var open = await Keys.OpenAsync(new KeyOwner(id.Value));
        return open is not null;
    }

    private Task<WriteOutcome> AddRowAsync(CustomerId id) =>
        WriteAsync(tx => Customers.AddCustomerAsync(tx, new NewCustomer(id, CustomerKind.Person, Airline, T0)));

    [Fact]
    public async Task Keys_without_data_go_and_keys_with_data_stay()
    {
        var living = await CustomerAsync();
        var orphan = CustomerId.New();
        await Keys.CreateAsync([new KeyOwner(orphan.Value)]);

        var first = await Sweeper.SweepAsync(TimeSpan.FromMinutes(10));
        var again = await Sweeper.SweepAsync(TimeSpan.FromMinutes(10));

        Assert.Equal((1, 1), (first.Confirmed, first.Destroyed));
        Assert.Equal((0, 0), (again.Confirmed, again.Destroyed));
        Assert.True(await HasKeysAsync(living));
        Assert.False(await HasKeysAsync(orphan));
        Assert.Null(await Customers.ReadAsync(orphan, ReadScope.Outline));
    }

    [Fact]
    public async Task A_creator_that_commits_just_before_the_judgement_is_seen()
    {
        var slow = CustomerId.New();
        await Keys.CreateAsync([new KeyOwner(slow.Value)]);
        Keys.AfterOrphans = () => AddRowAsync(slow);

        await Sweeper.SweepAsync(TimeSpan.Zero);

        Assert.True(await HasKeysAsync(slow));
        Assert.NotNull(await Customers.ReadAsync(slow, ReadScope.Outline));
    }

    [Fact]
    public async Task A_creator_that_comes_after_the_judgement_cannot_commit_any_more()
    {
        var late = CustomerId.New();
        await Keys.CreateAsync([new KeyOwner(late.Value)]);
        await Sweeper.SweepAsync(TimeSpan.Zero);

        Assert.IsType<WriteOutcome.Stale>(await AddRowAsync(late));
    }

    [Fact]
    public async Task Whatever_the_timing_a_living_customer_has_its_keys()
    {
        for (var round = 0; round < 15; round++)
        {
            var ids = Enumerable.Range(0, 8).Select(_ => CustomerId.New()).ToList();
            await Keys.CreateAsync(ids.Select(id => new KeyOwner(id.Value)).ToList());

            var creating = Task.WhenAll(ids.Select(id => Task.Run(() => AddRowAsync(id))));
            await Sweeper.SweepAsync(TimeSpan.Zero);
            var outcomes = await creating;

            for (var i = 0; i < ids.Count; i++)
            {
                Assert.Equal(outcomes[i] is WriteOutcome.Done, await HasKeysAsync(ids[i]));
            }
        }
    }

    [Fact]
    public async Task A_customer_whose_row_was_altered_to_look_destroyed_keeps_its_keys()
    {
        var victim = await CustomerAsync();
        await TamperAsync("UPDATE customer SET state = 'destroyed'");

        var swept = await Sweeper.SweepAsync(TimeSpan.Zero);

        Assert.Equal([victim], swept.Altered);
        Assert.True(await HasKeysAsync(victim));
    }
}

public sealed class OrphanSweeperOnSqlite() : OrphanSweeperSuite(TestStore.Sqlite());

public sealed class OrphanSweeperOnPostgres(PostgresServer server) : OrphanSweeperSuite(TestStore.Postgres(server));
