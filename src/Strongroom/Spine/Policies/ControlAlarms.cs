using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Strongroom.Ground;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Policies;

/// <summary>
/// Alarm entries for control rows that failed their check. A row is found inside reading transactions, where nothing can be
/// written, so the entry follows; the row has already counted as absent. Each altered state of a row is told once per process.
/// </summary>
internal sealed class ControlAlarms(IAuditLog log, ILogger<ControlAlarms> logger) : BackgroundService
{
    public static readonly FactName Tampered = FactName.Of("control-row-tampered");
    public static readonly FactName Unreadable = FactName.Of("control-row-unreadable");

    private const int MostRemembered = 10_000;

    private readonly Channel<LogFact> waiting = Channel.CreateBounded<LogFact>(
        new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly ConcurrentDictionary<(string, UInt128, string), bool> told = new();

    /// <summary>Alarms so far in this process; readiness and metrics show it.</summary>
    public int Count => told.Count;

    public void Raise(ControlRecord row, ControlFault fault)
    {
        var digest = ControlRows.DigestOf(row);
        if (told.Count >= MostRemembered || !told.TryAdd((digest.Table, digest.Id, Convert.ToHexString(digest.Digest)), true))
        {
            return;
        }

        ControlLog.RowFailed(logger, fault, row.Key.ToString());
        waiting.Writer.TryWrite(new LogFact
        {
            Act = fault == ControlFault.Tampered ? Tampered : Unreadable,
            Actor = LogActor.System,
            Rows = [LogHeader.IsCode(digest.Table) ? digest : digest with { Table = ControlRows.Table }],
        });
    }

    /// <summary>Writes what is waiting; for the service itself and for tests.</summary>
    public async Task FlushAsync(CancellationToken ct = default)
    {
        while (waiting.Reader.TryRead(out var fact))
        {
            await WriteAsync(fact, ct);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var fact in waiting.Reader.ReadAllAsync(stoppingToken))
        {
            await WriteAsync(fact, stoppingToken);
        }
    }

    private async Task WriteAsync(LogFact fact, CancellationToken ct)
    {
        try
        {
            await log.AppendAsync(fact, guard: null, ct);
        }
        catch (LogUnavailableException e)
        {
            // Without a log nothing is answered anyway; the next reading of the row raises the alarm again.
            told.TryRemove((fact.Rows[0].Table, fact.Rows[0].Id, Convert.ToHexString(fact.Rows[0].Digest)), out _);
            ControlLog.AlarmNotLogged(logger, e);
        }
    }
}

internal static partial class ControlLog
{
    [LoggerMessage(1, LogLevel.Critical, "Control row {Row} failed its check ({Fault}); it counts as absent.")]
    public static partial void RowFailed(ILogger logger, ControlFault fault, string row);

    [LoggerMessage(2, LogLevel.Error, "The alarm about a control row could not be logged.")]
    public static partial void AlarmNotLogged(ILogger logger, Exception error);
}
