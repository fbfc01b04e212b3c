using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;

namespace Strongroom.Use.Volume;

internal sealed record CountRow(byte[] Whose, string Period, string What, long N);

/// <summary>What became of raising a count.</summary>
internal enum Took
{
    /// <summary>The limit stands against it.</summary>
    Refused,
    Now,

    /// <summary>The subject had been counted in this period already.</summary>
    Before,
}

/// <summary>SQL of the counts.</summary>
internal static class VolumeStore
{
    public static Task<IReadOnlyList<CountRow>> OfAsync(Tx tx, IReadOnlyList<UInt128> whose, long now) => tx.QueryAsync<CountRow>(
        $"SELECT whose, period, what, n FROM volume WHERE whose {tx.AnyOf("whose")} AND until > @now",
        new { whose = tx.Set(whose.Select(Id.Bytes)), now });

    /// <summary>Everybody's counts of one period.</summary>
    public static Task<IReadOnlyList<CountRow>> OfPeriodAsync(Tx tx, string period) => tx.QueryAsync<CountRow>("SELECT whose, period, what, n FROM volume WHERE period = @period", new { period });

    /// <summary>Raises the count, unless that would exceed the limit or the subject was counted before; then it stays as it was.</summary>
    public static async Task<Took> TakeAsync(Tx tx, VolumeGuard guard)
    {
        if (guard.Once is { } subject && await tx.ExecuteAsync(
            """
            INSERT INTO volume_once (whose, period, what, subject, until) VALUES (@whose, @Period, @what, @subject, @Until)
            ON CONFLICT (whose, period, what, subject) DO NOTHING
            """,
            Args(guard, subject)) == 0)
        {
            return Took.Before;
        }

        if (guard.Add <= guard.Limit && await tx.ExecuteAsync(
            """
            INSERT INTO volume (whose, period, what, n, until) VALUES (@whose, @Period, @what, @Add, @Until)
            ON CONFLICT (whose, period, what) DO UPDATE SET n = volume.n + @Add WHERE volume.n + @Add <= @Limit
            """,
            Args(guard, default)) == 1)
        {
            return Took.Now;
        }

        await ForgetOnceAsync(tx, guard);
        return Took.Refused;
    }

    /// <summary>Undoes a <see cref="Took.Now"/> of the same transaction.</summary>
    public static async Task GiveBackAsync(Tx tx, VolumeGuard guard)
    {
        await tx.ExecuteAsync("UPDATE volume SET n = n - @Add WHERE whose = @whose AND period = @Period AND what = @what", Args(guard, default));
        await ForgetOnceAsync(tx, guard);
    }

    public static async Task<int> ForgetAsync(Tx tx, long now) =>
        await tx.ExecuteAsync("DELETE FROM volume_once WHERE until <= @now", new { now })
        + await tx.ExecuteAsync("DELETE FROM volume WHERE until <= @now", new { now });

    private static async Task ForgetOnceAsync(Tx tx, VolumeGuard guard)
    {
        if (guard.Once is { } subject)
        {
            await tx.ExecuteAsync(
                "DELETE FROM volume_once WHERE whose = @whose AND period = @Period AND what = @what AND subject = @subject", Args(guard, subject));
        }
    }

    private static object Args(VolumeGuard guard, UInt128 subject) => new
    {
        whose = Id.Bytes(guard.Whose), guard.Period, what = guard.What.Value, guard.Add, guard.Limit, guard.Until, subject = Id.Bytes(subject),
    };
}
