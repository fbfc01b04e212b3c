namespace Strongroom.Ground;

/// <summary>Instants are UTC milliseconds since 1970 everywhere: storage, JSON, log.</summary>
public static class Instants
{
    public static long NowMs(this TimeProvider time) => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What the machine's own clock says, where the product's time may be another: for codes that others make by their clocks.</summary>
    public static long WallMs(this TimeProvider time) => time is IWallClock wall ? wall.WallNow.ToUnixTimeMilliseconds() : time.NowMs();

    public static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}

/// <summary>A clock that may say another time than the machine's.</summary>
public interface IWallClock
{
    /// <summary>What the machine's clock says.</summary>
    DateTimeOffset WallNow { get; }
}

/// <summary>A text in both languages of the product; both are always there.</summary>
public sealed record Bilingual(string Zh, string En)
{
    public string In(string? locale) => locale is not null && locale.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? En : Zh;
}
