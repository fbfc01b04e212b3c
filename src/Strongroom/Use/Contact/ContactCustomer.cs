using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
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
    IKnowledge knowledge, Asking.Asking asking, ItemOpener opener, IContactGateway gateway, Volumes volumes, IAuditLog log, UseOptions options, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapPost("/customers/{id}/contact", (CustomerId id, ContactRequest ask, Caller caller, ContactCustomer contact, CancellationToken ct) =>
                contact.AnswerAsync(id, ask, caller, ct))
            .RequirePolicy(Doors.CustomerContact).Records(UseFacts.ContactCall, UseFacts.ContactSms, UseFacts.ContactFailed).WithName("customer-contact");
        v1.MapGet("/contact/ways", (ContactCustomer contact) => TypedResults.Ok(new ContactWaysView(contact.Ways, ContactTexts.All)))
            .RequirePolicy(Doors.CustomerContact).Records(LogFacts.Nothing).WithName("contact-ways");
    }

    private IReadOnlyList<ContactWay> Ways => gateway.Ways;

    private async Task<Results<Ok<ContactAnswer>, ProblemHttpResult>> AnswerAsync(CustomerId id, ContactRequest ask, Caller caller, CancellationToken ct) =>
        await ReachAsync(id, ask, caller, ct) switch
        {
            Outcome<ContactAnswer>.Done done => TypedResults.Ok(done.Value),
            Outcome<ContactAnswer>.Refused refused => refused.Problem.ToResult(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    internal async Task<Outcome<ContactAnswer>> ReachAsync(CustomerId id, ContactRequest ask, Caller caller, CancellationToken ct)
    {
        if (ContactRules.Errors(ask, await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct)) is { Count: > 0 } errors)
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
        return await ReachAsync(caller, wanted, new ContactWords(ask.By, ask.Locale ?? "zh", ContactTexts.Find(ask.Text)?.Text), objection: null, ct);
    }

    /// <summary>Decides, records, opens the one number asked about and hands it over.</summary>
    /// <param name="objection">Asked before the number is opened, of whoever may contact the customer.</param>
    internal async Task<Outcome<ContactAnswer>> ReachAsync(Caller caller, Ask wanted, ContactWords words, Func<Judged, Reason?>? objection, CancellationToken ct)
    {
        wanted = wanted with { Counts = (customer, _) => CountsOf(customer, caller.Actor) };
        return await asking.RuleAsync(caller, wanted, ct) switch
        {
            Ruled.Permitted { Judged: var judged, Entry: var entry } =>
                (objection?.Invoke(judged) is { } reason ? new Failure(reason, reason.Code) : await HandOverAsync(judged, words, entry)) is { } failed
                    ? await FailedAsync(judged, failed)
                    : new ContactAnswer(judged.Customer!.Id, words.By, wanted.Items!.Single(), entry),

            // The counts are full, so no entry was written. Only who may contact him at all is told that.
            Ruled.Refused { Problem.Code: var code } when code == Reasons.AccessUnsettled.Code
                && await asking.JudgeAsync(caller, wanted, again: true, ct) is { Decision.IsPermit: true } judged && await IsFullAsync(judged, ct) =>
                await TooOftenAsync(judged, ct),
            Ruled.Refused refused => refused.Problem,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>What one more call or message raises: a person's own count of the hour, and the customer's of the day over everybody. A client has its quota.</summary>
    private IReadOnlyList<VolumeGuard> CountsOf(CustomerId customer, Actor actor)
    {
        var now = time.NowMs();
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
    private async Task<Problem> FailedAsync(Judged judged, Failure failed)
    {
        await log.AppendAsync(
            judged.Fact with { Act = FactName.Of(UseFacts.ContactFailed), Decision = null, Reasons = [failed.Code], Approvals = [], Authorisations = [], Rows = [], Details = null },
            guard: null, CancellationToken.None);
        return Problem.Of(failed.Told);
    }

    private sealed record Failure(Reason Told, string Code);
}
