using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Strongroom.Data;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Audit.Anchors;
using Strongroom.Spine.Audit.Tlog;
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

    [Fact]
    public async Task AnAnchorThatFails_IsToldByCodeOnly_NeverByTheTextOfItsFailure()
    {
        var lines = new List<string>();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(new Lines(lines)))
            .AddSingleton(Db).AddSingleton<ISigner>(Keys).AddSingleton<IMac>(Keys).AddSingleton<ISecretSealer>(Keys).AddSingleton(TimeProvider.System)
            .AddAudit(new AuditOptions(Origin, "node-1")).AddSingleton<ICustomerReferences>(Keys)
            .AddSingleton<IAnchor, Broken>();
        await using var provider = services.BuildServiceProvider();
        var service = Assert.Single(provider.GetServices<IHostedService>());
        await service.StartAsync(default);
        await provider.GetRequiredService<IAuditLog>().AppendAsync(Viewed());
        await UntilAsync(() =>
        {
            lock (lines)
            {
                return Task.FromResult(lines.Any(line => line.Contains("2002", StringComparison.Ordinal)));
            }
        });
        await service.StopAsync(default);

        lock (lines)
        {
            Assert.DoesNotContain(lines, line => line.Contains("13800138000", StringComparison.Ordinal));
        }
    }

    private sealed class Broken : IAnchor
    {
        public string Name => "vault";

        public Task SetUpAsync(CancellationToken ct = default) => Task.CompletedTask;

        public Task<Checkpoint?> NewestAsync(CancellationToken ct = default) => Task.FromResult<Checkpoint?>(null);

        public Task<long> ShipAsync(IAnchorFeed feed, CancellationToken ct = default) => throw new InvalidOperationException("13800138000");
    }

    private sealed class Lines(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
            {
                lines.Add($"{eventId.Id} {formatter(state, exception)} {exception}");
            }
        }

        public void Dispose()
        {
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
