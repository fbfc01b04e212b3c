using System.Globalization;

namespace Strongroom.Bench.Harness;

/// <summary>The figures of one side, a round each.</summary>
internal sealed class Series(string unit)
{
    private readonly List<double> rounds = [];

    public IReadOnlyList<double> Rounds => rounds;

    public double Median => Of(rounds);

    public void Add(double value) => rounds.Add(value);

    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    public override string ToString() => rounds.Count == 1
        ? $"{Number(Median)} {unit}"
        : $"{Number(Median)} {unit} ({Number(rounds.Min())}–{Number(rounds.Max())})";

    public static string Number(double value) => value switch
    {
        >= 1000 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}

/// <summary>What a figure must be.</summary>
internal readonly record struct Goal(double Value, bool AtLeast)
{
    public static Goal Least(double value) => new(value, true);

    public static Goal Most(double value) => new(value, false);

    public bool Met(double value) => AtLeast ? value >= Value : value <= Value;

    public override string ToString() => (AtLeast ? "≥ " : "≤ ") + Value.ToString("0.##", CultureInfo.InvariantCulture);
}

/// <summary>One line of the table.</summary>
/// <param name="Goal">Null for a figure that is only shown.</param>
/// <param name="Missing">Why there is no figure; null when there is one.</param>
internal sealed record Line(string Work, string Measure, Goal? Goal, string A, string B, double Value, string Spread, string? Missing)
{
    /// <summary>A ÷ B: the ratio of the medians, and how far the ratios of single rounds spread.</summary>
    public static Line Ratio(string work, string measure, Goal? goal, Series a, Series b)
    {
        var ratios = a.Rounds.Zip(b.Rounds, (x, y) => x / y).ToList();
        return new(work, measure, goal, a.ToString(), b.ToString(), a.Median / b.Median, $"{Series.Number(ratios.Min())}–{Series.Number(ratios.Max())}", null);
    }

    public static Line Single(string work, string measure, Goal? goal, Series a) => new(
        work, measure, goal, a.ToString(), "", a.Median, a.Rounds.Count > 1 ? $"{Series.Number(a.Rounds.Min())}–{Series.Number(a.Rounds.Max())}" : "", null);

    public static Line NotMeasured(string work, string measure, Goal? goal, string reason) => new(work, measure, goal, "", "", double.NaN, "", reason);

    public string Verdict => (Missing, Goal) switch
    {
        ({ } reason, _) => $"not measured: {reason}",
        (_, { } goal) => goal.Met(Value) ? "met" : "not met",
        _ => "",
    };
}
