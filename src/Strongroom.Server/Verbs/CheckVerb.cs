using System.CommandLine;
using Spectre.Console;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Server.Host;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Store.Customers;

namespace Strongroom.Server.Verbs;

/// <summary>
/// <c>strongroom check</c>: walks every customer row of a stopped server, or beside the other nodes, checks every MAC and pack and opens a sample of the
/// seals (R4). <c>verify</c> proves the log without any key; this needs what <c>serve</c> needs, and leaves an entry. It names rows by opaque ids alone.
/// </summary>
internal static class CheckVerb
{
    private static readonly Option<DirectoryInfo> Data = new("--data") { Description = "Data folder. 数据目录", Required = true };
    private static readonly Option<int> OpenEvery = new("--open-every")
    {
        Description = "Opens the values of every n-th customer: 1 all, 0 none. 每隔几个客户试开一次封存内容", DefaultValueFactory = _ => 100,
    };

    private static readonly FactName Checked = FactName.Of("store-checked");

    public static Command Command(Terminal terminal)
    {
        OpenEvery.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() < 0)
            {
                given.AddError(new Bilingual("--open-every 不能是负数。", "--open-every takes 0 or more.").In(Terminal.Locale));
            }
        });
        var command = new Command("check", "Check every customer row and a sample of the seals. 核对客户数据")
        {
            Data, OpenEvery, ServeVerb.Database, ServeVerb.Keyring, ServeVerb.PassphraseFile,
        };
        command.SetAction((parsed, ct) => RunAsync(
            new ServeOptions
            {
                DataFolder = parsed.GetValue(Data)!.FullName,
                Database = parsed.GetValue(ServeVerb.Database),
                Keyring = parsed.GetValue(ServeVerb.Keyring),
                PassphraseFile = parsed.GetValue(ServeVerb.PassphraseFile),
            },
            parsed.GetValue(OpenEvery),
            terminal,
            ct));
        return command;
    }

    private static async Task<int> RunAsync(ServeOptions options, int openEvery, Terminal terminal, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(options, TimeProvider.System, ct);
        await using var app = StrongroomHost.Build(installation, options, TimeProvider.System);
        var report = await WalkAsync(app.Services.GetRequiredService<StoreIntegrity>(), openEvery, terminal, ct);
        var log = app.Services.GetRequiredService<IAuditLog>();
        var fact = new LogFact
        {
            Act = Checked, Actor = LogActor.System, Count = Math.Max(1, report.Customers), Reasons = report.Faults > 0 ? [Reasons.StoreAltered.Code] : [],
        };
        await installation.Data.WriteAsync(tx => log.AppendAsync(tx, fact, ct), ct);
        foreach (var found in report.Findings)
        {
            await terminal.Out.WriteLineAsync($"{Kebab.Of(found.Fault)} customer {found.Customer} row {Id.Format(found.Row)}");
        }

        var (customers, records, items, opened) = (Terminal.Number(report.Customers), Terminal.Number(report.Records), Terminal.Number(report.Items), Terminal.Number(report.Opened));
        if (report.Faults == 0)
        {
            await terminal.SayAsync(
                $"通过:客户 {customers} 个、记录 {records} 条、信息项 {items} 项,试开 {opened} 项,没有发现问题。", $"Sound: {customers} customers, {records} records, {items} items, {opened} opened.");
            return CommandLine.Done;
        }

        var more = report.Faults > report.Findings.Count ? new Bilingual($"(只列出前 {report.Findings.Count} 处)", $" (the first {report.Findings.Count} are listed)") : new Bilingual("", "");
        await terminal.WarnAsync(
            $"没有通过:{Terminal.Number(report.Faults)} 处被改动、挪动或残缺{more.Zh};共核对客户 {customers} 个。请留证,并按运维手册处置。",
            $"NOT sound: {Terminal.Number(report.Faults)} rows altered, moved or torn apart{more.En}, of {customers} customers. Keep the evidence and follow the operations manual.");
        return CommandLine.FoundWrong;
    }

    private static Task<IntegrityReport> WalkAsync(StoreIntegrity store, int openEvery, Terminal terminal, CancellationToken ct)
    {
        if (Console.IsErrorRedirected)
        {
            return store.CheckAsync(openEvery, progress: null, ct);
        }

        var screen = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) });
        return screen.Status().StartAsync(new Bilingual("核对中…", "Checking…").In(Terminal.Locale), status =>
            store.CheckAsync(openEvery, new Progress<IntegrityProgress>(done => status.Status(Terminal.Number(done.Customers))), ct));
    }
}
