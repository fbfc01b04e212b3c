namespace Strongroom.Ground;

/// <summary>Instants are UTC milliseconds since 1970 everywhere: storage, JSON, log.</summary>
public static class Instants
{
    public static long NowMs(this TimeProvider time) => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What the machine's own clock says, where the product's time may be another: for codes that others make by their clocks.</summary>
    public static long WallMs(this TimeProvider time) => time is IWallClock wall ? wall.WallNow.ToUnixTimeMilliseconds() : time.NowMs();

    /// <summary>
    /// Now, and never later than what is known to have passed: for whatever opens, renews or forgets with time. A clock that ran ahead ends
    /// what has a term and does no more (decision 0028).
    /// </summary>
    public static long SureMs(this TimeProvider time) => time is IWallClock { IsAhead: true } wall ? Math.Min(time.NowMs(), wall.KnownMs) : time.NowMs();

    /// <summary>The clock lies ahead of what is known to have passed and is not believed yet: nothing acts by itself meanwhile.</summary>
    public static bool IsAhead(this TimeProvider time) => time is IWallClock { IsAhead: true };

    public static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}

/// <summary>A clock that may say another time than the machine's.</summary>
public interface IWallClock
{
    /// <summary>What the machine's clock says.</summary>
    DateTimeOffset WallNow { get; }

    /// <summary>The instant known to have passed, UTC milliseconds.</summary>
    long KnownMs { get; }

    /// <summary>The machine's clock lies far ahead of it, and not yet for long.</summary>
    bool IsAhead { get; }
}

/// <summary>A text in both languages of the product; both are always there.</summary>
public sealed record Bilingual(string Zh, string En)
{
    public string In(string? locale) => locale is not null && locale.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? En : Zh;
}
