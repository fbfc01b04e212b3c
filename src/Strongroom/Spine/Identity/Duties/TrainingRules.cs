using System.Globalization;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Identity.Duties;

/// <summary>A course somebody passed, as it is reported (R76).</summary>
/// <param name="At">Where it stands in the request: <c>facts[3]</c> or <c>line 4</c>.</param>
/// <param name="Passed">UTC milliseconds.</param>
/// <param name="Expires">UTC milliseconds, exclusive.</param>
internal sealed record TrainingResult(string At, string Account, string Course, long Passed, long Expires);

/// <summary>What makes a result one. Pure.</summary>
internal static class TrainingRules
{
    /// <summary>The first line of an import, exactly.</summary>
    public const string Header = "account,course,passed,expires";

    public const int MostResults = 5_000;

    private const int LongestCourse = 60;
    private const long Day = 86_400_000, LongestTerm = 3 * 366 * Day;

    /// <summary>Null: sound. A result whose term is over already is sound; it takes access away.</summary>
    public static Reason? Fault(TrainingResult result, long now) =>
        AccountNames.Fold(result.Account) is null || !IsCourse(result.Course)
        || result.Passed <= 0 || result.Passed > now + Day || result.Expires <= result.Passed || result.Expires - result.Passed > LongestTerm
            ? Reasons.TrainingRow
            : null;

    /// <summary>
    /// Lines of a CSV without quotes: <c>account,course,2026-11-01,2027-11-01</c>, days in UTC, the last one included. What cannot be read comes
    /// back as a fault with its line and costs only itself.
    /// </summary>
    public static (IReadOnlyList<TrainingResult> Results, IReadOnlyList<FieldError> Faults) Read(string text)
    {
        var results = new List<TrainingResult>();
        var faults = new List<FieldError>();
        var lines = text.TrimStart('\uFEFF').Split('\n');
        if (lines[0].TrimEnd('\r') != Header)
        {
            return ([], [Reasons.TrainingHeader.At("line 1")]);
        }

        for (var i = 1; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r');
            if (line.Length == 0)
            {
                continue;
            }

            var at = string.Create(CultureInfo.InvariantCulture, $"line {i + 1}");
            if (line.Split(',') is [var account, var course, var passed, var expires] && TryDay(passed, out var from) && TryDay(expires, out var until))
            {
                results.Add(new TrainingResult(at, account.Trim(), course.Trim(), from, until + Day));
            }
            else
            {
                faults.Add(Reasons.TrainingRow.At(at));
            }
        }

        return (results, faults);
    }

    private static bool IsCourse(string? course) =>
        course is { Length: > 0 and <= LongestCourse } && course.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '.');

    private static bool TryDay(string text, out long instant)
    {
        var read = DateOnly.TryParseExact(text.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day);
        instant = read ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds() : 0;
        return read;
    }
}
