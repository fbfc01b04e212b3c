using Microsoft.Extensions.DependencyInjection;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Policies;

/// <summary>Authenticated control rows, policies, and the questions of the one decision. Needs IMac, IAuditLog, Database and TimeProvider.</summary>
internal static class ControlModule
{
    public static IServiceCollection AddControlRows(this IServiceCollection services) => services
        .AddSingleton<ControlRows>()
        .AddSingleton<ControlAlarms>()
        .AddHostedService(provider => provider.GetRequiredService<ControlAlarms>())
        .AddSingleton<ControlStore>()
        .AddSingleton<PolicyStore>()
        .AddSingleton<IPostBooks>(provider => provider.GetRequiredService<PolicyStore>())
        .AddSingleton<IPolicySnapshots, PolicySnapshots>()
        .AddSingleton<IOnDuty, OnDuty>()
        .AddSingleton<IAccessFacts, AccessFacts>();
}
