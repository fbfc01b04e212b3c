using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Compartments;

namespace Strongroom.Store.Customers;

/// <summary>The rows of a new record and its packs, with their MACs; made before the transaction that writes them.</summary>
internal sealed record RecordRows(RecordRow Row, IReadOnlyList<(Compartment Compartment, PackRow Pack)> Packs)
{
    public static RecordRows Of(RowMacs macs, NewRecord record)
    {
        var row = new RecordRow
        {
            Id = record.Id.Bytes,
            Customer = record.Customer.Bytes,
            Type = record.Type.Value,
            Entity = record.Entity.Bytes,
            State = Kebab.Of(LifeState.Active),
            Version = 1,
            General = record.Items.Any(item => item.Compartment == Compartment.General) ? 1 : 0,
            Sensitive = record.Items.Any(item => item.Compartment == Compartment.Sensitive) ? 1 : 0,
            Unit = record.Unit == UnitId.None ? null : record.Unit.Bytes,
            Day = record.Day?.DayNumber,
            Created = record.Created,
        };
        row.Mac = macs.Of(row);
        return new RecordRows(row, [.. CompartmentTables.All
            .Where(compartment => row.PackVersion(compartment) > 0)
            .Select(compartment => (compartment, PackOf(macs, row, compartment, record.Items.Where(item => item.Compartment == compartment).Select(Packed))))]);
    }

    /// <summary>The pack of a record at the version the record says.</summary>
    public static PackRow PackOf(RowMacs macs, RecordRow row, Compartment compartment, IEnumerable<PackedItem> items)
    {
        var pack = new PackRow { Record = row.Id, Customer = row.Customer, Version = row.PackVersion(compartment), Packed = ItemPack.Write(items) };
        pack.Mac = macs.Of(pack, compartment);
        return pack;
    }

    /// <summary>The row that keeps an earlier value.</summary>
    public static OldItemRow OldOf(RowMacs macs, RecordRow row, Compartment compartment, PackedItem item, long until)
    {
        var old = new OldItemRow
        {
            Record = row.Id, Item = item.Key.Value, Version = item.Version, Customer = row.Customer, At = item.At, Intake = item.Intake.Bytes,
            Until = until, Sealed = item.Sealed,
        };
        old.Mac = macs.Of(old, compartment);
        return old;
    }

    public static PackedItem Packed(NewItem item) => new(item.Key, item.Version, item.At, item.Intake, item.Sealed);
}
