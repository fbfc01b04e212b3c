using System.Text;

namespace Strongroom.Ground.Identifiers;

/// <summary>Names of people as typed, for exact search: spelling stays, spacing and letter case do not count.</summary>
internal static class PersonNames
{
    /// <summary>"ZHANG/XIAOMING", "Zhang, Xiaoming" and "zhang  xiaoming" are one name; "张 三" is "张三".</summary>
    public static string? Normalise(string folded)
    {
        // Machine-readable zones and booking systems part names by a slash or comma.
        var text = IdentifierText.Collapse(IdentifierText.Lower(folded).Replace('/', ' ').Replace(',', ' '));
        return text.EnumerateRunes().Any(Rune.IsLetter) ? JoinHan(text) : null;
    }

    public static Verdict Check(string name)
    {
        foreach (var rune in name.EnumerateRunes())
        {
            if (!Rune.IsLetterOrDigit(rune) && !IsMark(rune) && !" .'-\u00B7()\"`".Contains((char)rune.Value, StringComparison.Ordinal))
            {
                return Verdict.Invalid(Faults.Name);
            }
        }

        return name.Any(char.IsAsciiDigit) ? Verdict.Invalid(Faults.Name) : Verdict.Ok();
    }

    public static Verdict CheckLatin(string name)
    {
        var plain = Check(name);
        return plain.IsOk && !name.EnumerateRunes().All(rune => IsLatin(rune) || !Rune.IsLetter(rune)) ? Verdict.Invalid(Faults.NameLatin) : plain;
    }

    public static bool IsLatin(Rune rune) => Rune.IsLetter(rune) && rune.Value is < 0x0250 or (>= 0x1E00 and < 0x1F00);

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark
        or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    /// <summary>Drops spaces between ideographs, and writes a full stop between them as the middle dot of 买买提·艾力.</summary>
    private static string JoinHan(string text)
    {
        var runes = text.EnumerateRunes().ToArray();
        var joined = new StringBuilder(text.Length);
        for (var i = 0; i < runes.Length; i++)
        {
            var between = i > 0 && i < runes.Length - 1 && IdentifierText.IsHan(runes[i - 1]) && IdentifierText.IsHan(runes[i + 1]);
            if (between && runes[i].Value == ' ')
            {
                continue;
            }

            joined.Append(between && runes[i].Value == '.' ? new Rune('\u00B7') : runes[i]);
        }

        return joined.ToString();
    }
}

/// <summary>Postal addresses and free text, for exact search.</summary>
internal static class FreeText
{
    public static string? Normalise(string folded) => IdentifierText.Collapse(IdentifierText.Lower(folded)) is { Length: > 0 } text ? text : null;

    /// <summary>Chinese addresses are typed with and without spaces, so where no Latin letters part words, spaces go.</summary>
    public static string? Address(string folded) => Normalise(folded) is not { } text ? null
        : text.EnumerateRunes().Any(IdentifierText.IsHan) ? IdentifierText.Settle(IdentifierText.Without(text, " ")) : text;
}
