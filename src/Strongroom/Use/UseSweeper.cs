using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Use.Calls;
using Strongroom.Use.Contact;
using Strongroom.Use.Sessions;
using Strongroom.Use.Volume;

namespace Strongroom.Use;

/// <summary>Forgets counts whose period is over and service sessions and codes that ended a day ago, calls that are over at once; the log keeps what happened.</summary>
internal sealed class UseSweeper(Database database, TimeProvider time, ILogger<UseSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    public Task<int> SweepAsync(CancellationToken ct) => database.WriteAsync(
        async tx => await VolumeStore.ForgetAsync(tx, time.SureMs()) + await ServiceSessionStore.ForgetAsync(tx, time.SureMs() - PeriodRules.DayMs)
            + await ContactCodeStore.ForgetAsync(tx, time.SureMs() - PeriodRules.DayMs) + await WaitingCallStore.ForgetAsync(tx, time.SureMs()), ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Nothing depends on it: old counts are never read. The next round tries again.
                UseLog.NotSwept(logger, e);
            }
        }
    }
}

internal static partial class UseLog
{
    [LoggerMessage(1, LogLevel.Warning, "Old counts and service sessions could not be removed.")]
    public static partial void NotSwept(ILogger logger, Exception error);
}
