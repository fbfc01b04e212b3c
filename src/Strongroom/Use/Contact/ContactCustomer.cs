using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Outbox;
using Strongroom.Use.Asking;
using Strongroom.Use.Volume;

namespace Strongroom.Use.Contact;

/// <summary>
/// Calls a customer or sends him a message without showing the number (domain.md §5, Act without seeing): decide, record, open, hand over. The number
/// goes to the gateway that the settings name and to nobody else; the answer does not hold it.
/// </summary>
internal sealed class ContactCustomer(
    IKnowledge knowledge, Asking.Asking asking, ContactOnce once, ItemOpener opener, IContactGateway gateway, Volumes volumes, Database database, IAuditLog log, UseOptions options,
    TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapPost("/customers/{id}/contact", (
                CustomerId id, ContactRequest ask, [FromHeader(Name = "Idempotency-Key")] string? key, Caller caller, ContactCustomer contact, CancellationToken ct) =>
                contact.AnswerAsync(id, ask, key, caller, ct))
            .RequirePolicy(Doors.CustomerContact).Records(UseFacts.ContactCall, UseFacts.ContactSms, UseFacts.ContactFailed).WithName("customer-contact");
        v1.MapGet("/contact/ways", (ContactCustomer contact) => TypedResults.Ok(new ContactWaysView(contact.Ways, ContactTexts.All)))
            .RequirePolicy(Doors.CustomerContact).Records(LogFacts.Nothing).WithName("contact-ways");
    }

    private IReadOnlyList<ContactWay> Ways => gateway.Ways;

    private async Task<Results<Ok<ContactAnswer>, ProblemHttpResult>> AnswerAsync(CustomerId id, ContactRequest ask, string? key, Caller caller, CancellationToken ct) =>
        await ReachAsync(id, ask, caller, ct, key) switch
        {
            Outcome<ContactAnswer>.Done done => TypedResults.Ok(done.Value),
            Outcome<ContactAnswer>.Refused refused => refused.Problem.ToResult(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <param name="key">Idempotency key: the same again answers what became of the first, and reaches nobody.</param>
    internal async Task<Outcome<ContactAnswer>> ReachAsync(CustomerId id, ContactRequest ask, Caller caller, CancellationToken ct, string? key = null)
    {
        var errors = ContactRules.Errors(ask, await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct)).ToList();
        if (key is not null && !IdempotencyStore.IsValid(key))
        {
            errors.Add(Reasons.BadField.At("Idempotency-Key"));
        }

        if (errors.Count > 0)
        {
            return Problem.Of(errors);
        }

        var wanted = new Ask(Act.Contact, ask.By == ContactWay.Call ? UseFacts.ContactCall : UseFacts.ContactSms)
        {
            Customer = id,
            Purpose = ask.Purpose,
            Records = new HashSet<RecordId> { ask.Record },
            Items = new HashSet<ItemKey> { ask.Item },
            Ticket = ask.Ticket,
            Grant = ask.Grant,
            Session = ask.Session,
        };
        var words = new ContactWords(ask.By, ask.Locale ?? caller.Actor.Locale, ContactTexts.Find(ask.Text)?.Text);
        return await ReachAsync(caller, wanted, words, objection: null, ct, once.Claim(caller, $"POST /v1/customers/{id}/contact", ask, key));
    }

    /// <summary>Decides, records, opens the one number asked about and hands it over.</summary>
    /// <param name="objection">Asked before the number is opened, of whoever may contact the customer.</param>
    /// <param name="claim">The request's idempotency key; null without one.</param>
    internal async Task<Outcome<ContactAnswer>> ReachAsync(
        Caller caller, Ask wanted, ContactWords words, Func<Judged, Reason?>? objection, CancellationToken ct, IdempotencyClaim? claim = null)
    {
        wanted = wanted with { Counts = (customer, _) => CountsOf(customer, caller.Actor) };
        return await once.RuleAsync(caller, wanted, claim, ct) switch
        {
            ContactRuled.Permitted permitted => await EndAsync(permitted, words, objection?.Invoke(permitted.Judged), claim),
            ContactRuled.Earlier earlier => new ContactAnswer(earlier.Customer, words.By, wanted.Items!.Single(), earlier.Entry),

            // The counts are full, so no entry was written. Only who may contact him at all is told that.
            ContactRuled.Refused { Problem.Code: var code } when code == Reasons.AccessUnsettled.Code
                && await asking.JudgeAsync(caller, wanted, again: true, ct) is { Decision.IsPermit: true } judged && await IsFullAsync(judged, ct) =>
                await TooOftenAsync(judged, ct),
            ContactRuled.Refused refused => refused.Problem,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Hands over what another act already decided and recorded.</summary>
    internal async Task TellAsync(Judged judged, ContactWords words, EntryId entry)
    {
        if (await HandOverAsync(judged, words, entry) is { } failed)
        {
            await FailedAsync(new ContactRuled.Permitted(judged, entry), failed, claim: null);
        }
    }

    private async Task<Outcome<ContactAnswer>> EndAsync(ContactRuled.Permitted permitted, ContactWords words, Reason? objection, IdempotencyClaim? claim)
    {
        var failed = objection is { } reason ? new Failure(reason, reason.Code) : await HandOverAsync(permitted.Judged, words, permitted.Entry);
        if (failed is not null)
        {
            return await FailedAsync(permitted, failed, claim);
        }

        if (claim is not null)
        {
            await once.FinishAsync(claim, permitted.Entry);
        }

        return new ContactAnswer(permitted.Judged.Customer!.Id, words.By, permitted.Judged.Ask.Items!.Single(), permitted.Entry);
    }

    /// <summary>What one more call or message raises: a person's own count of the hour, and the customer's of the day over everybody. A client has its quota.</summary>
    private IReadOnlyList<VolumeGuard> CountsOf(CustomerId customer, Actor actor)
    {
        var now = time.SureMs();
        var (hour, next) = PeriodRules.Hour(now);
        var (day, over) = PeriodRules.Day(now, options.OffsetMinutes);
        VolumeGuard his = new(customer.Value, day, UseFacts.ContactCount, 1, options.ContactsPerCustomerDay, over);
        return actor.Kind == ActorKind.Client ? [his] : [his, new(actor.OwnId(), hour, UseFacts.ContactCount, 1, options.ContactsPerHour, next)];
    }

    private async Task<bool> IsFullAsync(Judged judged, CancellationToken ct)
    {
        foreach (var count in CountsOf(judged.Customer!.Id, judged.Actor))
        {
            if ((await volumes.OfAsync(count.Whose, ct)).Of(count.Period, count.What) >= count.Limit)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<Outcome<ContactAnswer>> TooOftenAsync(Judged judged, CancellationToken ct)
    {
        await log.AppendAsync(
            judged.Fact with { Decision = Verdict.Deny, Reasons = [Reasons.ContactLimit.Code], Approvals = [], Authorisations = [], Details = null }, guard: null, ct);
        return Problem.Of(Reasons.ContactLimit);
    }

    /// <summary>
    /// Null: handed over. Nothing is opened while there is nobody to hand it to. The entry stands by now, so a browser that hangs up does not stop it
    /// half-way: what became of it is written down.
    /// </summary>
    private async Task<Failure?> HandOverAsync(Judged judged, ContactWords words, EntryId entry)
    {
        if (!gateway.Ways.Contains(words.By))
        {
            return new Failure(Reasons.ContactNone, "contact.none");
        }

        if (judged.Held is not [var held])
        {
            return new Failure(Reasons.ContactNumber, "contact.no_number");
        }

        if ((await opener.OpenAsync([held], CancellationToken.None))[0] is not { } text)
        {
            return new Failure(Reasons.ItemDamaged, Reasons.ItemDamaged.Code);
        }

        if (!held.Known.Kind.TryNormalise(text, out var number))
        {
            return new Failure(Reasons.ContactNumber, "contact.no_number");
        }

        try
        {
            await gateway.HandOverAsync(
                new ContactOrder(
                    entry, words.By, number, judged.Actor.Kind == ActorKind.Person ? judged.Actor.Person : null, words.Locale, words.Said, time.NowMs()),
                CancellationToken.None);
            return null;
        }
        catch (DeliveryException e)
        {
            return new Failure(e.Code == HttpContactGateway.Unsure ? Reasons.ContactUnsure : Reasons.ContactFailed, e.Code);
        }
    }

    /// <summary>The act was allowed and recorded; that it came to nothing is an entry of its own.</summary>
    private async Task<Problem> FailedAsync(ContactRuled.Permitted permitted, Failure failed, IdempotencyClaim? claim)
    {
        var fact = permitted.Judged.Fact with
        {
            Act = FactName.Of(UseFacts.ContactFailed), Decision = null, Reasons = [failed.Code], Approvals = [], Authorisations = [], Rows = [], Details = null,
        };
        if (claim is null)
        {
            await log.AppendAsync(fact, guard: null, CancellationToken.None);
        }
        else
        {
            await database.WriteAsync(async tx =>
            {
                await once.FinishAsync(tx, claim, permitted.Entry, failed.Told);
                await log.AppendAsync(tx, fact, CancellationToken.None);
            }, CancellationToken.None);
        }

        return Problem.Of(failed.Told);
    }

    private sealed record Failure(Reason Told, string Code);
}
