using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Identity;
using Strongroom.Store.Customers;

namespace Strongroom.Use.Asking;

/// <summary>An order of the ticket system for one person (R41): what he may do, on which customers, when.</summary>
/// <param name="Number">The ticket's number; the requester names it when he acts.</param>
/// <param name="Requester">Who will carry it out.</param>
/// <param name="Approvers">Who approved it in the ticket system, in the order of the scene's steps.</param>
/// <param name="From">UTC milliseconds; now when left out.</param>
/// <param name="Until">UTC milliseconds.</param>
/// <param name="Unit">The requester's unit, when he stands in several.</param>
internal sealed record WorkOrderAsk(
    string Number, string Scene, Act Act, PersonId Requester, IReadOnlyList<PersonId> Approvers, IReadOnlyList<CustomerId> Customers, PurposeKey Purpose,
    IReadOnlyList<ItemKey> Items, long Until, string Reason, long? From = null, UnitId? Unit = null);

/// <param name="Customers">As many as were named. Which of them are there the ticket system is not told: it could ask about any id.</param>
internal sealed record WorkOrderPushed(ApprovalId Approval, int Customers, int Items);

/// <summary>POST /v1/approvals/break-glass and /v1/work-orders: grants that are there without waiting for a colleague, each with its own price.</summary>
internal sealed class VaultRequests(
    IKnowledge knowledge, ICustomers customers, UseRequests uses, BreakGlass glass, WorkOrders orders, ApprovalEndpoints approvals, TimeProvider time)
{
    /// <summary>Longer than reading a hundred customers takes, so that an order is answered after one step whomever it names.</summary>
    internal static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private const int MostCustomers = 100;

    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapPost("/approvals/break-glass", (UseRequest ask, Caller caller, HttpContext http, VaultRequests self, CancellationToken ct) => self.BreakGlassAsync(ask, caller, http, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(UseRequests.Previewed, ApprovalLog.GlassBroken, ApprovalLog.RequestRefused).WithName("break-glass");
        v1.MapPost("/work-orders", (WorkOrderAsk ask, Caller caller, VaultRequests self, CancellationToken ct) => self.OrderAsync(ask, caller, ct))
            .RequirePolicy(Doors.WorkOrders).Records(WorkOrders.Pushed, ApprovalLog.RequestRefused).WithName("work-order-push");
    }

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> BreakGlassAsync(UseRequest ask, Caller caller, HttpContext http, CancellationToken ct) =>
        await approvals.AnswerAsync(await approvals.SettledAsync(http, caller.Actor, actor => GlassAsync(ask, actor, caller, ct)), ct);

    internal async Task<Outcome<Approval>> GlassAsync(UseRequest ask, Actor actor, Caller caller, CancellationToken ct)
    {
        if (actor.Kind != ActorKind.Person)
        {
            return Reasons.ActUngranted;
        }

        var known = await knowledge.AtAsync(actor.ConfigEpoch, ct);
        if (UseRequests.Errors(ask with { Scenes = null }, known) is { Count: > 0 } errors)
        {
            return Problem.Of(errors);
        }

        // An emergency looks, compares and calls; what changes or leaves can wait for a second person.
        if (ask.Act is not (Act.View or Act.Compare or Act.Contact))
        {
            return Problem.Of([Reasons.BadField.At("act")]);
        }

        var (seen, problem) = await uses.LookAsync(ask with { Scenes = null, From = null }, caller, ct);
        return seen is null ? problem! : await glass.OpenAsync(actor, seen.Scope, seen.Evidence, new AskedFrom(ask.Unit, seen.Entity), ct);
    }

    private async Task<Results<Ok<WorkOrderPushed>, ProblemHttpResult>> OrderAsync(WorkOrderAsk ask, Caller caller, CancellationToken ct) =>
        await Levelled.AnswerAsync(() => PushAsync(ask, caller, ct), Step, time, ct) switch
    {
        Outcome<Approval>.Done { Value: var made } => TypedResults.Ok(new WorkOrderPushed(made.Id, ask.Customers.Distinct().Count(), ask.Items.Distinct().Count())),
        Outcome<Approval>.Refused refused => refused.Problem.ToResult(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal async Task<Outcome<Approval>> PushAsync(WorkOrderAsk ask, Caller caller, CancellationToken ct)
    {
        var known = await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct);
        var errors = new List<FieldError>();
        AskRules.CheckItems(ask.Items, "items", known, errors);
        AskRules.CheckTicket(ask.Number, errors);
        void Check(bool wrong, Reason reason, string at)
        {
            if (wrong)
            {
                errors.Add(reason.At(at));
            }
        }

        Check(string.IsNullOrWhiteSpace(ask.Number), Reasons.FieldMissing, "number");
        Check(string.IsNullOrWhiteSpace(ask.Reason), Reasons.FieldMissing, "reason");
        Check(ask.Customers.Count is 0 or > MostCustomers, Reasons.TooMany, "customers");
        Check(ask.Items.Count == 0, Reasons.FieldMissing, "items");

        // By what it names, never by what is there.
        Check(ask.Customers.Distinct().Count() * ask.Items.Distinct().Count() > ApprovalRules.MostTargets, Reasons.TooMany, "customers");

        // An order knows no new value, and a correction is approved with nothing less.
        Check(ask.Act == Act.Correct, Reasons.BadField, "act");
        Check(ask.Approvers.Count is 0 or > 10, Reasons.FieldMissing, "approvers");
        Check(known.Policy.Scene(ask.Scene) is null, Reasons.SceneUnknown, "scene");
        if (errors.Count > 0)
        {
            return Problem.Of(errors);
        }

        if (await orders.RefusalAsync(caller.Actor, ask.Requester, ask.Approvers, ask.Purpose, ask.Items, ct) is { } refusal)
        {
            return refusal;
        }

        // Who is not there, is another company's or lacks the items takes his place with a target that nothing matches: the answer is the same for all.
        var place = await orders.PlaceAsync(caller.Actor, ask.Requester, ask.Unit, known.Policy, ct);
        if (place is not Outcome<EntityId>.Done { Value: var entity })
        {
            return ((Outcome<EntityId>.Refused)place).Problem;
        }

        var (targets, found, most) = (new List<ApprovalTarget>(), 0, ApprovalRules.MostTargets / ask.Customers.Distinct().Count());
        foreach (var id in ask.Customers.Distinct())
        {
            var held = new List<ApprovalTarget>();
            if (await customers.ReadAsync(id, ReadScope.Everything, ct) is { MergedInto: null } customer && customer.Entity == entity)
            {
                held.AddRange(HeldItem.Of(customer, known, null, ask.Items.ToHashSet()).Select(one => GrantScope.TargetOf(customer.Id, one)));
            }

            // Nor does one who has more of an item than his share of the order holds show himself by a refusal.
            var fits = held.Count > 0 && held.Count <= most;
            found += fits ? 1 : 0;
            targets.AddRange(fits ? held : [new ApprovalTarget(id, default, ask.Items[0], 0)]);
        }

        var use = new UseRequest(ask.Act, ask.Customers, ask.Purpose, ask.Items, ask.Until, ask.Reason, Scenes: [ask.Scene]);
        var evidence = new ApprovalEvidence("", found, ask.Items.Distinct().Count(), Reason: ask.Reason);
        return await orders.PushAsync(caller.Actor, new WorkOrder(ask.Number, ask.Requester, ask.Unit, ask.Approvers, UseRequests.ScopeOf(use, targets) with { From = ask.From }, evidence, entity), ct);
    }
}
