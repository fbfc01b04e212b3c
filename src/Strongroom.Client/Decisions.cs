using System.Text.Json.Serialization;
using Strongroom.Client.Wire;

namespace Strongroom.Client;

// Enums put the strictest member first: a name that this version does not know reads as it, so a newer server is never misread as kinder.

/// <summary>The answer of the one decision.</summary>
[JsonConverter(typeof(StrictestEnum<Verdict>))]
public enum Verdict
{
    Deny,
    Needs,
    Permit,
}

/// <summary>How one item left the decision.</summary>
[JsonConverter(typeof(StrictestEnum<Shown>))]
public enum Shown
{
    Withheld,
    Masked,
    Clear,
}

/// <summary>What would let a needing act go on.</summary>
[JsonConverter(typeof(StrictestEnum<NeedKind>))]
public enum NeedKind
{
    /// <summary>Something this version of the client has no name for; the reasons say it in words.</summary>
    [NotOnTheWire]
    Other,

    /// <summary>State a purpose.</summary>
    Purpose,

    /// <summary>The customer's consent.</summary>
    Consent,

    /// <summary>A second factor at sign-in.</summary>
    SecondFactor,

    /// <summary>Prove yourself again now.</summary>
    StepUp,

    /// <summary>The reference of a ticket.</summary>
    Ticket,

    /// <summary>Somebody else's approval.</summary>
    Approval,

    /// <summary>A duty, such as training.</summary>
    Duty,

    /// <summary>A verified caller.</summary>
    Caller,
}

/// <summary>Life state of a customer or record.</summary>
[JsonConverter(typeof(StrictestEnum<LifeState>))]
public enum LifeState
{
    Destroyed,
    Archived,
    Restricted,
    Active,
}

/// <summary>A customer is a person or an organisation.</summary>
[JsonConverter(typeof(StrictestEnum<CustomerKind>))]
public enum CustomerKind
{
    Person,
    Organisation,
}

/// <summary>A text in both languages.</summary>
public sealed record Bilingual(string Zh, string En);

/// <summary>Why an answer is what it is.</summary>
/// <param name="Fix">Label of the one action that helps; null when nothing but another request would.</param>
public sealed record Reason(string Code, string Zh, string En, Bilingual? Fix = null);

/// <summary>One thing to bring.</summary>
/// <param name="How">The way as a stable name: the purpose to consent to, the duty to fulfil, the approval scene.</param>
public sealed record Need(NeedKind What, string How);

/// <param name="Needs">What would have to be brought; empty unless <paramref name="Overall"/> is <see cref="Verdict.Needs"/>.</param>
/// <param name="Items">By item key.</param>
public sealed record Decision(Verdict Overall, IReadOnlyList<Need> Needs, IReadOnlyList<Reason> Reasons, IReadOnlyDictionary<string, ItemDecision> Items);

/// <param name="Reasons">Codes; their sentences stand in the decision's reasons.</param>
public sealed record ItemDecision(Shown Shown, IReadOnlyList<string> Reasons);

/// <summary>What an actor does to customer information.</summary>
[JsonConverter(typeof(StrictestEnum<Act>))]
public enum Act
{
    Administer,
    View,
    Find,
    Add,
    Import,
    Correct,
    Contact,
    Compare,
    Export,
    Print,
    Transfer,
    Share,
    Destroy,

    /// <summary>Recording what the customer agrees to.</summary>
    Consent,

    /// <summary>Taking an agreement back, which is as easy as giving it (PIPL art. 15).</summary>
    Withdraw,

    /// <summary>Reading consent receipts.</summary>
    Receipts,
}

/// <summary>Asks for the decision without the act: would this be permitted, and if not, why?</summary>
public sealed record ExplainRequest(Act Act)
{
    public CustomerId? Customer { get; init; }

    /// <summary>Key of the purpose, such as <c>fulfil</c>.</summary>
    public string? Purpose { get; init; }

    /// <summary>Item keys; null: every item the customer has.</summary>
    public IReadOnlyList<string>? Items { get; init; }

    /// <summary>Those of the items that would be needed in full.</summary>
    public IReadOnlyList<string>? Clear { get; init; }

    /// <summary>Whether a ticket would be named.</summary>
    public bool Ticket { get; init; }

    /// <summary>Whose decision; null: one's own. A client may ask for itself only.</summary>
    public PersonId? Person { get; init; }

    /// <summary>From which network zone; null: from where the question comes.</summary>
    public string? Zone { get; init; }
}

/// <param name="Entry">The log entry of the question.</param>
public sealed record ExplainAnswer(Decision Decision, EntryId? Entry = null);
