using System.Globalization;
using Strongroom.Ground;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit.Verify;

/// <summary>
/// Checks a whole log against a pinned key, in constant memory: every entry against its tile, every tile against the tree rebuilt from the
/// entries, every kept checkpoint and the trusted one against that tree's root at their size.
/// </summary>
internal sealed class LogVerifier(ILogSource source, VerifierKey key)
{
    private readonly CompactRange _tree = new();
    private readonly TileEdge _edge = new();
    private long _goodUntil;
    private long _compared;

    /// <param name="trusted">A checkpoint kept elsewhere by the verifier; null: freshness stays unknown.</param>
    /// <param name="progress">Hears the number of entries checked so far, about every 256.</param>
    /// <param name="ct">Stops the verification.</param>
    public async Task<VerifyResult> RunAsync(byte[]? trusted = null, IProgress<long>? progress = null, CancellationToken ct = default)
    {
        Checkpoint? pinned = null;
        if (trusted is not null && !Checkpoint.TryOpen(trusted, key, out pinned, out var reason))
        {
            return Bad("verify.trusted", null, "可信检查点无法验证", $"The trusted checkpoint does not verify: {reason}");
        }

        var head = new Checkpoint(key.Name, 0, Rfc6962.Empty);
        if (await source.CheckpointAsync(ct) is { } note)
        {
            if (!Checkpoint.TryOpen(note, key, out var opened, out reason))
            {
                return Bad("verify.signature", null, "最新检查点无法验证", $"The newest checkpoint does not verify: {reason}");
            }

            head = opened;
        }

        if (pinned?.Size > head.Size)
        {
            return Bad("verify.trusted", head.Size, "日志比可信检查点短", "The log is shorter than the trusted checkpoint says");
        }

        return await WalkAsync(head, pinned, progress, ct)
            ?? await source.OutsideAsync(ct)
            ?? (VerifyResult)new VerifyResult.Sound(head.Size, head.Root, _compared, pinned?.Size);
    }

    private async Task<VerifyResult.Broken?> WalkAsync(Checkpoint head, Checkpoint? trusted, IProgress<long>? progress, CancellationToken ct)
    {
        await using var kept = source.CheckpointsAsync(ct).GetAsyncEnumerator(ct);
        var more = await kept.MoveNextAsync();
        if (await CompareAsync() is { } early)
        {
            return early;
        }

        for (var first = 0L; first < head.Size; first += TileId.FullWidth)
        {
            var width = TileId.WidthAt(0, first / TileId.FullWidth, head.Size);
            var entries = await source.EntriesAsync(first, width, ct);
            var hashes = await source.TileAsync(new TileId(0, first / TileId.FullWidth, width), ct);
            for (var i = 0; i < width; i++)
            {
                if (CheckEntry(first + i, entries, i, hashes, width) is { } bad)
                {
                    return bad;
                }

                if (await CompareAsync() is { } inconsistent)
                {
                    return inconsistent;
                }
            }

            if (await CheckTilesAsync(_edge.TakeChanged().Where(t => !t.Tile.IsPartial), ct) is { } tile)
            {
                return tile;
            }

            progress?.Report(_tree.Size);
        }

        if (await CheckTilesAsync(_edge.Partials(), ct) is { } partial)
        {
            return partial;
        }

        return more ? Bad("verify.root", head.Size, "存在比最新检查点更新的已签名检查点", "A signed checkpoint is newer than the newest one shown") : null;

        // Everything that claims the tree's present size must claim its present root.
        async ValueTask<VerifyResult.Broken?> CompareAsync()
        {
            while (more && kept.Current.Size == _tree.Size)
            {
                if (!Checkpoint.TryOpen(kept.Current.Note, key, out var checkpoint, out var reason) || checkpoint.Size != _tree.Size)
                {
                    return Bad("verify.signature", _tree.Size, "保存的检查点无法验证", $"The checkpoint kept for size {_tree.Size} does not verify: {reason}");
                }

                if (Compare(checkpoint, "verify.root") is { } bad)
                {
                    return bad;
                }

                more = await kept.MoveNextAsync();
            }

            return (trusted?.Size == _tree.Size ? Compare(trusted, "verify.trusted") : null)
                ?? (head.Size == _tree.Size ? Compare(head, "verify.root") : null);
        }
    }

    private VerifyResult.Broken? Compare(Checkpoint checkpoint, string code)
    {
        if (_tree.Root() != checkpoint.Root)
        {
            return Bad(code, _goodUntil,
                $"条目 {_goodUntil} 至 {checkpoint.Size} 之间与已签名的根不符",
                $"Entries {_goodUntil} to {checkpoint.Size} (excluded) do not give the signed root of that size");
        }

        _goodUntil = _tree.Size;
        _compared++;
        return null;
    }

    private VerifyResult.Broken? CheckEntry(long index, IReadOnlyList<SourceEntry> entries, int i, byte[]? hashes, int width)
    {
        if (i >= entries.Count || entries[i].Index != index)
        {
            return Bad("verify.entry", index, "条目缺失", "The entry is missing");
        }

        var entry = entries[i];
        var leaf = Rfc6962.Leaf(entry.Body.Span);
        var id = entry.Id ?? (LogHeader.TryParse(entry.Body.Span, out var header) ? header.Id : null);
        if (hashes is null || hashes.Length != width * TreeHash.Size)
        {
            return Bad("verify.tile", index, "第 0 层哈希块缺失或残缺", "The level-0 tile is missing or cut", id);
        }

        if (leaf != TreeHash.From(hashes.AsSpan(i * TreeHash.Size, TreeHash.Size)))
        {
            return Bad("verify.entry", index, "条目与其哈希不符", "The entry and its level-0 hash differ", id);
        }

        if (entry.Fault is { } fault)
        {
            return Bad("verify.entry", index, "条目的附属数据与条目头不符", $"What stands beside the entry does not fit its header: {fault}", id);
        }

        _tree.Append(leaf);
        _edge.Append(leaf);
        return null;
    }

    private async Task<VerifyResult.Broken?> CheckTilesAsync(IEnumerable<(TileId Tile, byte[] Bytes)> tiles, CancellationToken ct)
    {
        foreach (var (tile, bytes) in tiles.Where(t => t.Tile.Level > 0))
        {
            var stored = await source.TileAsync(tile, ct);
            if (stored is null || !stored.AsSpan().SequenceEqual(bytes))
            {
                var at = stored is null ? 0 : bytes.AsSpan().CommonPrefixLength(stored) / TreeHash.Size;
                var index = (tile.Index * TileId.FullWidth + at) << (TileId.HeightBits * tile.Level);
                return Bad("verify.tile", index, $"哈希块 {tile} 与条目不符", $"The tile {tile} does not follow from the entries");
            }
        }

        return null;
    }

    private static VerifyResult.Broken Bad(string code, long? index, string zh, string en, EntryId? entry = null)
    {
        var where = index is { } at ? string.Create(CultureInfo.InvariantCulture, $" [{at}{(entry is { } id ? $" {id}" : "")}]") : "";
        return new VerifyResult.Broken(code, index, entry, new Bilingual(zh + where, en + where));
    }
}
