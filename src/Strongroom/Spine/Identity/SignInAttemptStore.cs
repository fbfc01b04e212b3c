using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>Rows of <c>sign_in_attempts</c>.</summary>
internal static class SignInAttemptStore
{
    /// <summary>Makes the rows that are missing, so that the first burst under a key finds something to lock (PostgreSQL locks no absent row).</summary>
    /// <returns>How many were made.</returns>
    public static async Task<int> EnsureAsync(Tx tx, IReadOnlyList<byte[]> subjects)
    {
        var made = 0;
        foreach (var subject in subjects.OrderBy(Convert.ToHexString, StringComparer.Ordinal))
        {
            made += await tx.ExecuteAsync("INSERT INTO sign_in_attempts (subject, level, at, success_at) VALUES (@subject, 0, 0, 0) ON CONFLICT DO NOTHING", new { subject });
        }

        return made;
    }

    /// <summary>Reads in the order asked, and locks; a key without a row has made no attempt.</summary>
    public static async Task<Attempts[]> ReadAsync(Tx tx, IReadOnlyList<byte[]> subjects)
    {
        var rows = await tx.QueryAsync<Row>(
            $"SELECT subject, level, at, success_at AS SuccessAt FROM sign_in_attempts WHERE subject {tx.AnyOf("subjects")} ORDER BY subject{tx.ForUpdate}",
            new { subjects = tx.Set(subjects) });
        var found = rows.ToDictionary(row => Convert.ToHexString(row.Subject), row => new Attempts(row.Level, row.At, row.SuccessAt), StringComparer.Ordinal);
        return [.. subjects.Select(subject => found.GetValueOrDefault(Convert.ToHexString(subject)))];
    }

    public static Task SaveAsync(Tx tx, byte[] subject, Attempts attempts) => tx.ExecuteAsync(
        """
        INSERT INTO sign_in_attempts (subject, level, at, success_at) VALUES (@subject, @Level, @At, @SuccessAt)
        ON CONFLICT (subject) DO UPDATE SET level = excluded.level, at = excluded.at, success_at = excluded.success_at
        """,
        new { subject, attempts.Level, attempts.At, attempts.SuccessAt });

    /// <summary>Forgets what no longer slows anybody down: places known to an account after their term, strangers' attempts much sooner.</summary>
    public static Task ForgetAsync(Tx tx, long knownBefore, long strangersBefore) => tx.ExecuteAsync(
        "DELETE FROM sign_in_attempts WHERE at < @knownBefore OR (success_at = 0 AND at < @strangersBefore)", new { knownBefore, strangersBefore });

    /// <summary>Keeps the newest of the strangers' rows: who floods the table loses his own oldest, never a place known to an account.</summary>
    public static Task KeepNewestAsync(Tx tx, int most) => tx.ExecuteAsync(
        """
        DELETE FROM sign_in_attempts WHERE subject IN (
            SELECT subject FROM sign_in_attempts WHERE success_at = 0 ORDER BY at DESC, subject LIMIT 1000000 OFFSET @most)
        """,
        new { most });

    private sealed record Row(byte[] Subject, long Level, long At, long SuccessAt);
}
