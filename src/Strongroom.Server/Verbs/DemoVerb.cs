using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Strongroom.Collect.Notices;
using Strongroom.Server.Demo;
using Strongroom.Server.Host;
using Strongroom.Spine.Access;

namespace Strongroom.Server.Verbs;

/// <summary>
/// <c>strongroom demo</c>: a fresh folder with a small airline and its hotels on embedded SQLite, filled through the server's own API, then
/// served on loopback. Keys lie inside the folder, which only a demo may do.
/// </summary>
internal static class DemoVerb
{
    private static readonly Option<DirectoryInfo> Data = new("--data") { Description = "Folder to fill; a demo in it is replaced. 演示目录", DefaultValueFactory = _ => new DirectoryInfo("demo-data") };
    private static readonly Option<int> Customers = new("--customers") { Description = "How many synthetic customers.", DefaultValueFactory = _ => 2000 };
    private static readonly Option<bool> Once = new("--once") { Description = "Fill and stop, without serving on. 只生成不常驻" };

    private static readonly Option<FileInfo> Sso = new("--sso") { Description = "JSON file with a provider of single sign-on, as under sso in strongroom.json. 单点登录提供方" };

    public static Command Command(Terminal terminal)
    {
        var command = new Command("demo", "Run with sample data on this machine. 用示例数据演示") { Data, Customers, Once, Sso, ServeVerb.Urls, ServeVerb.PublicOrigin };
        command.SetAction((parsed, ct) =>
        {
            var wanted = new Wanted(
                parsed.GetRequiredValue(Data).FullName, parsed.GetValue(Customers), parsed.GetValue(Once), ServeVerb.ReadUrls(parsed), parsed.GetValue(ServeVerb.PublicOrigin),
                parsed.GetValue(Sso) is { } file ? [SsoSettings.FromFile(file.FullName)] : []);
            return RunAsync(wanted, terminal, ct);
        });
        command.Add(TotpCommand(terminal));
        return command;
    }

    /// <summary><c>strongroom demo totp NAME</c>: plays the authenticator app of a demo account.</summary>
    private static Command TotpCommand(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "Account of demo.json. 账号" };
        var command = new Command("totp", "Print an account's one-time password of this moment; each is good once. 打印演示账号此刻的动态验证码,每码只用一次") { name, Data };
        command.SetAction(async (parsed, _) =>
        {
            var file = Path.Combine(parsed.GetRequiredValue(Data).FullName, DemoFile.Name);
            var account = DemoFile.Read(file).Accounts.FirstOrDefault(a => a.Name == parsed.GetValue(name));
            if (account?.Totp is not { } secret)
            {
                throw new SetupException($"{file} 里没有这个账号。", $"{file} holds no such account.");
            }

            await terminal.Out.WriteLineAsync(DemoCaller.CodeNow(secret));
            return CommandLine.Done;
        });
        return command;
    }

    /// <summary>What the command line asked for.</summary>
    private sealed record Wanted(string Folder, int Customers, bool Once, IReadOnlyList<string> Urls, string? Origin, IReadOnlyList<SsoSettings> Sso);

    private static async Task<int> RunAsync(Wanted wanted, Terminal terminal, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var folder = wanted.Folder;
        Clear(folder);
        var options = new ServeOptions { DataFolder = folder, Urls = wanted.Urls, PublicOrigin = wanted.Origin ?? ByName(wanted.Urls) };
        var settings = new Settings
        {
            Root = RootKind.KeyFile,
            RootFile = Path.Combine(folder, "demo-keys", "root.key"),
            EpochStores = [Path.Combine(folder, "demo-keys", "epochs")],
            Anchors = [Path.Combine(folder, "demo-anchor")],
            LogOrigin = "demo.strongroom.invalid/log",
            Packs = ["airline", "hotel"],
            Sso = wanted.Sso,
            Demo = true,
        };
        var catalogue = await PackVerb.MergeAsync(PackVerb.Folder(null), settings.Packs, terminal);
        if (catalogue is null)
        {
            return CommandLine.FoundWrong;
        }

        var made = await InitVerb.MakeAsync(options, settings, catalogue, "云程航空 Yuncheng Air", "zh", ct,
            new NoticeParty("云程航空 Yuncheng Air", "示例客服 demo desk", "示例个保负责人 demo officer"), Strength.SecondFactor);
        await using var installation = await Installation.OpenAsync(options, TimeProvider.System, ct);
        await using var app = StrongroomHost.Build(installation, options, TimeProvider.System);
        await app.StartAsync(ct);
        var server = new Uri(app.Urls.First(u => u.StartsWith("https", StringComparison.Ordinal)));
        var certificate = app.Services.GetRequiredService<X509Certificate2>();
        await Tls.PublishAsync(certificate, options, ct);
        await terminal.SayAsync($"安装完成({Seconds(clock)}),正在通过接口生成示例数据…", $"Installed ({Seconds(clock)}); filling it through its own API …");

        var file = await FillAsync(server, certificate.RawData, made, wanted.Customers, folder, clock, terminal, ct);
        await TellAsync(file, folder, clock, terminal);
        if (wanted.Once)
        {
            await app.StopAsync(CancellationToken.None);
            return CommandLine.Done;
        }

        await terminal.SayAsync($"金库已就绪:{server}(Ctrl-C 停止)", $"Strongroom is ready: {server} (Ctrl-C stops it)");
        if (options.PublicOrigin is { } console)
        {
            await terminal.SayAsync($"浏览器请打开 {console}", $"For a browser: {console}");
        }

        await ServeVerb.WaitAsync(app, ct);
        return CommandLine.Done;
    }

    /// <summary>The name under which a browser reaches a demo on loopback: passkeys take no bare address (WebAuthn, relying party id).</summary>
    private static string? ByName(IReadOnlyList<string> urls) =>
        urls is [{ } only] && Uri.TryCreate(only, UriKind.Absolute, out var url) && url is { IsLoopback: true, Scheme: "https", Port: > 0 } ? $"https://localhost:{url.Port}" : null;

    private static async Task<DemoFile> FillAsync(
        Uri server, byte[] certificate, InitVerb.Made made, int customers, string folder, Stopwatch clock, Terminal terminal, CancellationToken ct)
    {
        using var company = new DemoCompany(server, certificate, made);
        await company.FoundAsync(ct);
        await company.AuthoriseAsync(
            ["name", "mobile", "email", "pnr", "ticket_no", "itinerary", "seat", "stay", "room_no", "id_no", "passport", "birth", "fare", "paper_ticket"],
            ["fulfil", "notify", "realname"], DemoCompany.ReadingPosts, await company.SystemsAsync(ct), ct);
        await company.AuthoriseAsync(["ssr_meal", "ssr_med"], ["special"], ["counter", "back-office", "shift-lead"], [], ct);
        await company.GuardAsync(ct);
        await terminal.SayAsync($"组织、岗位、表单和授权已就位({Seconds(clock)})", $"Organisation, posts, forms and authorisations are there ({Seconds(clock)})");
        var samples = await new DemoHistory(company, server, certificate).LiveAsync(customers, terminal, ct);
        var file = new DemoFile(1, server.ToString().TrimEnd('/'), company.Accounts, company.Clients, samples, made.LogKey);
        file.Write(folder);
        return file;
    }

    private static async Task TellAsync(DemoFile file, string folder, Stopwatch clock, Terminal terminal)
    {
        await terminal.SayAsync($"示例数据完成({Seconds(clock)})。账号:", $"Sample data is there ({Seconds(clock)}). Accounts:");
        foreach (var account in file.Accounts)
        {
            await terminal.Out.WriteLineAsync($"  {account.Name,-18} {account.Password,-26} {account.Post,-18} {account.Unit}");
        }

        await terminal.SayAsync(
            $"全部账号、令牌和样例见 {Path.Combine(folder, DemoFile.Name)};证书 {Path.Combine(folder, Tls.PublicFile)}",
            $"Accounts, tokens and samples: {Path.Combine(folder, DemoFile.Name)}; certificate: {Path.Combine(folder, Tls.PublicFile)}");
        await terminal.SayAsync(
            $"离线核验日志:strongroom verify {Path.Combine(folder, "demo-anchor")} --key {file.LogKey}",
            $"Verify the log offline: strongroom verify {Path.Combine(folder, "demo-anchor")} --key {file.LogKey}");
    }

    /// <summary>A demo may be replaced; anything else in the folder is left alone and said.</summary>
    private static void Clear(string folder)
    {
        if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            return;
        }

        if (!File.Exists(Settings.PathIn(folder)) || !Settings.Load(folder).Demo)
        {
            throw new SetupException($"{folder} 不是空目录,也不是演示目录,不会动它。", $"{folder} is neither empty nor a demo; it is left alone.");
        }

        using (Strongroom.Data.FolderLock.Take(folder))
        {
            // Nobody is serving it.
        }

        Directory.Delete(folder, recursive: true);
    }

    private static string Seconds(Stopwatch clock) => $"{clock.Elapsed.TotalSeconds:0.0} s";
}
