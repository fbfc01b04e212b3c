using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using Strongroom.Server.Host;

namespace Strongroom.Server.Verbs;

/// <summary><c>strongroom serve --data DIR</c>: serves one installation until it is told to stop.</summary>
internal static class ServeVerb
{
    public static readonly Option<DirectoryInfo> Data = new("--data") { Description = "Data folder of the installation. 数据目录", Required = true };
    public static readonly Option<string[]> Urls = new("--urls")
    {
        Description = "HTTPS addresses. 监听地址", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["https://127.0.0.1:8443"],
    };

    public static readonly Option<string?> Database = new("--database") { Description = "File (mode 600) with the PostgreSQL connection string of the data, or STRONGROOM_DATABASE; SQLite without. 存放数据库连接串的文件" };
    public static readonly Option<string?> Keyring = new("--keyring") { Description = "The same for the keyring, or STRONGROOM_KEYRING. 存放密钥库连接串的文件" };
    public static readonly Option<string?> PassphraseFile = new("--passphrase-file") { Description = "File with the passphrase of the root key (or STRONGROOM_PASSPHRASE)." };
    private static readonly Option<string?> Certificate = new("--certificate") { Description = "TLS certificate chain, PEM." };
    private static readonly Option<string?> CertificateKey = new("--certificate-key") { Description = "TLS private key, PEM." };
    public static readonly Option<string?> PublicOrigin = new("--public-origin") { Description = "Origin that browsers use, e.g. https://localhost:8443." };
    private static readonly Option<FileInfo?> Breached = new("--breached")
    {
        Description = "Passwords known from breaches: SHA-1 hashes ordered by hash, HASH:COUNT a line (Have I Been Pwned). 已泄露密码清单",
    };

    private static readonly Option<int?> MetricsPort = new("--metrics-port") { Description = "Port on 127.0.0.1 for Prometheus." };
    private static readonly Option<string?> Otlp = new("--otlp") { Description = "OTLP receiver for metrics and traces, HTTP with protobuf (or OTEL_EXPORTER_OTLP_ENDPOINT). 遥测接收地址" };
    private static readonly Option<string> Log = new("--log") { Description = "text or json for the program's own log. 运行日志格式", DefaultValueFactory = _ => "text" };
    private static readonly Option<string> Node = new("--node") { Description = "Name of this node in the log.", DefaultValueFactory = _ => "node-1" };

    public static Command Command(Terminal terminal)
    {
        var command = new Command("serve", "Serve an installation. 启动服务")
        {
            Data, Urls, Database, Keyring, Certificate, CertificateKey, PublicOrigin, Breached, MetricsPort, Otlp, Log, PassphraseFile, Node,
        };
        Log.AcceptOnlyFromAmong("text", "json");
        command.SetAction((parsed, ct) => RunAsync(Read(parsed), terminal, ct));
        return command;
    }

    public static ServeOptions Read(ParseResult parsed) => new()
    {
        DataFolder = parsed.GetRequiredValue(Data).FullName,
        Urls = ReadUrls(parsed),
        Database = parsed.GetValue(Database),
        Keyring = parsed.GetValue(Keyring),
        CertificateFile = parsed.GetValue(Certificate),
        CertificateKeyFile = parsed.GetValue(CertificateKey),
        PublicOrigin = parsed.GetValue(PublicOrigin),
        BreachedFile = parsed.GetValue(Breached)?.FullName,
        MetricsPort = parsed.GetValue(MetricsPort),
        PassphraseFile = parsed.GetValue(PassphraseFile),
        Otlp = Telemetry.Address(parsed.GetValue(Otlp) ?? Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT")),
        JsonLog = parsed.GetValue(Log) == "json",
        Node = parsed.GetValue(Node) ?? "node-1",
    };

    public static IReadOnlyList<string> ReadUrls(ParseResult parsed) =>
        [.. (parsed.GetValue(Urls) ?? []).SelectMany(u => u.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static async Task<int> RunAsync(ServeOptions options, Terminal terminal, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(options, TimeProvider.System, ct);
        await using var app = StrongroomHost.Build(installation, options, TimeProvider.System);
        Check(app.Services, options);
        await app.StartAsync(ct);
        await Tls.PublishAsync(app.Services.GetRequiredService<X509Certificate2>(), options, ct);
        var urls = string.Join(' ', app.Urls.Where(u => u.StartsWith("https", StringComparison.Ordinal)));
        await terminal.SayAsync($"金库已就绪:{urls}(Ctrl-C 停止)", $"Strongroom is ready: {urls} (Ctrl-C stops it)");
        await WaitAsync(app, ct);
        return CommandLine.Done;
    }

    /// <summary>A list that cannot be used stops the start; found out at the first password it would come too late.</summary>
    private static void Check(IServiceProvider services, ServeOptions options)
    {
        try
        {
            services.GetRequiredService<Spine.Identity.BreachedPasswords>();
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new SetupException(
                $"--breached 文件不能用:{options.BreachedFile}。需要按散列排序的 SHA-1 清单。",
                $"--breached cannot be used: {options.BreachedFile}. It must be a list of SHA-1 hashes ordered by hash.");
        }
    }

    public static async Task WaitAsync(WebApplication app, CancellationToken ct)
    {
        try
        {
            await app.WaitForShutdownAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await app.StopAsync(CancellationToken.None);
        }
    }
}
