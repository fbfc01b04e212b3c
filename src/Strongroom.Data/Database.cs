namespace Strongroom.Data;

/// <summary>
/// One logical database. Thread-safe. A work receives a transaction and must keep all its effects inside it: on PostgreSQL it may
/// run again after a conflict, and its results count only once <see cref="WriteAsync{T}(Func{Tx, Task{T}}, CancellationToken)"/> has answered.
/// A work must not call the same database again; it uses its transaction.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    private readonly StoreEngine engine;
    private readonly AsyncLocal<WorkScope?> inside = new();

    // A column customer_id fills a row's CustomerId.
    static Database() => Dapper.DefaultTypeMap.MatchNamesWithUnderscores = true;

    private Database(StoreEngine engine) => this.engine = engine;

    public Engine Engine => engine.Kind;

    /// <summary>Opens, refuses unsafe settings, and brings the schema up to date.</summary>
    /// <exception cref="StoreException">An unsafe setting, an unprotected connection, or migrations that do not match.</exception>
    public static async Task<Database> OpenAsync(DatabaseOptions options, CancellationToken ct = default)
    {
        var migrations = options.Migrations ?? MigrationSet.Embedded(options.Set);
        return new Database(options switch
        {
            DatabaseOptions.Sqlite sqlite => await SqliteEngine.OpenAsync(sqlite, migrations, ct),
            DatabaseOptions.Postgres postgres => await PostgresEngine.OpenAsync(postgres, migrations, ct),
            _ => throw new ArgumentException("Unknown kind of database.", nameof(options)),
        });
    }

    /// <summary>Reads one instant's state; writing fails.</summary>
    public Task<T> ReadAsync<T>(Func<Tx, Task<T>> work, CancellationToken ct = default)
    {
        RefuseNesting();
        return engine.ReadAsync(Scoped(work), ct);
    }

    /// <summary>
    /// Runs the work atomically; the task completes only when its effects are durable. A work that throws undoes itself only.
    /// Cancellation means "not committed"; once COMMIT has begun it is no longer heeded.
    /// </summary>
    /// <exception cref="UnknownOutcomeException">The database was lost during COMMIT.</exception>
    public Task<T> WriteAsync<T>(Func<Tx, Task<T>> work, CancellationToken ct = default) => WriteAsync(work, serializable: false, ct);

    /// <inheritdoc cref="WriteAsync{T}(Func{Tx, Task{T}}, CancellationToken)"/>
    /// <param name="work">The work; on PostgreSQL it may run more than once.</param>
    /// <param name="serializable">On PostgreSQL: SERIALIZABLE instead of READ COMMITTED. SQLite always is.</param>
    /// <param name="ct">Heeded until COMMIT begins.</param>
    public Task<T> WriteAsync<T>(Func<Tx, Task<T>> work, bool serializable, CancellationToken ct = default)
    {
        RefuseNesting();
        return engine.WriteAsync(Scoped(work), serializable, ct);
    }

    /// <summary>A work without a result.</summary>
    public Task WriteAsync(Func<Tx, Task> work, CancellationToken ct = default) =>
        WriteAsync(async tx => { await work(tx); return true; }, serializable: false, ct);

    /// <summary>Answers when the database can be written with its safety settings still in force; throws otherwise.</summary>
    public Task PingAsync(CancellationToken ct = default) => WriteAsync(engine.CheckAsync, ct);

    public DatabaseStats Stats => engine.Stats;

    public Task<DatabaseStats> StatsAsync() => Task.FromResult(engine.Stats);

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    private Func<Tx, Task<T>> Scoped<T>(Func<Tx, Task<T>> work) => async tx =>
    {
        var scope = new WorkScope { Running = true };
        inside.Value = scope;
        try
        {
            var result = await work(tx);
            tx.End();
            return result;
        }
        finally
        {
            scope.Running = false;
        }
    };

    // A write inside a write would wait for the lane it occupies; a read inside would see another instant and can exhaust the pool.
    private void RefuseNesting()
    {
        if (inside.Value is { Running: true })
            throw new InvalidOperationException("A work called its own database again; it must use the transaction it was given.");
    }

    // A background task started by a work inherits this object, not a mere flag, so it is free again once the work has ended.
    private sealed class WorkScope { public volatile bool Running; }
}
