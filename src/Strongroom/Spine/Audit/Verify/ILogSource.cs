using Strongroom.Ground;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit.Verify;

/// <summary>One entry as a source holds it.</summary>
/// <param name="Index">Position in the tree.</param>
/// <param name="Id">As stored beside the body; null where the source knows only bodies.</param>
/// <param name="Body">The leaf.</param>
/// <param name="Fault">What does not fit around the body (columns, details); null: nothing.</param>
internal readonly record struct SourceEntry(long Index, EntryId? Id, ReadOnlyMemory<byte> Body, string? Fault);

/// <summary>Where a log to be verified comes from. Nothing it yields is believed.</summary>
internal interface ILogSource
{
    /// <summary>Whether it may be asked for several things at once. A database cannot: one snapshot is one connection.</summary>
    bool ManyAtOnce { get; }

    /// <summary>The newest checkpoint; null when there is none.</summary>
    Task<byte[]?> CheckpointAsync(CancellationToken ct);

    /// <summary>Every kept signed checkpoint, by ascending claimed size.</summary>
    IAsyncEnumerable<(long Size, byte[] Note)> CheckpointsAsync(CancellationToken ct);

    /// <summary>Entries from <paramref name="first"/> (a multiple of 256) on, at most <paramref name="count"/>, in order. Missing ones are left out.</summary>
    Task<IReadOnlyList<SourceEntry>> EntriesAsync(long first, int count, CancellationToken ct);

    /// <summary>A hash tile in exactly its width; null when it is not there.</summary>
    Task<byte[]?> TileAsync(TileId tile, CancellationToken ct);

    /// <summary>Checks what lies outside the tree, such as entries not yet merged; null when all is well.</summary>
    Task<VerifyResult.Broken?> OutsideAsync(CancellationToken ct);
}

/// <summary>Outcome of a verification.</summary>
internal abstract record VerifyResult
{
    private VerifyResult() { }

    /// <summary>Every entry, tile and checkpoint fits.</summary>
    /// <param name="Size">Entries under the newest checkpoint.</param>
    /// <param name="Root">Its root.</param>
    /// <param name="Checkpoints">Signed checkpoints that were compared.</param>
    /// <param name="Trusted">Size of the trusted checkpoint; null: internally consistent, freshness unknown.</param>
    internal sealed record Sound(long Size, TreeHash Root, long Checkpoints, long? Trusted) : VerifyResult
    {
        public Bilingual Text => Trusted is null
            ? new Bilingual("内部一致；是否最新未知（未提供可信检查点）。", "Internally consistent, freshness unknown (no trusted checkpoint was given).")
            : new Bilingual("一致，且包含可信检查点。", "Consistent, and contains the trusted checkpoint.");
    }

    /// <summary>Something does not fit.</summary>
    /// <param name="Code">Stable: <c>verify.signature</c>, <c>verify.entry</c>, <c>verify.tile</c>, <c>verify.root</c>, <c>verify.trusted</c>, <c>verify.pending</c>.</param>
    /// <param name="Index">First entry that is or may be bad; null where none can be named.</param>
    /// <param name="Entry">Its id, where it can be read.</param>
    /// <param name="Text">What was found; no personal value.</param>
    internal sealed record Broken(string Code, long? Index, EntryId? Entry, Bilingual Text) : VerifyResult;
}
