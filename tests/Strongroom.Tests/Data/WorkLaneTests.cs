using System.Collections.Concurrent;
using Strongroom.Data;

namespace Strongroom.Tests.Data;

public sealed class WorkLaneTests
{
    private sealed record Batch(IReadOnlyList<int> Works, TaskCompletionSource<IReadOnlyList<string>> Answer)
    {
        public void Finish() => Answer.SetResult([.. Works.Select(work => $"done {work}")]);
    }

    private readonly ConcurrentQueue<Batch> started = new();

    private Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<int> works)
    {
        var batch = new Batch(works, new(TaskCreationOptions.RunContinuationsAsynchronously));
        started.Enqueue(batch);
        return batch.Answer.Task;
    }

    private async Task<Batch> NextAsync()
    {
        for (var i = 0; i < 6000; i++)
        {
            if (started.TryDequeue(out var next)) return next;
            await Task.Delay(5);
        }
        throw new TimeoutException("No batch was started.");
    }

    [Fact]
    public async Task WaitingWorks_BecomeOneBatch_AndEachGetsItsOwnResult()
    {
        var lane = new WorkLane<int, string>(RunAsync, lanes: 1, max: 20);
        var first = lane.RunAsync(-1);
        var running = await NextAsync();
        var waiting = Enumerable.Range(0, 30).Select(i => lane.RunAsync(i % 10)).ToArray();

        running.Finish();
        var second = await NextAsync();
        second.Finish();
        var third = await NextAsync();
        third.Finish();

        Assert.Equal("done -1", await first);
        Assert.Equal((20, 10), (second.Works.Count, third.Works.Count));   // never more than the most, and equal works are two works
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"done {i % 10}"), await Task.WhenAll(waiting));
        Assert.Empty(started);
    }

    [Fact]
    public async Task ABatchThatFails_FailsItsOwnWorks_AndTheLaneGoesOn()
    {
        var lane = new WorkLane<int, string>(RunAsync, lanes: 1);
        var first = lane.RunAsync(1);
        var running = await NextAsync();
        var second = lane.RunAsync(2);
        running.Answer.SetException(new InvalidDataException());
        (await NextAsync()).Finish();

        await Assert.ThrowsAsync<InvalidDataException>(() => first);
        Assert.Equal("done 2", await second);

        // A batch that forgets somebody must not leave him waiting.
        var third = lane.RunAsync(3);
        (await NextAsync()).Answer.SetResult([]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => third);
    }

    [Fact]
    public async Task ACancelledWork_IsNotDone_WhileItStillWaits_AndIsOnceItsBatchRuns()
    {
        using var cancel = new CancellationTokenSource();
        var lane = new WorkLane<int, string>(RunAsync, lanes: 1);
        var running = lane.RunAsync(1, cancel.Token);
        var batch = await NextAsync();
        var waiting = lane.RunAsync(2, cancel.Token);
        var other = lane.RunAsync(3);
        await cancel.CancelAsync();
        batch.Finish();
        var next = await NextAsync();
        next.Finish();

        Assert.Equal("done 1", await running);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal([3], next.Works);
        Assert.Equal("done 3", await other);
    }
}
