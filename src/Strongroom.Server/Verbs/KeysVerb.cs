using System.CommandLine;
using System.Net.Http.Json;
using Strongroom.Data;
using Strongroom.Server.Host;
using Strongroom.Spine.Audit;

namespace Strongroom.Server.Verbs;

/// <summary>
/// <c>strongroom keys rotate</c>: turns the key epoch. With <c>--server</c> it asks the running server and follows its progress; without, it
/// opens the data folder itself, which nobody may be serving.
/// </summary>
internal static class KeysVerb
{
    private static readonly Option<DirectoryInfo?> Data = new("--data") { Description = "Data folder of a stopped server. 数据目录" };
    private static readonly Option<string?> Account = new("--account") { Description = "Your account at the running server; password and one-time code come from STRONGROOM_PASSWORD and STRONGROOM_CODE. 登录账号" };
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(500);

    public static Command Command(Terminal terminal)
    {
        var rotate = new Command("rotate", "Turn the key epoch; what was destroyed becomes unreadable in every old copy. 更换密钥周期")
        {
            Data, VerifyVerb.Server, Account, VerifyVerb.Ca, ServeVerb.Database, ServeVerb.Keyring, ServeVerb.PassphraseFile,
        };
        rotate.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(VerifyVerb.Server) is { } server)
            {
                using var client = VerifyVerb.Client(server, tokenFile: null, parsed.GetValue(VerifyVerb.Ca));
                await SignInAsync(client, parsed.GetValue(Account), ct);
                return await AskAsync(client, terminal, ct);
            }

            var folder = parsed.GetValue(Data) ?? throw new SetupException("需要 --data 或 --server。", "Give --data or --server.");
            return await HereAsync(
                new ServeOptions
                {
                    DataFolder = folder.FullName,
                    Database = parsed.GetValue(ServeVerb.Database),
                    Keyring = parsed.GetValue(ServeVerb.Keyring),
                    PassphraseFile = parsed.GetValue(ServeVerb.PassphraseFile),
                },
                terminal,
                ct);
        });
        return new Command("keys", "Work with the keyring. 密钥") { rotate };
    }

    private static async Task<int> HereAsync(ServeOptions options, Terminal terminal, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(options, TimeProvider.System, ct);
        await using var app = StrongroomHost.Build(installation, options, TimeProvider.System);
        var outcome = await app.Services.GetRequiredService<KeyTurns>().RunAsync(LogActor.System, ct);
        return await TellAsync(terminal, outcome.IsDestroyed, outcome.To, outcome.Pending);
    }

    /// <summary>A verb on live data is an act of a person: it signs in and stands in the log under that account.</summary>
    private static async Task SignInAsync(HttpClient client, string? account, CancellationToken ct)
    {
        var password = Environment.GetEnvironmentVariable("STRONGROOM_PASSWORD");
        var code = Environment.GetEnvironmentVariable("STRONGROOM_CODE");
        if (string.IsNullOrEmpty(account) || string.IsNullOrEmpty(password) || string.IsNullOrEmpty(code))
        {
            throw new SetupException(
                "请用 --account 指定账号,并用环境变量 STRONGROOM_PASSWORD 和 STRONGROOM_CODE 提供密码和动态验证码。",
                "Give --account, the password in STRONGROOM_PASSWORD and the code of your authenticator app in STRONGROOM_CODE.");
        }

        client.DefaultRequestHeaders.Add("X-Strongroom", "1");
        using var answer = await client.PostAsJsonAsync(new Uri("/v1/sign-in", UriKind.Relative), new { account, password, code }, ct);
        if (!answer.IsSuccessStatusCode)
        {
            throw new SetupException($"登录没有成功({(int)answer.StatusCode})。", $"Signing in did not succeed ({(int)answer.StatusCode}).");
        }
    }

    private static async Task<int> AskAsync(HttpClient client, Terminal terminal, CancellationToken ct)
    {
        using var started = await client.PostAsync(new Uri("/v1/keys/rotate", UriKind.Relative), content: null, ct);
        if (!started.IsSuccessStatusCode)
        {
            throw new SetupException($"服务拒绝了:{(int)started.StatusCode}。需要有权管理密钥的账号。", $"The server refused: {(int)started.StatusCode}. A caller with the keys.manage policy is needed.");
        }

        using var timer = new PeriodicTimer(AskAgain);
        while (await timer.WaitForNextTickAsync(ct))
        {
            var view = await client.GetFromJsonAsync<KeyTurnView>(new Uri("/v1/keys/rotate", UriKind.Relative), ct);
            switch (view)
            {
                case { State: "running" }:
                    await terminal.Error.WriteLineAsync($"{view.Step} {Terminal.Number(view.Done)}/{Terminal.Number(view.Total)}");
                    continue;
                case { State: "failed" }:
                    await terminal.WarnAsync($"换钥中断:{view.Code}。再运行一次即可继续。", $"The turn stopped: {view.Code}. Run it again to resume.");
                    return CommandLine.FoundWrong;
                case not null:
                    return await TellAsync(terminal, view.State == "destroyed", view.OpenEpoch, view.Pending);
            }
        }

        return CommandLine.FoundWrong;
    }

    private static async Task<int> TellAsync(Terminal terminal, bool destroyed, int epoch, IReadOnlyList<string> pending)
    {
        if (destroyed)
        {
            await terminal.SayAsync($"已换到第 {epoch} 期;旧周期的密钥已在全部保管处销毁。", $"Epoch {epoch} is open; the old epoch's secret is erased in every holder.");
            return CommandLine.Done;
        }

        var holders = string.Join(", ", pending);
        await terminal.WarnAsync($"第 {epoch} 期已启用,但还有保管处没有声明销毁:{holders}", $"Epoch {epoch} is open, but holders have not stated the erasure yet: {holders}");
        return CommandLine.FoundWrong;
    }
}
