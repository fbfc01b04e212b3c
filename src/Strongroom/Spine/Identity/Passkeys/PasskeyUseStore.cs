using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity.Passkeys;

/// <summary>What the counter of a passkey said.</summary>
internal enum CounterCheck
{
    Good,

    /// <summary>Not beyond the last one: perhaps a copy of the authenticator. The passkey is out of use from now on.</summary>
    Regressed,

    /// <summary>There is no such row, or it was flagged before.</summary>
    OutOfUse,
}

/// <param name="Used">Last use, UTC milliseconds; null: never.</param>
/// <param name="Flagged">When its counter went back, UTC milliseconds.</param>
internal sealed record PasskeyUse(byte[] Passkey, long Counter, long? Used, long? Flagged);

/// <summary>Rows of <c>passkey_use</c>: what changes with every use, and the claim of one authenticator credential by one person.</summary>
internal static class PasskeyUseStore
{
    /// <summary>False when somebody has this credential.</summary>
    public static async Task<bool> ClaimAsync(Tx tx, PasskeyId passkey, byte[] credentialHash, long counter) => 1 == await tx.ExecuteAsync(
        "INSERT INTO passkey_use (credential, passkey, counter) VALUES (@credentialHash, @passkey, @counter) ON CONFLICT DO NOTHING",
        new { credentialHash, passkey = passkey.Bytes, counter });

    public static Task ReleaseAsync(Tx tx, PasskeyId passkey) => tx.ExecuteAsync("DELETE FROM passkey_use WHERE passkey = @passkey", new { passkey = passkey.Bytes });

    /// <summary>Takes the counter forward, one winner on all nodes; a counter that never counts stays zero (WebAuthn §6.1.1).</summary>
    public static async Task<CounterCheck> AdvanceAsync(Tx tx, PasskeyId passkey, long counter, long now)
    {
        var args = new { passkey = passkey.Bytes, counter, now };
        if (1 == await tx.ExecuteAsync(
            """
            UPDATE passkey_use SET counter = @counter, used = @now
            WHERE passkey = @passkey AND flagged IS NULL AND (counter < @counter OR (counter = 0 AND @counter = 0))
            """,
            args))
        {
            return CounterCheck.Good;
        }

        return 1 == await tx.ExecuteAsync("UPDATE passkey_use SET flagged = @now WHERE passkey = @passkey AND flagged IS NULL", args)
            ? CounterCheck.Regressed
            : CounterCheck.OutOfUse;
    }

    public static Task<IReadOnlyList<PasskeyUse>> ReadAsync(Tx tx, IEnumerable<PasskeyId> passkeys) => tx.QueryAsync<PasskeyUse>(
        $"SELECT passkey AS Passkey, counter AS Counter, used AS Used, flagged AS Flagged FROM passkey_use WHERE passkey {tx.AnyOf("passkeys")}",
        new { passkeys = tx.Set(passkeys.Select(id => id.Bytes)) });
}
