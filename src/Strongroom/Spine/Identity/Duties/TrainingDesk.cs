using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity.Duties;

/// <summary>Facts about duties in the log.</summary>
internal static class DutyFacts
{
    public const string TrainingRecorded = "training-recorded";
    public const string NdaPublished = "nda-published";
    public const string NdaSigned = "nda-signed";
    public const string Read = "duties-read";
}

/// <param name="Rejected">What was not taken, with its place and code; never a value.</param>
internal sealed record TrainingTaken(int Accepted, IReadOnlyList<FieldError> Rejected);

/// <summary>
/// Takes in who passed which course until when (R76), from people or a learning system. Each result stands for itself; those that are in
/// order bind the next request on every node. Nobody reports his own.
/// </summary>
internal sealed class TrainingDesk(Database database, ControlStore control, Members members, Secrets secrets, TimeProvider time)
{
    private const int Tries = 5;

    public async Task<Outcome<TrainingTaken>> RecordAsync(Actor actor, IReadOnlyList<TrainingResult> results, IReadOnlyList<FieldError> unread, CancellationToken ct)
    {
        if (results.Count + unread.Count > TrainingRules.MostResults)
        {
            return Problem.Of([Reasons.TooMany.At("facts")]);
        }

        for (var tries = 0; tries < Tries; tries++)
        {
            var taken = await database.WriteAsync<TrainingTaken?>(tx => RecordAsync(tx, actor, results, unread), ct).ConfigureAwait(false);
            if (taken is not null)
            {
                return taken;
            }
        }

        return Reasons.RowChanged;
    }

    private async Task<TrainingTaken?> RecordAsync(Tx tx, Actor actor, IReadOnlyList<TrainingResult> results, IReadOnlyList<FieldError> unread)
    {
        var now = time.NowMs();
        var rejected = new List<FieldError>(unread);
        var newest = new Dictionary<PersonId, TrainingResult>();
        foreach (var result in results)
        {
            if (TrainingRules.Fault(result, now) is { } fault)
            {
                rejected.Add(fault.At(result.At));
            }
            else if (await PersonAsync(tx, result.Account) is not { } person)
            {
                rejected.Add(Reasons.PersonUnknown.At(result.At));
            }
            else if (OrganisationRules.MayAdminister(actor.Person, person) is { } self)
            {
                rejected.Add(self.At(result.At));
            }
            else if (newest.GetValueOrDefault(person)?.Passed > result.Passed)
            {
                rejected.Add(Reasons.TrainingOlder.At(result.At));
            }
            else
            {
                newest[person] = result;
            }
        }

        var changes = new List<ControlChange>();
        foreach (var (person, result) in newest.OrderBy(pair => pair.Key.Value))
        {
            var content = new DutyContent(person, DutyContent.Training, result.Expires) { At = result.Passed, Course = result.Course };
            var before = await control.LoadForUpdateAsync<DutyContent>(tx, content.Key);
            if (before?.Content.At > result.Passed)
            {
                rejected.Add(Reasons.TrainingOlder.At(result.At));
            }
            else
            {
                changes.Add(ControlChange.Of(content.Key, before?.Version ?? 0, content));
            }
        }

        // Somebody else reported the same person in this instant: nothing was written, look again.
        return changes.Count > 0 && await control.SaveAllAsync(tx, changes, IdentityFacts.Of(DutyFacts.TrainingRecorded, actor)) is ControlSaved.Stale
            ? null
            : new TrainingTaken(changes.Count, rejected);
    }

    private async Task<PersonId?> PersonAsync(Tx tx, string account) =>
        await AccountClaimStore.FindAsync(tx, secrets.HashAccount(AccountNames.Fold(account)!)) is { } id
        && await members.LoadAsync<PersonContent>(tx, Members.Person, id.Value) is { Content.State: not MemberState.Closed }
            ? id
            : null;
}
