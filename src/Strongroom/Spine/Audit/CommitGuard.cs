using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Audit;

/// <summary>
/// What a decision rested on. It is checked again inside the transaction that writes the entry; when anything moved, the entry is not
/// written and the caller decides anew. So a withdrawal or suspension binds every act decided before it but not yet recorded.
/// </summary>
internal sealed record CommitGuard
{
    /// <summary>The configuration epoch the decision was made under.</summary>
    public required long ConfigEpoch { get; init; }

    /// <summary>The session (or null: a client) and the version of its row.</summary>
    public (SessionId Id, long Version)? Session { get; init; }

    /// <summary>The API client and the version of its row.</summary>
    public (ClientId Id, long Version)? Client { get; init; }

    /// <summary>The customer and the version of its row.</summary>
    public (CustomerId Id, long Version)? Customer { get; init; }

    /// <summary>Counts that this act raises; all of them, or none and the act is decided again.</summary>
    public IReadOnlyList<VolumeGuard> Volumes { get; init; } = [];
}

/// <summary>Adds to a count of one period, unless that would exceed its limit (R42, R52).</summary>
/// <param name="Whose">Whose count: the own id of an actor, a customer or a service session.</param>
/// <param name="Period">Name of the period, for example <c>d20260131</c>.</param>
/// <param name="What">What is counted.</param>
/// <param name="Add">How much this act adds, ≥ 1.</param>
/// <param name="Limit">The most in the period.</param>
/// <param name="Until">UTC milliseconds at which the period is over and the count may be forgotten.</param>
/// <param name="Once">Counted at most once in the period for this id (a customer); null: each time.</param>
internal sealed record VolumeGuard(UInt128 Whose, string Period, FactName What, int Add, int Limit, long Until, UInt128? Once = null);

/// <summary>Checks part of the guards of one group commit. Several may be registered; each looks only at what it owns.</summary>
internal interface ICommitGuards
{
    /// <summary>Positions of the guards that no longer hold, checked for the whole set in few statements on this transaction.</summary>
    Task<IReadOnlySet<int>> FailingAsync(Tx tx, IReadOnlyList<CommitGuard> guards);
}

/// <summary>The log's own guard: the configuration epoch.</summary>
internal sealed class ConfigEpochGuards : ICommitGuards
{
    public async Task<IReadOnlySet<int>> FailingAsync(Tx tx, IReadOnlyList<CommitGuard> guards)
    {
        var epoch = await ConfigEpoch.ReadAsync(tx);
        return Enumerable.Range(0, guards.Count).Where(i => guards[i].ConfigEpoch != epoch).ToHashSet();
    }
}
