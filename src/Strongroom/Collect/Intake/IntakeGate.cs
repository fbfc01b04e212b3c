using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Customers;

namespace Strongroom.Collect.Intake;

/// <summary>What collection asks the one decision.</summary>
/// <param name="Items">Items a system brings; a person's are the form's matter.</param>
/// <param name="Customer">The customer on file it is about; null for a submission of whoever it turns out to be.</param>
internal sealed record GateAsk(Act Act, PurposeKey? Purpose, IEnumerable<ItemKey> Items, CustomerSnapshot? Customer, ServiceSessionId? Session, string? Ticket)
{
    public bool FileApproved { get; init; }

    public bool DocumentTyped { get; init; }

    public bool TypingApproved { get; init; }
}

/// <summary>
/// Asks the one decision whether this caller may take information in, add to a customer on file, or record what he agreed to (R33, R43, R118):
/// act, purpose, posts and their reach, the call being served, the customer's state, and a system's purposes and items.
/// </summary>
internal sealed class IntakeGate(IAccessFacts facts, IServiceSight services, ICustomers customers)
{
    /// <summary>Null: yes. Somebody named who is not there, or not open to additions, is as unknown as one out of reach.</summary>
    /// <param name="asks">It is asked for, not done: the approval it will need is not there yet.</param>
    public async Task<Problem?> RefusalAsync(
        Actor actor, IntakeRequest request, SubmissionPlan plan, DocumentsTaken documents, CollectSettings settings, CancellationToken ct, bool asks = false)
    {
        CustomerSnapshot? customer = null;
        if (plan.Subject is { } subject)
        {
            customer = await customers.ReadAsync(subject, ReadScope.Outline, ct);
            if (customer is not { MergedInto: null, State: LifeState.Active })
            {
                return Problem.Of(Reasons.CustomerUnknown);
            }
        }

        return await RefusalAsync(
            actor, new GateAsk(request.Act, plan.Form.Purposes[0], plan.Values.Select(value => value.Item.Key), customer, request.Submission.Session, request.Submission.Ticket)
            {
                FileApproved = request.File is not null,
                DocumentTyped = documents.Typed.Count > 0,
                TypingApproved = asks || request.Grant is not null,
            }, settings, ct);
    }

    /// <summary>Null: yes.</summary>
    public async Task<Problem?> RefusalAsync(Actor actor, GateAsk ask, CollectSettings settings, CancellationToken ct)
    {
        var items = actor.Kind == ActorKind.Client ? ask.Items.Distinct().Select(settings.Catalogue.Item).OfType<ItemDefinition>() : [];
        var question = await facts.QuestionAsync(actor, new AccessAsk
        {
            Act = ask.Act,
            Customer = ask.Customer?.ToFacts(),
            ConfigEpoch = settings.Epoch,
            Purpose = ask.Purpose,
            PurposeKnown = ask.Purpose is { } purpose ? settings.Catalogue.Purpose(purpose)?.ToFacts() : null,
            Items = [.. items.Select(item => item.ToFacts(null, new HashSet<PurposeKey>()))],
            Session = ask.Session is { } session ? await services.OfAsync(session, actor, ct) : null,
            HasTicket = ask.Ticket is { Length: > 0 },
            FileApproved = ask.FileApproved,
            DocumentTyped = ask.DocumentTyped,
            TypingApproved = ask.TypingApproved,
        }, ct);
        var decision = AccessRules.Decide(question);
        return decision.IsPermit ? null : decision.ToProblem();
    }
}
