using System.Text.Json.Serialization;
using Strongroom.Client.Wire;

namespace Strongroom.Client;

/// <summary>Consents said without handing anything in: asked later, renewed, refused.</summary>
/// <param name="Form">Key of the form that asks for them.</param>
/// <param name="Channel">As in <see cref="Submission.Channel"/>.</param>
public sealed record ConsentsRequest(string Form, string? Channel, NoticeShown? Notice, IReadOnlyList<ConsentSaid>? Consents)
{
    /// <summary>The call or visit being served; needed by posts that serve one customer at a time, never by systems.</summary>
    public ServiceSessionId? Session { get; init; }

    /// <summary>The rights request or case it belongs to; at most 128 characters.</summary>
    public string? Ticket { get; init; }
}

/// <param name="Consents">By purpose.</param>
public sealed record ConsentsAnswer(CustomerId Customer, ReceiptId Receipt, IReadOnlyDictionary<string, ConsentState> Consents, EntryId Entry);

/// <summary>What withdrawing means: what ends, and what stays by which rule and until when (PIPL 15, 47). Tell it to the customer.</summary>
/// <param name="Ends">Items that no other purpose carries: they leave by the catalogue's term.</param>
public sealed record WithdrawAnswer(
    CustomerId Customer, string Purpose, ConsentState State, ReceiptId Receipt, IReadOnlyList<string> Ends, IReadOnlyList<Stay> Stays, EntryId Entry);

/// <summary>One purpose that goes on, with the law or contract it rests on.</summary>
public sealed record Stay(
    string Purpose, string Zh, string En, IReadOnlyList<LegalBasis> Bases, IReadOnlyList<StayLaw> Laws, IReadOnlyList<string> Items, IReadOnlyList<StayTerm> Until);

public sealed record StayLaw(string Zh, string En, string Article);

/// <param name="After">The event the term counts from.</param>
/// <param name="Term">Such as <c>3y</c>, <c>30d</c>.</param>
public sealed record StayTerm(string After, string Term);

/// <summary>Legal basis: PIPL 13(1)–(7).</summary>
[JsonConverter(typeof(StrictestEnum<LegalBasis>))]
public enum LegalBasis
{
    Consent,
    Contract,
    LegalDuty,
    VitalInterest,
    NewsReporting,
    AlreadyPublic,
    OtherLaw,
}

public sealed record ReceiptsAnswer(CustomerId Customer, IReadOnlyList<ReceiptLine> Receipts);

/// <param name="At">UTC milliseconds.</param>
/// <param name="Consents">By purpose.</param>
public sealed record ReceiptLine(ReceiptId Receipt, long At, IReadOnlyDictionary<string, ConsentState> Consents);
