using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Strongroom.Console.Tests;
using Strongroom.Server.Demo;
using Strongroom.Server.Tests.Harness;
using Strongroom.Spine.Identity.Factors;
using Strongroom.Tests.Harness;

[assembly: AssemblyFixture(typeof(DemoServer))]

namespace Strongroom.Console.Tests;

/// <summary>One demo for the whole run, as <c>./build.sh demo</c> starts it. A parent shell kills it as soon as our end of a pipe closes.</summary>
public sealed class DemoServer : IAsyncLifetime
{
    private const string Watched = """
        exec 3<&0
        "$@" </dev/null 3<&- &
        server=$!
        ( cat <&3; kill -9 $server ) >/dev/null 2>&1 &
        wait $server
        """;

    /// <summary>
    /// Accounts whose factors or state one class's tests change. That ends every session of the account (R38), so nobody else's test may sign in as
    /// them: classes run side by side.
    /// </summary>
    private static readonly Dictionary<string, string> Owners = new()
    {
        ["hotel-data-owner"] = nameof(SignInTests), ["complaints"] = nameof(SignInTests), ["front-desk"] = nameof(SignInTests),
        ["counter-lapsed"] = nameof(PeopleTests), ["night-lead"] = nameof(ApprovalTests),
    };

    private readonly StringBuilder said = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string folder = Directory.CreateTempSubdirectory("sr-console-").FullName;
    private readonly Dictionary<string, long> used = [];
    private Process? shell;

    public string Origin { get; private set; } = "";

    private DemoFile File { get; set; } = null!;

    /// <summary>Null: not installed (<c>./build.sh test</c> does it).</summary>
    internal OidcProcess? Provider { get; private set; }

    public async ValueTask InitializeAsync()
    {
        var port = Ports.Free();
        Origin = $"https://localhost:{port.ToString(CultureInfo.InvariantCulture)}";
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var program = Environment.GetEnvironmentVariable("STRONGROOM_SERVER") is { Length: > 0 } published ? published : Path.Combine(AppContext.BaseDirectory, "Strongroom.Server.dll");
        foreach (var argument in (string[])["-c", Watched, "sh", "dotnet", program,
            "demo", "--data", Path.Combine(folder, "data"), "--customers", "60", "--urls", Origin, .. await SsoAsync()])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_TieredPGO"] = "0";   // it lives for minutes: instrumenting it costs more than it gives
        shell = new Process { StartInfo = start, EnableRaisingEvents = true };
        shell.OutputDataReceived += (_, line) => Hear(line.Data);
        shell.ErrorDataReceived += (_, line) => Hear(line.Data);
        shell.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"The demo ended: {said}"));
        shell.Start();
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromMinutes(5));
        File = DemoFile.Read(Path.Combine(folder, "data", DemoFile.Name));
    }

    /// <summary>A real OpenID provider beside it, where one is installed.</summary>
    private async Task<string[]> SsoAsync()
    {
        if (OidcProcess.Folder is null)
        {
            return [];
        }

        Provider = await OidcProcess.StartAsync(Origin + "/v1/sign-in/sso/callback");
        var (secret, settings) = (Path.Combine(folder, "sso.secret"), Path.Combine(folder, "sso.json"));
        await System.IO.File.WriteAllTextAsync(secret, OidcProcess.ClientSecret);
        System.IO.File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await System.IO.File.WriteAllTextAsync(settings, JsonSerializer.Serialize(new
        {
            name = "corp", issuer = Provider.Issuer.ToString().TrimEnd('/'), clientId = OidcProcess.ClientId, secretFile = secret, twoFactors = new[] { "mfa" },
        }));
        return ["--sso", settings];
    }

    public async ValueTask DisposeAsync()
    {
        if (Provider is not null)
        {
            await Provider.DisposeAsync();
        }

        if (shell is not null)
        {
            shell.StandardInput.Close();
            await shell.WaitForExitAsync();
            shell.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <param name="changes">The test changes what ends the account's sessions: it must be its class's own.</param>
    public (string Account, string Password) Account(string name, bool changes = false)
    {
        var test = TestContext.Current.TestClass?.TestClassSimpleName;
        Assert.True(Owners.TryGetValue(name, out var owner) ? owner == test : !changes, $"{name} is {owner ?? "anybody"}'s account, not {test}'s alone");
        var account = File.Accounts.Single(one => one.Name == name);
        return (account.Name, account.Password);
    }

    /// <summary>The value of one of the demo's samples: synthetic people of ranges nobody has.</summary>
    public string Sample(string item) => File.Samples.First(sample => sample.Item == item).Value;

    /// <summary>The verifier key of the log, as printed at the start.</summary>
    public string LogKey => File.LogKey;

    /// <summary>The mobile number of a passenger who takes a special meal: behind a second person's passkey in the demo.</summary>
    public string Special => File.Samples[^1].Value;

    public IEnumerable<string> SampleValues => File.Samples.Select(sample => sample.Value).Distinct();

    /// <summary>Document number and first booking number of the sampled customer; the demo makes the same people in every run.</summary>
    public string Document { get; } = DemoCustomers.Of(0).Document;

    public string Booking { get; } = (string)DemoCustomers.Bookings([0], "", 1).First()["items"]!["ticket_no"]!;

    /// <summary>The bearer token of one of its systems.</summary>
    public string Token(string client) => File.Clients.Single(one => one.Name == client).Token;

    /// <summary>Path of the public half of its certificate.</summary>
    public string Certificate => Path.Combine(folder, "data", "tls.crt");

    /// <summary>A code of the account's authenticator. Each is good once; the server takes the next one already, the one after it has to be waited for.</summary>
    public async Task<string> CodeAsync(string name)
    {
        var secret = File.Accounts.Single(one => one.Name == name).Totp!;
        for (; ; await Task.Delay(200))
        {
            lock (used)
            {
                var step = Math.Max(used.GetValueOrDefault(name) + 1, Step);
                if (step <= Step + 1)
                {
                    used[name] = step;
                    return TotpRules.CodeAt(TotpRules.FromBase32(secret), step);
                }
            }
        }
    }

    private static long Step => TotpRules.StepAt(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>What a message says that the demo prints instead of sending it: the first group of the pattern.</summary>
    public async Task<string> SaidAsync(string pattern)
    {
        for (var until = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(until) < TimeSpan.FromSeconds(30); await Task.Delay(100))
        {
            lock (said)
            {
                if (System.Text.RegularExpressions.Regex.Matches(said.ToString(), pattern) is { Count: > 0 } all)
                {
                    return all[^1].Groups[1].Value;
                }
            }
        }

        throw new TimeoutException(pattern);
    }

    /// <summary>The mobile number of a passenger whom only one test changes.</summary>
    public string Changed { get; } = DemoCustomers.Of(7).Mobile;

    private void Hear(string? line)
    {
        lock (said)
        {
            said.AppendLine(line);
        }

        if (line?.Contains("Strongroom is ready", StringComparison.Ordinal) == true)
        {
            ready.TrySetResult();
        }
    }
}
