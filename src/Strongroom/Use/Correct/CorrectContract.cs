using Strongroom.Ground;
using Strongroom.Use.Contact;

namespace Strongroom.Use.Correct;

/// <summary>Corrections of a customer's values (R4, R117).</summary>
/// <param name="Changes">1–50; all are made, or none.</param>
/// <param name="Code">What the customer read out; of one change alone.</param>
internal sealed record CorrectRequest(
    IReadOnlyList<ItemChange> Changes,
    PurposeKey? Purpose = null,
    string? Ticket = null,
    ApprovalId? Grant = null,
    ServiceSessionId? Session = null,
    TypedCode? Code = null);

/// <param name="Version">The version seen in the view; 0 for an item the record does not have.</param>
/// <param name="Value">The new value; null removes the item.</param>
internal sealed record ItemChange(RecordId Record, ItemKey Item, int Version, string? Value = null);

/// <param name="Items">The new versions.</param>
internal sealed record CorrectAnswer(CustomerId Customer, IReadOnlyList<ItemVersion> Items, EntryId? Entry);

internal sealed record ItemVersion(RecordId Record, ItemKey Item, int Version);
