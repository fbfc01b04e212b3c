using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>What is remembered of the attempts under one key.</summary>
/// <param name="Level">Thousandths of attempts that were not (yet) successful; it leaks away evenly.</param>
/// <param name="At">Last counted attempt, UTC milliseconds.</param>
/// <param name="SuccessAt">Last success, UTC milliseconds, 0 for never.</param>
internal readonly record struct Attempts(long Level, long At, long SuccessAt);

/// <summary>
/// How sign-in slows down guessing without a lock-out that a stranger could trigger.
/// <list type="bullet">
/// <item>account × place (a device that signed in before, else an address prefix): doubling delay after three failures;</item>
/// <item>place alone, for one stranger trying many accounts: a larger allowance, then doubling delay;</item>
/// <item>account alone, for many strangers trying one account: a budget that refills slowly. A place from which this account
/// signed in within 90 days is not held to it, so the owner passes while strangers wait.</item>
/// </list>
/// Pure: time comes in, nothing is stored here.
/// </summary>
internal static class ThrottleRules
{
    public const int FreePairFailures = 3;
    public const int FreePlaceFailures = 30;
    public const int AccountBudget = 50;

    private const long Second = 1000;
    private const long Minute = 60 * Second;
    public const long LongestDelay = 15 * Minute;
    public const long KnownFor = 90L * 24 * 60 * Minute;

    private const long ForgivePairEvery = 30 * Minute;
    private const long ForgivePlaceEvery = Minute;
    private const long RefillAccountEvery = 2 * Minute;

    private const long One = 1000;

    /// <summary>Milliseconds to wait before this attempt may be made; 0: go ahead.</summary>
    public static long Delay(Attempts pair, Attempts place, Attempts account, long now)
    {
        var delay = Backoff(pair, ForgivePairEvery, FreePairFailures, now);
        if (IsKnown(pair, now))
        {
            return delay;
        }

        delay = Math.Max(delay, Backoff(place, ForgivePlaceEvery, FreePlaceFailures, now));
        var over = Leaked(account, RefillAccountEvery, now) - ((AccountBudget - 1) * One);
        return Math.Max(delay, Math.Max(0, over * RefillAccountEvery / One));
    }

    public static bool IsKnown(Attempts pair, long now) => pair.SuccessAt > 0 && now - pair.SuccessAt < KnownFor;

    public static Attempts CountPair(Attempts before, long now) => Count(before, ForgivePairEvery, now);

    public static Attempts CountPlace(Attempts before, long now) => Count(before, ForgivePlaceEvery, now);

    public static Attempts CountAccount(Attempts before, long now) => Count(before, RefillAccountEvery, now);

    /// <summary>Takes one counted attempt back after it proved successful.</summary>
    public static Attempts Refund(Attempts before) => before with { Level = Math.Max(0, before.Level - One) };

    /// <summary>A success clears the pair and makes the place known to the account.</summary>
    public static Attempts Succeeded(Attempts before, long now) => before with { Level = 0, SuccessAt = now };

    private static Attempts Count(Attempts before, long every, long now) => before with { Level = Leaked(before, every, now) + One, At = now };

    private static long Leaked(Attempts attempts, long every, long now) =>
        Math.Max(0, attempts.Level - (long)Int128.Min(attempts.Level, (Int128)Math.Max(0, now - attempts.At) * One / every));

    private static long Backoff(Attempts attempts, long every, int free, long now)
    {
        var over = (Leaked(attempts, every, now) + One - 1) / One - free;
        if (over < 0)
        {
            return 0;
        }

        // Never longer than the delay itself, also when the clock was set back meanwhile.
        var delay = Math.Min(LongestDelay, Second << (int)Math.Min(over, 20));
        return Math.Clamp(attempts.At + delay - now, 0, delay);
    }
}
