using System.Text.Json;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Use.Asking;

namespace Strongroom.Use.Contact;

/// <summary>What came of asking to contact somebody.</summary>
internal abstract record ContactRuled
{
    private ContactRuled()
    {
    }

    /// <summary>Permitted and recorded now; to be handed over.</summary>
    public sealed record Permitted(Judged Judged, EntryId Entry) : ContactRuled;

    /// <summary>Permitted again, and handed over by an earlier request with the same key.</summary>
    public sealed record Earlier(CustomerId Customer, EntryId Entry) : ContactRuled;

    public sealed record Refused(Problem Problem) : ContactRuled;
}

/// <summary>
/// One call or message for each idempotency key: whoever presses twice, or asks again because the answer was lost, does not have the customer called
/// twice. The key commits with the entry, before anything is handed over; a replay is decided anew and answers what became of the first.
/// </summary>
internal sealed class ContactOnce(Database database, Asking.Asking asking, IdempotencyStore idempotency, IAuditLog log)
{
    private const string Entry = "entry", Failed = "failed";

    public IdempotencyClaim? Claim<T>(Caller caller, string route, T ask, string? key) => key is null ? null : idempotency.Claim(
        caller.Actor.OwnId(), route, key, JsonSerializer.SerializeToUtf8Bytes(ask, ControlRows.Json));

    /// <summary>Decides and records, and takes the key where there is one.</summary>
    public async Task<ContactRuled> RuleAsync(Caller caller, Ask wanted, IdempotencyClaim? claim, CancellationToken ct)
    {
        if (claim is null)
        {
            return await asking.RuleAsync(caller, wanted, ct) switch
            {
                Ruled.Permitted permitted => new ContactRuled.Permitted(permitted.Judged, permitted.Entry),
                Ruled.Refused refused => new ContactRuled.Refused(refused.Problem),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }

        for (var decisions = 0; decisions < Asking.Asking.MostDecisions; decisions++)
        {
            if (await asking.JudgeAsync(caller, wanted, again: decisions > 0, ct) is not { } judged)
            {
                return new ContactRuled.Refused(Problem.Of(Reasons.SignInNeeded));
            }

            if (judged.Decision.IsPermit)
            {
                if (await TakeAsync(judged, claim, ct) is { } taken)
                {
                    return taken;
                }
            }
            else if (await asking.RecordAsync(judged, ct) is not AppendOutcome.Changed)
            {
                return new ContactRuled.Refused(judged.Decision.ToProblem());
            }
        }

        return new ContactRuled.Refused(Problem.Of(Reasons.AccessUnsettled));
    }

    /// <summary>Keeps what became of it for whoever asks again with the key.</summary>
    /// <param name="failed">Null: handed over.</param>
    public Task FinishAsync(Tx tx, IdempotencyClaim claim, EntryId entry, Reason? failed) => idempotency.FinishAsync(
        tx, claim, failed is null ? 200 : Problem.Of(failed).Status,
        failed is null ? new Dictionary<string, string> { [Entry] = entry.ToString() } : new() { [Entry] = entry.ToString(), [Failed] = failed.Code });

    public Task FinishAsync(IdempotencyClaim claim, EntryId entry) => database.WriteAsync(tx => FinishAsync(tx, claim, entry, failed: null), CancellationToken.None);

    /// <returns>Null: something moved meanwhile; to be decided again.</returns>
    private async Task<ContactRuled?> TakeAsync(Judged judged, IdempotencyClaim claim, CancellationToken ct)
    {
        try
        {
            return await database.WriteAsync<ContactRuled?>(async tx => await idempotency.BeginAsync(tx, claim) switch
            {
                EarlierOutcome.None => new ContactRuled.Permitted(judged, await log.AppendAsync(tx, await asking.HoldAsync(tx, judged) ?? throw new ChangedException(), ct)),
                EarlierOutcome.Done earlier when await asking.StillAsync(tx, judged.Guard with { Volumes = [] }) => Of(judged.Customer!.Id, earlier),
                EarlierOutcome.Done => throw new ChangedException(),
                _ => new ContactRuled.Refused(Problem.Of(Reasons.IdempotencyMismatch)),
            }, ct);
        }
        catch (ChangedException)
        {
            return null;
        }
    }

    /// <summary>One that has no end yet is under way, or its server died over it: nobody is called a second time to find out.</summary>
    private static ContactRuled Of(CustomerId customer, EarlierOutcome.Done earlier) => earlier.Ids.GetValueOrDefault(Failed) is { } code
        ? new ContactRuled.Refused(Problem.Of(Reasons.Find(code) ?? Reasons.ContactUnsure))
        : earlier.Ids.GetValueOrDefault(Entry) is { } text && EntryId.TryParse(text, null, out var entry)
            ? new ContactRuled.Earlier(customer, entry)
            : new ContactRuled.Refused(Problem.Of(Reasons.IdempotencyBusy));

    private sealed class ChangedException : Exception;
}
