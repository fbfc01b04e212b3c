using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;

namespace Strongroom.Spine.Identity.Accounts;

/// <param name="Posts">Given together with the account; guarded ones are not asked for here. None: the account comes without.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AccountAsk(PersonRequest Person, IReadOnlyList<WantedPost> Posts);

/// <param name="Reason">Needed to refuse.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AccountDecision(ApprovalVerdict Verdict, string? Reason = null);

internal sealed record AccountRequestView(
    AccountRequestId Id, AccountRequestState State, string Account, string Name, string Locale, AccountKind Kind, string? Partner, long? Ends, int? RowCeiling,
    IReadOnlyList<WantedPost> Posts, PersonId Requester, long Requested, PersonId? Decider, long? Decided, PersonId? Person);

/// <param name="StartPassword">Shown this once; absent when refused.</param>
internal sealed record AccountDecided(AccountRequestView Request, string? StartPassword);

/// <summary>Requests for accounts: asked for by those who lead people or by an administrator, decided by another administrator.</summary>
internal static class AccountRequestEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1/account-requests");
        v1.MapPost("", async Task<Results<Created<AccountRequestView>, ProblemHttpResult>> (AccountAsk ask, Actor actor, AccountRequests desk, CancellationToken ct) =>
                await desk.AskAsync(actor, ask.Person, ask.Posts, ct) switch
                {
                    Outcome<Member<AccountRequestContent>>.Done done => TypedResults.Created($"/v1/account-requests/{Id.Format(done.Value.Id)}", View(desk, done.Value)),
                    Outcome<Member<AccountRequestContent>>.Refused refused => refused.Problem.ToResult(),
                    _ => Problem.Of(Reasons.ServerFault).ToResult(),
                })
            .RequirePolicy(Doors.AccountsRequest).Records(IdentityFacts.AccountRequested).WithName("account-request");
        v1.MapGet("", async (Actor actor, AccountRequests desk, CancellationToken ct) =>
                TypedResults.Ok((await desk.ListAsync(actor, ct)).Select(row => View(desk, row)).ToArray()))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.AccountsListed).WithName("account-requests");
        v1.MapPost("/{id}/decide", async Task<Results<Ok<AccountDecided>, ProblemHttpResult>> (
                AccountRequestId id, AccountDecision ask, Actor actor, AccountRequests desk, CancellationToken ct) =>
                await desk.DecideAsync(actor, id, ask.Verdict, ask.Reason, ct) switch
                {
                    Outcome<(Member<AccountRequestContent> Request, string? StartPassword)>.Done { Value: var (row, start) } => TypedResults.Ok(new AccountDecided(View(desk, row), start)),
                    Outcome<(Member<AccountRequestContent> Request, string? StartPassword)>.Refused refused => refused.Problem.ToResult(),
                    _ => Problem.Of(Reasons.ServerFault).ToResult(),
                })
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.PersonCreated, IdentityFacts.PostGranted, IdentityFacts.AccountApproved, IdentityFacts.AccountRefused).WithName("account-request-decide");
    }

    private static AccountRequestView View(AccountRequests desk, Member<AccountRequestContent> row)
    {
        var (content, names) = (row.Content, desk.NamesOf(row));
        return new AccountRequestView(
            AccountRequestId.From(row.Id), content.State, names.Account, names.Display, content.Locale, content.Kind, content.Partner, content.Ends, content.RowCeiling,
            content.Posts, content.Requester, content.Requested, content.Decider, content.Decided, content.Person);
    }
}
