using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Strongroom.Server.Tests.Harness;

/// <summary>
/// A real Chromium with one page, driven over its own protocol (CDP): nothing between the test and the browser. It trusts exactly the
/// server's key, and has a virtual authenticator. A parent shell kills it as soon as our end of a pipe closes.
/// </summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Watched = """
        exec 3<&0
        "$@" </dev/null 3<&- &
        browser=$!
        ( cat <&3; kill -9 $browser ) >/dev/null 2>&1 &
        wait $browser
        """;

    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly string folder;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> waiting = new();
    private readonly ClientWebSocket socket = new();
    private readonly CancellationTokenSource ending = new();
    private readonly SemaphoreSlim sending = new(1);
    private readonly Process shell;
    private Task listening = Task.CompletedTask;
    private string? page;
    private int last;

    private Chromium(Process shell, string folder) => (this.shell, this.folder) = (shell, folder);

    /// <summary>The virtual authenticator's id.</summary>
    public string Authenticator { get; private set; } = "";

    public static bool IsThere => Places.Any(File.Exists);

    /// <summary>Opens a page of the server's own origin.</summary>
    public static async Task<Chromium> OpenAsync(string certificatePem, Uri document)
    {
        using var certificate = X509Certificate2.CreateFromPem(certificatePem);
        var key = Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
        var started = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        var profile = Directory.CreateTempSubdirectory("sr-chromium-").FullName;
        foreach (var argument in (string[])["-c", Watched, "sh", Places.First(File.Exists), "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-dev-shm-usage", "--disable-background-networking", "--remote-debugging-port=0", $"--user-data-dir={profile}", $"--ignore-certificate-errors-spki-list={key}", "about:blank"])
        {
            start.ArgumentList.Add(argument);
        }

        var browser = new Chromium(Process.Start(start)!, profile);
        browser.shell.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith("DevTools listening on ", StringComparison.Ordinal) == true)
            {
                started.TrySetResult(new Uri(line.Data["DevTools listening on ".Length..]));
            }
        };
        browser.shell.BeginErrorReadLine();
        browser.shell.BeginOutputReadLine();
        await browser.AttachAsync(await started.Task.WaitAsync(TimeSpan.FromSeconds(60)), document);
        return browser;
    }

    /// <summary>Runs a script in the page; answers what its promise gives.</summary>
    public async Task<JsonNode?> RunAsync(string script)
    {
        var result = await SendAsync("Runtime.evaluate", new { expression = script, awaitPromise = true, returnByValue = true });
        Assert.False(result.ContainsKey("exceptionDetails"), result.ToJsonString());
        return result["result"]!["value"]?.DeepClone();
    }

    /// <summary>Asks the server from the page, as its own scripts do.</summary>
    public async Task<(int Status, JsonNode? Json)> FetchAsync(string method, string path, object? body = null)
    {
        var answer = await RunAsync($"ask({JsonSerializer.Serialize(method)}, {JsonSerializer.Serialize(path)}, {JsonSerializer.Serialize(body)})");
        return (answer!["status"]!.GetValue<int>(), answer["json"]?.DeepClone());
    }

    public Task<JsonObject> SendAsync(string method, object? arguments = null) => SendAsync(method, arguments, page);

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        await listening;
        shell.Dispose();
        socket.Dispose();
        ending.Dispose();
        sending.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task AttachAsync(Uri devTools, Uri document)
    {
        await socket.ConnectAsync(devTools, ending.Token);
        listening = ListenAsync();
        var target = await SendAsync("Target.createTarget", new { url = "about:blank" }, null);
        page = (await SendAsync("Target.attachToTarget", new { targetId = target["targetId"]!.GetValue<string>(), flatten = true }, null))["sessionId"]!.GetValue<string>();
        await SendAsync("Page.enable");
        await SendAsync("Emulation.setFocusEmulationEnabled", new { enabled = true });

        // The document is a bare answer of the server, whose policy allows no script at all: the console's own comes with the console.
        await SendAsync("Page.setBypassCSP", new { enabled = true });
        await SendAsync("WebAuthn.enable", new { enableUI = false });
        var made = await SendAsync("WebAuthn.addVirtualAuthenticator", new
        {
            options = new { protocol = "ctap2", transport = "internal", hasResidentKey = true, hasUserVerification = true, isUserVerified = true, automaticPresenceSimulation = true },
        });
        Authenticator = made["authenticatorId"]!.GetValue<string>();
        await SendAsync("Page.navigate", new { url = document.ToString() });
        var patience = Stopwatch.StartNew();
        while (await WhereAsync() != document.ToString())
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), "The page did not load.");
            await Task.Delay(20);
        }

        await RunAsync(Helpers);
    }

    /// <summary>Where the page is, once it is whole; while it moves a script may find no page to run in.</summary>
    private async Task<string?> WhereAsync()
    {
        try
        {
            var result = await SendAsync("Runtime.evaluate", new { expression = "document.readyState === 'complete' ? location.href : ''", returnByValue = true });
            return result["result"]?["value"]?.ToString();
        }
        catch (Xunit.Sdk.XunitException)
        {
            return null;
        }
    }

    private const string Helpers = """
        globalThis.ask = async (method, path, body) => {
          const answer = await fetch(path, { method, headers: { 'Content-Type': 'application/json', 'X-Strongroom': '1' }, body: body == null ? undefined : JSON.stringify(body) });
          const text = await answer.text();
          return { status: answer.status, json: text ? JSON.parse(text) : null };
        };
        globalThis.create = async options => (await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })).toJSON();
        globalThis.prove = async options => (await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })).toJSON();
        true
        """;

    private async Task<JsonObject> SendAsync(string method, object? arguments, string? session)
    {
        var id = Interlocked.Increment(ref last);
        var answer = waiting[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = JsonSerializer.SerializeToNode(arguments ?? new { }) };
        if (session is not null)
        {
            message["sessionId"] = session;
        }

        await sending.WaitAsync();
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, ending.Token);
        }
        finally
        {
            sending.Release();
        }

        var reply = await answer.Task.WaitAsync(TimeSpan.FromSeconds(90));
        Assert.True(reply["error"] is null, $"{method}: {reply.ToJsonString()}");
        return reply["result"]!.AsObject();
    }

    private async Task ListenAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), ending.Token);
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                {
                    continue;
                }

                var reply = JsonNode.Parse(message.ToArray())!.AsObject();
                message.SetLength(0);
                if (reply["id"] is { } id && waiting.TryRemove(id.GetValue<int>(), out var asked))
                {
                    asked.TrySetResult(reply);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            foreach (var asked in waiting.Values)
            {
                asked.TrySetException(new InvalidOperationException("The browser is gone.", e));
            }
        }
    }
}
