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

        var applied = await connection.QueryAsync<AppliedMigration>("SELECT n, name, digest FROM schema_migration ORDER BY n");
        var pending = set.Pending(applied.AsList());
        if (engine == Engine.Postgres && set.UsesRoles) await PostgresRoles.EnsureAsync((NpgsqlConnection)connection, ct);
        foreach (var migration in pending)
        {
            await RunAsync(Render(migration), ct);
            await connection.ExecuteAsync("INSERT INTO schema_migration (n, name, digest, at) VALUES (@n, @name, @digest, @at)",
                new { n = migration.Number, name = migration.Name, digest = migration.Digest, at = time.GetUtcNow().ToUnixTimeMilliseconds() });
        }
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
