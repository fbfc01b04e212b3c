using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Collect.Consents;

/// <summary>Consents and receipts over HTTP.</summary>
internal sealed class ConsentEndpoints(ConsentDesk desk, Receipts receipts)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/customers/{id}/consents", (CustomerId id, Actor actor, HttpContext context, ConsentEndpoints consents, CancellationToken ct) => consents.RecordAsync(id, actor, context, ct))
            .RequirePolicy(Doors.CustomerConsent).Records(ConsentFacts.Recorded).WithName("consent-record").Takes(typeof(ConsentsAsk));
        app.MapPost("/v1/customers/{id}/consents/{purpose}/withdraw", (CustomerId id, PurposeKey purpose, Actor actor, ConsentEndpoints consents, CancellationToken ct) => consents.WithdrawAsync(id, purpose, actor, ct))
            .RequirePolicy(Doors.CustomerConsent).Records(ConsentFacts.Withdrawn).WithName("consent-withdraw");
        app.MapGet("/v1/customers/{id}/receipts", (CustomerId id, Actor actor, ConsentEndpoints consents, CancellationToken ct) => consents.ListAsync(id, actor, ct))
            .RequirePolicy(Doors.CustomerConsent).Records(ConsentFacts.ReceiptsRead).WithName("receipts");
        app.MapGet("/v1/receipts/{id}", (ReceiptId id, Actor actor, ConsentEndpoints consents, CancellationToken ct) => consents.OneAsync(id, actor, ct))
            .RequirePolicy(Doors.CustomerConsent).Records(ConsentFacts.ReceiptRead).WithName("receipt");
    }

    private async Task<Results<Created<ConsentsAnswer>, ProblemHttpResult>> RecordAsync(CustomerId id, Actor actor, HttpContext context, CancellationToken ct)
    {
        switch (await CollectHttp.ReadAsync(context, ConsentsJson.Default.ConsentsAsk, ct))
        {
            case BodyRead<ConsentsAsk>.Good body:
                return await desk.RecordAsync(id, body.Value, actor, ct) switch
                {
                    Outcome<ConsentsAnswer>.Done done => TypedResults.Created($"/v1/receipts/{done.Value.Receipt}", done.Value),
                    Outcome<ConsentsAnswer>.Refused refused => refused.Problem.ToResult(),
                    _ => throw new System.Diagnostics.UnreachableException(),
                };
            case BodyRead<ConsentsAsk>.Bad bad:
                return bad.Problem.ToResult();
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<Results<Ok<WithdrawAnswer>, ProblemHttpResult>> WithdrawAsync(CustomerId id, PurposeKey purpose, Actor actor, CancellationToken ct) =>
        await desk.WithdrawAsync(id, purpose, actor, ct) switch
        {
            Outcome<WithdrawAnswer>.Done done => TypedResults.Ok(done.Value),
            Outcome<WithdrawAnswer>.Refused refused => refused.Problem.ToResult(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async Task<Results<Ok<ReceiptsAnswer>, ProblemHttpResult>> ListAsync(CustomerId id, Actor actor, CancellationToken ct)
    {
        try
        {
            return await receipts.ListAsync(id, actor, ct) is { } answer ? TypedResults.Ok(answer) : Problem.Of(Reasons.CustomerUnknown).ToResult();
        }
        catch (UndoneException undone)
        {
            return undone.Problem.ToResult();
        }
    }

    private async Task<Results<FileContentHttpResult, ProblemHttpResult>> OneAsync(ReceiptId id, Actor actor, CancellationToken ct)
    {
        try
        {
            return await receipts.OneAsync(id, actor, ct) is { } document
                ? TypedResults.Bytes(document.ToBytes(), "application/json")
                : Problem.Of(Reasons.NotFound).ToResult();
        }
        catch (UndoneException undone)
        {
            return undone.Problem.ToResult();
        }
    }
}
