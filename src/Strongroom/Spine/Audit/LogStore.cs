using Strongroom.Data;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit;

internal sealed record HeadRow(long Size, byte[] Root);

internal sealed record CheckpointRow(long Size, byte[] Root, byte[]? Note);

internal sealed record DatedCheckpointRow(long Size, byte[] Root, long At, byte[] Note);

/// <summary>A chain and how many of its entries the tree has.</summary>
internal sealed record ChainState
{
    // Set by member, not by constructor: SQLite cannot tell a computed column's type before it has seen a value.
    public long Chain { get; init; }

    public string Node { get; init; } = "";

    public long Lane { get; init; }

    public long Seq { get; init; }

    public byte[] Head { get; init; } = [];

    public byte[] Mac { get; init; } = [];

    public long Merged { get; init; }
}

internal sealed record ChainEntry(long Chain, long Seq, byte[] Id, byte[] Prev, byte[] Body, byte[] Mac);

/// <summary>Entries first_seq … of a chain that become leaves first_index … of the tree.</summary>
internal sealed record RangeRow(long FirstIndex, long Chain, long FirstSeq, long N);

/// <summary>The tree: reading it, and the one write that extends it.</summary>
internal static class LogStore
{
    public static Task<HeadRow> HeadAsync(Tx tx) => tx.ScalarAsync<HeadRow>("SELECT size, root FROM log_head WHERE id = 1");

    public static Task<CheckpointRow?> CheckpointAsync(Tx tx, long size) =>
        tx.QueryOneAsync<CheckpointRow>("SELECT size, root, note FROM log_checkpoint WHERE size = @size", new { size });

    /// <summary>The newest signed checkpoint.</summary>
    public static Task<CheckpointRow?> PublishedAsync(Tx tx) => tx.QueryOneAsync<CheckpointRow>(
        "SELECT size, root, note FROM log_checkpoint WHERE note IS NOT NULL ORDER BY size DESC LIMIT 1");

    /// <summary>Signed checkpoints larger than a size, in order.</summary>
    public static Task<IReadOnlyList<CheckpointRow>> CheckpointsAfterAsync(Tx tx, long size, int most) => tx.QueryAsync<CheckpointRow>(
        "SELECT size, root, note FROM log_checkpoint WHERE note IS NOT NULL AND size > @size ORDER BY size LIMIT @most", new { size, most });

    /// <summary>Signed checkpoints smaller than a size, largest first.</summary>
    public static Task<IReadOnlyList<DatedCheckpointRow>> CheckpointsBelowAsync(Tx tx, long size, int most) => tx.QueryAsync<DatedCheckpointRow>(
        "SELECT size, root, at, note FROM log_checkpoint WHERE note IS NOT NULL AND size < @size ORDER BY size DESC LIMIT @most", new { size, most });

    public static Task<IReadOnlyList<ChainState>> ChainsAsync(Tx tx) => tx.QueryAsync<ChainState>("""
        SELECT c.chain, c.node, c.lane, c.seq, c.head, c.mac, COALESCE(
          (SELECT r.first_seq + r.n FROM log_range r WHERE r.chain = c.chain ORDER BY r.first_seq DESC LIMIT 1), 0) AS merged
        FROM log_chain c ORDER BY c.chain
        """);

    public static Task<IReadOnlyList<ChainEntry>> EntriesAsync(Tx tx, long chain, long from, int most) => tx.QueryAsync<ChainEntry>(
        "SELECT chain, seq, id, prev, body, mac FROM log_entry WHERE chain = @chain AND seq >= @from ORDER BY seq LIMIT @most", new { chain, from, most });

    public static Task<long> PendingAsync(Tx tx) => tx.ScalarAsync<long>("""
        SELECT CAST(COALESCE((SELECT SUM(seq) FROM log_chain), 0) - (SELECT size FROM log_head WHERE id = 1) AS bigint)
        """);

    /// <summary>Bytes of a tile in exactly its width, or null. Wider stored tiles only ever grew at their end.</summary>
    public static async Task<byte[]?> TileAsync(Tx tx, TileId tile)
    {
        if (tile.Level == TileId.Entries)
        {
            var first = tile.Index * TileId.FullWidth;
            var bodies = await LeavesAsync(tx, first, first + tile.Width);
            return bodies.Count == tile.Width ? EntryBundle.Write(bodies.ToArray()) : null;
        }

        var hashes = await tx.QueryOneAsync<byte[]>(
            "SELECT hashes FROM log_tile WHERE level = @Level AND n = @Index", new { tile.Level, tile.Index });
        var length = tile.Width * TreeHash.Size;
        return hashes is null || hashes.Length < length ? null : hashes[..length];
    }

    /// <summary>Bodies of the leaves first … until - 1, in order; fewer when some are gone.</summary>
    public static Task<IReadOnlyList<byte[]>> LeavesAsync(Tx tx, long first, long until) => tx.QueryAsync<byte[]>("""
        SELECT e.body FROM log_range r
        JOIN log_entry e ON e.chain = r.chain AND e.seq >= r.first_seq AND e.seq < r.first_seq + r.n
        WHERE r.first_index >= COALESCE((SELECT MAX(first_index) FROM log_range WHERE first_index <= @first), 0) AND r.first_index < @until
          AND r.first_index + e.seq - r.first_seq >= @first AND r.first_index + e.seq - r.first_seq < @until
        ORDER BY r.first_index + e.seq - r.first_seq
        """, new { first, until });

    /// <summary>The entries behind the leaves first … until - 1, in order; fewer when some are gone.</summary>
    public static Task<IReadOnlyList<ChainEntry>> LeafEntriesAsync(Tx tx, long first, long until) => tx.QueryAsync<ChainEntry>("""
        SELECT e.chain, e.seq, e.id, e.prev, e.body, e.mac FROM log_range r
        JOIN log_entry e ON e.chain = r.chain AND e.seq >= r.first_seq AND e.seq < r.first_seq + r.n
        WHERE r.first_index >= COALESCE((SELECT MAX(first_index) FROM log_range WHERE first_index <= @first), 0) AND r.first_index < @until
          AND r.first_index + e.seq - r.first_seq >= @first AND r.first_index + e.seq - r.first_seq < @until
        ORDER BY r.first_index + e.seq - r.first_seq
        """, new { first, until });

    /// <summary>
    /// Extends the tree if it still is the one that was extended in memory and nobody with a later token has written. False: it is not;
    /// nothing may be signed.
    /// </summary>
    public static async Task<bool> ExtendAsync(Tx tx, long token, Checkpoint from, Checkpoint to, IReadOnlyList<RangeRow> ranges,
        IReadOnlyList<(TileId Tile, byte[] Bytes)> tiles, long now)
    {
        var swapped = await tx.ExecuteAsync("""
            UPDATE log_head SET size = @size, root = @root, token = @token
            WHERE id = 1 AND size = @oldSize AND root = @oldRoot AND token <= @token
            """, new { size = to.Size, root = to.Root.ToArray(), token, oldSize = from.Size, oldRoot = from.Root.ToArray() });
        if (swapped != 1)
        {
            return false;
        }

        foreach (var range in ranges)
        {
            await tx.ExecuteAsync("INSERT INTO log_range (first_index, chain, first_seq, n) VALUES (@FirstIndex, @Chain, @FirstSeq, @N)", range);
        }

        foreach (var (tile, bytes) in tiles)
        {
            await tx.ExecuteAsync("""
                INSERT INTO log_tile (level, n, hashes) VALUES (@Level, @Index, @bytes)
                ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes
                """, new { tile.Level, tile.Index, bytes });
        }

        await tx.ExecuteAsync("INSERT INTO log_checkpoint (size, root, at, note) VALUES (@size, @root, @now, NULL)",
            new { size = to.Size, root = to.Root.ToArray(), now });
        return true;
    }

    public static Task<int> PublishAsync(Tx tx, Checkpoint checkpoint, byte[] note) => tx.ExecuteAsync(
        "UPDATE log_checkpoint SET note = @note WHERE size = @size AND root = @root AND note IS NULL",
        new { note, size = checkpoint.Size, root = checkpoint.Root.ToArray() });
}
