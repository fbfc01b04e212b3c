using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;

namespace Strongroom.Collect;

/// <summary>An approval that was used, or why it was not.</summary>
internal readonly record struct PublicationApproval(RowDigest? Row, Reason? Refusal);

/// <summary>Uses a second person's approval inside the transaction of the publication (R21). Bound to act, subject and digest; once.</summary>
internal interface IPublicationApprovals
{
    Task<PublicationApproval> UseAsync(Tx tx, ApprovalId approval, string act, string subject, string digest, PersonId user);
}
