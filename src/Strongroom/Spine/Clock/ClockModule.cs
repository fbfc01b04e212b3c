using Microsoft.Extensions.DependencyInjection;

namespace Strongroom.Spine.Clock;

/// <summary>The product's clock. Needs <c>Database</c> (data), <c>IAuditLog</c> and <c>IMac</c>.</summary>
internal static class ClockModule
{
    /// <param name="services">Every part that asks for a <c>TimeProvider</c> is given the steady clock.</param>
    /// <param name="machine">The machine's clock.</param>
    public static IServiceCollection AddClock(this IServiceCollection services, TimeProvider machine)
    {
        var clock = new SteadyClock(machine);
        return services.AddSingleton(clock).AddSingleton<TimeProvider>(clock).AddSingleton<ClockWatch>()
            .AddHostedService(provider => provider.GetRequiredService<ClockWatch>());
    }
}
