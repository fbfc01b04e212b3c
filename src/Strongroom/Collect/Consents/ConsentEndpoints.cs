using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Ground.Json;
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
        app.MapPost("/v1/customers/{id}/consents/{purpose}/withdraw", (
                CustomerId id, PurposeKey purpose, WithdrawAsk? ask, Actor actor, ConsentEndpoints consents, CancellationToken ct) =>
                consents.WithdrawAsync(id, purpose, ask is null ? Serving.Nobody : new Serving(ask.Session, ask.Ticket), actor, ct))
            .RequirePolicy(Doors.CustomerConsent).Records(ConsentFacts.Withdrawn).WithName("consent-withdraw");
        app.MapGet("/v1/customers/{id}/receipts", (
                CustomerId id, [FromHeader(Name = ServingHeaders.Session)] ServiceSessionId? session, [FromHeader(Name = ServingHeaders.Ticket)] string? ticket,
                Actor actor, ConsentEndpoints consents, CancellationToken ct) => consents.ListAsync(id, new Serving(session, ticket), actor, ct))
            .RequirePolicy(Doors.CustomerConsent).Records(ConsentFacts.ReceiptsRead).WithName("receipts");
        app.MapGet("/v1/receipts/{id}", (
                ReceiptId id, [FromHeader(Name = ServingHeaders.Session)] ServiceSessionId? session, [FromHeader(Name = ServingHeaders.Ticket)] string? ticket,
                Actor actor, ConsentEndpoints consents, CancellationToken ct) => consents.OneAsync(id, new Serving(session, ticket), actor, ct))
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

    private async Task<Results<Ok<WithdrawAnswer>, ProblemHttpResult>> WithdrawAsync(CustomerId id, PurposeKey purpose, Serving serving, Actor actor, CancellationToken ct) =>
        await desk.WithdrawAsync(id, purpose, serving, actor, ct) switch
        {
            Outcome<WithdrawAnswer>.Done done => TypedResults.Ok(done.Value),
            Outcome<WithdrawAnswer>.Refused refused => refused.Problem.ToResult(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async Task<Results<Ok<ReceiptsAnswer>, ProblemHttpResult>> ListAsync(CustomerId id, Serving serving, Actor actor, CancellationToken ct)
    {
        try
        {
            return await receipts.ListAsync(id, serving, actor, ct) switch
            {
                Outcome<ReceiptsAnswer>.Done done => TypedResults.Ok(done.Value),
                Outcome<ReceiptsAnswer>.Refused refused => refused.Problem.ToResult(),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (UndoneException undone)
        {
            return undone.Problem.ToResult();
        }
    }

    private async Task<Results<FileContentHttpResult, ProblemHttpResult>> OneAsync(ReceiptId id, Serving serving, Actor actor, CancellationToken ct)
    {
        try
        {
            return await receipts.OneAsync(id, serving, actor, ct) switch
            {
                Outcome<SignedDocument>.Done done => TypedResults.Bytes(done.Value.ToBytes(), "application/json"),
                Outcome<SignedDocument>.Refused refused => refused.Problem.ToResult(),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (UndoneException undone)
        {
            return undone.Problem.ToResult();
        }
    }
}
