using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Policies;

namespace Strongroom.Tests.Spine.Approvals;

public abstract class ApprovalDeskSuite(TestStore store, int histories) : StoreSuite(store)
{
    private const string Publish = "form.publish";
    private const long Start = 1_800_000_000_000;
    private const long Day = 86_400_000;
    private static readonly string Right = new('a', 64);
    private static readonly string Wrong = new('b', 64);
    private static readonly LogFact Fact = new() { Act = FactName.Of("policy-changed"), Actor = LogActor.System };
    private static readonly LogFact Used = new() { Act = FactName.Of("form-published"), Actor = LogActor.System };

    private readonly MemoryLog log = new();
    private readonly Clock clock = new();
    private readonly Actor maker = Person("back-office");
    private readonly Actor owner = Person("data-owner");
    private readonly Actor stranger = Person("counter");
    private ControlStore control = null!;
    private ApprovalDesk desk = null!;
    private ApprovalDesk other = null!;
    private Database otherDb = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        control = new ControlStore(new ControlRows(new ControlTestMac()), log, new ControlAlarms(log, NullLogger<ControlAlarms>.Instance), clock);
        var policies = new PolicyStore(control);
        await Db.WriteAsync(tx => policies.PutAsync(tx,
        [
            PolicyContent.Of(PolicyKind.Approval, "forms", new ApprovalRow(Publish, [PostKey.Of("data-owner")], 30 * Day, Uses: 2)),
            PolicyContent.Of(PolicyKind.Conflict, "owner-admin", new ConflictRow("owner-admin", "不相容", "Incompatible", ["data-owner", "admin-4a"])),
            .. new[] { "data-owner", "admin-4a" }.Select(post => PolicyContent.Of(PolicyKind.Role, post, new RoleRow(
                PostKey.Of(post), [Act.Administer], new Dictionary<string, string> { ["1"] = "-", ["2"] = "-", ["3"] = "-", ["4"] = "-" }, Scope.Configuration))),
        ], Fact));
        otherDb = await OpenAsync(Options);
        desk = new ApprovalDesk(Db, control, new PolicySnapshots(Db, policies), log, clock);
        other = new ApprovalDesk(otherDb, control, new PolicySnapshots(otherDb, policies), log, clock);
    }

    [Fact]
    public async Task Requested_by_one_approved_by_another_used_as_often_as_allowed()
    {
        var asked = Done(await RequestAsync());
        Assert.Equal(Reasons.ApprovalUnready, await UseAsync(Db, desk, asked.Id));
        var approved = Done(await desk.DecideAsync(owner, asked.Id, Right, ApprovalVerdict.Approve, null, Ct));
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
        var both = owner with { Person = PersonId.New(), Posts = [.. owner.Posts, .. Person("admin-4a").Posts] };
        Assert.Equal("approval.self", Code(await desk.DecideAsync(maker with { Posts = owner.Posts }, asked.Id, Right, ApprovalVerdict.Approve, null, Ct)));
        Assert.Equal("act.ungranted", Code(await desk.DecideAsync(stranger, asked.Id, Right, ApprovalVerdict.Approve, null, Ct)));
        Assert.Equal("posts.incompatible", Code(await desk.DecideAsync(both, asked.Id, Right, ApprovalVerdict.Approve, null, Ct)));
        Assert.Equal("approval.reason", Code(await desk.DecideAsync(owner, asked.Id, Right, ApprovalVerdict.Refuse, " ", Ct)));
        Assert.Equal("act.ungranted", Code(await desk.DecideAsync(owner with { Kind = ActorKind.Client }, asked.Id, Right, ApprovalVerdict.Approve, null, Ct)));
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
        Assert.Equal("approval.void", Code(await desk.DecideAsync(owner, asked.Id, Right, ApprovalVerdict.Approve, null, Ct)));
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
        await desk.DecideAsync(owner, asked.Id, Right, ApprovalVerdict.Approve, null, Ct);
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
        await desk.DecideAsync(owner, asked.Id, Right, ApprovalVerdict.Approve, null, Ct);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => n % 2 == 0 ? UseAsync(Db, desk, asked.Id) : UseAsync(otherDb, other, asked.Id)));
        Assert.Equal(2, outcomes.Count(outcome => outcome is null));
    }

    [Fact]
    public async Task DbaApprovesByHand_NotUsable()
    {
        var asked = Done(await RequestAsync());
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE control_row SET content = REPLACE(content, 'requested\"', 'approved\"') WHERE kind = 'approval'"));
        Assert.Equal(Reasons.ApprovalVoid, await UseAsync(Db, desk, asked.Id));
        Assert.Equal("not.found", Code(await desk.DecideAsync(owner, asked.Id, Right, ApprovalVerdict.Approve, null, Ct)));
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
                        var approved = await at.DecideAsync(owner, asked.Id, Right, ApprovalVerdict.Approve, null, Ct) is Outcome<Approval>.Done;
                        Assert.Equal(!isOver && state == ApprovalState.Requested, approved);
                        state = approved ? ApprovalState.Approved : state;
                        break;
                    case 2:
                        Assert.IsType<Outcome<Approval>.Refused>(await at.DecideAsync(maker with { Posts = owner.Posts }, asked.Id, Right, ApprovalVerdict.Approve, null, Ct));
                        break;
                    case 3:
                        Assert.IsType<Outcome<Approval>.Refused>(await at.DecideAsync(stranger, asked.Id, Right, ApprovalVerdict.Approve, null, Ct));
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

    private static Actor Person(string post) => new()
    {
        Kind = ActorKind.Person,
        Person = PersonId.New(),
        Posts = [new HeldPost(PostKey.Of(post), UnitId.New(), 0, null)],
    };

    private static Approval Done(Outcome<Approval> outcome) => Assert.IsType<Outcome<Approval>.Done>(outcome).Value;

    private static string Code(Outcome<Approval> outcome) => Assert.IsType<Outcome<Approval>.Refused>(outcome).Problem.Code;

    private Task<Outcome<Approval>> RequestAsync() => desk.RequestAsync(maker, Publish, "booking", Right, "12 items", clock.Now + (3 * Day), Ct);

    /// <summary>The act: uses the approval and writes its entry in one transaction. Null when it was carried out.</summary>
    private Task<Reason?> UseAsync(Database db, ApprovalDesk at, ApprovalId id, string? digest = null, PersonId? user = null) => db.WriteAsync(async tx =>
    {
        switch (await at.ConsumeAsync(tx, id, Publish, "booking", digest ?? Right, user ?? maker.Person))
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

    private sealed class Clock : TimeProvider
    {
        public long Now { get; set; } = Start;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now);
    }
}

public sealed class ApprovalDeskOnSqlite() : ApprovalDeskSuite(TestStore.Sqlite(), histories: 25);

public sealed class ApprovalDeskOnPostgres(PostgresServer server) : ApprovalDeskSuite(TestStore.Postgres(server), histories: 6);
