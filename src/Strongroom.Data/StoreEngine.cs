namespace Strongroom.Data;

/// <summary>What differs between the engines.</summary>
internal abstract class StoreEngine : IAsyncDisposable
{
    private long commits, works, retries;

    public abstract Engine Kind { get; }

    public DatabaseStats Stats => new(Interlocked.Read(ref commits), Interlocked.Read(ref works), Interlocked.Read(ref retries));

    public abstract Task<T> ReadAsync<T>(Func<Tx, Task<T>> work, CancellationToken ct);

    /// <summary>A reading transaction whose statements are known beforehand.</summary>
    public virtual Task<T> AskAsync<T>(Func<Batch, T> ask, CancellationToken ct) => ReadAsync(async tx =>
    {
        var batch = tx.Batch();
        var asked = ask(batch);
        await tx.RunAsync(batch);
        return asked;
    }, ct);

    public abstract Task<T> WriteAsync<T>(Func<Tx, Task<T>> work, bool serializable, CancellationToken ct);

    /// <summary>Throws when the safety settings no longer hold.</summary>
    public abstract Task CheckAsync(Tx tx);

    public abstract ValueTask DisposeAsync();

    protected void CountCommit(int ofWorks)
    {
        Interlocked.Increment(ref commits);
        Interlocked.Add(ref works, ofWorks);
    }

    protected void CountRetry() => Interlocked.Increment(ref retries);
}
