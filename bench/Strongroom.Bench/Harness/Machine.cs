using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Strongroom.Bench.Harness;

/// <summary>What was measured, and on what.</summary>
internal static class Machine
{
    // Two cores with something else on them give noise, not figures.
    private const double QuietLoad = 0.7;

    public static string Cpu() => File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";

    public static double MemoryGb() => double.Parse(
        File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024 / 1024;

    /// <summary>Mean length of the run queue over the last minute.</summary>
    public static double LoadAverage() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    public static bool IsQuiet(double load) => load <= QuietLoad;

    /// <summary>The repository this was built from; found upwards of the program.</summary>
    public static string Repository()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Strongroom.slnx")))
            {
                return at.FullName;
            }
        }

        throw new BenchException("Run it from the repository: Strongroom.slnx was not found above the program.");
    }

    /// <summary>Short commit id, with a mark when what is built differs from it.</summary>
    public static async Task<string> CommitAsync(string repository, CancellationToken ct)
    {
        var commit = await ChildProcess.RunAsync("git", "git", ["-C", repository, "rev-parse", "--short=12", "HEAD"], ct);
        var changed = await ChildProcess.RunAsync("git", "git", ["-C", repository, "status", "--porcelain", "--", "src", "packs", "bench/Strongroom.Bench"], ct);
        return commit.Trim() + (changed.Trim().Length > 0 ? " with changes" : "");
    }
}

/// <summary>Processor time from <c>/proc</c>: unlike throughput it is hardly moved by what else the machine does.</summary>
internal static class Processor
{
    private const double TicksPerSecond = 100;

    /// <summary>Seconds in user and kernel mode that a process has had.</summary>
    public static double SecondsOf(int process) => Of(Living(process), children: false);

    /// <summary>The same of a process with its living children and those that ended.</summary>
    public static double SecondsOfTree(int parent) => Of(Living(parent), children: true) + Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Fields(id) : null)
        .OfType<string[]>().Where(fields => fields[1] == parent.ToString(CultureInfo.InvariantCulture)).Sum(fields => Of(fields, children: false));

    private static string[] Living(int process) => Fields(process) ?? throw new BenchException("a process that is measured has ended");

    private static double Of(string[] fields, bool children) =>
        fields[11..(children ? 15 : 13)].Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond;

    /// <summary>What stands behind the name, from the state on: parent at 1, own times at 11 and 12, those of ended children at 13 and 14.</summary>
    private static string[]? Fields(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;   // it has just ended
        }
    }
}

/// <summary>A folder under /tmp that goes with the run.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder() => Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public string Path { get; } = System.IO.Path.Combine("/tmp", "srbench-" + RandomNumberGenerator.GetHexString(8, lowercase: true));

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Work counted over a stretch of time.</summary>
internal static class Clock
{
    public static async Task<double> SecondsAsync(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>Repeats a batch for about <paramref name="seconds"/>; answers single works a second.</summary>
    public static double RateOf(double seconds, int batch, Action<int> work)
    {
        work(batch / 10 + 1);
        var clock = Stopwatch.StartNew();
        long done = 0;
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            work(batch);
            done += batch;
        }

        return done / clock.Elapsed.TotalSeconds;
    }
}
