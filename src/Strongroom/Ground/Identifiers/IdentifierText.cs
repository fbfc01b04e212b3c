using System.Text;

namespace Strongroom.Ground.Identifiers;

/// <summary>
/// Folding that every normalisation starts with. Whatever must be the same on every machine is folded by hand: under
/// InvariantGlobalization .NET's NFKC leaves full-width digits alone, and the digest of the value would differ silently.
/// </summary>
internal static class IdentifierText
{
    /// <summary>
    /// Half-width, NFKC, one kind of space, dash, middle dot and apostrophe; invisible characters dropped; ends trimmed.
    /// Null when the text holds a lone surrogate, a noncharacter or a control character.
    /// </summary>
    public static string? Fold(string? value)
    {
        if (value is null || FoldCharacters(value) is not { } folded)
        {
            return null;
        }

        if (Ascii.IsValid(folded))
        {
            return folded.Trim(' ');
        }

        // NFKC can make new spaces and marks (a spacing diaeresis becomes space + combining mark), so the hand folding runs again.
        return FoldCharacters(folded.Normalize(NormalizationForm.FormKC))?.Trim(' ');
    }

    /// <summary>Lower case by the invariant table, still in NFKC.</summary>
    public static string Lower(string folded) => Settle(folded.ToLowerInvariant());

    /// <summary>Back into NFKC after a change: dropping a space can bring combining marks together in the wrong order.</summary>
    public static string Settle(string text) => Ascii.IsValid(text) ? text : text.Normalize(NormalizationForm.FormKC);

    /// <summary>Only ASCII letters change, so identifiers never meet Unicode case rules.</summary>
    public static string UpperAscii(string folded) => string.Create(folded.Length, folded, static (upper, text) =>
    {
        for (var i = 0; i < upper.Length; i++)
        {
            upper[i] = char.IsAsciiLetterLower(text[i]) ? (char)(text[i] - 32) : text[i];
        }
    });

    /// <summary>Runs of spaces become one; ends are trimmed.</summary>
    public static string Collapse(string folded)
    {
        var text = new StringBuilder(folded.Length);
        foreach (var c in folded)
        {
            if (c != ' ' || (text.Length > 0 && text[^1] != ' '))
            {
                text.Append(c);
            }
        }

        return text.ToString().TrimEnd(' ');
    }

    /// <summary>The text without any of the given characters.</summary>
    public static string Without(string folded, ReadOnlySpan<char> dropped)
    {
        if (folded.AsSpan().IndexOfAny(dropped) < 0)
        {
            return folded;
        }

        var text = new StringBuilder(folded.Length);
        foreach (var c in folded)
        {
            if (!dropped.Contains(c))
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    /// <summary>True for a Han ideograph, including the rare ones outside the first plane, 々 and 〇.</summary>
    public static bool IsHan(Rune rune) => rune.Value is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0xF900 and <= 0xFAFF) or
        (>= 0x20000 and <= 0x323AF) or 0x3007 or 0x3005;

    /// <summary>ASCII digits only: \d and char.IsDigit also accept full-width and Arabic digits.</summary>
    public static bool AllDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');

    public static bool AllLettersOrDigits(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                return false;
            }
        }

        return !text.IsEmpty;
    }

    /// <summary>The Luhn check of ISO/IEC 7812 over ASCII digits.</summary>
    public static bool Luhn(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            digit = i % 2 == 1 ? digit * 2 : digit;
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }

    private static string? FoldCharacters(string value)
    {
        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                if ((char.ConvertToUtf32(c, value[i + 1]) & 0xFFFE) == 0xFFFE)
                {
                    return null;
                }

                text.Append(c).Append(value[++i]);
                continue;
            }

            if (char.IsSurrogate(c) || c is '\uFFFE' or '\uFFFF' or (>= '\uFDD0' and <= '\uFDEF'))
            {
                return null;
            }

            if (IsInvisible(c))
            {
                continue;
            }

            if (FoldOne(c) is not { } folded)
            {
                return null;
            }

            text.Append(folded);
        }

        return text.ToString();
    }

    internal static char? FoldOne(char c) => c switch
    {
        >= '\uFF01' and <= '\uFF5E' => (char)(c - 0xFEE0),
        '\u3000' => ' ',
        _ when char.IsWhiteSpace(c) => ' ',
        _ when char.IsControl(c) => null,
        (>= '\u2010' and <= '\u2015') or '\u2212' or '\uFE58' or '\uFE63' => '-',
        '\u2022' or '\u30FB' or '\uFF65' or '\u2027' or '\u2219' or '\u22C5' => '\u00B7',
        '\u2018' or '\u2019' or '\u02BC' => '\'',
        _ => c,
    };

    // Direction marks, joiners, soft hyphens and byte order marks come along when a number is pasted from a chat or a spreadsheet.
    internal static bool IsInvisible(char c) =>
        c is '\u00AD' or '\uFEFF' or (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2060' and <= '\u206F');
}
