using System.Globalization;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity.Rosters;

/// <summary>One line of a roster as written: local times of the unit.</summary>
/// <param name="StartMinute">Minute of <paramref name="Day"/>.</param>
/// <param name="EndMinute">Minute counted from the beginning of the same day; beyond 1,440 when the shift crosses midnight.</param>
internal sealed record RosterLine(int Number, DateOnly Day, int StartMinute, int EndMinute, string Account, PostKey Post, string Unit);

/// <summary>How rosters are read and what makes a shift one (R44). Pure.</summary>
internal static class RosterRules
{
    /// <summary>The first line of a file, exactly.</summary>
    public const string Header = "day,start,end,account,post,unit";

    public const int MostLines = 20_000, MostFaults = 200, MostShiftsADay = 5_000;

    /// <summary>Longer is no shift but a mistake in the file.</summary>
    public const int LongestMinutes = 16 * 60;

    private const int Minutes = 1_440;

    /// <summary>Line and column, both counted from 1.</summary>
    public static string At(int line, int column) => string.Create(CultureInfo.InvariantCulture, $"line {line}, column {column}");

    /// <summary>
    /// A line without quotes: <c>2026-11-23,22:00,06:00,li.lei,counter,&lt;unit id or its name&gt;</c>. An end that is not after the start lies on the
    /// next day; 24:00 is the end of the day.
    /// </summary>
    /// <returns>The line, or what is wrong with which column.</returns>
    public static (RosterLine? Line, FieldError? Fault) Read(string text, int number)
    {
        var fields = text.Split(',');
        FieldError Wrong(int column, Reason reason) => reason.At(At(number, column));
        if (fields.Length != 6)
        {
            return (null, Wrong(Math.Min(fields.Length, 6) + (fields.Length < 6 ? 1 : 0), Reasons.RosterColumns));
        }

        if (!DateOnly.TryParseExact(fields[0].Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return (null, Wrong(1, Reasons.RosterDay));
        }

        if (Minute(fields[1]) is not { } start || start == Minutes)
        {
            return (null, Wrong(2, Reasons.RosterTime));
        }

        if (Minute(fields[2]) is not { } end)
        {
            return (null, Wrong(3, Reasons.RosterTime));
        }

        end = end <= start ? end + Minutes : end;
        if (end - start > LongestMinutes)
        {
            return (null, Wrong(3, Reasons.RosterLong));
        }

        if (AccountNames.Fold(fields[3]) is not { } account)
        {
            return (null, Wrong(4, Reasons.PersonUnknown));
        }

        return Name.TryParse<PostKey>(fields[4].Trim(), out var post)
            ? (new RosterLine(number, day, start, end, account, post, fields[5].Trim()), null)
            : (null, Wrong(5, Reasons.PostUnknown));
    }

    /// <summary>The unit's time zone: its own, else that of the nearest unit above, else the usual one; null when it is not known here.</summary>
    public static TimeZoneInfo? ZoneOf(UnitId unit, IReadOnlyDictionary<UnitId, UnitContent> units)
    {
        var seen = new HashSet<UnitId>();
        for (UnitId? at = unit; at is { } step && seen.Add(step) && units.TryGetValue(step, out var content); at = content.Parent)
        {
            if (content.TimeZone is { } named)
            {
                return Find(named);
            }
        }

        return Find(UnitContent.UsualTimeZone);
    }

    /// <summary>By IANA name only: names of other systems depend on what is installed beside.</summary>
    public static TimeZoneInfo? Find(string name) =>
        (name == "UTC" || name.Contains('/', StringComparison.Ordinal)) && name.Length <= 60 && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    public static (long From, long Until) Instants(RosterLine line, TimeZoneInfo zone) =>
        (Instant(line.Day, line.StartMinute, zone, later: false), Instant(line.Day, line.EndMinute, zone, later: true));

    /// <summary>
    /// The instant of a local time. Where the clock shows it twice, a shift begins at the first and ends at the second; where it skips it, the
    /// moment after the gap by as much as the time lay in it.
    /// </summary>
    internal static long Instant(DateOnly day, int minute, TimeZoneInfo zone, bool later)
    {
        var local = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).AddMinutes(minute);
        var (before, after) = (OffsetAt(zone, local.AddDays(-1)), OffsetAt(zone, local.AddDays(1)));
        var (first, second) = (local - before, local - after);
        var (holdsFirst, holdsSecond) = (zone.GetUtcOffset(first) == before, zone.GetUtcOffset(second) == after);
        var chosen = (holdsFirst, holdsSecond) switch
        {
            (true, true) => (first < second) == later ? second : first,
            (false, true) => second,
            _ => first,
        };
        return new DateTimeOffset(chosen, TimeSpan.Zero).ToUnixTimeMilliseconds();
    }

    /// <summary>Whether two shifts of one person run at the same time.</summary>
    public static bool Overlap(ShiftContent one, ShiftContent other) => one.Person == other.Person && one.From < other.Until && other.From < one.Until;

    private static TimeSpan OffsetAt(TimeZoneInfo zone, DateTime utc) => zone.GetUtcOffset(utc);

    private static int? Minute(string text) =>
        text.Trim() == "24:00" ? Minutes
        : TimeOnly.TryParseExact(text.Trim(), ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? (time.Hour * 60) + time.Minute
        : null;
}
