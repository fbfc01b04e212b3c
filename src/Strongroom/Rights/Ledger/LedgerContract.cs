using Strongroom.Ground;
using Strongroom.Spine.Audit;

namespace Strongroom.Rights.Ledger;

/// <summary>Who saw, changed or received a customer's information (PIPL 44–45; R117). Newest first.</summary>
/// <param name="Next">Pass as <c>after</c> for the next page; null at the end.</param>
/// <param name="Entry">The log entry of this reading.</param>
internal sealed record LedgerAnswer(CustomerId Customer, IReadOnlyList<LedgerLine> Lines, string? Next, EntryId Entry);

/// <summary>One act. It shows post and unit, never who held them.</summary>
/// <param name="At">UTC milliseconds.</param>
/// <param name="By">Kind of whoever acted.</param>
/// <param name="Posts">Posts held then; empty for systems and the customer himself.</param>
/// <param name="System">Name of the business system, when it was one.</param>
/// <param name="Clear">Those of the items that were shown in full.</param>
internal sealed record LedgerLine(
    EntryId Id,
    long At,
    string Act,
    LogActorKind By,
    IReadOnlyList<LedgerPost> Posts,
    string? System,
    PurposeKey? Purpose,
    IReadOnlyList<ItemKey> Items,
    IReadOnlyList<ItemKey> Clear,
    Verdict? Decision,
    long Count);

/// <param name="Unit">Name of the unit.</param>
internal sealed record LedgerPost(PostKey Post, string? Unit);
