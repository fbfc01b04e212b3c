using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Identity;

/// <summary>Legal entities and units. Everybody signed in may read them (they name companies and departments); administrators change them.</summary>
internal sealed class OrganisationEndpoints(Database database, Members members)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1");
        v1.MapGet("/entities", (OrganisationEndpoints self, CancellationToken ct) => self.EntitiesAsync(ct))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).WithName("entities");
        v1.MapPost("/entities", (EntityRequest ask, Actor actor, OrganisationAdmin admin, CancellationToken ct) =>
                AnswerAsync(admin.CreateEntityAsync(actor, ask.Name, ask.Uscc, ct), EntityView.Of))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.EntityCreated).WithName("entity-create");
        v1.MapPatch("/entities/{id}", (EntityId id, EntityChange ask, Actor actor, OrganisationAdmin admin, CancellationToken ct) =>
                AnswerAsync(admin.ChangeEntityAsync(actor, id, ask.Version, ask.Name, ask.Uscc, ask.State, ct), EntityView.Of))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.EntityChanged).WithName("entity-change");
        v1.MapGet("/units", (OrganisationEndpoints self, CancellationToken ct) => self.UnitsAsync(ct))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).WithName("units");
        v1.MapPost("/units", (UnitRequest ask, Actor actor, OrganisationAdmin admin, CancellationToken ct) =>
                AnswerAsync(admin.CreateUnitAsync(actor, ask.Entity, ask.Parent, ask.Name, ask.Kind, ct, ask.TimeZone), UnitView.Of))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.UnitCreated).WithName("unit-create");
        v1.MapPatch("/units/{id}", (UnitId id, UnitChange ask, Actor actor, OrganisationAdmin admin, CancellationToken ct) =>
                AnswerAsync(admin.ChangeUnitAsync(actor, id, ask.Version, ask.Name, ask.Kind, ask.State, ct, ask.TimeZone), UnitView.Of))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.UnitChanged).WithName("unit-change");
        v1.MapPost("/units/{id}/move", (UnitId id, UnitMove ask, Actor actor, OrganisationAdmin admin, CancellationToken ct) =>
                AnswerAsync(admin.MoveUnitAsync(actor, id, ask.Version, ask.Parent, ct), UnitView.Of))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.UnitMoved).WithName("unit-move");
        v1.MapPost("/units/{id}/responsible", (UnitId id, UnitResponsible ask, Actor actor, OrganisationAdmin admin, CancellationToken ct) =>
                AnswerAsync(admin.NameResponsibleAsync(actor, id, ask.Version, ask.Person, ct), UnitView.Of))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.UnitResponsibleNamed).WithName("unit-responsible");
        v1.MapGet("/organisation/report", (Actor actor, OrganisationReports reports, CancellationToken ct) => reports.AnswerAsync(actor, ct))
            .RequirePolicy(Doors.OrganisationReport).Records(IdentityFacts.OrganisationReported).WithName("organisation-report");
    }

    private async Task<Ok<EntityView[]>> EntitiesAsync(CancellationToken ct) =>
        TypedResults.Ok((await database.ReadAsync(tx => members.ListAsync<EntityContent>(tx, Members.Entity), ct)).Select(EntityView.Of).ToArray());

    private async Task<Ok<UnitView[]>> UnitsAsync(CancellationToken ct) =>
        TypedResults.Ok((await database.ReadAsync(tx => members.ListAsync<UnitContent>(tx, Members.Unit), ct)).Select(UnitView.Of).ToArray());

    private static async Task<Results<Ok<TView>, ProblemHttpResult>> AnswerAsync<T, TView>(Task<Outcome<Member<T>>> change, Func<Member<T>, TView> view) =>
        await change switch
        {
            Outcome<Member<T>>.Done done => TypedResults.Ok(view(done.Value)),
            Outcome<Member<T>>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };
}
