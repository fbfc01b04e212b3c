using System.CommandLine;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Spectre.Console;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Server.Host;
using Strongroom.Spine.Audit.Tlog;
using Strongroom.Spine.Audit.Verify;
using Strongroom.Spine.Monitoring;
using Strongroom.Spine.Policies;
using Strongroom.Spine.Reviews;
using Strongroom.Store.Consent;

namespace Strongroom.Server.Verbs;

/// <summary>
/// <c>strongroom verify DIR|URL --key KEY</c>: checks a whole log offline with a pinned key: an anchor folder, the data folder of a stopped
/// server, or a server's tlog routes. Exit code 1 names the first entry that does not fit.
/// </summary>
internal static class VerifyVerb
{
    private static readonly Argument<string> Where = new("log") { Description = "Anchor folder, data folder, or https URL. 锚目录、数据目录或网址" };
    private static readonly Option<string> Key = new("--key") { Description = "Pinned verifier key of the log, or a file that holds it. 日志公钥", Required = true };
    private static readonly Option<FileInfo?> Trusted = new("--trusted") { Description = "A checkpoint you kept: proves freshness up to it." };
    public static readonly Option<string?> Token = new("--token-file") { Description = "File with an API client's token (or STRONGROOM_TOKEN)." };
    public static readonly Option<FileInfo?> Ca = new("--ca") { Description = "PEM certificate to trust for the server, e.g. DIR/tls.crt of the demo." };

    /// <summary>The address of a running server. System.CommandLine reads no <see cref="Uri"/> by itself.</summary>
    public static readonly Option<Uri?> Server = new("--server")
    {
        Description = "Address of the running server, e.g. https://127.0.0.1:8443. 正在运行的服务",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps)
            {
                return address;
            }

            result.AddError(new Bilingual("--server 需要 https 网址。", "--server takes an https address.").In(Terminal.Locale));
            return null;
        },
    };

    public static Command Command(Terminal terminal)
    {
        var command = new Command("verify", "Verify the audit log offline. 离线核验日志") { Where, Key, Trusted, Token, Ca };
        command.SetAction((parsed, ct) => RunAsync(
            parsed.GetRequiredValue(Where), ReadKey(parsed.GetRequiredValue(Key)), parsed.GetValue(Trusted), parsed.GetValue(Token), parsed.GetValue(Ca), terminal, ct));
        return command;
    }

    private static async Task<int> RunAsync(string where, VerifierKey key, FileInfo? trusted, string? tokenFile, FileInfo? ca, Terminal terminal, CancellationToken ct)
    {
        var kept = trusted is null ? null : await File.ReadAllBytesAsync(trusted.FullName, ct);
        VerifyResult result;
        if (Uri.TryCreate(where, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps)
        {
            using var client = Client(address, tokenFile, ca);
            client.BaseAddress = new Uri(address.ToString().TrimEnd('/') + "/tlog/");
            result = await VerifyAsync(new HttpSource(client), key, kept, terminal, ct);
        }
        else if (File.Exists(Settings.PathIn(where)))
        {
            result = await DataFolderAsync(where, key, kept, terminal, ct);
        }
        else if (Directory.Exists(where))
        {
            result = await VerifyAsync(new FolderSource(where), key, kept, terminal, ct);
        }
        else
        {
            throw new SetupException($"没有这个目录,也不是 https 网址:{where}", $"Neither a folder nor an https address: {where}");
        }

        return await TellAsync(result, terminal);
    }

    private static async Task<VerifyResult> DataFolderAsync(string folder, VerifierKey key, byte[]? kept, Terminal terminal, CancellationToken ct)
    {
        return await OfflineSqlite.ReadAsync(Path.Combine(folder, "strongroom.db"), async tx =>
        {
            var result = await VerifyAsync(new DatabaseSource(tx, sealer: null), key, kept, terminal, ct);
            return result is VerifyResult.Sound ? await ControlState.CompareAsync(tx) ?? await ConsentVerifier.CompareAsync(tx)
                ?? await CaseState.CompareAsync(tx) ?? await UsageState.CompareAsync(tx) ?? result : result;
        }, ct);
    }

    private static async Task<VerifyResult> VerifyAsync(ILogSource source, VerifierKey key, byte[]? kept, Terminal terminal, CancellationToken ct)
    {
        if (Console.IsErrorRedirected)
        {
            return await new LogVerifier(source, key).RunAsync(kept, progress: null, ct);
        }

        var screen = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) });
        return await screen.Status().StartAsync(new Bilingual("核验中…", "Verifying…").In(Terminal.Locale), status =>
            new LogVerifier(source, key).RunAsync(kept, new Progress<long>(n => status.Status(Terminal.Number(n))), ct));
    }

    private static async Task<int> TellAsync(VerifyResult result, Terminal terminal)
    {
        switch (result)
        {
            case VerifyResult.Sound sound:
                await terminal.SayAsync(
                    $"通过:{Terminal.Number(sound.Size)} 条,比对检查点 {sound.Checkpoints} 个。{sound.Text.Zh}",
                    $"Verified: {Terminal.Number(sound.Size)} entries, {sound.Checkpoints} checkpoints compared. {sound.Text.En}");
                await terminal.Out.WriteLineAsync($"root {Convert.ToBase64String(sound.Root.ToArray())}");
                return CommandLine.Done;
            case VerifyResult.Broken broken:
                var at = broken.Index is { } index ? $" #{index}" : "";
                var id = broken.Entry is { } entry ? $" {entry}" : "";
                await terminal.WarnAsync($"没有通过:{broken.Code}{at}{id} {broken.Text.Zh}", $"NOT verified: {broken.Code}{at}{id} {broken.Text.En}");
                return CommandLine.FoundWrong;
            default:
                return CommandLine.FoundWrong;
        }
    }

    private static VerifierKey ReadKey(string given)
    {
        var text = File.Exists(given) ? File.ReadAllText(given).Trim() : given;
        return VerifierKey.TryParse(text, out var key, out _)
            ? key
            : throw new SetupException("--key 不是日志公钥(名称+编号+密钥)。", "--key is not a verifier key (name+id+key).");
    }

    /// <summary>A client for a running server: token from a file or the environment, never from the command line; the given certificate only.</summary>
    public static HttpClient Client(Uri address, string? tokenFile, FileInfo? ca)
    {
        if (address.Scheme != Uri.UriSchemeHttps)
        {
            throw new SetupException("服务地址必须是 https。", "The server's address must be https: token and customer information travel there.");
        }

        // A redirect would carry token and customer information to another host.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        if (ca is not null)
        {
            var pinned = X509CertificateLoader.LoadCertificateFromFile(ca.FullName);
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(pinned.RawData);
        }

        var client = new HttpClient(handler) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        var token = tokenFile is not null ? File.ReadAllText(tokenFile).Trim() : Environment.GetEnvironmentVariable("STRONGROOM_TOKEN");
        if (!string.IsNullOrEmpty(token))
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }
}
