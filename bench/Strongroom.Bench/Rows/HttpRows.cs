using System.Text;
using System.Text.Json;
using Strongroom.Bench.Harness;
using Strongroom.Bench.Plain;
using Strongroom.Bench.Product;

namespace Strongroom.Bench.Rows;

/// <summary>What goes over HTTP: wrk drives the product and its opponents in turns, a few seconds each, round after round.</summary>
internal static class HttpRows
{
    private const string Json = "application/json";

    private const string Cost = "processor time of server and database per request ÷ bare";

    private const string View = "view 4 items in clear, PostgreSQL, 64 connections", Wide = "the same at 256 connections", Sqlite = "view on SQLite, 64 connections",
        Find = "find by exact value, 64 connections", Collect = "collect one (12 items, 3 digests, receipt, entry), 64 connections";

    public static readonly Row View64 = new("view64",
        [
            Row.Promise(View, "throughput ÷ bare", Goal.Least(0.75)),
            Row.Promise(View, "throughput ÷ pgcrypto", Goal.Least(10)),
            Row.Promise(View, "p99 ÷ bare p99", Goal.Most(2)),
            Row.Promise(View, Cost, null),
            Row.Promise("memory", "resident set under 64 connections, MB", Goal.Most(250)),
        ], View64Async);

    public static readonly Row View256 = new("view256", [Row.Promise(Wide, "throughput ÷ bare", Goal.Least(1))], async scene =>
    {
        var (product, bare) = await RaceAsync(scene, 256, Sides(await scene.ProductAsync(), await scene.BareAsync(), Views, scene));
        return [Line.Ratio(Wide, "throughput ÷ bare", Goal.Least(1), product.PerSecond, bare.PerSecond)];
    });

    public static readonly Row ViewSqlite = new("view-sqlite", [Row.Promise(Sqlite, "throughput ÷ bare on SQLite", Goal.Least(0.5)), Row.Promise(Sqlite, Cost, null)], async scene =>
    {
        var (product, bare) = await RaceAsync(scene, 64, Sides(await scene.ProductSqliteAsync(), await scene.BareSqliteAsync(), Views, scene));
        return [Line.Ratio(Sqlite, "throughput ÷ bare on SQLite", Goal.Least(0.5), product.PerSecond, bare.PerSecond), Line.Ratio(Sqlite, Cost, null, product.Cost, bare.Cost)];
    });

    public static readonly Row FindExact = new("find", [Row.Promise(Find, "throughput ÷ bare indexed lookup", Goal.Least(0.7)), Row.Promise(Find, Cost, null)], async scene =>
    {
        var (product, bare) = await RaceAsync(scene, 64, Sides(await scene.ProductAsync(), await scene.BareAsync(), Finds, scene));
        return [Line.Ratio(Find, "throughput ÷ bare indexed lookup", Goal.Least(0.7), product.PerSecond, bare.PerSecond), Line.Ratio(Find, Cost, null, product.Cost, bare.Cost)];
    });

    public static readonly Row CollectOne = new("collect", [Row.Promise(Collect, "throughput ÷ bare insert", Goal.Least(0.8)), Row.Promise(Collect, Cost, null)], CollectAsync);

    public static Side ViewsOf(ProductNode product, Scene scene) => Side.Of("strongroom", product.Url, Views(product.Customers), product.Company!.Token, product.ProcessorSeconds, scene);

    private static async Task<IReadOnlyList<Line>> View64Async(Scene scene)
    {
        var node = await scene.ProductAsync();
        var memory = new Series("MB");
        var sides = Sides(node, await scene.BareAsync(), Views, scene).ToList();
        string? absent = null;
        try
        {
            var sealing = await scene.PgcryptoAsync();
            sides.Add(Side.Of("pgcrypto", sealing.Url, Views(sealing.Customers), "-", sealing.ProcessorSeconds, scene));
        }
        catch (Exception e) when (e is BenchException or Npgsql.NpgsqlException)
        {
            absent = e.Message;
        }

        var results = await RoundsAsync(scene, 64, sides, () => memory.Add(node.ResidentBytes() / 1e6));
        var (product, bare) = (results[0], results[1]);
        return
        [
            Line.Ratio(View, "throughput ÷ bare", Goal.Least(0.75), product.PerSecond, bare.PerSecond),
            absent is null
                ? Line.Ratio(View, "throughput ÷ pgcrypto", Goal.Least(10), product.PerSecond, results[2].PerSecond)
                : Line.NotMeasured(View, "throughput ÷ pgcrypto", Goal.Least(10), absent),
            Line.Ratio(View, "p99 ÷ bare p99", Goal.Most(2), product.P99, bare.P99),
            Line.Ratio(View, Cost, null, product.Cost, bare.Cost),
            Line.Single("memory", "resident set under 64 connections, MB", Goal.Most(250), memory),
        ];
    }

    private static async Task<IReadOnlyList<Line>> CollectAsync(Scene scene)
    {
        var node = await scene.ProductAsync();
        var bare = await scene.BareAsync();
        var template = scene.Folder.In("collect.json");
        var names = scene.Folder.In("names.txt");
        await File.WriteAllTextAsync(template, node.Company!.WebTemplate, scene.Stop);
        await File.WriteAllLinesAsync(names, People.Names, scene.Stop);

        // More than any server takes in one run, so that two runs never hand in the same person.
        const int Most = 200_000;
        const string Path = "/v1/collect/bench-web";
        Side Of(string name, Uri url, string token, Func<double> processor) => new(name, url, "collect.lua",
            () => [template, names, Path, token, scene.NewPersons(Most).ToString(System.Globalization.CultureInfo.InvariantCulture)],
            Path, People.Fill(node.Company.WebTemplate, scene.NewPersons(1)), token, processor);

        var (product, plain) = await RaceAsync(scene, 64, [Of("strongroom", node.Url, node.Company.Token, node.ProcessorSeconds), Of("bare", bare.Url, "-", bare.ProcessorSeconds)]);
        return [Line.Ratio(Collect, "throughput ÷ bare insert", Goal.Least(0.8), product.PerSecond, plain.PerSecond), Line.Ratio(Collect, Cost, null, product.Cost, plain.Cost)];
    }

    private static IEnumerable<(string Path, string Body)> Views(IReadOnlyList<string> customers)
    {
        var body = JsonSerializer.Serialize(new { purpose = "fulfil", items = People.Viewed, clear = People.Viewed });
        return customers.Select(id => ($"/v1/customers/{id}/view", body));
    }

    private static IEnumerable<(string Path, string Body)> Finds(IReadOnlyList<string> customers) => customers.Select((_, n) =>
        ("/v1/customers/find", JsonSerializer.Serialize(new { item = "mobile", value = People.Mobile(n), purpose = "notify" })));

    private static IReadOnlyList<Side> Sides(ProductNode product, PlainNode bare, Func<IReadOnlyList<string>, IEnumerable<(string, string)>> requests, Scene scene) =>
    [
        Side.Of("strongroom", product.Url, requests(product.Customers), product.Company!.Token, product.ProcessorSeconds, scene),
        Side.Of("bare", bare.Url, requests(bare.Customers), "-", bare.ProcessorSeconds, scene),
    ];

    private static async Task<(Result Product, Result Bare)> RaceAsync(Scene scene, int connections, IReadOnlyList<Side> sides)
    {
        var results = await RoundsAsync(scene, connections, sides, () => { });
        return (results[0], results[1]);
    }

    private static async Task<IReadOnlyList<Result>> RoundsAsync(Scene scene, int connections, IReadOnlyList<Side> sides, Action afterProduct)
    {
        if (!Wrk.IsThere)
        {
            throw new BenchException("wrk is not there (Debian: apt-get install wrk; with --reinstall where dpkg lists it already)");
        }

        await ProbeAsync(scene, sides);
        Func<double> database = scene.HasPostgres ? (await scene.PostgresAsync()).ProcessorSeconds : () => 0;
        var results = sides.Select(_ => new Result()).ToList();
        for (var round = -1; round < scene.Options.Rounds; round++)
        {
            for (var i = 0; i < sides.Count; i++)
            {
                // The first round does not count: code is compiled again while it gets hot, caches and connections fill.
                var (server, rows) = (sides[i].Processor(), database());
                var load = await sides[i].RunAsync(connections, round < 0 ? scene.Options.WarmUp : scene.Options.Seconds, scene.Stop);
                if (load.Errors > 0)
                {
                    throw new BenchException($"{load.Errors} of {load.Requests} answers of {sides[i].Name} were errors");
                }

                (server, rows) = ((sides[i].Processor() - server) / load.Requests * 1e6, (database() - rows) / load.Requests * 1e6);
                Scene.Say($"{(round < 0 ? "warm-up" : $"round {round + 1}")} {sides[i].Name,-10} {load.PerSecond,8:N0}/s  p50 {load.P50Ms:0.0} ms  p99 {load.P99Ms:0.0} ms  server {server:0} µs + PostgreSQL {rows:0} µs a request");
                if (round >= 0)
                {
                    results[i].Add(load, server + rows);
                    if (i == 0)
                    {
                        afterProduct();
                    }
                }
            }
        }

        return results;
    }

    /// <summary>One request to each first: it must succeed, and all must answer the same JSON.</summary>
    private static async Task ProbeAsync(Scene scene, IReadOnlyList<Side> sides)
    {
        string? shape = null;
        foreach (var side in sides)
        {
            using var caller = scene.Certificate.Caller(side.Url, side.Token == "-" ? null : side.Token);
            using var content = new StringContent(side.Body, Encoding.UTF8, Json);
            using var answer = await caller.PostAsync(new Uri(side.Path, UriKind.Relative), content, scene.Stop);
            var text = await answer.Content.ReadAsStringAsync(scene.Stop);
            if (!answer.IsSuccessStatusCode)
            {
                throw new BenchException($"{side.Name} answers {(int)answer.StatusCode}: {text}");
            }

            using var json = JsonDocument.Parse(text);
            var own = string.Join(' ', Members(json.RootElement, "").Distinct().Order(StringComparer.Ordinal));
            shape ??= own;
            if (own != shape)
            {
                throw new BenchException($"{side.Name} answers other JSON: {own} instead of {shape}");
            }
        }
    }

    private static IEnumerable<string> Members(JsonElement element, string at) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Members(p.Value, $"{at}.{p.Name}")),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(e => Members(e, at + "[]")).DefaultIfEmpty(at),
        _ => [at],
    };

    internal sealed record Side(string Name, Uri Url, string Script, Func<IReadOnlyList<string>> Arguments, string Path, string Body, string Token, Func<double> Processor)
    {
        public static Side Of(string name, Uri url, IEnumerable<(string Path, string Body)> requests, string token, Func<double> processor, Scene scene)
        {
            var all = requests.ToList();
            var file = Wrk.Write(scene.Folder.Path, System.Security.Cryptography.RandomNumberGenerator.GetHexString(8), all);
            return new Side(name, url, "requests.lua", () => [file, token], all[0].Path, all[0].Body, token, processor);
        }

        public Task<Load> RunAsync(int connections, int seconds, CancellationToken ct) =>
            Wrk.RunAsync(Url, Script, connections, seconds, Arguments(), ct);
    }

    private sealed class Result
    {
        public Series PerSecond { get; } = new("/s");

        public Series P99 { get; } = new("ms");

        /// <summary>Processor time of server and database a request.</summary>
        public Series Cost { get; } = new("µs");

        public void Add(Load load, double cost)
        {
            Cost.Add(cost);
            PerSecond.Add(load.PerSecond);
            P99.Add(load.P99Ms);
        }
    }
}
