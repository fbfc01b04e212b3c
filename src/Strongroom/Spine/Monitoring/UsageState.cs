using System.Globalization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit.Verify;

namespace Strongroom.Spine.Monitoring;

/// <summary>
/// Holds the counts that alerts rest on against the log they were counted from, person by person and day by day: who lowers today's count keeps an alert
/// from being raised, and so does who raises those of earlier days, which are the habit.
/// </summary>
/// <remarks>
/// Recomputed is what the log alone determines: acts, views, searches, refusals, exports and different customers. Not recomputed, and so not found, are
/// reveals of sensitive items (they depend on the catalogue as it stood), acts off duty (on hours and rosters as they stood), places on lists, and the
/// counts of single acts and authorisations that reviews read. Customers have a range: a day that was counted late may hold one twice.
/// </remarks>
internal static class UsageState
{
    /// <summary>As far back as habits and reviews look, whatever is left of the counts; else as far as they go.</summary>
    private const int DaysCompared = 100;

    private static readonly string[] Recomputed =
        [UsageRules.Acts, UsageRules.Views, UsageRules.Searches, UsageRules.Refused, UsageRules.Exports, UsageRules.Customers];

    /// <summary>Null when the counts are those of the log up to the marks. Needs no key; run it on a log that verified.</summary>
    public static async Task<VerifyResult.Broken?> CompareAsync(Tx tx)
    {
        if (await UsageStore.AstrayAsync(tx) is var astray and > 0)
        {
            return Broken(astray.ToString(CultureInfo.InvariantCulture));
        }

        var offset = new MonitoringOptions().OffsetMinutes;
        var compared = UsageRules.DayOf(await UsageStore.NewestAsync(tx), offset) - DaysCompared;
        var first = Math.Max(0, Math.Min(compared, await UsageStore.OldestDayAsync(tx) ?? compared));
        var since = first == 0 ? 0 : (first * UsageRules.DayMs) - (offset * 60_000L);
        var logged = (await UsageStore.LoggedAsync(tx, since, offset, UsageRules.Leaving)).SelectMany(Of).ToDictionary(one => one.Mark, one => (one.Least, one.Most));
        var counted = (await UsageStore.CountedAsync(tx, Recomputed, first)).ToDictionary(row => new UsageMark(PersonId.From(row.Person).Value, row.Day, row.What), row => row.N);
        foreach (var mark in logged.Keys.Concat(counted.Keys))
        {
            var (least, most) = logged.GetValueOrDefault(mark);
            if (counted.GetValueOrDefault(mark) is var n && (n < least || n > most))
            {
                return Broken($"{PersonId.From(mark.Person)} {mark.Day.ToString(CultureInfo.InvariantCulture)} {mark.What}");
            }
        }

        return null;
    }

    private static IEnumerable<(UsageMark Mark, long Least, long Most)> Of(LoggedDay day)
    {
        var person = PersonId.From(day.Person).Value;
        return
        [
            (new(person, day.Day, UsageRules.Acts), day.Acts, day.Acts),
            (new(person, day.Day, UsageRules.Views), day.Views, day.Views),
            (new(person, day.Day, UsageRules.Searches), day.Searches, day.Searches),
            (new(person, day.Day, UsageRules.Refused), day.Refused, day.Refused),
            (new(person, day.Day, UsageRules.Exports), day.Exports, day.Exports),
            (new(person, day.Day, UsageRules.Customers), day.Customers, day.Touches),
        ];
    }

    private static VerifyResult.Broken Broken(string what) => new("verify.usage", null, null, new Bilingual(
        $"行为计数与日志不符({what}),告警可能被压下", $"Counts of what people did differ from what the log holds ({what}); an alert may have been kept down"));
}
