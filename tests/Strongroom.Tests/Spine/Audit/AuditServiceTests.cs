using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Strongroom.Data;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Audit.Anchors;
using Strongroom.Spine.Audit.Verify;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Spine.Audit;

/// <summary>The log as the server runs it: entries become proven and reach the anchor without anybody pushing.</summary>
public sealed class AuditServiceTests() : AuditSuite(TestStore.Sqlite())
{
    [Fact]
    public async Task ARunningNode_SequencesAndAnchorsByItself()
    {
        var folder = Directory.CreateTempSubdirectory("sr-service-").FullName;
        try
        {
            var services = new ServiceCollection().AddLogging()
                .AddSingleton(Db).AddSingleton<ISigner>(Keys).AddSingleton<IMac>(Keys).AddSingleton<ISecretSealer>(Keys).AddSingleton(TimeProvider.System)
                .AddAudit(new AuditOptions(Origin, "node-1") { HeadRoomFolder = folder, HeadRoomBytes = 4096 })
                .AddSingleton<ICustomerReferences>(Keys)
                .AddFolderAnchor("vault", Path.Combine(folder, "anchor"));
            await using var provider = services.BuildServiceProvider();
            var service = Assert.Single(provider.GetServices<IHostedService>());
            await service.StartAsync(default);
            var log = provider.GetRequiredService<IAuditLog>();
            var reader = provider.GetRequiredService<IAuditReader>();

            var id = Assert.IsType<AppendOutcome.Logged>(await log.AppendAsync(Viewed())).Entry;
            await UntilAsync(async () => await reader.InclusionAsync(id) is InclusionAnswer.Proven);
            await UntilAsync(async () => (await reader.HealthAsync()).Anchors is [{ Size: 1, Lag: 0, Error: null }]);
            await UntilAsync(async () => (await reader.HealthAsync()).IsReady(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
            await service.StopAsync(default);

            Assert.IsType<VerifyResult.Sound>(await new LogVerifier(new FolderSource(Path.Combine(folder, "anchor")), PinnedKey).RunAsync());
            Assert.Equal(SequencerStep.Idle, await Sequencer.StepAsync());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; !await holds(); i++)
        {
            Assert.True(i < 1000, "it did not come to hold within the time");
            await Task.Delay(20);
        }
    }
}
