using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

[JsonConverter(typeof(KebabEnum<ApprovalState>))]
internal enum ApprovalState
{
    Requested,
    Approved,
    Refused,

    /// <summary>Approved and used, with uses left.</summary>
    InForce,
    Used,
    Expired,
    Revoked,

    /// <summary>Somebody decided on something else than was requested.</summary>
    Void,
}

[JsonConverter(typeof(KebabEnum<ApprovalVerdict>))]
internal enum ApprovalVerdict
{
    Approve,
    Refuse,
}

/// <summary>Content of the control row <c>approval</c>: one request and what became of it (R21, R45). No personal value.</summary>
/// <param name="Act">The kind of act, named by a rule of kind approval: <c>form.publish</c>, <c>use.authorise</c> …</param>
/// <param name="Subject">What it is about, as a machine name or id.</param>
/// <param name="Digest">SHA-256 of exactly what is to be done, 64 lower hex digits.</param>
/// <param name="Preview">What the approver sees; masked, kept as evidence.</param>
/// <param name="Until">UTC milliseconds; there is always an end.</param>
internal sealed record ApprovalContent(
    string Act, string Subject, string Digest, string Preview, PersonId Requester, long Requested, long Until, int UsesLeft, ApprovalState State)
{
    public PersonId? Approver { get; init; }

    public long? Decided { get; init; }

    /// <summary>The state as it counts now: an end that has passed is an end.</summary>
    public ApprovalState At(long now) =>
        State is ApprovalState.Requested or ApprovalState.Approved or ApprovalState.InForce && now >= Until ? ApprovalState.Expired : State;
}

/// <summary>A new state, or why not. Both: refused, and from now on the request is in that (void) state.</summary>
internal sealed record ApprovalStep(ApprovalContent? Next, Reason? Refusal)
{
    public static ApprovalStep To(ApprovalContent next) => new(next, null);

    public static ApprovalStep No(Reason reason) => new(null, reason);
}

/// <summary>The life of a one-step approval. Pure; every path to use leads through another person's approval of the same digest.</summary>
internal static class ApprovalRules
{
    public const int LongestSubject = 80;
    public const int LongestPreview = 4_000;

    public static ApprovalStep Request(
        ApprovalRow? rule, string act, string subject, string digest, string preview, PersonId requester, long until, long now)
    {
        if (rule is null)
        {
            return ApprovalStep.No(Reasons.ApprovalAct);
        }

        if (subject is not { Length: > 0 and <= LongestSubject } || !IsDigest(digest) || preview is not { Length: <= LongestPreview })
        {
            return ApprovalStep.No(Reasons.BadField);
        }

        return until <= now || until - now > rule.LongestMs
            ? ApprovalStep.No(Reasons.ApprovalUntil)
            : ApprovalStep.To(new ApprovalContent(act, subject, digest, preview, requester, now, until, rule.Uses, ApprovalState.Requested));
    }

    /// <param name="posts">The decider's posts in force.</param>
    public static ApprovalStep Decide(
        ApprovalContent content, ApprovalRow? rule, PostBook book, PersonId decider, IReadOnlyList<HeldPost> posts,
        string digest, ApprovalVerdict verdict, string? reason, long now)
    {
        if (content.At(now) != ApprovalState.Requested)
        {
            return ApprovalStep.No(content.At(now) is ApprovalState.Expired or ApprovalState.Void or ApprovalState.Revoked
                ? Reasons.ApprovalVoid
                : Reasons.ApprovalDecided);
        }

        if (decider == content.Requester)
        {
            return ApprovalStep.No(Reasons.ApprovalSelf);
        }

        if (rule is null || !posts.Any(held => rule.Approvers.Contains(held.Post)))
        {
            return ApprovalStep.No(Reasons.ActUngranted);
        }

        if (HoldsIncompatible(posts, book))
        {
            return ApprovalStep.No(Reasons.PostsIncompatible);
        }

        if (!string.Equals(content.Digest, digest, StringComparison.Ordinal))
        {
            return new ApprovalStep(content with { State = ApprovalState.Void }, Reasons.GrantChanged);
        }

        if (!Enum.IsDefined(verdict))
        {
            return ApprovalStep.No(Reasons.BadField);
        }

        if (verdict == ApprovalVerdict.Refuse && string.IsNullOrWhiteSpace(reason))
        {
            return ApprovalStep.No(Reasons.ApprovalReason);
        }

        return ApprovalStep.To(content with
        {
            State = verdict == ApprovalVerdict.Approve ? ApprovalState.Approved : ApprovalState.Refused,
            Approver = decider,
            Decided = now,
        });
    }

    /// <summary>The requester may take it back, the approver may revoke it, until it is used or over.</summary>
    public static ApprovalStep Revoke(ApprovalContent content, PersonId who, long now)
    {
        if (who != content.Requester && who != content.Approver)
        {
            return ApprovalStep.No(Reasons.ActUngranted);
        }

        return content.At(now) is ApprovalState.Requested or ApprovalState.Approved or ApprovalState.InForce
            ? ApprovalStep.To(content with { State = ApprovalState.Revoked })
            : ApprovalStep.No(Reasons.ApprovalVoid);
    }

    /// <summary>One use. The act's own transaction writes the new state together with the act and its entry.</summary>
    public static ApprovalStep Consume(ApprovalContent content, string act, string subject, string digest, PersonId user, long now)
    {
        var state = content.At(now);
        if (state == ApprovalState.Requested)
        {
            return ApprovalStep.No(Reasons.ApprovalUnready);
        }

        // The approver is checked again here: no state, however it came about, lets one person do both halves.
        var stands = state is ApprovalState.Approved or ApprovalState.InForce
            && content.Approver is { } approver && approver != content.Requester && content.UsesLeft > 0;
        if (!stands)
        {
            return ApprovalStep.No(Reasons.ApprovalVoid);
        }

        if (user != content.Requester)
        {
            return ApprovalStep.No(Reasons.ApprovalInvalid);
        }

        if (content.Act != act || content.Subject != subject || content.Digest != digest)
        {
            return ApprovalStep.No(Reasons.GrantChanged);
        }

        var left = content.UsesLeft - 1;
        return ApprovalStep.To(content with { UsesLeft = left, State = left > 0 ? ApprovalState.InForce : ApprovalState.Used });
    }

    public static bool IsDigest(string? digest) =>
        digest is { Length: 64 } && digest.All(letter => letter is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    private static bool HoldsIncompatible(IReadOnlyList<HeldPost> posts, PostBook book) => book.Conflicts.Any(rule =>
        posts.Any(one => posts.Any(other =>
            book.Posts.TryGetValue(one.Post, out var first) && book.Posts.TryGetValue(other.Post, out var second)
            && OrganisationRules.Excludes(rule, first, second))));
}
