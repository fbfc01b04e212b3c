namespace Strongroom.Tests.Harness;

/// <summary>A clock that stands still until moved. Its timers are real ones.</summary>
public sealed class ManualTime : TimeProvider
{
    private long milliseconds = 1_750_000_000_000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Interlocked.Read(ref milliseconds));

    public void Advance(TimeSpan by) => Interlocked.Add(ref milliseconds, (long)by.TotalMilliseconds);
}
