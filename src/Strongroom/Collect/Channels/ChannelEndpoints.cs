using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Collect.Channels;

/// <summary>The register of channels over HTTP.</summary>
internal sealed class ChannelEndpoints(ChannelDesk desk)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/channels", async (ChannelEndpoints channels, CancellationToken ct) => TypedResults.Ok(await channels.Desk.ListAsync(ct)))
            .RequirePolicy(Doors.ChannelsManage).Records(LogFacts.Nothing).WithName("channels");
        app.MapPost("/v1/channels", (Actor actor, HttpContext context, ChannelEndpoints channels, CancellationToken ct) => channels.SaveAsync(null, actor, context, ct))
            .RequirePolicy(Doors.ChannelsManage).Records(ChannelFacts.Registered).WithName("channel-register").Takes(typeof(ChannelAsk));
        app.MapPut("/v1/channels/{id}", (ChannelId id, Actor actor, HttpContext context, ChannelEndpoints channels, CancellationToken ct) => channels.SaveAsync(id, actor, context, ct))
            .RequirePolicy(Doors.ChannelsManage).Records(ChannelFacts.Changed).WithName("channel-change").Takes(typeof(ChannelAsk));
    }

    private ChannelDesk Desk => desk;

    private async Task<Results<Ok<ChannelView>, ProblemHttpResult>> SaveAsync(ChannelId? id, Actor actor, HttpContext context, CancellationToken ct)
    {
        switch (await CollectHttp.ReadAsync(context, ChannelJson.Default.ChannelAsk, ct))
        {
            case BodyRead<ChannelAsk>.Bad bad:
                return bad.Problem.ToResult();
            case BodyRead<ChannelAsk>.Good body when (id is null) != (body.Value.Version == 0):
                return Problem.Of([Reasons.BadField.At("version")]).ToResult();
            case BodyRead<ChannelAsk>.Good body:
                return await desk.SaveAsync(id ?? ChannelId.New(), body.Value, actor, ct) switch
                {
                    Outcome<ChannelView>.Done done => TypedResults.Ok(done.Value),
                    Outcome<ChannelView>.Refused refused => refused.Problem.ToResult(),
                    _ => throw new System.Diagnostics.UnreachableException(),
                };
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
