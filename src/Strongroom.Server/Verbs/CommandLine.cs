using System.CommandLine;
using System.Globalization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Server.Host;

namespace Strongroom.Server.Verbs;

/// <summary>The verbs of <c>strongroom</c>. Exit codes: 0 done · 1 the work found something wrong · 2 the command or set-up must be mended.</summary>
internal static class CommandLine
{
    public const int Done = 0, FoundWrong = 1, MustMend = 2;

    public static async Task<int> RunAsync(string[] args, TextWriter? output = null, TextWriter? error = null)
    {
        var console = new Terminal(output ?? Console.Out, error ?? Console.Error);
        var root = new RootCommand("Strongroom 金库: collect, seal, use and prove customer information.")
        {
            ServeVerb.Command(console),
            DemoVerb.Command(console),
            InitVerb.Command(console),
            ImportVerb.Command(console),
            VerifyVerb.Command(console),
            CheckVerb.Command(console),
            KeysVerb.Command(console),
            ClockVerb.Command(console),
            PackVerb.Command(console),
        };
        var parsed = root.Parse(args);
        var configuration = new InvocationConfiguration
        {
            Output = console.Out,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeSpan.FromSeconds(20),
        };
        try
        {
            var code = await parsed.InvokeAsync(configuration);
            return parsed.Errors.Count > 0 ? MustMend : code;
        }
        catch (Exception e) when (Explain(e) is { } text)
        {
            await console.Error.WriteLineAsync(text.In(Terminal.Locale));
            return MustMend;
        }
    }

    /// <summary>What a person can mend, in both languages; anything else is a fault of ours and shows as one.</summary>
    private static Bilingual? Explain(Exception e) => e switch
    {
        SetupException setup => setup.Text,
        KeysUnavailableException keys => new Bilingual(keys.Zh, keys.Message),
        StoreException store => new Bilingual(store.Zh, store.En),
        System.Data.Common.DbException db => new Bilingual($"数据库连不上或拒绝了连接,请核对连接串、账号和口令({db.SqlState ?? db.GetType().Name})。",
            $"The database cannot be reached or refused the connection ({db.SqlState ?? db.GetType().Name}). Check connection string, login and password."),
        OperationCanceledException => new Bilingual("已中断。", "Interrupted."),
        HttpRequestException http => new Bilingual("连不上正在运行的服务,请核对 --server 地址和证书。",
            $"The running server cannot be reached ({http.HttpRequestError}). Check --server and --ca."),
        UnauthorizedAccessException or DirectoryNotFoundException or FileNotFoundException => new Bilingual("文件或目录读不了:" + e.Message, e.Message),
        _ => null,
    };
}

/// <summary>Where a verb speaks, and in which language.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error)
{
    /// <summary>From LC_ALL, LC_MESSAGES, LANG: Chinese when it says zh, otherwise English.</summary>
    public static string Locale { get; } =
        new[] { "LC_ALL", "LC_MESSAGES", "LANG" }.Select(Environment.GetEnvironmentVariable).FirstOrDefault(v => !string.IsNullOrEmpty(v)) is { } lang
        && lang.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? "zh" : "en";

    public Task SayAsync(string zh, string en) => Out.WriteLineAsync(new Bilingual(zh, en).In(Locale));

    public Task WarnAsync(string zh, string en) => Error.WriteLineAsync(new Bilingual(zh, en).In(Locale));

    public static string Number(long n) => n.ToString("N0", CultureInfo.InvariantCulture);
}
