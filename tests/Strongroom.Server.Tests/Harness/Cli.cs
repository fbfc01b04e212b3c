using System.Diagnostics;

namespace Strongroom.Server.Tests.Harness;

/// <summary>What one run of the command line said.</summary>
internal sealed record Ran(int Code, string Out, string Error)
{
    public string All => Out + Error;
}

/// <summary>Runs the server as an operator would: the published one that STRONGROOM_SERVER names (so does <c>./build.sh test</c>), else the built one beside this assembly.</summary>
internal static class Cli
{
    private static readonly string[] Cleared =
        ["STRONGROOM_DATABASE", "STRONGROOM_KEYRING", "STRONGROOM_PASSPHRASE", "STRONGROOM_TOKEN", "LC_MESSAGES", "LANG", "ASPNETCORE_URLS"];

    private static readonly string Program = Environment.GetEnvironmentVariable("STRONGROOM_SERVER") is { Length: > 0 } published
        ? published : Path.Combine(AppContext.BaseDirectory, "Strongroom.Server.dll");

    public static ProcessStartInfo Command(IReadOnlyDictionary<string, string>? environment, IEnumerable<string> arguments, params string[] before)
    {
        string[] command = [.. before, Environment.ProcessPath is { } host && Path.GetFileName(host) == "dotnet" ? host : "dotnet", Program, .. arguments];
        var start = new ProcessStartInfo(command[0])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in Cleared)
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["DOTNET_TieredPGO"] = "0";   // processes that live for seconds: instrumenting them costs more than it gives
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return start;
    }

    public static Task<Ran> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    public static async Task<Ran> RunAsync(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using var process = Process.Start(Command(environment, arguments))!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail($"strongroom {arguments[0]} did not end: {await output}{await error}");
        }

        return new Ran(process.ExitCode, await output, await error);
    }
}
