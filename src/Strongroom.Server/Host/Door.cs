using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;

namespace Strongroom.Server.Host;

/// <summary>
/// The outer door: before an endpoint runs, its policy is asked whether this kind of caller may knock. An endpoint without a policy is not
/// served. A refusal of somebody known is an entry of the log; refusals of nobody are counted (R50).
/// </summary>
internal sealed class Door(RequestDelegate next, IAuditLog log)
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

        await next(context);
    }

    /// <summary>Routing's own answers to a wrong method or content type: nothing of ours runs, <see cref="ProblemHandler"/> words them.</summary>
    private static bool IsRefusalOfRouting(Endpoint endpoint) =>
        endpoint is not RouteEndpoint and { DisplayName: "405 HTTP Method Not Supported" or "415 HTTP Unsupported Media Type" };
}
