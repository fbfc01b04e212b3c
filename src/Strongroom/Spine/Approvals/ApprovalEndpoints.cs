using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Approvals;

/// <param name="Digest">SHA-256 of exactly what is to be done, 64 lower hex digits.</param>
/// <param name="Preview">What the approver is to see, masked; at most 4,000 characters.</param>
/// <param name="Until">UTC milliseconds.</param>
internal sealed record ApprovalRequest(string Act, string Subject, string Digest, string? Preview, long Until);

internal sealed record ApprovalDecision(string Digest, ApprovalVerdict Verdict, string? Reason = null);

internal sealed record ApprovalRevocation(string? Reason = null);

internal sealed record ApprovalView(
    ApprovalId Id,
    ApprovalState State,
    string Act,
    string Subject,
    string Digest,
    string Preview,
    PersonId Requester,
    long Requested,
    long Until,
    int UsesLeft,
    PersonId? Approver,
    long? Decided)
{
    public static ApprovalView Of(Approval approval, long now)
    {
        var content = approval.Content;
        return new ApprovalView(
            approval.Id, content.At(now), content.Act, content.Subject, content.Digest, content.Preview,
            content.Requester, content.Requested, content.Until, content.UsesLeft, content.Approver, content.Decided);
    }
}

internal sealed record ApprovalList(IReadOnlyList<ApprovalView> Approvals);

/// <summary>POST /v1/approvals, its list, one of them, its decision, its revocation.</summary>
internal sealed class ApprovalEndpoints(ApprovalDesk desk, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/approvals");
        group.MapPost("", (ApprovalRequest ask, Actor actor, ApprovalEndpoints self, CancellationToken ct) => self.RequestAsync(ask, actor, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(ApprovalLog.Requested).WithName("approval-request");
        group.MapGet("", (string? state, Actor actor, ApprovalEndpoints self, CancellationToken ct) => self.ListAsync(state, actor, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(ApprovalLog.Read).WithName("approvals");
        group.MapGet("/{id}", (ApprovalId id, Actor actor, ApprovalEndpoints self, CancellationToken ct) => self.FindAsync(id, actor, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(ApprovalLog.Read).WithName("approval");
        group.MapPost("/{id}/decide", (ApprovalId id, ApprovalDecision ask, Actor actor, ApprovalEndpoints self, CancellationToken ct) =>
                self.DecideAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.ApprovalsUse)
            .Records(ApprovalLog.Approved, ApprovalLog.Refused, ApprovalLog.Voided, ApprovalLog.DecisionRefused)
            .WithName("approval-decide");
        group.MapPost("/{id}/revoke", (ApprovalId id, ApprovalRevocation ask, Actor actor, ApprovalEndpoints self, CancellationToken ct) =>
                self.RevokeAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(ApprovalLog.Revoked, ApprovalLog.DecisionRefused).WithName("approval-revoke");
    }

    /// <summary>Acts whose content the server shows to the approver itself: asked for at their own route, never with a requester's preview.</summary>
    private static readonly FrozenSet<string> ShownByTheServer = ["authorisation.grant"];

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> RequestAsync(ApprovalRequest ask, Actor actor, CancellationToken ct) =>
        ShownByTheServer.Contains(ask.Act) ? Problem.Of([Reasons.BadField.At("act")]).ToResult() : Answer(await desk.RequestAsync(actor, ask.Act, ask.Subject, ask.Digest, ask.Preview ?? "", ask.Until, ct));

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> DecideAsync(ApprovalId id, ApprovalDecision ask, Actor actor, CancellationToken ct) =>
        Answer(await desk.DecideAsync(actor, id, ask.Digest, ask.Verdict, ask.Reason, ct));

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> RevokeAsync(ApprovalId id, ApprovalRevocation ask, Actor actor, CancellationToken ct) =>
        Answer(await desk.RevokeAsync(actor, id, ask.Reason, ct));

    private async Task<Results<Ok<ApprovalList>, ProblemHttpResult>> ListAsync(string? state, Actor actor, CancellationToken ct)
    {
        ApprovalState? wanted = null;
        if (state is not null)
        {
            if (!Kebab.TryParse<ApprovalState>(state, out var known))
            {
                return Problem.Of([Reasons.BadField.At("state")]).ToResult();
            }

            wanted = known;
        }

        var now = time.NowMs();
        return TypedResults.Ok(new ApprovalList([.. (await desk.ListAsync(actor, wanted, ct)).Select(approval => ApprovalView.Of(approval, now))]));
    }

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> FindAsync(ApprovalId id, Actor actor, CancellationToken ct) =>
        await desk.FindAsync(actor, id, ct) is { } found ? TypedResults.Ok(ApprovalView.Of(found, time.NowMs())) : Problem.Of(Reasons.NotFound).ToResult();

    private Results<Ok<ApprovalView>, ProblemHttpResult> Answer(Outcome<Approval> outcome) => outcome switch
    {
        Outcome<Approval>.Done done => TypedResults.Ok(ApprovalView.Of(done.Value, time.NowMs())),
        Outcome<Approval>.Refused refused => refused.Problem.ToResult(),
        _ => Problem.Of(Reasons.ServerFault).ToResult(),
    };
}

internal static class ApprovalsModule
{
    public static IServiceCollection AddApprovals(this IServiceCollection services) =>
        services.AddSingleton<ApprovalDesk>().AddSingleton<ApprovalEndpoints>();

    public static void MapApprovals(this IEndpointRouteBuilder app) => ApprovalEndpoints.Map(app);
}
