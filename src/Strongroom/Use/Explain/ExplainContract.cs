using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Use.Explain;

/// <summary>What would be decided, without doing it.</summary>
/// <param name="Customer">Left out: an ordinary customer of the own company who agreed to everything.</param>
/// <param name="Person">Whose rights; the caller's own when left out.</param>
internal sealed record ExplainRequest(
    Act Act,
    PurposeKey? Purpose = null,
    CustomerId? Customer = null,
    IReadOnlyList<ItemKey>? Items = null,
    IReadOnlyList<ItemKey>? Clear = null,
    string? Ticket = null,
    ApprovalId? Grant = null,
    ServiceSessionId? Session = null,
    PersonId? Person = null);

/// <param name="Assumed">No customer was named, so an ordinary one who agreed to everything was assumed.</param>
/// <param name="Epoch">The configuration epoch of the rules.</param>
internal sealed record ExplainAnswer(DecisionView Decision, bool Assumed, long Epoch, EntryId Entry);
