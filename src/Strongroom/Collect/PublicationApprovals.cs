using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Approvals;

namespace Strongroom.Collect;

/// <summary>Publications are approved at the one desk for approvals.</summary>
internal sealed class PublicationApprovals(ApprovalDesk desk) : IPublicationApprovals
{
    public async Task<PublicationApproval> UseAsync(Tx tx, ApprovalId approval, string act, string subject, string digest, PersonId user) =>
        await desk.ConsumeAsync(tx, approval, act, subject, digest, user) switch
        {
            ApprovalUse.Consumed used => new PublicationApproval(used.Row, null),
            ApprovalUse.Refused refused => new PublicationApproval(null, refused.Reason),
            _ => new PublicationApproval(null, Spine.Access.Reasons.ApprovalVoid),
        };
}
