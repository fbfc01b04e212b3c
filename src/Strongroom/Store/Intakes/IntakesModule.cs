using Microsoft.Extensions.DependencyInjection;
using Strongroom.Store.Compartments;

namespace Strongroom.Store.Intakes;

/// <summary>Provenance and sealing of submissions. Needs <see cref="StoreModule"/>.</summary>
internal static class IntakesModule
{
    public static IServiceCollection AddIntakes(this IServiceCollection services) => services
        .AddSingleton<IIntakes, Intakes>()
        .AddSingleton<Newcomers>()
        .AddSingleton<DocumentReadings>()
        .AddSingleton<IntakeSeals>();
}
