using System.Text.Json;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Approvals;

/// <param name="Digest">SHA-256 of exactly what is to be done, 64 lower hex digits.</param>
/// <param name="Preview">What the approver is to see, masked; at most 4,000 characters.</param>
/// <param name="Until">UTC milliseconds.</param>
/// <param name="Reason">Why; the approver reads it, the log keeps it erasably.</param>
/// <param name="Unit">The unit it is asked from; needed by who stands in several.</param>
/// <param name="Asked">The colleague who is asked first.</param>
internal sealed record ApprovalRequest(
    string Act, string Subject, string Digest, string? Preview, long Until, string? Reason = null, UnitId? Unit = null, PersonId? Asked = null);

/// <param name="Digest">The approval's own digest, as it is shown: it binds requester, act, subject, content, rule, end and uses.</param>
/// <param name="Ticket">Of the signature that was asked for, where the approval is signed.</param>
/// <param name="Credential">What <c>navigator.credentials.get()</c> gave, as <c>toJSON()</c>: signed over the digest.</param>
internal sealed record ApprovalDecision(string Digest, ApprovalVerdict Verdict, string? Reason = null, string? Ticket = null, JsonElement? Credential = null);

/// <summary>A colleague's proof at the requester's screen: his account with the code from his own device, or his passkey. Never a password.</summary>
internal sealed record OnSiteAnswer(string Digest, string? Account = null, string? Code = null, string? Ticket = null, JsonElement? Credential = null);

/// <param name="Note">What the reviewer found.</param>
internal sealed record GlassReview(ReviewVerdict Verdict, string Note);

internal sealed record ApprovalRevocation(string? Reason = null);

/// <param name="Digest">Name it when deciding.</param>
/// <param name="Content">Digest of what is to be done, as it was asked for.</param>
/// <param name="Stage">How far the waiting has gone; only while it waits.</param>
/// <param name="Answer">Until when the present step waits, UTC milliseconds; only while it waits.</param>
/// <param name="Step">The present step of <paramref name="Steps"/>, from 1.</param>
/// <param name="Mode">How the second person takes part.</param>
/// <param name="Scenes">The vault scenes it was asked for.</param>
/// <param name="From">UTC milliseconds from which it opens anything, when it is booked in advance.</param>
/// <param name="Signs">It is approved by a passkey's signature over its digest.</param>
/// <param name="ReviewUntil">Until when a break-glass owes its review, UTC milliseconds.</param>
/// <param name="UnitName">The requester's unit.</param>
/// <param name="Overseen">The reader is no party to it: he may take it back and say why, and nothing else.</param>
/// <param name="Taken">Who took it back, and when.</param>
/// <param name="Purpose">What it is needed for; null for an act that is not about customers.</param>
/// <param name="People">Requester, who was asked and who answered, as colleagues see their names.</param>
/// <param name="Evidence">What the approver is shown; absent for who only oversees, and when its seal is broken, and then nothing should be approved.</param>
internal sealed record ApprovalView(
    ApprovalId Id,
    ApprovalState State,
    string Act,
    string Subject,
    string Digest,
    string Content,
    string Preview,
    PersonId Requester,
    EntityId Entity,
    UnitId Unit,
    long Requested,
    long Until,
    int UsesLeft,
    int Step,
    int Steps,
    PersonId? Asked,
    ApprovalStage? Stage,
    long? Answer,
    IReadOnlyList<ApprovalVoteView> Votes,
    ApprovalEvidence? Evidence,
    PersonId? Approver,
    long? Decided,
    SceneMode Mode,
    IReadOnlyList<string> Scenes,
    long? From,
    bool Signs,
    long? ReviewUntil,
    ApprovalReview? Review,
    string UnitName,
    IReadOnlyList<MaskedPerson> People,
    PurposeKey? Purpose,
    bool Overseen,
    ApprovalTaken? Taken)
{
    /// <summary>Everybody who is named in it.</summary>
    public static IEnumerable<PersonId> PeopleOf(ApprovalContent content) => content.Votes.SelectMany(vote => new[] { vote.Person, vote.For ?? vote.Person })
        .Append(content.Requester).Append(content.Asked ?? content.Requester).Append(content.Review?.Person ?? content.Requester).Append(content.Taken?.Person ?? content.Requester).Distinct();

    public static ApprovalView Of(
        Approval approval, ApprovalEvidence? evidence, int steps, ApprovalStage? stage, bool signs, long now, string unitName, IReadOnlyList<MaskedPerson> people)
    {
        var content = approval.Content;
        var waits = content.At(now) == ApprovalState.Requested;
        return new ApprovalView(
            approval.Id, content.At(now), content.Act, content.Subject, content.Digest, content.Scope.Content, evidence?.Preview ?? "",
            content.Requester, content.Entity, content.Unit, content.Requested, content.Until, content.UsesLeft,
            Math.Min(content.Step + 1, Math.Max(1, steps)), steps, content.Asked, waits ? stage : null, waits ? content.StepUntil : null,
            [.. content.Votes.Select(vote => new ApprovalVoteView(vote.Step + 1, vote.Person, vote.For, vote.Post, vote.Verdict, vote.At, vote.Via, vote.Signed))],
            evidence, content.Approver, content.Votes.Count > 0 ? content.Votes[^1].At : null,
            content.Scope.Mode, content.Scope.Scenes ?? [], content.Scope.From, signs, content.ReviewUntil, content.Review, unitName, people, content.Scope.Purpose, approval.Overseen, content.Taken);
    }
}

/// <param name="For">The absent colleague whose post was used.</param>
internal sealed record ApprovalVoteView(int Step, PersonId Person, PersonId? For, PostKey Post, ApprovalVerdict Verdict, long At, SceneMode Via, bool Signed);

internal sealed record ApprovalList(IReadOnlyList<ApprovalView> Approvals);

/// <param name="To">Who stands in; or his <paramref name="Account"/>, which is what colleagues know.</param>
/// <param name="Posts">Under these posts only; all when left out.</param>
/// <param name="Start">UTC milliseconds; now when left out.</param>
/// <param name="Until">UTC milliseconds, at most 31 days later.</param>
internal sealed record DelegationAsk(long Until, string Reason, PersonId? To = null, string? Account = null, IReadOnlyList<PostKey>? Posts = null, long? Start = null);

internal sealed record DelegationView(
    DelegationId Id, PersonId From, PersonId To, IReadOnlyList<PostKey>? Posts, long Start, long Until, bool Ended, IReadOnlyList<MaskedPerson> People)
{
    public static DelegationView Of(Delegation made, IReadOnlyDictionary<PersonId, MaskedPerson> names) => new(
        made.Id, made.Content.From, made.Content.To, made.Content.Posts, made.Content.Start, made.Content.Until, made.Content.Ended,
        [.. new[] { made.Content.From, made.Content.To }.Select(names.GetValueOrDefault).OfType<MaskedPerson>()]);
}

internal sealed record DelegationList(IReadOnlyList<DelegationView> Delegations);
