using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Factors;
using Strongroom.Spine.Monitoring;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;
using Strongroom.Spine.Reviews;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Reviews;

namespace Strongroom.Tests.Spine.Monitoring;

public abstract class AlertSuite(TestStore store) : WatchSuite(store)
{
    private readonly List<PersonId> agents = [];
    private PersonId officer, owner;

    [Fact]
    public async Task Who_behaves_abnormally_is_found_and_the_others_are_not()
    {
        await WorkAsync(weeks: 6);
        await PassAsync();
        Assert.Empty(await AlertsAsync());

        // Today everybody works as ever, the busiest a third more; one opens seven times his usual.
        await DidAsync(agents.SelectMany((agent, i) => ViewsOf(agent, i == 2 ? 150 : (20 + (3 * i)) * 4 / 3, Time.NowMs())));
        await PassAsync();
        var alerts = await AlertsAsync();
        Assert.Equal([agents[2]], alerts.Select(alert => alert.Person!.Value).Distinct());
        Assert.Equal(["customers-habit", "reveals-habit", "views-habit"], alerts.Select(alert => alert.Content.Rule).Order(StringComparer.Ordinal));
        var views = alerts.Single(alert => alert.Content.Rule == "views-habit");
        Assert.Equal((150L, 260L), (views.Content.Figures.N, views.Content.Figures.OwnTenths!.Value));
        Assert.Equal([agents[2]], (await Get<IPolicySnapshots>().CurrentAsync(Ct)).Access!.Watched);

        // Seen again it stays one alert; the officer and nobody else was told.
        await DidAsync(ViewsOf(agents[2], 1, Time.NowMs()));
        await PassAsync();
        Assert.Equal(3, (await AlertsAsync()).Count);
        Assert.Equal(3, (await Db.ReadAsync(tx => OutboxStore.NewestAsync(tx, null, 50), Ct)).Count(row => row.Template == NoticeTemplates.AlertRaised.Key && PersonId.From(row.Person) == officer));
        var habits = await Get<AlertClock>().HabitsAsync(agents[2], Ct);
        Assert.Equal((151L, 260L), habits.Where(habit => habit.Measure == "views").Select(habit => (habit.Today, habit.OwnTenths!.Value)).Single());
    }

    [Fact]
    public async Task An_alert_is_taken_explained_and_closed_by_others_and_frees_the_person_at_the_end()
    {
        await WorkAsync(weeks: 4);
        await DidAsync(ViewsOf(agents[0], 150, Time.NowMs()));
        await PassAsync();
        var alert = (await AlertsAsync()).Single(one => one.Content.Response == AlertResponse.Vault);
        Task<Outcome<Case<AlertContent>>> StepAsync(PersonId who, AlertState to, string? reason = "看过") => Get<Alerts>().StepAsync(Of(who), alert.Id, to, reason, Ct);
        Assert.Equal("review.own", Refused(await StepAsync(agents[0], AlertState.Taken)).Code);
        Assert.Equal("alert.step", Refused(await StepAsync(officer, AlertState.Closed)).Code);
        Done(await StepAsync(officer, AlertState.Taken, null));
        Assert.Equal("review.reason", Refused(await StepAsync(owner, AlertState.Explained, " ")).Code);
        Done(await StepAsync(owner, AlertState.Explained));
        Assert.Single((await Get<IPolicySnapshots>().CurrentAsync(Ct)).Access!.Watched);
        Done(await StepAsync(officer, AlertState.Closed));
        Assert.Empty((await Get<IPolicySnapshots>().CurrentAsync(Ct)).Access!.Watched);
        Assert.Contains(Log.Facts, fact => fact.Act.Value == AlertLog.StepRefused);
        Assert.Empty(await CasesAstrayAsync());
    }

    [Fact]
    public async Task A_flood_ends_the_sessions_at_once_and_an_altered_watch_row_frees_nobody()
    {
        await WorkAsync(weeks: 0);
        var session = (await Db.WriteAsync(tx => Get<Sessions>().BeginAsync(tx, agents[1], Proofs.None.With(Factor.Password, Time.NowMs()).With(Factor.Totp, Time.NowMs())), Ct)).Row;
        await DidAsync(Enumerable.Range(0, 2_500).Select(i => (View(agents[1]), Time.NowMs(), (UInt128?)(UInt128)i)));
        await PassAsync();
        Assert.Equal(AlertResponse.Suspend, (await AlertsAsync()).Single(alert => alert.Content.Rule == "customers-flood").Content.Response);
        Assert.DoesNotContain(await Db.ReadAsync(tx => Get<Sessions>().OfAsync(tx, agents[1]), Ct), live => live.Id == session.Id && live.Revoked is null);

        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE control_row SET content = '{\"alerts\":[]}' WHERE kind = 'watch'"), Ct);
        await Db.WriteAsync(tx => ConfigEpoch.BumpAsync(tx), Ct);
        Assert.Equal([agents[1]], (await Get<IPolicySnapshots>().CurrentAsync(Ct)).Access!.Watched);
    }

    [Fact]
    public async Task Nobody_takes_it_for_a_day_and_those_above_are_told_once()
    {
        await WorkAsync(weeks: 0);
        await DidAsync(Enumerable.Range(0, 20).Select(_ => (View(agents[0]) with { Decision = Verdict.Deny }, Time.NowMs(), (UInt128?)null)));
        await PassAsync();
        var alert = Assert.Single(await AlertsAsync());
        Assert.Equal(("refused", AlertStage.Warn, AlertResponse.Notify), (alert.Content.Rule, alert.Content.Stage, alert.Content.Response));
        Time.Advance(TimeSpan.FromHours(24));
        await PassAsync();
        await PassAsync();
        Assert.Equal(1, Log.Facts.Count(fact => fact.Act.Value == AlertLog.Escalated));
        Assert.Empty(await CasesAstrayAsync());
    }

    [Fact]
    public async Task What_is_counted_after_midnight_is_judged_as_of_the_day_it_was_done()
    {
        await WorkAsync(weeks: 0);
        await PassAsync();
        var yesterday = UsageRules.DayOf(Time.NowMs(), 480);
        await DidAsync(Enumerable.Range(0, 20).Select(_ => (View(agents[0]) with { Decision = Verdict.Deny }, Time.NowMs(), (UInt128?)null)));
        var late = Time.NowMs();
        Time.Advance(TimeSpan.FromDays(1));
        await PassAsync();
        Assert.Equal(("refused", yesterday), (await AlertsAsync()).Select(alert => (alert.Content.Rule, alert.Content.Day)).Single());

        // Another node's entry of that day comes later still; today's entries raise nothing anew.
        await DidAsync(Enumerable.Range(0, 20).Select(_ => (View(agents[1]) with { Decision = Verdict.Deny }, late, (UInt128?)null)));
        await DidAsync((View(agents[0]), Time.NowMs(), null));
        await PassAsync();
        Assert.Equal([(agents[0], yesterday), (agents[1], yesterday)], (await AlertsAsync()).Select(alert => (alert.Person!.Value, alert.Content.Day)).OrderBy(pair => agents.IndexOf(pair.Item1)));
    }

    [Fact]
    public async Task A_flood_of_new_alerts_does_not_hide_the_one_that_nobody_takes()
    {
        await WorkAsync(weeks: 0);
        Done(await Get<Alerts>().RaiseAsync(agents[0], "refused", AlertStage.Warn, AlertResponse.Notify, 1, new AlertFigures(20, 20), Ct));
        Time.Advance(TimeSpan.FromHours(24));
        await Db.WriteAsync(async tx =>
        {
            for (var i = 0; i < 600; i++)
            {
                var content = new AlertContent("refused", AlertStage.Warn, AlertResponse.Notify, 2, new AlertFigures(20, 20), Time.NowMs());
                await Get<Cases>().AddAsync(tx, Alerts.Kind, new Case<AlertContent>(CaseId.New(), "open", content) { Person = agents[1], Sort = -Time.NowMs() });
            }
        }, Ct);
        await Get<AlertClock>().RunAsync(Ct);
        await Get<AlertClock>().RunAsync(Ct);
        Assert.Equal(1, Log.Facts.Count(fact => fact.Act.Value == AlertLog.Escalated));

        // Nor do more than fit on one page, all of them due.
        Time.Advance(TimeSpan.FromHours(24));
        await Get<AlertClock>().RunAsync(Ct);
        Assert.Equal(601, Log.Facts.Count(fact => fact.Act.Value == AlertLog.Escalated));
    }

    [Fact]
    public async Task Nobody_takes_an_alert_with_a_session_that_has_ended()
    {
        await WorkAsync(weeks: 0);
        Done(await Get<Alerts>().RaiseAsync(agents[0], "refused", AlertStage.Warn, AlertResponse.Notify, 1, new AlertFigures(20, 20), Ct));
        var alert = Assert.Single(await AlertsAsync());
        Assert.Equal("row.changed", (await AfterItsEndAsync(officer, Dpo, actor => Get<Alerts>().StepAsync(actor, alert.Id, AlertState.Taken, null, Ct))).Code);
        Assert.Equal("open", Assert.Single(await AlertsAsync()).State);
        Done(await Get<Alerts>().StepAsync(Of(officer), alert.Id, AlertState.Taken, null, Ct));
    }

    /// <summary>Six agents who do about the same on every day of some weeks.</summary>
    private async Task WorkAsync(int weeks)
    {
        // In the middle of a morning: the clock of the tests stands at night.
        Time.Advance(TimeSpan.FromHours(11));
        officer = await HireAsync("dpo.one", Dpo);
        owner = await HireAsync("owner.one", Owner);
        for (var i = 0; i < 6; i++)
        {
            agents.Add(await HireAsync($"agent.{i}", Agent));
        }

        for (var week = weeks; week > 0; week--)
        {
            var at = Time.NowMs() - (week * 7 * Day);
            await DidAsync(agents.SelectMany((agent, i) => ViewsOf(agent, 20 + (3 * i) + (week % 3) - 1, at)));
        }
    }

    private static IEnumerable<(LogFact, long, UInt128?)> ViewsOf(PersonId person, int count, long at) =>
        Enumerable.Range(0, count).Select(i => (View(person, IdNo), at, (UInt128?)(UInt128)i));

    private async Task PassAsync()
    {
        await Get<LogFeed>().PassAsync(Ct);
        await Get<AlertClock>().RunAsync(Ct);
    }

    private Task<IReadOnlyList<Case<AlertContent>>> AlertsAsync() => Db.ReadAsync(tx => Get<Cases>().PageAsync<AlertContent>(tx, new CaseQuery(Alerts.Kind)), Ct);
}

public sealed class AlertsOnSqlite() : AlertSuite(TestStore.Sqlite());

public sealed class AlertsOnPostgres(PostgresServer server) : AlertSuite(TestStore.Postgres(server));
