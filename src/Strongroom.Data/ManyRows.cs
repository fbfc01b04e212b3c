using System.Data.Common;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Strongroom.Data;

/// <summary>
/// How rows of one kind become rows of one table. Any number of them is one statement on PostgreSQL (its text never changes, so it stays
/// prepared) and one prepared statement, run for each row, on SQLite. Table and columns are constants of the program, never input.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="skip">Columns of a unique key under which an existing row is left as it is, for example <c>(id)</c>; null: that is an error.</param>
/// <param name="columns">The columns, see <see cref="Column{T}"/>.</param>
public sealed class ManyRows<T>(string table, string? skip, params Column<T>[] columns)
{
    private readonly string names = string.Join(", ", columns.Select(column => column.Name));
    private readonly string conflict = skip is null ? "" : $" ON CONFLICT {skip} DO NOTHING";

    internal async Task<int> InsertAsync(NpgsqlConnection connection, IReadOnlyList<T> rows, int seconds, CancellationToken ct)
    {
        var places = string.Join(", ", Enumerable.Range(1, columns.Length).Select(i => string.Create(CultureInfo.InvariantCulture, $"${i}")));
        await using var command = new NpgsqlCommand($"INSERT INTO {table} ({names}) SELECT * FROM unnest({places}){conflict}", connection);
        command.CommandTimeout = seconds;
        foreach (var column in columns) command.Parameters.Add(column.Gather(rows));
        return await command.ExecuteNonQueryAsync(ct);
    }

    internal async Task<int> InsertAsync(DbConnection connection, IReadOnlyList<T> rows, int seconds, CancellationToken ct)
    {
        var places = string.Join(", ", columns.Select(column => "@" + column.Name));
        await using var command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO {table} ({names}) VALUES ({places}){conflict}";
        command.CommandTimeout = seconds;
        var parameters = columns.Select(column =>
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@" + column.Name;
            command.Parameters.Add(parameter);
            return parameter;
        }).ToArray();
        var inserted = 0;
        foreach (var row in rows)
        {
            for (var i = 0; i < columns.Length; i++) parameters[i].Value = columns[i].Of(row) ?? DBNull.Value;
            inserted += await command.ExecuteNonQueryAsync(ct);
        }
        return inserted;
    }
}

/// <summary>One column and where its value comes from.</summary>
public abstract class Column<T>
{
    private Column(string name) => Name = name;

    internal string Name { get; }

    public static Column<T> Bytes(string name, Func<T, byte[]?> of) => new Typed<byte[]?>(name, NpgsqlDbType.Bytea, of);

    public static Column<T> Text(string name, Func<T, string?> of) => new Typed<string?>(name, NpgsqlDbType.Text, of);

    public static Column<T> Number(string name, Func<T, long?> of) => new Typed<long?>(name, NpgsqlDbType.Bigint, of);

    internal abstract object? Of(T row);

    internal abstract NpgsqlParameter Gather(IReadOnlyList<T> rows);

    private sealed class Typed<TValue>(string name, NpgsqlDbType type, Func<T, TValue> of) : Column<T>(name)
    {
        internal override object? Of(T row) => of(row);

        internal override NpgsqlParameter Gather(IReadOnlyList<T> rows)
        {
            var values = new TValue[rows.Count];
            for (var i = 0; i < values.Length; i++) values[i] = of(rows[i]);
            return new NpgsqlParameter<TValue[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = values };
        }
    }
}
