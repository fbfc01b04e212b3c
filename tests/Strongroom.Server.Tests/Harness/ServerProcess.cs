using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Strongroom.Tests.Harness;

namespace Strongroom.Server.Tests.Harness;

/// <summary>
/// The real server as a process of its own. A parent shell kills it as soon as our end of a pipe closes, so it goes even when the test
/// process is killed. Clients trust exactly the certificate of the first connection.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Watched = """
        exec 3<&0
        "$@" </dev/null 3<&- &
        server=$!
        echo "pid $server"
        ( cat <&3; kill -9 $server ) >/dev/null 2>&1 &
        watch=$!
        wait $server; code=$?
        kill $watch
        exit $code
        """;

    private readonly Process shell;
    private readonly StringBuilder said = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SocketsHttpHandler handler;
    private byte[]? certificate;
    private int pid;

    private ServerProcess(ProcessStartInfo start)
    {
        handler = new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => IsOurs(shown) },
        };
        shell = new Process { StartInfo = start, EnableRaisingEvents = true };
        shell.OutputDataReceived += (_, line) => Hear(line.Data);
        shell.ErrorDataReceived += (_, line) => Hear(line.Data);
        shell.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("The server ended: " + Said));
        shell.Start();
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
    }

    public Uri Url { get; private set; } = null!;

    /// <summary>The server's own process, not the shell's around it.</summary>
    public int Pid => pid;

    public int MetricsPort { get; private init; }

    public required Place Place { get; init; }

    /// <summary>Everything on stdout and stderr so far.</summary>
    public string Said
    {
        get
        {
            lock (said)
            {
                return said.ToString();
            }
        }
    }

    /// <summary>The server's certificate as PEM, once somebody connected.</summary>
    public string CertificatePem => X509CertificateLoader.LoadCertificate(certificate!).ExportCertificatePem();

    public static async Task<ServerProcess> StartAsync(Place place, string folder, params string[] more)
    {
        var port = Ports.Free();
        return await StartAsync(
            place, port, ["serve", "--data", folder, "--urls", "https://127.0.0.1:0", "--metrics-port", port.ToString(CultureInfo.InvariantCulture), .. more]);
    }

    private static async Task<ServerProcess> StartAsync(Place place, int port, string[] arguments)
    {
        var server = new ServerProcess(Cli.Command(place.Environment, arguments, "sh", "-c", Watched, "sh")) { MetricsPort = port, Place = place };
        try
        {
            await server.ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
            return server;
        }
        catch (Exception e)
        {
            var text = server.Said;
            await server.DisposeAsync();
            throw new InvalidOperationException("The server did not become ready: " + text, e);
        }
    }

    /// <summary>Somebody who is not signed in.</summary>
    public Caller Nobody() => new(this, Place.Apps, new HttpClient(handler, disposeHandler: false) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(100) });

    public Caller Client(string token)
    {
        var caller = Nobody();
        caller.Token = token;
        return caller;
    }

    /// <summary>A business system whose TLS connections show this certificate.</summary>
    public Caller Client(string token, X509Certificate2 shown)
    {
        var own = new SocketsHttpHandler
        {
            UseCookies = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, server, _, _) => IsOurs(server), ClientCertificates = new X509CertificateCollection { shown }, LocalCertificateSelectionCallback = (_, _, _, _, _) => shown,
            },
        };
        return new Caller(this, Place.Apps, new HttpClient(own) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(100) }) { Token = token };
    }

    public async Task<string> MetricsAsync()
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri($"http://127.0.0.1:{MetricsPort}/metrics"));
    }

    /// <summary>SIGKILL, and gone when this returns.</summary>
    public async Task KillAsync()
    {
        if (!shell.HasExited)
        {
            Signal("-KILL");
        }

        await shell.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as systemd does.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        if (!shell.HasExited)
        {
            Signal("-TERM");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
            try
            {
                await shell.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
                Assert.Fail("The server did not stop within 40 s: " + Said);
            }
        }

        return shell.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        shell.StandardInput.Close();
        shell.Dispose();
        handler.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (said)
        {
            said.AppendLine(line);
        }

        if (pid == 0 && line.StartsWith("pid ", StringComparison.Ordinal))
        {
            pid = int.Parse(line[4..], CultureInfo.InvariantCulture);
        }
        else if (line.StartsWith("Strongroom is ready: ", StringComparison.Ordinal))
        {
            Url = new Uri(line.Split(' ')[3]);
            ready.TrySetResult();
        }
    }

    private bool IsOurs(X509Certificate? shown)
    {
        var bytes = shown?.GetRawCertData();
        var first = Interlocked.CompareExchange(ref certificate, bytes, null);
        return bytes is not null && (first is null || first.AsSpan().SequenceEqual(bytes));
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
