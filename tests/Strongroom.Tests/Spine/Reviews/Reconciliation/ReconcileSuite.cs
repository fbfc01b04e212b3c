using Strongroom.Ground;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Spine.Reviews;
using Strongroom.Spine.Reviews.Reconciliation;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Spine.Reviews.Reconciliation;

public abstract class ReconcileSuite(TestStore store) : WatchSuite(store)
{
    private Actor Administrator => Of(First.Administrators[0].Person);

    [Fact]
    public async Task Lists_shrink_by_themselves_and_what_comes_back_is_reopened()
    {
        var left = await HireAsync("left.one", Agent);
        await PersonAsync(left, person => person with { State = MemberState.Closed });
        var run = Assert.Single(await ImportAsync(("u-1", "left.one"), ("u-2", ""), ("u-3", "")));
        Assert.Equal((3, 3, 0, 0, 3), (run.Rows, run.Opened, run.Reopened, run.Mended, run.Unsettled));
        Assert.Equal(run with { Opened = 0 }, Assert.Single(await ImportAsync(("u-1", "left.one"), ("u-2", ""), ("u-3", ""))));

        run = Assert.Single(await ImportAsync(("u-2", "")));
        Assert.Equal((2, 1), (run.Mended, run.Unsettled));
        run = Assert.Single(await ImportAsync(("u-2", ""), ("u-3", "")));
        Assert.Equal((1, 0, 2), (run.Reopened, run.Opened, run.Unsettled));
        var again = Assert.Single((await FindingsAsync()), finding => finding.State == "reopened");
        Assert.Equal(("u-3", 1), (Get<Cases>().Open(again.Id, again.Content.Account), again.Content.Reopened));
        Assert.DoesNotContain("u-3", await ContentsAsync(), StringComparison.Ordinal);
        Assert.Empty(await CasesAstrayAsync());
    }

    [Fact]
    public async Task A_finding_is_explained_with_a_reason_and_never_by_whom_it_concerns()
    {
        await ImportAsync(("u-1", "admin.one"), ("u-2", ""));
        var own = Assert.Single(await FindingsAsync(), finding => finding.Content.People.Count > 0);
        Assert.Equal(FindingKind.Unapproved, own.Content.Kind);
        Assert.Equal("review.own", Refused(await Get<Reconciling>().ExplainAsync(Administrator, own.Id, "mine", null, Ct)).Code);
        Assert.Contains(Log.Facts, fact => fact.Act.Value == ReconcileLog.ExplainRefused);
        var second = Of(First.Administrators[1].Person);
        Assert.Equal("review.reason", Refused(await Get<Reconciling>().ExplainAsync(second, own.Id, " ", null, Ct)).Code);
        Done(await Get<Reconciling>().ExplainAsync(second, own.Id, "首任管理员", null, Ct));
        Assert.Equal("finding.settled", Refused(await Get<Reconciling>().ExplainAsync(second, own.Id, "again", null, Ct)).Code);

        // Explained stays explained while it is seen, and is mended with its account.
        Assert.Equal(1, Assert.Single(await ImportAsync(("u-1", "admin.one"), ("u-2", ""))).Unsettled);
        await ImportAsync(("u-2", ""));
        Assert.Equal("mended", (await FindingsAsync()).Single(finding => finding.Id == own.Id).State);
    }

    [Fact]
    public async Task What_is_nobodys_is_explained_neither_by_its_reporter_nor_without_somebody_who_answers_for_it()
    {
        await ImportAsync(("u-9", ""));
        var orphan = Assert.Single(await FindingsAsync(), finding => finding.Content.People.Count == 0);
        var (desk, second, worker) = (Get<Reconciling>(), Of(First.Administrators[1].Person), await HireAsync("worker.two", Agent));
        Assert.Equal("review.own", Refused(await desk.ExplainAsync(Administrator, orphan.Id, "mine to know", worker, Ct)).Code);
        Assert.Equal("review.own", Refused(await desk.ExplainAsync(second, orphan.Id, "batch account", second.Person, Ct)).Code);
        Assert.Equal(("owner", "finding.owner"), Assert.Single(Refused(await desk.ExplainAsync(second, orphan.Id, "batch account", null, Ct)).Errors) is var fault ? (fault.At, fault.Code) : default);
        var gone = await HireAsync("worker.gone", Agent);
        await PersonAsync(gone, person => person with { State = MemberState.Closed });
        Assert.NotEmpty(Refused(await desk.ExplainAsync(second, orphan.Id, "batch account", gone, Ct)).Errors);
        Assert.Equal(worker, Done(await desk.ExplainAsync(second, orphan.Id, "batch account", worker, Ct)).Content.Owner);
    }

    [Fact]
    public async Task An_operation_rests_on_an_approval_of_its_person_that_names_it_in_force_then()
    {
        var worker = await HireAsync("worker.one", Agent);
        await ImportAsync(("u-1", "worker.one"));
        var approval = ApprovalId.New();
        var now = Time.NowMs();
        var content = new ApprovalContent(new ApprovalScope("export", "crm", new string('0', 64), now + Day), worker, First.Entity, First.Unit, now, 1, "standard")
        {
            State = ApprovalState.Approved, StepSince = now, StepUntil = now + Day, Votes = [new ApprovalVote(0, PersonId.New(), null, Owner, ApprovalVerdict.Approve, now + 10)],
        };
        await Db.WriteAsync(tx => Get<ControlStore>().SaveAsync(tx, ControlKey.Of("approval", approval), 0, content, IdentityFacts.BySystem("approved")), Ct);
        ExternalOperation Did(long at, string ticket, string account = "u-1", string system = "crm", string act = "export") => new(2, system, account, act, at, ticket, "");
        var run = Assert.Single(Done(await Get<Reconciling>().OperationsAsync(Administrator,
            [Did(now + 11, approval.ToString()), Did(now + 9, approval.ToString()), Did(now + Day, approval.ToString()), Did(now + 12, "T-1"), Did(now + 13, ""), Did(now + 14, approval.ToString(), "u-9")], Ct)));
        Assert.Equal(6, run.Opened);
        var found = await FindingsAsync();
        Assert.Equal(5, found.Count(finding => finding.Content.Kind == FindingKind.OperationUnapproved));
        Assert.Single(found, finding => finding.Content.Kind == FindingKind.OperationUnknown);
        Assert.DoesNotContain(found, finding => finding.Content.What.EndsWith($"@{now + 11}", StringComparison.Ordinal));

        // Nor on one for another act, or for another system.
        Done(await Get<Reconciling>().AccountsAsync(Administrator, [new ExternalAccount(2, "pay", "u-1", "worker.one", true, now, "")], Ct));
        Done(await Get<Reconciling>().OperationsAsync(Administrator, [Did(now + 15, approval.ToString(), act: "delete"), Did(now + 16, approval.ToString(), system: "pay")], Ct));
        Assert.Equal(["delete", "export"], (await FindingsAsync()).Where(finding => finding.Content.What is var what && (what.EndsWith($"@{now + 15}", StringComparison.Ordinal) || what.EndsWith($"@{now + 16}", StringComparison.Ordinal)))
            .Select(finding => finding.Content.What.Split('@')[0]).Order(StringComparer.Ordinal));

        // A full report of accounts mends accounts, never what was done.
        Assert.Equal(0, Assert.Single(await ImportAsync(("u-1", "worker.one"))).Mended);
    }

    [Fact]
    public async Task Its_own_accounts_are_looked_at_once_a_day()
    {
        var direct = await HireAsync("direct.one", Agent);
        await PersonAsync(direct, person => person with { Request = null });
        var clock = new OwnAccountsClock(Db, Get<Cases>(), Get<Reconciling>(), Time);
        await clock.RunAsync(Ct);
        await clock.RunAsync(Ct);
        Assert.Equal(1, Log.Facts.Count(fact => fact.Act.Value == ReconcileLog.Own));
        Assert.Equal(direct, Assert.Single(Assert.Single(await FindingsAsync(), finding => finding.Content.Kind == FindingKind.Unapproved).Content.People));
        Assert.Equal(2, (await FindingsAsync()).Count(finding => finding.Content.Kind == FindingKind.Bootstrap));
        Time.Advance(TimeSpan.FromDays(1));
        await clock.RunAsync(Ct);
        Assert.Equal(2, Log.Facts.Count(fact => fact.Act.Value == ReconcileLog.Own));
    }

    private async Task<IReadOnlyList<RunContent>> ImportAsync(params (string Account, string Person)[] rows) => Done(await Get<Reconciling>().AccountsAsync(
        Administrator, [.. rows.Select((row, i) => new ExternalAccount(i + 2, "crm", row.Account, row.Person, true, Time.NowMs(), ""))], Ct));

    private Task<IReadOnlyList<Case<FindingContent>>> FindingsAsync() =>
        Db.ReadAsync(tx => Get<Cases>().PageAsync<FindingContent>(tx, new CaseQuery(Reconciling.Finding) { Size = 500 }), Ct);

    private async Task<string> ContentsAsync() => string.Join('\n', await Db.ReadAsync(tx => tx.QueryAsync<string>("SELECT content FROM case_row"), Ct));
}

public sealed class ReconcileOnSqlite() : ReconcileSuite(TestStore.Sqlite());

public sealed class ReconcileOnPostgres(PostgresServer server) : ReconcileSuite(TestStore.Postgres(server));
