using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>One use by a client of a scope, purpose or item.</summary>
internal sealed record ClientUsed(ClientId Client, string Kind, string Name, long At);

/// <summary>Rows of <c>client_usage</c> and its cursor, and the entries they are made from.</summary>
internal static class ClientUsageStore
{
    public const string Scope = "scope", Purpose = "purpose", Item = "item";

    /// <summary>Chains that hold entries not read yet, with the number of those read and of those written: a chain counts its entries from 0.</summary>
    public static async Task<IReadOnlyList<(long Chain, long Read, long Written)>> BehindAsync(Tx tx) =>
    [
        .. (await tx.QueryAsync<Behind>(
            """
            SELECT c.chain AS Chain, u.seq AS Read, c.seq AS Written FROM log_chain c LEFT JOIN client_usage_cursor u ON u.chain = c.chain
            WHERE coalesce(u.seq, 0) < c.seq
            """)).Select(row => (row.Chain, row.Read ?? 0, row.Written)),
    ];

    /// <summary>Headers of what clients did, refusals left out.</summary>
    public static Task<IReadOnlyList<byte[]>> HeadersAsync(Tx tx, long chain, long from, long until) => tx.QueryAsync<byte[]>(
        "SELECT body FROM log_entry WHERE chain = @chain AND seq >= @from AND seq < @until AND actor_kind = 'client' AND decision <> 'deny' ORDER BY seq",
        new { chain, from, until });

    /// <summary>False when another node was there first.</summary>
    public static async Task<bool> AdvanceAsync(Tx tx, long chain, long from, long to)
    {
        await tx.ExecuteAsync("INSERT INTO client_usage_cursor (chain, seq) VALUES (@chain, 0) ON CONFLICT (chain) DO NOTHING", new { chain });
        return await tx.ExecuteAsync("UPDATE client_usage_cursor SET seq = @to WHERE chain = @chain AND seq = @from", new { chain, from, to }) == 1;
    }

    public static Task UsedAsync(Tx tx, ClientUsed used) => tx.ExecuteAsync(
        """
        INSERT INTO client_usage (client, kind, name, last_used) VALUES (@client, @Kind, @Name, @At)
        ON CONFLICT (client, kind, name) DO UPDATE SET last_used = excluded.last_used WHERE client_usage.last_used < excluded.last_used
        """,
        new { client = used.Client.Bytes, used.Kind, used.Name, used.At });

    public static async Task<IReadOnlyList<ClientUsed>> AllAsync(Tx tx) =>
    [
        .. (await tx.QueryAsync<Row>("SELECT client AS Client, kind AS Kind, name AS Name, last_used AS LastUsed FROM client_usage"))
            .Select(row => new ClientUsed(ClientId.From(row.Client), row.Kind, row.Name, row.LastUsed)),
    ];

    private sealed record Behind
    {
        // Set by member, not by constructor: SQLite cannot tell the type of a column that is null at first.
        public long Chain { get; init; }

        public long? Read { get; init; }

        public long Written { get; init; }
    }

    private sealed record Row(byte[] Client, string Kind, string Name, long LastUsed);
}
