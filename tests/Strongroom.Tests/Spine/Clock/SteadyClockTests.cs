using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground;
using Strongroom.Spine.Clock;

namespace Strongroom.Tests.Spine.Clock;

public sealed class SteadyClockTests
{
    private const long T0 = 1_700_000_000_000, Minute = 60_000, Hour = 3_600_000, Year = 365L * 24 * Hour;

    private readonly ManualClock machine = new(T0);

    [Fact]
    public void The_machines_clock_is_the_time_as_long_as_it_goes_on()
    {
        var clock = new SteadyClock(machine);
        for (var i = 0; i < 100; i++)
        {
            machine.Pass(5_000);
            Assert.Null(clock.Look());
            Assert.Equal(machine.Now, clock.NowMs());
        }

        Assert.Equal(ClockState.Right, clock.State);
    }

    [Theory]
    [InlineData(14 * Hour, true)]
    [InlineData(72 * Hour, true)]
    [InlineData(73 * Hour, false)]
    public void After_a_pause_of_days_the_machines_clock_counts_at_once_for_this_node_and_is_told_to_others_after_an_hour(long pause, bool counts)
    {
        machine.Now = T0 + pause;
        var clock = new SteadyClock(machine);
        clock.Begin(T0);
        clock.Resume();
        Assert.Equal(counts ? ClockState.Right : ClockState.Ahead, clock.State);
        Assert.Equal(counts ? machine.Now : T0, clock.SureMs());
        Assert.Equal(T0, clock.KnownMs);

        // A jump after the start is another thing.
        machine.Now += Hour;
        clock.Look();
        Assert.Equal(ClockState.Ahead, clock.State);
        machine.Now -= Hour;
        Pass(clock, Hour + Minute);
        Assert.Equal((machine.Now, ClockState.Right), (clock.KnownMs, clock.State));
    }

    [Fact]
    public void A_clock_set_back_is_not_followed_and_time_goes_on_from_what_is_known()
    {
        var clock = new SteadyClock(machine);
        Pass(clock, Hour);
        machine.Now -= Year;
        Assert.Equal((T0 + Hour, ClockState.Back), (clock.NowMs(), clock.State));
        Assert.Equal(-Year, clock.Look()!.Ms);
        Pass(clock, Hour);
        Assert.Equal(T0 + 2 * Hour, clock.NowMs());
        Assert.Equal(T0 + 2 * Hour - Year, clock.WallMs());

        // Put right again it is followed at once.
        machine.Now += Year;
        Assert.Equal(Year, clock.Look()!.Ms);
        Assert.Equal((machine.Now, ClockState.Right), (clock.NowMs(), clock.State));
    }

    [Fact]
    public void Within_the_tolerance_the_machine_is_followed_back_and_no_further_however_often_it_steps()
    {
        var clock = new SteadyClock(machine);
        Pass(clock, Hour);
        for (var step = 0; step < 20; step++)
        {
            machine.Now -= Minute;
            clock.Look();
            Assert.True(clock.NowMs() >= T0 + Hour - SteadyClock.ToleranceMs, $"step {step}");
        }

        Assert.Equal((T0 + Hour, ClockState.Back), (clock.NowMs(), clock.State));
    }

    [Fact]
    public void A_clock_that_ran_ahead_for_less_than_an_hour_binds_nobody_afterwards()
    {
        var clock = new SteadyClock(machine);
        machine.Now += Year;
        Assert.Equal((T0 + Year, ClockState.Ahead), (clock.NowMs(), clock.State));
        Pass(clock, Hour - Minute);
        Assert.Equal(T0 + Hour - Minute, clock.KnownMs);
        machine.Now -= Year;
        clock.Look();
        Assert.Equal((T0 + Hour - Minute, ClockState.Right), (clock.NowMs(), clock.State));
    }

    [Fact]
    public void A_clock_that_held_for_an_hour_is_believed_and_jumping_to_and_fro_begins_the_hour_anew()
    {
        var clock = new SteadyClock(machine);
        machine.Now += Year;
        Pass(clock, Hour / 2);
        machine.Now += Year;
        Pass(clock, Hour / 2 + Minute);
        Assert.Equal(T0 + Hour + Minute, clock.KnownMs);
        Pass(clock, Hour / 2);
        Assert.Equal((machine.Now, ClockState.Right), (clock.KnownMs, clock.State));
        machine.Now -= 2 * Year;
        Assert.Equal(ClockState.Back, clock.State);
    }

    [Fact]
    public void What_others_know_binds_and_an_administrators_act_takes_it_back()
    {
        var clock = new SteadyClock(machine);
        clock.Learn(T0 + Year);
        clock.Learn(T0 - Year);
        Assert.Equal((T0 + Year, ClockState.Back), (clock.NowMs(), clock.State));
        clock.Begin(T0);
        Assert.Equal((T0, ClockState.Right), (clock.NowMs(), clock.State));
    }

    /// <summary>Whatever the machine's clock does, the time never falls behind what is known by more than the tolerance, and the known never goes back.</summary>
    [Fact]
    public void Whatever_the_machine_says_the_known_time_never_goes_back() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), jumps =>
        {
            var (odd, last) = (new ManualClock(T0), 0L);
            var clock = new SteadyClock(odd);
            return jumps.All(jump =>
            {
                odd.Now += jump * Minute;
                odd.Pass(Math.Abs((long)jump % 7) * Minute);
                clock.Look();
                var (known, before) = (clock.KnownMs, last);
                last = known;
                return known >= before && clock.NowMs() >= known - SteadyClock.ToleranceMs;
            });
        }).QuickCheckThrowOnFailure();

    private void Pass(SteadyClock clock, long ms)
    {
        for (; ms > 0; ms -= Minute)
        {
            machine.Pass(Math.Min(ms, Minute));
            clock.Look();
        }
    }
}

/// <summary>A machine whose clock can be set and whose monotonic counter only goes on.</summary>
internal sealed class ManualClock(long now) : TimeProvider
{
    private long passed;

    public long Now { get; set; } = now;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => passed;

    public override DateTimeOffset GetUtcNow() => Instants.At(Now);

    public void Pass(long ms)
    {
        passed += ms;
        Now += ms;
    }
}
