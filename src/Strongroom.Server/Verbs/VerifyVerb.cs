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
/// server, or a server's tlog routes; <c>strongroom verify --database [FILE]</c> the tables of a PostgreSQL database. Exit code 1 names the first entry or
/// row that does not fit.
/// </summary>
internal static class VerifyVerb
{
    private static readonly Argument<string?> Where = new("log") { Description = "Anchor folder, data folder, or https URL. 锚目录、数据目录或网址", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Database = new("--database")
    {
        Description = "Instead: a PostgreSQL database, by a file that holds its connection string, or by STRONGROOM_DATABASE. 改为核验 PostgreSQL 数据库:连接串所在的文件,或环境变量",
        Arity = ArgumentArity.ZeroOrOne,
    };
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
        var command = new Command("verify", "Verify the audit log offline. 离线核验日志") { Where, Database, Key, Trusted, Token, Ca };
        command.SetAction(async (parsed, ct) =>
        {
            var key = ReadKey(parsed.GetRequiredValue(Key));
            var kept = parsed.GetValue(Trusted) is { } trusted ? await File.ReadAllBytesAsync(trusted.FullName, ct) : null;
            var inDatabase = parsed.GetResult(Database) is not null;
            if (inDatabase == parsed.GetValue(Where) is not null)
            {
                throw new SetupException("写明核验什么:目录或网址,或者 --database,只能选一个。", "Say what to verify: a folder or address, or --database; one of them.");
            }

            return inDatabase
                ? await TellAsync(await DatabaseAsync(parsed.GetValue(Database), key, kept, terminal, ct), terminal)
                : await RunAsync(parsed.GetValue(Where)!, key, kept, parsed.GetValue(Token), parsed.GetValue(Ca), terminal, ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(string where, VerifierKey key, byte[]? kept, string? tokenFile, FileInfo? ca, Terminal terminal, CancellationToken ct)
    {
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

    private static Task<VerifyResult> DataFolderAsync(string folder, VerifierKey key, byte[]? kept, Terminal terminal, CancellationToken ct) =>
        OfflineSqlite.ReadAsync(Path.Combine(folder, "strongroom.db"), tx => TablesAsync(tx, key, kept, terminal, ct), ct);

    /// <summary>The connection string comes from a file or the environment: what stands on a command line is read by everybody on the machine.</summary>
    private static async Task<VerifyResult> DatabaseAsync(string? file, VerifierKey key, byte[]? kept, Terminal terminal, CancellationToken ct)
    {
        var connection = file is not null ? ConnectionText.InFile("--database", file) : Environment.GetEnvironmentVariable("STRONGROOM_DATABASE");
        return string.IsNullOrEmpty(connection)
            ? throw new SetupException("没有连接串:请设置 STRONGROOM_DATABASE,或在 --database 后写文件。", "No connection string: set STRONGROOM_DATABASE, or name a file after --database.")
            : await OfflinePostgres.ReadAsync(connection, tx => TablesAsync(tx, key, kept, terminal, ct), ct);
    }

    /// <summary>The log in its own tables, and the rows whose digests it carries.</summary>
    private static async Task<VerifyResult> TablesAsync(Tx tx, VerifierKey key, byte[]? kept, Terminal terminal, CancellationToken ct)
    {
        var result = await VerifyAsync(new DatabaseSource(tx, sealer: null), key, kept, terminal, ct);
        return result is VerifyResult.Sound ? await ControlState.CompareAsync(tx) ?? await ConsentVerifier.CompareAsync(tx)
            ?? await CaseState.CompareAsync(tx) ?? await UsageState.CompareAsync(tx) ?? result : result;
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
