using System.Security.Cryptography;
using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;

namespace Strongroom.Use.Asking;

/// <summary>What a use wants of an approval.</summary>
/// <param name="Held">The values it is about, in the versions that are there now.</param>
internal sealed record GrantScope(Act Act, CustomerId Customer, PurposeKey Purpose, IReadOnlyCollection<HeldItem> Held)
{
    /// <summary>Keyed digest of a correction's new values.</summary>
    public string? Values { get; init; }

    public string Name => ApprovalActs.Use(Act);

    public IEnumerable<ApprovalTarget> Targets => Held.Select(held => TargetOf(Customer, held));

    /// <summary>What an approval over these targets is bound to: who approved one new value has not approved another. Null: this can be approved in no way.</summary>
    public static string? ContentOf(Act act, IEnumerable<ApprovalTarget> targets, string? values) => (act, ApprovalScope.RootOf(targets), values) switch
    {
        (not Act.Correct, var root, _) => root,
        (_, var root, { } digest) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{root}/{digest}"))),
        _ => null,
    };

    /// <summary>Whether the approval is bound to what this is going to write.</summary>
    public bool IsBoundBy(ApprovalContent content) => Act != Act.Correct || content.Scope.Content == ContentOf(Act, content.Scope.Targets, Values);

    public static ApprovalTarget TargetOf(CustomerId customer, HeldItem held) => new(customer, held.Record.Id, held.Value.Key, held.Value.Version);
}

/// <summary>Approvals as uses see them: approved ∩ still there, never more.</summary>
internal sealed class Grants(ApprovalDesk desk, WorkOrders orders)
{
    /// <summary>What fits this use of the approval it names or, without one, of the order that lies behind its ticket; null when there is none or its row does not count.</summary>
    public async Task<ApprovalFacts?> FindAsync(Ask ask, Actor actor, GrantScope? scope, CancellationToken ct)
    {
        var named = ask.Grant ?? (actor.Kind == ActorKind.Person && ask.Ticket is { Length: > 0 } ticket ? await orders.FindAsync(ticket, ct) : null);
        if (scope is null || named is not { } id || await desk.LookAsync(id, ct) is not var (content, stands) || (ask.Grant is null && content.Requester != actor.Person))
        {
            return null;
        }

        var still = ApprovalRules.StillApproved(content, scope.Customer, scope.Targets);
        var left = content.UsedFor.GetValueOrDefault(scope.Customer.ToString()) < content.Uses;
        return new ApprovalFacts(
            id, content.Requester, scope.Act, content.Customers.ToHashSet(), content.Scope.Purpose ?? default, still,
            Usable: stands && left && scope.IsBoundBy(content) && content.Act == scope.Name && content.Scope.Purpose == scope.Purpose, content.Until)
        {
            Scenes = (content.Scope.Scenes ?? []).ToHashSet(StringComparer.Ordinal), Emergency = content.IsEmergency,
        };
    }

    /// <summary>Whether what a running batch rests on was not taken back. Its last use was this batch itself, and its end may pass meanwhile.</summary>
    public async Task<bool> StandsAsync(Tx tx, ApprovalId id) => await desk.LookAsync(tx, id) is { State: not (ApprovalState.Revoked or ApprovalState.Void) };

    /// <summary>Uses it up once for this customer, in the transaction that writes the entry; null: used, over, revoked or void by now, so undo the transaction.</summary>
    public async Task<RowDigest?> ConsumeAsync(Tx tx, ApprovalId id, GrantScope scope, PersonId user) =>
        await desk.LookAsync(tx, id) is { } content && scope.IsBoundBy(content)
        && await desk.ConsumeAsync(tx, id, scope.Name, content.Subject, content.Scope.Content, user, scope.Customer) is ApprovalUse.Consumed consumed
            ? consumed.Row
            : null;
}
