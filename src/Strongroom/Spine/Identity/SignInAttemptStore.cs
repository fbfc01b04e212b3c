using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>Rows of <c>sign_in_attempts</c>.</summary>
internal static class SignInAttemptStore
{
    /// <summary>Makes the rows that are missing, so that the first burst under a key finds something to lock (PostgreSQL locks no absent row).</summary>
    public static async Task EnsureAsync(Tx tx, IReadOnlyList<byte[]> subjects)
    {
        foreach (var subject in subjects.OrderBy(Convert.ToHexString, StringComparer.Ordinal))
        {
            await tx.ExecuteAsync("INSERT INTO sign_in_attempts (subject, level, at, success_at) VALUES (@subject, 0, 0, 0) ON CONFLICT DO NOTHING", new { subject });
        }
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

    public static Task ForgetAsync(Tx tx, long before) => tx.ExecuteAsync("DELETE FROM sign_in_attempts WHERE at < @before", new { before });

    private sealed record Row(byte[] Subject, long Level, long At, long SuccessAt);
}
