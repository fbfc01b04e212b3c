using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

/// <summary>Whose record it may be.</summary>
internal enum RecordHolder
{
    Person,
    Organisation,
    Any,
}

/// <summary>A kind of record a customer has any number of, with its own items, events and retention clock.</summary>
/// <param name="Ends">The events that may start a retention term of its items.</param>
/// <param name="DatedBy">The item whose value says on which day it happened (<see cref="RecordDays"/>); null: records of this kind have no day.</param>
internal sealed record RecordType(
    RecordTypeKey Key, Bilingual Title, RecordHolder Holder, Listed<RetentionEvent> Ends, Listed<ItemKey> Items, ItemKey? DatedBy = null);

/// <summary>Who stands to whom: booked-for, companion, guardian … Never a reason to merge two people.</summary>
internal sealed record RelationDefinition(string Key, Bilingual Title);
