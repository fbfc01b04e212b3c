using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Strongroom.Collect.Channels;
using Strongroom.Collect.Consents;
using Strongroom.Collect.Forms;
using Strongroom.Collect.Intake;
using Strongroom.Collect.Notices;
using Strongroom.Store.Intakes;

namespace Strongroom.Collect;

/// <summary>Forms, notices, channels, intake, consents and receipts. Needs Data, Store, ControlStore, Identity, ApprovalDesk, IAccessFacts,
/// IdempotencyStore, IAuditLog, ISigner and TimeProvider.</summary>
internal static class CollectModule
{
    public static IServiceCollection AddCollect(this IServiceCollection services, CollectOptions? options = null) => services
        .AddIntakes()
        .AddSingleton(options ?? CollectOptions.China)
        .AddSingleton<CollectConfig>()
        .AddSingleton<CallerEntities>()
        .AddSingleton<CollectSeed>()
        .AddSingleton<FormDesk>()
        .AddSingleton<FormEndpoints>()
        .AddSingleton<NoticeDesk>()
        .AddSingleton<NoticeEndpoints>()
        .AddSingleton<ChannelDesk>()
        .AddSingleton<ChannelEndpoints>()
        .AddSingleton<IntakeGate>()
        .AddSingleton<IntakeMatching>()
        .AddSingleton<IntakeSealing>()
        .AddSingleton<IntakeWriter>()
        .AddSingleton<FileGrants>()
        .AddSingleton<TypedDocuments>()
        .AddSingleton<ReaderEndpoints>()
        .AddSingleton<IntakeLane>()
        .AddSingleton<TakeIn>()
        .AddSingleton<Bulk>()
        .AddSingleton<FileApprovals>()
        .AddSingleton<CollectEndpoints>()
        .AddSingleton<ConsentDesk>()
        .AddSingleton<Receipts>()
        .AddSingleton<ConsentEndpoints>();

    public static void MapCollect(this IEndpointRouteBuilder app)
    {
        FormEndpoints.Map(app);
        NoticeEndpoints.Map(app);
        ChannelEndpoints.Map(app);
        CollectEndpoints.Map(app);
        ReaderEndpoints.Map(app);
        ConsentEndpoints.Map(app);
    }
}
