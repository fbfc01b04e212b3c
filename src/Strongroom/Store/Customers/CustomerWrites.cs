using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Compartments;
using Strongroom.Store.Search;

namespace Strongroom.Store.Customers;

/// <summary>How a customer or record stands to another (domain.md, first rule).</summary>
[JsonConverter(typeof(KebabEnum<RelationKind>))]
internal enum RelationKind
{
    BookedFor,
    Companion,
    Guardian,
    AccountHolder,
    ActualUser,
    Handler,
    OrgContact,
}

/// <param name="FromRecord">Null: the customer as a whole.</param>
internal sealed record Relation(CustomerId From, RecordId? FromRecord, CustomerId To, RecordId? ToRecord, RelationKind Kind);

/// <param name="Created">UTC milliseconds.</param>
internal sealed record NewCustomer(CustomerId Id, CustomerKind Kind, EntityId Entity, long Created);

/// <summary>A value sealed for exactly this place. <see cref="ItemSealer"/> makes them.</summary>
internal sealed record NewItem(ItemKey Key, int Version, Compartment Compartment, long At, IntakeId Intake, byte[] Sealed);

/// <summary>A row of the search tables to be written.</summary>
internal sealed record NewBlock(SearchKeyName Key, Compartment Compartment, SearchBlock Block);

/// <summary>An identity-proving value: its block in every epoch that a look-up must try, open epoch first.</summary>
internal sealed record NewClaim(SearchKeyName Key, IReadOnlyList<SearchBlock> Blocks);

/// <summary>Where an imported record comes from: the block of system and source key in every epoch that a look-up must try, open epoch
/// first, for a source key may itself be personal. <see cref="ItemSealer.Source"/> makes it.</summary>
internal sealed record NewSource(string System, IReadOnlyList<SearchBlock> Blocks)
{
    /// <summary>The search key of all sources; no item of a catalogue can have this name.</summary>
    public const string SearchKey = "/record-source";

    public SearchBlock Open => Blocks[0];
}

internal sealed record NewRecord(
    CustomerId Customer,
    RecordId Id,
    RecordTypeKey Type,
    EntityId Entity,
    long Created,
    IReadOnlyList<NewItem> Items,
    IReadOnlyList<NewBlock> Blocks,
    IReadOnlyList<NewClaim> Claims,
    NewSource? Source = null)
{
    /// <summary>The unit that handles it, by the channel it came in through; none: the head office.</summary>
    public UnitId Unit { get; init; }

    /// <summary>The day it is about; null: it has none.</summary>
    public DateOnly? Day { get; init; }
}

/// <summary>One changed, added or removed value.</summary>
/// <param name="Expected">The version the corrector saw; 0 for an item that the record does not have.</param>
/// <param name="New">Sealed at version <c>Expected + 1</c>, or null to remove the value.</param>
/// <param name="KeepOldUntil">UTC milliseconds until which the earlier value stays, sealed; null: it goes at once.</param>
internal sealed record CorrectedItem(ItemKey Key, Compartment Compartment, int Expected, NewItem? New, long? KeepOldUntil);

/// <param name="SearchKeys">The search keys whose rows are replaced by <paramref name="Blocks"/> (a combined key when any of its parts changed).</param>
internal sealed record Correction(
    CustomerId Customer,
    RecordId Record,
    IReadOnlyList<CorrectedItem> Items,
    IReadOnlyList<SearchKeyName> SearchKeys,
    IReadOnlyList<NewBlock> Blocks,
    IReadOnlyList<NewClaim> Claims)
{
    /// <summary>The day of the new value that dates the record, where that is among the changed; the record keeps the earlier of the two.</summary>
    public DateOnly? Day { get; init; }
}

/// <summary>What became of a write. Everything but <see cref="Done"/> means: roll back, nothing of this may stay.</summary>
internal abstract record WriteOutcome
{
    private WriteOutcome()
    {
    }

    /// <param name="Version">New version of the row.</param>
    /// <param name="Digest">The row's MAC, for the log entry of the change: it says nothing without the key.</param>
    public sealed record Done(long Version, byte[] Digest) : WriteOutcome;

    /// <summary>There is no such customer or record, or it is destroyed, or it was altered behind the system's back.</summary>
    public sealed record NotThere : WriteOutcome;

    /// <summary>Its state does not allow this.</summary>
    public sealed record WrongState(LifeState State) : WriteOutcome;

    /// <summary>Somebody else changed it first; read again.</summary>
    public sealed record Stale : WriteOutcome;

    /// <summary>An identity-proving value already belongs to another customer.</summary>
    public sealed record ClaimTaken(SearchKeyName Key, CustomerId Owner) : WriteOutcome;

    /// <summary>This source record was taken in before.</summary>
    public sealed record SourceKnown(CustomerId Customer, RecordId Record) : WriteOutcome;

    /// <summary>The search blocks are of an epoch that is no longer open: make them again.</summary>
    public sealed record EpochMoved : WriteOutcome;
}

/// <summary>Rolls the transaction back: a write was refused. Carries the outcome to the caller, no values.</summary>
internal sealed class WriteRefusedException(WriteOutcome outcome) : Exception($"The store refused the write: {outcome.GetType().Name}.")
{
    public WriteOutcome Outcome { get; } = outcome;
}

internal static class WriteOutcomes
{
    /// <summary>The done write, or an exception that undoes the whole transaction: nothing of a refused write may stay.</summary>
    /// <exception cref="WriteRefusedException">The outcome is any other.</exception>
    public static WriteOutcome.Done OrUndo(this WriteOutcome outcome) => outcome as WriteOutcome.Done ?? throw new WriteRefusedException(outcome);
}
