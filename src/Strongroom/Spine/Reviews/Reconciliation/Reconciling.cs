using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Accounts;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Reviews.Reconciliation;

/// <summary>An account of a connected system as it was last reported. The name is sealed.</summary>
internal sealed record AccountContent(string System, byte[] Account, PersonId? Person, bool Active, bool Gone);

/// <summary>A finding: what, where, whom it concerns, what was said. The account's name is sealed.</summary>
/// <param name="First">UTC milliseconds.</param>
/// <param name="Seen">UTC milliseconds of the last report that showed it.</param>
internal sealed record FindingContent(FindingKind Kind, string System, byte[]? Account, IReadOnlyList<PersonId> People, long First, long Seen)
{
    /// <summary>The act and its time, for something that was done.</summary>
    public string What { get; init; } = "";

    public int Reopened { get; init; }

    /// <summary>Who handed in the report that showed it first; null: the clock.</summary>
    public PersonId? Reporter { get; init; }

    /// <summary>Who answers from now on for what was nobody's, as the explanation says.</summary>
    public PersonId? Owner { get; init; }

    public PersonId? By { get; init; }

    public long? At { get; init; }

    /// <summary>Sealed.</summary>
    public byte[]? Reason { get; init; }
}

/// <summary>One report that was compared, with what came of it.</summary>
/// <param name="Unsettled">Findings of the system that were open afterwards: the number that should fall.</param>
internal sealed record RunContent(string System, PersonId? By, int Rows, int Opened, int Reopened, int Mended, int Unsettled);

internal static class ReconcileLog
{
    public const string Accounts = "external-accounts-imported", Operations = "external-operations-imported", Own = "own-accounts-reconciled", Read = "findings-read",
        Explained = "finding-explained", ExplainRefused = "finding-explain-refused";
}

/// <summary>Says whether what an operation's ticket names covers it. Several may; one that does is enough.</summary>
internal interface IOperationTickets
{
    /// <param name="person">Whose account did it; null: nobody known.</param>
    Task<bool> CoversAsync(Tx tx, ExternalOperation operation, PersonId? person);
}

/// <summary>Tickets that are approvals here: of this person, for this act on this system, approved before, in force then.</summary>
internal sealed class ApprovalTickets(ControlStore control) : IOperationTickets
{
    public async Task<bool> CoversAsync(Tx tx, ExternalOperation operation, PersonId? person)
    {
        if (!Id.TryParse<ApprovalId>(operation.Ticket, out var id) || await control.LoadAsync<ApprovalContent>(tx, ControlKey.Of("approval", id)) is not { Content: var approval })
        {
            return false;
        }

        var approved = approval.State is ApprovalState.Approved or ApprovalState.InForce or ApprovalState.Used && approval.Votes.All(vote => vote.Verdict == ApprovalVerdict.Approve);
        // Whoever holds an approval for one thing must not cover another with it.
        var named = string.Equals(approval.Act, operation.Act, StringComparison.Ordinal) && string.Equals(approval.Subject, operation.System, StringComparison.Ordinal);
        return approved && named && approval.Requester == person && approval.Votes.Count > 0 && approval.Votes.Max(vote => vote.At) <= operation.Time
            && !(operation.Time < approval.Scope.From) && operation.Time < approval.Until;
    }
}

/// <summary>
/// 4A reconciliation (R36, R39): what connected systems report is compared with the directory and the approvals here. A file is taken whole or
/// not at all; a full report of accounts mends what it no longer shows, so that lists shrink by themselves.
/// </summary>
internal sealed class Reconciling(
    Cases cases, Members members, Secrets secrets, ControlStore control, IEnumerable<IOperationTickets> tickets, IAuditLog log, TimeProvider time)
{
    public const string Account = "external-account", Finding = "finding", Run = "reconciliation";

    private const int AtOnce = 500;

    public Task<Outcome<IReadOnlyList<RunContent>>> AccountsAsync(Actor actor, IReadOnlyList<ExternalAccount> rows, CancellationToken ct) => cases.ChangeAsync<IReadOnlyList<RunContent>>(actor, async tx =>
    {
        var people = (await members.ListAsync<PersonContent>(tx, Members.Person)).ToDictionary(person => PersonId.From(person.Id), person => person.Content);
        var known = new Dictionary<string, PersonId?>(StringComparer.Ordinal);
        var runs = new List<RunContent>();
        foreach (var system in rows.GroupBy(row => row.System).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var resolved = new List<ResolvedAccount>();
            foreach (var row in system)
            {
                var id = await PersonAsync(tx, row.Person, known);
                resolved.Add(new ResolvedAccount(row, id is { } person && people.TryGetValue(person, out var content)
                    ? new KnownPerson(person, content.State != MemberState.Closed && !(content.Ends <= time.NowMs()), content.Request is not null || await IsRequestedAsync(tx, row.Request, person))
                    : null));
            }

            var kept = await KeepAsync(tx, system.Key, resolved);
            runs.Add(await MergeAsync(tx, actor.Person, system.Key, system.Count(), ReconcileRules.OfAccounts(resolved, time.NowMs()), OfAccount, kept));
        }

        await log.AppendAsync(tx, IdentityFacts.Of(ReconcileLog.Accounts, actor) with { Count = rows.Count }, ct);
        return runs;
    }, ct);

    public Task<Outcome<IReadOnlyList<RunContent>>> OperationsAsync(Actor actor, IReadOnlyList<ExternalOperation> rows, CancellationToken ct) => cases.ChangeAsync<IReadOnlyList<RunContent>>(actor, async tx =>
    {
        var runs = new List<RunContent>();
        foreach (var system in rows.GroupBy(row => row.System).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var resolved = new List<ResolvedOperation>();
            foreach (var row in system)
            {
                var account = await cases.FindAsync<AccountContent>(tx, Account, cases.IdOf(Account, row.System, row.Account));
                resolved.Add(new ResolvedOperation(row, account is { Content.Gone: false }, account?.Person, await IsCoveredAsync(tx, row, account?.Person)));
            }

            // What was done stays done: a later report without it mends nothing.
            runs.Add(await MergeAsync(tx, actor.Person, system.Key, system.Count(), ReconcileRules.OfOperations(resolved), mends: null));
        }

        await log.AppendAsync(tx, IdentityFacts.Of(ReconcileLog.Operations, actor) with { Count = rows.Count }, ct);
        return runs;
    }, ct);

    /// <summary>Strongroom's own accounts, by the same measure.</summary>
    /// <param name="actor">Null: the clock.</param>
    public Task<Outcome<RunContent>> OwnAsync(Actor? actor, CancellationToken ct) => cases.ChangeAsync<RunContent>(actor, async tx =>
    {
        var people = await members.ListAsync<PersonContent>(tx, Members.Person);
        var requests = (await members.ListAsync<AccountRequestContent>(tx, AccountRequestContent.RowKind)).ToDictionary(row => AccountRequestId.From(row.Id), row => row.Content);
        var found = ReconcileRules.OfOwn(people, requests, await AccountUseStore.AllAsync(tx), time.NowMs());
        var run = await MergeAsync(tx, actor?.Person, ReconcileRules.Own, people.Count, found, OfAccount);
        await log.AppendAsync(tx, (actor is null ? IdentityFacts.BySystem(ReconcileLog.Own) : IdentityFacts.Of(ReconcileLog.Own, actor)) with { Count = Math.Max(1, people.Count) }, ct);
        return run;
    }, ct);

    /// <summary>
    /// Somebody else than whom it concerns says why it is as it should be. What is nobody's might be his own who explains it: so it is not explained by
    /// who reported it, and whoever explains it names somebody else who answers for it.
    /// </summary>
    public async Task<Outcome<Case<FindingContent>>> ExplainAsync(Actor actor, CaseId id, string reason, PersonId? owner, CancellationToken ct)
    {
        var outcome = await cases.ChangeAsync<Case<FindingContent>>(actor, async tx =>
        {
            if (await cases.FindAsync<FindingContent>(tx, Finding, id, hold: true) is not { } finding)
            {
                return Reasons.NotFound;
            }

            var nobodys = finding.Content.People.Count == 0;
            if (finding.Content.People.Contains(actor.Person) || owner == actor.Person || (nobodys && finding.Content.Reporter == actor.Person))
            {
                return Reasons.ReviewOwn;
            }

            if (string.IsNullOrWhiteSpace(reason))
            {
                return Reasons.ReviewReason;
            }

            if (finding.State is not ("open" or "reopened"))
            {
                return Reasons.FindingSettled;
            }

            if (nobodys && (owner is not { } named || (await members.LoadAsync<PersonContent>(tx, Members.Person, named.Value))?.Content.IsActive(time.NowMs()) != true))
            {
                return Problem.Of([Reasons.FindingOwner.At("owner")]);
            }

            var next = finding with
            {
                State = Kebab.Of(FindingState.Explained),
                Content = finding.Content with { Owner = owner ?? finding.Content.Owner, By = actor.Person, At = time.NowMs(), Reason = cases.Seal(id, reason) },
            };
            var digest = await cases.SaveAsync(tx, Finding, next);
            await log.AppendAsync(tx, IdentityFacts.Of(ReconcileLog.Explained, actor) with { Rows = [digest], Details = new LogDetails { Reason = reason } }, ct);
            return next with { Version = next.Version + 1 };
        }, ct);
        if (outcome is Outcome<Case<FindingContent>>.Refused { Problem.Code: "review.own" } refused)
        {
            await log.AppendAsync(IdentityFacts.Of(ReconcileLog.ExplainRefused, actor) with { Decision = Verdict.Deny, Reasons = [refused.Problem.Code] }, guard: null, ct);
        }

        return outcome;
    }

    private static bool OfAccount(FindingKind kind) => kind is not (FindingKind.OperationUnapproved or FindingKind.OperationUnknown);

    private async Task<PersonId?> PersonAsync(Tx tx, string account, Dictionary<string, PersonId?> known)
    {
        if (AccountNames.Fold(account) is not { } folded)
        {
            return null;
        }

        return known.TryGetValue(folded, out var person) ? person : known[folded] = await AccountClaimStore.FindAsync(tx, secrets.HashAccount(folded));
    }

    private async Task<bool> IsRequestedAsync(Tx tx, string request, PersonId person) => Id.TryParse<AccountRequestId>(request, out var id)
        && await control.LoadAsync<AccountRequestContent>(tx, ControlKey.Of(AccountRequestContent.RowKind, id)) is { Content: { State: AccountRequestState.Approved, Person: { } made } } && made == person;

    private async Task<bool> IsCoveredAsync(Tx tx, ExternalOperation row, PersonId? person)
    {
        foreach (var source in row.Ticket.Length > 0 ? tickets : [])
        {
            if (await source.CoversAsync(tx, row, person))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Keeps who owns which account, for operations reported later; one that is not reported any more is gone.</summary>
    /// <returns>Digests of the rows that were written.</returns>
    private async Task<List<RowDigest>> KeepAsync(Tx tx, string system, List<ResolvedAccount> rows)
    {
        var digests = new List<RowDigest>();
        var parent = cases.IdOf("system", system);
        var now = rows.GroupBy(row => cases.IdOf(Account, system, row.Row.Account)).ToDictionary(group => group.Key, group => group.First());
        var query = new CaseQuery(Account) { Parent = parent, Size = AtOnce };
        while (await cases.PageAsync<AccountContent>(tx, query) is { Count: > 0 } page)
        {
            foreach (var one in page)
            {
                var row = now.GetValueOrDefault(one.Id);
                now.Remove(one.Id);
                var next = row is null ? one.Content with { Gone = true } : one.Content with { Person = row.Person?.Id, Active = row.Row.Active, Gone = false };
                if (next != one.Content)
                {
                    digests.Add(await cases.SaveAsync(tx, Account, one with { Content = next, Person = next.Person }));
                }
            }

            query = query with { After = page[^1].Cursor };
        }

        foreach (var (id, row) in now)
        {
            var content = new AccountContent(system, cases.Seal(id, row.Row.Account)!, row.Person?.Id, row.Row.Active, Gone: false);
            if (await cases.AddAsync(tx, Account, new Case<AccountContent>(id, "reported", content) { Parent = parent, Person = row.Person?.Id }) is { } digest)
            {
                digests.Add(digest);
            }
        }

        return digests;
    }

    /// <param name="mends">Which kinds this report shows in full, so that what it lacks is mended; null: none.</param>
    private async Task<RunContent> MergeAsync(Tx tx, PersonId? by, string system, int rows, IReadOnlyList<Found> found, Func<FindingKind, bool>? mends, IEnumerable<RowDigest>? kept = null)
    {
        var parent = cases.IdOf("system", system);
        var (now, digests) = (time.NowMs(), new List<RowDigest>(kept ?? []));
        var seen = found.ToDictionary(one => cases.IdOf(Finding, Kebab.Of(one.Kind), one.System, one.Account, one.What));
        var (opened, reopened, mended) = (0, 0, 0);
        var query = new CaseQuery(Finding) { Parent = parent, Size = AtOnce };
        while (await cases.PageAsync<FindingContent>(tx, query) is { Count: > 0 } page)
        {
            foreach (var one in page)
            {
                var there = seen.Remove(one.Id, out _);
                if ((!there && mends?.Invoke(one.Content.Kind) != true) || ReconcileRules.Next(Kebab.Parse<FindingState>(one.State), there) is not { } next)
                {
                    continue;
                }

                (reopened, mended) = next == FindingState.Reopened ? (reopened + 1, mended) : (reopened, mended + 1);
                digests.Add(await cases.SaveAsync(tx, Finding, one with
                {
                    State = Kebab.Of(next), Content = one.Content with { Seen = there ? now : one.Content.Seen, Reopened = one.Content.Reopened + (there ? 1 : 0) },
                }));
            }

            query = query with { After = page[^1].Cursor };
        }

        foreach (var (id, one) in seen)
        {
            var content = new FindingContent(one.Kind, system, cases.Seal(id, one.Account), one.People, now, now) { What = one.What, Reporter = by };
            digests.Add(await cases.SaveAsync(tx, Finding, new Case<FindingContent>(id, Kebab.Of(FindingState.Open), content)
            {
                Parent = parent, Person = one.People is [var only] ? only : null, Sort = -now,
            }));
            opened++;
        }

        var states = await CaseStore.CountAsync(tx, Finding, parent);
        var run = new RunContent(system, by, rows, opened, reopened, mended, (int)(states.GetValueOrDefault("open") + states.GetValueOrDefault("reopened")));
        digests.Add(await cases.SaveAsync(tx, Run, new Case<RunContent>(CaseId.New(), "done", run) { Parent = parent, Sort = -now }));
        foreach (var some in digests.Chunk(ControlStore.MostPerEntry))
        {
            await log.AppendAsync(tx, IdentityFacts.BySystem("findings-kept") with { Rows = some, Count = some.Length });
        }

        return run;
    }
}
