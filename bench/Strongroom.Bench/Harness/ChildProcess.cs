using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Strongroom.Bench.Harness;

/// <summary>A process of ours: started, listened to, and ended by its own id.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly string name;
    private readonly ConcurrentQueue<string> said = new();
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Heard)> waiting = [];
    private readonly Lock gate = new();

    private ChildProcess(string name, Process process) => (this.name, this.process) = (name, process);

    public bool HasExited => process.HasExited;

    /// <summary>The last of what it said.</summary>
    public string Said => Tail(string.Join('\n', said));

    public static ChildProcess Start(string name, string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["DOTNET_NOLOGO"] = "1";
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var child = new ChildProcess(name, new Process { StartInfo = start });
        child.process.OutputDataReceived += (_, line) => child.Hear(line.Data);
        child.process.ErrorDataReceived += (_, line) => child.Hear(line.Data);
        child.process.Start();
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a process to its end.</summary>
    /// <exception cref="BenchException">It ended with another code than 0.</exception>
    public static async Task<string> RunAsync(string name, string file, IEnumerable<string> arguments, CancellationToken ct, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var child = Start(name, file, arguments, environment);
        await child.process.WaitForExitAsync(ct);
        var text = string.Join('\n', child.said);
        return child.process.ExitCode == 0 ? text : throw new BenchException($"{name} ended with {child.process.ExitCode}: {Tail(text)}");
    }

    /// <summary>The first line, said already or to come, that fits.</summary>
    public async Task<string> HearAsync(Func<string, bool> wanted, CancellationToken ct)
    {
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (said.FirstOrDefault(wanted) is { } line)
            {
                return line;
            }

            waiting.Add((wanted, heard));
        }

        var ended = process.WaitForExitAsync(ct);
        var first = await Task.WhenAny(heard.Task, ended, Task.Delay(Patience, ct));
        ct.ThrowIfCancellationRequested();
        return first == heard.Task ? await heard.Task : throw new BenchException($"{name} did not get ready: {Tail(string.Join('\n', said))}");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!process.HasExited)
            {
                _ = Kill(process.Id, Terminate);
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
                await process.WaitForExitAsync(patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
        finally
        {
            process.Dispose();
        }
    }

    /// <summary>Resident set in bytes, now.</summary>
    public long ResidentBytes()
    {
        var line = File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6).TrimEnd("kB ").Trim(), System.Globalization.CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Processor time so far.</summary>
    public double ProcessorSeconds() => Processor.SecondsOf(process.Id);

    private const int Terminate = 15;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private static string Tail(string text) => text.Length > 1500 ? text[^1500..] : text;

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (gate)
        {
            said.Enqueue(line);
            while (said.Count > 400)
            {
                said.TryDequeue(out _);
            }

            foreach (var (wanted, heard) in waiting)
            {
                if (wanted(line))
                {
                    heard.TrySetResult(line);
                }
            }
        }
    }
}

/// <summary>Why something could not be measured; said in the results instead of a number.</summary>
internal sealed class BenchException(string message) : Exception(message);
