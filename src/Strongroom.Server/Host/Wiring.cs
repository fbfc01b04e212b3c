using Strongroom.Spine.Audit.Http;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Policies;
using Strongroom.Store;

namespace Strongroom.Server.Host;

/// <summary>Which modules make up the product. Each brings its services and its endpoints.</summary>
internal static class Wiring
{
    public static void Add(IServiceCollection services, Installation installation, ServeOptions options)
    {
        services.AddSingleton<IdempotencyStore>();
        services.AddControlRows();
        services.AddStore();
        services.AddSingleton<AuditEndpoints>();
    }

    public static void Use(WebApplication app)
    {
    }

    public static void Map(IEndpointRouteBuilder app) => AuditEndpoints.Map(app);
}
