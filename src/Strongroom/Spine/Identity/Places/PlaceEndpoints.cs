using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity.Places;

/// <summary>Network zones and permits to work from outside (R44).</summary>
internal sealed class PlaceEndpoints(ZoneDesk zones, RosterPosts posts, RemoteDesk remote)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1");
        v1.MapGet("/zones", async (Actor actor, PlaceEndpoints self, CancellationToken ct) => TypedResults.Ok(new ZonesView(await self.Zones.ListAsync(actor, ct), actor.Zone)))
            .RequirePolicy(Doors.PoliciesManage).Records(PlaceFacts.ZonesRead).WithName("zones");
        v1.MapPost("/zones/request", (ZonesAsk ask, Actor actor, HttpContext http, PlaceEndpoints self, CancellationToken ct) =>
                AskedAsync(self.Zones.RequestAsync(actor, ask.Zones, ActorPipeline.OriginOf(http), ask.Expires, ct)))
            .RequirePolicy(Doors.PoliciesManage).Records(ApprovalLog.Requested, ApprovalLog.RequestRefused).WithName("zones-request");
        v1.MapPut("/zones", (ZonesChange ask, Actor actor, HttpContext http, PlaceEndpoints self, CancellationToken ct) => self.ChangeAsync(ask, actor, http, ct))
            .RequirePolicy(Doors.PoliciesManage).Records(PlaceFacts.ZonesChanged).WithName("zones-change");
        v1.MapGet("/roster-posts", async (Actor actor, PlaceEndpoints self, CancellationToken ct) => TypedResults.Ok(new RosterPostsView(await self.Posts.ListAsync(actor, ct))))
            .RequirePolicy(Doors.PoliciesManage).Records(PlaceFacts.RostersRead).WithName("roster-posts");
        v1.MapPost("/roster-posts/request", (RosterPostsAsk ask, Actor actor, PlaceEndpoints self, CancellationToken ct) =>
                AskedAsync(self.Posts.RequestAsync(actor, ask.Posts, ask.Expires, ct)))
            .RequirePolicy(Doors.PoliciesManage).Records(ApprovalLog.Requested, ApprovalLog.RequestRefused).WithName("roster-posts-request");
        v1.MapPut("/roster-posts", (RosterPostsChange ask, Actor actor, PlaceEndpoints self, CancellationToken ct) => self.BindAsync(ask, actor, ct))
            .RequirePolicy(Doors.PoliciesManage).Records(PlaceFacts.RostersBound).WithName("roster-posts-change");
        v1.MapGet("/remote-access", async (Actor actor, PlaceEndpoints self, CancellationToken ct) => TypedResults.Ok((await self.Remote.ListAsync(actor, ct)).ToArray()))
            .RequirePolicy(Doors.RemoteAccess).Records(PlaceFacts.RemoteRead).WithName("remote-access");
        v1.MapPost("/remote-access/request", (PermitAsk ask, Actor actor, PlaceEndpoints self, CancellationToken ct) =>
                AskedAsync(self.Remote.RequestAsync(actor, ask.Permit, ask.Reason, ask.Expires, ct)))
            .RequirePolicy(Doors.RemoteAccess).Records(ApprovalLog.Requested, ApprovalLog.RequestRefused).WithName("remote-access-request");
        v1.MapPost("/remote-access", (PermitGrant ask, Actor actor, PlaceEndpoints self, CancellationToken ct) => self.GrantAsync(ask, actor, ct))
            .RequirePolicy(Doors.RemoteAccess).Records(PlaceFacts.RemoteGranted).WithName("remote-access-grant");
        v1.MapPost("/remote-access/{person}/end", (PersonId person, Actor actor, PlaceEndpoints self, CancellationToken ct) => self.EndAsync(person, actor, ct))
            .RequirePolicy(Doors.RemoteAccess).Records(PlaceFacts.RemoteEnded).WithName("remote-access-end");
    }

    private ZoneDesk Zones => zones;

    private RosterPosts Posts => posts;

    private RemoteDesk Remote => remote;

    private async Task<Results<Ok<RosterPostsView>, ProblemHttpResult>> BindAsync(RosterPostsChange ask, Actor actor, CancellationToken ct) =>
        await posts.ChangeAsync(actor, ask.Approval, ask.Posts, ct) switch
        {
            Outcome<IReadOnlyList<RosterRow>>.Done done => TypedResults.Ok(new RosterPostsView(done.Value)),
            Outcome<IReadOnlyList<RosterRow>>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private async Task<Results<Ok<ZonesView>, ProblemHttpResult>> ChangeAsync(ZonesChange ask, Actor actor, HttpContext http, CancellationToken ct) =>
        await zones.ChangeAsync(actor, ask.Approval, ask.Zones, ActorPipeline.OriginOf(http), ct) switch
        {
            Outcome<IReadOnlyList<NetworkRow>>.Done done => TypedResults.Ok(new ZonesView(done.Value, actor.Zone)),
            Outcome<IReadOnlyList<NetworkRow>>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private async Task<Results<Created<PermitView>, ProblemHttpResult>> GrantAsync(PermitGrant ask, Actor actor, CancellationToken ct) =>
        await remote.GrantAsync(actor, ask.Approval, ask.Permit, ct) switch
        {
            Outcome<PermitView>.Done done => TypedResults.Created("/v1/remote-access", done.Value),
            Outcome<PermitView>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private async Task<Results<Ok<PermitView>, ProblemHttpResult>> EndAsync(PersonId person, Actor actor, CancellationToken ct) =>
        await remote.EndAsync(actor, person, ct) switch
        {
            Outcome<PermitView>.Done done => TypedResults.Ok(done.Value),
            Outcome<PermitView>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private static async Task<Results<Created<ApprovalAsked>, ProblemHttpResult>> AskedAsync(Task<Outcome<Approval>> asking) => await asking switch
    {
        Outcome<Approval>.Done made => TypedResults.Created($"/v1/approvals/{made.Value.Id}", new ApprovalAsked(made.Value.Id, made.Value.Content.Digest)),
        Outcome<Approval>.Refused refused => refused.Problem.ToResult(),
        _ => Problem.Of(Reasons.ServerFault).ToResult(),
    };
}
