using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Use.Contact;

namespace Strongroom.Use.View;

/// <summary>What to show of a customer.</summary>
/// <param name="Purpose">Why; inherited from the service session when left out.</param>
/// <param name="Records">Only these records; all when left out.</param>
/// <param name="Items">Only these items; all when left out.</param>
/// <param name="Clear">Those of the items that are needed in full; the rest is masked.</param>
/// <param name="Ticket">Reference of the ticket worked on.</param>
/// <param name="Grant">An approval that covers this.</param>
/// <param name="Session">The service session in which this happens.</param>
/// <param name="Month">Of lists of records only the entries of this month (yyyy-MM); all when left out.</param>
/// <param name="Code">What the customer read out; of one item of one record alone.</param>
internal sealed record ViewRequest(
    PurposeKey? Purpose = null,
    IReadOnlyList<RecordId>? Records = null,
    IReadOnlyList<ItemKey>? Items = null,
    IReadOnlyList<ItemKey>? Clear = null,
    string? Ticket = null,
    ApprovalId? Grant = null,
    ServiceSessionId? Session = null,
    string? Month = null,
    TypedCode? Code = null);

/// <summary>The same for up to 100 customers.</summary>
internal sealed record ViewManyRequest(
    IReadOnlyList<CustomerId> Ids,
    PurposeKey? Purpose = null,
    IReadOnlyList<ItemKey>? Items = null,
    IReadOnlyList<ItemKey>? Clear = null,
    string? Ticket = null,
    ApprovalId? Grant = null);

/// <param name="Customer">Differs from the one asked for when that was merged into it.</param>
/// <param name="Entry">The log entry of this view.</param>
internal sealed record ViewAnswer(
    CustomerId Customer, CustomerKind Kind, LifeState State, IReadOnlyList<ViewedRecord> Records, DecisionView Decision, EntryId Entry);

internal sealed record ViewedRecord(RecordId Id, RecordTypeKey Type, LifeState State, IReadOnlyDictionary<ItemKey, ViewedItem> Items);

/// <summary>One item as it may be seen.</summary>
/// <param name="Value">Clear or masked text; absent when withheld.</param>
/// <param name="Version">Name it when correcting.</param>
/// <param name="Reasons">Codes; their sentences stand in the decision.</param>
internal sealed record ViewedItem(string? Value, Shown Shown, Level Level, int Version, IReadOnlyList<string> Reasons);

/// <param name="Customers">In the order asked.</param>
/// <param name="Entry">The log entry of the batch; each customer has one of his own.</param>
internal sealed record ViewManyAnswer(IReadOnlyList<ViewManyLine> Customers, EntryId Entry);

/// <summary>One customer of a batch: either shown or refused.</summary>
internal sealed record ViewManyLine(CustomerId Id, ViewAnswer? Shown, ViewManyRefusal? Refused);

internal sealed record ViewManyRefusal(string Code, string Zh, string En, IReadOnlyList<string> Reasons);
