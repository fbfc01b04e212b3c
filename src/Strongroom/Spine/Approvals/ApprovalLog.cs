using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

/// <summary>An approval as it is stored.</summary>
/// <param name="Overseen">For somebody who is no party to it and may only take it back: without what the approver saw.</param>
internal sealed record Approval(ApprovalId Id, long Version, ApprovalContent Content, bool Overseen = false);

/// <summary>Where somebody asks from, and whom first.</summary>
/// <param name="Unit">One of his units; null: the only one he has (in <paramref name="Entity"/>, when that is given).</param>
/// <param name="Asked">The colleague who is asked first; null: all of the step.</param>
/// <param name="Mode">How the second person takes part; null: the rule's first way.</param>
internal sealed record AskedFrom(UnitId? Unit = null, EntityId? Entity = null, PersonId? Asked = null, SceneMode? Mode = null);

/// <summary>What a colleague proved at the requester's screen.</summary>
/// <param name="At">When he proved it, UTC milliseconds.</param>
internal sealed record OnSiteProof(PersonId Person, Strength Strength, long At, bool Signed);

/// <summary>What became of a use.</summary>
internal abstract record ApprovalUse
{
    private ApprovalUse()
    {
    }

    /// <summary>Used, in the caller's transaction. Put <paramref name="Row"/> into the entry's rows and <paramref name="Approval"/> into its approvals.</summary>
    /// <param name="Eyes">Everybody behind it: nobody whom the act concerns may be among them.</param>
    public sealed record Consumed(ApprovalId Approval, IReadOnlyList<PersonId> Eyes, RowDigest Row) : ApprovalUse;

    /// <summary>Not used; roll back.</summary>
    public sealed record Refused(Reason Reason) : ApprovalUse;
}

/// <summary>What the log says about approvals.</summary>
internal static class ApprovalLog
{
    public const string Requested = "approval-requested";
    public const string Lapsed = "approval-vote-lapsed";
    public const string RequestRefused = "approval-request-refused";
    public const string Approved = "approval-approved";
    public const string Refused = "approval-refused";
    public const string Revoked = "approval-revoked";
    public const string Voided = "approval-voided";
    public const string Escalated = "approval-escalated";
    public const string Expired = "approval-expired";
    public const string DecisionRefused = "approval-decision-refused";
    public const string Read = "approvals-read";
    public const string GlassBroken = "break-glass-opened";
    public const string ReviewReminded = "break-glass-review-reminded";
    public const string Reviewed = "break-glass-reviewed";
    public const string CodeShown = "approval-code-shown";
    public const string QualityRead = "approval-quality-read";

    public static LogFact Of(string name, Actor actor, ApprovalId? id, string? reason = null) => new LogFact
    {
        Act = FactName.Of(name),
        Actor = actor.AsLogActor(),
        Approvals = id is { } known ? [known] : [],
        Zone = actor.Zone,
        Details = string.IsNullOrWhiteSpace(reason) ? null : new LogDetails { Reason = reason },
    };
}
