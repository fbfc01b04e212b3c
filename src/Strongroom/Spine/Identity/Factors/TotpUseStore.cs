using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity.Factors;

/// <summary>Rows of <c>totp_use</c>: the last time step each person used.</summary>
internal static class TotpUseStore
{
    /// <summary>
    /// Takes a step, once for all nodes: true for exactly one of those who ask, and never for a step that is not after the last one
    /// (RFC 6238 §5.2).
    /// </summary>
    public static async Task<bool> SpendAsync(Tx tx, PersonId person, long step) => 1 == await tx.ExecuteAsync(
        """
        INSERT INTO totp_use (person, step) VALUES (@person, @step)
        ON CONFLICT (person) DO UPDATE SET step = excluded.step WHERE totp_use.step < excluded.step
        """,
        new { person = person.Bytes, step });
}
