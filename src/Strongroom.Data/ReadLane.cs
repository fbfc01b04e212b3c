namespace Strongroom.Data;

/// <summary>
/// Collects point reads that wait at the same time into one query: at most <c>lanes</c> queries run at once, of at most
/// <c>max</c> distinct keys each. A read only ever joins a query that has not started, so its answer is never older than its question.
/// </summary>
/// <param name="load">Loads many keys at once; a key missing from the answer has no row.</param>
/// <param name="lanes">Queries in flight.</param>
/// <param name="max">Distinct keys in one query.</param>
public sealed class ReadLane<TKey, TRow>(Func<IReadOnlyList<TKey>, Task<IReadOnlyDictionary<TKey, TRow>>> load, int lanes = 2, int max = 64)
    where TKey : notnull
    where TRow : class
{
    private readonly Lock gate = new();
    private readonly LinkedList<Waiting> queue = new();
    private readonly Dictionary<TKey, Waiting> queued = [];
    private int running;

    /// <summary>The row, or null when there is none. Cancelling leaves the others that wait for the same query undisturbed.</summary>
    public Task<TRow?> GetAsync(TKey key, CancellationToken ct = default)
    {
        Waiting? waiting;
        lock (gate)
        {
            if (!queued.TryGetValue(key, out waiting))
            {
                waiting = new Waiting(key);
                queued.Add(key, waiting);
                queue.AddLast(waiting);
            }
            if (running < lanes)
            {
                running++;
                // The lane serves everybody, so it must not carry the context (transaction scope, trace) of whoever woke it.
                ThreadPool.UnsafeQueueUserWorkItem(static lane => _ = lane.PumpAsync(), this, preferLocal: false);
            }
        }
        return waiting.Answer.Task.WaitAsync(ct);
    }

    private async Task PumpAsync()
    {
        while (TakeBatch() is { Count: > 0 } batch)
        {
            var waiting = batch.ConvertAll(w => w.Answer);
            try
            {
                var rows = await load(batch.ConvertAll(w => w.Key));
                Together.Answer(waiting, batch.ConvertAll(w => rows.GetValueOrDefault(w.Key)));
            }
            catch (Exception e)
            {
                Together.Fail(waiting, e);
            }
        }
    }

    private List<Waiting> TakeBatch()
    {
        var batch = new List<Waiting>();
        lock (gate)
        {
            while (batch.Count < max && queue.First is { } first)
            {
                queue.RemoveFirst();
                queued.Remove(first.Value.Key);
                batch.Add(first.Value);
            }
            if (batch.Count == 0) running--;   // under the same lock, so no read can arrive unnoticed
        }
        return batch;
    }

    private sealed class Waiting(TKey key)
    {
        public TKey Key { get; } = key;
        public TaskCompletionSource<TRow?> Answer { get; } = Together.Wait<TRow?>();
    }
}
