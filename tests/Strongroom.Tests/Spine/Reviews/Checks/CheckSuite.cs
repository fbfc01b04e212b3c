using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Monitoring;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Reviews;
using Strongroom.Spine.Reviews.Checks;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Spine.Reviews.Checks;

public abstract class CheckSuite(TestStore store) : WatchSuite(store)
{
    private LogChecks Desk => Get<LogChecks>();

    [Fact]
    public async Task A_days_administration_is_drawn_by_seed_judged_by_others_and_its_result_circulated()
    {
        var (admin, second) = (First.Administrators[0].Person, First.Administrators[1].Person);
        var officer = await HireAsync("dpo.one", Dpo);
        await NameResponsibleAsync(officer);
        await DidAsync(Enumerable.Range(0, 300).Select(_ => (Did(admin, "person-created"), Time.NowMs(), (UInt128?)null)));
        await DidAsync(Enumerable.Range(0, 50).Select(_ => (View(admin), Time.NowMs(), (UInt128?)null)));
        await Get<LogFeed>().PassAsync(Ct);
        var check = Assert.Single(await Desk.ListAsync(null, 10, Ct));
        var items = await ItemsAsync(check.Id);
        Assert.InRange(items.Count, 12, 55);
        Assert.All(items, item => Assert.True(item.Content.Act == "person-created" && CampaignRules.IsDrawn(check.Content.Seed, item.Content.Entry.Value, check.Content.PerMille)));
        Assert.Equal(300, await Db.ReadAsync(tx => UsageStore.OnDayAsync(tx, UsageRules.Administration, check.Content.Day!.Value), Ct));

        // Read again from the beginning, the same entries are there, once.
        await Db.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM usage_day"), Ct);
        await Get<LogFeed>().PassAsync(Ct);
        Assert.Equal(items.Select(item => item.Id), (await ItemsAsync(check.Id)).Select(item => item.Id));

        Assert.Equal("review.own", Refused(await Desk.JudgeAsync(Of(admin, Admin), items[0].Id, CheckVerdict.Normal, null, Ct)).Code);
        Assert.Equal("review.reason", Refused(await Desk.JudgeAsync(Of(second, Admin), items[0].Id, CheckVerdict.Violation, null, Ct)).Code);
        Done(await Desk.JudgeAsync(Of(second, Admin), items[0].Id, CheckVerdict.Violation, "没有工单", Ct));
        Assert.Equal("check.judged", Refused(await Desk.JudgeAsync(Of(second, Admin), items[0].Id, CheckVerdict.Normal, null, Ct)).Code);
        Assert.Equal(1, await NoticesAsync(NoticeTemplates.CheckFinding));
        foreach (var item in items.Skip(1))
        {
            Done(await Desk.JudgeAsync(Of(second, Admin), item.Id, CheckVerdict.Normal, null, Ct));
        }

        await Get<IEnumerable<IWatchDuty>>().OfType<CheckClock>().Single().RunAsync(Ct);
        Assert.Equal("open", (await Desk.ListAsync(null, 10, Ct))[0].State);
        Time.Advance(TimeSpan.FromDays(1));
        await Get<IEnumerable<IWatchDuty>>().OfType<CheckClock>().Single().RunAsync(Ct);
        Assert.Equal("done", (await Desk.ListAsync(null, 10, Ct))[0].State);
        Assert.Equal(1, await NoticesAsync(NoticeTemplates.CheckResult));
        Assert.Empty(await CasesAstrayAsync());

        // It went to the officer, who answers for the unit; sent on, everybody in the post has it once, and nobody else may say that it was read.
        var agent = await HireAsync("agent.one", Agent);
        var circulations = Get<Circulations>();
        Assert.Equal([officer], (await CirculatedAsync(check.Id)).Select(one => one.Person));
        Assert.Equal(1, Done(await circulations.SendAsync(Of(second, Admin), check.Id, new CirculationAsk(Posts: [Agent], Units: [First.Unit]), Ct)));
        Assert.Equal(0, Done(await circulations.SendAsync(Of(second, Admin), check.Id, new CirculationAsk(Posts: [Agent]), Ct)));
        Assert.Equal("check.nobody", Refused(await circulations.SendAsync(Of(second, Admin), check.Id, new CirculationAsk(Posts: [PostKey.Of("marketing")]), Ct)).Errors[0].Code);
        Assert.Equal("field.bad", Refused(await circulations.SendAsync(Of(second, Admin), check.Id, new CirculationAsk(), Ct)).Errors[0].Code);
        var (his, hers) = ((await CirculatedAsync(check.Id)).Single(one => one.Person == agent), (await CirculatedAsync(check.Id)).Single(one => one.Person == officer));
        Assert.Equal("not.found", Refused(await circulations.AcknowledgeAsync(Of(second, Admin), his.Id, null, Ct)).Code);
        Done(await circulations.AcknowledgeAsync(Of(officer, Dpo), hers.Id, "已要求补单", Ct));

        // A week later management hears of the one that nobody acknowledged, once; it can still be acknowledged.
        var clock = Get<IEnumerable<IWatchDuty>>().OfType<CirculationClock>().Single();
        for (var i = 0; i < 3; i++)
        {
            Time.Advance(TimeSpan.FromDays(4));
            await clock.RunAsync(Ct);
        }

        Assert.Equal(1, await NoticesAsync(NoticeTemplates.CheckUnread));
        Assert.Equal([(agent, CirculationState.Escalated, null), (officer, CirculationState.Acknowledged, "已要求补单")],
            (await CirculatedAsync(check.Id)).Select(one => (one.Person, one.State, one.Note)).OrderBy(one => one.State));
        Done(await circulations.AcknowledgeAsync(Of(agent, Agent), his.Id, null, Ct));
        Assert.All(await CirculatedAsync(check.Id), one => Assert.Equal(CirculationState.Acknowledged, one.State));
        Assert.Equal(his.Id, Assert.Single(await Db.ReadAsync(tx => circulations.ToAsync(tx, agent))).Id);
        Assert.Empty(await Db.ReadAsync(tx => circulations.ToAsync(tx, second)));
        Assert.Empty(await CasesAstrayAsync());
    }

    [Fact]
    public async Task A_special_check_finds_what_it_asks_for_and_lateness_goes_to_management_once()
    {
        await HireAsync("dpo.one", Dpo);
        var (agent, auditor) = (await HireAsync("agent.one", Agent), await HireAsync("auditor.one", Auditor));
        await DidAsync(Enumerable.Range(0, 30).Select(i => (i % 3 == 0 ? View(agent) with { Decision = Verdict.Deny } : View(PersonId.New()), Time.NowMs() - (i * 1_000), (UInt128?)null)));
        var check = Done(await Desk.OpenAsync(Of(auditor, Auditor), new CheckOrder(CheckKind.Special, Time.NowMs() - Day, Time.NowMs() + 1, "view", agent, 1_000, Time.NowMs() + Day), Ct));
        Assert.Equal(10, check.Content.Seen);
        var items = await ItemsAsync(check.Id);
        Assert.Equal(10, items.Count);
        Assert.All(items, item => Assert.Equal((agent, Verdict.Deny), (item.Person!.Value, item.Content.Decision!.Value)));
        Assert.Equal("review.not_yours", Refused(await Desk.JudgeAsync(Of(PersonId.New(), PostKey.Of("operations")), items[0].Id, CheckVerdict.Normal, null, Ct)).Code);
        Done(await Desk.JudgeAsync(Of(auditor, Auditor), items[0].Id, CheckVerdict.Question, "为什么", Ct));
        var clock = Get<IEnumerable<IWatchDuty>>().OfType<CheckClock>().Single();
        for (var i = 0; i < 3; i++)
        {
            Time.Advance(TimeSpan.FromDays(1));
            await clock.RunAsync(Ct);
        }

        Assert.Equal(("overdue", 1), ((await Desk.ListAsync(null, 10, Ct))[0].State, await NoticesAsync(NoticeTemplates.CheckOverdue)));
        Assert.Equal(100, CheckRules.CoveragePerMille(1, 10));
        Assert.Empty(await CasesAstrayAsync());
    }

    [Fact]
    public async Task Nobody_draws_or_judges_with_a_session_that_has_ended()
    {
        var (agent, auditor) = (await HireAsync("agent.one", Agent), await HireAsync("auditor.one", Auditor));
        await DidAsync((View(agent), Time.NowMs(), null));
        var order = new CheckOrder(CheckKind.Special, Time.NowMs() - Day, Time.NowMs() + 1, "view", agent, 1_000, Time.NowMs() + Day);
        Assert.Equal("row.changed", (await AfterItsEndAsync(auditor, Auditor, actor => Desk.OpenAsync(actor, order, Ct))).Code);
        Assert.Equal("row.changed", (await AfterItsEndAsync(auditor, Auditor, actor => Get<Circulations>().AcknowledgeAsync(actor, CaseId.New(), null, Ct))).Code);
        Assert.Empty(await Desk.ListAsync(null, 10, Ct));
        var item = Assert.Single(await ItemsAsync(Done(await Desk.OpenAsync(Of(auditor, Auditor), order, Ct)).Id));
        Assert.Equal("row.changed", (await AfterItsEndAsync(auditor, Auditor, actor => Desk.JudgeAsync(actor, item.Id, CheckVerdict.Normal, null, Ct))).Code);
        Assert.Equal("open", Assert.Single(await ItemsAsync(item.Parent!.Value)).State);
    }

    private static LogFact Did(PersonId person, string act) => new() { Act = FactName.Of(act), Actor = LogActor.Of(person) };

    private async Task NameResponsibleAsync(PersonId person) => Done(await Get<Members>().EditAsync<UnitContent>(
        Members.Unit, First.Unit.Value, null, IdentityFacts.BySystem(IdentityFacts.UnitResponsibleNamed), (_, unit) => Task.FromResult<Outcome<UnitContent>>(unit with { Responsible = person }), Ct));

    private Task<IReadOnlyList<Case<CheckItem>>> ItemsAsync(CaseId check) =>
        Db.ReadAsync(tx => Get<Cases>().PageAsync<CheckItem>(tx, new CaseQuery(LogChecks.Item) { Parent = check, Size = 500 }), Ct);

    private Task<IReadOnlyList<CirculationView>> CirculatedAsync(CaseId check) => Db.ReadAsync(tx => Get<Circulations>().OfCheckAsync(tx, check));

    private async Task<int> NoticesAsync(NoticeTemplate template) =>
        (await Db.ReadAsync(tx => OutboxStore.NewestAsync(tx, null, 100), Ct)).Count(row => row.Template == template.Key);
}

public sealed class ChecksOnSqlite() : CheckSuite(TestStore.Sqlite());

public sealed class ChecksOnPostgres(PostgresServer server) : CheckSuite(TestStore.Postgres(server));
