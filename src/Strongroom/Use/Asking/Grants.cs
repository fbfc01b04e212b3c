using System.Security.Cryptography;
using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Policies;

namespace Strongroom.Use.Asking;

/// <summary>What an approval of a use is about. Its digest is what the approver decided on; any other use has another digest.</summary>
/// <param name="Items">In clear for acts that show values, otherwise those used.</param>
internal sealed record GrantScope(Act Act, CustomerId Customer, PurposeKey Purpose, IReadOnlyCollection<ItemKey> Items)
{
    /// <summary>Name of the act in approvals: <c>use.view</c>, <c>use.correct</c> …</summary>
    public string Name => $"use.{Kebab.Of(Act)}";

    public string Subject => Customer.ToString();

    /// <summary>SHA-256, 64 lower hex, of the lines act, customer, purpose and each item in order, each ended by a line feed.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(
        string.Concat(Items.Order().Select(item => item.Value).Prepend(Purpose.Value).Prepend(Subject).Prepend(Name).Select(line => line + "\n")))));
}

/// <summary>Approvals as uses see them.</summary>
internal sealed class Grants(Database database, ControlStore control, ApprovalDesk desk, TimeProvider time)
{
    /// <summary>What the approval allows, when it is about exactly this; null when there is none or its row does not count.</summary>
    public async Task<ApprovalFacts?> FindAsync(ApprovalId id, GrantScope? scope, CancellationToken ct)
    {
        var row = await database.ReadAsync(tx => control.LoadAsync<ApprovalContent>(tx, ControlKey.Of(ApprovalDesk.Kind, id)), ct);
        if (row is null || scope is null)
        {
            return null;
        }

        var content = row.Content;
        var isThis = content.Act == scope.Name && content.Subject == scope.Subject && content.Digest == scope.Digest;
        var inForce = content.At(time.NowMs()) is ApprovalState.Approved or ApprovalState.InForce;
        return new ApprovalFacts(
            id, content.Requester, scope.Act, new HashSet<CustomerId> { scope.Customer }, scope.Purpose, scope.Items.ToHashSet(),
            Usable: isThis && inForce && content.UsesLeft > 0, content.Until);
    }

    /// <summary>Uses it up once, in the transaction that writes the entry; null: used, over, revoked or void by now, so undo the transaction.</summary>
    public async Task<RowDigest?> ConsumeAsync(Tx tx, ApprovalId id, GrantScope scope, PersonId user) =>
        await desk.ConsumeAsync(tx, id, scope.Name, scope.Subject, scope.Digest, user) is ApprovalUse.Consumed consumed ? consumed.Row : null;
}
