using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Passkeys;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

/// <summary>POST /v1/approvals, its list, one of them, its decision, its revocation; and who stands in for whom.</summary>
internal sealed class ApprovalEndpoints(ApprovalDesk desk, Delegations delegations, IPolicySnapshots policies, Actors actors, ApproverProofs proofs, ApprovalNames names, TimeProvider time)
{
    /// <summary>How often an act is tried again with the caller as he stands then, because rules moved while it was decided.</summary>
    private const int Rounds = 4;

    /// <summary>Acts whose content the server shows to the approver itself: asked for at their own route, never with a requester's preview.</summary>
    private static readonly FrozenSet<string> ShownByTheServer = new[] { "authorisation.grant", "post.grant", "account.recover", "sso.link", "client.tickets", "policy.change", "form.publish", "notice.publish", "zones.change", "rosters.bind", "remote.grant", "hosts.sign-in" }.Concat(Enum.GetValues<Act>().Select(ApprovalActs.Use)).ToFrozenSet(StringComparer.Ordinal);

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/approvals");
        group.MapPost("", (ApprovalRequest ask, Actor actor, HttpContext http, ApprovalEndpoints self, CancellationToken ct) =>
                self.RequestAsync(ask, actor, http, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(ApprovalLog.Requested, ApprovalLog.RequestRefused).WithName("approval-request");
        group.MapGet("", (string? state, Actor actor, ApprovalEndpoints self, CancellationToken ct) => self.ListAsync(state, actor, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(ApprovalLog.Read).WithName("approvals");
        group.MapGet("/{id}", (ApprovalId id, Actor actor, ApprovalEndpoints self, CancellationToken ct) => self.FindAsync(id, actor, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(ApprovalLog.Read).WithName("approval");
        group.MapPost("/{id}/decide", (ApprovalId id, ApprovalDecision ask, Actor actor, HttpContext http, ApprovalEndpoints self, CancellationToken ct) =>
                self.DecideAsync(id, ask, actor, http, ct))
            .RequirePolicy(Doors.ApprovalsUse)
            .Records(ApprovalLog.Approved, ApprovalLog.Refused, ApprovalLog.Voided, ApprovalLog.DecisionRefused)
            .WithName("approval-decide");
        group.MapPost("/{id}/revoke", (ApprovalId id, ApprovalRevocation ask, Actor actor, HttpContext http, ApprovalEndpoints self, CancellationToken ct) =>
                self.RevokeAsync(id, ask, actor, http, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(ApprovalLog.Revoked, ApprovalLog.DecisionRefused).WithName("approval-revoke");
        group.MapPost("/delegations", (DelegationAsk ask, Actor actor, ApprovalEndpoints self, CancellationToken ct) => self.DelegateAsync(ask, actor, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(Delegations.Made).WithName("delegation-make");
        group.MapGet("/delegations", (Actor actor, ApprovalEndpoints self, CancellationToken ct) => self.DelegationsAsync(actor, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(Delegations.Read).WithName("delegations");
        group.MapPost("/delegations/{id}/end", (DelegationId id, Actor actor, ApprovalEndpoints self, CancellationToken ct) => self.EndAsync(id, actor, ct))
            .RequirePolicy(Doors.ApprovalsUse).Records(Delegations.EndedFact).WithName("delegation-end");
    }

    public async Task<ApprovalView> ViewOfAsync(Approval approval, CancellationToken ct) => (await ViewsOfAsync([approval], ct))[0];

    public async Task<IReadOnlyList<ApprovalView>> ViewsOfAsync(IReadOnlyList<Approval> approvals, CancellationToken ct)
    {
        var policy = await policies.CurrentAsync(ct);
        var people = await names.OfAsync(approvals.SelectMany(approval => ApprovalView.PeopleOf(approval.Content)), ct);
        var units = await names.OfAsync(approvals.Select(approval => approval.Content.Unit), ct);
        var now = time.NowMs();
        return [.. approvals.Select(approval =>
        {
            var row = policy.RuleFor(approval.Content.Scope);
            return ApprovalView.Of(
                approval, desk.EvidenceOf(approval), row?.InOrder().Count ?? 0, row is null ? null : ApprovalRules.StageAt(approval.Content, row, now), row?.CoOperator?.Signs == true, now,
                units.GetValueOrDefault(approval.Content.Unit) ?? "", [.. ApprovalView.PeopleOf(approval.Content).Select(people.GetValueOrDefault).OfType<MaskedPerson>()]);
        })];
    }

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> RequestAsync(ApprovalRequest ask, Actor actor, HttpContext http, CancellationToken ct) =>
        ShownByTheServer.Contains(ask.Act) ? Problem.Of([Reasons.BadField.At("act")]).ToResult()
            : ask.Preview is { Length: > ApprovalRules.LongestPreview } ? Problem.Of([Reasons.FieldLong.At("preview")]).ToResult()
            : await AnswerAsync(
                await SettledAsync(http, actor, now => desk.RequestAsync(
                    now, new ApprovalScope(ask.Act, ask.Subject, ask.Digest, ask.Until), new ApprovalEvidence(ask.Preview ?? "", Reason: ask.Reason),
                    new AskedFrom(ask.Unit, Asked: ask.Asked), ct)),
                ct);

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> DecideAsync(ApprovalId id, ApprovalDecision ask, Actor actor, HttpContext http, CancellationToken ct)
    {
        var signed = ask is { Ticket: { } ticket, Credential: { } credential }
            ? await proofs.SignedAsync(actor, id, ask.Digest, new PasskeyAnswer(ticket, credential), http, ct)
            : null;
        return await AnswerAsync(await SettledAsync(http, actor, now => desk.DecideAsync(now, id, ask.Digest, ask.Verdict, ask.Reason, ct, signed)), ct);
    }

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> RevokeAsync(ApprovalId id, ApprovalRevocation ask, Actor actor, HttpContext http, CancellationToken ct) =>
        await AnswerAsync(await SettledAsync(http, actor, now => desk.RevokeAsync(now, id, ask.Reason, ct)), ct);

    public async Task<Outcome<Approval>> SettledAsync(HttpContext http, Actor actor, Func<Actor, Task<Outcome<Approval>>> act)
    {
        for (var round = 1; ; round++)
        {
            var outcome = await act(actor);
            if (round == Rounds || outcome is not Outcome<Approval>.Refused refused || refused.Problem.Code != Reasons.RowChanged.Code)
            {
                return outcome;
            }

            actor = await actors.AgainAsync(actor, ActorPipeline.OriginOf(http), http.RequestAborted);
            if (actor.IsAnonymous)
            {
                return Reasons.SignInNeeded;
            }
        }
    }

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

        return TypedResults.Ok(new ApprovalList(await ViewsOfAsync(await desk.ListAsync(actor, wanted, ct), ct)));
    }

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> FindAsync(ApprovalId id, Actor actor, CancellationToken ct) =>
        await desk.FindAsync(actor, id, ct) is { } found ? TypedResults.Ok(await ViewOfAsync(found, ct)) : Problem.Of(Reasons.NotFound).ToResult();

    private async Task<Results<Ok<DelegationView>, ProblemHttpResult>> DelegateAsync(DelegationAsk ask, Actor actor, CancellationToken ct) =>
        (ask.To ?? (ask.Account is { } account ? await names.PersonOfAsync(account, ct) : null)) is { } to
            ? await AnswerAsync(await delegations.MakeAsync(actor, to, ask.Posts, ask.Start ?? time.NowMs(), ask.Until, ask.Reason, ct), ct)
            : Problem.Of(Reasons.DelegationUnfit).ToResult();

    private async Task<Ok<DelegationList>> DelegationsAsync(Actor actor, CancellationToken ct)
    {
        var found = await delegations.ListAsync(actor, ct);
        var people = await names.OfAsync(found.SelectMany(made => new[] { made.Content.From, made.Content.To }), ct);
        return TypedResults.Ok(new DelegationList([.. found.Select(made => DelegationView.Of(made, people))]));
    }

    private async Task<Results<Ok<DelegationView>, ProblemHttpResult>> EndAsync(DelegationId id, Actor actor, CancellationToken ct) =>
        await AnswerAsync(await delegations.EndAsync(actor, id, ct), ct);

    private async Task<Results<Ok<DelegationView>, ProblemHttpResult>> AnswerAsync(Outcome<Delegation> outcome, CancellationToken ct) => outcome switch
    {
        Outcome<Delegation>.Done { Value: var made } => TypedResults.Ok(DelegationView.Of(made, await names.OfAsync([made.Content.From, made.Content.To], ct))),
        Outcome<Delegation>.Refused refused => refused.Problem.ToResult(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> AnswerAsync(Outcome<Approval> outcome, CancellationToken ct) => outcome switch
    {
        Outcome<Approval>.Done done => TypedResults.Ok(await ViewOfAsync(done.Value, ct)),
        Outcome<Approval>.Refused refused => refused.Problem.ToResult(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

internal static class ApprovalsModule
{
    public static IServiceCollection AddApprovals(this IServiceCollection services) => services
        .AddSingleton<IApproverFacts, PostApproverFacts>()
        .AddSingleton<Deciders>()
        .AddSingleton<ApprovalNotices>()
        .AddSingleton<IRequesterPatterns, RequesterPatterns>()
        .AddSingleton<ApprovalDesk>()
        .AddSingleton<Delegations>()
        .AddSingleton<ApprovalNames>()
        .AddSingleton<ApprovalEndpoints>()
        .AddSingleton<ApproverProofs>()
        .AddSingleton<BreakGlass>()
        .AddSingleton<WorkOrders>()
        .AddSingleton<VaultQuality>()
        .AddSingleton<VaultEndpoints>()
        .AddSingleton<SceneEndpoints>()
        .AddHostedService<ApprovalClock>();

    public static void MapApprovals(this IEndpointRouteBuilder app)
    {
        ApprovalEndpoints.Map(app);
        VaultEndpoints.Map(app);
        SceneEndpoints.Map(app);
    }
}
