using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Strongroom.Spine.Monitoring;

/// <summary>Counts out of the log and what is made of them. Needs identity, policies, the log, the outbox, <c>AddReviews</c>, and <see cref="IItemWeights"/> from the store.</summary>
internal static class MonitoringModule
{
    public static IServiceCollection AddMonitoring(this IServiceCollection services, MonitoringOptions options) => services
        .AddSingleton(options)
        .AddSingleton<IRouteFacts, RouteFacts>()
        .AddSingleton<UsageCounter>()
        .AddSingleton<ILogConsumer>(provider => provider.GetRequiredService<UsageCounter>())
        .AddSingleton<LogFeed>()
        .AddSingleton<Alerts>()
        .AddSingleton<AlertClock>()
        .AddSingleton<IWatchDuty>(provider => provider.GetRequiredService<AlertClock>())
        .AddSingleton<AlertEndpoints>()
        .AddSingleton<Figures>()
        .AddHostedService<WatchClock>();

    public static void MapMonitoring(this IEndpointRouteBuilder app)
    {
        AlertEndpoints.Map(app);
        Figures.Map(app);
    }
}
