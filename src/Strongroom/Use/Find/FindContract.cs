using Strongroom.Ground;

namespace Strongroom.Use.Find;

/// <summary>Whom to look for. Values stand in the body alone, never in an address or in the log.</summary>
/// <param name="Item">The item known of the customer.</param>
/// <param name="Value">Its value as typed.</param>
/// <param name="Purpose">Why; inherited from the service session when left out.</param>
/// <param name="Also">Further items that must match too.</param>
internal sealed record FindRequest(
    ItemKey Item,
    string Value,
    PurposeKey? Purpose = null,
    IReadOnlyList<FindAlso?>? Also = null,
    string? Ticket = null,
    ApprovalId? Grant = null,
    ServiceSessionId? Session = null);

internal sealed record FindAlso(ItemKey Item, string Value);

/// <param name="Customers">At most five; none looks the same as one.</param>
internal sealed record FindAnswer(IReadOnlyList<FoundCustomer> Customers, EntryId Entry);

internal sealed record FoundCustomer(CustomerId Id);
