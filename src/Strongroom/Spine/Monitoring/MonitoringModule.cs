using Microsoft.Extensions.DependencyInjection;

namespace Strongroom.Spine.Monitoring;

/// <summary>Counts out of the log and what is made of them. Needs identity, policies, the log, and <see cref="IItemWeights"/> from the store.</summary>
internal static class MonitoringModule
{
    public static IServiceCollection AddMonitoring(this IServiceCollection services, MonitoringOptions options) => services
        .AddSingleton(options)
        .AddSingleton<IRouteFacts, RouteFacts>()
        .AddSingleton<UsageCounter>()
        .AddSingleton<ILogConsumer>(provider => provider.GetRequiredService<UsageCounter>())
        .AddSingleton<LogFeed>()
        .AddHostedService<WatchClock>();
}
