using Microsoft.AspNetCore.Http.HttpResults;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Tests.Spine.Approvals;

/// <summary>The vault's modes on two handles of one database.</summary>
public abstract partial class ApprovalDeskSuite
{
    private static readonly PurposeKey Fulfil = PurposeKey.Of("fulfil");

    [Fact]
    public async Task On_site_a_proof_answers_in_the_colleagues_name_and_the_third_wrong_one_voids_on_either_node()
    {
        await SceneAsync("contact_change", SceneTrigger.None, [SceneMode.OnSite], "shift-lead");
        var lead = await PersonAsync("shift-lead");
        var (good, spoiled) = (Done(await AskSceneAsync("contact_change")), Done(await AskSceneAsync("contact_change")));
        Assert.Equal("approval.mode", Code(await ApproveAsync(lead, good)));
        Task<Outcome<Approval>> ProveAsync(ApprovalDesk at, Approval asked, Actor requester, OnSiteProof? proof) => at.OnSiteAsync(requester, asked.Id, asked.Content.Digest, (_, _) => Task.FromResult(proof), Ct);
        var proof = new OnSiteProof(lead.Person, Strength.SecondFactor, clock.Now, Signed: false);
        maker = await AgainAsync(maker);
        Assert.Equal("not.found", Code(await ProveAsync(desk, good, await AgainAsync(lead), proof)));
        Assert.Equal("act.ungranted", Code(await ProveAsync(desk, good, maker, proof with { Person = stranger.Person })));
        Assert.Equal("factor.needed", Code(await ProveAsync(desk, good, maker, proof with { At = clock.Now - (6 * Minute) })));
        var given = Done(await ProveAsync(other, good, maker, proof));
        Assert.Equal((ApprovalState.Approved, SceneMode.OnSite, lead.Person), (given.Content.State, given.Content.Votes[0].Via, given.Content.Votes[0].Person));
        Assert.Equal(LogActor.Of(lead.Person), log.Facts.Last(fact => fact.Act.Value == ApprovalLog.Approved).Actor);

        for (var tries = 0; tries < 3; tries++)
        {
            Assert.Equal("approval.on-site", Code(await ProveAsync(tries % 2 == 0 ? desk : other, spoiled, maker, null)));
        }

        Assert.Equal("approval.void", Code(await ProveAsync(desk, spoiled, maker, proof)));
        Assert.Equal(ApprovalState.Void, (await desk.FindAsync(maker, spoiled.Id, Ct))!.Content.State);
    }

    [Fact]
    public async Task Broken_glass_is_told_and_of_two_that_race_on_two_nodes_one_opens()
    {
        await SceneAsync("break_glass", SceneTrigger.Emergency, [SceneMode.None], "dpo");
        var dpo = await PersonAsync("dpo");
        maker = await AgainAsync(maker);
        var scope = new ApprovalScope("use.view", "1x1", Right, clock.Now + (60 * Minute)) { Targets = [new(CustomerId.From(1), RecordId.From(2), ItemKey.Of("id_no"), 1)] };
        Task<Outcome<Approval>> OpenAsync(ApprovalDesk at) => new BreakGlass(control, at, deciders, new ApprovalNotices(outbox)).OpenAsync(maker, scope, new ApprovalEvidence("masked", 1, 1, Reason: "outage"), new AskedFrom(), Ct);
        var both = await Task.WhenAll(OpenAsync(desk), OpenAsync(other));
        var opened = Assert.Single(both.OfType<Outcome<Approval>.Done>()).Value;
        Assert.Equal("approval.owed", Assert.Single(both.OfType<Outcome<Approval>.Refused>()).Problem.Code);
        Assert.Equal(2, await Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE template = 'break-glass'")));
        Assert.Equal((SceneMode.None, clock.Now + Day), (opened.Content.Scope.Mode, opened.Content.ReviewUntil));

        async Task<bool> UseAsync(Database db, ApprovalDesk at, CustomerId whose) => await db.WriteAsync(async tx =>
            await at.ConsumeAsync(tx, opened.Id, "use.view", "1x1", Right, maker.Person, whose) is ApprovalUse.Consumed);
        Assert.False(await UseAsync(Db, desk, CustomerId.From(9)));
        Assert.True(await UseAsync(otherDb, other, CustomerId.From(1)));
        clock.Now += 60 * Minute;
        Assert.False(await UseAsync(Db, desk, CustomerId.From(1)));

        // However much he asks for in the meantime, it is not forgotten.
        await Db.WriteAsync(async tx =>
        {
            for (var i = 1; i <= 1_001; i++)
            {
                await tx.ExecuteAsync(
                    "INSERT INTO approval_index (id, entity, requester, requested) VALUES (@id, @entity, @requester, @requested)",
                    new { id = ApprovalId.New().Bytes, entity = Airline.Bytes, requester = maker.Person.Bytes, requested = clock.Now + i });
            }

            return true;
        });
        Assert.Equal("approval.owed", Code(await OpenAsync(desk)));
        Assert.Equal("approval.self", Code(await other.ReviewAsync(maker with { Posts = dpo.Posts }, opened.Id, ReviewVerdict.Justified, "mine", Ct)));
        Assert.Equal("act.ungranted", Code(await other.ReviewAsync(await AgainAsync(owner), opened.Id, ReviewVerdict.Justified, "not mine", Ct)));
        Done(await other.ReviewAsync(await AgainAsync(dpo), opened.Id, ReviewVerdict.Justified, "seen", Ct));
        scope = scope with { Until = clock.Now + (60 * Minute) };
        Done(await OpenAsync(desk));
    }

    [Fact]
    public async Task A_review_that_is_owed_is_asked_for_then_overdue_and_then_everybodys_matter()
    {
        await SceneAsync("break_glass", SceneTrigger.Emergency, [SceneMode.None], "dpo");
        var (dpo, auditor) = (await PersonAsync("dpo"), await PersonAsync("auditor"));
        maker = await AgainAsync(maker);
        var scope = new ApprovalScope("use.view", "1x1", Right, clock.Now + (60 * Minute)) { Targets = [new(CustomerId.From(1), RecordId.From(2), ItemKey.Of("id_no"), 1)] };
        async Task<Approval> OpenAsync() => Done(await new BreakGlass(control, desk, deciders, new ApprovalNotices(outbox))
            .OpenAsync(maker, scope, new ApprovalEvidence("masked", 1, 1, Reason: "outage"), new AskedFrom(), Ct));
        Task<long> ToldAsync(PersonId person, string template) => Db.ReadAsync(tx => tx.ScalarAsync<long>(
            "SELECT count(*) FROM outbox WHERE template = @template AND person = @person", new { template, person = person.Bytes }));
        var opened = await OpenAsync();
        await Db.WriteAsync(async tx => Assert.IsType<ApprovalUse.Consumed>(await desk.ConsumeAsync(tx, opened.Id, "use.view", "1x1", Right, maker.Person, CustomerId.From(1))));
        clock.Now += 60 * Minute;
        await desk.TickAsync(Ct);

        clock.Now = opened.Content.Requested + (18 * 60 * Minute);
        Assert.Equal((1, 0), (await desk.TickAsync(Ct), await other.TickAsync(Ct)));
        Assert.Equal((1L, 0L), (await ToldAsync(dpo.Person, "break-glass-review-due"), await ToldAsync(owner.Person, "break-glass-review-due")));
        clock.Now = opened.Content.ReviewUntil!.Value;
        Assert.Equal((1, 0), (await other.TickAsync(Ct), await desk.TickAsync(Ct)));
        Assert.Equal((1L, 1L, 0L), (await ToldAsync(dpo.Person, "break-glass-review-overdue"), await ToldAsync(owner.Person, "break-glass-review-overdue"), await ToldAsync(auditor.Person, "break-glass-review-overdue")));
        clock.Now += Day;
        Assert.Equal((1, 0), (await desk.TickAsync(Ct), await other.TickAsync(Ct)));
        Assert.Equal((1L, 0L), (await ToldAsync(auditor.Person, "break-glass-review-overdue"), await ToldAsync(maker.Person, "break-glass-review-overdue")));
        Assert.Equal(["due", "overdue", "escalated"], log.Facts.Where(fact => fact.Act.Value == ApprovalLog.ReviewReminded).Select(fact => fact.Reasons.Single()));

        // What is reviewed, and what was never used, reminds nobody.
        Done(await other.ReviewAsync(await AgainAsync(dpo), opened.Id, ReviewVerdict.Justified, "seen", Ct));
        scope = scope with { Until = clock.Now + (60 * Minute) };
        await OpenAsync();
        clock.Now += 3 * Day;
        await desk.TickAsync(Ct);
        Assert.Equal(0, await desk.TickAsync(Ct));
        Assert.Equal(3, log.Facts.Count(fact => fact.Act.Value == ApprovalLog.ReviewReminded));
    }

    [Fact]
    public async Task An_order_is_taken_once_and_its_approvers_are_those_the_scene_names()
    {
        await SceneAsync("batch_query", SceneTrigger.Many, [SceneMode.WorkOrder], "data-owner");
        var (client, nobody, _) = (await TicketsAsync(), await PersonAsync("counter"), await PersonAsync("dpo"));
        client = client with { ConfigEpoch = await Db.ReadAsync(ConfigEpoch.ReadAsync) };
        var scope = new ApprovalScope("use.view", "x", Right, clock.Now + Day) { Purpose = Fulfil, Scenes = ["batch_query"], Targets = [new(CustomerId.From(1), RecordId.From(2), ItemKey.Of("name"), 1)] };
        WorkOrders On(Database db, ApprovalDesk at) => new(db, control, at, deciders, new ApprovalNotices(outbox), keys, log, clock);
        Task<Outcome<Approval>> PushAsync(WorkOrders orders, params PersonId[] approvers) =>
            orders.PushAsync(client, new WorkOrder("CHG-7", maker.Person, null, approvers, scope, new ApprovalEvidence("", 1, 1, Reason: "r"), Airline), Ct);
        var (here, there) = (On(Db, desk), On(otherDb, other));
        Assert.Equal("act.ungranted", Code(await PushAsync(here, nobody.Person)));
        Assert.Equal("approval.self", Code(await PushAsync(here, maker.Person)));
        Assert.Equal("order.approver", Code(await PushAsync(here)));
        Assert.Null(await here.FindAsync("CHG-7", Ct));
        var both = await Task.WhenAll(PushAsync(here, owner.Person), PushAsync(there, owner.Person));
        var pushed = Assert.Single(both.OfType<Outcome<Approval>.Done>()).Value;
        Assert.Equal("order.taken", Assert.Single(both.OfType<Outcome<Approval>.Refused>()).Problem.Code);
        Assert.Equal(2, await Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE template = 'work-order'")));
        Assert.Equal(pushed.Id, await there.FindAsync(" CHG-7 ", Ct));
        Assert.Null(await here.FindAsync("CHG-8", Ct));
        Assert.Equal("approval.mode", Code(await AskSceneAsync("batch_query")));
        var uses = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? Db : otherDb).WriteAsync(async tx =>
            await (i % 2 == 0 ? desk : other).ConsumeAsync(tx, pushed.Id, "use.view", pushed.Content.Subject, Right, maker.Person, CustomerId.From(1)) is ApprovalUse.Consumed)));
        Assert.Single(uses, used => used);
    }

    [Fact]
    public async Task A_token_orders_nothing_without_its_certificate_for_its_owner_or_beyond_its_registration()
    {
        await SceneAsync("batch_query", SceneTrigger.Many, [SceneMode.WorkOrder], "data-owner");
        var client = await TicketsAsync();
        client = client with { ConfigEpoch = await Db.ReadAsync(ConfigEpoch.ReadAsync) };
        var orders = new WorkOrders(Db, control, desk, deciders, new ApprovalNotices(outbox), keys, log, clock);
        var scope = new ApprovalScope("use.view", "x", Right, clock.Now + Day) { Purpose = Fulfil, Scenes = ["batch_query"], Targets = [new(CustomerId.From(1), RecordId.From(2), ItemKey.Of("name"), 1)] };
        async Task<string> PushAsync(Actor by, EntityId? entity = null) =>
            Code(await orders.PushAsync(by, new WorkOrder("CHG-9", maker.Person, null, [owner.Person], scope, new ApprovalEvidence("", 1, 1, Reason: "r"), entity ?? Airline), Ct));
        Assert.Equal("order.certificate", await PushAsync(client with { MutualTls = false }));
        Assert.Equal("order.owner", await PushAsync(client with { Person = owner.Person }));
        Assert.Equal("order.owner", await PushAsync(client with { Person = maker.Person }));
        Assert.Equal("order.scope", await PushAsync(client with { Purposes = [] }));
        Assert.Equal("order.scope", await PushAsync(client with { Items = [ItemKey.Of("mobile")] }));
        Assert.Equal("order.scope", await PushAsync(client with { Client = ClientId.New() }));
        Assert.Equal("order.scope", await PushAsync(client, Hotel));
        Assert.Equal(7, log.Facts.Count(fact => fact.Act.Value == ApprovalLog.RequestRefused));
        Assert.Equal(0, await Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM outbox")));
        Assert.Equal(Reasons.OrderCertificate, await orders.RefusalAsync(client with { MutualTls = false }, maker.Person, [owner.Person], Fulfil, [], Ct));
        Assert.Null(await orders.RefusalAsync(client with { Items = [ItemKey.Of("name")] }, maker.Person, [owner.Person], Fulfil, [ItemKey.Of("name")], Ct));
    }

    [Fact]
    public async Task A_code_is_logged_before_it_is_shown_and_who_guesses_at_his_screen_is_stopped_across_his_requests()
    {
        await SceneAsync("contact_change", SceneTrigger.None, [SceneMode.OnSite], "shift-lead");
        var lead = await PersonAsync("shift-lead");
        var asked = new List<Approval>();
        for (var i = 0; i < 6; i++)
        {
            asked.Add(Done(await AskSceneAsync("contact_change")));
        }

        var proofs = new ApproverProofs(Db, null!, null!, null!, null!, new Secrets(keys), clock);
        var vault = new VaultEndpoints(desk, null!, proofs, null!, new PolicySnapshots(Db, policies), log, clock);
        Assert.IsType<ProblemHttpResult>((await vault.CodeAsync(asked[5].Id, await AgainAsync(maker), Ct)).Result);
        Assert.DoesNotContain(log.Facts, fact => fact.Act.Value == ApprovalLog.CodeShown);
        Assert.IsType<Ok<OnSiteCode>>((await vault.CodeAsync(asked[5].Id, await AgainAsync(lead), Ct)).Result);
        Assert.Equal((LogActor.Of(lead.Person), asked[5].Id), Assert.Single(log.Facts, fact => fact.Act.Value == ApprovalLog.CodeShown) is var shown ? (shown.Actor, shown.Approvals.Single()) : default);

        maker = await AgainAsync(maker);
        Task<Outcome<Approval>> ProveAsync(Approval one, OnSiteProof? proof) => desk.OnSiteAsync(maker, one.Id, one.Content.Digest, (_, _) => Task.FromResult(proof), Ct);
        for (var tries = 0; tries < ApprovalRules.MostFailuresOfOne; tries++)
        {
            Assert.Equal("approval.on-site", Code(await ProveAsync(asked[tries / 3], null)));
        }

        var right = new OnSiteProof(lead.Person, Strength.SecondFactor, clock.Now, Signed: false);
        Assert.Equal("approval.on-site-often", Code(await ProveAsync(asked[5], right)));
        Assert.Equal(ApprovalState.Requested, (await desk.FindAsync(maker, asked[5].Id, Ct))!.Content.State);
    }

    [Fact]
    public async Task What_is_signed_counts_only_with_the_signature_and_what_is_booked_only_from_its_hour()
    {
        await SceneAsync("transfer", SceneTrigger.None, [SceneMode.Remote], "dpo", signs: true, booked: true);
        var dpo = await AgainAsync(await PersonAsync("dpo"));
        var asked = Done(await AskSceneAsync("transfer", from: clock.Now + (30 * Minute)));
        Task<Outcome<Approval>> DecideAsync(Func<Tx, string, Task<bool>>? signed) => desk.DecideAsync(dpo, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct, signed);
        Assert.Equal("approval.sign", Code(await DecideAsync(null)));
        Assert.Equal("passkey.wrong", Code(await DecideAsync((_, _) => Task.FromResult(false))));
        Assert.True(Done(await DecideAsync((_, digest) => Task.FromResult(digest == asked.Content.Digest))).Content.Votes[0].Signed);
        Assert.Equal(Reasons.ApprovalEarly, await UseAsync(Db, desk, asked.Id, act: "use.share"));
        clock.Now += 30 * Minute;
        Assert.Null(await UseAsync(otherDb, other, asked.Id, act: "use.share"));
        Assert.Equal("approval.booking", Code(await AskSceneAsync("transfer", from: clock.Now + (40 * Day))));
        Assert.NotEqual(asked.Content.Digest, Done(await AskSceneAsync("transfer")).Content.Digest);
    }

    /// <summary>A ticket system of the airline that the stranger answers for, on its certificate.</summary>
    private async Task<Actor> TicketsAsync()
    {
        var id = ClientId.New();
        await Db.WriteAsync(tx => control.SaveAsync(tx, ControlKey.Of(Members.Client, id), 0, new ClientContent
        {
            Name = "工单系统", Owner = stranger.Person, State = MemberState.Active, Scopes = [ClientScope.Tickets], Purposes = [Fulfil], Forms = [], Channels = [],
            PerMinute = 60, PerDay = 60, Networks = [], Certificates = [Right], Expires = clock.Now + Day, Tokens = [],
        }, Fact));
        return new Actor { Kind = ActorKind.Client, Client = id, Person = stranger.Person, Scopes = [ClientScope.Tickets], Purposes = [Fulfil], MutualTls = true };
    }

    private async Task SceneAsync(string key, SceneTrigger on, SceneMode[] modes, string post, bool signs = false, bool booked = false)
    {
        var emergency = on == SceneTrigger.Emergency;
        await PutAsync([PolicyContent.Of(PolicyKind.Scene, key, new SceneRow(
            key, "场景", "Scene", new SceneTriggerRow(on), modes, [new ApprovalStepRow([new ApproverRow(PostKey.Of(post))])], new SceneValidityRow(emergency ? 60 * Minute : Day, emergency ? null : 1),
            Booked: booked, CoOperator: emergency ? null : new CoOperatorRow(Strength.SecondFactor, 5 * Minute, Signs: signs), ReviewMs: emergency ? Day : null))]);
    }

    private async Task<Outcome<Approval>> AskSceneAsync(string scene, long? from = null) => await desk.RequestAsync(
        await AgainAsync(maker), new ApprovalScope("use.share", "booking", Right, clock.Now + (4 * 60 * Minute)) { Scenes = [scene], From = from }, new ApprovalEvidence("masked"), new AskedFrom(), Ct);
}
