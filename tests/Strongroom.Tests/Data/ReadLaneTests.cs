using System.Collections.Concurrent;
using Strongroom.Data;

namespace Strongroom.Tests.Data;

public sealed class ReadLaneTests
{
    /// <summary>A loader that holds every batch until the test lets it go.</summary>
    private sealed class HeldLoads
    {
        public ConcurrentQueue<(IReadOnlyList<int> Keys, TaskCompletionSource<IReadOnlyDictionary<int, string>> Answer)> Started { get; } = new();
        public int Batches;

        public Task<IReadOnlyDictionary<int, string>> LoadAsync(IReadOnlyList<int> keys)
        {
            Interlocked.Increment(ref Batches);
            var answer = new TaskCompletionSource<IReadOnlyDictionary<int, string>>(TaskCreationOptions.RunContinuationsAsynchronously);
            Started.Enqueue((keys, answer));
            return answer.Task;
        }

        public async Task<(IReadOnlyList<int> Keys, TaskCompletionSource<IReadOnlyDictionary<int, string>> Answer)> NextAsync()
        {
            for (var i = 0; i < 2000; i++)
            {
                if (Started.TryDequeue(out var next)) return next;
                await Task.Delay(5);
            }
            throw new TimeoutException("No load was started.");
        }

        public static IReadOnlyDictionary<int, string> Rows(IEnumerable<int> keys) => keys.ToDictionary(k => k, k => $"row {k}");
    }

    private readonly HeldLoads loads = new();

    [Fact]
    public async Task WaitingReads_BecomeOneQuery_AndEqualKeysOneKey()
    {
        var lane = new ReadLane<int, string>(loads.LoadAsync, lanes: 1);
        var first = lane.GetAsync(0);
        var running = await loads.NextAsync();
        var waiting = Enumerable.Range(0, 30).Select(i => lane.GetAsync(i % 10)).ToArray();

        running.Answer.SetResult(HeldLoads.Rows(running.Keys));
        var batch = await loads.NextAsync();
        batch.Answer.SetResult(HeldLoads.Rows(batch.Keys));

        Assert.Equal("row 0", await first);
        Assert.Equal(Enumerable.Range(0, 10), batch.Keys);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"row {i % 10}"), await Task.WhenAll(waiting));
        Assert.Equal(2, loads.Batches);
    }

    [Fact]
    public async Task ARead_NeverJoinsAQueryThatHasStarted()
    {
        var lane = new ReadLane<int, string>(loads.LoadAsync, lanes: 1);
        var before = lane.GetAsync(7);
        var old = await loads.NextAsync();
        var after = lane.GetAsync(7);

        old.Answer.SetResult(new Dictionary<int, string> { [7] = "old" });
        (await loads.NextAsync()).Answer.SetResult(new Dictionary<int, string> { [7] = "new" });

        Assert.Equal("old", await before);
        Assert.Equal("new", await after);
    }

    [Fact]
    public async Task AtMostSoManyQueriesRun_OfAtMostSoManyKeys()
    {
        var lane = new ReadLane<int, string>(loads.LoadAsync, lanes: 2, max: 4);
        var reads = Enumerable.Range(0, 20).Select(i => lane.GetAsync(i)).ToArray();
        var one = await loads.NextAsync();
        var two = await loads.NextAsync();
        await Task.Delay(50);
        Assert.Empty(loads.Started);

        var seen = new List<int>();
        for (var current = one; ; current = await loads.NextAsync())
        {
            Assert.InRange(current.Keys.Count, 1, 4);
            seen.AddRange(current.Keys);
            current.Answer.SetResult(HeldLoads.Rows(current.Keys));
            if (current == one) { seen.AddRange(two.Keys); two.Answer.SetResult(HeldLoads.Rows(two.Keys)); }
            if (seen.Count == 20) break;
        }
        Assert.Equal(Enumerable.Range(0, 20), seen.Order());
        await Task.WhenAll(reads);
    }

    [Fact]
    public async Task AnError_ReachesItsOwnBatchOnly()
    {
        var lane = new ReadLane<int, string>(loads.LoadAsync, lanes: 1);
        var failing = lane.GetAsync(1);
        var running = await loads.NextAsync();
        Task<string?>[] next = [lane.GetAsync(2), lane.GetAsync(3)];

        running.Answer.SetException(new InvalidDataException("planned"));
        var batch = await loads.NextAsync();
        batch.Answer.SetResult(HeldLoads.Rows(batch.Keys));

        await Assert.ThrowsAsync<InvalidDataException>(() => failing);
        Assert.Equal("row 2", await next[0]);
        Assert.Equal("row 3", await next[1]);
    }

    [Fact]
    public async Task CancellingOneWaiter_LeavesTheOthers()
    {
        using var cancel = new CancellationTokenSource();
        var lane = new ReadLane<int, string>(loads.LoadAsync, lanes: 1);
        var impatient = lane.GetAsync(1, cancel.Token);
        var patient = lane.GetAsync(1);
        var running = await loads.NextAsync();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        while (!patient.IsCompleted)
        {
            running.Answer.TrySetResult(HeldLoads.Rows([1]));
            if (loads.Started.TryDequeue(out var more)) more.Answer.SetResult(HeldLoads.Rows([1]));
            await Task.Delay(5);
        }
        Assert.Equal("row 1", await patient);
    }

    [Fact]
    public async Task AMissingRow_IsNull_AndTheLaneRestsAndWakesAgain()
    {
        var lane = new ReadLane<int, string>(keys => Task.FromResult(HeldLoads.Rows(keys.Where(k => k > 0))));

        Assert.Null(await lane.GetAsync(0));
        for (var i = 1; i < 200; i++) Assert.Equal($"row {i}", await lane.GetAsync(i));
    }

    [Fact]
    public async Task ALoaderThatThrowsAtOnce_OrAnswersNull_DoesNotStopTheLane()
    {
        var calls = 0;
        var lane = new ReadLane<int, string>(keys => ++calls switch
        {
            1 => throw new InvalidDataException(),
            2 => Task.FromResult<IReadOnlyDictionary<int, string>>(null!),
            _ => Task.FromResult(HeldLoads.Rows(keys)),
        }, lanes: 1);

        await Assert.ThrowsAsync<InvalidDataException>(() => lane.GetAsync(1));
        await Assert.ThrowsAnyAsync<Exception>(() => lane.GetAsync(1));
        Assert.Equal("row 1", await lane.GetAsync(1));
    }
}
