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

public abstract partial class ApprovalDeskSuite(TestStore store, int histories) : StoreSuite(store)
{
    private const string Publish = "form.publish", Vault = "use.view";
    private const long Start = 1_800_000_000_000;
    private const long Minute = 60_000, Day = 86_400_000;
    private static readonly EntityId Airline = EntityId.From(7), Hotel = EntityId.From(8);
    private static readonly UnitId Head = UnitId.From(1), Branch = UnitId.From(2), Desk = UnitId.From(3), Lobby = UnitId.From(4);
    private static readonly string Right = new('a', 64);
    private static readonly string Wrong = new('b', 64);
    private static readonly LogFact Fact = new() { Act = FactName.Of("policy-changed"), Actor = LogActor.System };
    private static readonly LogFact Used = new() { Act = FactName.Of("form-published"), Actor = LogActor.System };

    private readonly MemoryLog log = new();
    private readonly Clock clock = new();
    private readonly IdentityKeys keys = new();
    private readonly Guards guards = new();
    private readonly Patterns patterns = new();
    private Letters outbox = null!;
    private Deciders deciders = null!;
    private Actor maker = null!;
    private Actor owner = null!;
    private Actor stranger = null!;
    private PolicyStore policies = null!;
    private ControlStore control = null!;
    private ApprovalDesk desk = null!;
    private ApprovalDesk other = null!;
    private Delegations delegations = null!;
    private Database otherDb = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        outbox = new Letters(["webhook"], keys, clock);
        control = new ControlStore(new ControlRows(new ControlTestMac()), log, new ControlAlarms(log, NullLogger<ControlAlarms>.Instance), clock);
        policies = new PolicyStore(control);
        deciders = new Deciders(control, new PostApproverFacts(control));
        var lead = new ApproverRow(PostKey.Of("data-owner"));
        await PutAsync(
        [
            PolicyContent.Of(PolicyKind.Approval, "forms", new ApprovalRow(Publish, [PostKey.Of("data-owner")], 30 * Day, Uses: 2)),
            PolicyContent.Of(PolicyKind.Approval, "vault", new ApprovalRow(
                Vault, [], Day, 1, [new ApprovalStepRow([new ApproverRow(PostKey.Of("shift-lead"), Unit: ApproverUnit.OwnOrAbove)])],
                new EscalationRow(5 * Minute, 15 * Minute, 60 * Minute, lead), new CoOperatorRow(Strength.SecondFactor, 5 * Minute))),
            PolicyContent.Of(PolicyKind.Approval, "two", new ApprovalRow(
                "use.share", [], Day, 1, [new ApprovalStepRow([lead], 2), new ApprovalStepRow([new ApproverRow(PostKey.Of("dpo"))], WithinMs: 30 * Minute)])),
            PolicyContent.Of(PolicyKind.Conflict, "owner-admin", new ConflictRow("owner-admin", "不相容", "Incompatible", ["data-owner", "admin-4a"])),
            .. new[] { "data-owner", "admin-4a" }.Select(post => PolicyContent.Of(PolicyKind.Role, post, new RoleRow(
                PostKey.Of(post), [Act.Administer], new Dictionary<string, string> { ["1"] = "-", ["2"] = "-", ["3"] = "-", ["4"] = "-" }, Scope.Configuration))),
        ]);
        await Db.WriteAsync(async tx =>
        {
            foreach (var (unit, entity, parent) in new (UnitId, EntityId, UnitId?)[] { (Head, Airline, null), (Branch, Airline, Head), (Desk, Airline, Branch), (Lobby, Hotel, null) })
            {
                await control.SaveAsync(tx, ControlKey.Of(Members.Unit, unit), 0, new UnitContent(entity, parent, "部门", MemberState.Active), Fact);
            }
        });
        otherDb = await OpenAsync(Options);
        desk = DeskOn(Db);
        other = DeskOn(otherDb);
        delegations = new Delegations(Db, control, new PolicySnapshots(Db, policies), new PostApproverFacts(control), [new ConfigEpochGuards(), guards], log, clock);
        (maker, owner, stranger) = (await PersonAsync("back-office"), await PersonAsync("data-owner"), await PersonAsync("counter"));
        (maker, owner) = (await AgainAsync(maker), await AgainAsync(owner));
    }

    private ApprovalDesk DeskOn(Database db) => new(
        db, control, policies, new PolicySnapshots(db, policies), deciders, new ApprovalNotices(outbox), patterns, keys, [new ConfigEpochGuards(), guards], log, clock);

    private Task PutAsync(PolicyContent[] rows) => Db.WriteAsync(async tx => Assert.IsType<PolicySaved.Done>(await policies.PutAsync(tx, rows, Fact)));

    [Fact]
    public async Task Requested_by_one_approved_by_another_used_as_often_as_allowed()
    {
        var asked = Done(await RequestAsync());
        Assert.Equal(Reasons.ApprovalUnready, await UseAsync(Db, desk, asked.Id));
        var approved = Done(await desk.DecideAsync(owner, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct));
        Assert.Equal((ApprovalState.Approved, owner.Person), (approved.Content.State, approved.Content.Approver));
        Assert.Null(await UseAsync(Db, desk, asked.Id));
        Assert.Equal(ApprovalState.InForce, (await desk.FindAsync(owner, asked.Id, Ct))!.Content.State);
        Assert.Null(await UseAsync(otherDb, other, asked.Id));
        Assert.Equal(Reasons.ApprovalVoid, await UseAsync(Db, desk, asked.Id));
        Assert.Equal(2, log.Facts.Count(fact => fact.Act == Used.Act && fact.Approvals.Contains(asked.Id) && fact.Rows.Count == 1));
    }

    [Fact]
    public async Task Whoever_may_not_decide_does_not_and_the_attempt_is_logged()
    {
        var asked = Done(await RequestAsync());
        var both = owner with { Person = PersonId.New(), Posts = [.. owner.Posts, new HeldPost(PostKey.Of("admin-4a"), Head, 0, null)] };
        Assert.Equal("approval.self", Code(await desk.DecideAsync(maker with { Posts = owner.Posts }, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct)));
        Assert.Equal("act.ungranted", Code(await desk.DecideAsync(stranger, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct)));
        Assert.Equal("posts.incompatible", Code(await desk.DecideAsync(both, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct)));
        Assert.Equal("approval.reason", Code(await desk.DecideAsync(owner, asked.Id, asked.Content.Digest, ApprovalVerdict.Refuse, " ", Ct)));
        Assert.Equal("act.ungranted", Code(await desk.DecideAsync(owner with { Kind = ActorKind.Client }, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct)));
        Assert.Equal("not.found", Code(await desk.DecideAsync(owner, ApprovalId.New(), Right, ApprovalVerdict.Approve, null, Ct)));
        Assert.Equal(5, log.Facts.Count(fact => fact.Act.Value == ApprovalLog.DecisionRefused));
        Assert.Equal(ApprovalState.Requested, (await desk.FindAsync(owner, asked.Id, Ct))!.Content.State);
        Assert.Null(await desk.FindAsync(stranger, asked.Id, Ct));
        Assert.Empty(await desk.ListAsync(stranger, null, Ct));
        Assert.Single(await desk.ListAsync(owner, ApprovalState.Requested, Ct));
    }

    [Fact]
    public async Task Another_digest_voids_the_request_for_good()
    {
        var asked = Done(await RequestAsync());
        Assert.Equal("grant.changed", Code(await desk.DecideAsync(owner, asked.Id, Wrong, ApprovalVerdict.Approve, null, Ct)));
        Assert.Equal(ApprovalState.Void, (await desk.FindAsync(owner, asked.Id, Ct))!.Content.State);
        Assert.Equal("approval.void", Code(await desk.DecideAsync(owner, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct)));
        Assert.Equal(Reasons.ApprovalVoid, await UseAsync(Db, desk, asked.Id));
    }

    [Theory]
    [InlineData("form.unknown", 1, "approval.act")]
    [InlineData(Publish, 0, "approval.until")]
    [InlineData(Publish, (31 * Day), "approval.until")]
    public async Task A_request_needs_a_rule_and_an_end(string act, long length, string code) =>
        Assert.Equal(code, Code(await desk.RequestAsync(maker, act, "booking", Right, "", clock.Now + length, Ct)));

    [Fact]
    public async Task What_rolls_back_is_not_used()
    {
        var asked = Done(await RequestAsync());
        await desk.DecideAsync(owner, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Db.WriteAsync<bool>(async tx =>
        {
            Assert.IsType<ApprovalUse.Consumed>(await desk.ConsumeAsync(tx, asked.Id, Publish, "booking", Right, maker.Person));
            throw new InvalidOperationException("the act failed");
        }));
        Assert.Equal(2, (await desk.FindAsync(maker, asked.Id, Ct))!.Content.UsesLeft);
    }

    [Fact]
    public async Task Of_racing_uses_no_more_win_than_were_approved()
    {
        var asked = Done(await RequestAsync());
        await desk.DecideAsync(owner, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => n % 2 == 0 ? UseAsync(Db, desk, asked.Id) : UseAsync(otherDb, other, asked.Id)));
        Assert.Equal(2, outcomes.Count(outcome => outcome is null));
    }

    [Fact]
    public async Task DbaApprovesByHand_NotUsable()
    {
        var asked = Done(await RequestAsync());
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE control_row SET content = REPLACE(content, '\"requested\"', '\"approved\"') WHERE kind = 'approval'"));
        Assert.Equal(Reasons.ApprovalVoid, await UseAsync(Db, desk, asked.Id));
        Assert.Equal("not.found", Code(await desk.DecideAsync(owner, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct)));
    }

    [Fact]
    public async Task Nothing_of_an_approval_makes_anybody_else_decide_again()
    {
        var epoch = await Db.ReadAsync(ConfigEpoch.ReadAsync);
        var asked = Done(await RequestAsync());
        Done(await ApproveAsync(owner, asked));
        Assert.Null(await UseAsync(Db, desk, asked.Id));
        Done(await desk.RevokeAsync(owner, asked.Id, "enough", Ct));
        Assert.Equal(epoch, await Db.ReadAsync(ConfigEpoch.ReadAsync));
        Assert.Equal(Reasons.ApprovalVoid, await UseAsync(otherDb, other, asked.Id));
    }

    [Fact]
    public async Task Another_companys_post_and_an_ended_session_or_changed_post_decide_nothing()
    {
        var asked = Done(await RequestAsync());
        Assert.Equal(Airline, asked.Content.Entity);
        var elsewhere = await PersonAsync("data-owner", Lobby);
        Assert.Equal("act.ungranted", Code(await ApproveAsync(elsewhere, asked)));
        Assert.Null(await desk.FindAsync(elsewhere, asked.Id, Ct));
        Assert.Empty(await desk.ListAsync(elsewhere, null, Ct));

        var stale = owner with { ConfigEpoch = owner.ConfigEpoch - 1 };
        Assert.Equal("row.changed", Code(await desk.DecideAsync(stale, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct)));
        var session = SessionId.New();
        guards.Ended.Add(session);
        var gone = (await AgainAsync(owner)) with { Session = session, Version = 1 };
        Assert.Equal("row.changed", Code(await desk.DecideAsync(gone, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct)));
        Assert.Equal("row.changed", Code(await desk.RequestAsync(gone, Publish, "booking", Right, "", clock.Now + Day, Ct)));
        Done(await ApproveAsync(owner, asked));
    }

    [Fact]
    public async Task Who_stands_in_two_companies_says_for_which_he_asks()
    {
        var both = maker with { Posts = [.. maker.Posts, new HeldPost(PostKey.Of("back-office"), Lobby, 0, null)] };
        Assert.Equal("approval.unit", Code(await AskAsync(both, Publish)));
        Assert.Equal("approval.unit", Code(await AskAsync(both, Publish, unit: Head)));
        Assert.Equal((Hotel, Lobby), Done(await AskAsync(both, Publish, unit: Lobby)).Content is var content ? (content.Entity, content.Unit) : default);
    }

    [Fact]
    public async Task Steps_come_in_their_order_each_with_as_many_people_as_it_names()
    {
        var (second, dpo) = (await PersonAsync("data-owner"), await PersonAsync("dpo"));
        var asked = Done(await AskAsync(maker, "use.share"));
        Assert.Equal("act.ungranted", Code(await ApproveAsync(dpo, asked)));
        Assert.Equal(ApprovalState.Requested, Done(await ApproveAsync(owner, asked)).Content.State);
        Assert.Equal("approval.twice", Code(await ApproveAsync(owner, asked)));
        Assert.Equal(1, Done(await ApproveAsync(second, asked)).Content.Step);
        Assert.Equal(Reasons.ApprovalUnready, await UseAsync(Db, desk, asked.Id, act: "use.share"));
        Assert.Equal(ApprovalState.Approved, Done(await ApproveAsync(dpo, asked, other)).Content.State);
        Assert.Null(await UseAsync(otherDb, other, asked.Id, act: "use.share"));

        // The second step waits half an hour, and then it is over for good.
        var late = Done(await AskAsync(maker, "use.share"));
        Done(await ApproveAsync(owner, late));
        Done(await ApproveAsync(second, late));
        clock.Now += 30 * Minute;
        Assert.Equal("approval.void", Code(await ApproveAsync(dpo, late)));
        Assert.Equal(1, await desk.TickAsync(Ct));
        Assert.Equal(0, await other.TickAsync(Ct));
        Assert.Contains(log.Facts, fact => fact.Act.Value == ApprovalLog.Expired && fact.Approvals.Contains(late.Id));
        Assert.Equal(ApprovalState.Expired, (await desk.FindAsync(maker, late.Id, Ct))!.Content.State);
    }

    [Fact]
    public async Task No_answer_goes_to_the_next_then_to_the_lead_and_then_it_is_over()
    {
        var (lead, next) = (await PersonAsync("shift-lead", Branch), await PersonAsync("shift-lead"));
        var asked = Done(await AskAsync(maker, asked: lead.Person));
        Assert.Equal("approval.turn", Code(await ApproveAsync(next, asked)));
        clock.Now += 5 * Minute;
        Assert.Equal(1, await desk.TickAsync(Ct));
        Assert.Equal(["open"], log.Facts[^1].Reasons);
        Assert.Equal("act.ungranted", Code(await ApproveAsync(owner, asked)));
        clock.Now += 10 * Minute;
        Assert.Equal(1, await other.TickAsync(Ct));
        Assert.Equal((ApprovalLog.Escalated, "lead"), (log.Facts[^1].Act.Value, log.Facts[^1].Reasons.Single()));
        Assert.Equal(0, await desk.TickAsync(Ct));
        Assert.Equal(ApprovalState.Approved, Done(await ApproveAsync(owner, asked)).Content.State);

        var forgotten = Done(await AskAsync(maker));
        clock.Now += 60 * Minute;
        Assert.Equal("approval.void", Code(await ApproveAsync(next, forgotten)));
        Assert.Equal(Reasons.ApprovalVoid, await UseAsync(Db, desk, forgotten.Id, act: Vault));
    }

    [Fact]
    public async Task A_changed_rule_voids_what_was_asked_for_and_what_was_granted_under_the_old_one()
    {
        var (granted, waiting) = (Done(await RequestAsync()), Done(await RequestAsync()));
        Done(await ApproveAsync(owner, granted));
        await PutAsync([PolicyContent.Of(PolicyKind.Approval, "forms", new ApprovalRow(Publish, [PostKey.Of("data-owner"), PostKey.Of("counter")], 30 * Day, Uses: 2))]);
        Assert.Equal(Reasons.ApprovalVoid, await UseAsync(Db, desk, granted.Id));
        Assert.Equal("grant.changed", Code(await ApproveAsync(stranger, waiting)));
        Assert.Equal(ApprovalState.Void, (await desk.FindAsync(maker, waiting.Id, Ct))!.Content.State);
        await PutAsync([PolicyContent.Of<ApprovalRow>(PolicyKind.Approval, "forms", [])]);
        Assert.Equal("approval.act", Code(await AskAsync(maker, Publish)));
        Assert.Equal(Reasons.ApprovalVoid, await UseAsync(Db, desk, granted.Id));
    }

    [Fact]
    public async Task What_the_approver_saw_is_sealed_and_kept_with_the_requesters_pattern()
    {
        patterns.Next = new RequesterPattern(100, 80, 9, 5, 40, 60, 20, 1, 2, More: false) { Purposes = [PurposeKey.Of("notify")], Hours = [3] };
        var asked = Done(await RequestAsync());
        var evidence = desk.EvidenceOf(asked)!;
        Assert.Equal("12 items", evidence.Preview);
        Assert.Equal(100, evidence.Pattern!.Acts);
        Assert.Equal(["unusual-hour", "many-denials", "refused-before"], evidence.Unusual!.Select(thing => thing.Code));
        Assert.DoesNotContain("12 items", await Db.ReadAsync(tx => tx.ScalarAsync<string>("SELECT content FROM control_row WHERE kind = 'approval'")), StringComparison.Ordinal);
        Assert.Null(desk.EvidenceOf(asked with { Id = ApprovalId.New() }));
        Assert.Equal(evidence.Unusual!.Select(thing => thing.Code), log.Facts.Last(fact => fact.Act.Value == ApprovalLog.Requested).Reasons);
    }

    [Fact]
    public async Task Targets_are_used_for_each_customer_as_often_as_approved_and_only_as_they_were()
    {
        var (one, two) = (CustomerId.New(), CustomerId.New());
        var (record, mobile, name) = (RecordId.New(), ItemKey.Of("mobile"), ItemKey.Of("name"));
        ApprovalTarget[] targets = [new(one, record, mobile, 1), new(one, record, name, 1), new(two, record, mobile, 4)];
        Assert.Equal(ApprovalScope.RootOf(targets), ApprovalScope.RootOf([.. targets.Reverse(), targets[0]]));
        Assert.NotEqual(ApprovalScope.RootOf(targets), ApprovalScope.RootOf([targets[0] with { Version = 2 }, .. targets[1..]]));
        var scope = new ApprovalScope("use.share", "2x2", ApprovalScope.RootOf(targets), clock.Now + Day) { Targets = targets };
        var asked = Done(await desk.RequestAsync(await AgainAsync(maker), scope, new ApprovalEvidence("x", 2, 2), new AskedFrom(), Ct));
        foreach (var who in new[] { owner, await PersonAsync("data-owner"), await PersonAsync("dpo") })
        {
            Done(await ApproveAsync(who, asked));
        }

        Assert.Equal([name], ApprovalRules.StillApproved(asked.Content, one, [new(one, record, mobile, 2), targets[1]]));
        Assert.Empty(ApprovalRules.StillApproved(asked.Content, one, [new(one, record, mobile, 1), new(one, RecordId.New(), mobile, 1)]));
        Task<Reason?> UseForAsync(CustomerId? customer) => Db.WriteAsync(async tx =>
            await desk.ConsumeAsync(tx, asked.Id, "use.share", "2x2", scope.Content, maker.Person, customer) is ApprovalUse.Refused refused ? refused.Reason : null);
        Assert.Equal(Reasons.GrantChanged, await UseForAsync(null));
        Assert.Equal(Reasons.GrantChanged, await UseForAsync(CustomerId.New()));
        Assert.Null(await UseForAsync(one));
        Assert.Equal(Reasons.ApprovalVoid, await UseForAsync(one));
        Assert.Null(await UseForAsync(two));
        Assert.Equal(ApprovalState.Used, (await desk.FindAsync(maker, asked.Id, Ct))!.Content.State);
    }

    /// <summary>Random histories against a model, on two handles of one database: no path reaches a use without an approval.</summary>
    [Fact]
    public async Task No_history_reaches_a_use_without_a_living_approval_of_the_same_digest()
    {
        var uses = 0;
        foreach (var history in Gen.Choose(0, 999).ListOf(24).Sample(histories))
        {
            var asked = Done(await RequestAsync());
            var (state, left, until) = (ApprovalState.Requested, 2, asked.Content.Until);
            foreach (var step in history)
            {
                var (at, db) = step % 2 == 0 ? (desk, Db) : (other, otherDb);
                var isOver = clock.Now >= until;
                var alive = !isOver && state is ApprovalState.Approved or ApprovalState.InForce;
                switch (step / 2 % 12)
                {
                    case 0 or 1:
                        var approved = await at.DecideAsync(owner, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct) is Outcome<Approval>.Done;
                        Assert.Equal(!isOver && state == ApprovalState.Requested, approved);
                        state = approved ? ApprovalState.Approved : state;
                        break;
                    case 2:
                        Assert.IsType<Outcome<Approval>.Refused>(await at.DecideAsync(maker with { Posts = owner.Posts }, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct));
                        break;
                    case 3:
                        Assert.IsType<Outcome<Approval>.Refused>(await at.DecideAsync(stranger, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct));
                        break;
                    case 4 when step % 3 == 0:
                        Assert.IsType<Outcome<Approval>.Refused>(await at.DecideAsync(owner, asked.Id, Wrong, ApprovalVerdict.Approve, null, Ct));
                        state = !isOver && state == ApprovalState.Requested ? ApprovalState.Void : state;
                        break;
                    case 5 when step % 5 == 0:
                        var revoked = await at.RevokeAsync(maker, asked.Id, null, Ct) is Outcome<Approval>.Done;
                        Assert.Equal(alive || (!isOver && state == ApprovalState.Requested), revoked);
                        state = revoked ? ApprovalState.Revoked : state;
                        break;
                    case 6 when step % 3 == 0:
                        clock.Now += Day;
                        break;
                    case 7:
                        Assert.NotNull(await UseAsync(db, at, asked.Id, Wrong));
                        break;
                    case 8:
                        Assert.NotNull(await UseAsync(db, at, asked.Id, user: owner.Person));
                        break;
                    default:
                        var used = await UseAsync(db, at, asked.Id) is null;
                        Assert.Equal(alive && left > 0, used);
                        if (used)
                        {
                            (left, uses) = (left - 1, uses + 1);
                            state = left > 0 ? ApprovalState.InForce : ApprovalState.Used;
                        }

                        break;
                }
            }
        }

        Assert.True(uses > 0, "no history used anything: the model proves nothing");
    }

    /// <summary>A member of staff with a row, signed in a minute ago with a second factor.</summary>
    private async Task<Actor> PersonAsync(string post, UnitId? unit = null)
    {
        var person = PersonId.New();
        HeldPost[] posts = [new HeldPost(PostKey.Of(post), unit ?? Desk, 0, null)];
        await Db.WriteAsync(tx => control.SaveAsync(tx, ControlKey.Of(Members.Person, person), 0, new PersonContent
        {
            AccountMac = new byte[32], Names = [], Password = [], MustChangePassword = false, PasswordAt = 0, Locale = "zh", State = MemberState.Active, Posts = posts,
        }, Fact));
        await Db.WriteAsync(tx => AccountUseStore.UsedAsync(tx, person, clock.Now));
        return await AgainAsync(new Actor { Kind = ActorKind.Person, Person = person, Posts = posts });
    }

    private Task LeaveAsync(PersonId person, Func<PersonContent, PersonContent> how) => Db.WriteAsync(async tx =>
    {
        var row = await control.LoadAsync<PersonContent>(tx, ControlKey.Of(Members.Person, person));
        await control.SaveAsync(tx, row!.Key, row.Version, how(row.Content), Fact);
    });

    private async Task<Actor> AgainAsync(Actor actor) =>
        actor with { ConfigEpoch = await Db.ReadAsync(ConfigEpoch.ReadAsync), Strength = Strength.SecondFactor, StrengthAt = clock.Now - Minute };

    private async Task<Outcome<Approval>> ApproveAsync(Actor actor, Approval asked, ApprovalDesk? at = null) =>
        await (at ?? desk).DecideAsync(await AgainAsync(actor), asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct);

    private async Task<Outcome<Approval>> AskAsync(Actor actor, string act = Vault, PersonId? asked = null, UnitId? unit = null) =>
        await desk.RequestAsync(await AgainAsync(actor), act, "booking", Right, "masked", clock.Now + (4 * 60 * Minute), Ct, new AskedFrom(unit, Asked: asked));

    private static Approval Done(Outcome<Approval> outcome) => Assert.IsType<Outcome<Approval>.Done>(outcome).Value;

    private static string Code(Outcome<Approval> outcome) => Assert.IsType<Outcome<Approval>.Refused>(outcome).Problem.Code;

    private Task<Outcome<Approval>> RequestAsync() => desk.RequestAsync(maker, Publish, "booking", Right, "12 items", clock.Now + (3 * Day), Ct);

    /// <summary>The act: uses the approval and writes its entry in one transaction. Null when it was carried out.</summary>
    private Task<Reason?> UseAsync(Database db, ApprovalDesk at, ApprovalId id, string? digest = null, PersonId? user = null, string act = Publish) => db.WriteAsync(async tx =>
    {
        switch (await at.ConsumeAsync(tx, id, act, "booking", digest ?? Right, user ?? maker.Person))
        {
            case ApprovalUse.Consumed consumed:
                await log.AppendAsync(tx, Used with { Approvals = [consumed.Approval], Rows = [consumed.Row] });
                return null;
            case ApprovalUse.Refused refused:
                return refused.Reason;
            default:
                throw new InvalidOperationException();
        }
    });

    /// <summary>A session that a test may end.</summary>
    private sealed class Guards : ICommitGuards
    {
        public HashSet<SessionId> Ended { get; } = [];

        public Func<IReadOnlySet<int>> Ask(Batch batch, IReadOnlyList<CommitGuard> guards) =>
            () => Enumerable.Range(0, guards.Count).Where(i => guards[i].Session is { } session && Ended.Contains(session.Id)).ToHashSet();
    }

    private sealed class Patterns : IRequesterPatterns
    {
        public RequesterPattern Next { get; set; } = new(0, 0, 0, 0, 0, 0, 0, 0, 0, More: false);

        public Task<RequesterPattern> OfAsync(Actor actor, long now, CancellationToken ct) => Task.FromResult(Next);
    }

    private sealed class Clock : TimeProvider
    {
        public long Now { get; set; } = Start;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now);
    }
}

public sealed class ApprovalDeskOnSqlite() : ApprovalDeskSuite(TestStore.Sqlite(), histories: 25);

public sealed class ApprovalDeskOnPostgres(PostgresServer server) : ApprovalDeskSuite(TestStore.Postgres(server), histories: 6);
