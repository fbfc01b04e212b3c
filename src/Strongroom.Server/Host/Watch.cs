using System.Diagnostics.Metrics;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit;

namespace Strongroom.Server.Host;

/// <summary>
/// Looks at the node every five seconds and keeps what an engineer needs at three in the morning as gauges: readiness by part, the log's
/// head and lag, anchors, key epochs, lanes, and what waits for people. docs/OPERATIONS.md says when each is an alarm.
/// </summary>
internal sealed partial class Watch : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly Meter meter = new("Strongroom.Node");
    private readonly Installation installation;
    private readonly IAuditReader log;
    private readonly AuditLog audit;
    private readonly TimeProvider time;
    private readonly ILogger<Watch> logger;
    private readonly Dictionary<string, long> anchored = [];
    private volatile Seen seen = Seen.Nothing;
    private long size, grownAt;

    public Watch(Installation installation, IAuditReader log, AuditLog audit, TimeProvider time, ILogger<Watch> logger)
    {
        (this.installation, this.log, this.audit, this.time, this.logger) = (installation, log, audit, time, logger);
        grownAt = time.NowMs();
        OfLog();
        OfKeys();
        OfNode();
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                seen = await LookAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // What cannot be looked at is not ready; the last look must not stand as if it were news.
                seen = Seen.Nothing;
                LogBlind(logger, e.GetType().Name);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
        while (await NextAsync(timer, stoppingToken));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<Seen> LookAsync(CancellationToken ct)
    {
        var ready = await Health.LookAsync(installation, log, installation.Keyring, time, ct);
        var health = await log.HealthAsync(ct);
        var now = time.NowMs();
        if (health.Published != size)
        {
            (size, grownAt) = (health.Published, now);
        }

        foreach (var anchor in health.Anchors.Where(anchor => anchor is { Error: null, Lag: 0 } || !anchored.ContainsKey(anchor.Name)))
        {
            anchored[anchor.Name] = now;
        }

        return new Seen(
            ready, health, new Dictionary<string, long>(anchored), await installation.Keyring.EpochsAsync(ct),
            await installation.Data.ReadAsync(tx => Waiting.ReadAsync(tx, now), ct));
    }

    private void OfLog()
    {
        Gauge("strongroom.log.published", "Entries under the newest signed checkpoint.", s => s.Log?.Published);
        Gauge("strongroom.log.pending", "Durable entries that no checkpoint covers yet.", s => s.Log?.Pending);
        Gauge("strongroom.log.pending.age", "Seconds since entries wait for the sequencer.", s => s.Log is { } health ? Age(health.PendingSince) : null);
        Gauge("strongroom.log.checkpoint.age", "Seconds since the checkpoint last grew.", s => s.Log is null ? null : Age(Interlocked.Read(ref grownAt)));
        Gauge("strongroom.log.alarm", "1: the sequencer has stopped and a person must look.", s => s.Log is { } health ? health.Alarm is null ? 0 : 1 : null);
        Gauge("strongroom.log.headroom", "0: the space kept back for the log was given up.", s => s.Log is { } health ? health.HeadRoomKept ? 1 : 0 : null);
        Gauges("strongroom.anchor.lag", "Published entries that the anchor lacks.", s => s.Log?.Anchors.Select(a => Of(a.Lag, "anchor", a.Name)));
        Gauges("strongroom.anchor.age", "Seconds since the anchor held everything.", s => s.Anchored.Select(a => Of(Age(a.Value), "anchor", a.Key)));
        Gauges("strongroom.anchor.up", "0: the last shipment failed.", s => s.Log?.Anchors.Select(a => Of(a.Error is null ? 1 : 0, "anchor", a.Name)));
    }

    private void OfKeys()
    {
        Gauge("strongroom.keyring.epoch", "Number of the open key epoch.", s => s.Epochs.Where(e => e.State == "open").Select(e => (long?)e.N).FirstOrDefault());
        Gauges("strongroom.keyring.epochs", "Key epochs by state.", s => s.Epochs.GroupBy(e => e.State).Select(g => Of(g.Count(), "state", g.Key)));
        Gauge("strongroom.keyring.pending", "Erasure statements that holders still owe.", s => s.Ready is null ? null : s.Epochs.Where(e => e.State is "sealed" or "destroyed").Sum(e => e.Pending.Count));
    }

    private void OfNode()
    {
        Gauge("strongroom.ready", "1: this node may serve.", s => s.Ready?.Ready == true ? 1 : 0);
        Gauges("strongroom.part", "1: this part is in order.", s => s.Ready?.Parts.Select(p => Of(p.Value == "ok" ? 1 : 0, "part", p.Key)));
        Gauges("strongroom.lane.waiting", "Works that wait for their turn.", _ => [
            Of(audit.Waiting, "lane", "log"), Of(installation.Data.Stats.Waiting, "lane", "data"), Of(installation.KeyringData.Stats.Waiting, "lane", "keyring")]);
        meter.CreateObservableCounter("strongroom.database.commits", () => Databases(s => s.Commits), description: "Transactions committed.");
        meter.CreateObservableCounter("strongroom.database.works", () => Databases(s => s.Works), description: "Works made durable by those commits.");
        meter.CreateObservableCounter("strongroom.database.retries", () => Databases(s => s.Retries), description: "Attempts repeated after a conflict.");
        Gauge("strongroom.approvals.open", "Requests that wait for an approver.", s => s.Waiting?.Approvals);
        Gauge("strongroom.reviews.open", "Differences from a profile that wait for a person.", s => s.Waiting?.Reviews);
        Gauge("strongroom.candidates.open", "Pairs of customers that may be one person.", s => s.Waiting?.Candidates);
    }

    private void Gauge(string name, string description, Func<Seen, long?> read) =>
        meter.CreateObservableGauge<long>(name, () => read(seen) is { } value ? [new Measurement<long>(value)] : Array.Empty<Measurement<long>>(), description: description);

    private void Gauges(string name, string description, Func<Seen, IEnumerable<Measurement<long>>?> read) =>
        meter.CreateObservableGauge<long>(name, () => read(seen) ?? [], description: description);

    private IEnumerable<Measurement<long>> Databases(Func<DatabaseStats, long> read) =>
        [Of(read(installation.Data.Stats), "database", "data"), Of(read(installation.KeyringData.Stats), "database", "keyring")];

    private static Measurement<long> Of(long value, string tag, string name) => new(value, new KeyValuePair<string, object?>(tag, name));

    private long Age(long? since) => since is { } at ? Math.Max(0, (time.NowMs() - at) / 1000) : 0;

    [LoggerMessage(5001, LogLevel.Warning, "The node could not be looked at: {Failure}")]
    private static partial void LogBlind(ILogger logger, string failure);

    private sealed record Seen(
        Health.Readiness? Ready, LogHealth? Log, IReadOnlyDictionary<string, long> Anchored, IReadOnlyList<EpochStatus> Epochs, Waiting? Waiting)
    {
        public static readonly Seen Nothing = new(null, null, new Dictionary<string, long>(), [], null);
    }
}
