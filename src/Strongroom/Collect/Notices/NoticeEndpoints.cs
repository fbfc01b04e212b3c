using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Collect.Notices;

/// <summary>Notices over HTTP: the words of any version, old ones included, and the way to a new one.</summary>
internal sealed class NoticeEndpoints(NoticeDesk desk, CollectConfig config)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/notices/{key}", (NoticeKey key, Actor actor, NoticeEndpoints notices, CancellationToken ct) => notices.CurrentAsync(key, actor, ct))
            .RequirePolicy(Doors.FormsRead).Records(LogFacts.Nothing).WithName("notice-current");
        app.MapGet("/v1/notices/{key}/{version:int}", (NoticeKey key, int version, Actor actor, NoticeEndpoints notices, CancellationToken ct) => notices.OneAsync(key, version, actor, ct))
            .RequirePolicy(Doors.FormsRead).Records(LogFacts.Nothing).WithName("notice");
        app.MapGet("/v1/notices/{key}/{version:int}/text", (NoticeKey key, int version, Actor actor, NoticeEndpoints notices, CancellationToken ct) => notices.TextAsync(key, version, actor, ct))
            .RequirePolicy(Doors.NoticesManage).Records(LogFacts.Nothing).WithName("notice-text");
        app.MapPut("/v1/notices/{key}/{version:int}", (NoticeKey key, int version, Actor actor, HttpContext context, NoticeEndpoints notices, CancellationToken ct) => notices.DraftAsync(key, version, actor, context, ct))
            .RequirePolicy(Doors.NoticesManage).Records(NoticeFacts.Drafted).WithName("notice-draft").Takes(typeof(NoticeAsk));
        app.MapPost("/v1/notices/{key}/{version:int}/publish", (NoticeKey key, int version, Actor actor, HttpContext context, NoticeEndpoints notices, CancellationToken ct) => notices.PublishAsync(key, version, actor, context, ct))
            .RequirePolicy(Doors.NoticesManage).Records(NoticeFacts.Published).WithName("notice-publish").Takes(typeof(NoticePublishAsk));
    }

    private async Task<Results<Ok<NoticeView>, ProblemHttpResult>> CurrentAsync(NoticeKey key, Actor actor, CancellationToken ct) =>
        Answer((await config.AtLeastAsync(actor.ConfigEpoch, ct)).CurrentNotice(key));

    private async Task<Results<Ok<NoticeView>, ProblemHttpResult>> OneAsync(NoticeKey key, int version, Actor actor, CancellationToken ct)
    {
        var notice = (await config.AtLeastAsync(actor.ConfigEpoch, ct)).Notice(key, version);
        return Answer(notice is { Published: false } && actor.Kind != ActorKind.Person ? null : notice);
    }

    private async Task<Results<Ok<NoticeTextView>, ProblemHttpResult>> TextAsync(NoticeKey key, int version, Actor actor, CancellationToken ct) =>
        (await config.AtLeastAsync(actor.ConfigEpoch, ct)).Notice(key, version) is { } notice ? TypedResults.Ok(NoticeTextView.Of(notice)) : Problem.Of(Reasons.NotFound).ToResult();

    private async Task<Results<Ok<NoticeView>, ProblemHttpResult>> DraftAsync(NoticeKey key, int version, Actor actor, HttpContext context, CancellationToken ct) =>
        await CollectHttp.ReadAsync(context, NoticeJson.Default.NoticeAsk, ct) switch
        {
            BodyRead<NoticeAsk>.Good body => Answer(await desk.DraftAsync(key, version, body.Value, actor, ct)),
            BodyRead<NoticeAsk>.Bad bad => bad.Problem.ToResult(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async Task<Results<Ok<NoticeView>, ProblemHttpResult>> PublishAsync(NoticeKey key, int version, Actor actor, HttpContext context, CancellationToken ct) =>
        await CollectHttp.ReadAsync(context, NoticeJson.Default.NoticePublishAsk, ct) switch
        {
            BodyRead<NoticePublishAsk>.Good body => Answer(await desk.PublishAsync(key, version, body.Value.Approval, actor, ct)),
            BodyRead<NoticePublishAsk>.Bad bad => bad.Problem.ToResult(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static Results<Ok<NoticeView>, ProblemHttpResult> Answer(NoticeContent? notice) =>
        notice is null ? Problem.Of(Reasons.NotFound).ToResult() : TypedResults.Ok(NoticeView.Of(notice));

    private static Results<Ok<NoticeView>, ProblemHttpResult> Answer(Outcome<NoticeContent> outcome) => outcome switch
    {
        Outcome<NoticeContent>.Done done => Answer(done.Value),
        Outcome<NoticeContent>.Refused refused => refused.Problem.ToResult(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
