namespace Strongroom.Ground.Identifiers;

/// <summary>Passports. Foreign forms differ too much to refuse by form, so the Chinese ones only raise the confidence.</summary>
internal static class Passport
{
    public static string? Normalise(string folded)
    {
        var text = IdentifierText.UpperAscii(IdentifierText.Without(folded, " -"));
        return text.Length is >= 6 and <= 9 && IdentifierText.AllLettersOrDigits(text) && text.Count(char.IsAsciiDigit) >= 3 ? text : null;
    }

    public static Verdict Check(string passport) => Verdict.Ok(IsChinese(passport) ? Confidence.High : Confidence.Low);

    /// <summary>E, G: ordinary; D, S, P: diplomatic, service, public affairs; K, H, MA: Hong Kong and Macau SAR.</summary>
    public static bool IsChinese(ReadOnlySpan<char> text) => text switch
    {
        ['E' or 'G' or 'D' or 'S' or 'P' or 'K' or 'H', .. { Length: 8 } digits] when IdentifierText.AllDigits(digits) => true,
        ['D' or 'S' or 'P', .. { Length: 7 } digits] when IdentifierText.AllDigits(digits) => true,
        ['E', >= 'A' and <= 'Z' and not 'I' and not 'O', .. { Length: 7 } digits] when IdentifierText.AllDigits(digits) => true,
        ['D' or 'S' or 'P', 'E', .. { Length: 7 } digits] when IdentifierText.AllDigits(digits) => true,
        ['K', 'J', .. { Length: 7 } digits] when IdentifierText.AllDigits(digits) => true,
        ['M', 'A', .. { Length: 7 } digits] when IdentifierText.AllDigits(digits) => true,
        _ => false,
    };
}

/// <summary>
/// Permits and identity cards around Hong Kong, Macau and Taiwan: 回乡证, 台胞证, 往来港澳 and 往来台湾 permits, the three places' own cards,
/// mainland residence permits (81, 82, 83) and the older foreigner's residence card.
/// </summary>
internal static class Permit
{
    public static string? Normalise(string folded)
    {
        var text = IdentifierText.UpperAscii(IdentifierText.Without(folded, " -()/"));
        return text.Length is >= 8 and <= 18 && (Forms(text).Any() || IsCardShape(text)) ? text : null;
    }

    public static Verdict Check(string permit, DateOnly today)
    {
        var residence = permit.Length == 18 ? ResidentId.Check(permit, today) : default;
        return permit.Length == 18 ? residence
            : Forms(permit).FirstOrDefault() is var best && best != Confidence.None ? Verdict.Ok(best)
            : Verdict.Invalid(Faults.PermitCheck);
    }

    /// <summary>Hong Kong: one or two letters, six digits, check (0–9 or A). Weights 9 to 2, space = 36, sum mod 11 = 0.</summary>
    public static bool IsHongKongId(ReadOnlySpan<char> text)
    {
        if (!IsHongKongShape(text))
        {
            return false;
        }

        var sum = text.Length == 8 ? 9 * 36 : 0;
        for (var i = 0; i < text.Length; i++)
        {
            sum += Value(text[i]) * (text.Length - i);
        }

        return sum % 11 == 0;
    }

    /// <summary>Taiwan: a letter worth two digits, then nine digits; weights 1 9 8 … 1 and 1 for the check digit, sum mod 10 = 0.</summary>
    public static bool IsTaiwanId(ReadOnlySpan<char> text)
    {
        if (!IsTaiwanShape(text))
        {
            return false;
        }

        var letter = 10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".IndexOf(text[0], StringComparison.Ordinal);
        var sum = (letter / 10) + (letter % 10 * 9) + (text[9] - '0');
        for (var i = 1; i <= 8; i++)
        {
            sum += (text[i] - '0') * (9 - i);
        }

        return sum % 10 == 0;
    }

    /// <summary>The check character of a Hong Kong identity card for its letter or letters and six digits.</summary>
    public static char HongKongCheck(string body)
    {
        foreach (var check in "0123456789A")
        {
            if (IsHongKongId(body + check))
            {
                return check;
            }
        }

        throw new ArgumentException("Not the letters and digits of a Hong Kong identity card.", nameof(body));
    }

    private static IEnumerable<Confidence> Forms(string text)
    {
        var digits = IdentifierText.AllDigits(text.AsSpan(1));
        if (IsHongKongId(text) || IsTaiwanId(text) || (text[0] is 'H' or 'M' && text.Length is 9 or 11 && digits))
        {
            yield return Confidence.High;
        }

        if ((text[0] is 'C' or 'L' or 'T' or 'W' && text.Length == 9 && digits)
            || (text[0] == 'C' && char.IsAsciiLetter(text[1]) && text.Length == 9 && IdentifierText.AllDigits(text.AsSpan(2)))
            || (text.Length == 15 && text.AsSpan(0, 3).IndexOfAnyExceptInRange('A', 'Z') < 0 && IdentifierText.AllDigits(text.AsSpan(3))))
        {
            yield return Confidence.Medium;
        }

        // 台胞证 (8 digits, once 10 and a letter) and the Macau card ([157], 6 digits, 1 digit): nothing to check by.
        if (IdentifierText.AllDigits(text) && text.Length is 8 or 10)
        {
            yield return Confidence.Low;
        }
    }

    private static bool IsCardShape(string text) => IsHongKongShape(text) || IsTaiwanShape(text)
        || (text.Length == 18 && text[0] == '8' && text[1] is '1' or '2' or '3' && ResidentId.Normalise(text) is not null)
        || (text.Length == 18 && text[0] == '9' && ResidentId.Normalise(text) is not null);

    private static bool IsHongKongShape(ReadOnlySpan<char> text) => text.Length is 8 or 9
        && text[..^7].IndexOfAnyExceptInRange('A', 'Z') < 0
        && IdentifierText.AllDigits(text[^7..^1]) && (char.IsAsciiDigit(text[^1]) || text[^1] == 'A');

    private static bool IsTaiwanShape(ReadOnlySpan<char> text) =>
        text.Length == 10 && text[0] is >= 'A' and <= 'Z' && text[1] is '1' or '2' or '8' or '9' && IdentifierText.AllDigits(text[1..]);

    private static int Value(char c) => char.IsAsciiDigit(c) ? c - '0' : c - 'A' + 10;
}
