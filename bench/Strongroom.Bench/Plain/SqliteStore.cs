using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Strongroom.Bench.Product;

namespace Strongroom.Bench.Plain;

/// <summary>Plain rows in SQLite (WAL, synchronous FULL): readers with prepared statements of their own, one writer.</summary>
internal sealed class SqliteStore : IPlainStore
{
    private readonly string connectionString;
    private readonly ConcurrentBag<Reader> readers = [];
    private readonly SemaphoreSlim writing = new(1);
    private readonly SqliteConnection writer;

    public SqliteStore(string file)
    {
        connectionString = new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString;
        writer = Open();
    }

    public ValueTask<PlainRow?> ReadAsync(byte[] id, IReadOnlyList<string> items, CancellationToken ct)
    {
        if (!readers.TryTake(out var reader))
        {
            reader = new Reader(Open());
        }

        var row = reader.Read(id, items);
        readers.Add(reader);
        return ValueTask.FromResult(row);
    }

    public ValueTask<IReadOnlyList<byte[]>> FindAsync(string item, string value, CancellationToken ct)
    {
        if (!readers.TryTake(out var reader))
        {
            reader = new Reader(Open());
        }

        IReadOnlyList<byte[]> ids = reader.Find(item, value);
        readers.Add(reader);
        return ValueTask.FromResult(ids);
    }

    public async ValueTask InsertAsync(byte[] id, byte[] record, IReadOnlyList<string> values, CancellationToken ct)
    {
        await writing.WaitAsync(ct);
        try
        {
            Insert(writer, null, id, record, values);
        }
        finally
        {
            writing.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var reader in readers)
        {
            reader.Dispose();
        }

        writer.Dispose();
        writing.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes the table and fills it, in one transaction.</summary>
    public static void Fill(string file, IEnumerable<(byte[] Id, byte[] Record, string[] Values)> rows)
    {
        using var store = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
        store.Open();
        Execute(store, "PRAGMA journal_mode=WAL");
        Execute(store, $"CREATE TABLE customer (id BLOB PRIMARY KEY, record BLOB NOT NULL, {string.Join(", ", People.Items.Select(i => $"{i} TEXT NOT NULL"))}) WITHOUT ROWID");
        foreach (var column in People.Sought)
        {
            Execute(store, $"CREATE INDEX customer_{column} ON customer ({column})");
        }

        using var transaction = store.BeginTransaction();
        foreach (var (id, record, values) in rows)
        {
            Insert(store, transaction, id, record, values);
        }

        transaction.Commit();
    }

    private static void Insert(SqliteConnection connection, SqliteTransaction? transaction, byte[] id, byte[] record, IReadOnlyList<string> values)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"INSERT INTO customer (id, record, {string.Join(", ", People.Items)}) VALUES (@id, @record, {string.Join(", ", People.Items.Select(i => "@" + i))})";
        command.Parameters.AddWithValue("@id", id);
        command.Parameters.AddWithValue("@record", record);
        for (var i = 0; i < values.Count; i++)
        {
            command.Parameters.AddWithValue("@" + People.Items[i], values[i]);
        }

        command.ExecuteNonQuery();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        Execute(connection, "PRAGMA synchronous=FULL");
        return connection;
    }

    private sealed class Reader(SqliteConnection connection) : IDisposable
    {
        private readonly Dictionary<string, SqliteCommand> commands = [];

        public PlainRow? Read(byte[] id, IReadOnlyList<string> items)
        {
            var command = Command($"SELECT record, {string.Join(", ", items)} FROM customer WHERE id = @key", id);
            using var reader = command.ExecuteReader();
            return reader.Read() ? new PlainRow(reader.GetFieldValue<byte[]>(0), [.. items.Select((_, i) => reader.GetString(i + 1))]) : null;
        }

        public List<byte[]> Find(string item, string value)
        {
            using var reader = Command($"SELECT id FROM customer WHERE {item} = @key LIMIT 5", value).ExecuteReader();
            var ids = new List<byte[]>(1);
            while (reader.Read())
            {
                ids.Add(reader.GetFieldValue<byte[]>(0));
            }

            return ids;
        }

        public void Dispose()
        {
            foreach (var command in commands.Values)
            {
                command.Dispose();
            }

            connection.Dispose();
        }

        private SqliteCommand Command(string sql, object key)
        {
            if (!commands.TryGetValue(sql, out var command))
            {
                command = connection.CreateCommand();
                command.CommandText = sql;
                command.Parameters.AddWithValue("@key", key);
                command.Prepare();
                commands.Add(sql, command);
            }

            command.Parameters[0].Value = key;
            return command;
        }
    }
}
