using System.Collections.Frozen;
using System.Globalization;

namespace Strongroom.Server.Host;

/// <summary>
/// What may leave the process as a tag of a metric or an attribute of a span: a name of this list with a value that is a code, a route
/// template or a count. Ids, addresses and values are none of these, so an instrument that carries one by mistake loses it here. Pure.
/// </summary>
internal static class TelemetryRules
{
    private const int LongestValue = 80, LongestDigits = 6, LongestHex = 15;

    public static readonly FrozenSet<string> Names = new[]
    {
        "http.request.method", "http.response.status_code", "http.route", "network.protocol.version",
        "act", "decision", "code", "state", "part", "anchor", "lane", "database", "count",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static bool MayLeave(string name, object? value) => Names.Contains(name) && IsPlain(Convert.ToString(value, CultureInfo.InvariantCulture));

    /// <summary>Letters, digits and the punctuation of codes and routes; no long run of digits (a phone number) or hex digits (an id).</summary>
    public static bool IsPlain(string? value)
    {
        if (value is not { Length: > 0 and <= LongestValue })
        {
            return false;
        }

        var (digits, hex) = (0, 0);
        foreach (var c in value)
        {
            digits = char.IsAsciiDigit(c) ? digits + 1 : 0;
            hex = char.IsAsciiHexDigit(c) ? hex + 1 : 0;
            if (digits > LongestDigits || hex > LongestHex || !(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or '{' or '}' or ':' or '*' or ' '))
            {
                return false;
            }
        }

        return true;
    }
}
