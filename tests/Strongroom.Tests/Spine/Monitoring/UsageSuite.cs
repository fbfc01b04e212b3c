using Microsoft.Extensions.DependencyInjection;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
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
    public async Task Counts_are_held_against_the_log_day_by_day_and_measure_by_measure()
    {
        var now = Time.NowMs();
        var export = View(One) with { Act = FactName.Of("export") };
        await DidAsync(
            [.. Enumerable.Range(1, 5).Select(i => (View(One), now, (UInt128?)(UInt128)i)), (View(One), now - Day, (UInt128)1), (export, now, (UInt128)1),
            (View(One) with { Act = FactName.Of("find") }, now, null), (View(One) with { Decision = Verdict.Deny }, now, (UInt128)9)]);
        async Task<string?> CodeAsync()
        {
            await Get<LogFeed>().PassAsync(Ct);
            return (await Db.ReadAsync(UsageState.CompareAsync, Ct))?.Code;
        }

        Assert.Null(await CodeAsync());
        foreach (var lie in new[]
        {
            "UPDATE usage_day SET n = n - 1 WHERE what = 'm:customers' AND n > 1",
            "UPDATE usage_day SET n = n - 1 WHERE what = 'm:exports'",
            "DELETE FROM usage_day WHERE what = 'm:searches'",
            "UPDATE usage_day SET n = 0 WHERE what = 'm:refused'",

            // What he did today becomes what he did long ago; or yesterday's habit is made to look like today.
            "UPDATE usage_day SET day = day - 30 WHERE what = 'm:acts'",
            "UPDATE usage_day SET n = n + 40 WHERE what = 'm:views' AND n = 1",
            "INSERT INTO usage_day (person, day, what, n, last) SELECT person, day - 7, what, 90, last FROM usage_day WHERE what = 'm:views'",
        })
        {
            Assert.NotEqual(0, await Db.WriteAsync(tx => tx.ExecuteAsync(lie), Ct));
            Assert.Equal((lie, "verify.usage"), (lie, await CodeAsync()));
            await Db.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM usage_day"), Ct);
            Assert.Null(await CodeAsync());
        }

        // A customer that was put down as counted before he was.
        var subject = new byte[32];
        subject[15] = subject[31] = 77;
        await Db.WriteAsync(tx => tx.ExecuteAsync(
            "INSERT INTO usage_once (person, day, subject) VALUES (@person, @day, @subject)", new { person = One.Bytes, day = UsageRules.DayOf(now, 480), subject }), Ct);
        await DidAsync((View(One), now, (UInt128)77));
        Assert.Equal("verify.usage", await CodeAsync());
    }

    [Fact]
    public async Task An_update_counts_anew_once_and_leaves_the_earlier_releases_row_where_it_looks()
    {
        await DidAsync((View(One), Time.NowMs(), null));
        await Get<LogFeed>().PassAsync(Ct);
        Task<IReadOnlyList<string>> BegunAsync() => Db.ReadAsync(tx => tx.QueryAsync<string>("SELECT what FROM usage_day WHERE day = 0 ORDER BY what"), Ct);
        Assert.Equal(["begun", "begun-figures"], await BegunAsync());
        Assert.Equal(0, await Get<LogFeed>().PassAsync(Ct));
        await Db.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM usage_day WHERE what = 'begun-figures'"), Ct);
        Assert.Equal(1, await Get<LogFeed>().PassAsync(Ct));
        Assert.Equal(["begun", "begun-figures"], await BegunAsync());
        Assert.Equal(0, await Get<LogFeed>().PassAsync(Ct));
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

    [Fact]
    public async Task Figures_count_views_by_purpose_and_refusals_by_reason_as_far_as_the_asker_answers_for_the_people()
    {
        var elsewhere = UnitId.New();
        var (near, far) = (await HireAsync("near.agent", Agent), await HireAsync("far.agent", Agent, unit: elsewhere));
        var refused = View(near) with { Decision = Verdict.Deny, Reasons = [Reasons.LevelWithheld.Code, "clear.mobile", "proved.birth"] };
        var now = Time.NowMs();
        await DidAsync(
            (View(near), now, null), (View(near), now - (3 * Day), null), (View(far), now, null), (View(near), now - (40 * Day), null), (refused, now, null),
            (new LogFact { Act = FactName.Of("consent-withdrawn"), Actor = LogActor.Of(near) }, now, null),
            (View(near) with { Actor = LogActor.System }, now, null));
        await Get<LogFeed>().PassAsync(Ct);

        var all = await Get<Figures>().OfAsync(Of(PersonId.New(), Auditor), Ct);
        var line = Assert.Single(all.Views);
        Assert.Equal(("all", "fulfil", Figures.Window, 3L, 2L), (all.Reach, line.Key, line.Days.Count, line.Days.Sum(), line.Days[^1]));
        var refusal = Assert.Single(all.Refusals);
        Assert.Equal((Reasons.LevelWithheld.Code, Reasons.LevelWithheld.Zh, 1L), (refusal.Key, refusal.Zh, refusal.Days.Sum()));
        Assert.Equal(("consent-withdrawn", 1L), (Assert.Single(all.Consents).Key, Assert.Single(all.Consents).Days[^1]));

        var owner = Of(PersonId.New()) with { Posts = [new HeldPost(Owner, First.Unit, 0, null)] };
        var own = await Get<Figures>().OfAsync(owner, Ct);
        Assert.Equal(("units", 2L), (own.Reach, Assert.Single(own.Views).Days.Sum()));
        Assert.Empty((await Get<Figures>().OfAsync(owner with { Posts = [new HeldPost(Owner, elsewhere, 0, null)] }, Ct)).Views);
    }

    private Task<IReadOnlyList<UsageSum>> AllAsync() => Db.ReadAsync(tx => UsageStore.SumsAsync(tx, [One, Two], 0), Ct);

    private async Task<Dictionary<(PersonId, string), long>> CountedAsync() =>
        (await Db.ReadAsync(tx => UsageStore.DayAsync(tx, UsageRules.DayOf(Time.NowMs(), 480), UsageRules.Measures), Ct))
        .ToDictionary(row => (PersonId.From(row.Person), row.What), row => row.N);
}

public sealed class UsageOnSqlite() : UsageSuite(TestStore.Sqlite());

public sealed class UsageOnPostgres(PostgresServer server) : UsageSuite(TestStore.Postgres(server));
