using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Server.Host;

/// <summary>
/// The outer door: before an endpoint runs, its policy is asked whether this kind of caller may knock. An endpoint without a policy is not
/// served; for administration the caller must also have proved himself as the policy asks. A refusal of somebody known is an entry of the log; refusals of nobody are counted (R50).
/// </summary>
internal sealed class Door(RequestDelegate next, IAuditLog log, IPolicySnapshots policies, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint)
        {
            await next(context);
            return;
        }

        if (IsRefusalOfRouting(endpoint))
        {
            await next(context);
            return;
        }

        if (endpoint.Metadata.GetMetadata<GuardedBy>() is not { Policy: var policy } || endpoint.Metadata.GetMetadata<RecordsFacts>() is null)
        {
            await ProblemHandler.WriteAsync(context, Problem.Of(ServerReasons.NotGuarded));
            return;
        }

        var actor = Actor.Of(context);
        if (PolicyTable.Refusal(policy, actor) is { } reason)
        {
            if (!actor.IsAnonymous)
            {
                await log.AppendAsync(DoorFacts.Refused(actor, policy, reason), guard: null, context.RequestAborted);
            }

            await ProblemHandler.WriteAsync(context, Problem.Of(reason));
            return;
        }

        if (await MisplacedAsync(endpoint, actor, policy, context.RequestAborted) is { } misplaced)
        {
            await log.AppendAsync(DoorFacts.Refused(actor, policy, misplaced), guard: null, context.RequestAborted);
            await ProblemHandler.WriteAsync(context, Problem.Of(misplaced));
            return;
        }

        if (PolicyTable.Administers(policy) && await UnprovedAsync(actor, context.RequestAborted) is var (unproved, problem))
        {
            await log.AppendAsync(DoorFacts.Refused(actor, policy, unproved), guard: null, context.RequestAborted);
            await ProblemHandler.WriteAsync(context, problem);
            return;
        }

        await next(context);
    }

    /// <summary>
    /// Whether the caller may knock from where he is (R44). What is his own (session, factors, duties) he may look after from everywhere, or
    /// he could not even sign out.
    /// </summary>
    private async Task<Reason?> MisplacedAsync(Endpoint endpoint, Actor actor, string policy, CancellationToken ct)
    {
        if (actor.IsAnonymous || policy is Doors.Anonymous or Doors.SignedIn || endpoint.Metadata.GetMetadata<OpenBeforeReady>() is not null)
        {
            return null;
        }

        var snapshot = await policies.AtLeastAsync(actor.ConfigEpoch, ct);
        return snapshot.Access is { Networks: var plan }
            ? ZoneRules.Refusal(AccessFacts.FactsOf(actor, snapshot, time.NowMs(), time.SureMs()), plan, act: null, PolicyTable.Administers(policy), time.NowMs())
            : null;
    }

    /// <summary>All administration asks for proof, as strong and as fresh as the policy says (R37). No policy: nobody administers.</summary>
    private async Task<(Reason Reason, Problem Problem)?> UnprovedAsync(Actor actor, CancellationToken ct)
    {
        var snapshot = await policies.CurrentAsync(actor.ConfigEpoch, ct);
        if (snapshot.Access is not { Administer: var rule })
        {
            return (Reasons.PolicyMissing, Problem.Of(Reasons.PolicyMissing));
        }

        return ProofRules.Missing(AccessFacts.FactsOf(actor, snapshot, time.NowMs(), time.SureMs()), rule.Strength, rule.MaxAgeMs, time.NowMs()) is { Reason: { } reason, Need: { } need }
            ? (reason, Problem.Of(Reasons.AccessNeeds) with { Reasons = [reason], Needs = [need] })
            : null;
    }

    /// <summary>Routing's own answers to a wrong method or content type: nothing of ours runs, <see cref="ProblemHandler"/> words them.</summary>
    private static bool IsRefusalOfRouting(Endpoint endpoint) =>
        endpoint is not RouteEndpoint and { DisplayName: "405 HTTP Method Not Supported" or "415 HTTP Unsupported Media Type" };
}
