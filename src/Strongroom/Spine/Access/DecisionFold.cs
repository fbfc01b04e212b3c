using Strongroom.Ground;

namespace Strongroom.Spine.Access;

/// <summary>What one rule found. No finding means: nothing to object.</summary>
/// <param name="Most">For an item: the most that may be shown of it.</param>
/// <param name="Ends">Rules that follow cannot be asked.</param>
/// <param name="NotFound">Refused so that the customer's existence is not told.</param>
internal sealed record Finding(Verdict Verdict, Reason? Reason, Need? Need, Shown Most, bool Ends, bool NotFound)
{
    /// <summary>What is needed besides <see cref="Need"/>, by a rule about the act.</summary>
    public IReadOnlyList<Need> Also { get; init; } = [];

    public static Finding Deny(Reason reason) => new(Verdict.Deny, reason, null, Shown.Withheld, Ends: true, NotFound: false);

    public static Finding Hide(Reason reason) => new(Verdict.Deny, reason, null, Shown.Withheld, Ends: true, NotFound: true);

    /// <summary>Goes on once the need is met; until then at most <paramref name="most"/> of the item.</summary>
    public static Finding Needs(Reason reason, NeedKind what, string how, Shown most = Shown.Masked, bool ends = false) =>
        new(Verdict.Needs, reason, new Need(what, how), most, ends, NotFound: false);

    /// <summary>The item is shown less, and the act goes on.</summary>
    public static Finding Cap(Shown most, Reason? reason) => new(Verdict.Permit, reason, null, most, Ends: false, NotFound: false);
}

/// <summary>Weighs findings: deny outranks needs, needs outranks permit; for an item the least shown wins. Knows no rule.</summary>
internal sealed class DecisionFold(AccessCase asked)
{
    private readonly List<Need> needs = [];
    private readonly List<Reason> denials = [];
    private readonly List<Reason> missing = [];
    private readonly List<Reason> remarks = [];
    private readonly List<Line> lines = [];
    private bool notFound;
    private bool actIsBlocked;

    public void Act(Finding finding)
    {
        notFound |= finding.NotFound;
        actIsBlocked = true;
        (finding.Verdict == Verdict.Deny ? denials : missing).Add(finding.Reason!);
        if (finding.Need is { } need)
        {
            needs.Add(need);
            needs.AddRange(finding.Also);
        }
    }

    public void Begin(ItemFacts item) => lines.Add(new Line(item));

    public void Item(Finding? finding)
    {
        if (finding is null)
        {
            return;
        }

        var line = lines[^1];
        line.Shown = Least(line.Shown, finding.Most);
        if (finding.Verdict == Verdict.Needs)
        {
            line.Demands.Add(finding);
            return;
        }

        line.Ceiling = Least(line.Ceiling, finding.Most);
        if (finding.Reason is { } reason)
        {
            line.Reasons.Add(reason);
        }
    }

    public Decision Result()
    {
        lines.ForEach(Settle);
        var overall = denials.Count > 0 ? Verdict.Deny : missing.Count > 0 ? Verdict.Needs : Verdict.Permit;
        var shows = asked.Shows && overall != Verdict.Deny && !actIsBlocked;
        var items = new List<ItemDecision>(asked.Items.Count);
        for (var i = 0; i < asked.Items.Count; i++)
        {
            var line = i < lines.Count ? lines[i] : null;
            items.Add(new ItemDecision(
                asked.Items[i].Record?.Id,
                asked.Items[i].Item,
                shows && line is not null ? line.Shown : Shown.Withheld,
                line is null ? [] : [.. line.Reasons.Distinct()]));
        }

        return new Decision(
            overall,
            overall == Verdict.Needs ? [.. needs.Distinct()] : [],
            [.. denials.Concat(missing).Concat(remarks).Distinct()],
            items,
            overall == Verdict.Permit ? [.. asked.CitedFor(items)] : [],
            overall == Verdict.Permit && asked.RestsOnApproval(items) ? asked.Question.Approval?.Id : null,
            notFound);
    }

    /// <summary>
    /// A need counts when meeting it would help: not for an item that is kept back anyway, nor for one nobody wants in clear.
    /// An act that uses an item without showing it (find, compare, correct …) cannot go on with an item kept back.
    /// </summary>
    private void Settle(Line line)
    {
        if (!asked.Shows && line.Ceiling == Shown.Withheld)
        {
            denials.AddRange(line.Reasons);
            return;
        }

        var matters = asked.Wants(line.Item) ? line.Ceiling == Shown.Clear : !asked.Shows;
        foreach (var demand in line.Demands)
        {
            line.Reasons.Add(demand.Reason!);
            if (matters)
            {
                missing.Add(demand.Reason!);
                needs.Add(demand.Need!);
            }
        }

        remarks.AddRange(line.Reasons);
    }

    private static Shown Least(Shown a, Shown b) => (Shown)Math.Max((int)a, (int)b);

    private sealed class Line(ItemFacts item)
    {
        public ItemFacts Item { get; } = item;

        /// <summary>What is shown now.</summary>
        public Shown Shown { get; set; }

        /// <summary>What would be shown if every demand were met.</summary>
        public Shown Ceiling { get; set; }

        public List<Reason> Reasons { get; } = [];

        public List<Finding> Demands { get; } = [];
    }
}
