using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Outbox;

namespace Strongroom.Spine.Approvals;

/// <summary>Tells people of requests, in the transaction of what it tells (R45, R123): a code and an instant, never whom or what it is about.</summary>
internal sealed class ApprovalNotices(Outbox.Outbox outbox)
{
    /// <summary>Whether anything could be told at all.</summary>
    public bool AreOpen => outbox.Channels.Count > 0;

    /// <summary>What the requester is told of what somebody else made of his request; null: he did it himself, or there is nothing to tell.</summary>
    public static NoticeTemplate? ToRequester(ApprovalContent content) => content.State switch
    {
        ApprovalState.Approved => NoticeTemplates.ApprovalGiven,
        ApprovalState.Refused => NoticeTemplates.ApprovalRefused,
        ApprovalState.Revoked when content.Taken?.Person != content.Requester => NoticeTemplates.ApprovalTaken,
        _ => null,
    };

    public async Task TellAsync(Tx tx, NoticeTemplate template, IReadOnlyList<PersonId> people, ApprovalScope scope, long now)
    {
        foreach (var person in people.Take(Deciders.MostTold))
        {
            await outbox.AddAsync(tx, new Notice(template, person, [NoticeValue.Code("what", scope.Scenes is [var scene, ..] ? scene : scope.Act), NoticeValue.Instant("at", now)]));
        }
    }
}
