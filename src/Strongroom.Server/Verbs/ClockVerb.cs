using System.CommandLine;
using Strongroom.Server.Host;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Clock;

namespace Strongroom.Server.Verbs;

/// <summary>
/// <c>strongroom clock accept</c>: takes the machine's clock as the time, after a clock that ran ahead for long was put right. It needs what
/// <c>serve</c> needs, the root key among it, and leaves an entry in the log.
/// </summary>
internal static class ClockVerb
{
    private static readonly Option<DirectoryInfo> Data = new("--data") { Description = "Data folder. 数据目录", Required = true };

    public static Command Command(Terminal terminal)
    {
        var accept = new Command("accept", "Take the machine's clock as the time, whatever was known before. 以本机时钟为准")
        {
            Data, ServeVerb.Database, ServeVerb.Keyring, ServeVerb.PassphraseFile,
        };
        accept.SetAction((parsed, ct) => RunAsync(
            new ServeOptions
            {
                DataFolder = parsed.GetValue(Data)!.FullName,
                Database = parsed.GetValue(ServeVerb.Database),
                Keyring = parsed.GetValue(ServeVerb.Keyring),
                PassphraseFile = parsed.GetValue(ServeVerb.PassphraseFile),
            },
            terminal,
            ct));
        return new Command("clock", "Work with the time this installation goes by. 时钟") { accept };
    }

    private static async Task<int> RunAsync(ServeOptions options, Terminal terminal, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(options, TimeProvider.System, ct);
        await using var app = StrongroomHost.Build(installation, options, TimeProvider.System);
        var moved = await app.Services.GetRequiredService<ClockWatch>().AcceptAsync(LogActor.System, ct) / 1000;
        await terminal.SayAsync(
            $"已以本机时钟为准(与原先认定的时间相差 {Terminal.Number(moved)} 秒),并已写入日志。",
            $"The machine's clock is taken as the time ({Terminal.Number(moved)} s from what was known), and the log says so.");
        return CommandLine.Done;
    }
}
