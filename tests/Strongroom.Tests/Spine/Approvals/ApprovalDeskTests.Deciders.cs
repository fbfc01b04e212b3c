using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Accounts;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Identity;
using Strongroom.Tests.Spine.Policies;
using Letters = Strongroom.Spine.Outbox.Outbox;

namespace Strongroom.Tests.Spine.Approvals;

/// <summary>Who may decide: co-operators on duty, stand-ins, and those who left.</summary>
public abstract partial class ApprovalDeskSuite
{
    [Fact]
    public async Task A_co_operator_is_on_duty_freshly_proved_of_the_unit_and_above_and_nobodys_third_party()
    {
        Assert.Equal("vault.nobody", Code(await AskAsync(await PersonAsync("back-office", Lobby))));
        var lead = await PersonAsync("shift-lead");
        var asked = Done(await AskAsync(maker));
        Assert.Equal("act.ungranted", Code(await ApproveAsync(await PersonAsync("shift-lead", UnitId.From(9)), asked)));
        async Task<string> CodeAsync(Actor actor) => Code(await desk.DecideAsync(actor, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct));
        var fresh = await AgainAsync(lead);
        Assert.Equal("factor.needed", await CodeAsync(fresh with { Strength = Strength.Password }));
        Assert.Equal("factor.needed", await CodeAsync(fresh with { StrengthAt = clock.Now - (6 * Minute) }));
        Assert.Equal("factor.needed", await CodeAsync(fresh with { StrengthAt = clock.Now + Minute }));
        Assert.Equal("approver.third_party", await CodeAsync(fresh with { Posts = [.. fresh.Posts, new HeldPost(PostKey.Of("outsourced-agent"), Desk, 0, null)] }));
        var day = (int)Instants.At(clock.Now).DayOfWeek;
        await PutAsync([PolicyContent.Of(PolicyKind.Zone, "hours", new ZoneRow(Post: PostKey.Of("shift-lead"), Days: [(day + 2) % 7]))]);
        Assert.Equal("approver.off_duty", await CodeAsync(await AgainAsync(lead)));
        await PutAsync([PolicyContent.Of(PolicyKind.Zone, "hours", new ZoneRow(Post: PostKey.Of("shift-lead"), Days: [0, 1, 2, 3, 4, 5, 6]))]);
        Done(await ApproveAsync(lead, asked));
    }

    [Fact]
    public async Task Every_step_of_a_scene_has_two_on_duty_besides_whoever_asks_before_anybody_is_asked()
    {
        // Officer and administrator, as a change of rules takes them; the lead of the silence is the data owner, who is no second co-operator.
        await PutAsync([PolicyContent.Of(PolicyKind.Scene, "policy_off", new SceneRow(
            "policy_off", "场景", "Scene", new SceneTriggerRow(SceneTrigger.None), [SceneMode.Remote],
            [new ApprovalStepRow([new ApproverRow(PostKey.Of("dpo"))]), new ApprovalStepRow([new ApproverRow(PostKey.Of("admin-4a"))])], new SceneValidityRow(Day, 1),
            Escalation: new EscalationRow(5 * Minute, 15 * Minute, 60 * Minute, new ApproverRow(PostKey.Of("data-owner"))),
            CoOperator: new CoOperatorRow(Strength.SecondFactor, 5 * Minute, AtLeast: 2)))]);
        async Task<string> AskedAsync() => Code(await AskSceneAsync("policy_off"));
        Assert.Equal("vault.nobody", await AskedAsync());
        var officer = await PersonAsync("dpo");
        Assert.Equal("vault.few", await AskedAsync());
        var admin = await PersonAsync("admin-4a");

        // Somebody of another company is not the second one.
        await PersonAsync("dpo", Lobby);
        Assert.Equal("vault.few", await AskedAsync());
        var second = await PersonAsync("dpo");
        Assert.Equal("vault.few", await AskedAsync());
        await PersonAsync("admin-4a");
        var asked = Done(await AskSceneAsync("policy_off"));
        Done(await ApproveAsync(await AgainAsync(second), asked));
        Assert.Equal(ApprovalState.Approved, Done(await ApproveAsync(await AgainAsync(admin), asked)).Content.State);

        // Of those who may ask, one who is an officer himself is not counted.
        Assert.Equal("vault.few", Code(await desk.RequestAsync(
            await AgainAsync(officer), new ApprovalScope("use.share", "booking", Right, clock.Now + (4 * 60 * Minute)) { Scenes = ["policy_off"] }, new ApprovalEvidence("masked"), new AskedFrom(), Ct)));

        // Off duty is not there.
        var day = (int)Instants.At(clock.Now).DayOfWeek;
        await PutAsync([PolicyContent.Of(PolicyKind.Zone, "hours", new ZoneRow(Post: PostKey.Of("admin-4a"), Days: [(day + 2) % 7]))]);
        Assert.Equal("vault.nobody", await AskedAsync());
    }

    [Fact]
    public async Task A_stand_in_answers_for_the_absent_until_the_end_and_never_for_the_requester()
    {
        var (deputy, third) = (await PersonAsync("counter"), await PersonAsync("outsourced-agent"));
        async Task<Outcome<Delegation>> MakeAsync(Actor from, PersonId to, long until) =>
            await delegations.MakeAsync(await AgainAsync(from), to, null, clock.Now, clock.Now + until, "on leave", Ct);
        async Task<string> UnfitAsync(Actor from, PersonId to, long until) => Assert.IsType<Outcome<Delegation>.Refused>(await MakeAsync(from, to, until)).Problem.Code;
        Assert.Equal("delegation.unfit", await UnfitAsync(owner, owner.Person, Day));
        Assert.Equal("delegation.unfit", await UnfitAsync(owner, third.Person, Day));
        Assert.Equal("delegation.unfit", await UnfitAsync(owner, PersonId.New(), Day));
        Assert.Equal("delegation.unfit", await UnfitAsync(owner, (await PersonAsync("counter", Lobby)).Person, Day));
        Assert.Equal("delegation.unfit", await UnfitAsync(owner, deputy.Person, 32 * Day));

        var (asked, own, late) = (Done(await AskAsync(maker, Publish)), Done(await AskAsync(deputy, Publish)), Done(await AskAsync(maker, Publish)));
        Assert.Equal("act.ungranted", Code(await ApproveAsync(deputy, asked)));
        var made = Assert.IsType<Outcome<Delegation>.Done>(await MakeAsync(owner, deputy.Person, 60 * Minute)).Value;
        Assert.Equal("approval.self", Code(await ApproveAsync(deputy, own)));
        Assert.Single(await desk.ListAsync(await AgainAsync(deputy), ApprovalState.Requested, Ct), approval => approval.Id == asked.Id);

        // What he asked for himself the owner cannot have decided for him either.
        var ownersOwn = Done(await AskAsync(owner, Publish));
        Assert.Equal("approval.self", Code(await ApproveAsync(deputy, ownersOwn)));
        var vote = Assert.Single(Done(await ApproveAsync(deputy, asked)).Content.Votes);
        Assert.Equal((deputy.Person, owner.Person), (vote.Person, vote.For));
        Assert.Null(await UseAsync(Db, desk, asked.Id));

        // One pair of eyes: where two owners are asked for, owner and stand-in are one.
        var two = Done(await AskAsync(maker, "use.share"));
        Done(await ApproveAsync(deputy, two));
        Assert.Equal("approval.twice", Code(await ApproveAsync(owner, two)));
        Assert.Equal("approval.twice", Code(await ApproveAsync(deputy, two)));

        Assert.Single(await delegations.ListAsync(await AgainAsync(owner), Ct));
        Assert.IsType<Outcome<Delegation>.Refused>(await delegations.EndAsync(await AgainAsync(maker), made.Id, Ct));
        Assert.IsType<Outcome<Delegation>.Done>(await delegations.EndAsync(await AgainAsync(owner), made.Id, Ct));
        Assert.Equal("act.ungranted", Code(await ApproveAsync(deputy, late)));
        Assert.IsType<Outcome<Delegation>.Done>(await MakeAsync(owner, deputy.Person, 60 * Minute));
        clock.Now += 60 * Minute;
        Assert.Equal("act.ungranted", Code(await ApproveAsync(deputy, late)));
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("suspended")]
    [InlineData("lost the post")]
    [InlineData("rests")]
    public async Task A_vote_of_somebody_who_left_before_the_last_one_no_longer_counts_on_either_node(string how)
    {
        PersonContent Gone(PersonContent person) => how switch
        {
            "closed" => person with { State = MemberState.Closed },
            "suspended" => person with { State = MemberState.Suspended },
            "lost the post" => person with { Posts = [] },
            _ => person with { Posts = [person.Posts[0] with { Suspended = clock.Now }] },
        };
        var (second, third, officer) = (await PersonAsync("data-owner"), await PersonAsync("data-owner"), await PersonAsync("dpo"));
        var asked = Done(await AskAsync(maker, "use.share"));
        Done(await ApproveAsync(owner, asked));
        Done(await ApproveAsync(second, asked, other));
        Assert.Equal(1, (await desk.FindAsync(maker, asked.Id, Ct))!.Content.Step);
        await LeaveAsync(owner.Person, Gone);

        // The officer would have been the last: instead the first step waits again, and those who can answer it are asked.
        Assert.Equal("act.ungranted", Code(await ApproveAsync(officer, asked, other)));
        var waiting = (await desk.FindAsync(maker, asked.Id, Ct))!.Content;
        Assert.Equal((ApprovalState.Requested, 0, second.Person), (waiting.State, waiting.Step, Assert.Single(waiting.Votes).Person));
        var lapsed = Assert.Single(log.Facts, fact => fact.Act.Value == ApprovalLog.Lapsed && fact.Approvals.Contains(asked.Id));
        Assert.Equal(("control_row.person", owner.Person.Value), Assert.Single(lapsed.Rows) is var whose ? (whose.Table, whose.Id) : default);
        Assert.Empty(await LiveAgainstLogAsync(Members.Person));
        Assert.Equal("approval.twice", Code(await ApproveAsync(second, asked)));
        Assert.NotNull(await UseAsync(Db, desk, asked.Id, act: "use.share"));
        Assert.Equal(1, Done(await ApproveAsync(third, asked, other)).Content.Step);
        Assert.Equal(ApprovalState.Approved, Done(await ApproveAsync(officer, asked)).Content.State);
        Assert.Null(await UseAsync(otherDb, other, asked.Id, act: "use.share"));
    }

    [Fact]
    public async Task Of_two_in_one_step_the_one_who_stays_is_not_enough()
    {
        var (second, third) = (await PersonAsync("data-owner"), await PersonAsync("data-owner"));
        var asked = Done(await AskAsync(maker, "use.share"));
        Done(await ApproveAsync(owner, asked));
        await LeaveAsync(owner.Person, person => person with { State = MemberState.Closed });
        Assert.Equal((0, second.Person), Done(await ApproveAsync(second, asked, other)).Content is var one ? (one.Step, Assert.Single(one.Votes).Person) : default);
        Assert.Equal(1, Done(await ApproveAsync(third, asked)).Content.Step);
    }

    [Theory]
    [InlineData("dpo")]
    [InlineData("admin-4a")]
    public async Task Whoever_oversees_takes_a_grant_of_his_company_back_with_a_reason_and_sees_no_evidence(string post)
    {
        var (overseer, elsewhere, colleague) = (await PersonAsync(post), await PersonAsync(post, Lobby), await PersonAsync("counter"));
        var asked = Done(await AskAsync(maker, Publish));
        async Task<Outcome<Approval>> RevokeAsync(Actor who, string? reason) => await other.RevokeAsync(await AgainAsync(who), asked.Id, reason, Ct);

        // A request is decided by its approvers and withdrawn by its requester: nobody else sees it.
        Assert.Equal("act.ungranted", Code(await RevokeAsync(overseer, "why")));
        Assert.Null(await desk.FindAsync(overseer, asked.Id, Ct));
        Done(await ApproveAsync(owner, asked));
        Assert.Equal("act.ungranted", Code(await RevokeAsync(elsewhere, "why")));
        Assert.Equal("act.ungranted", Code(await RevokeAsync(colleague, "why")));
        Assert.Null(await desk.FindAsync(elsewhere, asked.Id, Ct));
        Assert.Equal("approval.reason", Code(await RevokeAsync(overseer, " ")));
        Assert.Equal("act.ungranted", Code(await RevokeAsync(overseer with { Posts = [overseer.Posts[0] with { Suspended = clock.Now }] }, "why")));

        var seen = Assert.Single(await desk.ListAsync(overseer, null, Ct));
        Assert.True(seen.Overseen && desk.EvidenceOf(seen) is null);
        Assert.NotNull(desk.EvidenceOf((await desk.FindAsync(owner, asked.Id, Ct))!));
        var revoked = Done(await RevokeAsync(overseer, "leaves tomorrow"));
        Assert.True(revoked is { Overseen: true, Content.State: ApprovalState.Revoked });
        var entry = Assert.Single(log.Facts, fact => fact.Act.Value == ApprovalLog.Revoked && fact.Approvals.Contains(asked.Id));
        Assert.Equal((LogActor.Of(overseer.Person), "leaves tomorrow"), (entry.Actor, entry.Details?.Reason));
        Assert.Equal(Reasons.ApprovalVoid, await UseAsync(Db, desk, asked.Id));
        Assert.Empty(await desk.ListAsync(overseer, null, Ct));

        // Who asked is told, and reads by whom and why; of what he takes back himself nobody tells him.
        var told = (await desk.FindAsync(maker, asked.Id, Ct))!;
        Assert.Equal((overseer.Person, "leaves tomorrow", 1), (told.Content.Taken?.Person, desk.EvidenceOf(told)?.Answer, await ToldAsync("approval-taken", maker.Person)));
        var own = Done(await AskAsync(maker, Publish));
        Done(await ApproveAsync(owner, own));
        Done(await desk.RevokeAsync(await AgainAsync(maker), own.Id, null, Ct));
        Assert.Equal(1, await ToldAsync("approval-taken", maker.Person));
    }

    /// <summary>How many notices of that kind wait for a person.</summary>
    private Task<int> ToldAsync(string template, PersonId person) => Db.ReadAsync(async tx =>
        (int)await tx.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE template = @template AND person = @person", new { template, person = person.Bytes }));

    [Fact]
    public async Task The_clock_notices_that_the_giver_of_a_vote_left_and_asks_others_once()
    {
        var (second, third) = (await PersonAsync("data-owner"), await PersonAsync("data-owner"));
        var asked = Done(await AskAsync(maker, "use.share"));
        Done(await ApproveAsync(owner, asked));
        clock.Now += 2 * Minute;
        Assert.Equal(0, await desk.TickAsync(Ct));
        await LeaveAsync(owner.Person, person => person with { State = MemberState.Suspended });
        clock.Now += 2 * Minute;
        Assert.Equal((1, 0), (await other.TickAsync(Ct), await desk.TickAsync(Ct)));
        Assert.Empty((await desk.FindAsync(maker, asked.Id, Ct))!.Content.Votes);
        Assert.Single(log.Facts, fact => fact.Act.Value == ApprovalLog.Lapsed && fact.Approvals.Contains(asked.Id));
        Assert.Equal((2, 2, 1), (await ToldAsync("approval-waiting", second.Person), await ToldAsync("approval-waiting", third.Person), await ToldAsync("approval-waiting", owner.Person)));
        clock.Now += 2 * Minute;
        Assert.Equal(0, await desk.TickAsync(Ct));
        Done(await ApproveAsync(third, asked));
    }

    [Fact]
    public async Task A_stand_ins_vote_lapses_when_the_absence_ends()
    {
        var (deputy, second) = (await PersonAsync("counter"), await PersonAsync("data-owner"));
        var made = Assert.IsType<Outcome<Delegation>.Done>(await delegations.MakeAsync(await AgainAsync(owner), deputy.Person, null, clock.Now, clock.Now + Day, "on leave", Ct)).Value;
        var asked = Done(await AskAsync(maker, "use.share"));
        Done(await ApproveAsync(deputy, asked));
        Assert.IsType<Outcome<Delegation>.Done>(await delegations.EndAsync(await AgainAsync(owner), made.Id, Ct));
        Assert.Equal((0, second.Person), Done(await ApproveAsync(second, asked, other)).Content is var one ? (one.Step, Assert.Single(one.Votes).Person) : default);
        var lapsed = Assert.Single(log.Facts, fact => fact.Act.Value == ApprovalLog.Lapsed && fact.Approvals.Contains(asked.Id));
        Assert.Equal(deputy.Person.Value, Assert.Single(lapsed.Rows).Id);
    }

    /// <summary>What <c>verify</c> would say of the rows of one kind.</summary>
    private Task<List<ControlFinding>> LiveAgainstLogAsync(string kind) => Db.ReadAsync(async tx =>
    {
        var verifier = new ControlVerifier();
        foreach (var fact in log.Facts)
        {
            verifier.Learn(fact);
        }

        return verifier.Compare(await ControlStore.AllAsync(tx)).Where(finding => finding.Table == $"control_row.{kind}").ToList();
    });

    [Fact]
    public void A_used_approval_is_taken_back_only_while_an_import_may_still_run_on_it()
    {
        ApprovalContent Of(string act, long usedAgo) => new(new ApprovalScope(act, "web-booking", Right, clock.Now + Day), maker.Person, Airline, Desk, clock.Now, 1, "rule")
        {
            State = ApprovalState.Used, StepSince = clock.Now, StepUntil = clock.Now, LastUsed = clock.Now - usedAgo,
        };
        Assert.Equal(ApprovalState.Revoked, ApprovalRules.Revoke(Of("use.import", Minute), maker.Person, clock.Now).Next?.State);
        Assert.Equal(Reasons.ApprovalVoid, ApprovalRules.Revoke(Of("use.import", Day), maker.Person, clock.Now).Refusal);
        Assert.Equal(Reasons.ApprovalVoid, ApprovalRules.Revoke(Of("use.view", Minute), maker.Person, clock.Now).Refusal);
        Assert.Equal(Reasons.ActUngranted, ApprovalRules.Revoke(Of("use.import", Minute), stranger.Person, clock.Now).Refusal);
    }

    [Fact]
    public async Task Whoever_left_answers_nothing_on_either_node_and_what_waited_for_him_goes_on_or_ends()
    {
        var (lead, next, deputy) = (await PersonAsync("shift-lead", Branch), await PersonAsync("shift-lead"), await PersonAsync("counter"));
        Assert.IsType<Outcome<Delegation>.Done>(await delegations.MakeAsync(await AgainAsync(owner), deputy.Person, null, clock.Now, clock.Now + Day, "on leave", Ct));
        var (asked, only) = (Done(await AskAsync(maker, asked: lead.Person)), Done(await AskAsync(maker, Publish)));
        var (leads, owners) = (await AgainAsync(lead), await AgainAsync(owner));
        await LeaveAsync(lead.Person, person => person with { State = MemberState.Closed });

        // His term is over; nobody has closed the account yet.
        await LeaveAsync(owner.Person, person => person with { Ends = clock.Now });
        foreach (var at in new[] { desk, other })
        {
            Assert.Equal("row.changed", Code(await at.DecideAsync(leads, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct)));
            Assert.Equal("row.changed", Code(await at.DecideAsync(owners, only.Id, only.Content.Digest, ApprovalVerdict.Approve, null, Ct)));
            Assert.Equal("act.ungranted", Code(await ApproveAsync(deputy, only, at)));
        }

        Assert.Equal("approval.turn", Code(await ApproveAsync(next, asked)));
        clock.Now += 5 * Minute;
        Assert.Equal(1, await desk.TickAsync(Ct));
        Assert.Equal(ApprovalState.Approved, Done(await ApproveAsync(next, asked, other)).Content.State);

        // Nobody is left who could: it ends by itself and opens nothing.
        clock.Now += 4 * 60 * Minute;
        await other.TickAsync(Ct);
        Assert.Equal(ApprovalState.Expired, (await desk.FindAsync(maker, only.Id, Ct))!.Content.State);
        Assert.Equal(Reasons.ApprovalVoid, await UseAsync(otherDb, other, only.Id));
    }
}
