using Strongroom.Data;

namespace Strongroom.Spine.Audit.Verify;

/// <summary>An entry with all its columns.</summary>
internal sealed record StoredEntry
{
    // Set by member, not by constructor: SQLite cannot tell a computed column's type before it has seen a value.
    public long Idx { get; init; }

    public byte[] Id { get; init; } = [];

    public byte[] Body { get; init; } = [];

    public long At { get; init; }

    public string Act { get; init; } = "";

    public string ActorKind { get; init; } = "";

    public byte[]? Actor { get; init; }

    public byte[]? Customer { get; init; }

    public string? Purpose { get; init; }

    public string? Decision { get; init; }

    public byte[]? Details { get; init; }
}

/// <summary>What a verification reads beside <see cref="LogStore"/>.</summary>
internal static class VerifyStore
{
    /// <summary>Leaves first … until - 1 in order; doubled or missing ones show as such.</summary>
    public static Task<IReadOnlyList<StoredEntry>> EntriesAsync(Tx tx, long first, long until) => tx.QueryAsync<StoredEntry>("""
        SELECT r.first_index + e.seq - r.first_seq AS idx, e.id, e.body, e.at, e.act, e.actor_kind AS actorKind, e.actor, e.customer,
               e.purpose, e.decision, e.details
        FROM log_range r JOIN log_entry e ON e.chain = r.chain AND e.seq >= r.first_seq AND e.seq < r.first_seq + r.n
        WHERE r.first_index >= COALESCE((SELECT MAX(first_index) FROM log_range WHERE first_index <= @first), 0) AND r.first_index < @until
          AND r.first_index + e.seq - r.first_seq >= @first AND r.first_index + e.seq - r.first_seq < @until
        ORDER BY idx
        """, new { first, until });

    /// <summary>Bodies of every entry that may carry row digests, merged or not.</summary>
    public static IAsyncEnumerable<byte[]> BodiesAsync(Tx tx) => tx.StreamAsync<byte[]>("SELECT body FROM log_entry");

    /// <summary>Entries of the tree that the last merge made; null when that row is gone.</summary>
    public static Task<long?> HeadSizeAsync(Tx tx) => tx.QueryOneAsync<long?>("SELECT size FROM log_head WHERE id = 1");

    public static async Task<(long Merged, long Written, long Chained)> CountsAsync(Tx tx) => (
        await tx.ScalarAsync<long>("SELECT CAST(COALESCE(SUM(n), 0) AS bigint) FROM log_range"),
        await tx.ScalarAsync<long>("SELECT count(*) FROM log_entry"),
        await tx.ScalarAsync<long>("SELECT CAST(COALESCE(SUM(seq), 0) AS bigint) FROM log_chain"));
}
