using System.Globalization;
using System.Text;
using Strongroom.Bench.Harness;

namespace Strongroom.Bench;

/// <summary>The table, for the terminal and for <c>bench/RESULTS.md</c>.</summary>
internal static class ResultTable
{
    private const int KeysInMemory = 10_000;

    /// <param name="LoadBefore">Run queue, mean of the minute before.</param>
    public sealed record About(string Commit, DateTimeOffset When, double LoadBefore, TimeSpan Took, BenchOptions Options);

    public static string Markdown(IReadOnlyList<Line> lines, About about)
    {
        var o = about.Options;
        var text = new StringBuilder();
        text.AppendLine("# Measurements").AppendLine()
            .AppendLine("Written by `./build.sh bench`; what each row means and why only ratios count: docs of performance and `bench/README.md`.").AppendLine();
        if (!Machine.IsQuiet(about.LoadBefore))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"> **Measured under load** (run queue {about.LoadBefore:0.0} before the start): indicative only, not a result.").AppendLine();
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"- machine: {Environment.ProcessorCount} cores, {Machine.Cpu()}, {Machine.MemoryGb():0} GB, {Environment.OSVersion.VersionString}, .NET {Environment.Version}")
            .AppendLine(CultureInfo.InvariantCulture, $"- commit: {about.Commit}; date: {about.When:yyyy-MM-dd HH:mm} UTC; run queue before: {about.LoadBefore:0.00}; took {about.Took.TotalMinutes:0.0} min")
            .AppendLine(CultureInfo.InvariantCulture, $"- {o.Customers:N0} customers, {o.Rounds} rounds alternating, {o.Seconds} s each side and round after {o.WarmUp} s of warming up; median (lowest–highest)")
            .AppendLine(o.Customers > KeysInMemory ? "- more customers than the 10,000 whose keys stay in memory: some keys are read from the keyring" : "- fewer customers than the 10,000 whose keys stay in memory: after the warm-up no key is read from the keyring")
            .AppendLine("- server, PostgreSQL 15 (loopback, fsync on) and wrk share the machine; TLS, keep-alive, one certificate for all").AppendLine()
            .AppendLine("| work | measure | Strongroom | against | figure | rounds | goal | |").AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (var line in lines)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {line.Work} | {line.Measure} | {line.A} | {line.B} | {Figure(line)} | {line.Spread} | {line.Goal} | {Mark(line)} |");
        }

        return text.ToString();
    }

    public static string Table(IReadOnlyList<Line> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{line.Work}: {line.Measure}");
            text.AppendLine(line.Missing is null
                ? string.Create(CultureInfo.InvariantCulture, $"    {Figure(line)} [{line.Spread}]  goal {line.Goal?.ToString() ?? "—"}  {line.Verdict}    {line.A}{(line.B.Length > 0 ? " against " + line.B : "")}")
                : "    " + line.Verdict);
        }

        return text.ToString();
    }

    private static string Figure(Line line) => line.Missing is null ? Series.Number(line.Value) : "";

    private static string Mark(Line line) => (line.Verdict switch { "met" => "met", "not met" => "**not met**", var other => other }).Replace('|', '/').ReplaceLineEndings(" ");
}
