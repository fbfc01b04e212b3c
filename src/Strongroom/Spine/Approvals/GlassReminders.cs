using System.Text.Json.Serialization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

/// <summary>How far people have been told of a review that a break-glass owes.</summary>
[JsonConverter(typeof(KebabEnum<GlassStage>))]
internal enum GlassStage
{
    None,

    /// <summary>A quarter of the term is left: who may review it.</summary>
    Due,

    /// <summary>The term is over: the data owners and the officer too.</summary>
    Overdue,

    /// <summary>A day later: the auditors and the security desk too.</summary>
    Escalated,
}

/// <summary>When a review is due and when it is late. Pure.</summary>
internal static class GlassRules
{
    private const long Day = 86_400_000;

    public static GlassStage StageAt(ApprovalContent content, long now) => Times(content).LastOrDefault(time => time.At <= now).Stage;

    /// <summary>When to look next; null: nothing is owed, or everybody has been told.</summary>
    public static long? NextLook(ApprovalContent content, long now) =>
        Times(content).FirstOrDefault(time => time.Stage > content.ReviewTold) is { Stage: not GlassStage.None } next ? Math.Max(next.At, now) : null;

    /// <summary>Only what was used owes a review that somebody must be reminded of; what was opened and never used ends by itself.</summary>
    private static (GlassStage Stage, long At)[] Times(ApprovalContent content) =>
        content is { IsEmergency: true, Review: null, LastUsed: not null, ReviewUntil: { } until }
            ? [(GlassStage.Due, until - ((until - content.Requested) / 4)), (GlassStage.Overdue, until), (GlassStage.Escalated, until + Day)]
            : [];
}

/// <summary>Tells people of a review that is owed, in the transaction that remembers it.</summary>
internal sealed class GlassReminders(Deciders deciders, ApprovalNotices notices)
{
    private static readonly PostKey[] Overdue = [PostKey.Of("data-owner"), PostKey.Of("dpo")];

    private static readonly PostKey[] Escalated = [.. Overdue, PostKey.Of("auditor"), PostKey.Of("admin-4a")];

    /// <param name="rule">The scene's rule; null: it is gone, and then whoever oversees is told at once.</param>
    public async Task TellAsync(Tx tx, PolicySnapshot policy, ApprovalContent content, ApprovalRow? rule, GlassStage stage, long now)
    {
        IReadOnlyList<PersonId> people = rule is null ? [] : await deciders.ReadyAsync(tx, policy, content, rule, ApprovalStage.Open, now);
        if (stage > GlassStage.Due || people.Count == 0)
        {
            people = [.. people.Concat(await deciders.HoldersAsync(tx, policy, content.Entity, stage == GlassStage.Escalated ? Escalated : Overdue, content.Requester, now)).Distinct()];
        }

        await notices.TellAsync(tx, stage == GlassStage.Due ? NoticeTemplates.GlassReviewDue : NoticeTemplates.GlassReviewOverdue, people, content.Scope, content.ReviewUntil!.Value);
    }
}
