using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Review;

/// <summary>The review of possible matches. Needs the store, <c>OrganisationBooks</c>, <c>IAuditLog</c>, <c>ICommitGuards</c> and <c>TimeProvider</c>.</summary>
internal static class ReviewModule
{
    public static IServiceCollection AddReview(this IServiceCollection services) => services.AddSingleton<ReviewDesk>();

    public static void MapReview(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/candidates", async Task<Results<Ok<CandidateList>, ProblemHttpResult>> (Actor actor, ReviewDesk desk, CancellationToken ct) => Answer(await desk.ListAsync(actor, ct)))
            .RequirePolicy(Doors.CustomerReview).Records(ReviewFacts.Read).WithName("candidates");
        app.MapPost(
                "/v1/candidates/{id}/accept",
                async Task<Results<Ok<MergeMade>, ProblemHttpResult>> (CandidateId id, CandidateAcceptance ask, Actor actor, ReviewDesk desk, CancellationToken ct) =>
                    Answer(await desk.AcceptAsync(actor, id, ask.Keep, ct)))
            .RequirePolicy(Doors.CustomerReview).Records(ReviewFacts.Accepted).WithName("candidate-accept");
        app.MapPost(
                "/v1/candidates/{id}/reject",
                async Task<Results<NoContent, ProblemHttpResult>> (CandidateId id, Actor actor, ReviewDesk desk, CancellationToken ct) =>
                    Closed(await desk.RejectAsync(actor, id, ct)))
            .RequirePolicy(Doors.CustomerReview).Records(ReviewFacts.Rejected).WithName("candidate-reject");
        app.MapPost(
                "/v1/merges/{id}/undo",
                async Task<Results<NoContent, ProblemHttpResult>> (MergeId id, Actor actor, ReviewDesk desk, CancellationToken ct) =>
                    Closed(await desk.UndoAsync(actor, id, ct)))
            .RequirePolicy(Doors.CustomerReview).Records(ReviewFacts.Undone).WithName("merge-undo");
    }

    private static Results<Ok<T>, ProblemHttpResult> Answer<T>(Outcome<T> outcome) => outcome switch
    {
        Outcome<T>.Done done => TypedResults.Ok(done.Value),
        Outcome<T>.Refused refused => refused.Problem.ToResult(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Results<NoContent, ProblemHttpResult> Closed<T>(Outcome<T> outcome) => outcome switch
    {
        Outcome<T>.Done => TypedResults.NoContent(),
        Outcome<T>.Refused refused => refused.Problem.ToResult(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
