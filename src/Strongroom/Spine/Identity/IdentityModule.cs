using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity.Accounts;
using Strongroom.Spine.Identity.Duties;
using Strongroom.Spine.Identity.Factors;
using Strongroom.Spine.Identity.Oidc;
using Strongroom.Spine.Identity.Passkeys;
using Strongroom.Spine.Identity.Places;
using Strongroom.Spine.Identity.QrSignIn;
using Strongroom.Spine.Identity.Rosters;
using Strongroom.Spine.Outbox;

namespace Strongroom.Spine.Identity;

/// <summary>
/// People, sessions, API clients. Needs Database, IMac, ISecretSealer, ControlStore, IAuditLog, TimeProvider and an
/// <see cref="IPostBooks"/> over the installation's posts.
/// </summary>
internal static class IdentityModule
{
    public static IServiceCollection AddIdentity(this IServiceCollection services, IdentityOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PasswordIterations, PasswordHashing.Iterations);
        return services.AddIdentityParts(options);
    }

    /// <summary>The same without the floor under the password hasher, for tests.</summary>
    internal static IServiceCollection AddIdentityParts(this IServiceCollection services, IdentityOptions options) => services
        .AddSilentOutbox()
        .AddSingleton(options)
        .AddSingleton<NetworkZones>()
        .AddSingleton(provider => new PasswordHashing(provider.GetRequiredService<ISecretSealer>(), options.PasswordIterations))
        .AddSingleton(_ => new BreachedPasswords(options.BreachedList))
        .AddSingleton<Secrets>()
        .AddSingleton<PersonSeal>()
        .AddSingleton<Members>()
        .AddSingleton<MemberCache>()
        .AddSingleton<Sessions>()
        .AddSingleton<SignInThrottle>()
        .AddSingleton<SignIn>()
        .AddSingleton<OwnAccount>()
        .AddSingleton<SecondFactors>()
        .AddSingleton<Ceremonies>()
        .AddSingleton<OwnFactors>()
        .AddSingleton<PasskeyCeremony>()
        .AddSingleton<OwnPasskeys>()
        .AddSingleton<PasskeySignIn>()
        .AddSingleton<QrSignIns>()
        .AddSingleton<OidcSignIn>()
        .AddSingleton<OidcLinks>()
        .AddSingleton<Actors>()
        .AddSingleton<ClientQuotas>()
        .AddSingleton<People>()
        .AddSingleton<IAccountEnding, ClientsEnd>()
        .AddSingleton<Dormancy>()
        .AddSingleton<AccountRequests>()
        .AddSingleton<TrainingDesk>()
        .AddSingleton<NdaDesk>()
        .AddSingleton<DutyEndpoints>()
        .AddSingleton<RosterDesk>()
        .AddSingleton<RosterEndpoints>()
        .AddSingleton<PlacePolicies>()
        .AddSingleton<ZoneDesk>()
        .AddSingleton<RosterPosts>()
        .AddSingleton<RemoteDesk>()
        .AddSingleton<PlaceEndpoints>()
        .AddSingleton<OrganisationAdmin>()
        .AddSingleton<OrganisationBooks>()
        .AddSingleton<OrganisationReports>()
        .AddSingleton<Clients>()
        .AddSingleton<ClientUsage>()
        .AddSingleton<ClientReports>()
        .AddSingleton<Bootstrap>()
        .AddSingleton<ICommitGuards, SessionGuards>()
        .AddSingleton<SessionEndpoints>()
        .AddSingleton<FactorEndpoints>()
        .AddSingleton<PasskeyEndpoints>()
        .AddSingleton<QrEndpoints>()
        .AddSingleton<OidcEndpoints>()
        .AddSingleton<PeopleEndpoints>()
        .AddSingleton<LiveSessions>()
        .AddSingleton<OrganisationEndpoints>()
        .AddSingleton<DirectoryEndpoints>()
        .AddSingleton<ClientEndpoints>();

    /// <summary>A provider of single sign-on.</summary>
    public static IServiceCollection AddSso(this IServiceCollection services, OidcProvider provider) => services.AddSingleton(_ => new OidcClient(provider));

    public static void MapIdentity(this IEndpointRouteBuilder app)
    {
        SessionEndpoints.Map(app);
        FactorEndpoints.Map(app);
        PasskeyEndpoints.Map(app);
        QrEndpoints.Map(app);
        OidcEndpoints.Map(app);
        PeopleEndpoints.Map(app);
        LiveSessions.Map(app);
        AccountRequestEndpoints.Map(app);
        DutyEndpoints.Map(app);
        OrganisationEndpoints.Map(app);
        DirectoryEndpoints.Map(app);
        ClientEndpoints.Map(app);
        PlaceEndpoints.Map(app);
        RosterEndpoints.Map(app);
    }
}
