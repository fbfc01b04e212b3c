using System.Diagnostics;
using System.Threading.Channels;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Strongroom.Data;

/// <summary>
/// The single writer. Works that wait together run one after the other inside one transaction, each in its own savepoint, and one
/// COMMIT (one fsync) serves them all. Nobody is answered, not even with a refusal, before that COMMIT: what a work saw of its
/// neighbours is true only then.
/// </summary>
internal sealed class SqliteLane : IAsyncDisposable
{
    private const int MaxGroup = 256;
    private const int MaxWaiting = 4096;

    /// <summary>Spans of group commits; without a listener they cost a branch.</summary>
    private static readonly ActivitySource Trace = new("Strongroom.Data");

    private readonly Channel<LaneWork> queue = Channel.CreateBounded<LaneWork>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly Func<SqliteConnection> open;
    private readonly Action<int> committed;
    private readonly Task loop;
    private SqliteConnection? writer;

    public SqliteLane(Func<SqliteConnection> open, Action<int> committed)
    {
        (this.open, this.committed) = (open, committed);
        loop = Task.Run(LoopAsync);
    }

    public async Task<T> RunAsync<T>(Func<Tx, Task<T>> work, CancellationToken ct)
    {
        var item = new LaneWork<T>(work, ct);
        try
        {
            await queue.Writer.WriteAsync(item, ct);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(Database));
        }
        return await item.Answer;
    }

    /// <summary>Works that wait for their turn.</summary>
    public int Length => queue.Reader.Count;

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop;
        writer?.Dispose();
    }

    private async Task LoopAsync()
    {
        var group = new List<LaneWork>(MaxGroup);
        while (await queue.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < MaxGroup && queue.Reader.TryRead(out var next))
            {
                if (!next.CancelledBeforeStart()) group.Add(next);
            }
            if (group.Count == 0) continue;
            try
            {
                await CommitAsync(group);
            }
            catch (Exception e)
            {
                Abandon();
                foreach (var work in group) work.Fail(e);
                continue;
            }
            committed(group.Count(work => !work.Failed));
            foreach (var work in group) work.Finish();
        }
    }

    private async Task CommitAsync(List<LaneWork> group)
    {
        using var span = Trace.StartActivity("lane.commit")?.SetTag("count", group.Count);
        writer ??= open();
        writer.Execute("BEGIN IMMEDIATE");
        foreach (var work in group)
        {
            writer.Execute("SAVEPOINT work");
            await work.RunAsync(writer);
            // A full disk or an I/O error may make SQLite drop the whole transaction; then the neighbours' effects are gone too.
            if (raw.sqlite3_get_autocommit(writer.Handle) != 0) throw Unavailable(work.Error);
            if (work.Failed) writer.Execute("ROLLBACK TO work");
            writer.Execute("RELEASE work");
        }
        try
        {
            writer.Execute("COMMIT");
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_IOERR)
        {
            throw new UnknownOutcomeException(e);   // the frames may or may not have reached the disk
        }
        catch (SqliteException e)
        {
            throw Unavailable(e);
        }
    }

    // The next group starts on a fresh connection: after an I/O error the old one's caches are not to be trusted.
    private void Abandon()
    {
        try
        {
            writer?.Dispose();   // closing rolls an open transaction back
        }
        catch (SqliteException)
        {
            // Already broken; its error was reported to the works.
        }
        writer = null;
    }

    private static StoreException Unavailable(Exception? inner) => new("store.unavailable",
        "数据库无法写入（磁盘已满或出错），本次操作未执行。",
        "The database cannot be written (disk full or failing); nothing was done.", inner);

    private abstract class LaneWork
    {
        public Exception? Error { get; protected set; }
        public bool Failed => Error is not null;

        public abstract bool CancelledBeforeStart();
        public abstract Task RunAsync(SqliteConnection writer);
        public abstract void Finish();
        public abstract void Fail(Exception e);
    }

    private sealed class LaneWork<T>(Func<Tx, Task<T>> work, CancellationToken ct) : LaneWork
    {
        // The work runs in its caller's context (culture, trace), as it would on PostgreSQL.
        private readonly ExecutionContext? context = ExecutionContext.Capture();
        private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T result = default!;

        public Task<T> Answer => answer.Task;

        public override bool CancelledBeforeStart() => ct.IsCancellationRequested && answer.TrySetCanceled(ct);

        public override async Task RunAsync(SqliteConnection writer)
        {
            try
            {
                ct.ThrowIfCancellationRequested();   // gathered into a group, then cancelled while its neighbours ran
                var tx = new Tx(writer, null, Engine.Sqlite, ct);
                Task<T>? running = null;
                if (context is null) running = work(tx);
                else ExecutionContext.Run(context, _ => running = work(tx), null);
                result = await running!;
            }
            catch (Exception e)
            {
                Error = e;
            }
        }

        public override void Finish()
        {
            if (Error is OperationCanceledException cancelled) answer.SetCanceled(cancelled.CancellationToken);
            else if (Error is not null) answer.SetException(Error);
            else answer.SetResult(result);
        }

        public override void Fail(Exception e) => answer.TrySetException(e);
    }
}
