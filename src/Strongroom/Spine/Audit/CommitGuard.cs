using System.Collections.Frozen;
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
    /// <summary>
    /// Asks what is needed for the whole set in a batch that several share; the answer, taken once the batch has run, is the positions of
    /// the guards that no longer hold. Null: there is nothing to ask.
    /// </summary>
    Func<IReadOnlySet<int>>? Ask(Batch batch, IReadOnlyList<CommitGuard> guards);

    /// <summary>
    /// What can only be checked by writing, for guards of which nothing else has failed: counts are raised for acts that happen. Positions of
    /// those that do not hold.
    /// </summary>
    Task<IReadOnlySet<int>> TakeAsync(Tx tx, IReadOnlyList<CommitGuard> guards) => Task.FromResult<IReadOnlySet<int>>(FrozenSet<int>.Empty);
}

/// <summary>Asking all registered guards.</summary>
internal static class CommitGuards
{
    /// <summary>Positions of the guards that no longer hold, as far as one kind of them is concerned.</summary>
    public static Task<IReadOnlySet<int>> FailingAsync(this ICommitGuards one, Tx tx, IReadOnlyList<CommitGuard> guards) =>
        new[] { one }.FailingAsync(tx, guards);

    /// <summary>Positions of the guards that no longer hold, in few statements of this transaction; counts of the others are raised.</summary>
    public static async Task<IReadOnlySet<int>> FailingAsync(this IEnumerable<ICommitGuards> all, Tx tx, IReadOnlyList<CommitGuard> guards)
    {
        if (guards.Count == 0)
        {
            return FrozenSet<int>.Empty;
        }

        var batch = tx.Batch();
        var asked = all.AskAll(batch, guards);
        await tx.RunAsync(batch);
        return await all.TakeAllAsync(tx, guards, asked());
    }

    /// <summary>The first half of it, in a batch with other statements.</summary>
    public static Func<HashSet<int>> AskAll(this IEnumerable<ICommitGuards> all, Batch batch, IReadOnlyList<CommitGuard> guards)
    {
        var asked = all.Select(one => one.Ask(batch, guards)).OfType<Func<IReadOnlySet<int>>>().ToList();
        return () => asked.SelectMany(answer => answer()).ToHashSet();
    }

    /// <summary>The second half: guards in <paramref name="failed"/> are not asked again, so nothing is counted for an act that is not done.</summary>
    public static async Task<IReadOnlySet<int>> TakeAllAsync(this IEnumerable<ICommitGuards> all, Tx tx, IReadOnlyList<CommitGuard> guards, HashSet<int> failed)
    {
        foreach (var one in all)
        {
            var left = Enumerable.Range(0, guards.Count).Where(i => !failed.Contains(i)).ToList();
            if (left.Count > 0)
            {
                failed.UnionWith((await one.TakeAsync(tx, [.. left.Select(i => guards[i])])).Select(position => left[position]));
            }
        }

        return failed;
    }
}

/// <summary>The log's own guard: the configuration epoch.</summary>
internal sealed class ConfigEpochGuards : ICommitGuards
{
    public Func<IReadOnlySet<int>> Ask(Batch batch, IReadOnlyList<CommitGuard> guards)
    {
        var epoch = ConfigEpoch.Ask(batch);
        return () => Enumerable.Range(0, guards.Count).Where(i => guards[i].ConfigEpoch != epoch.All[0]).ToHashSet();
    }
}
