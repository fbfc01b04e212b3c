using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Spine.Access;

/// <summary>What would let a needing act go on.</summary>
[JsonConverter(typeof(KebabEnum<NeedKind>))]
public enum NeedKind
{
    Purpose,
    Consent,
    SecondFactor,
    StepUp,
    Ticket,
    Approval,
    Duty,
    Caller,
}

/// <summary>One thing to bring.</summary>
/// <param name="How">The way as a stable name: the purpose to consent to, the duty to fulfil, the act to
/// ask approval for (the vault scene such as <c>id_image</c>, else <c>use.view</c> …, or <c>authorisation</c> for a standing one), the factor.
/// An approval of <c>unverified_reveal</c> stands in for the caller's verification that is named beside it. The sentence for people is the reason's.</param>
public sealed record Need(NeedKind What, string How);

/// <summary>How one item of one record leaves the decision.</summary>
/// <param name="Record">Null when the question names no record (find, add).</param>
public sealed record ItemDecision(RecordId? Record, ItemKey Item, Shown Shown, IReadOnlyList<Reason> Reasons);

/// <summary>
/// The answer of the one decision. Only <see cref="Shows"/> says what may leave: <see cref="Items"/> of a decision that
/// needs something tell what would be shown if the wishes that need it were dropped.
/// </summary>
public sealed class Decision
{
    private readonly Dictionary<(RecordId?, ItemKey), ItemDecision> byItem;

    internal Decision(
        Verdict overall,
        IReadOnlyList<Need> needs,
        IReadOnlyList<Reason> reasons,
        IReadOnlyList<ItemDecision> items,
        IReadOnlyList<AuthorisationId> authorisations,
        ApprovalId? approval,
        bool notFound)
    {
        (Overall, Needs, Reasons, Items, Authorisations, Approval, NotFound) = (overall, needs, reasons, items, authorisations, approval, notFound);
        byItem = new(items.Count);
        foreach (var item in items)
        {
            byItem[(item.Record, item.Item)] = item;
        }
    }

    public Verdict Overall { get; }

    public bool IsPermit => Overall == Verdict.Permit;

    public IReadOnlyList<Need> Needs { get; }

    /// <summary>Every reason met, those of items included, the heaviest first; each once.</summary>
    public IReadOnlyList<Reason> Reasons { get; }

    public IReadOnlyList<ItemDecision> Items { get; }

    /// <summary>The standing use authorisations this decision rests on; the log entry cites them (R45, R46).</summary>
    public IReadOnlyList<AuthorisationId> Authorisations { get; }

    /// <summary>The approval without which the answer would have been less; whoever carries the act out consumes it with its entry.</summary>
    public ApprovalId? Approval { get; }

    /// <summary>Unknown, destroyed and out-of-scope customers: the answer outside is the same 404; <see cref="Reasons"/> is for the log alone.</summary>
    public bool NotFound { get; }

    /// <summary>What may leave for this item: nothing unless the whole act is permitted and the item was asked for.</summary>
    public Shown Shows(RecordId? record, ItemKey item) =>
        IsPermit && byItem.TryGetValue((record, item), out var decided) ? decided.Shown : Shown.Withheld;

    public ItemDecision? Of(RecordId? record, ItemKey item) => byItem.GetValueOrDefault((record, item));

    /// <summary>Codes for the log header.</summary>
    public IEnumerable<string> ReasonCodes => Reasons.Select(reason => reason.Code);

    /// <summary>The JSON shape (architecture.md, Shapes). Items of several records with one key answer with the least shown.</summary>
    public DecisionView ToView() => new(
        Overall,
        Needs,
        NotFound ? [Access.Reasons.CustomerUnknown] : Reasons,
        NotFound
            ? []
            : Items.GroupBy(item => item.Item).ToDictionary(
                group => group.Key,
                group => new ItemView(
                    IsPermit ? group.Max(item => item.Shown) : Shown.Withheld,
                    [.. group.SelectMany(item => item.Reasons).Select(reason => reason.Code).Distinct()])));

    /// <summary>403 <c>access.needs</c> or <c>access.denied</c>, 404, 429 or 503. Not for a permitted act.</summary>
    public Problem ToProblem()
    {
        if (NotFound)
        {
            return Problem.Of(Access.Reasons.CustomerUnknown);
        }

        if (Overall == Verdict.Needs)
        {
            return Problem.Of(Access.Reasons.AccessNeeds) with { Reasons = Reasons, Needs = Needs };
        }

        // A quota or a rule set that did not load is not a refusal of this person: it keeps its own status.
        var lead = Reasons.FirstOrDefault(reason => reason.Status is 429 or 503);
        return Problem.Of(lead ?? Access.Reasons.AccessDenied) with { Reasons = Reasons };
    }
}

/// <summary><c>{ overall, needs: [{what,how}], reasons: [{code,zh,en,fix?}], items: { key: {shown, reasons: [code]} } }</c></summary>
public sealed record DecisionView(
    Verdict Overall,
    IReadOnlyList<Need> Needs,
    IReadOnlyList<Reason> Reasons,
    IReadOnlyDictionary<ItemKey, ItemView> Items);

/// <summary>One item of a <see cref="DecisionView"/>; the sentences of its codes stand in the decision's reasons.</summary>
public sealed record ItemView(Shown Shown, IReadOnlyList<string> Reasons);
