using System.Globalization;
using System.Text.Json;
using Strongroom.Ground.Json;

namespace Strongroom.Ground.Identifiers;

/// <summary>The entries of a list of records that are of one month (domain.md §4, cdr: one number, one month). Months are as the entries write them, in no zone.</summary>
internal static class RecordMonths
{
    private static readonly string[] _dates = ["date", "time", "at", "start", "begin", "day", "month"];

    /// <summary>A month as it is asked for: yyyy-MM.</summary>
    public static bool IsMonth(string text) => DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>Whether values of this kind hold entries with a month each.</summary>
    public static bool HasMonths(string kind) => kind == "records";

    /// <summary>
    /// A JSON array of the entries of that month; null when the value is no array. An entry without a date that can be read is of no month, and one
    /// whose dates are of different months is of none of them: which of them counted would be the writer's choice.
    /// </summary>
    public static string? Only(string value, string month) => Structured.Read(value, root => root.ValueKind != JsonValueKind.Array ? null
        : $"[{string.Join(',', root.EnumerateArray().Where(entry => IsOf(entry, month)).Select(CanonicalJson.ToText))}]");

    private static bool IsOf(JsonElement entry, string month)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        var months = _dates.Where(member => entry.TryGetProperty(member, out _)).Select(member => MonthOf(Structured.Text(entry, member))).OfType<string>().Distinct().ToList();
        return months is [var only] && only == month;
    }

    private static string? MonthOf(string? text)
    {
        var folded = IdentifierText.Fold(text ?? "") ?? "";
        var date = folded.Split('T', 't', ' ')[0];
        return CalendarDate.Normalise(date.Length == 7 ? date + "-01" : date) is { } day ? day[..7] : null;
    }
}
