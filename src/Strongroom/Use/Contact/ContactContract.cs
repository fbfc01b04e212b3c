using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Use.Correct;

namespace Strongroom.Use.Contact;

/// <summary>How a customer is reached without his number being shown.</summary>
[JsonConverter(typeof(KebabEnum<ContactWay>))]
internal enum ContactWay
{
    /// <summary>The company's telephone system calls the agent and connects him.</summary>
    Call,

    /// <summary>The company's messaging sends one of the fixed texts.</summary>
    Sms,
}

/// <summary>Which of the customer's numbers is used, and how. The number itself goes from here to the gateway and nowhere else.</summary>
/// <param name="Record">The record that holds the number.</param>
/// <param name="Text">Key of a text of <c>GET /v1/contact/ways</c>; for a message only.</param>
/// <param name="Locale">Language of the text, <c>zh</c> or <c>en</c>; that of whoever asks when left out.</param>
/// <param name="Purpose">Why; inherited from the service session when left out.</param>
/// <param name="Grant">An approval that covers this.</param>
internal sealed record ContactRequest(
    ContactWay By,
    RecordId Record,
    ItemKey Item,
    string? Text = null,
    string? Locale = null,
    PurposeKey? Purpose = null,
    string? Ticket = null,
    ApprovalId? Grant = null,
    ServiceSessionId? Session = null);

/// <summary>The gateway has taken it over. Whether somebody answers or reads is the gateway's knowledge.</summary>
internal sealed record ContactAnswer(CustomerId Customer, ContactWay By, ItemKey Item, EntryId Entry);

/// <param name="Ways">What this installation has a gateway for; empty: none is connected.</param>
internal sealed record ContactWaysView(IReadOnlyList<ContactWay> Ways, IReadOnlyList<ContactTextView> Texts);

/// <summary>Asks that the customer be sent a code, which confirms exactly this change of his number or exactly this look (domain.md §4, contact_change and cdr).</summary>
/// <param name="Change">As the correction will make it; the value is bound by a keyed digest and not kept.</param>
/// <param name="To">The number that gets the code, where the change replaces none; else it is the number that is replaced.</param>
/// <param name="View">As the view will ask for it; this or a change.</param>
/// <param name="Locale">Language of the message, <c>zh</c> or <c>en</c>; that of whoever asks when left out.</param>
internal sealed record ContactCodeRequest(
    ItemChange? Change = null,
    ContactCodeTarget? To = null,
    string? Locale = null,
    PurposeKey? Purpose = null,
    string? Ticket = null,
    ApprovalId? Grant = null,
    ServiceSessionId? Session = null,
    CodeView? View = null);

/// <summary>One item of one record, in clear once.</summary>
/// <param name="Month">The month (yyyy-MM) of a list of records, which is opened no further.</param>
internal sealed record CodeView(RecordId Record, ItemKey Item, string? Month = null);

internal sealed record ContactCodeTarget(RecordId Record, ItemKey Item);

/// <summary>The code is on its way to the customer; who asked for it does not see it.</summary>
/// <param name="Until">UTC milliseconds until which it is good, once.</param>
/// <param name="Tries">How often it may be typed.</param>
internal sealed record ContactCodeAnswer(ContactCodeId Code, ContactCodeTarget To, long Until, int Tries, EntryId Entry);

/// <summary>A code that the customer read out, with a correction of one value or a look at one item.</summary>
/// <param name="Code">Six digits.</param>
internal sealed record TypedCode(ContactCodeId Id, string Code);

internal sealed record ContactTextView(string Key, Bilingual Title, Bilingual Text);
