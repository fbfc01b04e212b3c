using Strongroom.Ground;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit.Verify;

/// <summary>The entries under one level-0 tile, each checked against its hash there.</summary>
/// <param name="First">Index of the first entry.</param>
/// <param name="Leaves">Hashes of the sound entries before the first bad one, in order.</param>
/// <param name="Root">Root of the tile's subtree; null unless all 256 entries are there and sound.</param>
/// <param name="Bad">What is wrong with the entry after the last sound one; null when all are sound.</param>
internal sealed record CheckedTile(long First, ArraySegment<TreeHash> Leaves, TreeHash? Root, VerifyResult.Broken? Bad);

/// <summary>
/// The log's tiles in their order, each read and hashed on a thread of its own while the ones before it are judged; at most a few are held.
/// A source that takes one question at a time is read one tile after the other.
/// </summary>
internal sealed class CheckedTiles(ILogSource source, long size, CancellationToken ct) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
    private readonly Queue<Task<CheckedTile>> _ahead = new();
    private readonly int _most = source.ManyAtOnce ? 2 * Environment.ProcessorCount : 1;
    private long _next;

    /// <summary>The next tile; null behind the last.</summary>
    public async ValueTask<CheckedTile?> NextAsync()
    {
        for (; _next < size && _ahead.Count < _most; _next += TileId.FullWidth)
        {
            var first = _next;
            _ahead.Enqueue(source.ManyAtOnce ? Task.Run(() => CheckAsync(first), _stop.Token) : CheckAsync(first));
        }

        return _ahead.TryDequeue(out var tile) ? await tile : null;
    }

    public async ValueTask DisposeAsync()
    {
        // Whoever stopped half-way has his reason already; what was read ahead says nothing more.
        await _stop.CancelAsync();
        foreach (var tile in _ahead)
        {
            await ((Task)tile).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stop.Dispose();
    }

    private async Task<CheckedTile> CheckAsync(long first)
    {
        var width = TileId.WidthAt(0, first / TileId.FullWidth, size);
        var entries = await source.EntriesAsync(first, width, _stop.Token);
        var hashes = await source.TileAsync(new TileId(0, first / TileId.FullWidth, width), _stop.Token);
        var leaves = new TreeHash[width];
        for (var i = 0; i < width; i++)
        {
            if (CheckEntry(first + i, entries, i, hashes, width, out leaves[i]) is { } bad)
            {
                return new CheckedTile(first, new ArraySegment<TreeHash>(leaves, 0, i), null, bad);
            }
        }

        return new CheckedTile(first, leaves, width == TileId.FullWidth ? Rfc6962.Root(leaves) : null, null);
    }

    private static VerifyResult.Broken? CheckEntry(long index, IReadOnlyList<SourceEntry> entries, int i, byte[]? hashes, int width, out TreeHash leaf)
    {
        leaf = default;
        if (i >= entries.Count || entries[i].Index != index)
        {
            return LogVerifier.Bad("verify.entry", index, "条目缺失", "The entry is missing");
        }

        var entry = entries[i];
        if (hashes is null || hashes.Length != width * TreeHash.Size)
        {
            return LogVerifier.Bad("verify.tile", index, "第 0 层哈希块缺失或残缺", "The level-0 tile is missing or cut", IdOf(entry));
        }

        leaf = Rfc6962.Leaf(entry.Body.Span);
        if (leaf != TreeHash.From(hashes.AsSpan(i * TreeHash.Size, TreeHash.Size)))
        {
            return LogVerifier.Bad("verify.entry", index, "条目与其哈希不符", "The entry and its level-0 hash differ", IdOf(entry));
        }

        return entry.Fault is { } fault
            ? LogVerifier.Bad("verify.entry", index, "条目的附属数据与条目头不符", $"What stands beside the entry does not fit its header: {fault}", IdOf(entry))
            : null;
    }

    /// <summary>Only a bad entry has to be named: reading every header would cost more than all the hashing.</summary>
    private static EntryId? IdOf(SourceEntry entry) => entry.Id ?? (LogHeader.TryParse(entry.Body.Span, out var header) ? header.Id : null);
}
