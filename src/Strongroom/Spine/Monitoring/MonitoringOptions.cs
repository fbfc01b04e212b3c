namespace Strongroom.Spine.Monitoring;

/// <summary>What an installation may set about watching.</summary>
internal sealed record MonitoringOptions
{
    /// <summary>The company's local time: distance from UTC in minutes.</summary>
    public int OffsetMinutes { get; init; } = 480;

    /// <summary>Days for which counts are kept: longer than a year, so that a yearly duty is not taken for an unused right.</summary>
    public int KeepDays { get; init; } = 400;

    /// <summary>Working day of posts whose hours no rule names, minutes of the local day; the end excluded.</summary>
    public int DayFromMinute { get; init; } = 6 * 60;

    public int DayUntilMinute { get; init; } = 22 * 60;

    /// <summary>Share of each day's administration that is drawn for checking.</summary>
    public int DailyPerMille { get; init; } = 100;

    /// <summary>How often the log is read on, in milliseconds.</summary>
    public int EveryMs { get; init; } = 2_000;
}
