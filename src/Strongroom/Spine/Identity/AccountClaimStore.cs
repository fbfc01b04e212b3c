using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>Rows of <c>account_claim</c>: one account name, one person.</summary>
internal static class AccountClaimStore
{
    /// <summary>False when somebody has the name.</summary>
    public static async Task<bool> ClaimAsync(Tx tx, byte[] account, PersonId person) => 1 == await tx.ExecuteAsync(
        "INSERT INTO account_claim (account, person) VALUES (@account, @person) ON CONFLICT (account) DO NOTHING", new { account, person = person.Bytes });

    public static async Task<PersonId?> FindAsync(Tx tx, byte[] account) =>
        await tx.QueryOneAsync<byte[]>("SELECT person FROM account_claim WHERE account = @account", new { account }) is { } person ? PersonId.From(person) : null;
}
