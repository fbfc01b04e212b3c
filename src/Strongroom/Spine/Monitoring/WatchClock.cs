using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Monitoring;

/// <summary>Something that is looked at again and again, on one node at a time.</summary>
internal interface IWatchDuty
{
    Task RunAsync(CancellationToken ct);
}

/// <summary>Reads the log on and does what is due, every few seconds, on the node that holds the lease.</summary>
internal sealed partial class WatchClock(
    Database database, LogFeed feed, UsageCounter counter, IEnumerable<IWatchDuty> duties, MonitoringOptions options, TimeProvider time, ILogger<WatchClock> logger)
    : BackgroundService
{
    private static readonly TimeSpan Term = TimeSpan.FromMinutes(2), SweepEvery = TimeSpan.FromHours(6);

    private readonly Leases leases = new(database, time);
    private readonly string holder = "watch-" + RandomNumberGenerator.GetHexString(16, lowercase: true);
    private DateTimeOffset sweepAt = DateTimeOffset.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.EveryMs), time);
        Lease? lease = null;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryAsync("lease", async () => lease = lease is not null && await leases.RenewAsync(lease, Term, stoppingToken)
                    ? lease
                    : await leases.TryTakeAsync("watch", holder, Term, stoppingToken), stoppingToken);
                if (lease is not null)
                {
                    await RunAsync(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }

        if (lease is not null)
        {
            await TryAsync("lease", () => leases.ReleaseAsync(lease, CancellationToken.None), CancellationToken.None);
        }
    }

    private async Task RunAsync(CancellationToken ct)
    {
        await TryAsync("log", () => feed.PassAsync(ct), ct);
        if (time.IsAhead())
        {
            return;
        }

        foreach (var duty in duties)
        {
            await TryAsync(duty.GetType().Name, () => duty.RunAsync(ct), ct);
        }

        if (time.GetUtcNow() >= sweepAt)
        {
            sweepAt = time.GetUtcNow() + SweepEvery;
            await TryAsync("sweep", () => counter.SweepAsync(ct), ct);
        }
    }

    private async Task TryAsync(string what, Func<Task> work, CancellationToken stopping)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogFailed(logger, what, e.GetType().Name);
        }
    }

    [LoggerMessage(4301, LogLevel.Warning, "Watching ({What}) failed and will be repeated: {Failure}")]
    private static partial void LogFailed(ILogger logger, string what, string failure);
}
