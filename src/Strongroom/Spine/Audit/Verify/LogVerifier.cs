using System.Globalization;
using Strongroom.Ground;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit.Verify;

/// <summary>
/// Checks a whole log against a pinned key, in bounded memory: every entry against its tile, every tile against the tree rebuilt from the
/// entries, every kept checkpoint and the trusted one against that tree's root at their size. Entries are hashed tile by tile on every core
/// where the source allows; everything is judged in the log's order, so that what is named is always the first that does not fit.
/// </summary>
internal sealed class LogVerifier(ILogSource source, VerifierKey key)
{
    private readonly CompactRange _tree = new();
    private readonly TileEdge _above = new();
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
        await using var tiles = new CheckedTiles(source, head.Size, ct);
        var claims = new Claims(kept, head, trusted) { More = await kept.MoveNextAsync() };
        if (await CompareAsync(claims) is { } early)
        {
            return early;
        }

        while (await tiles.NextAsync() is { } tile)
        {
            if (await AppendAsync(tile, claims, ct) is { } bad)
            {
                return bad;
            }

            progress?.Report(_tree.Size);
        }

        if (await CheckTilesAsync(_above.Partials(), ct) is { } partial)
        {
            return partial;
        }

        return claims.More ? Bad("verify.root", head.Size, "存在比最新检查点更新的已签名检查点", "A signed checkpoint is newer than the newest one shown") : null;
    }

    private async ValueTask<VerifyResult.Broken?> AppendAsync(CheckedTile tile, Claims claims, CancellationToken ct)
    {
        // A full tile is one step, unless somebody claims a root inside it.
        if (tile.Root is { } root && !claims.AnyWithin(tile))
        {
            _tree.Append(root, TileId.HeightBits);
        }
        else
        {
            foreach (var leaf in tile.Leaves)
            {
                _tree.Append(leaf);
                if (_tree.Size < tile.First + TileId.FullWidth && await CompareAsync(claims) is { } inside)
                {
                    return inside;
                }
            }
        }

        if (tile.Bad is { } bad)
        {
            return bad;
        }

        if (tile.Root is not { } full)
        {
            return null;
        }

        _above.Append(full);
        return await CompareAsync(claims) ?? await CheckTilesAsync(_above.TakeChanged().Where(t => !t.Tile.IsPartial), ct);
    }

    /// <summary>Everything that claims the tree's present size must claim its present root.</summary>
    private async ValueTask<VerifyResult.Broken?> CompareAsync(Claims claims)
    {
        while (claims.More && claims.Kept.Current.Size == _tree.Size)
        {
            if (!Checkpoint.TryOpen(claims.Kept.Current.Note, key, out var checkpoint, out var reason) || checkpoint.Size != _tree.Size)
            {
                return Bad("verify.signature", _tree.Size, "保存的检查点无法验证", $"The checkpoint kept for size {_tree.Size} does not verify: {reason}");
            }

            if (Compare(checkpoint, "verify.root") is { } bad)
            {
                return bad;
            }

            claims.More = await claims.Kept.MoveNextAsync();
        }

        return (claims.Trusted?.Size == _tree.Size ? Compare(claims.Trusted, "verify.trusted") : null)
            ?? (claims.Head.Size == _tree.Size ? Compare(claims.Head, "verify.root") : null);
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

    /// <summary>Compares tiles above level 0, which is the level that <see cref="_above"/> counts as its first.</summary>
    private async Task<VerifyResult.Broken?> CheckTilesAsync(IEnumerable<(TileId Tile, byte[] Bytes)> tiles, CancellationToken ct)
    {
        foreach (var (above, bytes) in tiles)
        {
            var tile = above with { Level = above.Level + 1 };
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

    internal static VerifyResult.Broken Bad(string code, long? index, string zh, string en, EntryId? entry = null)
    {
        var where = index is { } at ? string.Create(CultureInfo.InvariantCulture, $" [{at}{(entry is { } id ? $" {id}" : "")}]") : "";
        return new VerifyResult.Broken(code, index, entry, new Bilingual(zh + where, en + where));
    }

    /// <summary>Who says what the root of some size is: kept checkpoints in ascending order, the newest one, the trusted one.</summary>
    private sealed class Claims(IAsyncEnumerator<(long Size, byte[] Note)> kept, Checkpoint head, Checkpoint? trusted)
    {
        public IAsyncEnumerator<(long Size, byte[] Note)> Kept => kept;

        public Checkpoint Head => head;

        public Checkpoint? Trusted => trusted;

        /// <summary>Whether <see cref="Kept"/> stands on one.</summary>
        public bool More { get; set; }

        public bool AnyWithin(CheckedTile tile) => (More && Within(kept.Current.Size, tile)) || Within(trusted?.Size, tile);

        private static bool Within(long? size, CheckedTile tile) => size > tile.First && size < tile.First + TileId.FullWidth;
    }
}
