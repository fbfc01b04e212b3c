using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

/// <summary>An order as the ticket system's client pushes it, already turned into what the server would open.</summary>
/// <param name="Number">The ticket's number; only its keyed hash is kept.</param>
/// <param name="Requester">Who will carry it out, and nobody else.</param>
/// <param name="Approvers">Who approved it in the ticket system, in the order of the scene's steps.</param>
internal sealed record WorkOrder(string Number, PersonId Requester, UnitId? Unit, IReadOnlyList<PersonId> Approvers, ApprovalScope Scope, ApprovalEvidence Evidence, EntityId Entity);

/// <summary>
/// Orders of the ticket system (R41): pushed beforehand by its client, matched once by the act. The approvers it names must be those whom the scene's
/// rule names; a number that somebody types and no order lies behind is nothing.
/// </summary>
internal sealed class WorkOrders(
    Database database, ControlStore control, ApprovalDesk desk, Deciders deciders, ApprovalNotices notices, IMac mac, IAuditLog log, TimeProvider time)
{
    public const string Pushed = "work-order-pushed";

    private static readonly PostKey[] Overseers = [PostKey.Of("dpo")];

    /// <summary>
    /// What stands against this client's pushing it, before anything of a customer is read; logged. A token alone is not enough, since it stands in for
    /// two people; who answers for the client is neither of them; and it orders nothing that it is not registered for.
    /// </summary>
    public async Task<Reason?> RefusalAsync(Actor client, PersonId requester, IReadOnlyList<PersonId> approvers, PurposeKey? purpose, IEnumerable<ItemKey> items, CancellationToken ct)
    {
        var refusal = Refusal(client, requester, approvers, purpose, items);
        if (refusal is not null)
        {
            await log.AppendAsync(ApprovalLog.Of(ApprovalLog.RequestRefused, client, null) with { Decision = Verdict.Deny, Reasons = [refusal.Code] }, guard: null, ct);
        }

        return refusal;
    }

    /// <summary>The companies whose customers the client may order anything of: those of its owner.</summary>
    public IReadOnlySet<EntityId> EntitiesOf(Actor client, PolicySnapshot policy) => AccessFacts.FactsOf(client, policy, time.NowMs()).Entities;

    /// <summary>
    /// The company an order is for: where its requester stands, in the unit it names, and the client reaches; a refusal is logged. Never that of a customer:
    /// the ticket system would read from the answer where he is, or that he is.
    /// </summary>
    public async Task<Outcome<EntityId>> PlaceAsync(Actor client, PersonId requester, UnitId? unit, PolicySnapshot policy, CancellationToken ct)
    {
        var (now, reach) = (time.NowMs(), EntitiesOf(client, policy));
        var posts = (await database.ReadAsync(tx => control.LoadAsync<PersonContent>(tx, ControlKey.Of(Members.Person, requester)), ct))?.Content.Posts ?? [];
        var places = posts.Where(held => held.InForce(now) && (unit is null || held.Unit == unit))
            .Select(held => policy.Organisation.Units.GetValueOrDefault(held.Unit)?.Entity).OfType<EntityId>().Where(reach.Contains).Distinct().ToList();
        if (places is [var only])
        {
            return only;
        }

        var refusal = reach.Count == 0 ? Reasons.OrderScope : places.Count == 0 ? Reasons.PersonUnknown : Reasons.ApprovalUnit;
        await log.AppendAsync(ApprovalLog.Of(ApprovalLog.RequestRefused, client, null) with { Decision = Verdict.Deny, Reasons = [refusal.Code] }, guard: null, ct);
        return Problem.Of([refusal.At(refusal == Reasons.ApprovalUnit ? "unit" : "requester")]);
    }

    private static Reason? Refusal(Actor client, PersonId requester, IReadOnlyList<PersonId> approvers, PurposeKey? purpose, IEnumerable<ItemKey> items) =>
        !client.MutualTls ? Reasons.OrderCertificate
        : client.Person == requester || approvers.Contains(client.Person) ? Reasons.OrderOwner
        : purpose is not { } stated || !client.Purposes.Contains(stated) || !(client.Items is not { } own || items.All(own.Contains)) ? Reasons.OrderScope
        : null;

    public Task<Outcome<Approval>> PushAsync(Actor client, WorkOrder order, CancellationToken ct)
    {
        var subject = $"order-{Convert.ToHexStringLower(NumberOf(order.Number))[..32]}";
        var scope = order.Scope with { Mode = SceneMode.WorkOrder, Subject = subject };
        return desk.OpenAsync(client, order.Evidence, scope, new AskedFrom(order.Unit, order.Entity), Pushed, async (tx, policy, _, _, now) =>
        {
            var rule = ApprovalPolicy.Of(policy.RuleFor(scope));
            if ((Refusal(client, order.Requester, order.Approvers, scope.Purpose, scope.Targets.Select(target => target.Item))
                ?? (EntitiesOf(client, policy).Contains(order.Entity) ? null : Reasons.OrderScope)) is { } refusal)
            {
                return (ApprovalStep.No(refusal), rule?.Row);
            }

            if (await control.LoadAsync<PersonContent>(tx, ControlKey.Of(Members.Person, order.Requester)) is not { } person || !person.Content.IsActive(now)
                || ApprovalDesk.PlaceOf(person.Content.Posts, new AskedFrom(order.Unit, order.Entity), policy, now) is not var (entity, unit))
            {
                return (ApprovalStep.No(Reasons.PersonUnknown), rule?.Row);
            }

            var step = ApprovalRules.Request(rule, scope, order.Requester, entity, unit, asked: null, now, ordered: true);
            foreach (var approver in order.Approvers)
            {
                if (step.Next is not { State: ApprovalState.Requested } asked || await deciders.OfAsync(tx, policy, approver, asked, now) is not { } decider)
                {
                    return (ApprovalStep.No(step.Refusal ?? Reasons.OrderApprover), rule?.Row);
                }

                step = ApprovalRules.Decide(asked, rule, policy.Posts, decider with { Via = SceneMode.WorkOrder }, asked.Digest, ApprovalVerdict.Approve, null, now);
            }

            if (step.Next is { State: ApprovalState.Approved })
            {
                // Nobody here saw them approve it: they and the officer hear of it with the order itself.
                var overseers = await deciders.HoldersAsync(tx, policy, entity, Overseers, except: order.Requester, now);
                await notices.TellAsync(tx, NoticeTemplates.OrderPushed, [.. order.Approvers.Concat(overseers).Distinct()], scope, now);
            }

            return (step.Next is { State: ApprovalState.Requested } ? ApprovalStep.No(Reasons.OrderApprover) : step, rule?.Row);
        }, ct, async (tx, id) => await ApprovalStore.TakeOrderAsync(tx, NumberOf(order.Number), id) ? null : Reasons.OrderTaken);
    }

    /// <summary>The order behind a ticket's number; null when there is none.</summary>
    public async Task<ApprovalId?> FindAsync(string number, CancellationToken ct)
    {
        var hash = NumberOf(number);
        return await database.ReadAsync(tx => ApprovalStore.OrderAsync(tx, hash), ct) is { } id
            && await desk.LookAsync(id, ct) is var (content, _) && content.Scope.Mode == SceneMode.WorkOrder
            && content.Subject == $"order-{Convert.ToHexStringLower(hash)[..32]}" ? id : null;
    }

    private byte[] NumberOf(string number) => mac.Mac(MacUse.ImportSource, Encoding.UTF8.GetBytes($"work-order\0{number.Trim()}"));
}
