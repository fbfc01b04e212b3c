using System.Diagnostics;

namespace Strongroom.Ground;

/// <summary>
/// Spans for tracing. They carry machine codes and counts; what leaves the process is besides held to an allow list (Host/Telemetry).
/// Without a listener a span costs a branch.
/// </summary>
internal static class Trace
{
    public const string Name = "Strongroom";

    private static readonly ActivitySource Source = new(Name);

    /// <param name="act">Of a decision.</param>
    /// <param name="count">Of what was sealed, opened or committed together.</param>
    public static Activity? Start(string name, string? act = null, int? count = null)
    {
        var span = Source.StartActivity(name);
        return span?.SetTag("act", act).SetTag("count", count);
    }
}
