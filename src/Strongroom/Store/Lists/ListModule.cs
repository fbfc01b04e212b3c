using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Monitoring;

namespace Strongroom.Store.Lists;

/// <summary>Controlled lists of customers, for data owners and the data protection officer.</summary>
internal static class ListModule
{
    public static IServiceCollection AddLists(this IServiceCollection services) => services
        .AddSingleton<ListEnds>()
        .AddSingleton<IWatchDuty>(provider => provider.GetRequiredService<ListEnds>())
        .AddSingleton<ListDesk>();

    public static void MapLists(this IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1/customer-lists");
        v1.MapGet("", async (Actor actor, ListDesk desk, CancellationToken ct) => TypedResults.Ok(await desk.ListAsync(actor, ct)))
            .RequirePolicy(Doors.ListsManage).Records(ListFacts.Read).WithName("customer-lists");
        v1.MapPost("", (ListRequest ask, Actor actor, ListDesk desk, CancellationToken ct) => AnswerAsync(desk.KeepAsync(actor, CustomerListId.New(), ask with { Version = 0 }, ct)))
            .RequirePolicy(Doors.ListsManage).Records(ListFacts.Kept).WithName("customer-list-create");
        v1.MapPut("/{id}", (CustomerListId id, ListRequest ask, Actor actor, ListDesk desk, CancellationToken ct) => AnswerAsync(desk.KeepAsync(actor, id, ask, ct)))
            .RequirePolicy(Doors.ListsManage).Records(ListFacts.Kept).WithName("customer-list-change");
        v1.MapPost("/{id}/customers", (CustomerListId id, ListMembersRequest ask, Actor actor, ListDesk desk, CancellationToken ct) => AnswerAsync(desk.SetMembersAsync(actor, id, ask, ct)))
            .RequirePolicy(Doors.ListsManage).Records(ListFacts.Joined, ListFacts.Left, ListFacts.Ends).WithName("customer-list-members");
        v1.MapGet("/{id}/customers", (CustomerListId id, CustomerId? after, Actor actor, ListDesk desk, CancellationToken ct) => AnswerAsync(desk.MembersAsync(actor, id, after, ct)))
            .RequirePolicy(Doors.ListsManage).Records(ListFacts.MembersRead).WithName("customer-list-read");
    }

    private static async Task<Results<Ok<T>, ProblemHttpResult>> AnswerAsync<T>(Task<Outcome<T>> change) => await change switch
    {
        Outcome<T>.Done done => TypedResults.Ok(done.Value),
        Outcome<T>.Refused refused => refused.Problem.ToResult(),
        _ => Problem.Of(Reasons.ServerFault).ToResult(),
    };
}
