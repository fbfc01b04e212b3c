using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Strongroom.Bench.Product;

namespace Strongroom.Bench.Plain;

/// <summary>Plain rows, or the same columns sealed by pgcrypto with HMAC columns to look for.</summary>
internal sealed class PostgresStore : IPlainStore
{
    // More connections than this only wait for the two cores; fewer leave commits alone in their fsync.
    private const int Connections = 64;

    private readonly NpgsqlDataSource source;
    private readonly byte[]? key;
    private readonly ConcurrentDictionary<string, string> reads = new();

    /// <param name="key">Key of pgcrypto and of the HMACs; null: plain.</param>
    public PostgresStore(string connectionString, byte[]? key)
    {
        this.key = key;
        source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = true, MaxPoolSize = Connections, MinPoolSize = 8, MaxAutoPrepare = 20, AutoPrepareMinUsages = 1, NoResetOnClose = true,
        });
    }

    private bool IsSealed => key is not null;

    private string Passphrase => Convert.ToHexStringLower(key!);

    public async ValueTask<PlainRow?> ReadAsync(byte[] id, IReadOnlyList<string> items, CancellationToken ct)
    {
        var sql = reads.GetOrAdd(string.Join(',', items), _ =>
            $"SELECT record, {string.Join(", ", items.Select(i => IsSealed ? $"pgp_sym_decrypt({i}, $2)" : i))} FROM customer WHERE id = $1");
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = id });
        if (IsSealed)
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Passphrase });
        }

        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
        {
            return null;
        }

        var values = new string[items.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = reader.GetString(i + 1);
        }

        return new PlainRow(reader.GetFieldValue<byte[]>(0), values);
    }

    public async ValueTask<IReadOnlyList<byte[]>> FindAsync(string item, string value, CancellationToken ct)
    {
        await using var command = source.CreateCommand(IsSealed
            ? $"SELECT id FROM customer WHERE {item}_index = $1 LIMIT 5"
            : $"SELECT id FROM customer WHERE {item} = $1 LIMIT 5");
        command.Parameters.Add(IsSealed ? new NpgsqlParameter<byte[]> { TypedValue = Index(value) } : new NpgsqlParameter<string> { TypedValue = value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var ids = new List<byte[]>(1);
        while (await reader.ReadAsync(ct))
        {
            ids.Add(reader.GetFieldValue<byte[]>(0));
        }

        return ids;
    }

    public async ValueTask InsertAsync(byte[] id, byte[] record, IReadOnlyList<string> values, CancellationToken ct)
    {
        await using var command = source.CreateCommand(InsertSql(IsSealed));
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = record });
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
        }

        if (IsSealed)
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Passphrase });
            foreach (var sought in People.Sought)
            {
                command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Index(values[People.Items.ToList().IndexOf(sought)]) });
            }
        }

        await command.ExecuteNonQueryAsync(ct);
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    /// <summary>The table, with an index on each item that the product can look for.</summary>
    public static IEnumerable<string> Schema(string table, bool isSealed)
    {
        var type = isSealed ? "bytea" : "text";
        var indexed = isSealed ? People.Sought.Select(s => $"{s}_index") : People.Sought;
        yield return $"CREATE TABLE {table} (id bytea PRIMARY KEY, record bytea NOT NULL, {string.Join(", ", People.Items.Select(i => $"{i} {type} NOT NULL"))}"
            + (isSealed ? ", " + string.Join(", ", indexed.Select(i => $"{i} bytea NOT NULL")) : "") + ")";
        foreach (var column in indexed)
        {
            yield return $"CREATE INDEX {table}_{column} ON {table} ({column})";
        }
    }

    /// <summary>Copies customers in as plain rows; one transaction.</summary>
    public static async Task CopyAsync(string connectionString, string table, IEnumerable<(byte[] Id, byte[] Record, string[] Values)> rows, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var copy = await connection.BeginBinaryImportAsync($"COPY {table} (id, record, {string.Join(", ", People.Items)}) FROM STDIN (FORMAT BINARY)", ct);
        foreach (var (id, record, values) in rows)
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(id, NpgsqlDbType.Bytea, ct);
            await copy.WriteAsync(record, NpgsqlDbType.Bytea, ct);
            foreach (var value in values)
            {
                await copy.WriteAsync(value, NpgsqlDbType.Text, ct);
            }
        }

        await copy.CompleteAsync(ct);
    }

    private static string InsertSql(bool isSealed)
    {
        var n = People.Items.Count;
        var columns = string.Join(", ", People.Items) + (isSealed ? ", " + string.Join(", ", People.Sought.Select(s => $"{s}_index")) : "");
        var values = Enumerable.Range(3, n).Select(i => isSealed ? $"pgp_sym_encrypt(${i}, ${n + 3})" : $"${i}");
        var indexes = isSealed ? People.Sought.Select((_, i) => $"${n + 4 + i}") : [];
        return $"INSERT INTO customer (id, record, {columns}) VALUES ($1, $2, {string.Join(", ", values.Concat(indexes))})";
    }

    private byte[] Index(string value) => HMACSHA256.HashData(key!, Encoding.UTF8.GetBytes(value));
}
