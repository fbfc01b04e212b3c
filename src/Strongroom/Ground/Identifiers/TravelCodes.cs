namespace Strongroom.Ground.Identifiers;

/// <summary>Codes of bookings and tickets.</summary>
internal static class TravelCodes
{
    /// <summary>Free codes (order, contract, member numbers): letters and digits with - _ . / #; spaces do not count.</summary>
    public static string? Code(string folded)
    {
        var text = IdentifierText.UpperAscii(IdentifierText.Without(folded, " "));
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"-_./#".Contains(c, StringComparison.Ordinal))
            {
                return null;
            }
        }

        return text.Length is >= 1 and <= 64 && text.Any(char.IsAsciiLetterOrDigit) ? text : null;
    }

    /// <summary>A booking reference (PNR): six letters or digits.</summary>
    public static string? Code6(string folded)
    {
        var text = IdentifierText.UpperAscii(IdentifierText.Without(folded, " -"));
        return text.Length == 6 && IdentifierText.AllLettersOrDigits(text) ? text : null;
    }

    /// <summary>Digits only; <paramref name="length"/> 0 means 1 to 32. 13 is a ticket number, 10 a bag tag.</summary>
    public static string? Digits(string folded, int length)
    {
        var text = IdentifierText.Without(folded, " -");
        return IdentifierText.AllDigits(text) && (length == 0 ? text.Length <= 32 : text.Length == length) ? text : null;
    }

    /// <summary>Two-character IATA or three-letter ICAO carrier, 1 to 4 digits without leading zeros, an optional suffix letter.</summary>
    public static string? Flight(string folded)
    {
        var text = IdentifierText.UpperAscii(IdentifierText.Without(folded, " -"));
        foreach (var length in (int[])[3, 2])
        {
            if (text.Length <= length || !IsCarrier(text.AsSpan(0, length)))
            {
                continue;
            }

            var suffix = char.IsAsciiLetter(text[^1]) ? text[^1..] : "";
            var number = text[length..^suffix.Length];
            if (number.Length is >= 1 and <= 4 && IdentifierText.AllDigits(number))
            {
                var trimmed = number.TrimStart('0');
                return text[..length] + (trimmed.Length == 0 ? "0" : trimmed) + suffix;
            }
        }

        return null;
    }

    private static bool IsCarrier(ReadOnlySpan<char> text) => text.Length == 3
        ? text.IndexOfAnyExceptInRange('A', 'Z') < 0
        : IdentifierText.AllLettersOrDigits(text) && text.ContainsAnyInRange('A', 'Z');
}
