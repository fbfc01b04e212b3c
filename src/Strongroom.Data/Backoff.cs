using System.Security.Cryptography;

namespace Strongroom.Data;

/// <summary>Waits between attempts: doubling from 4 ms to 512 ms, drawn evenly from zero up, so rivals fall out of step.</summary>
internal static class Backoff
{
    public static Task DelayAsync(int attempt, TimeProvider time, CancellationToken ct)
    {
        var most = 4 << Math.Min(attempt, 7);
        return Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(1, most + 1)), time, ct);
    }
}
