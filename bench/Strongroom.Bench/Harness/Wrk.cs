using System.Globalization;
using System.Text.Json;

namespace Strongroom.Bench.Harness;

/// <summary>What one run of wrk saw.</summary>
/// <param name="Errors">Answers that were no success, and broken connections.</param>
internal sealed record Load(long Requests, double Seconds, double P50Ms, double P99Ms, long Errors)
{
    public double PerSecond => Requests / Seconds;
}

/// <summary>Drives a server with wrk over TLS, keep-alive, two threads.</summary>
internal static class Wrk
{
    private const string Mark = "BENCH ";

    public static bool IsThere => File.Exists("/usr/bin/wrk") || File.Exists("/usr/local/bin/wrk");

    /// <param name="script">File under lua/; its <c>init</c> gets <paramref name="arguments"/>.</param>
    public static async Task<Load> RunAsync(Uri server, string script, int connections, int seconds, IEnumerable<string> arguments, CancellationToken ct)
    {
        var text = await ChildProcess.RunAsync("wrk", "wrk",
            [
                "-t2", $"-c{connections}", $"-d{seconds}s", "--timeout", "10s", "-s", Path.Combine(AppContext.BaseDirectory, "lua", script),
                server.GetLeftPart(UriPartial.Authority), "--", .. arguments,
            ], ct);
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith(Mark, StringComparison.Ordinal)) ?? throw new BenchException("wrk printed no result: " + text);
        using var json = JsonDocument.Parse(line.AsMemory(Mark.Length));
        double Of(string name) => json.RootElement.GetProperty(name).GetDouble();
        return new Load((long)Of("requests"), Of("us") / 1e6, Of("p50") / 1000, Of("p99") / 1000, (long)Of("errors"));
    }

    /// <summary>Writes what <c>requests.lua</c> picks from at random: one <c>path TAB body</c> a line.</summary>
    public static string Write(string folder, string name, IEnumerable<(string Path, string Body)> requests)
    {
        var file = Path.Combine(folder, name + ".requests");
        File.WriteAllLines(file, requests.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Path}\t{r.Body}")));
        return file;
    }
}
