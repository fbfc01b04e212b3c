using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity.Accounts;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity;

/// <summary>People, their posts, states and sessions, for administrators of accounts.</summary>
internal sealed class PeopleEndpoints(
    Database database, Members members, People people, Sessions sessions, OwnAccount accounts, PersonSeal seal, IAuditLog log, IEnumerable<ICommitGuards> guards, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1/people");
        v1.MapGet("", (Actor actor, PeopleEndpoints self, CancellationToken ct) => self.ListAsync(actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.OrganisationListed).WithName("people");
        v1.MapGet("/{id}", (PersonId id, Actor actor, PeopleEndpoints self, CancellationToken ct) => self.GetAsync(id, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.OrganisationListed).WithName("person");
        v1.MapPatch("/{id}", (PersonId id, PersonChange ask, Actor actor, PeopleEndpoints self, CancellationToken ct) => self.ChangeAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.PersonChanged).WithName("person-change");
        v1.MapPost("/{id}/posts", (PersonId id, PostRequest ask, Actor actor, PeopleEndpoints self, CancellationToken ct) => self.GrantAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.PostGranted).WithName("person-post-grant");
        v1.MapPost("/{id}/posts/request", (PersonId id, PostApprovalRequest ask, Actor actor, PeopleEndpoints self, CancellationToken ct) =>
                self.AskAsync(GuardedAct.Grant(id, ask.Post, ask.Unit, ask.From, ask.Until), ask.Expires, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(ApprovalLog.Requested).WithName("person-post-request");
        v1.MapDelete("/{id}/posts/{post}/{unit}", (PersonId id, PostKey post, UnitId unit, Actor actor, PeopleEndpoints self, CancellationToken ct) =>
                self.EndPostAsync(id, post, unit, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.PostEnded).WithName("person-post-end");
        MapState(v1, "suspend", MemberState.Suspended, IdentityFacts.PersonSuspended);
        MapState(v1, "resume", MemberState.Active, IdentityFacts.PersonResumed);
        MapState(v1, "close", MemberState.Closed, IdentityFacts.PersonClosed);
        v1.MapPost("/{id}/start-password/request", (PersonId id, RecoveryApprovalRequest ask, Actor actor, PeopleEndpoints self, CancellationToken ct) =>
                self.AskAsync(GuardedAct.Recover(id), ask.Expires, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(ApprovalLog.Requested).WithName("person-recovery-request");
        v1.MapPost("/{id}/start-password", (PersonId id, StartPasswordRequest? ask, Actor actor, PeopleEndpoints self, CancellationToken ct) => self.StartPasswordAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.StartPasswordGiven).WithName("person-start-password");
        v1.MapPost("/{id}/factors/reset", (PersonId id, StartPasswordRequest? ask, Actor actor, PeopleEndpoints self, CancellationToken ct) => self.ResetFactorsAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.FactorsReset).WithName("person-factors-reset");
        v1.MapGet("/{id}/sessions", (PersonId id, Actor actor, PeopleEndpoints self, CancellationToken ct) => self.SessionsAsync(id, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.OrganisationListed).WithName("person-sessions");
        v1.MapDelete("/{id}/sessions", (PersonId id, Actor actor, PeopleEndpoints self, CancellationToken ct) => self.EndSessionsAsync(id, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.SessionEnded).WithName("person-sessions-end");
    }

    private static void MapState(RouteGroupBuilder v1, string verb, MemberState state, string fact) =>
        v1.MapPost($"/{{id}}/{verb}", (PersonId id, Actor actor, PeopleEndpoints self, CancellationToken ct) => self.SetStateAsync(id, state, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(fact).WithName($"person-{verb}");

    private async Task<Results<Ok<PersonView[]>, ProblemHttpResult>> ListAsync(Actor actor, CancellationToken ct)
    {
        if (await RecordAsync(actor, ct) is { } refusal)
        {
            return refusal;
        }

        var rows = await database.ReadAsync(tx => members.ListAsync<PersonContent>(tx, Members.Person), ct);
        return TypedResults.Ok(rows.Select(View).ToArray());
    }

    private async Task<Results<Ok<PersonView>, ProblemHttpResult>> GetAsync(PersonId id, Actor actor, CancellationToken ct)
    {
        if (await RecordAsync(actor, ct) is { } refusal)
        {
            return refusal;
        }

        var row = await database.ReadAsync(tx => members.LoadAsync<PersonContent>(tx, Members.Person, id.Value), ct);
        return row is null ? Problem.Of(Reasons.NotFound).ToResult() : TypedResults.Ok(View(row));
    }

    private Task<Results<Ok<PersonView>, ProblemHttpResult>> ChangeAsync(PersonId id, PersonChange ask, Actor actor, CancellationToken ct) =>
        AnswerAsync(people.ChangeAsync(actor, id, ask.Version, ask.Name, ask.Locale, ct));

    private Task<Results<Ok<PersonView>, ProblemHttpResult>> GrantAsync(PersonId id, PostRequest ask, Actor actor, CancellationToken ct) =>
        AnswerAsync(people.GrantAsync(actor, id, new HeldPost(ask.Post, ask.Unit, ask.From ?? time.SureMs(), ask.Until), ct,
            ask.Approval, GuardedAct.Grant(id, ask.Post, ask.Unit, ask.From, ask.Until)));

    private Task<Results<Ok<PersonView>, ProblemHttpResult>> EndPostAsync(PersonId id, PostKey post, UnitId unit, Actor actor, CancellationToken ct) =>
        AnswerAsync(people.EndPostAsync(actor, id, post, unit, ct));

    private Task<Results<Ok<PersonView>, ProblemHttpResult>> SetStateAsync(PersonId id, MemberState state, Actor actor, CancellationToken ct) =>
        AnswerAsync(people.SetStateAsync(actor, id, state, ct));

    private Task<Results<Ok<PersonView>, ProblemHttpResult>> ResetFactorsAsync(PersonId id, StartPasswordRequest? ask, Actor actor, CancellationToken ct) =>
        AnswerAsync(people.ResetFactorsAsync(actor, id, ct, ask?.Approval));

    private async Task<Results<Ok<StartPasswordGiven>, ProblemHttpResult>> StartPasswordAsync(PersonId id, StartPasswordRequest? ask, Actor actor, CancellationToken ct) =>
        await people.GiveStartPasswordAsync(actor, id, ct, ask?.Approval) switch
        {
            Outcome<string>.Done done => TypedResults.Ok(new StartPasswordGiven(done.Value)),
            Outcome<string>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private async Task<Results<Created<ApprovalAsked>, ProblemHttpResult>> AskAsync(GuardedAct act, long expires, Actor actor, CancellationToken ct) =>
        await people.RequestAsync(actor, act, expires, ct) switch
        {
            Outcome<Approval>.Done made => TypedResults.Created($"/v1/approvals/{made.Value.Id}", new ApprovalAsked(made.Value.Id, made.Value.Content.Digest)),
            Outcome<Approval>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private async Task<Results<Ok<SessionEntry[]>, ProblemHttpResult>> SessionsAsync(PersonId id, Actor actor, CancellationToken ct)
    {
        if (await RecordAsync(actor, ct) is { } refusal)
        {
            return refusal;
        }

        return TypedResults.Ok((await accounts.SessionsOfAsync(id, ct)).Select(row => SessionEntry.Of(row, actor.Session)).ToArray());
    }

    private async Task<Results<NoContent, ProblemHttpResult>> EndSessionsAsync(PersonId id, Actor actor, CancellationToken ct) =>
        await EndAllAsync(id, actor, ct) is { } refused ? Problem.Of(refused).ToResult() : TypedResults.NoContent();

    /// <summary>Refused when the caller's own session or rights have changed meanwhile (R24).</summary>
    internal Task<Reason?> EndAllAsync(PersonId id, Actor actor, CancellationToken ct) => database.WriteAsync<Reason?>(async tx =>
    {
        if (!await ApprovalDesk.StandsAsync(tx, guards, actor))
        {
            return Reasons.RowChanged;
        }

        var ended = await sessions.RevokeAllAsync(tx, id);
        await log.AppendAsync(tx, IdentityFacts.Of(IdentityFacts.SessionEnded, actor) with { Rows = [.. ended.Take(ControlStore.MostPerEntry)] }, ct);
        return null;
    }, ct);

    private async Task<Results<Ok<PersonView>, ProblemHttpResult>> AnswerAsync(Task<Outcome<Member<PersonContent>>> change) => await change switch
    {
        Outcome<Member<PersonContent>>.Done done => TypedResults.Ok(View(done.Value)),
        Outcome<Member<PersonContent>>.Refused refused => refused.Problem.ToResult(),
        _ => Problem.Of(Reasons.ServerFault).ToResult(),
    };

    /// <summary>The entry comes before the answer; null when it stands and the caller still may.</summary>
    private async Task<ProblemHttpResult?> RecordAsync(Actor actor, CancellationToken ct) =>
        await log.AppendAsync(IdentityFacts.Of(IdentityFacts.OrganisationListed, actor), actor.Guard(), ct) is AppendOutcome.Changed
            ? Problem.Of(Reasons.RowChanged).ToResult()
            : null;

    private PersonView View(Member<PersonContent> row)
    {
        var id = PersonId.From(row.Id);
        var names = seal.Open(id, row.Content);
        return new PersonView(
            id, row.Version, names.Account, names.Display, row.Content.Locale, row.Content.State, row.Content.MustChangePassword, row.Content.Posts,
            row.Content.Kind, row.Content.Partner, row.Content.Ends, row.Content.RowCeiling, row.Content.Request,
            [.. (row.Content.Factors?.Links ?? []).Select(link => link.Provider)]);
    }
}
