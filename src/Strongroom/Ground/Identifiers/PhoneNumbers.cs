using System.Collections.Frozen;

namespace Strongroom.Ground.Identifiers;

/// <summary>Mainland mobile numbers: 1[3-9] + 9 digits, and 13-digit IoT numbers.</summary>
internal static class Mobile
{
    private static readonly FrozenSet<string> _assigned = new[]
    {
        "130", "131", "132", "133", "134", "135", "136", "137", "138", "139", "145", "147", "149", "150", "151", "152", "153", "155",
        "156", "157", "158", "159", "162", "165", "166", "167", "170", "171", "172", "173", "174", "175", "176", "177", "178", "180",
        "181", "182", "183", "184", "185", "186", "187", "188", "189", "190", "191", "192", "193", "195", "196", "197", "198", "199",
    }.ToFrozenSet();

    /// <summary>11 or 13 digits without country code; null when it is not a mobile number.</summary>
    public static string? Normalise(string folded)
    {
        var text = IdentifierText.Without(folded, " -().");
        var digits = text switch
        {
            ['+', '8', '6', .. var rest] => rest,
            ['0', '0', '8', '6', .. var rest] => rest,
            ['8', '6', .. var rest] when rest.Length is 11 or 13 => rest,
            ['0', .. var rest] when rest.Length == 11 => rest,
            _ => text,
        };
        return IsMobile(digits) || IsIot(digits) ? digits : null;
    }

    public static Verdict Check(string mobile) => Verdict.Ok(
        mobile.Length == 13 || _assigned.Contains(mobile[..3]) ? Confidence.High : Confidence.Medium);

    public static bool IsMobile(ReadOnlySpan<char> text) =>
        text.Length == 11 && text[0] == '1' && text[1] is >= '3' and <= '9' && IdentifierText.AllDigits(text);

    public static bool IsIot(ReadOnlySpan<char> text) => text.Length == 13 && IdentifierText.AllDigits(text) &&
        (text.StartsWith("1440") || text.StartsWith("1441") || text.StartsWith("1410") || text.StartsWith("146") || text.StartsWith("148"));
}

/// <summary>Any telephone number: mobile, mainland landline with area code, service numbers, numbers abroad with their country code.</summary>
internal static class Phone
{
    /// <summary>
    /// A mobile as 11 or 13 digits, a mainland landline as 0 + area + number, abroad as + and digits; an extension follows an x.
    /// </summary>
    public static string? Normalise(string folded)
    {
        var (number, extension) = SplitExtension(folded);
        if (number is null)
        {
            return null;
        }

        if (Mobile.Normalise(number) is { } mobile)
        {
            return extension.Length == 0 ? mobile : null;
        }

        var text = IdentifierText.Without(number, " -().");
        text = text.StartsWith("00", StringComparison.Ordinal) ? "+" + text[2..] : text;
        if (text is ['+', '8', '6', .. var domestic])
        {
            text = domestic is ['0', ..] or ['4' or '8', '0', '0', ..] or ['9', '5', ..] ? domestic : "0" + domestic;
        }

        return IsLandline(text) || IsService(text) || IsAbroad(text) ? text + extension : null;
    }

    public static Verdict Check(string phone) => Verdict.Ok(phone[0] == '+' ? Confidence.Medium : Confidence.High);

    /// <summary>0 + area code of 2 or 3 digits (10, 2x, 3–9xx) + 7 or 8 digits.</summary>
    private static bool IsLandline(string text) => IdentifierText.AllDigits(text) && text switch
    {
        ['0', '1', '0', >= '2', ..] or ['0', '2', _, >= '2', ..] => text.Length == 11,
        ['0', >= '3', _, _, >= '2', ..] => text.Length is 11 or 12,
        _ => false,
    };

    private static bool IsService(string text) => IdentifierText.AllDigits(text) && text switch
    {
        ['4' or '8', '0', '0', ..] => text.Length == 10,
        ['9', '5', ..] => text.Length is >= 5 and <= 8,
        _ => false,
    };

    /// <summary>E.164: at most 15 digits, no leading zero.</summary>
    private static bool IsAbroad(string text) =>
        text.Length is >= 8 and <= 16 && text[0] == '+' && text[1] != '0' && IdentifierText.AllDigits(text.AsSpan(1));

    private static (string? Number, string Extension) SplitExtension(string folded)
    {
        var lower = IdentifierText.Lower(folded);
        foreach (var mark in (string[])["转", "分机", "ext.", "ext", "x"])
        {
            var at = lower.IndexOf(mark, StringComparison.Ordinal);
            if (at < 0)
            {
                continue;
            }

            var extension = lower[(at + mark.Length)..].Trim();
            return extension.Length is >= 1 and <= 6 && IdentifierText.AllDigits(extension) ? (lower[..at], "x" + extension) : (null, "");
        }

        return (lower, "");
    }
}
