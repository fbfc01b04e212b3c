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

    /// <summary>
    /// The day that counts once the dating value was corrected: the earlier of the two. One person alone cannot make an old journey new, neither by another
    /// date nor by taking the value away and writing it again. A first date counts from the intake at the latest.
    /// </summary>
    /// <param name="taken">UTC milliseconds at which the record was taken in.</param>
    public static DateOnly Corrected(DateOnly? before, DateOnly after, long taken)
    {
        var known = before ?? DateOnly.FromDateTime(Instants.At(taken).UtcDateTime);
        return after < known ? after : known;
    }

    public static DateOnly Of(InformationCatalogue catalogue, ItemKey item, string value) =>
        catalogue.Item(item) is { } definition ? EventDay.Of(definition.Kind, value) : EventDay.Unreadable;
}
