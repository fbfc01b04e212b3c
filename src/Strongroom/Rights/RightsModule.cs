using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Strongroom.Rights.Ledger;

namespace Strongroom.Rights;

/// <summary>What customers may ask for. Needs the store, identity and the log.</summary>
internal static class RightsModule
{
    public static IServiceCollection AddRights(this IServiceCollection services) => services.AddSingleton<CustomerLedger>();

    public static void MapRights(this IEndpointRouteBuilder app) => CustomerLedger.Map(app.MapGroup("/v1"));
}
