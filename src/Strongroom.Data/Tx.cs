using System.Data.Common;
using Dapper;
using Npgsql;

namespace Strongroom.Data;

/// <summary>
/// One open transaction, valid only inside its work and used by one caller at a time. SQL names parameters <c>@name</c>.
/// Row types: numbers are <c>long</c>, ids <c>byte[]</c>, text <c>string</c> on both engines.
/// </summary>
public sealed class Tx
{
    // A stuck statement must not hold its locks for ever. COMMIT is exempt: it is sent by the engine without any limit.
    internal const int StatementSeconds = 30;

    private readonly DbConnection connection;
    private readonly DbTransaction? transaction;
    private readonly CancellationToken ct;
    private DbRole? role;
    private bool ended;

    internal Tx(DbConnection connection, DbTransaction? transaction, Engine engine, CancellationToken ct) =>
        (this.connection, this.transaction, Engine, this.ct) = (connection, transaction, engine, ct);

    public Engine Engine { get; }

    /// <summary>The raw connection, for COPY and the like. A work never commits, rolls back or changes the role by itself.</summary>
    public DbConnection Connection { get { ThrowIfEnded(); return connection; } }

    /// <summary>Null on SQLite, where the transaction belongs to the writer lane or the reader.</summary>
    public DbTransaction? Transaction { get { ThrowIfEnded(); return transaction; } }

    /// <summary>Locks read rows against change until the transaction ends; empty on SQLite, which has one writer.</summary>
    public string ForShare => Engine == Engine.Postgres ? " FOR SHARE" : "";

    /// <inheritdoc cref="ForShare"/>
    public string ForUpdate => Engine == Engine.Postgres ? " FOR UPDATE" : "";

    /// <summary>Runs a statement; answers the number of rows changed.</summary>
    public Task<int> ExecuteAsync(string sql, object? args = null) => connection.ExecuteAsync(Command(sql, args));

    /// <summary>All rows, buffered.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? args = null) =>
        (await connection.QueryAsync<T>(Command(sql, args))).AsList();

    /// <summary>Rows as they arrive; no other statement may run on this transaction until the enumeration ends.</summary>
    public IAsyncEnumerable<T> StreamAsync<T>(string sql, object? args = null)
    {
        ThrowIfEnded();
        return connection.QueryUnbufferedAsync<T>(sql, args, transaction, commandTimeout: 0);
    }

    /// <summary>One row or the default when there is none; more than one row throws. For value types ask for <c>long?</c> and the like.</summary>
    public Task<T?> QueryOneAsync<T>(string sql, object? args = null) => connection.QuerySingleOrDefaultAsync<T>(Command(sql, args));

    /// <summary>The first column of exactly one row.</summary>
    public Task<T> ScalarAsync<T>(string sql, object? args = null) => connection.QuerySingleAsync<T>(Command(sql, args));

    /// <summary>Inserts many rows of one table; answers how many, those skipped because they exist left out.</summary>
    public Task<int> InsertAsync<T>(ManyRows<T> into, IReadOnlyList<T> rows)
    {
        ThrowIfEnded();
        if (rows.Count == 0) return Task.FromResult(0);
        return into.InsertAsync(connection, Engine, rows, StatementSeconds, ct);
    }

    /// <summary>The condition "is in this set": <c>$"where id {tx.AnyOf("ids")}"</c> with <c>new { ids = tx.Set(ids) }</c>. The empty set matches nothing.</summary>
    public string AnyOf(string param) => SqlSet.Fragment(Engine, "@" + param);

#pragma warning disable CA1822 // Called on the transaction so that the call reads like AnyOf's other half.
    public SqlSet Set(IEnumerable<byte[]> values) => SqlSet.Of(values);
    public SqlSet Set(IEnumerable<string> values) => SqlSet.Of(values);
    public SqlSet Set(IEnumerable<long> values) => SqlSet.Of(values);
#pragma warning restore CA1822

    /// <summary>An empty batch for this transaction's engine; fill it, then <see cref="RunAsync"/>.</summary>
    public Batch Batch() => new(Engine, connection.Database);

    /// <summary>One question asked by itself.</summary>
    public async Task<IReadOnlyList<T>> AskAsync<T>(Func<Batch, Rows<T>> ask)
    {
        var batch = Batch();
        var rows = ask(batch);
        await RunAsync(batch);
        return rows.All;
    }

    /// <summary>Runs a batch in this transaction.</summary>
    public Task RunAsync(Batch batch)
    {
        ThrowIfEnded();
        if (role is not null && batch.TakesRole) throw new InvalidOperationException($"Already working as {role}: give that role back before a batch takes one.");
        return batch.RunAsync(connection, transaction, StatementSeconds, ct);
    }

    /// <summary>
    /// Works as a compartment's role until disposed: on PostgreSQL only that compartment's tables can then be touched.
    /// Roles do not nest and must be given back before the work ends; SQLite checks the same discipline.
    /// </summary>
    public async Task<IAsyncDisposable> AsRoleAsync(DbRole asked)
    {
        ThrowIfEnded();
        if (role is not null) throw new InvalidOperationException($"Already working as {role}: give that role back before taking {asked}.");
        if (Engine == Engine.Postgres)
            await ExecuteAsync($"SET LOCAL ROLE {PostgresRoles.Quoted(connection.Database, asked)}");
        role = asked;
        return new RoleScope(this);
    }

    /// <summary>Called by the engine after the work: from here on the transaction cannot be used.</summary>
    internal void End()
    {
        ended = true;
        if (role is not null) throw new InvalidOperationException($"The work ended while still working as {role}.");
    }

    private CommandDefinition Command(string sql, object? args)
    {
        ThrowIfEnded();
        return new CommandDefinition(sql, args, transaction, StatementSeconds, cancellationToken: ct);
    }

    private void ThrowIfEnded() => ObjectDisposedException.ThrowIf(ended, this);

    private sealed class RoleScope(Tx tx) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (tx.role is null) return;
            tx.role = null;
            if (tx.Engine != Engine.Postgres || tx.ended) return;
            try
            {
                await tx.ExecuteAsync("SET LOCAL ROLE NONE");
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InFailedSqlTransaction)
            {
                // The transaction has already failed and will be rolled back, role included; the first error is the one to report.
            }
        }
    }
}
