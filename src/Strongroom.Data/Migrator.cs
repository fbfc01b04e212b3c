using System.Data.Common;
using Dapper;
using Npgsql;

namespace Strongroom.Data;

/// <summary>
/// Applies what is pending, all in one transaction. Nodes that start together take turns by a lock on
/// <c>schema_migration</c> (PostgreSQL) or the write lock (SQLite); the later one finds nothing left to do.
/// </summary>
internal sealed class Migrator(DbConnection connection, Engine engine, MigrationSet set, TimeProvider time)
{
    private const int Attempts = 20;

    // What PostgreSQL answers when two nodes create the same catalogue entry at the same moment; the second try finds it present.
    private static readonly HashSet<string> LostRaces =
    [
        PostgresErrorCodes.UniqueViolation, PostgresErrorCodes.DuplicateTable, PostgresErrorCodes.DuplicateSchema,
        PostgresErrorCodes.DuplicateObject, PostgresErrorCodes.SerializationFailure, PostgresErrorCodes.DeadlockDetected,
        PostgresErrorCodes.InternalError,   // "tuple concurrently updated", on roles
    ];

    public async Task ApplyAsync(CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await RunAsync(engine == Engine.Sqlite ? "BEGIN IMMEDIATE" : "START TRANSACTION", ct);
                await MigrateAsync(ct);
                await RunAsync("COMMIT", CancellationToken.None);
                return;
            }
            catch (PostgresException e) when (attempt < Attempts && LostRaces.Contains(e.SqlState))
            {
                await RunAsync("ROLLBACK", ct);
                await Backoff.DelayAsync(attempt, time, ct);
            }
        }
    }

    private async Task MigrateAsync(CancellationToken ct)
    {
        if (engine == Engine.Postgres) await MakeSchemaAsync(ct);
        await RunAsync(Render(new Migration(0, "schema_migration", """
            CREATE TABLE IF NOT EXISTS schema_migration
            (n {bigint} PRIMARY KEY, name {text} NOT NULL, digest {blob} NOT NULL, at {bigint} NOT NULL) {strict}
            """)), ct);
        if (engine == Engine.Postgres) await RunAsync("LOCK TABLE schema_migration IN ACCESS EXCLUSIVE MODE", ct);

        var applied = (await connection.QueryAsync<AppliedMigration>("SELECT n, name, digest FROM schema_migration ORDER BY n")).AsList();
        var pending = set.Pending(applied);
        if (engine == Engine.Postgres && set.UsesRoles) await PostgresRoles.EnsureAsync((NpgsqlConnection)connection, ct);
        foreach (var migration in pending)
        {
            await RefuseUnlessEmptyAsync(migration, applied.Count, ct);
            await RunAsync(Render(migration), ct);
            await connection.ExecuteAsync("INSERT INTO schema_migration (n, name, digest, at) VALUES (@n, @name, @digest, @at)",
                new { n = migration.Number, name = migration.Name, digest = migration.Digest, at = time.GetUtcNow().ToUnixTimeMilliseconds() });
        }
    }

    private async Task RefuseUnlessEmptyAsync(Migration migration, int applied, CancellationToken ct)
    {
        if (applied == 0 || migration.NeedsEmpty is not { } table) return;
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition($"SELECT EXISTS (SELECT 1 FROM {table})", cancellationToken: ct))) return;
        throw new StoreException("store.format-old",
            $"数据库由较早的开发版本写成，其中的行没有迁移 {migration.Name} 要求的校验码，无法辨别是否被挪动过，因此不予升级；请用写成它的版本导出后，在新的数据目录中重新导入。",
            $"The database was written by an earlier development version. Its rows lack the MACs that migration {migration.Name} asks for, and nobody could tell a moved row from another, so it is not carried over. Export with the version that wrote it and import into a fresh data folder.");
    }

    // A schema of our own: nobody else may create in it, and, other than "public", it belongs to the login itself and not to
    // pg_database_owner, whose rights a NOINHERIT login does not have.
    private async Task MakeSchemaAsync(CancellationToken ct)
    {
        var exists = await connection.ExecuteScalarAsync<bool>($"SELECT to_regnamespace('{PostgresEngine.Schema}') IS NOT NULL");
        if (!exists) await RunAsync($"CREATE SCHEMA {PostgresEngine.Schema}", ct);
    }

    private string Render(Migration migration) =>
        MigrationSet.Render(migration, engine, role => PostgresRoles.Quoted(connection.Database, role));

    private async Task RunAsync(string sql, CancellationToken ct) =>
        await connection.ExecuteAsync(new CommandDefinition(sql, commandTimeout: engine == Engine.Postgres ? 0 : 30, cancellationToken: ct));
}
