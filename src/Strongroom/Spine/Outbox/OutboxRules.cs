namespace Strongroom.Spine.Outbox;

/// <summary>When a failed delivery is tried again. Pure.</summary>
internal static class OutboxRules
{
    /// <summary>With these waits the last attempt comes about two days after the first.</summary>
    public const int MostAttempts = 12;

    /// <summary>Ended rows are kept this long, in milliseconds: 90 days.</summary>
    public const long KeepEndedMs = 90L * 24 * 3_600_000;

    private const long FirstWaitMs = 30_000, LongestWaitMs = 8 * 3_600_000;

    /// <param name="attempts">Failed so far, from 1.</param>
    /// <returns>Milliseconds until the next attempt; null: give up.</returns>
    public static long? WaitAfter(int attempts) =>
        attempts >= MostAttempts ? null : Math.Min(LongestWaitMs, FirstWaitMs << Math.Min(attempts - 1, 20));
}
