namespace Strongroom.Bench.Rows;

using Strongroom.Bench.Harness;

/// <summary>One measurement, which gives one line or several of the table.</summary>
/// <param name="Name">For <c>--rows</c>.</param>
/// <param name="Promised">The lines it gives when it works, without figures.</param>
/// <param name="MeasureAsync">Gives the lines; throws with the reason when it cannot.</param>
internal sealed record Row(string Name, IReadOnlyList<Line> Promised, Func<Scene, Task<IReadOnlyList<Line>>> MeasureAsync)
{
    /// <summary>What a line is called before and after it is measured.</summary>
    public static Line Promise(string work, string measure, Goal? goal) => Line.NotMeasured(work, measure, goal, "");

    /// <summary>A row for what is not there yet.</summary>
    public static Row Missing(string name, string work, string measure, Goal goal, string reason) =>
        new(name, [Promise(work, measure, goal)], _ => throw new BenchException(reason));
}
