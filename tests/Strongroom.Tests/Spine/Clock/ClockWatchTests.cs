using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Clock;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Policies;

namespace Strongroom.Tests.Spine.Clock;

public abstract class ClockWatchSuite(TestStore store) : StoreSuite(store)
{
    private const long T0 = 1_700_000_000_000, Hour = 3_600_000, Year = 365L * 24 * Hour;

    private readonly MemoryLog log = new();
    private readonly ControlTestMac mac = new();

    private IEnumerable<string> Said => log.Facts.Select(fact => fact.Act.Value);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Db.WriteAsync(tx => ClockWatch.FirstAsync(tx, mac, new ManualClock(T0)));
    }

    [Fact]
    public async Task A_node_started_on_a_clock_set_back_goes_on_from_what_was_known_and_the_log_says_so()
    {
        var first = await NodeAsync(T0);
        await first.PassAsync(2 * Hour);

        var second = await NodeAsync(T0 - Year);
        Assert.InRange(second.Clock.NowMs(), T0 + 2 * Hour - 30_000, T0 + 2 * Hour);
        Assert.Equal((ClockState.Back, 1), (second.Clock.State, Said.Count(fact => fact == "clock-went-back")));
        Assert.Equal("clock.back", Assert.Single(log.Facts[^1].Reasons));

        // Told once, not every five seconds.
        await second.PassAsync(Hour);
        Assert.Single(Said, fact => fact == "clock-went-back");
    }

    [Fact]
    public async Task Every_step_is_told_and_one_ahead_for_a_moment_is_not_kept()
    {
        var node = await NodeAsync(T0);
        node.Machine.Now += Year;
        await node.PassAsync(Hour / 2);
        node.Machine.Now -= Year;
        await node.PassAsync(60_000);

        Assert.Equal(["clock-went-ahead", "clock-went-back"], Said);
        Assert.Equal([Year / 1000, Year / 1000], log.Facts.Select(fact => fact.Count));
        var other = await NodeAsync(T0 + Hour / 2);
        Assert.Equal((other.Machine.Now, ClockState.Right), (other.Clock.NowMs(), other.Clock.State));
    }

    [Fact]
    public async Task A_step_that_the_log_could_not_take_is_told_when_it_can()
    {
        var node = await NodeAsync(T0);
        node.Machine.Now += Hour;
        log.FailsNow = true;
        await Assert.ThrowsAsync<LogUnavailableException>(() => node.Watch.LookAsync());
        log.FailsNow = false;
        await node.Watch.LookAsync();
        await node.Watch.LookAsync();

        Assert.Equal(["clock-went-ahead"], Said);
    }

    [Fact]
    public async Task Nodes_bind_each_other_by_what_held_for_an_hour_and_an_accepted_clock_frees_them()
    {
        var (fast, right) = (await NodeAsync(T0), await NodeAsync(T0));
        fast.Machine.Now += Year;
        await PassAsync(Hour / 2);
        Assert.Equal(ClockState.Right, right.Clock.State);
        await PassAsync(Hour);
        Assert.Equal(ClockState.Back, right.Clock.State);

        // The fast clock is put right, and an administrator says so.
        fast.Machine.Now -= Year;
        await PassAsync(60_000);
        Assert.Equal(ClockState.Back, fast.Clock.State);
        var desk = await NodeAsync(right.Machine.Now);
        await desk.Watch.AcceptAsync(LogActor.System);
        await PassAsync(5_000);
        foreach (var node in new[] { fast, right })
        {
            Assert.Equal((ClockState.Right, node.Machine.Now), (node.Clock.State, node.Clock.NowMs()));
        }

        Assert.Single(Said, fact => fact == "clock-accepted");

        async Task PassAsync(long ms)
        {
            for (; ms > 0; ms -= 60_000)
            {
                await fast.PassAsync(Math.Min(ms, 60_000));
                await right.PassAsync(Math.Min(ms, 60_000));
            }
        }
    }

    [Theory]
    [InlineData("UPDATE clock_mark SET at = at - 31536000000", "clock.altered")]
    [InlineData("UPDATE clock_mark SET generation = 9", "clock.altered")]
    [InlineData("DELETE FROM clock_mark", "clock.no-mark")]
    public async Task A_mark_altered_or_taken_away_is_told_and_does_not_move_a_serving_node(string edit, string reason)
    {
        var node = await NodeAsync(T0);
        await node.PassAsync(2 * Hour);
        await Db.WriteAsync(tx => tx.ExecuteAsync(edit));
        node.Machine.Now -= Year;

        await node.PassAsync(60_000);

        Assert.Equal(T0 + 2 * Hour + 60_000, node.Clock.NowMs());
        Assert.Equal(reason, Assert.Single(Assert.Single(log.Facts, fact => fact.Act.Value == "clock-mark-altered").Reasons));
        Assert.Equal(ClockState.Right, (await NodeAsync(T0 + 2 * Hour)).Clock.State);
    }

    [Fact]
    public async Task A_genuine_earlier_mark_put_back_is_told()
    {
        var node = await NodeAsync(T0);
        var earlier = await Db.ReadAsync(ClockStore.ReadAsync);
        await node.PassAsync(Hour);
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE clock_mark SET at = @at, mac = @mac", new { at = earlier!.At, mac = earlier.Mac }));
        await node.PassAsync(60_000);

        Assert.Equal("clock.put-back", Assert.Single(Assert.Single(log.Facts, fact => fact.Act.Value == "clock-mark-altered").Reasons));
        Assert.Equal(T0 + Hour + 60_000, (await Db.ReadAsync(ClockStore.ReadAsync))!.At);
    }

    private async Task<Node> NodeAsync(long now)
    {
        var machine = new ManualClock(now);
        var clock = new SteadyClock(machine);
        var watch = new ClockWatch(Db, log, mac, clock, NullLogger<ClockWatch>.Instance);
        await watch.LookAsync();
        return new Node(machine, clock, watch);
    }

    private sealed record Node(ManualClock Machine, SteadyClock Clock, ClockWatch Watch)
    {
        public async Task PassAsync(long ms)
        {
            for (; ms > 0; ms -= 60_000)
            {
                Machine.Pass(Math.Min(ms, 60_000));
                await Watch.LookAsync();
            }
        }
    }
}

public sealed class ClockWatchOnSqlite() : ClockWatchSuite(TestStore.Sqlite());

public sealed class ClockWatchOnPostgres(PostgresServer server) : ClockWatchSuite(TestStore.Postgres(server));
