namespace Strongroom.Collect;

/// <param name="Zone">Where the handler is: decides what day it is for birth dates and ages.</param>
/// <param name="BulkAtOnce">Lines of one bulk that are worked on at the same time, so that their commits share a flush.</param>
internal sealed record CollectOptions(TimeZoneInfo Zone, int BulkAtOnce = 128)
{
    public static CollectOptions China { get; } = new(TimeZoneInfo.CreateCustomTimeZone("Asia/Shanghai", TimeSpan.FromHours(8), "China", "China"));

    public DateOnly Today(DateTimeOffset now) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Zone).DateTime);
}
