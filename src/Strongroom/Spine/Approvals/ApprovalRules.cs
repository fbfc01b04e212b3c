using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

/// <summary>A new state, or why not. Both: refused, and from now on the request is in that (void) state.</summary>
internal sealed record ApprovalStep(ApprovalContent? Next, Reason? Refusal)
{
    /// <summary>Whose answer it is, when somebody else's session carried it.</summary>
    public PersonId? By { get; init; }

    public static ApprovalStep To(ApprovalContent next) => new(next, null);

    public static ApprovalStep No(Reason reason) => new(null, reason);
}

/// <summary>A post under which somebody may decide.</summary>
/// <param name="At">Where its unit lies as seen from the requester's.</param>
/// <param name="For">Whose post it is, when its holder is away and has named a stand-in.</param>
internal sealed record Stand(PostKey Post, EntityId Entity, UnitPlace At, PersonId? For = null);

internal enum UnitPlace
{
    Same,
    Above,
    Below,
    Apart,
}

/// <summary>What is known, at this instant, of whoever decides.</summary>
/// <param name="Posts">His own posts in force, for incompatible duties.</param>
internal sealed record Decider(PersonId Person, IReadOnlyList<Stand> Stands, IReadOnlyList<HeldPost> Posts)
{
    public IReadOnlySet<string> Duties { get; init; } = new HashSet<string>();

    public bool OnDuty { get; init; }

    public bool ThirdParty { get; init; }

    /// <summary>He works under the requester.</summary>
    public bool Subordinate { get; init; }

    public Strength Strength { get; init; }

    public long StrengthAt { get; init; }

    /// <summary>When he last proved a second factor, whatever his strongest proof is.</summary>
    public long SecondFactorAt { get; init; }

    /// <summary>How he takes part.</summary>
    public SceneMode Via { get; init; }

    /// <summary>He signed exactly this digest with his passkey.</summary>
    public bool Signed { get; init; }

    public long ProvedAt(Strength asked) => asked <= Strength.SecondFactor ? Math.Max(StrengthAt, SecondFactorAt) : StrengthAt;
}

/// <summary>The rule a request stands under, with the digest that binds it.</summary>
internal sealed record ApprovalPolicy(ApprovalRow Row, string Digest)
{
    public static ApprovalPolicy? Of(ApprovalRow? row) => row is null ? null : new(row, Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson.ToText(JsonSerializer.SerializeToElement(row, ControlRows.Json))))));
}

/// <summary>The life of an approval. Pure; every path to use leads through the approvals that its rule names, of exactly the same digest.</summary>
internal static class ApprovalRules
{
    public const int LongestSubject = 80;
    public const int LongestPreview = 4_000;

    /// <summary>Of a text the server itself shows.</summary>
    public const int LongestShown = 256 * 1024;
    public const int MostTargets = 500;

    /// <summary>Wrong proofs at the requester's screen that a request survives, and one more voids it.</summary>
    public const int MostFailures = 2;

    /// <summary>Wrong proofs at one requester's screen, over all his requests of <see cref="FailuresMs"/>: beyond it, somebody is guessing.</summary>
    public const int MostFailuresOfOne = 15;

    public const long FailuresMs = 2L * 86_400_000;

    /// <summary>No import of a file that a person brings runs longer.</summary>
    public const long LongestRunMs = 24L * 3_600_000;

    /// <summary>Of a file of changes; used, it may still run, and be gone on with.</summary>
    public const string BatchSubject = "batch-change";
    private static readonly string ImportAct = ApprovalActs.Use(Act.Import);
    public const long BookAheadMs = 31L * 24 * 3_600_000;

    /// <param name="ordered">It comes from the ticket system's client, not from the requester.</param>
    public static ApprovalStep Request(
        ApprovalPolicy? policy, ApprovalScope scope, PersonId requester, EntityId entity, UnitId unit, PersonId? asked, long now, bool ordered = false)
    {
        if (policy is null)
        {
            return ApprovalStep.No(Reasons.ApprovalAct);
        }

        if (scope.Subject is not { Length: > 0 and <= LongestSubject } || !IsDigest(scope.Content) || scope.Targets.Count > MostTargets || scope.Act != policy.Row.Act)
        {
            return ApprovalStep.No(Reasons.BadField);
        }

        if (asked == requester)
        {
            return ApprovalStep.No(Reasons.ApprovalSelf);
        }

        if (scope.Mode == SceneMode.None)
        {
            return ApprovalStep.No(Reasons.ApprovalMode);
        }

        if (Misfit(policy.Row, scope, ordered, now) is { } misfit)
        {
            return ApprovalStep.No(misfit);
        }

        var content = new ApprovalContent(scope, requester, entity, unit, now, policy.Row.Uses, policy.Digest)
        {
            State = ApprovalState.Requested, Asked = asked, StepSince = now, StepUntil = scope.Until, Told = asked is null ? ApprovalStage.Open : ApprovalStage.Asked,
        };
        return ApprovalStep.To(content with { StepUntil = EndOfStep(content, policy.Row, 0, now) });
    }

    public static ApprovalStep Decide(
        ApprovalContent content, ApprovalPolicy? policy, PostBook book, Decider decider, string digest, ApprovalVerdict verdict, string? reason, long now)
    {
        if (content.At(now) != ApprovalState.Requested)
        {
            return ApprovalStep.No(content.At(now) is ApprovalState.Expired or ApprovalState.Void or ApprovalState.Revoked
                ? Reasons.ApprovalVoid
                : Reasons.ApprovalDecided);
        }

        if (decider.Person == content.Requester)
        {
            return ApprovalStep.No(Reasons.ApprovalSelf);
        }

        // A refusal may come by any way; an approval only by the one that was asked for.
        if (verdict == ApprovalVerdict.Approve && decider.Via != content.Scope.Mode)
        {
            return ApprovalStep.No(Reasons.ApprovalMode);
        }

        if (policy is null)
        {
            return ApprovalStep.No(Reasons.ActUngranted);
        }

        if (policy.Digest != content.Policy)
        {
            // The rule has changed: what was asked for under the old one is asked for anew.
            return new ApprovalStep(content with { State = ApprovalState.Void }, Reasons.GrantChanged);
        }

        if (StandOf(content, policy.Row, decider, now, out var refusal) is not { } stand)
        {
            return ApprovalStep.No(refusal!);
        }

        if (Unfit(content, policy.Row, book, decider, stand, now) is { } unfit)
        {
            return ApprovalStep.No(unfit);
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

        return ApprovalStep.To(Count(content, policy.Row, new ApprovalVote(content.Step, decider.Person, stand.For, stand.Post, verdict, now, decider.Via, decider.Signed), now));
    }

    /// <summary>
    /// The requester may take it back, whoever approved may revoke it, until it is used or over. An import that has used it up may run for a while: revoking
    /// then stops what is left of it. Whoever oversees takes back what was granted, and says why; a request is none of his business.
    /// </summary>
    public static ApprovalStep Revoke(ApprovalContent content, PersonId who, long now, bool oversees = false, string? reason = null)
    {
        if (who != content.Requester && !content.Votes.Any(vote => vote.Person == who && vote.Verdict == ApprovalVerdict.Approve)
            && (!oversees || content.State == ApprovalState.Requested || string.IsNullOrWhiteSpace(reason)))
        {
            return ApprovalStep.No(oversees && content.State != ApprovalState.Requested ? Reasons.ApprovalReason : Reasons.ActUngranted);
        }

        return content.At(now) is ApprovalState.Requested or ApprovalState.Approved or ApprovalState.InForce
            || (content.State == ApprovalState.Used && (content.Act == ImportAct || content.Subject == BatchSubject) && now - content.LastUsed < LongestRunMs)
            ? ApprovalStep.To(content with { State = ApprovalState.Revoked, Taken = new ApprovalTaken(who, now) })
            : ApprovalStep.No(Reasons.ApprovalVoid);
    }

    /// <summary>A wrong proof at the requester's screen: the third voids the request, and nobody's account suffers.</summary>
    public static ApprovalStep Fail(ApprovalContent content, long now) => content.At(now) != ApprovalState.Requested
        ? ApprovalStep.No(Reasons.ApprovalVoid)
        : ApprovalStep.To(content with { Failures = content.Failures + 1, State = content.Failures >= MostFailures ? ApprovalState.Void : content.State });

    /// <summary>Whether a requester's requests have been answered wrongly so often that no further proof is looked at.</summary>
    public static bool HasFailedOften(IEnumerable<ApprovalContent> lately) => lately.Sum(content => content.Failures) >= MostFailuresOfOne;

    /// <summary>Break-glass: in force without anybody, for a short while, and with a debt. What it may never do is the decision's matter.</summary>
    /// <param name="owing">The person has a break-glass that is still in force, or was used and nobody has reviewed.</param>
    public static ApprovalStep BreakGlass(ApprovalPolicy? policy, ApprovalScope scope, PersonId requester, EntityId entity, UnitId unit, bool owing, long reviewMs, long now)
    {
        if (policy is null || policy.Row.ModesInOrder() is not [SceneMode.None] || scope.Mode != SceneMode.None)
        {
            return ApprovalStep.No(Reasons.SceneOff);
        }

        if (owing)
        {
            return ApprovalStep.No(Reasons.BreakGlassOwed);
        }

        if (scope.Subject is not { Length: > 0 and <= LongestSubject } || !IsDigest(scope.Content) || scope.Targets.Count is 0 or > MostTargets || scope.Act != policy.Row.Act)
        {
            return ApprovalStep.No(Reasons.BadField);
        }

        return Misfit(policy.Row, scope, ordered: false, now) is { } misfit
            ? ApprovalStep.No(misfit)
            : ApprovalStep.To(new ApprovalContent(scope, requester, entity, unit, now, policy.Row.Uses, policy.Digest)
            {
                State = ApprovalState.Approved, StepSince = now, StepUntil = scope.Until, Told = ApprovalStage.Open, ReviewUntil = now + reviewMs,
            });
    }

    /// <summary>The review that a break-glass owes, by somebody whom the rule names, at any time afterwards; once.</summary>
    public static ApprovalStep Review(ApprovalContent content, ApprovalRow? row, Decider reviewer, ReviewVerdict verdict, long now)
    {
        if (!content.IsEmergency || !Enum.IsDefined(verdict))
        {
            return ApprovalStep.No(Reasons.BadField);
        }

        if (content.Review is not null)
        {
            return ApprovalStep.No(Reasons.ApprovalDecided);
        }

        if (reviewer.Person == content.Requester)
        {
            return ApprovalStep.No(Reasons.ApprovalSelf);
        }

        return row is null || reviewer.ThirdParty || !reviewer.Stands.Any(stand => stand.For != content.Requester && row.InOrder()[0].Who.Any(who => Fits(content, who, stand, reviewer.Duties)))
            ? ApprovalStep.No(Reasons.ActUngranted)
            : ApprovalStep.To(content with { Review = new ApprovalReview(reviewer.Person, verdict, now), State = content.At(now) is ApprovalState.Approved or ApprovalState.InForce ? ApprovalState.Revoked : content.State });
    }

    /// <summary>A break-glass that stands in the way of the next one: still in force, or used and not reviewed.</summary>
    public static bool Owes(ApprovalContent content, long now) =>
        content is { IsEmergency: true, Review: null } && (content.LastUsed is not null || content.At(now) is ApprovalState.Approved or ApprovalState.InForce);

    /// <summary>One use. The act's own transaction writes the new state together with the act and its entry.</summary>
    /// <param name="policy">The rule as it stands now: one that was changed or taken away opens nothing any more.</param>
    /// <param name="customer">Whose information it is used on; null for an act that is not about customers.</param>
    public static ApprovalStep Consume(
        ApprovalContent content, ApprovalPolicy? policy, string act, string subject, string digest, PersonId user, CustomerId? customer, long now,
        long sure = long.MaxValue)
    {
        var state = content.At(now);
        if (state == ApprovalState.Requested)
        {
            return ApprovalStep.No(Reasons.ApprovalUnready);
        }

        if (state is not (ApprovalState.Approved or ApprovalState.InForce) || policy is null || policy.Digest != content.Policy || !IsComplete(content, policy.Row))
        {
            return ApprovalStep.No(Reasons.ApprovalVoid);
        }

        // A booked time comes by what is known to have passed.
        if (Math.Min(now, sure) < content.Scope.From)
        {
            return ApprovalStep.No(Reasons.ApprovalEarly);
        }

        if (user != content.Requester)
        {
            return ApprovalStep.No(Reasons.ApprovalInvalid);
        }

        if (content.Act != act || content.Subject != subject || content.Scope.Content != digest || customer is null != (content.Scope.Targets.Count == 0))
        {
            return ApprovalStep.No(Reasons.GrantChanged);
        }

        return customer is { } whose ? ConsumeFor(content with { LastUsed = now }, whose) : ConsumeOnce(content with { LastUsed = now });
    }

    /// <summary>What of the approved targets still stands: the same record, item and version. Never more than was approved.</summary>
    public static IReadOnlySet<ItemKey> StillApproved(ApprovalContent content, CustomerId customer, IEnumerable<ApprovalTarget> held)
    {
        var approved = content.Scope.Targets.Where(target => target.Customer == customer).ToHashSet();
        return held.Where(target => target.Customer == customer).GroupBy(target => target.Item)
            .Where(item => item.All(approved.Contains)).Select(item => item.Key).ToHashSet();
    }

    /// <summary>How far the waiting has gone.</summary>
    public static ApprovalStage StageAt(ApprovalContent content, ApprovalRow row, long now)
    {
        var waited = now - content.StepSince;
        return row.Escalation is { } up && waited >= up.LeadMs ? ApprovalStage.Lead
            : content.Asked is not null && content.Step == 0 && waited < (row.Escalation?.NextMs ?? long.MaxValue) ? ApprovalStage.Asked
            : ApprovalStage.Open;
    }

    /// <summary>When the clock has to look at a waiting request again; null: never.</summary>
    public static long? NextLook(ApprovalContent content, ApprovalRow? row, long now)
    {
        if (content.At(now) != ApprovalState.Requested)
        {
            long?[] ends = [content.State is ApprovalState.Approved or ApprovalState.InForce && now < content.Until ? content.Until : null, GlassRules.NextLook(content, now)];
            return ends.Min();
        }

        // Whoever answered may leave before the others have: then somebody else is asked, and soon.
        long[] votes = content.Votes.Count > 0 ? [now + VoteRules.LookMs] : [];
        long[] up = row?.Escalation is { } on ? [content.StepSince + on.NextMs, content.StepSince + on.LeadMs] : [];
        long[] looks = [.. votes, .. up, content.StepUntil, content.Until];
        return looks.Where(at => at > now).DefaultIfEmpty(now).Min();
    }

    /// <summary>Whether somebody with these posts could decide the present step; for lists and for asking whether anybody is there.</summary>
    public static bool Fits(ApprovalContent content, ApprovalRow row, IEnumerable<Stand> stands, IReadOnlySet<string> duties) =>
        stands.Any(stand => row.InOrder().SelectMany(step => step.Who).Concat(row.Escalation is { } up ? [up.Lead] : []).Any(who => Fits(content, who, stand, duties)));

    public static bool IsDigest(string? digest) =>
        digest is { Length: 64 } && digest.All(letter => letter is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    /// <summary>Every step has the approvals it names, of different people, none of them the requester: looked at again before every use.</summary>
    public static bool IsComplete(ApprovalContent content, ApprovalRow row)
    {
        var votes = content.Votes;
        if (content.IsEmergency || row.ModesInOrder().Contains(SceneMode.None))
        {
            return content.IsEmergency && row.ModesInOrder() is [SceneMode.None] && votes.Count == 0;
        }

        var eyes = votes.SelectMany(vote => vote.For is { } other ? new[] { vote.Person, other } : [vote.Person]).ToList();
        return votes.All(vote => vote.Verdict == ApprovalVerdict.Approve && !vote.IsBy(content.Requester) && vote.Via == content.Scope.Mode && (vote.Signed || row.CoOperator?.Signs != true))
            && eyes.Distinct().Count() == eyes.Count
            && row.InOrder().Select((step, i) => votes.Count(vote => vote.Step == i) >= step.Count).All(enough => enough);
    }

    private static Reason? Misfit(ApprovalRow row, ApprovalScope scope, bool ordered, long now)
    {
        var start = Math.Max(scope.From ?? now, now);
        return scope.From is { } from && (!row.Booked || from - now > BookAheadMs) ? Reasons.ApprovalBooking
            : scope.Until <= start || scope.Until - start > row.LongestMs ? Reasons.ApprovalUntil
            : !row.ModesInOrder().Contains(scope.Mode) || scope.Mode == SceneMode.WorkOrder != ordered ? Reasons.ApprovalMode
            : row.Customers is { } most && scope.Targets.Select(target => target.Customer).Distinct().Count() > most ? Reasons.TooMany
            : null;
    }

    private static ApprovalStep ConsumeOnce(ApprovalContent content) => content.Used >= content.Uses
        ? ApprovalStep.No(Reasons.ApprovalVoid)
        : ApprovalStep.To(Settled(content with { Used = content.Used + 1 }));

    private static ApprovalStep ConsumeFor(ApprovalContent content, CustomerId customer)
    {
        var used = content.UsedFor.GetValueOrDefault(customer.ToString());
        if (content.Scope.Targets.All(target => target.Customer != customer))
        {
            return ApprovalStep.No(Reasons.GrantChanged);
        }

        return used >= content.Uses
            ? ApprovalStep.No(Reasons.ApprovalVoid)
            : ApprovalStep.To(Settled(content with { UsedFor = new Dictionary<string, int>(content.UsedFor) { [customer.ToString()] = used + 1 } }));
    }

    private static ApprovalContent Settled(ApprovalContent content) => content with { State = content.UsesLeft > 0 ? ApprovalState.InForce : ApprovalState.Used };

    private static ApprovalContent Count(ApprovalContent content, ApprovalRow row, ApprovalVote vote, long now)
    {
        var counted = content with { Votes = [.. content.Votes, vote] };
        if (vote.Verdict == ApprovalVerdict.Refuse)
        {
            return counted with { State = ApprovalState.Refused };
        }

        var step = VoteRules.OpenStep(counted.Votes, row.InOrder());
        return step == content.Step ? counted
            : step == row.InOrder().Count ? counted with { State = ApprovalState.Approved }
            : counted with { Step = step, StepSince = now, StepUntil = EndOfStep(content, row, step, now), Told = ApprovalStage.Open };
    }

    public static long EndOfStep(ApprovalContent content, ApprovalRow row, int step, long now) =>
        Math.Min(content.Until, now + Math.Min(row.InOrder()[step].WithinMs ?? long.MaxValue / 2, row.Escalation?.ExpireMs ?? long.MaxValue / 2));

    /// <summary>The post under which this person may answer now; the first that fits, his own before one he stands in for.</summary>
    private static Stand? StandOf(ApprovalContent content, ApprovalRow row, Decider decider, long now, out Reason? refusal)
    {
        var stage = StageAt(content, row, now);
        var who = row.InOrder()[content.Step].Who.Concat(stage == ApprovalStage.Lead ? [row.Escalation!.Lead] : []).ToList();
        var fitting = decider.Stands.Where(stand => who.Any(one => Fits(content, one, stand, decider.Duties))).OrderBy(stand => stand.For is null ? 0 : 1).ToList();
        refusal = fitting.Count == 0 ? Reasons.ActUngranted : null;
        if (refusal is not null)
        {
            return null;
        }

        if (stage == ApprovalStage.Asked && decider.Person != content.Asked && fitting.All(stand => stand.For != content.Asked))
        {
            refusal = Reasons.ApprovalTurn;
            return null;
        }

        // Nobody answers for the requester, and nobody who has answered answers again, in his own name or another's.
        var free = fitting.FirstOrDefault(stand => stand.For != content.Requester
            && content.Votes.All(vote => !vote.IsBy(decider.Person) && (stand.For is not { } other || !vote.IsBy(other))));
        refusal = free is not null ? null : fitting.TrueForAll(stand => stand.For == content.Requester) ? Reasons.ApprovalSelf : Reasons.ApprovalTwice;
        return free;
    }

    private static Reason? Unfit(ApprovalContent content, ApprovalRow row, PostBook book, Decider decider, Stand stand, long now)
    {
        var held = decider.Posts.Select(post => post.Post).Append(stand.Post).Distinct().ToList();
        if (HoldsIncompatible(held, book))
        {
            return Reasons.PostsIncompatible;
        }

        if (row.CoOperator is not { } must)
        {
            return null;
        }

        if (decider.ThirdParty)
        {
            return Reasons.ApproverThirdParty;
        }

        if (decider.Subordinate)
        {
            return Reasons.ApproverConflict;
        }

        if (must.Signs && !decider.Signed)
        {
            return Reasons.ApprovalSign;
        }

        // An order was decided in the ticket system, at its own time; its client answers for how.
        if (decider.Via == SceneMode.WorkOrder)
        {
            return null;
        }

        if (must.OnDuty && !decider.OnDuty)
        {
            return Reasons.ApproverOffDuty;
        }

        // A proof from the future is no recent proof: a clock jumped.
        var proved = decider.ProvedAt(must.Strength);
        return decider.Strength < must.Strength || now < proved || now - proved > must.MaxAgeMs ? Reasons.FactorNeeded : null;
    }

    private static bool Fits(ApprovalContent content, ApproverRow who, Stand stand, IReadOnlySet<string> duties) =>
        stand.Entity == content.Entity
        && (who.Post is null || who.Post == stand.Post)
        && (who.Duty is null || duties.Contains(who.Duty))
        && (who.Post is not null || who.Duty is not null)
        && who.Unit switch
        {
            ApproverUnit.Entity => true,
            ApproverUnit.Own => stand.At == UnitPlace.Same,
            ApproverUnit.OwnOrAbove => stand.At is UnitPlace.Same or UnitPlace.Above,
            ApproverUnit.Other => stand.At == UnitPlace.Apart,
            _ => false,
        };

    private static bool HoldsIncompatible(List<PostKey> posts, PostBook book) => book.Conflicts.Any(rule =>
        posts.Exists(one => posts.Exists(other =>
            book.Posts.TryGetValue(one, out var first) && book.Posts.TryGetValue(other, out var second)
            && OrganisationRules.Excludes(rule, first, second))));
}
