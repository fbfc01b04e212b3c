using Strongroom.Ground;

namespace Strongroom.Use.Files;

/// <summary>Why a sealed file is opened.</summary>
internal sealed record FileOpenRequest(PurposeKey? Purpose = null, string? Ticket = null, ApprovalId? Grant = null, ServiceSessionId? Session = null);

/// <summary>A file that took the place of an item's value.</summary>
internal sealed record FileAnswer(CustomerId Customer, FileId File, RecordId Record, ItemKey Item, int Version, EntryId? Entry);
