using System.Data;
using Dapper;
using Npgsql;

namespace Strongroom.Data;

/// <summary>
/// Reads a PostgreSQL database without migrating or changing anything in it, served or not; for offline verification. A login that may only read is
/// enough, and a replica will do: nothing is decided here.
/// </summary>
public static class OfflinePostgres
{
    /// <summary>Runs the work on one read-only snapshot.</summary>
    /// <exception cref="StoreException">The connection string is none, or would not be safe.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached, or is not one of ours.</exception>
    public static async Task<T> ReadAsync<T>(string connectionString, Func<Tx, Task<T>> work, CancellationToken ct = default)
    {
        await using var connection = new NpgsqlConnection(SettingsOf(connectionString));
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        await connection.ExecuteAsync("SET TRANSACTION READ ONLY", transaction: transaction);
        return await work(new Tx(connection, transaction, Engine.Postgres, ct));   // disposal rolls back; there is nothing to keep
    }

    private static string SettingsOf(string connectionString)
    {
        try
        {
            var settings = PostgresEngine.Hardened(connectionString);
            settings.Pooling = false;
            settings.Options = $"{settings.Options} -c default_transaction_read_only=on".TrimStart();
            return settings.ConnectionString;
        }
        catch (ArgumentException)
        {
            // Its message quotes what it was given, and that may hold a password.
            throw new StoreException("store.connection", "这不是 PostgreSQL 的连接串。", "This is no connection string of PostgreSQL.");
        }
    }
}
