using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Strongroom.Data;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Monitoring;
using Strongroom.Spine.Outbox;
using Strongroom.Store.Intakes;
using Strongroom.Use.Asking;
using Strongroom.Use.Calls;
using Strongroom.Use.Compare;
using Strongroom.Use.Contact;
using Strongroom.Use.Correct;
using Strongroom.Use.Files;
using Strongroom.Use.Find;
using Strongroom.Use.Sessions;
using Strongroom.Use.View;
using Strongroom.Use.Volume;

namespace Strongroom.Use;

/// <summary>
/// Viewing, finding, comparing, contacting, correcting and service sessions. Needs the store with its intakes, identity, policies, approvals,
/// the log, keys and idempotency.
/// </summary>
internal static class UseModule
{
    /// <param name="gateway">Where calls and messages are handed over; null: nowhere.</param>
    public static IServiceCollection AddUse(this IServiceCollection services, UseOptions options, ContactGatewayOptions? gateway = null) => services
        .AddSingleton(options)
        .AddSingleton<IContactGateway>(provider => gateway is null
            ? new NoContactGateway()
            : new HttpContactGateway(gateway, WebhookChannel.NewClient(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<Volumes>()
        .AddSingleton<ICommitGuards>(provider => provider.GetRequiredService<Volumes>())
        .AddSingleton<IRevealCounts, RevealCounts>()
        .AddSingleton<ServiceSessions>()
        .AddSingleton<IServiceSight, ServiceSight>()
        .AddSingleton<IKnowledge, KnowledgeBook>()
        .AddSingleton<IAccessSources, AccessSources>()
        .AddSingleton<IIntakePurposes>(provider => new IntakePurposes(provider.GetRequiredService<Database>(), provider.GetRequiredService<IIntakes>()))
        .AddSingleton<Grants>()
        .AddSingleton<Asking.Asking>()
        .AddSingleton<ItemOpener>()
        .AddSingleton<Comparing>()
        .AddSingleton<Corrections>()
        .AddSingleton<ViewCustomer>()
        .AddSingleton<UseRequests>()
        .AddSingleton<VaultRequests>()
        .AddSingleton<ViewMany>()
        .AddSingleton<FindCustomer>()
        .AddSingleton<CompareCustomer>()
        .AddSingleton<ContactOnce>()
        .AddSingleton<ContactCustomer>()
        .AddSingleton<ContactCodes>()
        .AddSingleton<CorrectCustomer>()
        .AddSingleton<BatchChanges>()
        .AddSingleton<BatchEndpoints>()
        .AddSingleton<CustomerFiles>()
        .AddSingleton<WaitingCalls>()
        .AddSingleton<ServiceSessionEndpoints>()
        .AddSingleton<Telephony>()
        .AddSingleton<CallDesk>()
        .AddSingleton<IHostedService, UseSweeper>();

    public static void MapUse(this IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1");
        ViewCustomer.Map(v1);
        ViewMany.Map(v1);
        UseRequests.Map(v1);
        VaultRequests.Map(v1);
        FindCustomer.Map(v1);
        CompareCustomer.Map(v1);
        ContactCustomer.Map(v1);
        ContactCodes.Map(v1);
        CorrectCustomer.Map(v1);
        BatchEndpoints.Map(v1);
        CustomerFiles.Map(v1);
        ServiceSessionEndpoints.Map(v1);
        Telephony.Map(v1);
        CallDesk.Map(v1);
    }
}
