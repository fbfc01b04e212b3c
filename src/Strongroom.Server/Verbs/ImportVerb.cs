using System.CommandLine;
using Spectre.Console;
using Strongroom.Collect.Import;
using Strongroom.Ground;
using Strongroom.Server.Demo;
using Strongroom.Server.Host;

namespace Strongroom.Server.Verbs;

/// <summary>
/// <c>strongroom import FILE --form F --map M.yaml --server URL</c>: streams a CSV into a running server as a logged API client, in constant
/// memory, with a progress bar and a rejects file that holds no values. Killed, it goes on where it stood; nobody is doubled.
/// </summary>
internal static class ImportVerb
{
    private static readonly Argument<FileInfo> File_ = new("file") { Description = "CSV file. 要导入的文件" };
    private static readonly Option<string> Form = new("--form") { Description = "Form the rows are submissions of; must be the mapping's. 表单", Required = true };
    private static readonly Option<FileInfo> Map = new("--map") { Description = "Mapping file (YAML). 映射文件", Required = true };
    private static readonly Option<DirectoryInfo?> DemoFolder = new("--demo") { Description = "Folder of a running demo: address, certificate and token are taken from there." };
    private static readonly Option<string> Client = new("--client") { Description = "With --demo: which of its clients.", DefaultValueFactory = _ => "booking-system" };
    private static readonly Option<FileInfo?> Rejects = new("--rejects") { Description = "Rejects file; FILE.rejects.csv without. 拒收清单" };

    public static Command Command(Terminal terminal)
    {
        var command = new Command("import", "Import a CSV file through the running server. 导入文件") { File_, Form, Map, VerifyVerb.Server, DemoFolder, Client, Rejects, VerifyVerb.Token, VerifyVerb.Ca };
        command.SetAction(async (parsed, ct) =>
        {
            var file = parsed.GetRequiredValue(File_);
            var map = parsed.GetRequiredValue(Map);
            await CheckFormAsync(map.FullName, parsed.GetValue(Form)!, terminal);
            using var http = parsed.GetValue(DemoFolder) is { } demo
                ? OfDemo(demo.FullName, parsed.GetValue(Client)!)
                : VerifyVerb.Client(
                    parsed.GetValue(VerifyVerb.Server) ?? throw new SetupException("需要 --server 或 --demo。", "Give --server or --demo."),
                    parsed.GetValue(VerifyVerb.Token),
                    parsed.GetValue(VerifyVerb.Ca));
            var rejects = parsed.GetValue(Rejects)?.FullName ?? file.FullName + ".rejects.csv";
            var options = new ImportOptions(http, file.FullName, map.FullName, rejects, rejects + ".resume");
            return await TellAsync(await RunAsync(options, terminal, ct), rejects, terminal);
        });
        return command;
    }

    private static async Task<ImportOutcome> RunAsync(ImportOptions options, Terminal terminal, CancellationToken ct)
    {
        var import = new CsvImport(options, TimeProvider.System);
        if (Console.IsErrorRedirected)
        {
            return await import.RunAsync(progress: null, ct);
        }

        var screen = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) });
        return await screen.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).StartAsync(async bars =>
        {
            var bar = bars.AddTask(new Bilingual("导入", "Importing").In(Terminal.Locale));
            return await import.RunAsync(progress =>
            {
                (bar.MaxValue, bar.Value) = (progress.Total, progress.Bytes);
                bar.Description = $"{Terminal.Number(progress.Rows)} · {progress.RowsPerSecond:0}/s";
            }, ct);
        });
    }

    private static async Task<int> TellAsync(ImportOutcome outcome, string rejects, Terminal terminal)
    {
        switch (outcome)
        {
            case ImportOutcome.Done done:
                await SayCountsAsync(done.Counts, terminal);
                if (done.Counts.Rejected > 0)
                {
                    await terminal.WarnAsync($"拒收原因见 {rejects}", $"Why rows were rejected: {rejects}");
                }

                return CommandLine.Done;
            case ImportOutcome.Stopped stopped:
                await SayCountsAsync(stopped.Counts, terminal);
                await terminal.WarnAsync(stopped.Why.Zh, stopped.Why.En);
                return CommandLine.FoundWrong;
            case ImportOutcome.Unfit unfit:
                foreach (var error in unfit.Errors)
                {
                    await terminal.WarnAsync($"{error.At} {error.Code} {error.Zh}", $"{error.At} {error.Code} {error.En}");
                }

                return CommandLine.MustMend;
            default:
                return CommandLine.FoundWrong;
        }
    }

    private static Task SayCountsAsync(ImportCounts counts, Terminal terminal) => terminal.SayAsync(
        $"共 {Terminal.Number(counts.Rows)} 行:新收 {Terminal.Number(counts.Created)},已有 {Terminal.Number(counts.Known)},拒收 {Terminal.Number(counts.Rejected)}",
        $"{Terminal.Number(counts.Rows)} rows: {Terminal.Number(counts.Created)} created, {Terminal.Number(counts.Known)} known, {Terminal.Number(counts.Rejected)} rejected");

    /// <summary>The form is said twice on purpose: a mapping picked by mistake is noticed before a row is sent.</summary>
    private static async Task CheckFormAsync(string map, string form, Terminal terminal)
    {
        if (MappingReader.Read(map) is MappingRead.Good good && good.Mapping.Form.Value != form)
        {
            await terminal.Error.FlushAsync();
            throw new SetupException($"映射文件用于表单 {good.Mapping.Form},不是 {form}。", $"The mapping is for the form {good.Mapping.Form}, not {form}.");
        }
    }

    private static HttpClient OfDemo(string folder, string client)
    {
        var path = Path.Combine(folder, DemoFile.Name);
        if (!File.Exists(path))
        {
            throw new SetupException($"{folder} 里没有 demo.json,演示在运行吗?", $"There is no demo.json in {folder}. Is the demo running?");
        }

        var demo = DemoFile.Read(path);
        var token = demo.Clients.FirstOrDefault(c => c.Name == client)?.Token
            ?? throw new SetupException($"演示里没有系统 {client}。", $"The demo has no client {client}.");
        var http = VerifyVerb.Client(new Uri(demo.Url), tokenFile: null, new FileInfo(Path.Combine(folder, "tls.crt")));
        http.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", token);
        return http;
    }
}
