using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Use.Asking;

namespace Strongroom.Use.Compare;

/// <summary>Says match or no match for what a caller states, and shows nothing (R118).</summary>
internal sealed class CompareCustomer(Comparing comparing)
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/customers/{id}/compare", (CustomerId id, CompareRequest ask, Caller caller, CompareCustomer compare, CancellationToken ct) =>
            compare.AnswerAsync(id, ask, caller, ct))
        .RequirePolicy(Doors.CustomerCompare).Records(UseFacts.Compare).WithName("customer-compare");

    private async Task<Results<Ok<CompareAnswer>, ProblemHttpResult>> AnswerAsync(CustomerId id, CompareRequest ask, Caller caller, CancellationToken ct) =>
        await comparing.TryAsync(id, ask, caller, ct) switch
        {
            Compared.Done done => TypedResults.Ok(new CompareAnswer(done.Judged.Customer!.Id, done.Items, done.TriesLeft, done.Entry)),
            Compared.Refused refused => refused.Problem.ToResult(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
