using Strongroom.Collect;
using Strongroom.Data;
using Strongroom.Rights;
using Strongroom.Server.Demo;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Audit.Http;
using Strongroom.Spine.Hosts;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Monitoring;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;
using Strongroom.Spine.Reviews;
using Strongroom.Store;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Lists;
using Strongroom.Store.Review;
using Strongroom.Use;
using Strongroom.Use.Contact;

namespace Strongroom.Server.Host;

/// <summary>Which modules make up the product. Each brings its services and its endpoints.</summary>
internal static class Wiring
{
    public static void Add(IServiceCollection services, Installation installation, ServeOptions options)
    {
        services.AddAudit(new AuditOptions(installation.Settings.LogOrigin, options.Node)
        {
            HeadRoomFolder = installation.Data.Engine == Engine.Sqlite ? options.DataFolder : null,
        });
        for (var i = 0; i < installation.Settings.Anchors.Count; i++)
        {
            services.AddFolderAnchor($"folder-{i + 1}", installation.Settings.Anchors[i]);
        }

        services.AddSingleton<AuditEndpoints>();
        services.AddSingleton<EvidenceEndpoints>();
        services.AddSingleton<IdempotencyStore>();
        services.AddControlRows();
        services.AddSingleton<AuthorisationEndpoints>();
        services.AddApprovals();
        services.AddHostAccess();
        services.AddIdentity(new IdentityOptions { PublicOrigin = options.PublicOrigin, BreachedList = options.BreachedFile });
        foreach (var provider in installation.Settings.Sso)
        {
            services.AddSso(provider.Read());
        }

        services.AddOutbox(installation.Settings.Outbox?.ReadSmtp(), installation.Settings.Outbox?.ReadWebhook());
        services.AddMonitoring(new MonitoringOptions());
        services.AddReviews();
        services.AddStore();
        services.AddReview();
        services.AddLists();
        services.AddSingleton<IPublicationApprovals, PublicationApprovals>();
        services.AddSingleton<PublicationRequests>();
        services.AddCollect();
        // A demo's customers are minutes old: with the ordinary waiting time nobody who calls could be verified.
        services.AddUse(installation.Settings.Demo ? new UseOptions { SettledMs = 0 } : new UseOptions(), installation.Settings.Contact?.Read());
        if (installation.Settings is { Demo: true, Contact: null })
        {
            services.AddSingleton<IContactGateway, DemoMessages>();
        }

        services.AddRights();
        services.AddExplain();
        services.AddSingleton<KeyTurns>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyTurns>());
        services.AddHostedService<Housekeeping>();
    }

    /// <summary>Who is calling; everything behind it sees an <see cref="Actor"/>.</summary>
    public static void Use(WebApplication app) => app.UseActors();

    public static void Map(IEndpointRouteBuilder app)
    {
        AuditEndpoints.Map(app);
        EvidenceEndpoints.Map(app);
        AuthorisationEndpoints.Map(app);
        app.MapApprovals();
        HostAccessEndpoints.Map(app);
        app.MapIdentity();
        app.MapOutbox();
        app.MapMonitoring();
        app.MapReviews();
        app.MapCollect();
        app.MapCatalogue();
        PublicationRequests.Map(app);
        app.MapReview();
        app.MapLists();
        app.MapUse();
        app.MapRights();
        app.MapExplain();
        KeyTurns.Map(app);
    }
}
