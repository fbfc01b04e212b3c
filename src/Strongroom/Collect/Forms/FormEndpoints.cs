using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Collect.Forms;

/// <summary>Forms over HTTP. Reading one tells nothing about anybody; every step of a form is an entry.</summary>
internal sealed class FormEndpoints(FormDesk desk, CollectConfig config)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/forms", (Actor actor, FormEndpoints forms, CancellationToken ct) => forms.ListAsync(actor, ct))
            .RequirePolicy(Doors.FormsRead).Records(LogFacts.Nothing).WithName("forms");
        app.MapGet("/v1/forms/{key}", (FormKey key, Actor actor, FormEndpoints forms, CancellationToken ct) => forms.OneAsync(key, actor, ct))
            .RequirePolicy(Doors.FormsRead).Records(LogFacts.Nothing).WithName("form");
        app.MapPut("/v1/forms/{key}", (FormKey key, Actor actor, HttpContext context, FormEndpoints forms, CancellationToken ct) => forms.DraftAsync(key, actor, context, ct))
            .RequirePolicy(Doors.FormsManage).Records(FormFacts.Drafted).WithName("form-draft").Takes(typeof(FormAsk));
        app.MapPost("/v1/forms/{key}/review", (FormKey key, Actor actor, FormEndpoints forms, CancellationToken ct) => forms.ReviewAsync(key, actor, ct))
            .RequirePolicy(Doors.FormsManage).Records(FormFacts.Reviewed).WithName("form-review");
        app.MapPost("/v1/forms/{key}/publish", (FormKey key, Actor actor, HttpContext context, FormEndpoints forms, CancellationToken ct) => forms.PublishAsync(key, actor, context, ct))
            .RequirePolicy(Doors.FormsManage).Records(FormFacts.Opened).WithName("form-publish").Takes(typeof(PublishAsk));
    }

    private async Task<Ok<FormsView>> ListAsync(Actor actor, CancellationToken ct) =>
        TypedResults.Ok(new FormsView([.. (await config.AtLeastAsync(actor.ConfigEpoch, ct)).Forms.Where(form => MaySee(actor, form)).Select(FormView.Of)]));

    private async Task<Results<Ok<FormView>, ProblemHttpResult>> OneAsync(FormKey key, Actor actor, CancellationToken ct) =>
        (await config.AtLeastAsync(actor.ConfigEpoch, ct)).Form(key) is { } form && MaySee(actor, form)
            ? TypedResults.Ok(FormView.Of(form))
            : Problem.Of(Reasons.FormUnknown).ToResult();

    private async Task<Results<Ok<FormView>, ProblemHttpResult>> DraftAsync(FormKey key, Actor actor, HttpContext context, CancellationToken ct) =>
        await CollectHttp.ReadAsync(context, FormJson.Default.FormAsk, ct) switch
        {
            BodyRead<FormAsk>.Good body => Answer(await desk.DraftAsync(key, body.Value, actor, ct)),
            BodyRead<FormAsk>.Bad bad => bad.Problem.ToResult(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async Task<Results<Ok<FormView>, ProblemHttpResult>> ReviewAsync(FormKey key, Actor actor, CancellationToken ct) =>
        Answer(await desk.ReviewAsync(key, actor, ct));

    private async Task<Results<Ok<FormView>, ProblemHttpResult>> PublishAsync(FormKey key, Actor actor, HttpContext context, CancellationToken ct) =>
        await CollectHttp.ReadAsync(context, FormJson.Default.PublishAsk, ct) switch
        {
            BodyRead<PublishAsk>.Good body => Answer(await desk.PublishAsync(key, body.Value.Approval, actor, ct)),
            BodyRead<PublishAsk>.Bad bad => bad.Problem.ToResult(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static bool MaySee(Actor actor, FormContent form) =>
        actor.Kind == ActorKind.Person || actor.Forms.Contains((form.Open ?? form.Draft)!.Form.Key);

    private static Results<Ok<FormView>, ProblemHttpResult> Answer(Outcome<FormContent> outcome) => outcome switch
    {
        Outcome<FormContent>.Done done => TypedResults.Ok(FormView.Of(done.Value)),
        Outcome<FormContent>.Refused refused => refused.Problem.ToResult(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
