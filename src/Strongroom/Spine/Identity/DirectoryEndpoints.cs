using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity.Accounts;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity;

/// <param name="Active">False: suspended or gone; old alerts and reviews still name him.</param>
internal sealed record ColleagueView(PersonId Person, string Name, bool Active);

internal sealed record DirectoryView(IReadOnlyList<ColleagueView> People);

/// <summary>What every post may do, and which exclude each other, as the policy rows say it.</summary>
internal sealed record PostRightsView(IReadOnlyList<RoleRow> Roles, IReadOnlyList<ConflictRow> Conflicts);

/// <summary>
/// Names to the ids that alerts, reviews and rosters speak of, and the posts as a table (R33). Everybody reads the names of his own legal
/// entities; who oversees all of them reads all; a third party reads none.
/// </summary>
internal sealed class DirectoryEndpoints(Database database, Members members, OrganisationBooks books, PolicyStore policies, PersonSeal seal, IAuditLog log, TimeProvider time)
{
    private static readonly PostKey[] Overseers = [PostKey.Of("auditor"), PostKey.Of("dpo"), PostKey.Of("admin-4a")];

    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1");
        v1.MapGet("/directory", (Actor actor, DirectoryEndpoints self, CancellationToken ct) => self.NamesAsync(actor, ct))
            .RequirePolicy(Doors.DutyNow).Records(IdentityFacts.OrganisationListed).WithName("directory");
        v1.MapGet("/post-rights", (DirectoryEndpoints self, CancellationToken ct) => self.PostsAsync(ct))
            .RequirePolicy(Doors.OrganisationReport).Records(LogFacts.Nothing).WithName("post-rights");
    }

    private async Task<Ok<DirectoryView>> NamesAsync(Actor actor, CancellationToken ct)
    {
        await log.AppendAsync(IdentityFacts.Of(IdentityFacts.OrganisationListed, actor), guard: null, ct);
        var book = await books.AsOfAsync(actor.ConfigEpoch, ct);
        var people = await database.ReadAsync(tx => members.ListAsync<PersonContent>(tx, Members.Person), ct);
        var own = actor.Posts.Select(held => book.EntityOf(held.Unit)).OfType<EntityId>().ToHashSet();
        var all = Overseers.Any(actor.Holds);
        var outside = people.Any(one => PersonId.From(one.Id) == actor.Person && one.Content.Kind == AccountKind.ThirdParty);
        var now = time.NowMs();
        return TypedResults.Ok(new DirectoryView([.. people
            .Where(one => PersonId.From(one.Id) == actor.Person
                || (!outside && (all || one.Content.Posts.Any(held => book.EntityOf(held.Unit) is { } entity && own.Contains(entity)))))
            .Select(one => new ColleagueView(PersonId.From(one.Id), seal.Open(PersonId.From(one.Id), one.Content).Display, one.Content.IsActive(now)))]));
    }

    private async Task<Ok<PostRightsView>> PostsAsync(CancellationToken ct)
    {
        var rows = await database.ReadAsync(policies.ListAsync, ct);
        return TypedResults.Ok(new PostRightsView(Of<RoleRow>(rows, PolicyKind.Role), Of<ConflictRow>(rows, PolicyKind.Conflict)));
    }

    private static IReadOnlyList<T> Of<T>(IReadOnlyList<PolicyContent> rows, PolicyKind kind) =>
        [.. rows.Where(row => row.Kind == kind).SelectMany(row => row.Rules).Select(rule => rule.Deserialize<T>(ControlRows.Json)!)];
}
