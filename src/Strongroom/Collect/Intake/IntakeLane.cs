using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Idempotency;
using Strongroom.Store.Customers;
using Strongroom.Store.Intakes;

namespace Strongroom.Collect.Intake;

/// <summary>
/// Commits submissions. Those that bring somebody new wait for each other and share one transaction, in which each table is written once;
/// all others are written one by one (<see cref="IntakeWriter"/>). A submission never fails because of its neighbours: whoever does not fit
/// is left out before anything is written, and when the group fails, each of it is tried alone and meets its own failure.
/// </summary>
internal sealed class IntakeLane
{
    private const int Most = 128;

    private readonly Database database;
    private readonly IntakeWriter writer;
    private readonly Newcomers newcomers;
    private readonly IdempotencyStore idempotency;
    private readonly IAuditLog log;
    private readonly IReadOnlyList<ICommitGuards> guards;
    private readonly WorkLane<Member, IntakeOutcome.Taken?> lane;

    public IntakeLane(
        Database database, IntakeWriter writer, Newcomers newcomers, IdempotencyStore idempotency, IAuditLog log, IEnumerable<ICommitGuards> guards)
    {
        (this.database, this.writer, this.newcomers, this.idempotency, this.log, this.guards) = (database, writer, newcomers, idempotency, log, [.. guards]);
        lane = new(WriteAsync, max: Most);
    }

    /// <summary>Writes everything or nothing; as <see cref="IntakeWriter.WriteAsync"/> in a transaction of its own.</summary>
    public async Task<IntakeOutcome> WriteAsync(Attempt attempt, IntakeWork work, CancellationToken ct) =>
        MemberOf(attempt, work) is { } member && await lane.RunAsync(member, ct) is { } taken
            ? taken
            : await database.WriteAsync(tx => writer.WriteAsync(tx, attempt, work), ct);

    /// <summary>A submission that may be written in a group, its rows made; null: it must be written alone.</summary>
    internal Member? MemberOf(Attempt attempt, IntakeWork work) =>
        work is { IsNew: true, Relations.Count: 0, Reviews.Count: 0 } && newcomers.Prepare(NewcomerOf(work)) is { } rows ? new Member(attempt, work, rows) : null;

    private static Newcomer NewcomerOf(IntakeWork work) =>
        new(new NewCustomer(work.Customer, work.Kind, work.Entity, work.Intake.At), work.Records, work.Consents, work.Hints, work.Intake);

    /// <summary>The answers; null for who has to be written alone.</summary>
    internal async Task<IReadOnlyList<IntakeOutcome.Taken?>> WriteAsync(IReadOnlyList<Member> group)
    {
        try
        {
            return await database.WriteAsync(tx => WriteAsync(tx, group));
        }
        catch (Exception e) when (e is not UnknownOutcomeException)
        {
            // Nothing was written. Which of them it was shows when each is alone; an outcome in doubt must not be tried again by anybody.
            return new IntakeOutcome.Taken?[group.Count];
        }
    }

    private async Task<IReadOnlyList<IntakeOutcome.Taken?>> WriteAsync(Tx tx, IReadOnlyList<Member> group)
    {
        var members = await FittingAsync(tx, group);
        var answers = new IntakeOutcome.Taken?[group.Count];
        if (members.Count == 0)
        {
            return answers;
        }

        var claims = members.Select(i => group[i].Claim).OfType<IdempotencyClaim>().ToList();
        if (!await idempotency.BeginAsync(tx, claims) || !await newcomers.AddAsync(tx, [.. members.Select(i => group[i].Rows)]))
        {
            throw new GroupBrokenException();
        }

        var entries = await log.AppendAsync(tx, [.. members.Select(i => FactOf(group[i]))]);
        foreach (var (i, entry) in members.Zip(entries))
        {
            var answer = IntakeWriter.Answer(group[i].Attempt, group[i].Work, entry);
            answers[i] = new IntakeOutcome.Taken(answer);
            if (group[i].Claim is { } claim)
            {
                await idempotency.FinishAsync(tx, claim, 201, IntakeWriter.Ids(answer));
            }
        }

        return answers;
    }

    /// <summary>Positions of those who may be written together: the rules they were judged by still stand, and nothing of theirs is on file or twice in the group.</summary>
    private async Task<IReadOnlyList<int>> FittingAsync(Tx tx, IReadOnlyList<Member> group)
    {
        var fitting = Enumerable.Range(0, group.Count).ToHashSet();
        var asked = group.Select(member => member.Attempt.Actor.Guard()).ToList();
        foreach (var check in guards)
        {
            fitting.ExceptWith(await check.FailingAsync(tx, asked));
        }

        var keyed = Enumerable.Range(0, group.Count).Where(i => group[i].Claim is not null).ToList();
        if (keyed.Count > 0)
        {
            var free = await IdempotencyStore.AreFreeAsync(tx, [.. keyed.Select(i => group[i].Claim!)]);
            fitting.ExceptWith(keyed.Where((_, n) => !free[n]));
        }

        var fit = await newcomers.FitAsync(tx, [.. group.Select(member => member.Rows)]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. fitting.Where(i => fit[i]).Order().Where(i => IsFirst([.. Names(group[i])]))];

        bool IsFirst(List<string> names)
        {
            if (names.Exists(seen.Contains))
            {
                return false;
            }

            seen.UnionWith(names);
            return true;
        }
    }

    /// <summary>Everything of a member that can exist only once.</summary>
    private static IEnumerable<string> Names(Member member)
    {
        foreach (var name in member.Rows.Of.Names)
        {
            yield return name;
        }

        if (member.Claim is { } key)
        {
            yield return $"key {Convert.ToHexString(key.Actor)} {Convert.ToHexString(key.Key)}";
        }
    }

    private static LogFact FactOf(Member member)
    {
        var rows = member.Rows.Consented is { } consented ? IntakeWriter.Digests(consented) : [];
        rows.AddRange(member.Rows.Records.Select(record => new RowDigest("record", RecordId.From(record.Row.Id).Value, record.Row.Version, record.Row.Mac)));
        return IntakeFacts.Taken(member.Attempt, member.Work, rows);
    }

    internal sealed record Member(Attempt Attempt, IntakeWork Work, NewcomerRows Rows)
    {
        public IdempotencyClaim? Claim => Attempt.Request.Claim;
    }

    /// <summary>Undoes the transaction of a group: somebody outside took what one of it needs.</summary>
    private sealed class GroupBrokenException() : Exception("Somebody else has just taken what a member of the group needs.");
}
