using Strongroom.Bench.Harness;
using Strongroom.Bench.Plain;
using Strongroom.Bench.Product;

namespace Strongroom.Bench;

/// <param name="Customers">On file before anything is measured.</param>
/// <param name="Seconds">Of one run of wrk; a round has one for each side.</param>
/// <param name="WarmUp">Seconds of load on each side before the first round.</param>
/// <param name="Rows">Names of the rows to measure; empty: all.</param>
internal sealed record BenchOptions(int Customers, int Rounds, int Seconds, int WarmUp, IReadOnlyList<string> Rows, int ImportRows, int LogEntries, int KeyOwners, int GrowthRows, string? Out);

/// <summary>Everything that a run starts, each part when a row first asks for it, all of it stopped at the end.</summary>
internal sealed class Scene(BenchOptions options, CancellationToken ct) : IAsyncDisposable
{
    private readonly Stack<object> owned = new();
    private readonly Dictionary<string, Task<object>> parts = [];
    private long nextPerson = options.Customers;

    public BenchOptions Options => options;

    public CancellationToken Stop => ct;

    public TempFolder Folder { get; private set; } = null!;

    public Certificate Certificate { get; private set; } = null!;

    public static Scene Open(BenchOptions options, CancellationToken ct)
    {
        var scene = new Scene(options, ct);
        scene.Folder = scene.Own(new TempFolder());
        scene.Certificate = scene.Own(new Certificate(scene.Folder.Path));
        return scene;
    }

    public bool HasPostgres => parts.ContainsKey("postgres");

    public Task<PrivatePostgres> PostgresAsync() => PartAsync("postgres", () => PrivatePostgres.StartAsync(ct));

    public Task<ProductNode> ProductAsync() => PartAsync("product", async () =>
    {
        var postgres = await PostgresAsync();
        var node = await ProductNode.MakeAsync(
            Folder.In("product"), (await postgres.CreateAsync("sr_data", ct), await postgres.CreateAsync("sr_keyring", ct)), Certificate, options.Customers, ct);
        await PrivatePostgres.ExecuteAsync(postgres.AdminOf("sr_data"), ct, "VACUUM ANALYZE");
        await PrivatePostgres.ExecuteAsync(postgres.AdminOf("sr_keyring"), ct, "VACUUM ANALYZE");
        Say($"strongroom on PostgreSQL: {options.Customers:N0} customers taken in at {node.FilledPerSecond:N0}/s");
        return node;
    });

    public Task<ProductNode> ProductSqliteAsync() => PartAsync("product-sqlite", async () =>
    {
        var node = await ProductNode.MakeAsync(Folder.In("product-sqlite"), null, Certificate, options.Customers, ct);
        Say($"strongroom on SQLite: {options.Customers:N0} customers taken in at {node.FilledPerSecond:N0}/s");
        return node;
    });

    public Task<PlainNode> BareAsync() => PartAsync("bare", async () =>
        await PlainNode.BareAsync(await PostgresAsync(), (await ProductAsync()).Customers, Certificate, ct));

    public Task<PlainNode> BareSqliteAsync() => PartAsync("bare-sqlite", async () =>
        await PlainNode.BareSqliteAsync(Folder.In("bare.db"), (await ProductSqliteAsync()).Customers, Certificate, ct));

    public Task<PlainNode> PgcryptoAsync() => PartAsync("pgcrypto", async () =>
        await PlainNode.PgcryptoAsync(await PostgresAsync(), (await ProductAsync()).Customers, Certificate, ct));

    /// <summary>Numbers of persons that nobody has used yet; the first of them.</summary>
    public long NewPersons(int count)
    {
        var first = nextPerson;
        nextPerson += count;
        return first;
    }

    public static void Say(string text) => Console.Error.WriteLine("  " + text);

    public async ValueTask DisposeAsync()
    {
        while (owned.TryPop(out var part))
        {
            switch (part)
            {
                case IAsyncDisposable later: await later.DisposeAsync(); break;
                case IDisposable now: now.Dispose(); break;
            }
        }
    }

    /// <summary>A part that could not be made says so again to every row that needs it.</summary>
    private async Task<T> PartAsync<T>(string name, Func<Task<T>> make)
        where T : class
    {
        if (!parts.TryGetValue(name, out var part))
        {
            parts[name] = part = MakeAsync();
        }

        return (T)await part;

        async Task<object> MakeAsync() => Own(await make());
    }

    private T Own<T>(T part)
        where T : class
    {
        owned.Push(part);
        return part;
    }
}
