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

    public VolumeGuard? Volume { get; init; }
}

/// <summary>Adds to an actor's volume of one act on one day, unless that exceeds the limit.</summary>
/// <param name="Actor">Whose volume.</param>
/// <param name="Day">The company's calendar day, <c>yyyy-MM-dd</c>.</param>
/// <param name="Act">What is counted.</param>
/// <param name="Add">Customers this act adds.</param>
/// <param name="Limit">The most per day.</param>
internal sealed record VolumeGuard(LogActor Actor, string Day, FactName Act, int Add, int Limit);

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
