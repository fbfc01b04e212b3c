using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Strongroom.Data;

/// <summary>Reads a database file that nobody serves, without migrating or changing anything in it; for offline verification.</summary>
public static class OfflineSqlite
{
    /// <summary>Runs the work on one read-only snapshot of the file.</summary>
    /// <exception cref="SqliteException">The file is missing or no database.</exception>
    public static async Task<T> ReadAsync<T>(string file, Func<Tx, Task<T>> work, CancellationToken ct = default)
    {
        Batteries_V2.Init();
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.GetFullPath(file),
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = 5,
        }.ToString());
        await connection.OpenAsync(ct);
        await connection.ExecuteAsync("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; BEGIN DEFERRED");
        return await work(new Tx(connection, null, Engine.Sqlite, ct));
    }
}
