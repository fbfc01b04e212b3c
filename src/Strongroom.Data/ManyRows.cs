using System.Data.Common;
using System.Globalization;
using Npgsql;

namespace Strongroom.Data;

/// <summary>
/// How rows of one kind become rows of one table. Any number of them is one statement on PostgreSQL, whose text never changes, so that it
/// stays prepared, and one prepared statement, run for each row, on SQLite. Table and columns are constants of the program, never input.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="key">Columns of the unique key under which an existing row may be skipped, for example <c>(id)</c>; null: it never is.</param>
/// <param name="columns">The columns, see <see cref="Column{T}"/>.</param>
public sealed class ManyRows<T>(string table, string? key, params Column<T>[] columns)
{
    private readonly string into = $"INSERT INTO {table} ({string.Join(", ", columns.Select(column => column.Name))})";
    private readonly string places = string.Join(", ", Enumerable.Range(1, columns.Length).Select(i => string.Create(CultureInfo.InvariantCulture, $"${i}")));
    private readonly string skip = key is null ? "" : $" ON CONFLICT {key} DO NOTHING";

    /// <summary>The statements that insert the rows, each with its parameters.</summary>
    internal IEnumerable<(string Sql, object?[] Args)> Statements(Engine engine, IReadOnlyList<T> rows, bool skipping)
    {
        var end = skipping ? skip : "";
        if (engine == Engine.Postgres)
        {
            return [($"{into} SELECT * FROM unnest({places}){end}", [.. columns.Select(column => column.Gather(rows))])];
        }

        var one = $"{into} VALUES ({places}){end}";
        return rows.Select(row => (one, columns.Select(column => column.Of(row)).ToArray()));
    }

    /// <summary>Inserts the rows, existing ones skipped; answers how many.</summary>
    internal async Task<int> InsertAsync(DbConnection connection, Engine engine, IReadOnlyList<T> rows, int seconds, CancellationToken ct)
    {
        var inserted = 0;
        await using var command = connection.CreateCommand();
        foreach (var (sql, args) in Statements(engine, rows, skipping: true))
        {
            if (command.CommandText != sql)
            {
                command.CommandText = sql;
                command.CommandTimeout = seconds;
            }

            command.Parameters.Clear();
            for (var i = 0; i < args.Length; i++)
            {
                command.Parameters.Add(Batch.ParameterOf(command, i, args[i]));
            }

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

    public static Column<T> Bytes(string name, Func<T, byte[]?> of) => new Typed<byte[]?>(name, of);

    public static Column<T> Text(string name, Func<T, string?> of) => new Typed<string?>(name, of);

    public static Column<T> Number(string name, Func<T, long?> of) => new Typed<long?>(name, of);

    internal abstract object? Of(T row);

    /// <summary>The column of many rows, as an array.</summary>
    internal abstract object Gather(IReadOnlyList<T> rows);

    private sealed class Typed<TValue>(string name, Func<T, TValue> of) : Column<T>(name)
    {
        internal override object? Of(T row) => of(row);

        internal override object Gather(IReadOnlyList<T> rows)
        {
            var values = new TValue[rows.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = of(rows[i]);
            }

            return values;
        }
    }
}
