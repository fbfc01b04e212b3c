using Microsoft.Extensions.DependencyInjection;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Monitoring;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Reviews;

namespace Strongroom.Tests.Spine.Monitoring;

public abstract class UsageSuite(TestStore store) : WatchSuite(store)
{
    private static readonly PersonId One = PersonId.New(), Two = PersonId.New();

    [Fact]
    public async Task Entries_are_counted_once_whichever_node_reads_and_counted_again_when_the_counts_are_lost()
    {
        await using var other = await OtherAsync();
        for (var i = 0; i < 3; i++)
        {
            await DidAsync(Enumerable.Range(0, 700).Select(n => (View(n % 2 == 0 ? One : Two, IdNo), Time.NowMs(), (UInt128?)(UInt128)(n % 50))));
            await Task.WhenAll(Get<LogFeed>().PassAsync(Ct), other.GetRequiredService<LogFeed>().PassAsync(Ct));
        }

        await Get<LogFeed>().PassAsync(Ct);
        var counted = await CountedAsync();
        Assert.Equal((1_050L, 25L, 1_050L), (counted[(One, UsageRules.Views)], counted[(One, UsageRules.Customers)], counted[(Two, UsageRules.Reveals)]));
        Assert.Equal(0, await Get<LogFeed>().PassAsync(Ct));

        await Db.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM usage_day"), Ct);
        await Get<LogFeed>().PassAsync(Ct);
        Assert.Equal(counted, await CountedAsync());
        await Db.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM usage_mark"), Ct);
        await Db.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM usage_day"), Ct);
        await Get<LogFeed>().PassAsync(Ct);
        Assert.Equal(counted, await CountedAsync());
    }

    [Fact]
    public async Task Counts_that_were_lowered_or_passed_over_are_found_in_the_log()
    {
        var person = await HireAsync("agent.one", Agent);
        await DidAsync(Enumerable.Range(1, 5).Select(i => (View(person), Time.NowMs() - (i * Day), (UInt128?)null)));
        await Get<LogFeed>().PassAsync(Ct);
        Assert.Null(await Db.ReadAsync(UsageState.CompareAsync, Ct));
        await DidAsync((View(person), Time.NowMs(), null));
        Assert.Null(await Db.ReadAsync(UsageState.CompareAsync, Ct));

        // Passed over: the mark says counted, and it was not.
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE usage_mark SET seq = seq + 1"), Ct);
        Assert.Equal("verify.usage", (await Db.ReadAsync(UsageState.CompareAsync, Ct))?.Code);
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE usage_mark SET seq = seq - 1"), Ct);
        await Get<LogFeed>().PassAsync(Ct);
        Assert.Null(await Db.ReadAsync(UsageState.CompareAsync, Ct));
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE usage_day SET n = n - 1 WHERE what = 'm:acts' AND n > 0"), Ct);
        Assert.Equal("verify.usage", (await Db.ReadAsync(UsageState.CompareAsync, Ct))?.Code);
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE usage_mark SET seq = seq + 9"), Ct);
        Assert.Equal("verify.usage", (await Db.ReadAsync(UsageState.CompareAsync, Ct))?.Code);
    }

    [Fact]
    public async Task Days_beyond_the_term_are_forgotten()
    {
        await DidAsync((View(One), Time.NowMs(), null));
        await Get<LogFeed>().PassAsync(Ct);
        Time.Advance(TimeSpan.FromDays(399));
        await Get<UsageCounter>().SweepAsync(Ct);
        Assert.NotEmpty(await AllAsync());
        Time.Advance(TimeSpan.FromDays(2));
        await Get<UsageCounter>().SweepAsync(Ct);
        Assert.Empty(await AllAsync());
        Assert.Equal(0, await Get<LogFeed>().PassAsync(Ct));
    }

    private Task<IReadOnlyList<UsageSum>> AllAsync() => Db.ReadAsync(tx => UsageStore.SumsAsync(tx, [One, Two], 0), Ct);

    private async Task<Dictionary<(PersonId, string), long>> CountedAsync() =>
        (await Db.ReadAsync(tx => UsageStore.DayAsync(tx, UsageRules.DayOf(Time.NowMs(), 480), UsageRules.Measures), Ct))
        .ToDictionary(row => (PersonId.From(row.Person), row.What), row => row.N);
}

public sealed class UsageOnSqlite() : UsageSuite(TestStore.Sqlite());

public sealed class UsageOnPostgres(PostgresServer server) : UsageSuite(TestStore.Postgres(server));
