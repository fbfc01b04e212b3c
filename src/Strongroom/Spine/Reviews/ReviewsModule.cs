using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Strongroom.Spine.Monitoring;
using Strongroom.Spine.Reviews.Checks;
using Strongroom.Spine.Reviews.Reconciliation;

namespace Strongroom.Spine.Reviews;

/// <summary>Access reviews, reconciliation and checks of the log. Needs identity, policies, the outbox, the log, keys and the counts of <see cref="MonitoringModule"/>.</summary>
internal static class ReviewsModule
{
    public static IServiceCollection AddReviews(this IServiceCollection services) => services
        .AddSingleton<Cases>()
        .AddSingleton<RightsBook>()
        .AddSingleton<RightChanges>()
        .AddSingleton<Campaigns>()
        .AddSingleton<CampaignReports>()
        .AddSingleton<CampaignClock>()
        .AddSingleton<IWatchDuty>(provider => provider.GetRequiredService<CampaignClock>())
        .AddSingleton<CampaignEndpoints>()
        .AddSingleton<IOperationTickets, ApprovalTickets>()
        .AddSingleton<Reconciling>()
        .AddSingleton<IWatchDuty, OwnAccountsClock>()
        .AddSingleton<ReconcileEndpoints>()
        .AddSingleton<LogChecks>()
        .AddSingleton<ILogConsumer, DailySampler>()
        .AddSingleton<IWatchDuty, CheckClock>()
        .AddSingleton<Circulations>()
        .AddSingleton<IWatchDuty, CirculationClock>()
        .AddSingleton<CirculationEndpoints>()
        .AddSingleton<CheckEndpoints>();

    public static void MapReviews(this IEndpointRouteBuilder app)
    {
        CampaignEndpoints.Map(app);
        ReconcileEndpoints.Map(app);
        CheckEndpoints.Map(app);
        CirculationEndpoints.Map(app);
    }
}
