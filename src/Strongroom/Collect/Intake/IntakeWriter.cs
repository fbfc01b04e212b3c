using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Intakes;

namespace Strongroom.Collect.Intake;

/// <summary>
/// Writes one submission: everything or nothing. The customer's row is taken for update by the consents before anything holds it shared,
/// so two submissions of one customer wait for each other instead of deadlocking; the log comes last.
/// </summary>
internal sealed class IntakeWriter(
    ICustomers customers,
    IConsents consents,
    IMatching matching,
    IIntakes intakes,
    IdempotencyStore idempotency,
    IAuditLog log,
    FileGrants files,
    TypedDocuments documents,
    IEnumerable<ICommitGuards> guards)
{
    public async Task<IntakeOutcome> WriteAsync(Tx tx, Attempt attempt, IntakeWork work)
    {
        if (attempt.Request.Claim is { } claim)
        {
            switch (await idempotency.BeginAsync(tx, claim))
            {
                case EarlierOutcome.Mismatch:
                    return new IntakeOutcome.Refused(Problem.Of(Reasons.IdempotencyMismatch));
                case EarlierOutcome.Done done:
                    return Replay(done.Ids, attempt);
                default:
                    break;
            }
        }

        await StandsAsync(tx, attempt);
        var used = await documents.UseAsync(tx, attempt);
        if (work.IsNew)
        {
            (await customers.AddCustomerAsync(tx, new NewCustomer(work.Customer, work.Kind, work.Entity, work.Intake.At))).OrUndo();
        }
        else if (work.Reactivate is { } version)
        {
            (await customers.SetStateAsync(tx, work.Customer, version, LifeState.Active)).OrUndo();
        }

        var rows = await ConsentsAsync(tx, work);
        foreach (var record in work.Records)
        {
            rows.Add(Digest("record", record.Id.Value, (await customers.AddRecordAsync(tx, record)).OrUndo()));
        }

        await ReviewsAsync(tx, work);
        await RelateAsync(tx, work);
        await intakes.AddAsync(tx, work.Intake);
        await matching.SuggestAsync(tx, work.Entity, work.Customer, work.Hints, work.Intake.At);
        var entry = await log.AppendAsync(tx, IntakeFacts.Taken(attempt, work, rows, used));
        var answer = Answer(attempt, work, entry);
        if (attempt.Request.Claim is { } taken)
        {
            await idempotency.FinishAsync(tx, taken, 201, Ids(answer));
        }

        return new IntakeOutcome.Taken(answer);
    }

    private async Task StandsAsync(Tx tx, Attempt attempt)
    {
        CommitGuard[] guard = [attempt.Actor.Guard()];
        foreach (var check in guards)
        {
            if ((await check.FailingAsync(tx, guard)).Count > 0)
            {
                throw new RulesMovedException();
            }
        }

        if (attempt.Request.File is { } file && !await files.StandsAsync(tx, file))
        {
            throw new FileRevokedException();
        }
    }

    private async Task<List<RowDigest>> ConsentsAsync(Tx tx, IntakeWork work)
    {
        if (work.Consents.Events.Count == 0)
        {
            return [];
        }

        return await consents.RecordAsync(tx, work.Consents) is ConsentOutcome.Recorded recorded
            ? Digests(recorded)
            : throw new WriteRefusedException(new WriteOutcome.NotThere());
    }

    private async Task ReviewsAsync(Tx tx, IntakeWork work)
    {
        foreach (var (record, items) in work.Reviews)
        {
            var done = (await customers.AddRecordAsync(tx, record)).OrUndo();
            (await customers.SetStateAsync(tx, work.Customer, record.Id, done.Version, LifeState.Restricted)).OrUndo();
            await intakes.AddReviewAsync(tx, new ProfileReview(ReviewId.New(), work.Customer, record.Id, work.Intake.Id, items, work.Intake.At));
        }
    }

    private async Task RelateAsync(Tx tx, IntakeWork work)
    {
        for (var i = 0; i < work.Relations.Count; i++)
        {
            var relation = work.Relations[i];
            var record = work.Records.Count > 0 ? work.Records[^1].Id : (RecordId?)null;
            var outcome = await customers.RelateAsync(tx, new Relation(work.Customer, record, relation.Customer, null, relation.Kind), work.Intake.At);
            if (outcome is not WriteOutcome.Done)
            {
                throw new RelationRefusedException(i);
            }
        }
    }

    public static List<RowDigest> Digests(ConsentOutcome.Recorded recorded) =>
        [.. recorded.Rows.Select(row => new RowDigest("consent", row.Id.Value, recorded.Version, row.Digest))];

    public static RowDigest Digest(string table, UInt128 id, WriteOutcome.Done done) => new(table, id, done.Version, done.Digest);

    public static IntakeAnswer Answer(Attempt attempt, IntakeWork work, EntryId entry) => new(
        work.Customer,
        [.. work.Records.Where(record => !IntakeSealing.IsOfTheCustomer(attempt.Settings.Catalogue, record.Type)).Select(record => new RecordMade(record.Id, record.Type))],
        work.Intake.Receipt,
        Said(attempt.Plan),
        entry);

    private static Dictionary<PurposeKey, ConsentState> Said(SubmissionPlan plan)
    {
        var said = new Dictionary<PurposeKey, ConsentState>();
        foreach (var consent in plan.Consents)
        {
            if (ConsentRules.Apply(null, consent.Event) is ConsentStep.Moved moved)
            {
                said[consent.Event.Purpose] = moved.Now.State;
            }
        }

        return said;
    }

    public static Dictionary<string, string> Ids(IntakeAnswer answer) => new()
    {
        ["customer"] = answer.Customer.ToString(),
        ["receipt"] = answer.Receipt.ToString(),
        ["entry"] = answer.Entry.ToString(),
        ["records"] = string.Join(',', answer.Records.Select(record => $"{record.Type}:{record.Id}")),
    };

    /// <summary>The answer of the earlier request, made anew from its ids; the body is the same, so what was said is too.</summary>
    private static IntakeOutcome.Taken Replay(IReadOnlyDictionary<string, string> ids, Attempt attempt) => new(new IntakeAnswer(
        Id.Parse<CustomerId>(ids["customer"]),
        [.. ids["records"].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split(':')).Select(pair => new RecordMade(Id.Parse<RecordId>(pair[1]), RecordTypeKey.Of(pair[0])))],
        Id.Parse<ReceiptId>(ids["receipt"]),
        Said(attempt.Plan),
        Id.Parse<EntryId>(ids["entry"])));
}

/// <summary>What collection writes to the log: keys, codes and digests, never a value.</summary>
internal static class IntakeFacts
{
    public const string BulkTaken = "bulk-taken";

    /// <summary>Digests in one entry, so that its header stays small.</summary>
    private const int MostRows = 16;

    private const int MostReasons = 16;

    public static LogFact Taken(Attempt attempt, IntakeWork work, IReadOnlyList<RowDigest> rows, DocumentsUsed? used = null) => new()
    {
        Act = FactName.Of(attempt.Request.Act),
        Actor = attempt.Actor.AsLogActor(),
        Zone = attempt.Actor.Zone,
        Customer = work.Customer,
        Reference = work.Reference,
        Purpose = attempt.Plan.Form.Purposes[0],
        Items = [.. attempt.Plan.Values.Select(value => value.Item.Key)],
        Decision = Verdict.Permit,
        Reasons = [.. used?.Reasons ?? [], .. attempt.Plan.Consents.Select(consent => $"{ConsentCode(consent.Event.Kind)}.{consent.Event.Purpose}").Distinct().Take(MostReasons)],
        Channel = attempt.ChannelId,
        Rows = [.. used?.Rows ?? [], .. rows.Take(MostRows)],
        Approvals = used?.Approval is { } grant ? [grant] : [],
        Details = attempt.Request.Submission.Ticket is { Length: > 0 } ticket ? new LogDetails { Ticket = ticket } : null,
    };

    public static LogFact Refused(Act act, Actor actor, ChannelId? channel, Problem problem) => new()
    {
        Act = FactName.Of(act),
        Actor = actor.AsLogActor(),
        Zone = actor.Zone,
        Decision = Verdict.Deny,
        Reasons = [.. problem.Errors.Select(error => error.Code).Prepend(problem.Code).Concat(problem.Reasons.Select(reason => reason.Code)).Distinct(StringComparer.Ordinal).Take(MostReasons)],
        Channel = channel,
    };

    private static string ConsentCode(ConsentEventKind kind) => kind switch
    {
        ConsentEventKind.Give => "given",
        ConsentEventKind.GiveSeparately => "separate-given",
        ConsentEventKind.Refuse => "refused",
        _ => "acknowledged",
    };
}
