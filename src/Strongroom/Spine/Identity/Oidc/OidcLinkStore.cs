using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity.Oidc;

/// <summary>Rows of <c>sso_link</c>: one identity at a provider, one person. Only a signpost: the person's own row must name it too.</summary>
internal static class OidcLinkStore
{
    public static async Task<bool> ClaimAsync(Tx tx, byte[] identity, PersonId person) => 1 == await tx.ExecuteAsync(
        "INSERT INTO sso_link (identity, person) VALUES (@identity, @person) ON CONFLICT DO NOTHING", new { identity, person = person.Bytes });

    public static async Task<PersonId?> FindAsync(Tx tx, byte[] identity) =>
        await tx.QueryOneAsync<byte[]>("SELECT person FROM sso_link WHERE identity = @identity", new { identity }) is { } person ? PersonId.From(person) : null;

    public static Task ReleaseAsync(Tx tx, byte[] identity) => tx.ExecuteAsync("DELETE FROM sso_link WHERE identity = @identity", new { identity });
}
