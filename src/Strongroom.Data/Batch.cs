using System.Data.Common;
using System.Globalization;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Strongroom.Data;

/// <summary>
/// Statements that go to the database together and are answered together: one round trip on PostgreSQL, compiled statements on SQLite.
/// For the few paths that every request takes; elsewhere <see cref="Tx"/>'s own methods read better. Parameters are <c>$1</c>, <c>$2</c> …
/// of these types: <c>long</c>, <c>string</c>, <c>byte[]</c>, and on PostgreSQL arrays of them; <see cref="Set(IEnumerable{byte[]})"/> is
/// for <see cref="AnyOf"/>.
/// </summary>
public sealed class Batch
{
    private readonly Engine engine;
    private readonly string database;
    private readonly List<Statement> statements = [];
    private DbRole? role;

    internal Batch(Engine engine, string database) => (this.engine, this.database) = (engine, database);

    public Engine Engine => engine;

    internal bool TakesRole { get; private set; }

    /// <summary>The condition "is in this set" for the parameter with this number.</summary>
    public string AnyOf(int number) => SqlSet.Fragment(engine, string.Create(CultureInfo.InvariantCulture, $"${number}"));

    /// <summary>Locks read rows against change until the transaction ends; empty on SQLite, which has one writer.</summary>
    public string ForUpdate => engine == Engine.Postgres ? " FOR UPDATE" : "";

    /// <inheritdoc cref="ForUpdate"/>
    public string ForShare => engine == Engine.Postgres ? " FOR SHARE" : "";

    public object Set(IEnumerable<byte[]> values) => engine == Engine.Postgres ? values.ToArray() : SqlSet.Of(values).Json;

    public object Set(IEnumerable<string> values) => engine == Engine.Postgres ? values.ToArray() : SqlSet.Of(values).Json;

    /// <summary>Asks for rows, which <paramref name="read"/> makes; they are there once the batch has run.</summary>
    public Rows<T> Ask<T>(string sql, Func<DbDataReader, T> read, params object?[] args)
    {
        var rows = new Rows<T>(read);
        statements.Add(new Statement(sql, args, rows.ReadAsync));
        return rows;
    }

    /// <summary>A statement without rows.</summary>
    public void Do(string sql, params object?[] args) => statements.Add(new Statement(sql, args, null));

    /// <summary>Inserts many rows of one table; one whose key exists is an error.</summary>
    public void Insert<T>(ManyRows<T> into, IReadOnlyList<T> rows) => Insert(into, rows, skipping: false);

    /// <summary>Inserts those of many rows whose key does not exist.</summary>
    public void InsertMissing<T>(ManyRows<T> into, IReadOnlyList<T> rows) => Insert(into, rows, skipping: true);

    /// <summary>What <paramref name="ask"/> adds is asked as a compartment's role: on PostgreSQL only that compartment's tables can then be touched.</summary>
    public void As(DbRole asked, Action<Batch> ask)
    {
        if (role is not null)
        {
            throw new InvalidOperationException($"Already working as {role}: roles do not nest.");
        }

        role = asked;
        TakesRole = true;
        if (engine == Engine.Postgres)
        {
            Do($"SET LOCAL ROLE {PostgresRoles.Quoted(database, asked)}");
        }

        ask(this);
        role = null;
        if (engine == Engine.Postgres)
        {
            Do("SET LOCAL ROLE NONE");
        }
    }

    private void Insert<T>(ManyRows<T> into, IReadOnlyList<T> rows, bool skipping)
    {
        foreach (var (sql, args) in rows.Count == 0 ? [] : into.Statements(engine, rows, skipping))
        {
            Do(sql, args);
        }
    }

    /// <summary>Runs everything in the transaction that is open on the connection.</summary>
    internal Task RunAsync(DbConnection connection, DbTransaction? transaction, int seconds, CancellationToken ct) => statements.Count == 0
        ? Task.CompletedTask
        : connection is NpgsqlConnection postgres
            ? RunAsync(postgres, transaction, statements, seconds, ct)
            : RunEachAsync(connection, seconds, ct);

    /// <summary>Runs everything as a reading transaction of its own, begun and ended in the same round trip.</summary>
    internal Task RunAloneAsync(NpgsqlConnection connection, int seconds, CancellationToken ct) => statements.Count switch
    {
        0 => Task.CompletedTask,
        1 => RunAsync(connection, null, statements, seconds, ct),   // a statement is one instant by itself
        _ => RunAsync(connection, null, [Begin, .. statements, End], seconds, ct),
    };

    private static Statement Begin => new("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", [], null);

    private static Statement End => new("COMMIT", [], null);

    private static async Task RunAsync(NpgsqlConnection connection, DbTransaction? transaction, List<Statement> all, int seconds, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, (NpgsqlTransaction?)transaction) { Timeout = seconds };
        foreach (var statement in all)
        {
            var command = new NpgsqlBatchCommand(statement.Sql);
            foreach (var value in statement.Args)
            {
                command.Parameters.Add(Parameter(value));
            }

            batch.BatchCommands.Add(command);
        }

        await using var reader = await batch.ExecuteReaderAsync(ct);
        var first = true;
        foreach (var statement in all)
        {
            // The driver steps over statements that have no rows.
            if (statement.Read is { } read)
            {
                if (!first)
                {
                    await reader.NextResultAsync(ct);
                }

                first = false;
                await read(reader, ct);
            }
        }

        while (await reader.NextResultAsync(ct))
        {
            // To the end, so that an error of the last statement is thrown and not lost.
        }
    }

    private async Task RunEachAsync(DbConnection connection, int seconds, CancellationToken ct)
    {
        foreach (var statement in statements)
        {
            using var command = connection.CreateCommand();
            command.CommandText = statement.Sql;
            command.CommandTimeout = seconds;
            for (var i = 0; i < statement.Args.Length; i++)
            {
                command.Parameters.Add(ParameterOf(command, i, statement.Args[i]));
            }

            if (statement.Read is not { } read)
            {
                await command.ExecuteNonQueryAsync(ct);
                continue;
            }

            using var reader = await command.ExecuteReaderAsync(ct);
            await read(reader, ct);
        }
    }

    private static readonly string[] Names = [.. Enumerable.Range(1, 20).Select(n => string.Create(CultureInfo.InvariantCulture, $"${n}"))];

    /// <summary>The parameter with this position, from 0, of a command on either engine.</summary>
    internal static DbParameter ParameterOf(DbCommand command, int position, object? value)
    {
        if (command is NpgsqlCommand)
        {
            return Parameter(value);
        }

        var parameter = command.CreateParameter();
        parameter.ParameterName = Names[position];
        parameter.Value = value ?? DBNull.Value;
        return parameter;
    }

    // Every type is named, so that a statement has one shape and the driver looks nothing up.
    private static NpgsqlParameter Parameter(object? value) => value switch
    {
        byte[] bytes => new NpgsqlParameter<byte[]> { TypedValue = bytes, NpgsqlDbType = NpgsqlDbType.Bytea },
        long number => new NpgsqlParameter<long> { TypedValue = number, NpgsqlDbType = NpgsqlDbType.Bigint },
        string text => new NpgsqlParameter<string> { TypedValue = text, NpgsqlDbType = NpgsqlDbType.Text },
        byte[]?[] all => new NpgsqlParameter<byte[]?[]> { TypedValue = all, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
        long?[] all => new NpgsqlParameter<long?[]> { TypedValue = all, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
        long[] all => new NpgsqlParameter<long[]> { TypedValue = all, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
        string?[] all => new NpgsqlParameter<string?[]> { TypedValue = all, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        _ => throw new ArgumentException("A batch takes long, string, byte[] and arrays of them.", nameof(value)),
    };

    private sealed record Statement(string Sql, object?[] Args, Func<DbDataReader, CancellationToken, Task>? Read);
}

/// <summary>The rows of one question of a batch.</summary>
public sealed class Rows<T>
{
    private readonly Func<DbDataReader, T> read;
    private List<T>? all;

    internal Rows(Func<DbDataReader, T> read) => this.read = read;

    /// <exception cref="InvalidOperationException">The batch has not run.</exception>
    public IReadOnlyList<T> All => all ?? throw new InvalidOperationException("The batch has not run.");

    internal async Task ReadAsync(DbDataReader reader, CancellationToken ct)
    {
        all = [];
        while (await reader.ReadAsync(ct))
        {
            all.Add(read(reader));
        }
    }
}
