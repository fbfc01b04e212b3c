using System.Security.Cryptography;
using System.Text;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Compartments;

namespace Strongroom.Store.Customers;

/// <summary>
/// MACs of the store's rows: over table, key, version and everything else in the row, length-prefixed. Whoever edits the database
/// directly cannot make one; a row that fails counts as absent or at its narrowest.
/// </summary>
internal sealed class RowMacs(IMac mac)
{
    public byte[] Of(CustomerRow row)
    {
        var frame = Start("customer").Bytes(row.Id).Int64(row.Version).Name(row.Kind).Bytes(row.Entity).Name(row.State);
        return Finish(With(frame.Bytes(row.MergedInto ?? []).Bytes(row.Consents).Int64(row.Created), row.Lists));
    }

    public byte[] Of(RecordRow row)
    {
        var frame = With(Start("record").Bytes(row.Id).Int64(row.Version).Bytes(row.Customer).Name(row.Type)
            .Bytes(row.Entity).Name(row.State).Int64(row.General).Int64(row.Sensitive).Int64(row.Created), row.Unit);

        // Named, so that neither of the two later columns can be taken for the other.
        return Finish(row.Day is { } day ? frame.Name("day").Int64(day) : frame);
    }

    public byte[] Of(PackRow row, Compartment compartment) => Finish(Start(Compartments.CompartmentTables.Items(compartment))
        .Bytes(row.Record).Int64(row.Version).Bytes(row.Customer).Bytes(row.Packed));

    public byte[] Of(RelationRow row) => Finish(Start("relation").Bytes(row.FromCustomer).Bytes(row.FromRecord)
        .Bytes(row.ToCustomer).Bytes(row.ToRecord).Name(row.Kind).Int64(row.Created));

    /// <param name="row">The merge, undone or not.</param>
    /// <param name="steps">All its steps, in the order of their customers.</param>
    public byte[] Of(MergeRow row, IReadOnlyList<MergeStepRow> steps)
    {
        var frame = Start("merge").Bytes(row.Id).Bytes(row.Gone).Bytes(row.Kept).Int64(row.At).Bytes(row.By)
            .Int64(row.Undone ?? -1).Bytes(row.UndoneBy ?? []).Int64(steps.Count);
        foreach (var step in steps)
        {
            frame.Bytes(step.Customer).Bytes(step.WasInto ?? []).Bytes(step.NowInto);
        }

        return Finish(frame);
    }

    /// <summary>An earlier value: which, whose, when and by which intake it came, and until when it stays.</summary>
    public byte[] Of(OldItemRow row, Compartment compartment) => Finish(Start(Compartments.CompartmentTables.OldItems(compartment))
        .Bytes(row.Record).Name(row.Item).Int64(row.Version).Bytes(row.Customer).Int64(row.At).Bytes(row.Intake).Int64(row.Until).Bytes(row.Sealed));

    /// <summary>
    /// A row that is found by its block: a search row, claim or import source. Cut to 128 bits, for there are many. The block changes with the
    /// epoch, and this MAC with it; it says nothing of the value that the block beside it does not say.
    /// </summary>
    public byte[] Of(PlacedBlock row) => Finish(Start(row.Table).Bytes(Encoding.UTF8.GetBytes(row.Item)).Bytes(row.Block).Int64(row.Epoch)
        .Bytes(row.Customer).Bytes(row.Record).Bytes(row.Entity ?? []))[..PlacedBlock.MacSize];

    /// <summary>For rows of the store's other folders; start the frame with <see cref="Start"/>.</summary>
    public byte[] Finish(FrameWriter frame) => mac.Mac(MacUse.ControlRow, frame.Written);

    /// <summary>A column that came later: rows from before it keep the MAC they have, and one that lost it has a wrong one.</summary>
    private static FrameWriter With(FrameWriter frame, byte[]? later) => later is null ? frame : frame.Bytes(later);

    public static FrameWriter Start(string table) => new FrameWriter().Name("strongroom-row-v1").Name(table);

    public bool IsRight(CustomerRow row) => Same(row.Mac, Of(row));

    public bool IsRight(RecordRow row) => Same(row.Mac, Of(row));

    public bool IsRight(PackRow row, Compartment compartment) => Same(row.Mac, Of(row, compartment));

    public bool IsRight(OldItemRow row, Compartment compartment) => Same(row.Mac, Of(row, compartment));

    public bool IsRight(PlacedBlock row, byte[] stored) => Same(stored, Of(row));

    public bool IsRight(MergeRow row, IReadOnlyList<MergeStepRow> steps) => Same(row.Mac, Of(row, steps));

    public bool IsRight(RelationRow row) => Same(row.Mac, Of(row));

    public static bool Same(byte[] stored, byte[] computed) => CryptographicOperations.FixedTimeEquals(stored, computed);
}

internal sealed class CustomerRow
{
    public byte[] Id { get; init; } = [];

    public string Kind { get; init; } = "";

    public byte[] Entity { get; init; } = [];

    public string State { get; set; } = "";

    public long Version { get; set; }

    public byte[]? MergedInto { get; set; }

    public byte[] Consents { get; set; } = [];

    /// <summary>Ids of the controlled lists that name this customer, ascending, 16 bytes each; null: none.</summary>
    public byte[]? Lists { get; set; }

    public long Created { get; init; }

    public byte[] Mac { get; set; } = [];

    public CustomerId CustomerId => CustomerId.From(Id);

    public LifeState LifeState => Kebab.Parse<LifeState>(State);
}

internal sealed class RecordRow
{
    public byte[] Id { get; init; } = [];

    public byte[] Customer { get; init; } = [];

    public string Type { get; init; } = "";

    public byte[] Entity { get; init; } = [];

    public string State { get; set; } = "";

    public long Version { get; set; }

    public long General { get; set; }

    public long Sensitive { get; set; }

    /// <summary>The unit that handles it; null: the head office.</summary>
    public byte[]? Unit { get; set; }

    /// <summary>Days since 0001-01-01 of the day it is about; null: it has none, and is as old as its intake.</summary>
    public long? Day { get; set; }

    public long Created { get; init; }

    public byte[] Mac { get; set; } = [];

    public LifeState LifeState => Kebab.Parse<LifeState>(State);

    public long PackVersion(Compartment compartment) => compartment == Compartment.General ? General : Sensitive;
}

internal sealed class PackRow
{
    public byte[] Record { get; init; } = [];

    public byte[] Customer { get; init; } = [];

    public long Version { get; set; }

    public byte[] Packed { get; set; } = [];

    public byte[] Mac { get; set; } = [];
}

/// <summary>An earlier value, kept sealed.</summary>
internal sealed class OldItemRow
{
    public byte[] Record { get; init; } = [];

    public string Item { get; init; } = "";

    public long Version { get; init; }

    public byte[] Customer { get; init; } = [];

    public long At { get; init; }

    public byte[] Intake { get; init; } = [];

    /// <summary>UTC milliseconds until which it is kept.</summary>
    public long Until { get; init; }

    public byte[] Sealed { get; init; } = [];

    public byte[] Mac { get; set; } = [];
}

/// <summary>Everything that places a search block, an identity claim or an import source, and by that its MAC.</summary>
/// <param name="Item">The search key's name; of a source, its system.</param>
/// <param name="Entity">The legal entity of a claim; null for the others.</param>
internal sealed record PlacedBlock(string Table, string Item, byte[] Block, long Epoch, byte[] Customer, byte[] Record, byte[]? Entity = null)
{
    /// <summary>Bytes.</summary>
    public const int MacSize = 16;
}

internal sealed class RelationRow
{
    public byte[] FromCustomer { get; init; } = [];

    public byte[] FromRecord { get; init; } = [];

    public byte[] ToCustomer { get; init; } = [];

    public byte[] ToRecord { get; init; } = [];

    public string Kind { get; init; } = "";

    public long Created { get; init; }

    public byte[] Mac { get; set; } = [];
}
