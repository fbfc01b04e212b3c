using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>What a client was allotted in its current minute and day.</summary>
/// <param name="Minute">Minutes since 1970.</param>
/// <param name="Day">Days since 1970, UTC.</param>
internal sealed record QuotaUse(long Minute, long MinuteUsed, long Day, long DayUsed)
{
    public static readonly QuotaUse None = new(0, 0, 0, 0);
}

/// <param name="PerMinute">Calls in a calendar minute (UTC).</param>
/// <param name="PerDay">Calls in a calendar day (UTC).</param>
internal sealed record QuotaLimits(int PerMinute, int PerDay);

/// <summary>
/// Shares a client's quota among nodes: each node takes a few calls at a time from the common row and spends them in
/// memory. Never more than the quota is spent. What is taken doubles while a client is busy and starts at one, so what
/// a node leaves unused at the end of a minute is little; it gives that back to the day when it takes again. Pure.
/// </summary>
internal static class QuotaRules
{
    private const int LargestShare = 20;

    public static long MinuteOf(long ms) => ms / 60_000;

    public static long DayOf(long ms) => ms / 86_400_000;

    /// <summary>How many calls to ask for after <paramref name="last"/> were taken in the same minute (0: the first time).</summary>
    public static int Wanted(int last, QuotaLimits limits) =>
        Math.Clamp(last == 0 ? 1 : last * 2, 1, Math.Max(1, limits.PerMinute / LargestShare));

    /// <summary>Takes up to <paramref name="wanted"/> calls; 0 when the quota is spent.</summary>
    /// <param name="unused">Calls taken before, in <paramref name="unusedDay"/>, that were never made.</param>
    public static (int Granted, QuotaUse After) Take(QuotaUse before, QuotaLimits limits, int wanted, int unused, long unusedDay, long now)
    {
        var minute = MinuteOf(now);
        var day = DayOf(now);
        var minuteUsed = before.Minute == minute ? before.MinuteUsed : 0;
        var dayUsed = before.Day == day ? before.DayUsed : 0;
        if (unusedDay == day)
        {
            dayUsed = Math.Max(0, dayUsed - unused);
        }

        var granted = (int)Math.Clamp(Math.Min(limits.PerMinute - minuteUsed, limits.PerDay - dayUsed), 0, wanted);
        return (granted, new QuotaUse(minute, minuteUsed + granted, day, dayUsed + granted));
    }

    /// <summary>Seconds until the next call can succeed, for Retry-After.</summary>
    public static int RetryAfter(QuotaUse use, QuotaLimits limits, long now) =>
        use.DayUsed >= limits.PerDay
            ? (int)(((use.Day + 1) * 86_400_000) - now + 999) / 1000
            : (int)((((use.Minute + 1) * 60_000) - now + 999) / 1000);
}
