using System.Text.Json;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity.Places;

/// <summary>A policy row that is replaced as a whole: what an approval for it is called and where it stands.</summary>
internal sealed record PlacePolicy(PolicyKind Kind, string Row, string Act, string Changed, string Read)
{
    public static readonly PlacePolicy Zones = new(PolicyKind.Network, "zones", PlaceDraft.ZonesAct, PlaceFacts.ZonesChanged, PlaceFacts.ZonesRead);

    public static readonly PlacePolicy RosterPosts = new(PolicyKind.Roster, "roster-posts", PlaceDraft.RostersAct, PlaceFacts.RostersBound, PlaceFacts.RostersRead);
}

/// <summary>Changes the rules of where and when (R44): all of a kind at once, exactly as somebody else approved them.</summary>
internal sealed class PlacePolicies(Database database, Members members, PolicyStore policies, ApprovalDesk approvals, IAuditLog log)
{
    public async Task<IReadOnlyList<T>> ListAsync<T>(Actor actor, PlacePolicy policy, CancellationToken ct)
    {
        await log.AppendAsync(IdentityFacts.Of(policy.Read, actor), guard: null, ct).ConfigureAwait(false);
        var rows = await database.ReadAsync(policies.ListAsync, ct).ConfigureAwait(false);
        return [.. rows.Where(row => row.Kind == policy.Kind).SelectMany(row => row.Rules).Select(rule => rule.Deserialize<T>(ControlRows.Json)!)];
    }

    /// <param name="fault">What is wrong with the rules now; null: nothing.</param>
    public async Task<Outcome<Approval>> RequestAsync<T>(
        Actor actor, PlacePolicy policy, IReadOnlyList<T> rules, long expires, Func<Tx, Task<Problem?>> fault, CancellationToken ct) =>
        await database.ReadAsync(fault, ct).ConfigureAwait(false) is { } problem
            ? problem
            : await approvals.RequestAsync(actor, policy.Act, policy.Row, PlaceDraft.Digest(rules), PlaceDraft.Canonical(rules), expires, ct).ConfigureAwait(false);

    public Task<Outcome<IReadOnlyList<T>>> ChangeAsync<T>(
        Actor actor, PlacePolicy policy, ApprovalId approval, IReadOnlyList<T> rules, Func<Tx, Task<Problem?>> fault, CancellationToken ct) =>
        members.ChangeAsync<IReadOnlyList<T>>(async tx =>
        {
            if (!await approvals.IsPresentAsync(tx, actor))
            {
                return Reasons.RowChanged;
            }

            if (await fault(tx) is { } problem)
            {
                return problem;
            }

            switch (await approvals.ConsumeAsync(tx, approval, policy.Act, policy.Row, PlaceDraft.Digest(rules), actor.Person))
            {
                case ApprovalUse.Consumed used:
                    var fact = IdentityFacts.Of(policy.Changed, actor) with { Approvals = [used.Approval], Rows = [used.Row] };
                    return await policies.PutAsync(tx, [PolicyContent.Of(policy.Kind, policy.Row, rules)], fact) is PolicySaved.Done
                        ? new Outcome<IReadOnlyList<T>>.Done(rules)
                        : throw Members.Refused(Reasons.RowChanged);
                case ApprovalUse.Refused refused:
                    return refused.Reason;
                default:
                    return Reasons.ApprovalVoid;
            }
        }, ct);
}
