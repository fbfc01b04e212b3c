namespace Strongroom.Data;

/// <summary>
/// Tells many waiting requests at once that they may go on. Each of them run by the pool for itself would be queued, and a sleeping thread woken
/// for it; here they go on one after another, on as many pool threads as there are cores. What a request does next must therefore never block.
/// </summary>
public static class Together
{
    /// <summary>What a request waits on. Whoever completes it runs what comes next, so only the methods here may.</summary>
    public static TaskCompletionSource<T> Wait<T>() => new();

    /// <summary>Gives each its answer, on pool threads and without waiting for them.</summary>
    /// <exception cref="InvalidOperationException">Not one answer for each.</exception>
    public static void Answer<T>(IReadOnlyList<TaskCompletionSource<T>> waiting, IReadOnlyList<T> answers)
    {
        if (answers.Count != waiting.Count)
        {
            throw new InvalidOperationException("Whoever waits together must be answered together.");
        }

        T[] held = [.. answers];
        Complete(waiting.Count, i => waiting[i].SetResult(held[i]));
    }

    /// <summary>Fails all of them in the same way.</summary>
    public static void Fail<T>(IReadOnlyList<TaskCompletionSource<T>> waiting, Exception error) => Complete(waiting.Count, i => waiting[i].SetException(error));

    private static void Complete(int count, Action<int> complete)
    {
        var parts = Math.Min(count, Environment.ProcessorCount);
        for (var part = 0; part < parts; part++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new Part(complete, part * count / parts, (part + 1) * count / parts), preferLocal: false);
        }
    }

    private sealed class Part(Action<int> complete, int from, int until) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            for (var i = from; i < until; i++)
            {
                complete(i);
            }
        }
    }
}
