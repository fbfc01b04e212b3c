using System.Text;
using System.Text.Json;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Monitoring;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;
using Strongroom.Spine.Reviews;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Spine.Reviews;

public abstract class CampaignSuite(TestStore store) : WatchSuite(store)
{
    private PersonId owner, busy, idle, officer;
    private CaseId review;

    private Campaigns Desk => Get<Campaigns>();

    [Fact]
    public async Task A_snapshot_is_decided_for_real_by_who_answers_for_each_right()
    {
        await OpenAsync(days: 10);
        var lines = await LinesAsync();
        var unused = lines[0];
        Assert.Equal([idle], lines.Where(line => CampaignRules.Preset(line.Content.Right, line.Content.Uses, Time.NowMs()) == LineVerdict.Revoke && line.Content.Right.Post == Agent).Select(line => line.Person!.Value));
        Assert.True(unused.Content.Unused);
        var used = Line(lines, busy);
        Assert.Equal((3L, Time.NowMs() - Day), (used.Content.Uses, used.Content.LastUse!.Value));

        // Nobody about himself, nobody without a say, nothing sensitive in bulk, nothing unused without a reason.
        Assert.Equal("review.own", Refused(await DecideAsync(owner, LineVerdict.Confirm, null, Line(lines, owner))).Code);
        Assert.Equal("review.not_yours", Refused(await DecideAsync(busy, LineVerdict.Confirm, null, Line(lines, idle))).Code);
        Assert.Equal("review.bulk", Refused(await DecideAsync(owner, LineVerdict.Confirm, "ok", Line(lines, busy), Line(lines, idle))).Code);
        Assert.Equal("review.reason", Refused(await DecideAsync(owner, LineVerdict.Confirm, null, Line(lines, idle))).Code);
        Assert.Equal("review.reason", Refused(await DecideAsync(owner, LineVerdict.Revoke, " ", Line(lines, idle))).Code);
        Assert.Equal(2, Log.Facts.Count(fact => fact.Act.Value == CampaignLog.DecisionRefused && fact.Decision == Verdict.Deny));

        Done(await DecideAsync(owner, LineVerdict.Revoke, "转岗", Line(lines, idle)));
        Assert.DoesNotContain((await PersonAsync(idle)).Posts, held => held.InForce(Time.NowMs()));
        Assert.Equal("review.reduce", Refused(await Desk.DecideAsync(Of(owner), review, [used.Id], new LineDecision(LineVerdict.Reduce, "短期", Time.NowMs() - 1), Ct)).Code);
        Done(await Desk.DecideAsync(Of(owner), review, [used.Id], new LineDecision(LineVerdict.Reduce, "短期", Time.NowMs() + Day), Ct));
        Assert.Equal(Time.NowMs() + Day, Assert.Single((await PersonAsync(busy)).Posts).Until);
        Assert.Equal("转岗", Get<Cases>().Open(Line(lines, idle).Id, Line(await LinesAsync(), idle).Content.Reason));
    }

    [Fact]
    public async Task Reviewers_are_given_at_least_the_time_that_policy_says()
    {
        officer = await HireAsync("dpo.one", Dpo);
        async Task<string?> OpenedAsync(long inMs) => await Desk.OpenAsync(Of(officer), "复核", Time.NowMs() + inMs, null, First.Unit, Ct) is Outcome<Case<CampaignContent>>.Refused refused
            ? Assert.Single(refused.Problem.Errors) is var error ? $"{error.At} {error.Code}" : null
            : null;
        Assert.Equal("deadline review.term", await OpenedAsync(300));
        Assert.Equal("deadline review.term", await OpenedAsync(Day - 1));

        // Of several rows the longest counts.
        await Db.WriteAsync(tx => Get<PolicyStore>().PutAsync(
            tx, [PolicyContent.Of(PolicyKind.Account, "reviews", new AccountRow(90, ReviewHours: 72)), PolicyContent.Of(PolicyKind.Account, "short", new AccountRow(90, ReviewHours: 1))],
            IdentityFacts.BySystem("policy-seeded")));
        Assert.Equal("deadline review.term", await OpenedAsync((3 * Day) - 1));
        Assert.Null(await OpenedAsync(3 * Day));
    }

    [Fact]
    public async Task What_nobody_confirms_rests_from_the_deadline_and_comes_back_when_somebody_does()
    {
        await OpenAsync(days: 10);
        var clock = Get<CampaignClock>();
        await clock.RunAsync(Ct);
        Assert.Equal(0, await NoticesAsync(NoticeTemplates.ReviewDue));
        foreach (var (days, sent) in new[] { (3, 1), (0, 1), (4, 2), (2, 3) })
        {
            Time.Advance(TimeSpan.FromDays(days));
            await clock.RunAsync(Ct);
            await clock.RunAsync(Ct);
            Assert.Equal(sent * 2, await NoticesAsync(NoticeTemplates.ReviewDue));
        }

        Assert.True(Assert.Single((await PersonAsync(busy)).Posts).InForce(Time.NowMs()));
        Time.Advance(TimeSpan.FromDays(1));
        await clock.RunAsync(Ct);
        await clock.RunAsync(Ct);
        var held = Assert.Single((await PersonAsync(busy)).Posts);
        Assert.False(held.InForce(Time.NowMs()));
        Assert.False(Held(await ActorPostsAsync(busy)));
        Assert.Equal(1, await NoticesAsync(NoticeTemplates.ReviewOverdue));

        // The two administrators stay: without them nobody could mend anything.
        Assert.True(Assert.Single((await PersonAsync(First.Administrators[0].Person)).Posts).InForce(Time.NowMs()));
        var lines = await LinesAsync();
        Assert.Equal("escalated", Line(lines, First.Administrators[0].Person).State);
        Assert.Equal("suspended", Line(lines, busy).State);

        // So do the last data owner and the last officer, or nobody could decide what rests.
        Assert.All([owner, officer], person => Assert.Equal("escalated", Line(lines, person).State));
        Done(await DecideAsync(owner, LineVerdict.Confirm, "年度复核", Line(lines, busy)));
        Assert.True(Assert.Single((await PersonAsync(busy)).Posts).InForce(Time.NowMs()));
        Assert.Empty(await CasesAstrayAsync());
    }

    [Fact]
    public async Task An_authorisation_and_a_place_on_a_list_rest_and_come_back_too()
    {
        var authorisation = new AuthorisationRow(AuthorisationId.New(), PurposeKey.Of("fulfil"), [Mobile, IdNo], 0, Time.NowMs() + (100 * Day), Agent);
        await PolicyAsync(PolicyContent.Of(PolicyKind.Authorisation, $"ua-{authorisation.Id}", authorisation));
        var list = CustomerListId.New();
        await OpenAsync(days: 1, () => Db.WriteAsync(tx => Get<ControlStore>().SaveAsync(
            tx, ControlKey.Of(CustomerListContent.RowKind, list), 0, new CustomerListContent("贵宾", CustomerListKind.Vip, ListEffect.Masked, First.Entity, [busy], [Agent], []),
            IdentityFacts.BySystem("list-kept")), Ct));
        Assert.Equal("review.overlaps", Refused(await Desk.OpenAsync(Of(officer), "又一次", Time.NowMs() + Day, null, First.Unit, Ct)).Code);
        var lines = await LinesAsync();
        Assert.Equal(Level.Sensitive, lines.Single(line => line.Content.Right.Authorisation is not null).Content.Right.Level);
        Time.Advance(TimeSpan.FromDays(1));
        await Get<CampaignClock>().RunAsync(Ct);
        var access = (await Get<IPolicySnapshots>().CurrentAsync(Ct)).Access!;
        Assert.Empty(access.Authorisations);
        Assert.Empty(access.Lists[list].Persons);
        Assert.Empty(access.Lists[list].Posts);

        foreach (var line in (await LinesAsync()).Where(line => line.Content.Right.Kind != RightKind.Post))
        {
            Done(await DecideAsync(owner, LineVerdict.Confirm, "需要", line));
        }

        access = (await Get<IPolicySnapshots>().CurrentAsync(Ct)).Access!;
        Assert.Equal([Mobile, IdNo], Assert.Single(access.Authorisations).Items.OrderByDescending(item => item.Value));
        Assert.Equal([busy], access.Lists[list].Persons);
        Assert.Equal([Agent], access.Lists[list].Posts);
    }

    [Fact]
    public async Task What_was_revoked_or_ended_never_comes_back_by_a_later_decision()
    {
        var (revoked, ended) = (Authorisation(Mobile, IdNo), Authorisation(Mobile, IdNo));
        await PutAsync(revoked, ended);
        await OpenAsync(days: 1);
        Time.Advance(TimeSpan.FromDays(1));
        await Get<CampaignClock>().RunAsync(Ct);
        var lines = (await LinesAsync()).Where(line => line.Content.Right.Authorisation is not null).ToDictionary(line => line.Content.Right.Authorisation!.Value);
        Assert.All(lines.Values, line => Assert.Equal("suspended", line.State));

        // Revoked: a friend reduces it by one item, or finds that it is needed after all.
        var (line, friend) = (lines[revoked.Id], await HireAsync("owner.two", Owner));
        Done(await DecideAsync(owner, LineVerdict.Revoke, "不再需要", line));
        Assert.Equal("review.decided", Refused(await ReduceAsync(friend, line, Mobile)).Code);
        Assert.Equal("review.decided", Refused(await DecideAsync(friend, LineVerdict.Confirm, "需要", line)).Code);

        // Ended by the officer while it rested: confirming the line puts nothing back, nor does reducing it.
        await PolicyAsync(new PolicyContent(PolicyContent.Form, PolicyKind.Authorisation, $"ua-{ended.Id}", []));
        Done(await DecideAsync(friend, LineVerdict.Confirm, "需要", lines[ended.Id]));
        Assert.Empty((await Get<IPolicySnapshots>().CurrentAsync(Ct)).Access!.Authorisations);
    }

    [Fact]
    public async Task Reducing_never_gives_back_what_was_taken_since_the_snapshot()
    {
        var authorisation = Authorisation(Mobile, IdNo);
        await PutAsync(authorisation);
        await OpenAsync(days: 10);
        await PutAsync(authorisation with { Items = [Mobile], Until = authorisation.Until + Day });
        await PersonAsync(busy, person => person with { Posts = [.. person.Posts.Select(held => held with { Until = Time.NowMs() + Day })] });
        var lines = await LinesAsync();
        var line = lines.Single(one => one.Content.Right.Authorisation is not null);
        Assert.Equal("review.reduce", Refused(await ReduceAsync(owner, line, IdNo)).Code);
        Done(await ReduceAsync(owner, line, Mobile));
        var left = Assert.Single((await Get<IPolicySnapshots>().CurrentAsync(Ct)).Access!.Authorisations);
        Assert.Equal((Mobile, authorisation.Until), (Assert.Single(left.Items), left.Until));

        Done(await Desk.DecideAsync(Of(owner), review, [Line(lines, busy).Id], new LineDecision(LineVerdict.Reduce, "短期", Time.NowMs() + (5 * Day)), Ct));
        Assert.Equal(Time.NowMs() + Day, Assert.Single((await PersonAsync(busy)).Posts).Until);
    }

    [Fact]
    public async Task Nobody_decides_with_a_session_that_has_ended()
    {
        await OpenAsync(days: 10);
        var line = Line(await LinesAsync(), idle);
        Assert.Equal("row.changed", (await AfterItsEndAsync(owner, Owner, actor => Desk.DecideAsync(actor, review, [line.Id], new LineDecision(LineVerdict.Confirm, "需要"), Ct))).Code);
        Assert.Equal("row.changed", (await AfterItsEndAsync(officer, Dpo, actor => Get<CampaignReports>().CloseAsync(actor, review, Ct))).Code);
        Assert.Equal("row.changed", (await AfterItsEndAsync(officer, Dpo, actor => Desk.OpenAsync(actor, "又一次", Time.NowMs() + Day, null, null, Ct))).Code);
        Assert.Equal("open", Line(await LinesAsync(), idle).State);
    }

    [Fact]
    public async Task A_second_reviewer_looks_at_the_sample_and_the_report_is_signed()
    {
        await OpenAsync(days: 10);
        Assert.Equal("review.undecided", Refused(await Get<CampaignReports>().CloseAsync(Of(officer), review, Ct)).Code);
        foreach (var line in await LinesAsync())
        {
            Done(await DecideAsync(line.Person == owner ? officer : owner, LineVerdict.Confirm, "仍需要", line));
        }

        Assert.Equal("review.sample", Refused(await Get<CampaignReports>().CloseAsync(Of(officer), review, Ct)).Code);
        var campaign = (await Desk.FindAsync(review, Ct))!;
        var drawn = Assert.Single(await Db.ReadAsync(tx => Campaigns.SampleAsync(tx, campaign), Ct));
        var all = await LinesAsync();
        var other = all.First(line => line.Id != drawn);
        Assert.Equal("review.not_drawn", Refused(await Desk.SecondAsync(Of(PersonId.New()), review, other.Id, SecondVerdict.Agree, null, Ct)).Code);
        Assert.Equal("review.own", Refused(await Desk.SecondAsync(Of(all.Single(line => line.Id == drawn).Content.Decider!.Value), review, drawn, SecondVerdict.Agree, null, Ct)).Code);

        // An objection opens the line; the same decider does not decide it again.
        var second = Of(await HireAsync("auditor.one", Auditor));
        Done(await Desk.SecondAsync(second, review, drawn, SecondVerdict.Object, "再看", Ct));
        var line2 = (await LinesAsync()).Single(line => line.Id == drawn);
        Assert.Equal(("open", "review.own"), (line2.State, Refused(await DecideAsync(line2.Content.Objected!.Value, LineVerdict.Confirm, "x", line2)).Code));
        Done(await DecideAsync(await HireAsync("owner.two", Owner), LineVerdict.Confirm, "确认", line2));
        Done(await Desk.SecondAsync(second, review, drawn, SecondVerdict.Agree, null, Ct));

        var report = Done(await Get<CampaignReports>().CloseAsync(Of(officer), review, Ct));
        var document = SignedDocument.Read(Encoding.UTF8.GetBytes(report))!;
        Assert.Equal(SignatureVerdict.Valid, document.Verify(ReportBody.DocumentType, Signer.PublicKey(SigningKey.Receipt), Ed25519.Verify));
        var body = document.Body.Deserialize<ReportBody>(ReportBody.Json)!;
        Assert.Equal((all.Count, 1, 1), (body.Lines["confirmed"], body.Sample.Lines, body.Sample.Agreed));
        Assert.Equal([drawn], CampaignRules.Sample(body.Sample.Seed, all.Select(line => line.Id), body.Sample.PerMille));
        Assert.Equal("review.ended", Refused(await DecideAsync(owner, LineVerdict.Confirm, "x", other)).Code);
        Assert.Empty(await CasesAstrayAsync());
    }

    [Fact]
    public async Task An_altered_or_deleted_line_is_found_before_anything_is_signed()
    {
        await OpenAsync(days: 10);
        Time.Advance(TimeSpan.FromDays(10));
        await Get<CampaignClock>().RunAsync(Ct);
        await Db.WriteAsync(tx => tx.ExecuteAsync(
            "UPDATE case_row SET state = 'confirmed' WHERE kind = @kind AND id = (SELECT id FROM case_row WHERE kind = @kind ORDER BY id LIMIT 1)", new { kind = Campaigns.Line }), Ct);
        Assert.Equal("review.altered", Refused(await Get<CampaignReports>().CloseAsync(Of(officer), review, Ct)).Code);
        await Get<ControlAlarms>().FlushAsync(Ct);
        Assert.Contains(Log.Facts, fact => fact.Act == ControlAlarms.Tampered);
    }

    private AuthorisationRow Authorisation(params ItemKey[] items) => new(AuthorisationId.New(), PurposeKey.Of("fulfil"), items, 0, Time.NowMs() + (100 * Day), Agent);

    private Task PutAsync(params AuthorisationRow[] rows) => PolicyAsync([.. rows.Select(row => PolicyContent.Of(PolicyKind.Authorisation, $"ua-{row.Id}", row))]);

    private Task<Outcome<int>> ReduceAsync(PersonId who, Case<LineContent> line, params ItemKey[] items) =>
        Desk.DecideAsync(Of(who), review, [line.Id], new LineDecision(LineVerdict.Reduce, "减少", Items: items), Ct);

    [Fact]
    public async Task A_clients_scopes_are_reviewed_the_unused_first_and_never_by_who_answers_for_it()
    {
        var client = ClientId.New();
        await OpenAsync(days: 30, () => Db.WriteAsync(async tx =>
        {
            var content = new ClientRequest("对账系统", busy, [ClientScope.View, ClientScope.Ledger], 60, 1000, Time.NowMs() + (300 * Day)).ToContent() with { Registered = Time.NowMs() - (200 * Day) };
            await Get<Members>().SaveAsync(tx, Members.Client, client.Value, 0, content, IdentityFacts.BySystem("client-kept"));
            await ClientUsageStore.UsedAsync(tx, new ClientUsed(client, ClientUsageStore.Scope, "view", Time.NowMs() - Day));
        }, Ct));
        async Task<IReadOnlyList<ClientScope>> ScopesAsync() => (await Db.ReadAsync(tx => Get<Members>().LoadAsync<ClientContent>(tx, Members.Client, client.Value), Ct))!.Content.Scopes;
        var lines = (await LinesAsync()).Where(line => line.Content.Right.Kind == RightKind.Scope).ToList();
        Assert.Equal([(ClientScope.Ledger, 0L), (ClientScope.View, 1L)], lines.Select(line => (line.Content.Right.Scope!.Value, line.Content.Uses)));
        Assert.Equal(LineVerdict.Revoke, CampaignRules.Preset(lines[0].Content.Right, 0, Time.NowMs()));
        Assert.Equal("review.own", Refused(await DecideAsync(busy, LineVerdict.Confirm, "mine", lines[0])).Code);
        Done(await DecideAsync(owner, LineVerdict.Revoke, "没有人用", lines[0]));
        Assert.Equal([ClientScope.View], await ScopesAsync());

        // What nobody confirms rests, and comes back with the confirmation.
        Time.Advance(TimeSpan.FromDays(30));
        await Get<CampaignClock>().RunAsync(Ct);
        Assert.Empty(await ScopesAsync());
        Done(await DecideAsync(owner, LineVerdict.Confirm, "每日对账", (await LinesAsync()).Single(line => line.Id == lines[1].Id)));
        Assert.Equal([ClientScope.View], await ScopesAsync());
    }

    [Fact]
    public async Task A_ticket_system_that_rests_is_still_everybodys_matter_and_comes_back_only_from_its_own_row()
    {
        var (client, members, admin) = (ClientId.New(), Get<Members>(), Of(First.Administrators[0].Person));
        await OpenAsync(days: 30, () => Db.WriteAsync(tx => members.SaveAsync(
            tx, Members.Client, client.Value, 0,
            new ClientRequest("工单系统", busy, [ClientScope.View, ClientScope.Ledger, ClientScope.Tickets], 60, 1000, Time.NowMs() + (300 * Day), PublicKeys: [Secrets.NewSecret()]).ToContent(),
            IdentityFacts.BySystem("client-kept")), Ct));
        async Task<Member<ClientContent>> RowAsync() => (await Db.ReadAsync(tx => members.LoadAsync<ClientContent>(tx, Members.Client, client.Value), Ct))!;
        async Task EditAsync(Func<ClientContent, ClientContent> edit) => Done(await members.EditAsync<ClientContent>(
            Members.Client, client.Value, null, IdentityFacts.BySystem("client-kept"), (_, content) => Task.FromResult<Outcome<ClientContent>>(edit(content)), Ct));
        Time.Advance(TimeSpan.FromDays(30));
        await Get<CampaignClock>().RunAsync(Ct);
        var rested = await RowAsync();
        Assert.Empty(rested.Content.Scopes);
        Assert.Equal([ClientScope.View, ClientScope.Ledger, ClientScope.Tickets], rested.Content.Resting!.Order());

        // One administrator alone has no more to say about it than before it rested.
        Assert.Equal("client.tickets", Refused(await Get<Clients>().RotateAsync(admin, client, new ClientRotation(), Ct)).Code);
        Assert.Equal("client.tickets", Refused(await Get<Clients>().HandOverAsync(admin, client, new ClientHandOver(idle), Ct)).Code);
        Assert.Equal("client.tickets", Refused(await Get<Clients>().ChangeAsync(admin, client, new ClientChange(rested.Version, Scopes: [ClientScope.View]), Ct)).Code);

        // Whoever answers for it by now confirms nothing of it.
        var lines = (await LinesAsync()).Where(line => line.Content.Right.Kind == RightKind.Scope).ToDictionary(line => line.Content.Right.Scope!.Value);
        await EditAsync(content => content with { Owner = owner });
        Assert.Equal("review.own", Refused(await DecideAsync(owner, LineVerdict.Confirm, "工单", lines[ClientScope.Tickets])).Code);

        // Back as it rests, and only into what could be registered so; what its row does not say is resting stays away.
        var other = await HireAsync("owner.two", Owner);
        var keys = rested.Content.PublicKeys;
        await EditAsync(content => content with { PublicKeys = [], Resting = [ClientScope.Tickets, ClientScope.View] });
        Assert.Equal("order.certificate", Refused(await DecideAsync(other, LineVerdict.Confirm, "工单", lines[ClientScope.Tickets])).Code);
        await EditAsync(content => content with { PublicKeys = keys });
        Done(await DecideAsync(other, LineVerdict.Confirm, "工单", lines[ClientScope.Tickets]));
        Done(await DecideAsync(other, LineVerdict.Confirm, "台账", lines[ClientScope.Ledger]));
        Done(await DecideAsync(other, LineVerdict.Revoke, "没有人用", lines[ClientScope.View]));
        var back = (await RowAsync()).Content;
        Assert.Equal([ClientScope.Tickets], back.Scopes);
        Assert.Null(back.Resting);
    }

    [Fact]
    public async Task A_line_that_was_decided_taken_away_or_added_by_hand_is_found()
    {
        await OpenAsync(days: 30);
        Done(await DecideAsync(owner, LineVerdict.Revoke, "没有人用", Line(await LinesAsync(), idle)));
        Assert.Empty(await CasesAstrayAsync());
        var busys = Id.Bytes(Line(await LinesAsync(), busy).Id.Value);
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE case_row SET state = 'confirmed' WHERE id = @busys", new { busys }), Ct);
        Assert.Equal(ControlMismatch.Differs, Assert.Single(await CasesAstrayAsync()).Mismatch);
        await Db.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM case_row WHERE id = @busys", new { busys }), Ct);
        Assert.Equal(ControlMismatch.Missing, Assert.Single(await CasesAstrayAsync()).Mismatch);
    }

    private async Task OpenAsync(int days, Func<Task>? before = null)
    {
        owner = await HireAsync("owner.one", Owner);
        officer = await HireAsync("dpo.one", Dpo);
        busy = await HireAsync("agent.busy", Agent);
        idle = await HireAsync("agent.idle", Agent);
        await DidAsync(Enumerable.Range(1, 3).Select(i => (View(busy, IdNo), Time.NowMs() - (i * Day), (UInt128?)(UInt128)i)));
        await DidAsync((View(idle), Time.NowMs() - (120 * Day), null));
        await Get<LogFeed>().PassAsync(Ct);
        await (before?.Invoke() ?? Task.CompletedTask);
        review = Done(await Desk.OpenAsync(Of(officer), "年度复核", Time.NowMs() + (days * Day), null, null, Ct)).Id;
    }

    private Task<IReadOnlyList<Case<LineContent>>> LinesAsync() =>
        Db.ReadAsync(tx => Get<Cases>().PageAsync<LineContent>(tx, new CaseQuery(Campaigns.Line) { Parent = review, Size = 500 }), Ct);

    private static Case<LineContent> Line(IReadOnlyList<Case<LineContent>> lines, PersonId person) => lines.Single(line => line.Person == person && line.Content.Right.Kind == RightKind.Post);

    private Task<Outcome<int>> DecideAsync(PersonId who, LineVerdict verdict, string? reason, params Case<LineContent>[] lines) =>
        Desk.DecideAsync(Of(who), review, [.. lines.Select(line => line.Id)], new LineDecision(verdict, reason), Ct);

    private async Task<IReadOnlyList<HeldPost>> ActorPostsAsync(PersonId person) => [.. (await PersonAsync(person)).Posts.Where(held => held.InForce(Time.NowMs()))];

    private static bool Held(IReadOnlyList<HeldPost> posts) => posts.Any(held => held.Post == Agent);

    private async Task<int> NoticesAsync(NoticeTemplate template) =>
        (await Db.ReadAsync(tx => OutboxStore.NewestAsync(tx, null, 100), Ct)).Count(row => row.Template == template.Key);
}

public sealed class CampaignsOnSqlite() : CampaignSuite(TestStore.Sqlite());

public sealed class CampaignsOnPostgres(PostgresServer server) : CampaignSuite(TestStore.Postgres(server));
