using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Accounts;
using Strongroom.Store.Customers;
using Strongroom.Store.Files;
using Strongroom.Store.Intakes;

namespace Strongroom.Server.Host;

/// <summary>What nobody should have to ask for: keys whose data never came, files that were never attached, outcomes past their term.</summary>
internal sealed partial class Housekeeping(
    OrphanSweeper orphans, ISealedFiles files, IdempotencyStore idempotency, Dormancy accounts, SignInThrottle throttle, ClientUsage clients, Database data, TimeProvider time, ILogger<Housekeeping> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5), OrphanAge = TimeSpan.FromMinutes(15), FileAge = TimeSpan.FromHours(24);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await NextAsync(timer, stoppingToken))
        {
            if (time.IsAhead())
            {
                continue;
            }

            await TryAsync("orphans", () => orphans.SweepAsync(OrphanAge, stoppingToken), stoppingToken);
            await TryAsync("files", () => files.SweepAsync((time.GetUtcNow() - FileAge).ToUnixTimeMilliseconds(), stoppingToken), stoppingToken);
            await TryAsync("accounts", () => accounts.SweepAsync(stoppingToken), stoppingToken);
            await TryAsync("sign-in attempts", () => throttle.SweepAsync(stoppingToken), stoppingToken);
            await TryAsync("client usage", () => clients.SweepAsync(stoppingToken), stoppingToken);
            await TryAsync("document readings", () => data.WriteAsync(tx => DocumentReadings.ForgetAsync(tx, time.SureMs() - IdempotencyStore.TermMs), stoppingToken), stoppingToken);
            await TryAsync("idempotency", () => data.WriteAsync(idempotency.ForgetAsync, stoppingToken), stoppingToken);
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task TryAsync(string what, Func<Task> sweep, CancellationToken stopping)
    {
        try
        {
            await sweep();
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogSweepFailed(logger, what, e.GetType().Name);
        }
    }

    [LoggerMessage(4001, LogLevel.Warning, "The sweep of {What} failed and will be repeated: {Failure}")]
    private static partial void LogSweepFailed(ILogger logger, string what, string failure);
}
