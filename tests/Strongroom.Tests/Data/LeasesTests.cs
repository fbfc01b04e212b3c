using Strongroom.Data;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Data;

public abstract class LeasesSuite(TestStore store) : StoreSuite(store)
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(10);
    private readonly ManualTime time = new();

    private Leases Leases => new(Db, time);

    [Fact]
    public async Task OnlyOneOfManyTakers_GetsTheLease()
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Leases.TryTakeAsync("sequencer", $"run-{i}", Ttl)));

        var lease = Assert.Single(taken, l => l is not null)!;
        Assert.True(await HoldsAsync(lease));
        Assert.Null(await Leases.TryTakeAsync("sequencer", lease.Holder, Ttl));
        Assert.NotNull(await Leases.TryTakeAsync("sweeper", "another duty", Ttl));
    }

    [Fact]
    public async Task AStaleHolder_IsFencedOff()
    {
        var old = (await Leases.TryTakeAsync("sequencer", "old", Ttl))!;
        time.Advance(Ttl);
        Assert.False(await HoldsAsync(old));
        Assert.False(await Leases.RenewAsync(old, Ttl));

        var next = (await Leases.TryTakeAsync("sequencer", "new", Ttl))!;

        Assert.True(next.Token > old.Token);
        await Leases.ReleaseAsync(old);
        Assert.False(await Leases.RenewAsync(old, Ttl));
        Assert.False(await HoldsAsync(old));
        Assert.True(await HoldsAsync(next));
    }

    /// <summary>A node that ran a year ahead left a lease that seems to run for a year; nobody has to wait for it, and its holder is fenced.</summary>
    [Fact]
    public async Task ALeaseOfAClockThatRanAhead_IsTakenOver_ButNotOneWithinTheSkewOfClocks()
    {
        time.Advance(TimeSpan.FromDays(365));
        var ahead = (await Leases.TryTakeAsync("sequencer", "ahead", Ttl))!;
        time.Advance(TimeSpan.FromMinutes(-5));
        Assert.Null(await Leases.TryTakeAsync("sequencer", "a little behind", Ttl));
        time.Advance(TimeSpan.FromDays(-364));

        var right = (await Leases.TryTakeAsync("sequencer", "right", Ttl))!;

        Assert.True(right.Token > ahead.Token);
        Assert.False(await HoldsAsync(ahead));
        Assert.True(await HoldsAsync(right));
    }

    [Fact]
    public async Task RenewingProlongs_ReleasingFrees_AndTokensNeverRepeat()
    {
        var first = (await Leases.TryTakeAsync("sequencer", "a", Ttl))!;
        time.Advance(Ttl * 0.9);
        Assert.True(await Leases.RenewAsync(first, Ttl));
        time.Advance(Ttl * 0.9);
        Assert.True(await HoldsAsync(first));
        Assert.Null(await Leases.TryTakeAsync("sequencer", "b", Ttl));

        await Leases.ReleaseAsync(first);
        var second = (await Leases.TryTakeAsync("sequencer", "a", Ttl))!;

        Assert.True(second.Token > first.Token);
        Assert.False(await HoldsAsync(first));
    }

    [Fact]
    public async Task NobodyTakesOver_WhileAGuardedTransactionRuns()
    {
        var lease = (await Leases.TryTakeAsync("sequencer", "old", Ttl))!;
        var otherNode = new Leases(await OpenAsync(Options), time);
        Task<Lease?>? takeover = null;

        await Db.WriteAsync(async tx =>
        {
            Assert.True(await lease.HoldsAsync(tx));
            if (takeover is null)
            {
                await ConfigEpoch.BumpAsync(tx);    // on SQLite, too, this transaction now holds the file's write lock
                time.Advance(Ttl * 2);
                takeover = Task.Run(() => otherNode.TryTakeAsync("sequencer", "new", Ttl));
            }
            await Task.Delay(300);
            Assert.False(takeover.IsCompleted);
        });

        Assert.True((await takeover!)!.Token > lease.Token);
        Assert.False(await HoldsAsync(lease));
    }

    private Task<bool> HoldsAsync(Lease lease) => Db.WriteAsync(lease.HoldsAsync);
}

public sealed class LeasesOnSqlite() : LeasesSuite(TestStore.Sqlite());

public sealed class LeasesOnPostgres(PostgresServer server) : LeasesSuite(TestStore.Postgres(server));
