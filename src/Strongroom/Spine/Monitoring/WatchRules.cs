using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Monitoring;

/// <summary>How a rule judges a figure.</summary>
[JsonConverter(typeof(KebabEnum<WatchRuleKind>))]
internal enum WatchRuleKind
{
    /// <summary>More than so many on one day.</summary>
    Threshold,

    /// <summary>Far more than this person on such weekdays and than colleagues in his posts.</summary>
    Habit,

    /// <summary>Customers revealed today outside service sessions: the counts that bound each act (domain.md §4).</summary>
    Reveals,
}

/// <summary>What follows at once.</summary>
[JsonConverter(typeof(KebabEnum<AlertResponse>))]
internal enum AlertResponse
{
    Notify,

    /// <summary>Clear text takes a second person until the alert is closed.</summary>
    Vault,

    /// <summary>His sessions end now, and clear text takes a second person.</summary>
    Suspend,
}

[JsonConverter(typeof(KebabEnum<AlertStage>))]
internal enum AlertStage
{
    Warn,
    Act,
}

/// <summary>One rule of watching, as data.</summary>
/// <param name="Measure">One of <see cref="UsageRules.Measures"/> without its prefix; for reveals the size: 25, 250 or 2500.</param>
/// <param name="Warn">From this figure on people are told; 0: not.</param>
/// <param name="Act">From this figure on the response follows; for habits the smallest figure that counts.</param>
/// <param name="Sigmas">Habits: how many deviations above the mean.</param>
internal sealed record WatchRule(string Id, WatchRuleKind Kind, string Measure, long Warn, long Act, AlertResponse Response, int Sigmas = 3);

/// <summary>Content of the control row <c>watch-policy</c>. A change counts once a second person has confirmed it.</summary>
internal sealed record WatchPolicy(IReadOnlyList<WatchRule> Rules)
{
    public static readonly ControlKey Key = ControlKey.Named("watch-policy", "all");

    public IReadOnlyList<WatchRule>? Proposed { get; init; }

    public PersonId? ProposedBy { get; init; }

    /// <summary>
    /// domain.md §4: warn at a tenth of 25, 250 and 2,500, the vault at that number (the decision itself demands it, the alert tells people).
    /// Customers on controlled lists, colleagues among them, weigh double: half of 25.
    /// </summary>
    public static readonly WatchPolicy Standard = new(
    [
        new("reveals-25", WatchRuleKind.Reveals, "25", 3, 25, AlertResponse.Vault),
        new("reveals-250", WatchRuleKind.Reveals, "250", 25, 250, AlertResponse.Vault),
        new("reveals-2500", WatchRuleKind.Reveals, "2500", 250, 2_500, AlertResponse.Vault),
        new("listed", WatchRuleKind.Threshold, "listed", 2, 13, AlertResponse.Vault),
        new("refused", WatchRuleKind.Threshold, "refused", 20, 60, AlertResponse.Vault),
        new("off-hours", WatchRuleKind.Threshold, "off-hours", 10, 50, AlertResponse.Notify),
        new("customers-flood", WatchRuleKind.Threshold, "customers", 0, 2_500, AlertResponse.Suspend),
        new("views-habit", WatchRuleKind.Habit, "views", 0, 60, AlertResponse.Notify),
        new("customers-habit", WatchRuleKind.Habit, "customers", 0, 40, AlertResponse.Notify),
        new("reveals-habit", WatchRuleKind.Habit, "reveals", 0, 15, AlertResponse.Vault),
        new("exports-habit", WatchRuleKind.Habit, "exports", 0, 5, AlertResponse.Vault),
        new("searches-habit", WatchRuleKind.Habit, "searches", 0, 60, AlertResponse.Notify),
    ]);
}

/// <summary>What somebody, or his colleagues, usually do on such a day.</summary>
/// <param name="Days">Days with at least one.</param>
internal sealed record Habit(long Days, double Mean, double Deviation)
{
    public static Habit? Of(IEnumerable<HabitRow> rows)
    {
        var (days, sum, squares) = (0L, 0L, 0L);
        foreach (var row in rows)
        {
            (days, sum, squares) = (days + row.Days, sum + row.Sum, squares + row.Squares);
        }

        if (days == 0)
        {
            return null;
        }

        var mean = (double)sum / days;
        return new Habit(days, mean, Math.Sqrt(Math.Max(0, ((double)squares / days) - (mean * mean))));
    }
}

/// <summary>The figures an alert rests on; means times ten, so that no fraction is signed.</summary>
internal sealed record AlertFigures(long N, long Limit, long? OwnTenths = null, long? PeerTenths = null);

/// <summary>When a figure is an alert. Pure.</summary>
internal static class HabitRules
{
    /// <summary>Weeks whose same weekday makes the habit.</summary>
    public const int Weeks = 8;

    /// <summary>Fewer days are no habit.</summary>
    private const int OwnDays = 3, PeerDays = 5;

    public static IEnumerable<long> Days(long today) => Enumerable.Range(1, Weeks).Select(week => today - (7 * week)).Where(day => day > 0);

    /// <summary>
    /// Far above what he does on such weekdays and above what his colleagues do; where one of the two is not known the other decides, and
    /// without either nothing is unusual: the thresholds stand for that.
    /// </summary>
    public static bool IsUnusual(long n, WatchRule rule, Habit? own, Habit? peers)
    {
        var (self, others) = (own?.Days >= OwnDays ? own : null, peers?.Days >= PeerDays ? peers : null);
        return n >= Math.Max(1, rule.Act) && (self ?? others) is not null && Above(n, rule, self) && Above(n, rule, others);
    }

    public static AlertStage? Reached(long n, WatchRule rule) =>
        rule.Act > 0 && n >= rule.Act ? AlertStage.Act : rule.Warn > 0 && n >= rule.Warn ? AlertStage.Warn : null;

    /// <summary>Whether rules can be used: known measures, sound figures, each id once.</summary>
    public static bool AreSound(IReadOnlyList<WatchRule> rules) =>
        rules.Count is > 0 and <= 100 && rules.Select(rule => rule.Id).Distinct(StringComparer.Ordinal).Count() == rules.Count && rules.All(rule =>
            Name.IsValid(rule.Id) && Enum.IsDefined(rule.Kind) && Enum.IsDefined(rule.Response) && rule is { Warn: >= 0, Act: > 0, Sigmas: > 0 and <= 20 } && rule.Warn <= rule.Act
            && (rule.Kind == WatchRuleKind.Reveals ? rule.Measure is "25" or "250" or "2500" : UsageRules.Measures.Contains("m:" + rule.Measure)));

    // A habit of hardly anything has hardly any deviation; counting has at least that of its own mean.
    private static bool Above(long n, WatchRule rule, Habit? habit) =>
        habit is null || n > habit.Mean + (rule.Sigmas * Math.Max(1, Math.Max(habit.Deviation, Math.Sqrt(habit.Mean))));
}
