using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Strongroom.Spine.Audit.Anchors;

namespace Strongroom.Spine.Audit;

/// <summary>Wakes whoever waits for new entries. Several signals before a waiter comes count as one.</summary>
internal sealed class WakeUp : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);

    public void Set()
    {
        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already signalled.
        }
    }

    public Task<bool> WaitAsync(TimeSpan most, CancellationToken ct) => _signal.WaitAsync(most, ct);

    public void Dispose() => _signal.Dispose();
}

/// <summary>Runs the sequencer, the anchors and the closing of tallies on this node.</summary>
internal sealed partial class AuditService(
    Sequencer sequencer,
    AuditLog log,
    IAnchorFeed feed,
    IReadOnlyList<IAnchor> anchors,
    AnchorProgress progress,
    WakeUp wake,
    TimeProvider time,
    ILogger<AuditService> logger,
    HeadRoom? room = null)
    : BackgroundService
{
    // Entries of other nodes and of transactions still open at the signal are found by looking.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Breather = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnchorEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TallyEvery = TimeSpan.FromSeconds(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(SequenceAsync(stoppingToken), AnchorAsync(stoppingToken), TallyAsync(stoppingToken));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            // What was written last is merged and shipped before this node goes.
            while (await sequencer.StepAsync(cancellationToken) == SequencerStep.Published)
            {
            }

            await Task.WhenAll(sequencer.IsHolder ? anchors.Select(anchor => ShipAsync(anchor, cancellationToken)) : []);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogStepFailed(logger, CodeOf(e));
        }

        await sequencer.ReleaseAsync();
    }

    private async Task SequenceAsync(CancellationToken stopping)
    {
        var alarmed = false;
        await RepeatAsync(async () =>
        {
            var step = await sequencer.StepAsync(stopping);
            if (step == SequencerStep.Stopped && !alarmed)
            {
                alarmed = true;
                LogAlarmRaised(logger, sequencer.Alarm!.Code, sequencer.Alarm.Where);
            }

            // A breath lets entries gather, so that many share one checkpoint: a busy server signs one a second, an idle one at once.
            await Task.Delay(Breather, time, stopping);
            await wake.WaitAsync(LookAgain, stopping);
        }, stopping);
    }

    private Task AnchorAsync(CancellationToken stopping) => RepeatAsync(async () =>
    {
        if (sequencer.IsHolder)
        {
            foreach (var anchor in anchors)
            {
                await ShipAsync(anchor, stopping);
            }
        }

        await Task.Delay(AnchorEvery, time, stopping);
    }, stopping);

    private async Task ShipAsync(IAnchor anchor, CancellationToken ct)
    {
        try
        {
            progress.Shipped(anchor.Name, await anchor.ShipAsync(feed, ct));
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            progress.Failed(anchor.Name, CodeOf(e));
            LogAnchorFailed(logger, anchor.Name, CodeOf(e));
        }
    }

    private Task TallyAsync(CancellationToken stopping) => RepeatAsync(async () =>
    {
        room?.TryKeep();
        if (sequencer.IsHolder)
        {
            await log.CloseTalliesAsync(stopping);
        }

        await Task.Delay(TallyEvery, time, stopping);
    }, stopping);

    private async Task RepeatAsync(Func<Task> work, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await work();
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogStepFailed(logger, CodeOf(e));
                await Task.Delay(AfterFailure, time, stopping).ContinueWith(_ => { }, TaskScheduler.Default);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Codes only: the text of an exception of a driver or file system may hold anything, paths and values included.</summary>
    private static string CodeOf(Exception e) => e switch
    {
        LogAlarmException alarm => alarm.Alarm.Code,
        AnchorUnavailableException => AnchorUnavailableException.Code,
        IOException or UnauthorizedAccessException => AnchorUnavailableException.Code,
        _ => e.GetType().Name,
    };

    [LoggerMessage(2001, LogLevel.Critical, "The log's sequencer has stopped: {Code} at {Where}")]
    private static partial void LogAlarmRaised(ILogger logger, string code, string where);

    [LoggerMessage(2002, LogLevel.Error, "Anchor {Anchor} was not reached: {Failure}")]
    private static partial void LogAnchorFailed(ILogger logger, string anchor, string failure);

    [LoggerMessage(2003, LogLevel.Error, "A step of the log failed and will be repeated: {Failure}")]
    private static partial void LogStepFailed(ILogger logger, string failure);
}

/// <summary>How far each anchor of this node has come.</summary>
internal sealed class AnchorProgress
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (long Size, string? Error)> _states = new(StringComparer.Ordinal);

    public void Shipped(string anchor, long size)
    {
        lock (_lock)
        {
            _states[anchor] = (size, null);
        }
    }

    public void Failed(string anchor, string error)
    {
        lock (_lock)
        {
            _states[anchor] = (_states.GetValueOrDefault(anchor).Size, error);
        }
    }

    public IReadOnlyList<AnchorHealth> Health(long published)
    {
        lock (_lock)
        {
            return [.. _states.Select(s => new AnchorHealth(s.Key, s.Value.Size, Math.Max(0, published - s.Value.Size), s.Value.Error))];
        }
    }
}
