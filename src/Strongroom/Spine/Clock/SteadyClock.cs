using Strongroom.Ground;

namespace Strongroom.Spine.Clock;

/// <summary>How the machine's clock stands to the time that is known to have passed.</summary>
internal enum ClockState
{
    Right,

    /// <summary>Far ahead of what is known, and not yet for long: what has a term is over, nothing opens, and nothing acts by itself.</summary>
    Ahead,

    /// <summary>Behind what is known to have passed: the known time is used.</summary>
    Back,
}

/// <summary>A step that the machine's clock made, against the time that passes by itself.</summary>
/// <param name="Ms">Negative: back.</param>
internal sealed record ClockStep(long Ms);

/// <summary>
/// The product's clock: the machine's, unless that lies more than <see cref="ToleranceMs"/> behind the time known to have passed; then
/// that time, which goes on by the monotonic counter. So what has expired stays expired on a server whose clock was set back. A clock
/// that jumps ahead is used at once for what it ends, but is believed, and told to others, only once it has held for
/// <see cref="DwellMs"/>: until then nothing opens by it (<see cref="Instants.SureMs"/>) and nothing acts by itself, so one that ran ahead
/// for a moment leaves nothing behind. Decision 0028 has the bounds.
/// </summary>
internal sealed class SteadyClock(TimeProvider machine) : TimeProvider, IWallClock
{
    /// <summary>
    /// The least lag that counts as set back, the least step that is told, and the lead that is believed at once: whoever was believed
    /// too soon by that much binds nobody, for so much is tolerated. Clocks of nodes may differ by less.
    /// </summary>
    public const long ToleranceMs = 5 * 60_000;

    /// <summary>How long a clock that jumped ahead must hold before it is believed.</summary>
    public const long DwellMs = 3_600_000;

    /// <summary>
    /// How long an installation may stand still and, started again, go by the machine's clock at once: a night or a long weekend of maintenance is
    /// ordinary, and whoever begins his shift after it must find himself on duty.
    /// </summary>
    public const long PauseMs = 3 * 24 * 3_600_000L;

    private readonly Lock gate = new();
    private volatile Anchor known = Anchor.At(machine, machine.NowMs());
    private Anchor seen = Anchor.At(machine, machine.NowMs());
    private Anchor? ahead;
    private long paused;

    /// <summary>The instant known to have passed, UTC milliseconds.</summary>
    public long KnownMs => known.Now(machine);

    public ClockState State => (machine.NowMs() - KnownMs) switch
    {
        < -ToleranceMs => ClockState.Back,
        var lead when lead > ToleranceMs + Interlocked.Read(ref paused) => ClockState.Ahead,
        _ => ClockState.Right,
    };

    public bool IsAhead => State == ClockState.Ahead;

    public DateTimeOffset WallNow => machine.GetUtcNow();

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        var (now, least) = (machine.GetUtcNow(), KnownMs);
        return now.ToUnixTimeMilliseconds() < least - ToleranceMs ? Instants.At(least) : now;
    }

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Looks at the machine's clock, every few seconds. Answers the step it made since the last look, if it made one.</summary>
    public ClockStep? Look()
    {
        lock (gate)
        {
            var now = machine.NowMs();
            var step = now - seen.Now(machine);
            seen = Anchor.At(machine, now);
            Believe(now, now - KnownMs);
            return Math.Abs(step) > ToleranceMs ? new ClockStep(step) : null;
        }
    }

    /// <summary>Another node, or an earlier run, knows that this instant has passed.</summary>
    public void Learn(long at)
    {
        lock (gate)
        {
            if (at > KnownMs)
            {
                known = Anchor.At(machine, at);
            }
        }
    }

    /// <summary>What is known to have passed is this and nothing later: at the start, from what is stored, or by an administrator's act.</summary>
    public void Begin(long at)
    {
        lock (gate)
        {
            (known, ahead) = (Anchor.At(machine, at), null);
            Interlocked.Exchange(ref paused, 0);
        }
    }

    /// <summary>
    /// At the start, after what is stored was learned: a lead of no more than <see cref="PauseMs"/> is the pause. This node goes by its clock at once;
    /// others are told only when it has held.
    /// </summary>
    public void Resume()
    {
        lock (gate)
        {
            // What is stored may be half a minute old: so small a lead is believed now as at every other look.
            var (now, lead) = (machine.NowMs(), machine.NowMs() - KnownMs);
            Believe(now, lead);
            Interlocked.Exchange(ref paused, lead is > ToleranceMs and <= PauseMs ? lead : 0);
        }
    }

    private void Believe(long now, long lead)
    {
        if (lead < 0)
        {
            ahead = null;
        }
        else if (lead <= ToleranceMs || (ahead is { } since && Math.Abs(now - since.Now(machine)) <= ToleranceMs && since.AgeMs(machine) >= DwellMs))
        {
            (known, ahead) = (Anchor.At(machine, now), null);
            Interlocked.Exchange(ref paused, 0);
        }
        else if (ahead is null || Math.Abs(now - ahead.Now(machine)) > ToleranceMs)
        {
            // Another jump begins the hour anew.
            ahead = Anchor.At(machine, now);
        }
    }

    /// <summary>An instant and the counter's reading at it.</summary>
    private sealed record Anchor(long Instant, long Stamp)
    {
        public static Anchor At(TimeProvider machine, long instant) => new(instant, machine.GetTimestamp());

        public long AgeMs(TimeProvider machine) => (long)machine.GetElapsedTime(Stamp).TotalMilliseconds;

        public long Now(TimeProvider machine) => Instant + AgeMs(machine);
    }
}
