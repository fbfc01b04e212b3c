using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Identity;

/// <summary>Registered API clients (R43), for administrators.</summary>
internal sealed class ClientEndpoints(Database database, Members members, Clients clients, ClientReports reports, IAuditLog log, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1/clients");
        v1.MapGet("", (Actor actor, ClientEndpoints self, CancellationToken ct) => self.ListAsync(actor, ct))
            .RequirePolicy(Doors.ClientsManage).Records(IdentityFacts.OrganisationListed).WithName("clients");
        v1.MapPost("", (ClientRequest ask, Actor actor, ClientEndpoints self, CancellationToken ct) => self.CreateAsync(ask, actor, ct))
            .RequirePolicy(Doors.ClientsManage).Records(IdentityFacts.ClientCreated).WithName("client-create");
        v1.MapPost("/request", (ClientActRequest ask, Actor actor, ClientEndpoints self, CancellationToken ct) => self.AskAsync(ask, actor, ct))
            .RequirePolicy(Doors.ClientsManage).Records(ApprovalLog.Requested).WithName("client-request");
        v1.MapPatch("/{id}", (ClientId id, ClientChange ask, Actor actor, ClientEndpoints self, CancellationToken ct) => self.ChangeAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.ClientsManage).Records(IdentityFacts.ClientChanged).WithName("client-change");
        v1.MapPost("/{id}/rotate", (ClientId id, ClientRotation? ask, Actor actor, ClientEndpoints self, CancellationToken ct) => TokenAsync(self.Clients.RotateAsync(actor, id, ask ?? new ClientRotation(), ct)))
            .RequirePolicy(Doors.ClientsManage).Records(IdentityFacts.ClientRotated).WithName("client-rotate");
        v1.MapPost("/{id}/hand-over", (ClientId id, ClientHandOver ask, Actor actor, ClientEndpoints self, CancellationToken ct) => TokenAsync(self.Clients.HandOverAsync(actor, id, ask, ct)))
            .RequirePolicy(Doors.ClientsManage).Records(IdentityFacts.ClientHandedOver).WithName("client-hand-over");
        v1.MapGet("/report", (Actor actor, ClientReports reports, CancellationToken ct) => reports.AnswerAsync(actor, ct))
            .RequirePolicy(Doors.OrganisationReport).Records(IdentityFacts.ClientsReported).WithName("clients-report");
        v1.MapPost("/{id}/revoke", (ClientId id, Actor actor, ClientEndpoints self, CancellationToken ct) => self.RevokeAsync(id, actor, ct))
            .RequirePolicy(Doors.ClientsManage).Records(IdentityFacts.ClientRevoked).WithName("client-revoke");
    }

    private async Task<Results<Ok<ClientView[]>, ProblemHttpResult>> ListAsync(Actor actor, CancellationToken ct)
    {
        if (await log.AppendAsync(IdentityFacts.Of(IdentityFacts.OrganisationListed, actor), actor.Guard(), ct) is AppendOutcome.Changed)
        {
            return Problem.Of(Reasons.RowChanged).ToResult();
        }

        var rows = await database.ReadAsync(tx => members.ListAsync<ClientContent>(tx, Members.Client), ct);
        var found = await reports.FindAsync(ct);
        var now = time.NowMs();
        return TypedResults.Ok(rows.Select(row => found.TryGetValue(ClientId.From(row.Id), out var one) ? ClientView.Of(row, one.LastUsed, now, one.Scopes) : ClientView.Of(row, null, now)).ToArray());
    }

    private async Task<Results<Created<ClientCreated>, ProblemHttpResult>> CreateAsync(ClientRequest ask, Actor actor, CancellationToken ct) =>
        await clients.CreateAsync(actor, ask, ct) switch
        {
            Outcome<(Member<ClientContent> Client, string Token)>.Done { Value: var (client, token) } =>
                TypedResults.Created($"/v1/clients/{Id.Format(client.Id)}", new ClientCreated(ClientView.Of(client, null, time.NowMs()), token)),
            Outcome<(Member<ClientContent> Client, string Token)>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private async Task<Results<Created<ApprovalAsked>, ProblemHttpResult>> AskAsync(ClientActRequest ask, Actor actor, CancellationToken ct) =>
        ask.ToAct() is not { } act ? Problem.Of([Reasons.BadField.At("create")]).ToResult()
        : await clients.RequestAsync(actor, act, ask.Expires, ct) switch
        {
            Outcome<Approval>.Done { Value: var made } => TypedResults.Created($"/v1/approvals/{made.Id}", new ApprovalAsked(made.Id, made.Content.Digest)),
            Outcome<Approval>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private Clients Clients => clients;

    private static async Task<Results<Ok<ClientRotated>, ProblemHttpResult>> TokenAsync(Task<Outcome<string>> making) => await making switch
    {
        Outcome<string>.Done done => TypedResults.Ok(new ClientRotated(done.Value)),
        Outcome<string>.Refused refused => refused.Problem.ToResult(),
        _ => Problem.Of(Reasons.ServerFault).ToResult(),
    };

    private Task<Results<Ok<ClientView>, ProblemHttpResult>> ChangeAsync(ClientId id, ClientChange ask, Actor actor, CancellationToken ct) =>
        AnswerAsync(clients.ChangeAsync(actor, id, ask, ct));

    private Task<Results<Ok<ClientView>, ProblemHttpResult>> RevokeAsync(ClientId id, Actor actor, CancellationToken ct) =>
        AnswerAsync(clients.RevokeAsync(actor, id, ct));

    private async Task<Results<Ok<ClientView>, ProblemHttpResult>> AnswerAsync(Task<Outcome<Member<ClientContent>>> change) => await change switch
    {
        Outcome<Member<ClientContent>>.Done done => TypedResults.Ok(ClientView.Of(done.Value, null, time.NowMs())),
        Outcome<Member<ClientContent>>.Refused refused => refused.Problem.ToResult(),
        _ => Problem.Of(Reasons.ServerFault).ToResult(),
    };
}
