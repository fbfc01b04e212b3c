namespace Strongroom.Keys.Epochs;

/// <summary>The data's half of an epoch turn: the search blocks stored beside the values. Each method is safe to repeat.</summary>
public interface ISearchBlockRekeyer
{
    /// <summary>
    /// After this, no transaction can add a block of epoch <paramref name="from"/> any more: the data knows that <paramref name="to"/> is
    /// open, and every transaction that adds a block checks that row in itself.
    /// </summary>
    Task CloseAsync(int from, int to, CancellationToken ct = default);

    /// <summary>Carries up to <paramref name="max"/> blocks over by <see cref="ISearchBlocks.ReKey"/>, durably; answers how many.</summary>
    Task<long> RekeyBatchAsync(int from, int to, int max, CancellationToken ct = default);

    /// <summary>How many blocks of an epoch are left.</summary>
    Task<long> RemainingAsync(int from, CancellationToken ct = default);
}
