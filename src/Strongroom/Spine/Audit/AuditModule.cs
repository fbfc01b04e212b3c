using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Strongroom.Data;
using Strongroom.Keys;
using Strongroom.Spine.Audit.Anchors;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit;

/// <summary>The audit log of one node: <see cref="IAuditLog"/> to write, <see cref="IAuditReader"/> to read, a service that sequences.</summary>
internal static class AuditModule
{
    /// <summary>
    /// Needs <see cref="Database"/> (data), <see cref="ISigner"/>, <see cref="IMac"/>, <see cref="ISecretSealer"/>, <see cref="IKeyring"/> and
    /// <see cref="TimeProvider"/>. Every <see cref="ICommitGuards"/> and <see cref="IAnchor"/> that is registered takes part.
    /// </summary>
    public static IServiceCollection AddAudit(this IServiceCollection services, AuditOptions options)
    {
        var room = options.HeadRoomFolder is { } folder ? new HeadRoom(folder, options.HeadRoomBytes) : null;
        services.AddSingleton(options);
        services.AddSingleton<WakeUp>();
        services.AddSingleton<AnchorProgress>();
        services.AddSingleton<LogChains>();
        services.AddSingleton<ICommitGuards, ConfigEpochGuards>();
        services.AddSingleton<ICustomerReferences, KeyringReferences>();
        services.AddSingleton(s => new AuditLog(
            s.GetRequiredService<Database>(),
            options,
            s.GetRequiredService<LogChains>(),
            s.GetRequiredService<ICustomerReferences>(),
            s.GetRequiredService<ISecretSealer>(),
            s.GetServices<ICommitGuards>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<WakeUp>().Set,
            room));
        services.AddSingleton<IAuditLog>(s => s.GetRequiredService<AuditLog>());
        services.AddSingleton(s => new Sequencer(
            s.GetRequiredService<Database>(),
            options,
            s.GetRequiredService<LogChains>(),
            s.GetRequiredService<ISigner>(),
            [.. s.GetServices<IAnchor>()],
            s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new AuditReader(
            s.GetRequiredService<Database>(),
            options,
            s.GetRequiredService<ISigner>(),
            s.GetRequiredService<ISecretSealer>(),
            s.GetRequiredService<Sequencer>(),
            s.GetRequiredService<AnchorProgress>(),
            s.GetRequiredService<TimeProvider>(),
            room));
        services.AddSingleton<IAuditReader>(s => s.GetRequiredService<AuditReader>());
        services.AddSingleton<IHostedService>(s => new AuditService(
            s.GetRequiredService<Sequencer>(),
            s.GetRequiredService<AuditLog>(),
            s.GetRequiredService<AuditReader>(),
            [.. s.GetServices<IAnchor>()],
            s.GetRequiredService<AnchorProgress>(),
            s.GetRequiredService<WakeUp>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<AuditService>>(),
            room));
        return services;
    }

    /// <summary>Ships the log to a folder, which should be mounted from another machine.</summary>
    public static IServiceCollection AddFolderAnchor(this IServiceCollection services, string name, string folder) =>
        services.AddSingleton<IAnchor>(s => new FolderAnchor(
            name, folder, new VerifierKey(s.GetRequiredService<AuditOptions>().Origin, s.GetRequiredService<ISigner>().PublicKey(SigningKey.Log))));
}
