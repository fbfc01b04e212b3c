using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Strongroom.Ground;

namespace Strongroom.Spine.Approvals;

/// <summary>Lets waiting requests go on to the next, to the lead, and to their end. States are right without it; it makes them told.</summary>
internal sealed partial class ApprovalClock(ApprovalDesk desk, TimeProvider time, ILogger<ApprovalClock> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (!time.IsAhead())
                {
                    await TickAsync(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task TickAsync(CancellationToken stopping)
    {
        try
        {
            await desk.TickAsync(stopping);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogFailed(logger, e.GetType().Name);
        }
    }

    [LoggerMessage(2201, LogLevel.Warning, "Waiting requests could not be looked at and will be again: {Failure}")]
    private static partial void LogFailed(ILogger logger, string failure);
}
