using Strongroom.Data;
using Strongroom.Store.Compartments;

namespace Strongroom.Store.Search;

/// <summary>A table that holds blocks of an epoch, ordered by its key (item, block, last).</summary>
/// <param name="Last">The key's last column: the record, or the legal entity of a claim.</param>
internal sealed record RekeyTable(string Name, DbRole Role, string Last = "record")
{
    public static IReadOnlyList<RekeyTable> All { get; } =
    [
        .. CompartmentTables.All.Select(compartment => new RekeyTable(CompartmentTables.Search(compartment), CompartmentTables.Role(compartment))),
        new RekeyTable("identity_claim", DbRole.Sensitive, "entity"),
    ];
}

internal sealed record BlockRow(string Item, byte[] Block, byte[] Last);

/// <summary>SQL of re-keying.</summary>
internal static class RekeyStore
{
    public static async Task<long> CountAsync(Tx tx, RekeyTable table, long epoch)
    {
        await using var role = await tx.AsRoleAsync(table.Role);
        return await tx.ScalarAsync<long>($"SELECT COUNT(*) FROM {table.Name} WHERE epoch = @epoch", new { epoch });
    }

    /// <summary>The next rows of an epoch after a row, in the order of the key.</summary>
    public static async Task<IReadOnlyList<BlockRow>> NextAsync(Tx tx, RekeyTable table, long epoch, BlockRow? after, int max)
    {
        await using var role = await tx.AsRoleAsync(table.Role);
        return await tx.QueryAsync<BlockRow>(
            $"""
            SELECT item, block, {table.Last} AS last FROM {table.Name}
            WHERE (item, block, {table.Last}) > (@item, @block, @last) AND epoch = @epoch ORDER BY item, block, {table.Last} LIMIT @max
            """,
            new { item = after?.Item ?? "", block = after?.Block ?? [], last = after?.Last ?? [], epoch, max });
    }

    /// <summary>In the table's role.</summary>
    public static Task SetAsync(Tx tx, RekeyTable table, BlockRow row, byte[] block, long from, long to) => tx.ExecuteAsync(
        $"UPDATE {table.Name} SET block = @block, epoch = @to WHERE item = @item AND block = @was AND {table.Last} = @last AND epoch = @from",
        new { block, to, item = row.Item, was = row.Block, last = row.Last, from });
}
