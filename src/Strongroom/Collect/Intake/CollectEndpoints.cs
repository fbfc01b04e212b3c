using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;

namespace Strongroom.Collect.Intake;

/// <summary>Taking information in over HTTP: one submission, or a stream of them.</summary>
internal sealed class CollectEndpoints(TakeIn intake, Bulk bulk, FileApprovals files, Actors actors, IdempotencyStore idempotency)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/collect/{form}", (FormKey form, Actor actor, HttpContext context, CollectEndpoints collect, CancellationToken ct) => collect.OneAsync(form, actor, context, ct))
            .RequirePolicy(Doors.Collect).Records(Kebab.Of(Act.Add)).WithName("collect").Takes(typeof(Submission));
        app.MapPost("/v1/collect/{form}/bulk", (FormKey form, Actor actor, HttpContext context, CollectEndpoints collect, CancellationToken ct) => collect.ManyAsync(form, actor, Act.Add, context, ct))
            .RequirePolicy(Doors.Collect).Records(Kebab.Of(Act.Add), Kebab.Of(Act.Import), IntakeFacts.BulkTaken, FileApprovals.Used).WithName("collect-bulk").Takes(typeof(Submission), Bulk.MediaType);
        app.MapPost("/v1/imports/{form}", (FormKey form, Actor actor, HttpContext context, CollectEndpoints collect, CancellationToken ct) => collect.ManyAsync(form, actor, Act.Import, context, ct))
            .RequirePolicy(Doors.ImportRun).Records(Kebab.Of(Act.Import), IntakeFacts.BulkTaken, FileApprovals.Used).WithName("import").Takes(typeof(Submission), Bulk.MediaType);
        app.MapPost("/v1/imports/{form}/request", (FormKey form, FileApprovalAsk ask, Actor actor, CollectEndpoints collect, CancellationToken ct) => collect.AskAsync(form, ask, actor, ct))
            .RequirePolicy(Doors.ImportRun).Records(ApprovalLog.Requested, ApprovalLog.RequestRefused).WithName("import-request");
    }

    private async Task<Results<Created<IntakeAnswer>, Ok<KnownAnswer>, ProblemHttpResult>> OneAsync(FormKey form, Actor actor, HttpContext context, CancellationToken ct)
    {
        var read = await CollectHttp.ReadAsync(context, SubmissionJson.Default.Submission, ct);
        if (read is BodyRead<Submission>.Bad bad)
        {
            await intake.RefuseUnreadAsync(actor, Act.Add, bad.Problem, ct);
            return bad.Problem.ToResult();
        }

        var body = (BodyRead<Submission>.Good)read;
        var claim = CollectHttp.Claim(context, idempotency, actor, body.Bytes, out var problem);
        if (problem is not null)
        {
            return problem.ToResult();
        }

        if (!TryReadGrant(context, out var grant))
        {
            return Problem.Of([Reasons.BadField.At(FileApprovals.Header)]).ToResult();
        }

        var request = new IntakeRequest(form, body.Value, actor, CollectHttp.Again(context, actors), Act.Add, claim, Grant: grant);
        return await intake.TakeAsync(request, ct) switch
        {
            IntakeOutcome.Taken taken => TypedResults.Created($"/v1/customers/{taken.Answer.Customer}", taken.Answer),
            IntakeOutcome.Known known => TypedResults.Ok(new KnownAnswer(known.Customer, known.Record)),
            IntakeOutcome.Refused refused => refused.Problem.ToResult(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private async Task<Results<Created<ApprovalAsked>, ProblemHttpResult>> AskAsync(FormKey form, FileApprovalAsk ask, Actor actor, CancellationToken ct) =>
        await files.RequestAsync(actor, form, ask, ct) switch
        {
            Outcome<Approval>.Done { Value: var made } => TypedResults.Created($"/v1/approvals/{made.Id}", new ApprovalAsked(made.Id, made.Content.Digest)),
            Outcome<Approval>.Refused refused => refused.Problem.ToResult(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async Task<IResult> ManyAsync(FormKey form, Actor actor, Act act, HttpContext context, CancellationToken ct)
    {
        if (context.Request.ContentType is not { } type || !type.StartsWith(Bulk.MediaType, StringComparison.OrdinalIgnoreCase))
        {
            await intake.RefuseUnreadAsync(actor, act, Problem.Of(Reasons.MediaType), ct);
            return Problem.Of(Reasons.MediaType).ToResult();
        }

        // A person's stream of single ones is an import by another door (R41).
        act = actor.Kind == ActorKind.Person ? Act.Import : act;

        // Whoever may handle only a few customers at once does not get round it by a stream of single ones (R42).
        if (actor.RowCeiling is not null)
        {
            await intake.RefuseUnreadAsync(actor, act, Problem.Of(Reasons.RowCeiling), ct);
            return Problem.Of(Reasons.RowCeiling).ToResult();
        }

        var input = context.Request.BodyReader;
        ApprovalId? approved = null;
        if (!TryReadGrant(context, out var named))
        {
            return Problem.Of([Reasons.BadField.At(FileApprovals.Header)]).ToResult();
        }

        if (act == Act.Import && actor.Kind == ActorKind.Person && named is { } approval)
        {
            var opened = await files.OpenAsync(actor, form, approval, context.Request, ct);
            if (opened is not Outcome<PipeReader>.Done { Value: var file })
            {
                var refused = ((Outcome<PipeReader>.Refused)opened).Problem;
                await intake.RefuseUnreadAsync(actor, act, refused, ct);
                return refused.ToResult();
            }

            (input, approved) = (file, approval);
        }

        // A line is bounded, the whole is not: only so many lines are ever in memory.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = Bulk.MediaType;
        await bulk.RunAsync(new BulkRequest(form, actor, CollectHttp.Again(context, actors), act, approved), input, context.Response.BodyWriter, ct);
        return TypedResults.Empty;
    }

    /// <summary>The approval that the request names; false when what stands there is no id.</summary>
    private static bool TryReadGrant(HttpContext context, out ApprovalId? grant)
    {
        grant = null;
        if (context.Request.Headers[FileApprovals.Header] is not [{ } named])
        {
            return true;
        }

        var known = Id.TryParse<ApprovalId>(named, out var id);
        grant = known ? id : null;
        return known;
    }
}
