using System.Security.Cryptography;
using Strongroom.Bench.Harness;
using Strongroom.Bench.Product;

namespace Strongroom.Bench.Plain;

/// <summary>An opponent in a process of its own: this executable with the verb <c>bare</c> or <c>pgcrypto</c>.</summary>
internal sealed class PlainNode : IAsyncDisposable
{
    public const string KeyVariable = "STRONGROOM_BENCH_KEY", DatabaseVariable = "STRONGROOM_BENCH_DATABASE";

    // Sealing one value costs what the reading of it does; these are enough to read at random.
    private const int MostSealed = 2000;

    private readonly ChildProcess process;

    private PlainNode(ChildProcess process, Uri url, IReadOnlyList<string> customers) => (this.process, Url, Customers) = (process, url, customers);

    public Uri Url { get; }

    public IReadOnlyList<string> Customers { get; }

    /// <summary>Plain rows in PostgreSQL.</summary>
    public static async Task<PlainNode> BareAsync(PrivatePostgres postgres, IReadOnlyList<string> customers, Certificate certificate, CancellationToken ct)
    {
        var database = await postgres.CreateAsync("bare", ct);
        await PrivatePostgres.ExecuteAsync(database, ct, [.. PostgresStore.Schema("customer", isSealed: false)]);
        await PostgresStore.CopyAsync(database, "customer", Rows(customers), ct);
        await PrivatePostgres.ExecuteAsync(database, ct, "VACUUM ANALYZE customer");
        return await StartAsync("bare", database, null, customers, certificate, ct);
    }

    /// <summary>Plain rows in SQLite.</summary>
    public static Task<PlainNode> BareSqliteAsync(string file, IReadOnlyList<string> customers, Certificate certificate, CancellationToken ct)
    {
        SqliteStore.Fill(file, Rows(customers));
        return StartAsync("bare", "sqlite:" + file, null, customers, certificate, ct);
    }

    /// <summary>Columns sealed by pgcrypto, reads written down by pgaudit.</summary>
    public static async Task<PlainNode> PgcryptoAsync(PrivatePostgres postgres, IReadOnlyList<string> customers, Certificate certificate, CancellationToken ct)
    {
        var database = await postgres.CreateAsync("pgcrypto", ct);
        await PrivatePostgres.ExecuteAsync(postgres.AdminOf("pgcrypto"), ct,
            "CREATE EXTENSION pgcrypto", "CREATE EXTENSION pgaudit", "ALTER DATABASE pgcrypto SET pgaudit.log = 'read, write'");
        await PrivatePostgres.ExecuteAsync(database, ct, [.. PostgresStore.Schema("customer", isSealed: true)]);
        var key = RandomNumberGenerator.GetBytes(32);
        var some = customers.Take(MostSealed).ToList();
        await using (var store = new PostgresStore(database, key))
        {
            foreach (var (id, record, values) in Rows(some))
            {
                await store.InsertAsync(id, record, values, ct);
            }
        }

        await PrivatePostgres.ExecuteAsync(database, ct, "VACUUM ANALYZE customer");
        return await StartAsync("pgcrypto", database, key, some, certificate, ct);
    }

    public double ProcessorSeconds() => process.ProcessorSeconds();

    public ValueTask DisposeAsync() => process.DisposeAsync();

    public static IEnumerable<(byte[] Id, byte[] Record, string[] Values)> Rows(IReadOnlyList<string> customers) =>
        customers.Select((customer, i) => (Convert.FromHexString(customer), RandomNumberGenerator.GetBytes(16), People.Row(i)));

    private static async Task<PlainNode> StartAsync(
        string verb, string database, byte[]? key, IReadOnlyList<string> customers, Certificate certificate, CancellationToken ct)
    {
        var environment = new Dictionary<string, string> { [DatabaseVariable] = database };
        if (key is not null)
        {
            environment[KeyVariable] = Convert.ToHexString(key);
        }

        var process = ChildProcess.Start(verb, "dotnet", [typeof(PlainNode).Assembly.Location, verb, certificate.File, certificate.KeyFile], environment);
        try
        {
            var line = await process.HearAsync(l => l.StartsWith(PlainApp.Ready, StringComparison.Ordinal), ct);
            return new PlainNode(process, new Uri(line[PlainApp.Ready.Length..]), customers);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
