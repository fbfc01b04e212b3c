namespace Strongroom.Ground.Identifiers;

/// <summary>An identifier found in free text. Start and length are UTF-16 positions in the text as given.</summary>
internal readonly record struct IdentifierFound(string Kind, int Start, int Length, Confidence Confidence);

/// <summary>
/// Finds identity numbers, mobile numbers, bank cards and travel documents in free text, so that notes can refuse them (domain.md §5).
/// One pass by hand: time is linear, and letters, Chinese or full-width neighbours neither hide a number nor make one. Only digits beside
/// digits count as part of a longer number, which \b gets wrong for 手机号13812345678转.
/// </summary>
internal static class IdentifierScanner
{
    // Groups of one number are parted by a single separator; the longest number has 19 digits.
    private const int LongestNumber = 19;
    private static readonly string[] _identityWords = ["身份证", "证件", "证号", "ID"];

    /// <summary>Whether a note with this text must be refused.</summary>
    public static bool LooksLikeIdentifier(string text) => Find(text).Count > 0;

    /// <summary>Non-overlapping finds in order of their start.</summary>
    public static IReadOnlyList<IdentifierFound> Find(string text)
    {
        var (plain, origin) = Plain(text);
        var found = new List<IdentifierFound>();
        for (var at = 0; at < plain.Length;)
        {
            if (TokenStarts(plain, at) && Match(plain, at) is { } hit)
            {
                var start = origin[at];
                found.Add(new IdentifierFound(hit.Kind, start, origin[at + hit.Length - 1] + 1 - start, hit.Confidence));
                at += hit.Length;
            }
            else
            {
                at++;
            }
        }

        return found;
    }

    private readonly record struct Hit(string Kind, int Length, Confidence Confidence);

    /// <summary>Half-width, upper case, invisible characters dropped, with the origin of each remaining character.</summary>
    private static (char[] Plain, int[] Origin) Plain(string text)
    {
        var plain = new char[text.Length];
        var origin = new int[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (IdentifierText.IsInvisible(text[i]))
            {
                continue;
            }

            var c = IdentifierText.FoldOne(text[i]) ?? ' ';
            plain[length] = char.IsAsciiLetterLower(c) ? (char)(c - 32) : c;
            origin[length++] = i;
        }

        return (plain[..length], origin[..length]);
    }

    private static bool TokenStarts(ReadOnlySpan<char> text, int at) => char.IsAsciiDigit(text[at])
        ? at == 0 || !char.IsAsciiDigit(text[at - 1])
        : char.IsAsciiLetterUpper(text[at]) && (at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1]));

    private static Hit? Match(ReadOnlySpan<char> text, int at) => char.IsAsciiDigit(text[at]) ? MatchNumber(text, at) : MatchDocument(text, at);

    /// <summary>Joins groups "6222 0200 1234 5678" from <paramref name="at"/> and tests the number at the end of each group, longest find first.</summary>
    private static Hit? MatchNumber(ReadOnlySpan<char> text, int at)
    {
        Span<char> digits = stackalloc char[LongestNumber];
        var count = 0;
        Hit? best = null;
        for (var i = at; i < text.Length && count < LongestNumber;)
        {
            digits[count++] = text[i++];
            if (i < text.Length && char.IsAsciiDigit(text[i]))
            {
                continue;
            }

            // A group ends here: nothing but a non-digit follows.
            if (count == 17 && i < text.Length && text[i] == 'X' && (i + 1 == text.Length || !char.IsAsciiLetterOrDigit(text[i + 1])))
            {
                digits[count++] = 'X';
                i++;
            }

            if (Number(digits[..count], text[..at]) is { } hit)
            {
                best = hit with { Length = i - at };
            }

            var joins = i + 1 < text.Length && IsSeparator(text[i]) && (char.IsAsciiDigit(text[i + 1]) || (count == 17 && text[i + 1] == 'X'));
            i = joins ? i + 1 : text.Length;
        }

        return best;
    }

    private static Hit? Number(ReadOnlySpan<char> digits, ReadOnlySpan<char> before) => digits.Length switch
    {
        18 when IsIdentity(digits) => new Hit("cn-id", 0, ResidentId.CheckCharacter(digits) == digits[17] ? Confidence.High : Confidence.Medium),
        15 when IsOldIdentity(digits) && HasWord(before) => new Hit("cn-id", 0, Confidence.Medium),
        11 when Mobile.IsMobile(digits) => new Hit("mobile", 0, Confidence.High),
        12 when digits[0] == '0' && Mobile.IsMobile(digits[1..]) => new Hit("mobile", 0, Confidence.Medium),
        13 when Mobile.IsIot(digits) || (digits is ['8', '6', ..] && Mobile.IsMobile(digits[2..])) => new Hit("mobile", 0, Confidence.High),
        15 when digits is ['0', '0', '8', '6', ..] && Mobile.IsMobile(digits[4..]) => new Hit("mobile", 0, Confidence.High),
        >= 14 and <= 19 when BankCard.IsKnownIssuer(digits) && IdentifierText.Luhn(digits) => new Hit("pan", 0, Confidence.High),
        _ => null,
    };

    /// <summary>Passports and 回乡证 with their letters, not inside a longer code; and Hong Kong identity cards in brackets.</summary>
    private static Hit? MatchDocument(ReadOnlySpan<char> text, int at)
    {
        var end = at;
        while (end < text.Length && end - at <= 12 && char.IsAsciiLetterOrDigit(text[end]))
        {
            end++;
        }

        var token = text[at..end];
        if (token.Length is 9 or 11 && token[0] is 'H' or 'M' && IdentifierText.AllDigits(token[1..]))
        {
            return new Hit("permit", token.Length, Confidence.Medium);
        }

        if (token.Length is 8 or 9 && Passport.IsChinese(token))
        {
            return new Hit("passport", token.Length, Confidence.Medium);
        }

        if (token.Length is 7 or 8 && end + 2 < text.Length && text[end] == '(' && text[end + 2] == ')'
            && Permit.IsHongKongId([.. token, text[end + 1]]))
        {
            return new Hit("permit", token.Length + 3, Confidence.High);
        }

        return token.Length is 8 or 9 && Permit.IsHongKongId(token) && char.IsAsciiLetterUpper(token[0])
            ? new Hit("permit", token.Length, Confidence.Medium)
            : null;
    }

    private static bool IsIdentity(ReadOnlySpan<char> digits) =>
        (Regions.IsProvince(digits) || digits[0] == '9') && ResidentId.TryDate(digits[6..14], out var born) && born.Year is >= 1900 and < 2100;

    private static bool IsOldIdentity(ReadOnlySpan<char> digits) =>
        Regions.IsProvince(digits) && ResidentId.TryDate([.. "19", .. digits[6..12]], out _);

    private static bool HasWord(ReadOnlySpan<char> before)
    {
        var near = before[Math.Max(0, before.Length - 12)..];
        foreach (var word in _identityWords)
        {
            if (near.IndexOf(word) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSeparator(char c) => c is ' ' or '-' or '.' or '\u00B7';
}
