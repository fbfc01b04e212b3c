using System.Diagnostics.Metrics;

namespace Strongroom.Spine.Access;

/// <summary>Counts every problem that is answered, by its code: wrong tokens, throttled sign-ins, quotas, unavailable keys.</summary>
internal static class RefusalMeter
{
    private static readonly Meter Meter = new("Strongroom.Access");
    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>("strongroom.refusals", description: "Problems answered, by code.");

    public static void Answered(string code) => Refusals.Add(1, new KeyValuePair<string, object?>("code", code));
}
