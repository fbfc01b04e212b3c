using Microsoft.Extensions.DependencyInjection;

namespace Strongroom.Spine.Policies;

/// <summary>Authenticated control rows. Needs IMac, IAuditLog, Database and TimeProvider.</summary>
internal static class ControlModule
{
    public static IServiceCollection AddControlRows(this IServiceCollection services) => services
        .AddSingleton<ControlRows>()
        .AddSingleton<ControlAlarms>()
        .AddHostedService(provider => provider.GetRequiredService<ControlAlarms>())
        .AddSingleton<ControlStore>()
        .AddSingleton<PolicyStore>()
        .AddSingleton<IPolicySnapshots, PolicySnapshots>();
}
