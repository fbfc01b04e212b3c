using System.Text.Json.Serialization;
using Strongroom.Client.Wire;

namespace Strongroom.Client;

/// <summary>Whom to look for. The value travels in the body alone.</summary>
/// <param name="Item">Key of the item known of the customer, such as <c>mobile</c>.</param>
public sealed record FindRequest(string Item, PersonalValue Value)
{
    /// <summary>Why; inherited from the service session when left out.</summary>
    public string? Purpose { get; init; }

    /// <summary>Further items that must match too.</summary>
    public IReadOnlyList<FindAlso>? Also { get; init; }

    /// <summary>Reference of the ticket worked on.</summary>
    public PersonalValue? Ticket { get; init; }

    public ApprovalId? Grant { get; init; }

    public ServiceSessionId? Session { get; init; }
}

public sealed record FindAlso(string Item, PersonalValue Value);

/// <param name="Customers">At most five; none looks the same as one.</param>
public sealed record FindAnswer(IReadOnlyList<FoundCustomer> Customers, EntryId Entry);

public sealed record FoundCustomer(CustomerId Id);

/// <summary>What to show of a customer.</summary>
public sealed record ViewRequest
{
    /// <summary>Why; inherited from the service session when left out.</summary>
    public string? Purpose { get; init; }

    /// <summary>Only these records; all when left out.</summary>
    public IReadOnlyList<RecordId>? Records { get; init; }

    /// <summary>Only these items; all when left out.</summary>
    public IReadOnlyList<string>? Items { get; init; }

    /// <summary>Those of the items that are needed in full; the rest is masked.</summary>
    public IReadOnlyList<string>? Clear { get; init; }

    /// <summary>Reference of the ticket worked on.</summary>
    public PersonalValue? Ticket { get; init; }

    /// <summary>An approval that covers this.</summary>
    public ApprovalId? Grant { get; init; }

    public ServiceSessionId? Session { get; init; }

    /// <summary>Of lists of records only the entries of this month (yyyy-MM); all when left out.</summary>
    public string? Month { get; init; }

    /// <summary>A code that the customer read out to a person at a desk; of one item of one record alone.</summary>
    public TypedCode? Code { get; init; }
}

/// <summary>The same for up to 100 customers, each decided on his own.</summary>
public sealed record ViewManyRequest(IReadOnlyList<CustomerId> Ids)
{
    public string? Purpose { get; init; }

    public IReadOnlyList<string>? Items { get; init; }

    public IReadOnlyList<string>? Clear { get; init; }

    public PersonalValue? Ticket { get; init; }

    public ApprovalId? Grant { get; init; }
}

/// <param name="Customer">Differs from the one asked for when that was merged into it.</param>
/// <param name="Entry">The log entry of this view.</param>
public sealed record ViewAnswer(
    CustomerId Customer, CustomerKind Kind, LifeState State, IReadOnlyList<ViewedRecord> Records, Decision Decision, EntryId Entry)
{
    /// <summary>The item of the first record that has it; null when none has.</summary>
    public ViewedItem? Item(string key) => Records.Select(record => record.Items.GetValueOrDefault(key)).FirstOrDefault(item => item is not null);
}

/// <param name="Type">Key of the record type: <c>profile</c>, <c>booking</c> …</param>
/// <param name="Items">By item key.</param>
public sealed record ViewedRecord(RecordId Id, string Type, LifeState State, IReadOnlyDictionary<string, ViewedItem> Items);

/// <summary>One item as it may be seen.</summary>
/// <param name="Value">Clear or masked text; null when withheld.</param>
/// <param name="Level">Protection level, 1 (low) to 4 (critical).</param>
/// <param name="Version">Name it when correcting.</param>
/// <param name="Reasons">Codes; their sentences stand in the decision.</param>
public sealed record ViewedItem(Shown Shown, int Level, int Version, IReadOnlyList<string> Reasons, PersonalValue? Value = null);

/// <param name="Customers">In the order asked.</param>
/// <param name="Entry">The log entry of the batch; each customer has one of his own.</param>
public sealed record ViewManyAnswer(IReadOnlyList<ViewManyLine> Customers, EntryId Entry);

/// <summary>One customer of a batch: either shown or refused.</summary>
public sealed record ViewManyLine(CustomerId Id, ViewAnswer? Shown = null, ViewManyRefusal? Refused = null);

public sealed record ViewManyRefusal(string Code, string Zh, string En, IReadOnlyList<string> Reasons);

/// <summary>Which part of a value is compared.</summary>
[JsonConverter(typeof(StrictestEnum<ComparePart>))]
public enum ComparePart
{
    /// <summary>All of it, in any spelling.</summary>
    Whole,

    /// <summary>The last four letters or digits.</summary>
    [JsonStringEnumMemberName("last-4")]
    Last4,

    /// <summary>Origin and destination of one leg of a journey, for example <c>PEK-CAN</c>.</summary>
    Route,
}

/// <param name="Value">What the caller says.</param>
public sealed record Said(PersonalValue Value, ComparePart Part = ComparePart.Whole);

/// <summary>What a caller says, to be compared without showing anything.</summary>
/// <param name="Items">By item key.</param>
public sealed record CompareRequest(IReadOnlyDictionary<string, Said> Items)
{
    public string? Purpose { get; init; }

    public PersonalValue? Ticket { get; init; }

    public ServiceSessionId? Session { get; init; }
}

/// <summary>Whether what was said is what is on file. "No" also stands for an item that is not on file.</summary>
[JsonConverter(typeof(StrictestEnum<Match>))]
public enum Match
{
    NoMatch,
    Match,
}

/// <param name="Tries">How many tries are left.</param>
public sealed record CompareAnswer(CustomerId Customer, IReadOnlyDictionary<string, Match> Items, int Tries, EntryId Entry);

/// <summary>Corrections of a customer's values: all are made, or none.</summary>
/// <param name="Changes">1–50.</param>
public sealed record CorrectRequest(IReadOnlyList<ItemChange> Changes)
{
    public string? Purpose { get; init; }

    public PersonalValue? Ticket { get; init; }

    public ApprovalId? Grant { get; init; }

    public ServiceSessionId? Session { get; init; }

    /// <summary>A code that the customer read out to a person at a desk; of one change alone.</summary>
    public TypedCode? Code { get; init; }
}

/// <param name="Code">Six digits.</param>
public sealed record TypedCode(ContactCodeId Id, PersonalValue Code);

/// <param name="Version">The version seen in the view; 0 for an item the record does not have.</param>
/// <param name="Value">The new value; null removes the item.</param>
public sealed record ItemChange(RecordId Record, string Item, int Version, PersonalValue? Value = null);

/// <param name="Items">The new versions.</param>
/// <param name="Entry">Null when an earlier try with the same idempotency key had done it.</param>
public sealed record CorrectAnswer(CustomerId Customer, IReadOnlyList<ItemVersion> Items, EntryId? Entry = null);

public sealed record ItemVersion(RecordId Record, string Item, int Version);
