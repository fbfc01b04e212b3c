using Strongroom.Ground;

namespace Strongroom.Spine.Monitoring;

/// <summary>How much an item weighs when it is opened.</summary>
/// <param name="Volume">Customers at which the vault is demanded: 25, 250 or 2,500 (domain.md §4).</param>
internal sealed record ItemWeight(Level Level, int Volume);

/// <summary>The weights of the installation's catalogue; the store brings them.</summary>
internal interface IItemWeights
{
    Task<IReadOnlyDictionary<ItemKey, ItemWeight>> NowAsync(CancellationToken ct = default);
}

/// <summary>What the counts that bound each act stand at: the stage that keeps them brings them (R52).</summary>
internal interface IRevealCounts
{
    /// <summary>Customers that people have revealed on the day of an instant outside service sessions, by the size whose limit binds them.</summary>
    /// <param name="at">UTC milliseconds.</param>
    Task<IReadOnlyList<RevealCount>> OfDayAsync(Data.Tx tx, long at);
}

internal sealed record RevealCount(PersonId Person, int Size, long N);
