using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Strongroom.Data;

/// <summary>SQLite in WAL mode: one writer lane, a small pool of readers.</summary>
internal sealed class SqliteEngine : StoreEngine
{
    private const int MaxReaders = 8;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string file;
    private readonly SqliteLane lane;
    private readonly SemaphoreSlim readerSlots = new(MaxReaders);
    private readonly Stack<SqliteConnection> idleReaders = new();
    private bool disposed;

    static SqliteEngine() => Batteries_V2.Init();

    private SqliteEngine(string file)
    {
        this.file = file;
        lane = new SqliteLane(() => OpenConnection(file), CountCommit);
    }

    public override Engine Kind => Engine.Sqlite;

    public static async Task<SqliteEngine> OpenAsync(DatabaseOptions.Sqlite options, MigrationSet migrations, CancellationToken ct)
    {
        var file = Path.GetFullPath(options.File);
        MakePrivate(file);
        await using (var connection = OpenConnection(file))
        {
            await new Migrator(connection, Engine.Sqlite, migrations, options.Time).ApplyAsync(ct);
        }
        return new SqliteEngine(file);
    }

    public override async Task<T> ReadAsync<T>(Func<Tx, Task<T>> work, CancellationToken ct)
    {
        await readerSlots.WaitAsync(ct);
        SqliteConnection? reader = null;
        try
        {
            reader = TakeReader();
            reader.Execute("BEGIN DEFERRED");
            return await work(new Tx(reader, null, Engine.Sqlite, ct));
        }
        finally
        {
            GiveBack(reader);
            readerSlots.Release();
        }
    }

    protected override int Waiting => lane.Length;

    public override Task<T> WriteAsync<T>(Func<Tx, Task<T>> work, bool serializable, CancellationToken ct) => lane.RunAsync(work, ct);

    public override async Task CheckAsync(Tx tx) => await tx.ScalarAsync<long>("SELECT count(*) FROM schema_migration");

    public override async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        await lane.DisposeAsync();
        for (var i = 0; i < MaxReaders; i++) await readerSlots.WaitAsync();   // running reads finish first
        while (idleReaders.TryPop(out var reader)) reader.Dispose();
        readerSlots.Dispose();
    }

    private SqliteConnection TakeReader()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        lock (idleReaders)
        {
            if (idleReaders.TryPop(out var idle)) return idle;
        }
        var reader = OpenConnection(file);
        reader.Execute("PRAGMA query_only = ON");
        return reader;
    }

    private void GiveBack(SqliteConnection? reader)
    {
        if (reader is null) return;
        try
        {
            if (raw.sqlite3_get_autocommit(reader.Handle) == 0) reader.Execute("ROLLBACK");
            lock (idleReaders) idleReaders.Push(reader);
        }
        catch (SqliteException)
        {
            reader.Dispose();   // a broken reader is replaced by a fresh one; the work's own error is already on its way
        }
    }

    private static SqliteConnection OpenConnection(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadWrite,    // never creates: the file exists with its mode set, or this fails
            Pooling = false,
            ForeignKeys = true,
            DefaultTimeout = 5,
        }.ToString());
        try
        {
            connection.Open();
            connection.Execute("""
                PRAGMA busy_timeout = 5000;
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA secure_delete = ON;
                PRAGMA temp_store = MEMORY;
                PRAGMA trusted_schema = OFF;
                """);
            Require(connection, "journal_mode", "wal");
            Require(connection, "synchronous", "2");
            Require(connection, "secure_delete", "1");
            Require(connection, "foreign_keys", "1");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Require(SqliteConnection connection, string pragma, string wanted)
    {
        var actual = connection.ExecuteScalar<string>($"PRAGMA {pragma}");
        if (actual != wanted)
            throw new StoreException("store.unsafe-setting",
                $"SQLite 设置 {pragma} 为 {actual}，要求 {wanted}；拒绝启动。",
                $"SQLite setting {pragma} is {actual}, {wanted} is required; refusing to start.");
    }

    // The mode is given at creation, so no moment exists in which others could open the file. WAL and shm files inherit it.
    private static void MakePrivate(string file)
    {
        DataFolder.Make(Path.GetDirectoryName(file)!);
        if (OperatingSystem.IsWindows()) { File.Open(file, FileMode.OpenOrCreate).Dispose(); return; }
        using (new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
            UnixCreateMode = OwnerFile,
        })) { }
        if (File.GetUnixFileMode(file) != OwnerFile) File.SetUnixFileMode(file, OwnerFile);
    }
}
