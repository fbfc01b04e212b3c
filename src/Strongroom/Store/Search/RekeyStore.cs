using Strongroom.Data;
using Strongroom.Store.Compartments;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Search;

/// <summary>A table that holds blocks of an epoch, ordered by its key (item, block, last). Names are constants, never input.</summary>
/// <param name="Role">The compartment it belongs to; null: to none.</param>
/// <param name="Fault">What a row that was moved is called.</param>
/// <param name="Last">The key's last column: the record, or the legal entity of a claim.</param>
internal sealed record RekeyTable(string Name, DbRole? Role, IntegrityFault Fault, string Last = "record", string Item = "item", string Block = "block")
{
    public static IReadOnlyList<RekeyTable> All { get; } =
    [
        .. CompartmentTables.All.Select(compartment => new RekeyTable(CompartmentTables.Search(compartment), CompartmentTables.Role(compartment), IntegrityFault.SearchRow)),
        new RekeyTable("identity_claim", DbRole.Sensitive, IntegrityFault.Claim, Last: "entity"),
        new RekeyTable("record_source", null, IntegrityFault.Source, Item: "system", Block: "digest"),
    ];

    /// <summary>The name of the search key under which a row's block was made.</summary>
    public string KeyOf(BlockRow row) => Block == "block" ? row.Item : NewSource.SearchKey;

    public PlacedBlock Placed(BlockRow row) => new(Name, row.Item, row.Block, row.Epoch, row.Customer, row.Record, Last == "entity" ? row.Last : null);
}

internal sealed record BlockRow(string Item, byte[] Block, byte[] Last, byte[] Customer, byte[] Record, long Epoch, byte[] Mac);

/// <summary>SQL of re-keying and of the walk over everything that carries a block.</summary>
internal static class RekeyStore
{
    public static async Task<long> CountAsync(Tx tx, RekeyTable table, long epoch)
    {
        await using var role = table.Role is { } asked ? await tx.AsRoleAsync(asked) : null;
        return await tx.ScalarAsync<long>($"SELECT COUNT(*) FROM {table.Name} WHERE epoch = @epoch", new { epoch });
    }

    /// <summary>The next rows after a row, in the order of the key.</summary>
    /// <param name="epoch">Of this epoch only; null: of all.</param>
    public static async Task<IReadOnlyList<BlockRow>> NextAsync(Tx tx, RekeyTable table, long? epoch, BlockRow? after, int max)
    {
        await using var role = table.Role is { } asked ? await tx.AsRoleAsync(asked) : null;
        var (item, block, last) = (table.Item, table.Block, table.Last);
        return await tx.QueryAsync<BlockRow>(
            $"""
            SELECT {item} AS item, {block} AS block, {last} AS last, customer, record, epoch, mac FROM {table.Name}
            WHERE ({item}, {block}, {last}) > (@item, @block, @last){(epoch is null ? "" : " AND epoch = @epoch")} ORDER BY {item}, {block}, {last} LIMIT @max
            """,
            new { item = after?.Item ?? "", block = after?.Block ?? [], last = after?.Last ?? [], epoch = epoch ?? 0, max });
    }

    /// <summary>In the table's role.</summary>
    public static Task SetAsync(Tx tx, RekeyTable table, BlockRow row, byte[] block, long to, byte[] mac) => tx.ExecuteAsync(
        $"""
        UPDATE {table.Name} SET {table.Block} = @block, epoch = @to, mac = @mac
        WHERE {table.Item} = @item AND {table.Block} = @was AND {table.Last} = @last AND epoch = @from
        """,
        new { block, to, mac, item = row.Item, was = row.Block, last = row.Last, from = row.Epoch });
}
