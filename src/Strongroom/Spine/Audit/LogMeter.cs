using System.Diagnostics.Metrics;
using Strongroom.Ground;

namespace Strongroom.Spine.Audit;

/// <summary>What the product tells monitoring: acts and decisions are entries, so the entries are counted. Tags are machine codes, never ids.</summary>
internal static class LogMeter
{
    private static readonly Meter Meter = new("Strongroom");
    private static readonly Counter<long> Entries = Meter.CreateCounter<long>("strongroom.log.entries", description: "Entries written, by act and decision.");
    private static readonly Histogram<double> Groups = Meter.CreateHistogram<double>("strongroom.log.group", description: "Entries that shared one durable commit of the lane.");

    public static void Wrote(LogFact fact) => Entries.Add(
        1,
        new KeyValuePair<string, object?>("act", fact.Act.Value),
        new KeyValuePair<string, object?>("decision", fact.Decision is { } decision ? Kebab.Of(decision) : "none"));

    public static void Committed(int group) => Groups.Record(group);
}
