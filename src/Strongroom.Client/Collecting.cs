using System.Text.Json.Serialization;
using Strongroom.Client.Wire;

namespace Strongroom.Client;

/// <summary>
/// One submission to a form: what the customer gives, under which notice, with which consents. Item, purpose and form keys are those of
/// the installed packs (<c>GET /v1/forms</c>).
/// </summary>
public sealed record Submission
{
    /// <summary>The call or visit in which a person takes this in; never for systems.</summary>
    public ServiceSessionId? Session { get; init; }

    /// <summary>The rights request or case it belongs to; at most 128 characters.</summary>
    public string? Ticket { get; init; }

    /// <summary>The notice the customer was shown.</summary>
    public NoticeShown? Notice { get; init; }

    /// <summary>The registered channel this comes through: its id, or its kind (<c>website</c>) when this client has one channel of that kind.</summary>
    public string? Channel { get; init; }

    /// <summary>The customer being served, when he is on file.</summary>
    public CustomerId? Subject { get; init; }

    /// <summary>Where the record comes from in your system. With it, handing the same record in again is harmless, also after days.</summary>
    public SourceRecord? Source { get; init; }

    /// <summary>Item key → value: <c>["mobile"] = "139…"</c>.</summary>
    public IReadOnlyDictionary<string, PersonalValue>? Items { get; init; }

    public IReadOnlyList<ConsentSaid>? Consents { get; init; }

    /// <summary>Evidence of the submission as a whole, by kind: <c>form-number</c>, <c>recording</c>, <c>document-reader</c>.</summary>
    public IReadOnlyDictionary<string, PersonalValue>? Evidence { get; init; }

    /// <summary>Item key → record type, where an item fits several records of the form.</summary>
    public IReadOnlyDictionary<string, string>? Records { get; init; }

    public IReadOnlyList<RelationNamed>? Relations { get; init; }
}

/// <summary>A version of a notice.</summary>
public sealed record NoticeShown(string Key, int Version);

/// <summary>A record of another system.</summary>
/// <param name="Record">The other system's key of it, column by column.</param>
public sealed record SourceRecord(string System, IReadOnlyList<PersonalValue> Record);

/// <summary>How this customer stands to another one on file: <c>booked-for</c>, <c>guardian</c> and their like.</summary>
public sealed record RelationNamed(string Kind, CustomerId Customer);

/// <summary>What the customer said about one purpose. One consent names one purpose; boxes ticked beforehand are refused (PIPL 14, 16).</summary>
public sealed record ConsentSaid(string Purpose)
{
    /// <summary>Null or <see cref="ConsentState.Given"/>, or <see cref="ConsentState.Refused"/>.</summary>
    public ConsentState? State { get; init; }

    /// <summary>How it was said.</summary>
    public ConsentForm? Form { get; init; }

    /// <summary>Asked on its own, for <see cref="Items"/> (separate consent, PIPL 29).</summary>
    public bool Separate { get; init; }

    public IReadOnlyList<string>? Items { get; init; }

    public ConsentEvidence? Evidence { get; init; }

    /// <summary>UTC milliseconds at which it was said; null: now.</summary>
    public long? At { get; init; }

    /// <summary>UTC milliseconds at which it ends; null: when withdrawn.</summary>
    public long? Until { get; init; }

    /// <summary>Say so when the box was ticked beforehand; the server refuses it as no consent.</summary>
    public bool Prechecked { get; init; }

    /// <summary>Further purposes of a bundled consent; the server refuses it as no consent.</summary>
    public IReadOnlyList<string>? Purposes { get; init; }
}

/// <param name="Kind"><c>tick</c>, <c>signature</c>, <c>document</c> or <c>recording</c>.</param>
/// <param name="Reference">Number of the recording, document or event. Kept sealed.</param>
public sealed record ConsentEvidence(string Kind, PersonalValue Reference);

/// <summary>How consent was expressed.</summary>
[JsonConverter(typeof(StrictestEnum<ConsentForm>))]
public enum ConsentForm
{
    Ticked,
    Written,
    ESigned,
    RecordedVoice,
    Guardian,
}

/// <summary>State of one consent.</summary>
[JsonConverter(typeof(StrictestEnum<ConsentState>))]
public enum ConsentState
{
    Refused,
    Asked,
    Given,
    SeparateGiven,
    Withdrawn,
    Expired,
    Superseded,
    Acknowledged,
}

/// <summary>What became of a submission.</summary>
public abstract record Collected(CustomerId Customer)
{
    /// <summary>It was taken in, now or by an earlier try with the same idempotency key.</summary>
    public sealed record Taken(CollectAnswer Answer) : Collected(Answer.Customer);

    /// <summary>This source record was handed in before, through this channel; nothing was written.</summary>
    public sealed record Known(KnownAnswer Answer) : Collected(Answer.Customer);
}

/// <summary>What a submission made. It looks the same whether the person was on file or not.</summary>
/// <param name="Records">Bookings, stays and the like; the profile belongs to the customer and is not listed.</param>
/// <param name="Consents">By purpose, as this submission said it.</param>
public sealed record CollectAnswer(
    CustomerId Customer, IReadOnlyList<RecordMade> Records, ReceiptId Receipt, IReadOnlyDictionary<string, ConsentState> Consents, EntryId Entry);

public sealed record RecordMade(RecordId Id, string Type);

public sealed record KnownAnswer(CustomerId Customer, RecordId Record);

/// <summary>One line's result of a bulk.</summary>
[JsonConverter(typeof(StrictestEnum<BulkStatus>))]
public enum BulkStatus
{
    Rejected,
    Created,

    /// <summary>Its source record was handed in before.</summary>
    Known,
}

/// <param name="Line">From 1, in the order sent.</param>
public sealed record BulkResult(long Line, BulkStatus Status)
{
    public CustomerId? Customer { get; init; }

    public RecordId? Record { get; init; }

    public ReceiptId? Receipt { get; init; }

    /// <summary>Why it was rejected; null otherwise.</summary>
    public IReadOnlyList<FieldError>? Errors { get; init; }
}
