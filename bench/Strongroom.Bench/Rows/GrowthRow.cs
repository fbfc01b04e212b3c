using Strongroom.Bench.Harness;
using Strongroom.Bench.Product;

namespace Strongroom.Bench.Rows;

/// <summary>
/// How viewing slows down as tables grow. Filling three million customers through the API takes hours, so the others are filler: copies of a
/// row under random ids, made in the database. Nobody views them and they carry no valid MAC; what they do is fill tables and indexes.
/// </summary>
internal static class GrowthRow
{
    private const int Connections = 64;
    private const string Work = "growth", Measure = "view p50 grown ÷ before", Random = "decode(md5(random()::text || g), 'hex')";

    // Everything that a view, or finding the customer, touches; and the columns in which rows differ.
    private static readonly string[] Data = ["customer", "record", "general_item", "sensitive_item", "search_general", "search_sensitive", "consent"];
    private static readonly string[] Ids = ["id", "customer", "record", "block"];

    public static readonly Row Growth = new("growth", [Row.Promise(Work, Measure, Goal.Most(1.2))], async scene =>
    {
        var (node, postgres, filler) = (await scene.ProductAsync(), await scene.PostgresAsync(), scene.Options.GrowthRows);
        var before = await LoadAsync(scene, node, "before");
        foreach (var table in Data)
        {
            await FillAsync(postgres.AdminOf("sr_data"), table, filler, scene.Stop);
        }

        await FillAsync(postgres.AdminOf("sr_keyring"), "key_customer", filler, scene.Stop);
        var after = await LoadAsync(scene, node, "grown");
        return [Line.Ratio($"growth, {node.Customers.Count:N0} customers and {filler:N0} rows of others in each table (3 m ÷ 100 k is asked)", Measure, Goal.Most(1.2), after, before)];
    });

    private static async Task<Series> LoadAsync(Scene scene, ProductNode node, string name)
    {
        var (p50, side) = (new Series("ms"), HttpRows.ViewsOf(node, scene));
        await side.RunAsync(Connections, scene.Options.WarmUp, scene.Stop);
        for (var round = 0; round < scene.Options.Rounds; round++)
        {
            var load = await side.RunAsync(Connections, scene.Options.Seconds, scene.Stop);
            if (load.Errors > 0)
            {
                throw new BenchException($"{load.Errors} of {load.Requests} answers were errors");
            }

            p50.Add(load.P50Ms);
            Scene.Say($"{name} {load.PerSecond:N0}/s  p50 {load.P50Ms:0.0} ms");
        }

        return p50;
    }

    private static async Task FillAsync(string database, string table, int rows, CancellationToken ct)
    {
        var columns = await PrivatePostgres.ListAsync(database, $"SELECT column_name FROM information_schema.columns WHERE table_schema = 'strongroom' AND table_name = '{table}' ORDER BY ordinal_position", ct);
        var values = string.Join(", ", columns.Select(column => Ids.Contains(column) ? Random : "one." + column));
        await PrivatePostgres.ExecuteAsync(database, ct,
            "SET session_replication_role = replica",
            $"INSERT INTO strongroom.{table} ({string.Join(", ", columns)}) SELECT {values} FROM (SELECT * FROM strongroom.{table} LIMIT 1) one, generate_series(1, {rows}) g",
            $"VACUUM ANALYZE strongroom.{table}");
    }
}
