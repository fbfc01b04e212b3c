using Strongroom.Data;
using Strongroom.Keys;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Compartments;

/// <summary>SQL of the packs and earlier versions of one compartment, each call in that compartment's database role.</summary>
internal static class ItemStore
{
    private static readonly Dictionary<Compartment, ManyRows<PackRow>> Many = CompartmentTables.All.ToDictionary(
        compartment => compartment,
        compartment => new ManyRows<PackRow>(CompartmentTables.Items(compartment), null,
            Column<PackRow>.Bytes("record", row => row.Record),
            Column<PackRow>.Bytes("customer", row => row.Customer),
            Column<PackRow>.Number("version", row => row.Version),
            Column<PackRow>.Bytes("packed", row => row.Packed),
            Column<PackRow>.Bytes("mac", row => row.Mac)));

    /// <summary>The batch works as the compartment's role.</summary>
    public static void Insert(Batch batch, Compartment compartment, IReadOnlyList<PackRow> rows) => batch.Insert(Many[compartment], rows);

    public static Task<IReadOnlyList<PackRow>> OfCustomersAsync(Tx tx, Compartment compartment, IReadOnlyCollection<byte[]> customers) =>
        tx.AskAsync(batch => AskOfCustomers(batch, compartment, customers));

    public static Rows<PackRow> AskOfCustomers(Batch batch, Compartment compartment, IReadOnlyCollection<byte[]> customers)
    {
        Rows<PackRow>? packs = null;
        batch.As(CompartmentTables.Role(compartment), inside => packs = inside.Ask(
            $"SELECT record, customer, version, packed, mac FROM {CompartmentTables.Items(compartment)} WHERE customer {inside.AnyOf(1)}",
            row => new PackRow
            {
                Record = row.GetFieldValue<byte[]>(0), Customer = row.GetFieldValue<byte[]>(1), Version = row.GetInt64(2),
                Packed = row.GetFieldValue<byte[]>(3), Mac = row.GetFieldValue<byte[]>(4),
            },
            inside.Set(customers)));
        return packs!;
    }

    public static async Task<PackRow?> OfRecordAsync(Tx tx, Compartment compartment, byte[] record)
    {
        await using var role = await tx.AsRoleAsync(CompartmentTables.Role(compartment));
        return await tx.QueryOneAsync<PackRow>(
            $"SELECT record, customer, version, packed, mac FROM {CompartmentTables.Items(compartment)} WHERE record = @record",
            new { record });
    }

    public static async Task InsertAsync(Tx tx, Compartment compartment, PackRow row)
    {
        var batch = tx.Batch();
        batch.As(CompartmentTables.Role(compartment), inside => Insert(inside, compartment, [row]));
        await tx.RunAsync(batch);
    }

    /// <returns>False when the pack is no longer at the version it was read at.</returns>
    public static async Task<bool> UpdateAsync(Tx tx, Compartment compartment, PackRow row, long was)
    {
        await using var role = await tx.AsRoleAsync(CompartmentTables.Role(compartment));
        return await tx.ExecuteAsync(
            $"UPDATE {CompartmentTables.Items(compartment)} SET version = @version, packed = @packed, mac = @mac WHERE record = @record AND version = @was",
            new { record = row.Record, version = row.Version, packed = row.Packed, mac = row.Mac, was }) == 1;
    }

    public static async Task KeepOldAsync(Tx tx, Compartment compartment, IReadOnlyList<OldItemRow> old)
    {
        if (old.Count == 0)
        {
            return;
        }

        await using var role = await tx.AsRoleAsync(CompartmentTables.Role(compartment));
        foreach (var row in old)
        {
            await tx.ExecuteAsync(
                $"""
                INSERT INTO {CompartmentTables.OldItems(compartment)} (record, item, version, customer, at, intake, until, sealed, mac)
                VALUES (@record, @item, @version, @customer, @at, @intake, @until, @bytes, @mac)
                """,
                new
                {
                    record = row.Record, item = row.Item, version = row.Version, customer = row.Customer, at = row.At, intake = row.Intake,
                    until = row.Until, bytes = row.Sealed, mac = row.Mac,
                });
        }
    }

    /// <summary>Earlier values after one, in the order of their key; for the walk.</summary>
    public static async Task<IReadOnlyList<OldItemRow>> OldPageAsync(Tx tx, Compartment compartment, OldItemRow? after, int max)
    {
        await using var role = await tx.AsRoleAsync(CompartmentTables.Role(compartment));
        return await tx.QueryAsync<OldItemRow>(
            $"""
            SELECT record, item, version, customer, at, intake, until, sealed, mac FROM {CompartmentTables.OldItems(compartment)}
            WHERE (record, item, version) > (@record, @item, @version) ORDER BY record, item, version LIMIT @max
            """,
            new { record = after?.Record ?? [], item = after?.Item ?? "", version = after?.Version ?? 0, max });
    }

    /// <summary>Packs without a record.</summary>
    public static async Task<IReadOnlyList<OwnedRow>> StraysAsync(Tx tx, Compartment compartment, int max)
    {
        await using var role = await tx.AsRoleAsync(CompartmentTables.Role(compartment));
        return await tx.QueryAsync<OwnedRow>(
            $"SELECT i.customer, i.record FROM {CompartmentTables.Items(compartment)} i WHERE NOT EXISTS (SELECT 1 FROM record r WHERE r.id = i.record) LIMIT @max",
            new { max });
    }
}
