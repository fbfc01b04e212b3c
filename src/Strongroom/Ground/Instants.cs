namespace Strongroom.Ground;

/// <summary>Instants are UTC milliseconds since 1970 everywhere: storage, JSON, log.</summary>
public static class Instants
{
    public static long NowMs(this TimeProvider time) => time.GetUtcNow().ToUnixTimeMilliseconds();

    public static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}

/// <summary>A text in both languages of the product; both are always there.</summary>
public sealed record Bilingual(string Zh, string En)
{
    public string In(string? locale) => locale is not null && locale.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? En : Zh;
}
