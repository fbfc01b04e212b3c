using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Clock;

/// <summary>
/// Keeps the newest known instant in the database and in the product's clock, and writes down every step of the machine's clock. Before
/// the first request is served it has learned what earlier runs and other nodes know.
/// </summary>
internal sealed partial class ClockWatch(Database database, IAuditLog log, IMac mac, SteadyClock clock, ILogger<ClockWatch> logger) : BackgroundService
{
    public static readonly FactName Back = FactName.Of("clock-went-back");
    public static readonly FactName Ahead = FactName.Of("clock-went-ahead");
    public static readonly FactName Altered = FactName.Of("clock-mark-altered");
    public static readonly FactName Accepted = FactName.Of("clock-accepted");

    private const long StoreEveryMs = 30_000;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private long? generation;
    private long newest;
    private ClockState told = ClockState.Right;

    // A step that the log could not take yet.
    private ClockStep? untold;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>One look; for the service itself and for tests.</summary>
    public async Task LookAsync(CancellationToken ct = default)
    {
        var step = untold = clock.Look() ?? untold;
        await LearnAsync(ct);
        var state = clock.State;
        var fact = step switch
        {
            { Ms: < 0 } => Back,
            { Ms: > 0 } => Ahead,
            _ when state == ClockState.Back && told != ClockState.Back => Back,
            _ => default(FactName?),
        };
        if (fact is { } act)
        {
            var ms = step?.Ms ?? clock.WallNow.ToUnixTimeMilliseconds() - clock.KnownMs;
            LogStep(logger, act.ToString(), ms / 1000);
            await log.AppendAsync(new LogFact { Act = act, Actor = LogActor.System, Count = Math.Max(1, Math.Abs(ms) / 1000), Reasons = [ReasonOf(state)] }, guard: null, ct);
        }

        if (state == ClockState.Ahead && told != ClockState.Ahead)
        {
            LogRests(logger, (clock.WallNow.ToUnixTimeMilliseconds() - clock.KnownMs) / 1000);
        }

        (told, untold) = (state, null);
    }

    /// <summary>
    /// Takes the machine's clock as the time from now on, whatever was known before: for an administrator, after a clock that ran ahead for
    /// long was put right. The entry says from when to when.
    /// </summary>
    public async Task<long> AcceptAsync(LogActor actor, CancellationToken ct = default)
    {
        var (before, now) = (0L, clock.WallNow.ToUnixTimeMilliseconds());
        await database.WriteAsync(async tx =>
        {
            var was = await ClockStore.ReadAsync(tx);
            before = was?.At ?? now;
            if (!await ClockStore.PutAsync(tx, was, ClockMark.Of(mac, now, (was?.Generation ?? 0) + 1)))
            {
                throw new StoreException("clock.busy", "另一个节点同时改动了时钟标记,请重试。", "Another node changed the clock's mark meanwhile. Try again.");
            }

            await log.AppendAsync(tx, new LogFact { Act = Accepted, Actor = actor, Count = Math.Max(1, Math.Abs(now - before) / 1000) });
        }, ct);
        clock.Begin(now);
        return now - before;
    }

    /// <summary>The first mark of a new installation; from then on one that is missing was taken away.</summary>
    public static Task FirstAsync(Tx tx, IMac mac, TimeProvider machine) => ClockStore.PutAsync(tx, null, ClockMark.Of(mac, machine.NowMs(), 1));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                await LookAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The clock in memory goes on; the next look stores and tells.
                told = ClockState.Right;
                LogFailed(logger, e.GetType().Name);
            }
        }
    }

    private static string ReasonOf(ClockState state) => state switch
    {
        ClockState.Back => "clock.back",
        ClockState.Ahead => "clock.ahead",
        _ => "clock.right",
    };

    private async Task LearnAsync(CancellationToken ct)
    {
        var mark = await database.ReadAsync(ClockStore.ReadAsync, ct);
        var sound = mark?.IsRight(mac) == true;
        var fault = mark is null ? "clock.no-mark" : !sound ? "clock.altered" : mark.Generation < generation || (mark.Generation == generation && mark.At < newest) ? "clock.put-back" : null;
        if (sound && (generation is null || mark!.Generation > generation))
        {
            clock.Begin(mark!.At);
            if (generation is null)
            {
                clock.Resume();
            }

            (generation, newest) = (mark.Generation, mark.At);
        }
        else if (sound && mark!.Generation == generation)
        {
            clock.Learn(mark.At);
        }

        var known = clock.KnownMs;
        if (fault is null && known - mark!.At < StoreEveryMs)
        {
            newest = mark.At;
            return;
        }

        // Missing, altered, put back to an earlier generation, or simply older than what is known by now.
        var now = ClockMark.Of(mac, known, sound ? Math.Max(generation!.Value, mark!.Generation) : generation ?? 1);
        generation = now.Generation;
        if (!await database.WriteAsync(tx => ClockStore.PutAsync(tx, mark, now), ct))
        {
            return;
        }

        newest = now.At;
        if (fault is not null)
        {
            await log.AppendAsync(new LogFact { Act = Altered, Actor = LogActor.System, Reasons = [fault] }, guard: null, ct);
        }
    }

    [LoggerMessage(4301, LogLevel.Critical, "{Fact}: the machine's clock lies {Seconds} s from where it should be.")]
    private static partial void LogStep(ILogger logger, string fact, long seconds);

    [LoggerMessage(4303, LogLevel.Warning, "The machine's clock is {Seconds} s ahead of the time known to have passed: nothing opens, sweeps or acts by itself until it has held for an hour or is accepted.")]
    private static partial void LogRests(ILogger logger, long seconds);

    [LoggerMessage(4302, LogLevel.Warning, "The clock's mark could not be kept and will be tried again: {Failure}")]
    private static partial void LogFailed(ILogger logger, string failure);
}
