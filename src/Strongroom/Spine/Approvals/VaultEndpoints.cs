using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Passkeys;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

/// <summary>What vault mode adds to approvals (R41): signing, the requester's screen, grants in force, reviews of emergencies, the monthly report.</summary>
internal sealed class VaultEndpoints(
    ApprovalDesk desk, ApprovalEndpoints approvals, ApproverProofs proofs, VaultQuality quality, IPolicySnapshots policies, IAuditLog log, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/approvals");
        group.MapGet("/in-force", (Actor actor, VaultEndpoints self, CancellationToken ct) => self.InForceAsync(actor, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(ApprovalLog.Read).WithName("approvals-in-force");
        group.MapGet("/quality", (string? month, Actor actor, VaultEndpoints self, CancellationToken ct) => self.QualityAsync(month, actor, ct))
            .RequirePolicy(Doors.VaultQuality).Records(ApprovalLog.QualityRead).WithName("approval-quality");
        group.MapPost("/{id}/sign", (ApprovalId id, Actor actor, HttpContext http, VaultEndpoints self, CancellationToken ct) => self.SignAsync(id, actor, http, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(ApprovalLog.Read).WithName("approval-sign");
        group.MapPost("/{id}/code", (ApprovalId id, Actor actor, VaultEndpoints self, CancellationToken ct) => self.CodeAsync(id, actor, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(ApprovalLog.Read, ApprovalLog.CodeShown).WithName("approval-code");
        group.MapPost("/{id}/on-site/options", (ApprovalId id, Actor actor, HttpContext http, VaultEndpoints self, CancellationToken ct) => self.OnSiteOptionsAsync(id, actor, http, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(ApprovalLog.Read).WithName("approval-on-site-options");
        group.MapPost("/{id}/on-site", (ApprovalId id, OnSiteAnswer ask, Actor actor, HttpContext http, VaultEndpoints self, CancellationToken ct) => self.OnSiteAsync(id, ask, actor, http, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(ApprovalLog.Approved, ApprovalLog.Voided, ApprovalLog.DecisionRefused).WithName("approval-on-site");
        group.MapPost("/{id}/review", (ApprovalId id, GlassReview ask, Actor actor, HttpContext http, VaultEndpoints self, CancellationToken ct) => self.ReviewAsync(id, ask, actor, http, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(ApprovalLog.Reviewed, ApprovalLog.DecisionRefused).WithName("approval-review");
    }

    /// <summary>Grants that open something now, or will when their booked time comes.</summary>
    private async Task<Ok<ApprovalList>> InForceAsync(Actor actor, CancellationToken ct)
    {
        var standing = (await desk.ListAsync(actor, null, ct)).Where(approval => approval.Content.At(time.NowMs()) is ApprovalState.Approved or ApprovalState.InForce);
        return TypedResults.Ok(new ApprovalList(await approvals.ViewsOfAsync([.. standing], ct)));
    }

    private async Task<Results<Ok<VaultQualityReport>, ProblemHttpResult>> QualityAsync(string? month, Actor actor, CancellationToken ct) => Answer(await quality.AnswerAsync(month, actor, ct));

    private async Task<Results<Ok<PasskeyOptionsView>, ProblemHttpResult>> SignAsync(ApprovalId id, Actor actor, HttpContext http, CancellationToken ct) =>
        await desk.FindAsync(actor, id, ct) is { } found ? Answer(await proofs.SignAsync(actor, found, http, ct)) : Problem.Of(Reasons.NotFound).ToResult();

    /// <summary>Only who has proved himself lately, as the rule asks of an approver, is given a code; that he was is logged before he sees it.</summary>
    internal async Task<Results<Ok<OnSiteCode>, ProblemHttpResult>> CodeAsync(ApprovalId id, Actor actor, CancellationToken ct)
    {
        if (await desk.FindAsync(actor, id, ct) is not { Content: var content } || actor.Kind != ActorKind.Person)
        {
            return Problem.Of(Reasons.NotFound).ToResult();
        }

        var now = time.NowMs();
        var must = (await policies.CurrentAsync(actor.ConfigEpoch, ct)).RuleFor(content.Scope)?.CoOperator;
        var proved = Math.Max(actor.SecondFactorAt, actor.Strength >= Strength.SecondFactor ? actor.StrengthAt : 0);
        var refusal = content.Requester == actor.Person ? Reasons.ApprovalSelf
            : content.Scope.Mode != SceneMode.OnSite ? Reasons.ApprovalMode
            : content.At(now) != ApprovalState.Requested ? Reasons.ApprovalVoid
            : now < proved || now - proved > (must?.MaxAgeMs ?? 0) ? Reasons.FactorNeeded
            : null;
        if (refusal is null && await log.AppendAsync(ApprovalLog.Of(ApprovalLog.CodeShown, actor, id), actor.Guard(), ct) is AppendOutcome.Changed)
        {
            refusal = Reasons.RowChanged;
        }

        return refusal is null ? TypedResults.Ok(proofs.CodeOf(content, actor.Person)) : Problem.Of(refusal).ToResult();
    }

    private async Task<Results<Ok<PasskeyOptionsView>, ProblemHttpResult>> OnSiteOptionsAsync(ApprovalId id, Actor actor, HttpContext http, CancellationToken ct) =>
        await desk.FindAsync(actor, id, ct) is not { } found || found.Content.Requester != actor.Person ? Problem.Of(Reasons.NotFound).ToResult()
        : found.Content.Scope.Mode != SceneMode.OnSite ? Problem.Of(Reasons.ApprovalMode).ToResult()
        : Answer(await proofs.OnSiteAsync(actor, found, http));

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> OnSiteAsync(ApprovalId id, OnSiteAnswer ask, Actor actor, HttpContext http, CancellationToken ct)
    {
        var proved = await proofs.OnSiteAsync(actor, id, ask, http, ct);
        return await approvals.AnswerAsync(await approvals.SettledAsync(http, actor, now => desk.OnSiteAsync(now, id, ask.Digest, proved, ct)), ct);
    }

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> ReviewAsync(ApprovalId id, GlassReview ask, Actor actor, HttpContext http, CancellationToken ct) =>
        string.IsNullOrWhiteSpace(ask.Note) || ask.Note.Length > ApprovalRules.LongestPreview
            ? Problem.Of([Reasons.FieldMissing.At("note")]).ToResult()
            : await approvals.AnswerAsync(await approvals.SettledAsync(http, actor, now => desk.ReviewAsync(now, id, ask.Verdict, ask.Note, ct)), ct);

    private static Results<Ok<T>, ProblemHttpResult> Answer<T>(Outcome<T> outcome) => outcome switch
    {
        Outcome<T>.Done done => TypedResults.Ok(done.Value),
        Outcome<T>.Refused refused => refused.Problem.ToResult(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
