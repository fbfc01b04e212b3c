using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Strongroom.Data;

/// <summary>
/// A SQLite connection that keeps its compiled statements: the driver compiles every command anew, which takes longer than most of them run.
/// A command made here borrows the compiled one of the same text and gives it back when it is disposed. Used by one caller at a time.
/// </summary>
internal sealed class PreparedSqlite(SqliteConnection inner) : DbConnection
{
    // More than the product has statements; texts that differ each time must not pile up.
    private const int Most = 300;

    private readonly Dictionary<string, SqliteCommand> idle = new(StringComparer.Ordinal);

    public sqlite3? Handle => inner.Handle;

    [AllowNull]
    public override string ConnectionString { get => inner.ConnectionString; set => throw new NotSupportedException(); }

    public override string Database => inner.Database;

    public override string DataSource => inner.DataSource;

    public override string ServerVersion => inner.ServerVersion;

    public override ConnectionState State => inner.State;

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public override void Open() => throw new NotSupportedException();

    public override void Close() => throw new NotSupportedException();

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

    protected override DbCommand CreateDbCommand() => new Borrowed(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var command in idle.Values)
            {
                command.Dispose();
            }

            idle.Clear();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private SqliteCommand Take(string text)
    {
        if (idle.Remove(text, out var compiled))
        {
            return compiled;
        }

        var fresh = inner.CreateCommand();
#pragma warning disable CA2100 // The text is the caller's statement, as with any command; values are parameters.
        fresh.CommandText = text;
#pragma warning restore CA2100
        return fresh;
    }

    private void GiveBack(SqliteCommand command, bool sound)
    {
        command.Parameters.Clear();
        if (!sound || idle.Count >= Most || !idle.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
    }

    private sealed class Borrowed(PreparedSqlite owner) : DbCommand
    {
        private SqliteCommand? command;
        private bool failed;

        [AllowNull]
        public override string CommandText
        {
            get => command?.CommandText ?? "";
            set
            {
                Return();
                command = owner.Take(value ?? "");
            }
        }

        public override int CommandTimeout { get; set; } = 5;

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get => owner; set => throw new NotSupportedException(); }

        // BEGIN and COMMIT are statements of the engine here.
        protected override DbTransaction? DbTransaction { get => null; set { } }

        protected override DbParameterCollection DbParameterCollection => Command.Parameters;

        private SqliteCommand Command => command ?? throw new InvalidOperationException("A command needs its text first.");

        public override void Cancel()
        {
        }

        public override void Prepare()
        {
        }

        public override int ExecuteNonQuery() => Guarded(ready => ready.ExecuteNonQuery());

        public override object? ExecuteScalar() => Guarded(ready => ready.ExecuteScalar());

        public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(ExecuteNonQuery());
        }

        protected override DbParameter CreateDbParameter() => new SqliteParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Guarded(ready => ready.ExecuteReader(behavior));

        protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(ExecuteDbDataReader(behavior));
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                Return();
            }

            base.Dispose(disposing);
        }

        private T Guarded<T>(Func<SqliteCommand, T> run)
        {
            Command.CommandTimeout = CommandTimeout;
            failed = true;
            var result = run(Command);
            failed = false;
            return result;
        }

        private void Return()
        {
            if (command is { } borrowed)
            {
                command = null;
                owner.GiveBack(borrowed, !failed);
            }
        }
    }
}
