using System.Globalization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit.Verify;

namespace Strongroom.Spine.Monitoring;

/// <summary>
/// Holds the counts that alerts rest on against the log they were counted from: who lowers a count, or moves the mark past entries that were never
/// counted, keeps an alert from being raised.
/// </summary>
internal static class UsageState
{
    /// <summary>Fewer days than are kept, so that what was rightly forgotten is not missed.</summary>
    private const int DaysCompared = 380;

    /// <summary>Null when nobody has fewer acts counted than the log holds up to the marks. Needs no key; run it on a log that verified.</summary>
    public static async Task<VerifyResult.Broken?> CompareAsync(Tx tx)
    {
        if (await UsageStore.AstrayAsync(tx) is var astray and > 0)
        {
            return Broken(astray.ToString(CultureInfo.InvariantCulture));
        }

        // Days are counted at the company's place, less than a day from UTC: what the log holds from the next day on was counted on this day or later.
        var first = Math.Max(0, (await UsageStore.NewestAsync(tx) / UsageRules.DayMs) - DaysCompared);
        var counted = (await UsageStore.CountedAsync(tx, UsageRules.Acts, first)).ToDictionary(sum => PersonId.From(sum.Person), sum => sum.N);
        var less = (await UsageStore.LoggedAsync(tx, first == 0 ? 0 : (first + 1) * UsageRules.DayMs)).FirstOrDefault(sum => counted.GetValueOrDefault(PersonId.From(sum.Person)) < sum.N);
        return less is null ? null : Broken(PersonId.From(less.Person).ToString());
    }

    private static VerifyResult.Broken Broken(string what) => new("verify.usage", null, null, new Bilingual(
        $"行为计数少于日志所载({what}),告警可能被压下", $"Counts of what people did are less than the log holds ({what}); an alert may have been kept down"));
}
