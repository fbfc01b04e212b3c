using Strongroom.Ground;
using Strongroom.Ground.Identifiers;

namespace Strongroom.Store.Catalogue;

/// <summary>
/// The day of a record, by the item that its kind is dated by. It is kept beside the sealed values, so that the decision can tell an old journey
/// from a new one without opening any (R41). Pure.
/// </summary>
internal static class RecordDays
{
    /// <summary>The item whose value is the record's day; null: the kind has none, and its records are as old as their intake.</summary>
    public static ItemKey? ItemOf(InformationCatalogue catalogue, RecordTypeKey type) => catalogue.Record(type)?.DatedBy;

    /// <summary>Null: the record has no such value.</summary>
    public static DateOnly? Of(InformationCatalogue catalogue, RecordTypeKey type, IEnumerable<(ItemKey Item, string Value)> values)
    {
        foreach (var (item, value) in values)
        {
            if (item == ItemOf(catalogue, type))
            {
                return Of(catalogue, item, value);
            }
        }

        return null;
    }

    public static DateOnly Of(InformationCatalogue catalogue, ItemKey item, string value) =>
        catalogue.Item(item) is { } definition ? EventDay.Of(definition.Kind, value) : EventDay.Unreadable;
}
