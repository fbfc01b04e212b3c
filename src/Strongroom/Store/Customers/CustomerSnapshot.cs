using System.Collections.Frozen;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Compartments;
using Strongroom.Store.Consent;

namespace Strongroom.Store.Customers;

/// <summary>What a reader needs of a customer. Compartments it does not name are not read at all.</summary>
/// <param name="Records">Only these records, or all when null.</param>
internal sealed record ReadScope(bool General, bool Sensitive, IReadOnlyCollection<RecordId>? Records = null)
{
    /// <summary>The customer and its records without any sealed value.</summary>
    public static ReadScope Outline { get; } = new(General: false, Sensitive: false);

    public static ReadScope Everything { get; } = new(General: true, Sensitive: true);
}

/// <summary>What a reading found wrong. Whoever gets one raises an alarm entry; the snapshot itself has already failed closed.</summary>
internal enum Fault
{
    /// <summary>The customer's row was not written by this system: its consents do not count and it reads as restricted.</summary>
    Customer,

    /// <summary>The record's row was not written by this system: it reads as restricted and its items are left out.</summary>
    Record,

    /// <summary>A pack of sealed values is missing, moved, put back or altered: its items are left out.</summary>
    Items,

    /// <summary>A search row was moved or altered: it names nobody.</summary>
    Search,

    /// <summary>An identity claim was moved or altered: nobody is taken for the customer it names.</summary>
    Claim,

    /// <summary>The note of an import source was moved or altered: the record it names is not taken for the source's.</summary>
    Source,
}

/// <param name="Record">The record concerned; null for the customer's own row.</param>
internal sealed record FaultFound(Fault Fault, CustomerId Customer, RecordId? Record);

/// <summary>A sealed value as it was read, with its provenance (R19).</summary>
/// <param name="At">UTC milliseconds at which the value was taken.</param>
internal sealed record SealedItem(ItemKey Key, int Version, Compartment Compartment, long At, IntakeId Intake, byte[] Sealed);

/// <summary>One record of one instant.</summary>
/// <param name="Owner">The customer under whose keys the values are sealed: after a merge it differs from the snapshot's id.</param>
/// <param name="State">The narrower of the record's own state and that of a merged owner.</param>
/// <param name="Created">UTC milliseconds.</param>
internal sealed record RecordSnapshot(
    RecordId Id,
    CustomerId Owner,
    RecordTypeKey Type,
    EntityId Entity,
    LifeState State,
    long Version,
    long Created,
    IReadOnlyList<SealedItem> Items)
{
    /// <summary>The unit that handles it; none: the head office.</summary>
    public UnitId Unit { get; init; }

    /// <summary>The day it is about; null: it has none.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>What to hand to the owner's keys to open a value.</summary>
    public SealScope ScopeOf(SealedItem item) =>
        new(new KeyOwner(Owner.Value), Id.Value, item.Key.Value, item.Version, item.Compartment);
}

/// <summary>A customer row at one version; <see cref="ICustomers.StillAsync"/> compares it at commit.</summary>
internal readonly record struct RowVersion(CustomerId Customer, long Version);

/// <summary>One instant's state of a customer and everything merged into it: consents, records, configuration epoch. Immutable and shared between readers.</summary>
/// <param name="Consents">As they count at the instant of reading: a passed term already reads as expired.</param>
/// <param name="MergedInto">Set when this customer was merged into another: read that one instead.</param>
/// <param name="Rows">Versions of this customer's row and of those merged into it.</param>
internal sealed record CustomerSnapshot(
    CustomerId Id,
    CustomerKind Kind,
    EntityId Entity,
    LifeState State,
    long Version,
    IReadOnlyDictionary<PurposeKey, ConsentNow> Consents,
    IReadOnlyList<RecordSnapshot> Records,
    long ConfigEpoch,
    CustomerId? MergedInto,
    IReadOnlyList<RowVersion> Rows,
    IReadOnlyList<FaultFound> Faults)
{
    /// <summary>The controlled lists that name this customer or one merged into him.</summary>
    public IReadOnlySet<CustomerListId> Lists { get; init; } = FrozenSet<CustomerListId>.Empty;

    /// <summary>All customers whose keys this snapshot needs.</summary>
    public IEnumerable<CustomerId> Owners => Rows.Select(row => row.Customer);
}
