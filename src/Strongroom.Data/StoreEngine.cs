namespace Strongroom.Data;

/// <summary>What differs between the engines.</summary>
internal abstract class StoreEngine : IAsyncDisposable
{
    private long commits, works, retries;

    public abstract Engine Kind { get; }

    public DatabaseStats Stats => new(Interlocked.Read(ref commits), Interlocked.Read(ref works), Interlocked.Read(ref retries), Waiting);

    /// <summary>Works that wait for the one writer; 0 where there are many.</summary>
    protected virtual int Waiting => 0;

    public abstract Task<T> ReadAsync<T>(Func<Tx, Task<T>> work, CancellationToken ct);

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
