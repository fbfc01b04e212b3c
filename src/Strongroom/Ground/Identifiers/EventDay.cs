using System.Text.Json;

namespace Strongroom.Ground.Identifiers;

/// <summary>
/// The day that a value speaks of: of a journey or a stay its last, as its retention counts (domain.md: journey end, check-out). Local to the place
/// it happened at, and read without a clock or a zone.
/// </summary>
internal static class EventDay
{
    /// <summary>What cannot be read counts as older than anything.</summary>
    public static readonly DateOnly Unreadable = DateOnly.MinValue;

    private static readonly string[] _last = ["to", "until", "end", "checkout", "check_out", "departure"];

    private static readonly string[] _first = ["date", "from", "checkin", "check_in", "start", "arrival", "time", "at", "month"];

    /// <summary>Whether values of this kind may have a day; another one cannot date a record.</summary>
    public static bool IsDated(string kind) => kind is "date" or "segments" or "record";

    /// <param name="kind">The item's kind, as packs name it.</param>
    public static DateOnly Of(string kind, string value) => kind switch
    {
        "date" => Parse(value),
        "segments" => Segment.ReadAll(value) is { } legs ? legs.Max(leg => Parse(leg.Date)) : Unreadable,
        "record" => OfRecord(value),
        _ => Unreadable,
    };

    // A date that stands there and is none is not passed over for another, nor is the later of two taken: which counted would be the writer's choice.
    private static DateOnly OfRecord(string value)
    {
        var days = Structured.Read(value, root => root.ValueKind != JsonValueKind.Object ? null
            : new[] { _last, _first }.Select(members => members.Where(member => root.TryGetProperty(member, out _)).Select(member => Structured.Text(root, member) ?? "").ToList())
                .FirstOrDefault(found => found.Count > 0));
        return days is null ? Unreadable : days.Min(Parse);
    }

    /// <summary>A date, a month (its first day), or the date of an instant in ISO 8601.</summary>
    private static DateOnly Parse(string text)
    {
        var folded = IdentifierText.Fold(text) ?? "";
        var date = folded.Length == 7 ? folded + "-01" : folded is [_, _, _, _, '-', _, _, '-', _, _, 'T' or 't', ..] ? folded[..10] : folded;
        return CalendarDate.Normalise(date) is { } day ? DateOnly.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) : Unreadable;
    }
}
