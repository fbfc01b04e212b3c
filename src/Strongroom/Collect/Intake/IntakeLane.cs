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
    private readonly IMatching matching;
    private readonly IdempotencyStore idempotency;
    private readonly IAuditLog log;
    private readonly FileGrants files;
    private readonly IReadOnlyList<ICommitGuards> guards;
    private readonly WorkLane<Member, IntakeOutcome.Taken?> lane;

    public IntakeLane(
        Database database, IntakeWriter writer, Newcomers newcomers, IMatching matching, IdempotencyStore idempotency, IAuditLog log, FileGrants files, IEnumerable<ICommitGuards> guards)
    {
        (this.database, this.writer, this.newcomers, this.matching) = (database, writer, newcomers, matching);
        (this.idempotency, this.log, this.files, this.guards) = (idempotency, log, files, [.. guards]);
        lane = new(WriteAsync, max: Most);
    }

    /// <summary>Writes everything or nothing; as <see cref="IntakeWriter.WriteAsync"/> in a transaction of its own.</summary>
    public async Task<IntakeOutcome> WriteAsync(Attempt attempt, IntakeWork work, CancellationToken ct) =>
        MemberOf(attempt, work) is { } member && await lane.RunAsync(member, ct) is { } taken
            ? taken
            : await database.WriteAsync(tx => writer.WriteAsync(tx, attempt, work), ct);

    /// <summary>A submission that may be written in a group, its rows made; null: it must be written alone.</summary>
    internal Member? MemberOf(Attempt attempt, IntakeWork work) =>
        attempt.Documents.IsEmpty && work is { IsNew: true, Relations.Count: 0, Reviews.Count: 0 } && newcomers.Prepare(NewcomerOf(work)) is { } rows ? new Member(attempt, work, rows) : null;

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
        // Two round trips, however many they are: what their writing rests on, and the rows.
        var asking = tx.Batch();
        var fitting = AskFitting(asking, group);
        var others = matching.AskOthers(asking, [.. group.Select(member => member.Rows.Of.Hinted)]);
        await tx.RunAsync(asking);
        var answers = new IntakeOutcome.Taken?[group.Count];
        var members = await fitting(tx);
        if (members.Count == 0)
        {
            return answers;
        }

        var written = members.Select(i => group[i].Work.Customer).ToHashSet();
        var writing = tx.Batch();
        idempotency.Begin(writing, [.. members.Select(i => group[i].Claim).OfType<IdempotencyClaim>()]);
        Newcomers.Insert(writing, [.. members.Select(i => group[i].Rows)], others(written.Contains));
        await tx.RunAsync(writing);
        var entries = await log.AppendAsync(tx, [.. members.Select(i => FactOf(group[i]))]);
        var finishing = tx.Batch();
        foreach (var (i, entry) in members.Zip(entries))
        {
            var answer = IntakeWriter.Answer(group[i].Attempt, group[i].Work, entry);
            answers[i] = new IntakeOutcome.Taken(answer);
            if (group[i].Claim is { } claim)
            {
                IdempotencyStore.Finish(finishing, claim, 201, IntakeWriter.Ids(answer));
            }
        }

        await tx.RunAsync(finishing);
        return answers;
    }

    /// <summary>Positions of those who may be written together: the rules they were judged by still stand, and nothing of theirs is on file or twice in the group.</summary>
    private Func<Tx, Task<IReadOnlyList<int>>> AskFitting(Batch batch, IReadOnlyList<Member> group)
    {
        var asked = group.Select(member => member.Attempt.Actor.Guard()).ToList();
        var failing = guards.AskAll(batch, asked);
        var keyed = Enumerable.Range(0, group.Count).Where(i => group[i].Claim is not null).ToList();
        var free = IdempotencyStore.AskFree(batch, [.. keyed.Select(i => group[i].Claim!)]);
        var fits = newcomers.AskFit(batch, [.. group.Select(member => member.Rows)]);
        return async tx =>
        {
            var left = (await guards.TakeAllAsync(tx, asked, failing())).ToHashSet();
            var isFree = free();
            left.UnionWith(keyed.Where((_, n) => !isFree[n]));
            foreach (var lines in Enumerable.Range(0, group.Count).Where(i => group[i].Attempt.Request.File is not null).GroupBy(i => group[i].Attempt.Request.File!.Value).ToList())
            {
                if (!await files.StandsAsync(tx, lines.Key))
                {
                    left.UnionWith(lines);
                }
            }

            var fit = fits();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            return [.. Enumerable.Range(0, group.Count).Where(i => fit[i] && !left.Contains(i) && IsFirst(seen, [.. Names(group[i])]))];
        };
    }

    private static bool IsFirst(HashSet<string> seen, List<string> names)
    {
        if (names.Exists(seen.Contains))
        {
            return false;
        }

        seen.UnionWith(names);
        return true;
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
}
