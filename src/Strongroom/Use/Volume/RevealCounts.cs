using System.Globalization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Monitoring;

namespace Strongroom.Use.Volume;

/// <summary>Tells those who watch what the counts of a day stand at (R52).</summary>
internal sealed class RevealCounts(UseOptions options) : IRevealCounts
{
    public async Task<IReadOnlyList<RevealCount>> OfDayAsync(Tx tx, long at)
    {
        var rows = await VolumeStore.OfPeriodAsync(tx, PeriodRules.Day(at, options.OffsetMinutes).Name);
        return [.. rows.Where(row => row.What.StartsWith(UseFacts.RevealPrefix, StringComparison.Ordinal))
            .Select(row => int.TryParse(row.What.AsSpan(UseFacts.RevealPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                ? new RevealCount(PersonId.From(row.Whose), size, row.N) : null)
            .OfType<RevealCount>()];
    }
}
