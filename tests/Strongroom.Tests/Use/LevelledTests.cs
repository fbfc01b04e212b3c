using Strongroom.Use.Asking;

namespace Strongroom.Tests.Use;

public sealed class LevelledTests
{
    [Theory]
    [InlineData(0, 500)]
    [InlineData(3, 497)]
    [InlineData(499, 1)]
    [InlineData(500, 500)]
    [InlineData(1_700, 300)]
    public void What_is_left_of_a_step_is_waited_for(int spentMs, int restMs) =>
        Assert.Equal(TimeSpan.FromMilliseconds(restMs), Levelled.Rest(TimeSpan.FromMilliseconds(spentMs), TimeSpan.FromMilliseconds(500)));

    [Fact]
    public async Task Answers_and_failures_come_at_full_steps()
    {
        var time = new StepTime();
        Assert.Equal(7, await Levelled.AnswerAsync(() => Spend(20, 7), TimeSpan.FromMilliseconds(500), time, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Levelled.AnswerAsync(() => Spend(90, -1), TimeSpan.FromMilliseconds(500), time, TestContext.Current.CancellationToken));
        Assert.Equal([480, 410], time.Waited);

        async Task<int> Spend(int ms, int answer)
        {
            await Task.Yield();
            time.Now += ms;
            return answer < 0 ? throw new InvalidOperationException() : answer;
        }
    }

    /// <summary>Time that is spent by hand; who waits is told at once and written down.</summary>
    private sealed class StepTime : TimeProvider
    {
        public long Now { get; set; }

        public List<int> Waited { get; } = [];

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waited.Add((int)dueTime.TotalMilliseconds);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
