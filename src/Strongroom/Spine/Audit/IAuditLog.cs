using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Audit;

/// <summary>What became of an append.</summary>
internal abstract record AppendOutcome
{
    private AppendOutcome() { }

    /// <summary>Durable under this id.</summary>
    internal sealed record Logged(EntryId Entry) : AppendOutcome;

    /// <summary>What the decision rested on has changed; nothing was written. Decide again.</summary>
    internal sealed record Changed : AppendOutcome;

    /// <summary>A denial beyond the hourly limit of its actor: durably counted; the count becomes an entry when the hour ends.</summary>
    internal sealed record Counted : AppendOutcome;
}

/// <summary>The log cannot be written, so nothing may be answered (503 <c>log.unavailable</c>).</summary>
internal sealed class LogUnavailableException(Exception? inner = null) : Exception("The audit log cannot be written.", inner)
{
    public const string Code = "log.unavailable";
}

/// <summary>The log as acts see it. Nothing is answered before its entry is durable (R51).</summary>
internal interface IAuditLog
{
    /// <summary>
    /// Writes the entries of a change inside the change's own transaction. On PostgreSQL this locks one of the node's chains until the
    /// transaction ends: append last.
    /// </summary>
    /// <exception cref="ArgumentException">A header exceeds 8 KiB or holds something that is not a machine code.</exception>
    Task<IReadOnlyList<EntryId>> AppendAsync(Tx tx, IReadOnlyList<LogFact> facts, CancellationToken ct = default);

    /// <summary>Writes an entry that stands alone (reads, refusals) by group commit; completes when it is durable.</summary>
    /// <exception cref="LogUnavailableException">Not written, or nobody knows whether it was.</exception>
    /// <exception cref="ArgumentException">The header exceeds 8 KiB or holds something that is not a machine code.</exception>
    Task<AppendOutcome> AppendAsync(LogFact fact, CommitGuard? guard = null, CancellationToken ct = default);

    /// <summary>Counts a refusal of nobody in particular, per network prefix and minute; durable when it completes.</summary>
    /// <param name="prefix">Network prefix, for example <c>203.0.113.0/24</c>; ends in the entry's erasable details.</param>
    /// <param name="reason">Stable reason code.</param>
    /// <param name="ct">Stops the waiting only.</param>
    /// <exception cref="LogUnavailableException">Not counted.</exception>
    Task CountRefusalAsync(string prefix, string reason, CancellationToken ct = default);
}

internal static class AuditLogExtensions
{
    /// <inheritdoc cref="IAuditLog.AppendAsync(Tx, IReadOnlyList{LogFact}, CancellationToken)"/>
    public static async Task<EntryId> AppendAsync(this IAuditLog log, Tx tx, LogFact fact, CancellationToken ct = default) =>
        (await log.AppendAsync(tx, [fact], ct))[0];
}
