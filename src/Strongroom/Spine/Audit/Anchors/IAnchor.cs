using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit.Anchors;

/// <summary>A place off the box that keeps what was published, so that this box cannot take it back.</summary>
internal interface IAnchor
{
    /// <summary>For operators and /readyz.</summary>
    string Name { get; }

    /// <summary>Makes the place ready for a log that has nothing in its tree yet, unless it was made ready before.</summary>
    /// <exception cref="IOException">It cannot be reached.</exception>
    Task SetUpAsync(CancellationToken ct = default);

    /// <summary>The newest checkpoint it holds; null when it is empty.</summary>
    /// <exception cref="IOException">It cannot be reached.</exception>
    /// <exception cref="LogAlarmException">What it holds is not signed by this log.</exception>
    Task<Checkpoint?> NewestAsync(CancellationToken ct = default);

    /// <summary>Ships everything published since. Answers the number of entries it then holds.</summary>
    /// <exception cref="IOException">It cannot be reached.</exception>
    /// <exception cref="LogAlarmException">It holds something newer or something else.</exception>
    Task<long> ShipAsync(IAnchorFeed feed, CancellationToken ct = default);
}

/// <summary>
/// The place is not the one that was set up, for example a folder that is not mounted. It must not pass for an empty anchor: a restored
/// log would then sign a second history.
/// </summary>
internal sealed class AnchorUnavailableException(string message) : IOException(message)
{
    /// <summary>What health tells.</summary>
    public const string Code = "anchor.unavailable";
}

/// <summary>What anchors are fed from.</summary>
internal interface IAnchorFeed
{
    /// <summary>Signed checkpoints larger than <paramref name="size"/>, in order, at most 100.</summary>
    Task<IReadOnlyList<(Checkpoint Checkpoint, byte[] Note)>> CheckpointsAfterAsync(long size, CancellationToken ct);

    Task<byte[]?> TileAsync(TileId tile, CancellationToken ct);
}
