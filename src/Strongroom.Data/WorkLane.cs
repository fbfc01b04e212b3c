namespace Strongroom.Data;

/// <summary>
/// Collects works that wait at the same time and does them together: at most <c>lanes</c> batches run at once, of at most <c>max</c> works
/// each. Alone, a work starts at once; under load batches grow instead of multiplying. What it may mean that a batch fails is its own matter.
/// </summary>
/// <param name="run">Does a batch and answers one result for each work, in their order; when it throws, every work of the batch fails.</param>
/// <param name="lanes">Batches in flight.</param>
/// <param name="max">Works in one batch.</param>
public sealed class WorkLane<TWork, TResult>(Func<IReadOnlyList<TWork>, Task<IReadOnlyList<TResult>>> run, int lanes = 2, int max = 64)
{
    private readonly Lock gate = new();
    private readonly Queue<Waiting> queue = new();
    private int running;

    /// <summary>Answers when the work's batch is done. Cancelling is heeded until its batch starts, and never disturbs the others.</summary>
    public Task<TResult> RunAsync(TWork work, CancellationToken ct = default)
    {
        var waiting = new Waiting(work, ct);
        lock (gate)
        {
            queue.Enqueue(waiting);
            if (running < lanes)
            {
                running++;
                // The lane serves everybody, so it must not carry the context (transaction scope, trace) of whoever woke it.
                ThreadPool.UnsafeQueueUserWorkItem(static lane => _ = lane.PumpAsync(), this, preferLocal: false);
            }
        }
        return waiting.Answer.Task;
    }

    private async Task PumpAsync()
    {
        while (TakeBatch() is { Count: > 0 } batch)
        {
            var waiting = batch.ConvertAll(w => w.Answer);
            try
            {
                Together.Answer(waiting, await run(batch.ConvertAll(w => w.Work)));
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
            while (batch.Count < max && queue.TryDequeue(out var next))
            {
                if (next.Ct.IsCancellationRequested) ThreadPool.UnsafeQueueUserWorkItem(static left => left.Answer.SetCanceled(left.Ct), next, preferLocal: false);
                else batch.Add(next);
            }
            if (batch.Count == 0) running--;   // under the same lock, so no work can arrive unnoticed
        }
        return batch;
    }

    private sealed class Waiting(TWork work, CancellationToken ct)
    {
        public TWork Work { get; } = work;
        public CancellationToken Ct { get; } = ct;
        public TaskCompletionSource<TResult> Answer { get; } = Together.Wait<TResult>();
    }
}
