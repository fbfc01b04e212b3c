using System.Collections.Frozen;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Compartments;
using Strongroom.Store.Customers;

namespace Strongroom.Use.Asking;

/// <summary>One value a customer has, as it was read: still sealed.</summary>
internal sealed record HeldItem(RecordSnapshot Record, SealedItem Value, ItemKnown Known)
{
    /// <summary>The values asked for, in the order of the records. Items the catalogue no longer knows are left out.</summary>
    /// <param name="records">Null: all.</param>
    /// <param name="items">Null: all.</param>
    public static IReadOnlyList<HeldItem> Of(CustomerSnapshot customer, Knowledge knowledge, IReadOnlySet<RecordId>? records, IReadOnlySet<ItemKey>? items) =>
        [.. from record in customer.Records
            where records?.Contains(record.Id) != false
            from item in record.Items
            where items?.Contains(item.Key) != false
            let known = knowledge.Item(item.Key)
            where known is not null
            select new HeldItem(record, item, known)];

    /// <summary>
    /// Values that lie with the sensitive ones although their level is lower belong to a child under 14: intake puts them there
    /// (PIPL 28). It shows only where the sensitive compartment was read.
    /// </summary>
    public static bool ShowsMinor(CustomerSnapshot customer, Knowledge knowledge) => customer.Records.Any(record => record.Items.Any(item =>
        item.Compartment == Compartment.Sensitive && knowledge.Item(item.Key) is { } known && known.Spec.Compartment == Compartment.General));

    /// <param name="collected">The purposes of the item's intake; null when it is unknown, and then it was collected for nothing.</param>
    public ItemFacts Facts(IReadOnlySet<PurposeKey>? collected, Knowledge knowledge, PurposeKey? purpose) => Known.Facts with
    {
        Record = Record.ToFacts() with { OfTheCustomer = knowledge.IsOfTheCustomer(Record.Type), Dated = knowledge.IsDated(Record.Type) },
        CollectedFor = collected ?? FrozenSet<PurposeKey>.Empty,
        Purposes = Record.State == LifeState.Archived && purpose is { } asked && !IsKeptFor(asked, knowledge)
            ? Known.Facts.Purposes.Where(other => other != asked).ToFrozenSet()
            : Known.Facts.Purposes,
    };

    /// <summary>A legal duty that names its items keeps only those (domain.md §2).</summary>
    private bool IsKeptFor(PurposeKey purpose, Knowledge knowledge) =>
        knowledge.Catalogue.Purpose(purpose) is not { DutyItems: { Count: > 0 } kept } || kept.Contains(Known.Definition.Key);
}
