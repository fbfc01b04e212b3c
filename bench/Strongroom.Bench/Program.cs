using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Strongroom.Bench;
using Strongroom.Bench.Harness;
using Strongroom.Bench.Plain;
using Strongroom.Bench.Rows;

Row[] every =
[
    Limits.All, HttpRows.View64, HttpRows.View256, HttpRows.ViewSqlite, HttpRows.FindExact, HttpRows.CollectOne,
    StoreRows.Import, StoreRows.Log, StoreRows.Verify, StoreRows.Turn, StartRow.Start, GrowthRow.Growth,
    Row.Missing("destroy", "destroy customers (keys, rows, digests)", "rows/s ÷ plain DELETE", Goal.Least(0.3), "not built yet"),
];

using var stop = new CancellationTokenSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);

var certificateFile = new Argument<string>("certificate");
var keyFile = new Argument<string>("key");
var rows = new Option<string[]>("--rows") { Description = "Only these rows: " + string.Join(' ', every.Select(r => r.Name)), AllowMultipleArgumentsPerToken = true };
var rounds = new Option<int>("--rounds") { Description = "Rounds, each with every side.", DefaultValueFactory = _ => 5 };
var seconds = new Option<int>("--seconds") { Description = "Seconds of load for each side and round.", DefaultValueFactory = _ => 4 };
var warmUp = new Option<int>("--warm-up") { Description = "Seconds of load on each side before the first round.", DefaultValueFactory = _ => 10 };
var customers = new Option<int>("--customers") { Description = "Customers on file; the keys of 10,000 stay in memory.", DefaultValueFactory = _ => 2_000 };
var importRows = new Option<int>("--import-rows") { Description = "Rows of one import.", DefaultValueFactory = _ => 2_000 };
var entries = new Option<int>("--log-entries") { Description = "Entries of the log that is verified.", DefaultValueFactory = _ => 100_000 };
var owners = new Option<int>("--key-owners") { Description = "Customers whose keys are turned.", DefaultValueFactory = _ => 10_000 };
var growth = new Option<int>("--growth-rows") { Description = "Rows of others that are added to each table for the growth row.", DefaultValueFactory = _ => 300_000 };
var output = new Option<string?>("--out") { Description = "Where the table goes; bench/RESULTS.md when every row was asked for, else nowhere." };

var root = new RootCommand("Measures Strongroom against plain rows and pgcrypto on this machine.") { rows, rounds, seconds, warmUp, customers, importRows, entries, owners, growth, output };
root.SetAction(parsed => RunAsync(new BenchOptions(
    parsed.GetValue(customers), parsed.GetValue(rounds), parsed.GetValue(seconds), parsed.GetValue(warmUp), parsed.GetValue(rows) ?? [], parsed.GetValue(importRows),
    parsed.GetValue(entries), parsed.GetValue(owners), parsed.GetValue(growth), parsed.GetValue(output))));
root.Add(Opponent("bare", "Serve plain rows."));
root.Add(Opponent("pgcrypto", "Serve rows sealed by pgcrypto."));
return await root.Parse(args).InvokeAsync();

void Cancel(PosixSignalContext signal)
{
    Console.Error.WriteLine($"{signal.Signal}: stopping what was started");
    signal.Cancel = true;
    stop.Cancel();
}

Command Opponent(string name, string description)
{
    var command = new Command(name, description) { certificateFile, keyFile };
    command.SetAction(async parsed =>
    {
        var database = Environment.GetEnvironmentVariable(PlainNode.DatabaseVariable) ?? throw new BenchException($"{PlainNode.DatabaseVariable} is not set");
        var key = Environment.GetEnvironmentVariable(PlainNode.KeyVariable) is { } hex ? Convert.FromHexString(hex) : null;
        const string Sqlite = "sqlite:";
        await using IPlainStore store = database.StartsWith(Sqlite, StringComparison.Ordinal)
            ? new SqliteStore(database[Sqlite.Length..])
            : new PostgresStore(database, name == "pgcrypto" ? key : null);
        await PlainApp.RunAsync(store, parsed.GetRequiredValue(certificateFile), parsed.GetRequiredValue(keyFile), stop.Token);
        return 0;
    });
    return command;
}

async Task<int> RunAsync(BenchOptions options)
{
    if (options.Rows.FirstOrDefault(name => every.All(row => row.Name != name)) is { } unknown)
    {
        Console.Error.WriteLine($"There is no row '{unknown}'. Rows: {string.Join(' ', every.Select(r => r.Name))}");
        return 2;
    }

    SQLitePCL.Batteries_V2.Init();
    var (clock, repository, load) = (Stopwatch.StartNew(), Machine.Repository(), Machine.LoadAverage());
    var about = new ResultTable.About(await Machine.CommitAsync(repository, stop.Token), TimeProvider.System.GetUtcNow(), load, default, options);
    var lines = new List<Line>();
    await using (var scene = Scene.Open(options, stop.Token))
    {
        foreach (var row in every.Where(row => options.Rows.Count == 0 || options.Rows.Contains(row.Name)))
        {
            Console.Error.WriteLine($"== {row.Name}");
            lines.AddRange(await MeasureAsync(row, scene));
        }
    }

    if (stop.IsCancellationRequested)
    {
        Console.Error.WriteLine("Interrupted; everything started was stopped.");
        return 1;
    }

    Console.Out.Write(ResultTable.Table(lines));
    if ((options.Out ?? (options.Rows.Count == 0 ? Path.Combine(repository, "bench", "RESULTS.md") : null)) is { } file)
    {
        await File.WriteAllTextAsync(file, ResultTable.Markdown(lines, about with { Took = clock.Elapsed }));
        Console.Error.WriteLine($"written: {file}");
    }

    return 0;
}

async Task<IReadOnlyList<Line>> MeasureAsync(Row row, Scene scene)
{
    try
    {
        stop.Token.ThrowIfCancellationRequested();
        return await row.MeasureAsync(scene);
    }
    catch (Exception e)
    {
        // A row that fails must not cost the others; its reason stands where its figure would.
        Scene.Say(e is BenchException or OperationCanceledException ? e.Message : e.ToString());
        var reason = e.Message.Length > 300 ? e.Message[..300] + " …" : e.Message;
        return [.. row.Promised.Select(line => line with { Missing = reason })];
    }
}
