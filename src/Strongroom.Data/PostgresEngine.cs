using System.Data;
using System.Net;
using Dapper;
using Npgsql;

namespace Strongroom.Data;

/// <summary>PostgreSQL: a transaction for each work, repeated on conflict; separate pools for reading and writing.</summary>
internal sealed class PostgresEngine : StoreEngine
{
    public const string Schema = "strongroom";
    private const int Attempts = 12;

    private readonly NpgsqlDataSource writes;
    private readonly NpgsqlDataSource reads;
    private readonly TimeProvider time;

    private PostgresEngine(NpgsqlDataSource writes, NpgsqlDataSource reads, TimeProvider time) =>
        (this.writes, this.reads, this.time) = (writes, reads, time);

    public override Engine Kind => Engine.Postgres;

    public static async Task<PostgresEngine> OpenAsync(DatabaseOptions.Postgres options, MigrationSet migrations, CancellationToken ct)
    {
        var settings = Hardened(options.ConnectionString);
        var engine = new PostgresEngine(Source(settings, readOnly: false), Source(settings, readOnly: true), options.Time);
        try
        {
            await using var connection = await engine.writes.OpenConnectionAsync(ct);
            await new Migrator(connection, Engine.Postgres, migrations, options.Time).ApplyAsync(ct);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    public override async Task<T> ReadAsync<T>(Func<Tx, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await reads.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        return await work(new Tx(connection, transaction, Engine.Postgres, ct));   // disposal rolls back; there is nothing to keep
    }

    public override async Task<T> AskAsync<T>(Func<Batch, T> ask, CancellationToken ct)
    {
        await using var connection = await reads.OpenConnectionAsync(ct);
        var batch = new Batch(Engine.Postgres, connection.Database);
        var asked = ask(batch);
        await batch.RunAloneAsync(connection, Tx.StatementSeconds, ct);
        return asked;
    }

    public override async Task<T> WriteAsync<T>(Func<Tx, Task<T>> work, bool serializable, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OnceAsync(work, serializable ? IsolationLevel.Serializable : IsolationLevel.ReadCommitted, ct);
            }
            catch (PostgresException e) when (attempt < Attempts && IsConflict(e))
            {
                CountRetry();
                await Backoff.DelayAsync(attempt, time, ct);
            }
        }
    }

    public override async Task CheckAsync(Tx tx) => CheckSettings(await tx.ScalarAsync<ServerSettings>(ServerSettings.Sql));

    public override async ValueTask DisposeAsync()
    {
        await writes.DisposeAsync();
        await reads.DisposeAsync();
    }

    private async Task<T> OnceAsync<T>(Func<Tx, Task<T>> work, IsolationLevel isolation, CancellationToken ct)
    {
        await using var connection = await writes.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(isolation, ct);
        var result = await work(new Tx(connection, transaction, Engine.Postgres, ct));
        await CommitAsync(connection);
        CountCommit(1);
        return result;
    }

    /// <summary>
    /// Commits without any time limit: a COMMIT that is cut short while it waits for a standby reports success and may be lost.
    /// PostgreSQL also "commits" a failed transaction by rolling it back without an error, so a SELECT goes ahead in the same
    /// round trip: in a failed transaction it throws, and COMMIT is not reached.
    /// </summary>
    private static async Task CommitAsync(NpgsqlConnection connection)
    {
        var warned = false;
        void OnNotice(object sender, NpgsqlNoticeEventArgs e) => warned |= e.Notice.InvariantSeverity == "WARNING";

        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT 1"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        connection.Notice += OnNotice;
        try
        {
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (PostgresException e) when (IsConflict(e) || IsDefiniteRefusal(e))
        {
            throw;
        }
        catch (NpgsqlException e)
        {
            throw new UnknownOutcomeException(e);
        }
        finally
        {
            connection.Notice -= OnNotice;
        }
        // "canceling wait for synchronous replication": committed here, perhaps nowhere else.
        if (warned) throw new UnknownOutcomeException();
    }

    private static bool IsConflict(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    private static bool IsDefiniteRefusal(PostgresException e) =>
        e.SqlState == PostgresErrorCodes.InFailedSqlTransaction || e.SqlState.StartsWith("23", StringComparison.Ordinal);

    internal static NpgsqlConnectionStringBuilder Hardened(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var local = (settings.Host ?? "").Split(',').All(IsThisMachine);
        if (!local && settings.SslMode != SslMode.VerifyFull)
            throw new StoreException("store.tls",
                "连接其他主机上的 PostgreSQL 必须使用 SSL Mode=VerifyFull。",
                "PostgreSQL on another host requires SSL Mode=VerifyFull.");

        settings.CommandTimeout = 0;                // BEGIN and COMMIT have no limit; each statement of a work has its own
        settings.Multiplexing = false;
        settings.Enlist = false;
        settings.NoResetOnClose = true;             // no work leaves anything on its session: roles are LOCAL, and nothing else is set
        settings.IncludeErrorDetail = false;        // details quote values
        settings.LogParameters = false;
        settings.PersistSecurityInfo = false;
        settings.MaxAutoPrepare = 100;
        settings.SearchPath = $"{Schema},pg_temp";  // temporary tables last, so none can shadow ours
        settings.ApplicationName ??= "strongroom";
        if (settings.MaxPoolSize == 100) settings.MaxPoolSize = 20;   // the driver's default, twice per database, would exhaust a server
        return settings;
    }

    private static bool IsThisMachine(string host)
    {
        var name = host.Trim();
        if (name.StartsWith('/') || name.StartsWith('@')) return true;
        if (name.StartsWith('[') && name.IndexOf(']', StringComparison.Ordinal) is var end and > 0) name = name[1..end];
        else if (name.Split(':') is [var bare, _]) name = bare;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(name, out var ip) && IPAddress.IsLoopback(ip));
    }

    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder settings, bool readOnly)
    {
        var own = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        // A statement_timeout of the server may stay: PostgreSQL disarms it before it commits (held by a test).
        own.Options = $"{own.Options} -c default_transaction_read_only={(readOnly ? "on" : "off")}".TrimStart();
        var builder = new NpgsqlDataSourceBuilder(own.ConnectionString);
        builder.UsePhysicalConnectionInitializer(
            connection => CheckSettings(connection.QuerySingle<ServerSettings>(ServerSettings.Sql)),
            async connection => CheckSettings(await connection.QuerySingleAsync<ServerSettings>(ServerSettings.Sql)));
        return builder.Build();
    }

    internal sealed record ServerSettings(string Fsync, string FullPageWrites, string SynchronousCommit, bool Replica, bool Superuser)
    {
        public const string Sql = """
            SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
                   current_setting('synchronous_commit') AS synchronous_commit, pg_is_in_recovery() AS replica,
                   (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) AS superuser
            """;
    }

    // Checked on every physical connection and on every readiness probe, since a server can be reconfigured while it runs.
    internal static void CheckSettings(ServerSettings s)
    {
        if (s.Fsync != "on") throw Unsafe("fsync", s.Fsync);
        if (s.FullPageWrites != "on") throw Unsafe("full_page_writes", s.FullPageWrites);
        if (s.SynchronousCommit == "off") throw Unsafe("synchronous_commit", s.SynchronousCommit);
        if (s.Replica)
            throw new StoreException("store.replica", "不允许连接只读副本。", "This server is a replica; decisions are made on the primary only.");
        if (s.Superuser)
            throw new StoreException("store.superuser",
                "不允许以超级用户连接：分区角色对其无效。请建立专用的普通登录角色。",
                "A superuser login is refused, for compartment roles do not bind it. Create an ordinary login that owns the database.");
    }

    private static StoreException Unsafe(string setting, string value) => new("store.unsafe-setting",
        $"PostgreSQL 设置 {setting}={value} 会丢失已确认的数据；拒绝使用。",
        $"PostgreSQL setting {setting}={value} can lose acknowledged data; refused.");
}
