using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Strongroom.Ground.Identifiers;

/// <summary>E-mail addresses, the form people really use: ASCII, unquoted local part, a host name with a top-level domain.</summary>
internal static class Email
{
    private const string LocalSpecials = ".!#$%&'*+/=?^_`{|}~-";

    /// <summary>Lower case in both parts: the rare host that tells letters' case apart loses to every host that does not.</summary>
    public static string? Normalise(string folded)
    {
        if (folded.Length > 254 || folded.IndexOf('@', StringComparison.Ordinal) is not (>= 1 and <= 64 and var at))
        {
            return null;
        }

        return IsLocal(folded.AsSpan(0, at)) && IsDomain(folded.AsSpan(at + 1)) ? folded.ToLowerInvariant() : null;
    }

    private static bool IsLocal(ReadOnlySpan<char> local)
    {
        for (var i = 0; i < local.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(local[i]) && !LocalSpecials.Contains(local[i], StringComparison.Ordinal))
            {
                return false;
            }

            if (local[i] == '.' && (i == 0 || i == local.Length - 1 || local[i - 1] == '.'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDomain(ReadOnlySpan<char> domain)
    {
        var labels = 0;
        var last = default(ReadOnlySpan<char>);
        foreach (var range in domain.Split('.'))
        {
            last = domain[range];
            labels++;
            if (last.Length is < 1 or > 63 || last[0] == '-' || last[^1] == '-')
            {
                return false;
            }

            foreach (var c in last)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                {
                    return false;
                }
            }
        }

        return labels >= 2 && last.Length >= 2 && char.IsAsciiLetter(last[0]);
    }
}

/// <summary>IPv4 in four plain decimal parts; IPv6 in any text form. An IPv4 address mapped into IPv6 is that IPv4 address.</summary>
internal static class InternetAddress
{
    public static string? Normalise(string folded) => Parse(folded)?.ToString();

    /// <summary>Null when it is not an address. Stricter than IPAddress.Parse, which takes "1" and octal parts.</summary>
    public static IPAddress? Parse(string text)
    {
        if (text.Length is < 2 or > 45)
        {
            return null;
        }

        if (!text.Contains(':', StringComparison.Ordinal))
        {
            return IsDotted(text) && IPAddress.TryParse(text, out var v4) ? v4 : null;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c) && c is not (':' or '.'))
            {
                return null;
            }
        }

        return IPAddress.TryParse(text, out var v6) && v6.AddressFamily == AddressFamily.InterNetworkV6
            ? v6.IsIPv4MappedToIPv6 ? v6.MapToIPv4() : v6
            : null;
    }

    private static bool IsDotted(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 4 && parts.All(part => part.Length is >= 1 and <= 3 && IdentifierText.AllDigits(part)
            && (part.Length == 1 || part[0] != '0') && int.Parse(part, CultureInfo.InvariantCulture) <= 255);
    }
}

/// <summary>Calendar dates. Stored as yyyy-MM-dd; a search also understands the forms people type.</summary>
internal static class CalendarDate
{
    private static readonly string[] _typed =
        ["yyyy-MM-dd", "yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "yyyyMMdd", "yyyy'年'M'月'd'日'"];

    public static string? Normalise(string folded) =>
        TryParse(IdentifierText.Without(folded, " "), _typed, out var date) ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    /// <summary>True for the stored form only.</summary>
    public static bool IsStored(string value) => TryParse(value, ["yyyy-MM-dd"], out _);

    private static bool TryParse(string text, string[] forms, out DateOnly date) =>
        DateOnly.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out date) && date.Year >= 1800;
}
