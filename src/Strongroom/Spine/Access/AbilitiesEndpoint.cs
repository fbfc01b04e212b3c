using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Access;

/// <summary>What the caller's posts let him try, so that a screen offers nothing that would be refused anyway. It gives no right: every act is decided anew.</summary>
/// <param name="Policies">Names of the endpoint policies at which he may knock.</param>
/// <param name="Acts">Acts on customers that a role rule grants one of his posts.</param>
/// <param name="Purposes">Purposes under which one of his posts may view; null: every purpose.</param>
internal sealed record AbilitiesView(IReadOnlyList<string> Policies, IReadOnlyList<Act> Acts, IReadOnlyList<PurposeKey>? Purposes);

/// <summary>GET /v1/session/abilities.</summary>
internal static class AbilitiesEndpoint
{
    public static void Map(IEndpointRouteBuilder app) => app
        .MapGet("/v1/session/abilities", async (Actor actor, IPolicySnapshots policies, CancellationToken ct) => TypedResults.Ok(await OfAsync(actor, policies, ct)))
        .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).WithName("session-abilities");

    private static async Task<AbilitiesView> OfAsync(Actor actor, IPolicySnapshots policies, CancellationToken ct)
    {
        var snapshot = await policies.CurrentAsync(actor.ConfigEpoch, ct);
        var rules = (snapshot.Access?.Roles ?? []).Where(rule => actor.Posts.Any(held => held.Post == rule.Post)).ToList();
        var viewing = rules.Where(rule => rule.Acts.Contains(Act.View)).ToList();
        return new AbilitiesView(
            [.. PolicyTable.Names.Where(name => PolicyTable.Refusal(name, actor) is null).Order(StringComparer.Ordinal)],
            [.. rules.SelectMany(rule => rule.Acts).Distinct().Order()],
            viewing.Exists(rule => rule.Purposes is null) ? null : [.. viewing.SelectMany(rule => rule.Purposes!).Distinct().OrderBy(purpose => purpose.Value, StringComparer.Ordinal)]);
    }
}
