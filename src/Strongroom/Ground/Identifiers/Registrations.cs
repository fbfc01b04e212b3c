using System.Buffers;

namespace Strongroom.Ground.Identifiers;

/// <summary>Bank cards (ISO/IEC 7812): 13 to 19 digits with a Luhn check.</summary>
internal static class BankCard
{
    public static string? Normalise(string folded)
    {
        var text = IdentifierText.Without(folded, " -");
        return text.Length is >= 13 and <= 19 && IdentifierText.AllDigits(text) ? text : null;
    }

    public static Verdict Check(string pan) => IdentifierText.Luhn(pan) && pan.AsSpan().ContainsAnyExcept('0')
        ? Verdict.Ok(IsKnownIssuer(pan) ? Confidence.High : Confidence.Low)
        : Verdict.Invalid(Faults.PanCheck);

    /// <summary>Prefix and length of the schemes in use: UnionPay, Visa, Mastercard, American Express, JCB, Diners, older domestic cards.</summary>
    public static bool IsKnownIssuer(ReadOnlySpan<char> pan) => pan switch
    {
        ['6', '2', ..] or ['6', '0' or '4' or '5', ..] or ['8', '1', ..] or ['9', '5', '5' or '8', ..] => pan.Length >= 16,
        ['4', ..] => pan.Length is 16 or 19,
        ['5', >= '1' and <= '5', ..] or ['2', >= '2' and <= '7', ..] or ['3', '5', ..] => pan.Length == 16,
        ['3', '4' or '7', ..] => pan.Length == 15,
        ['3', '0' or '6' or '8', ..] => pan.Length == 14,
        _ => false,
    };
}

/// <summary>Unified social credit codes (GB 32100-2015), 18 characters without I O S V Z.</summary>
internal static class SocialCreditCode
{
    internal const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    private static readonly int[] _weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    private static readonly SearchValues<char> _alphabet = SearchValues.Create(Alphabet);
    private static readonly int[] _organisationWeights = [3, 7, 9, 10, 5, 8, 4, 2];

    public static string? Normalise(string folded)
    {
        var text = IdentifierText.UpperAscii(IdentifierText.Without(folded, " -"));
        return text.Length == 18 && !text.AsSpan().ContainsAnyExcept(_alphabet) ? text : null;
    }

    /// <summary>High when the embedded organisation code (GB 11714) checks out too: most all-digit identity numbers fit the outer shape.</summary>
    public static Verdict Check(string code) => CheckCharacter(code) != code[17]
        ? Verdict.Invalid(Faults.UsccCheck)
        : Verdict.Ok(OrganisationCheck(code.AsSpan(8, 8)) == code[16] ? Confidence.High : Confidence.Medium);

    public static char CheckCharacter(ReadOnlySpan<char> code)
    {
        var sum = 0;
        for (var i = 0; i < _weights.Length; i++)
        {
            sum += Alphabet.IndexOf(code[i], StringComparison.Ordinal) * _weights[i];
        }

        return Alphabet[(31 - (sum % 31)) % 31];
    }

    /// <summary>GB 11714: weights 3 7 9 10 5 8 4 2, letters A=10 … Z=35, check 11 − sum mod 11 with 10 = X and 11 = 0.</summary>
    public static char OrganisationCheck(ReadOnlySpan<char> body)
    {
        var sum = 0;
        for (var i = 0; i < _organisationWeights.Length; i++)
        {
            sum += (char.IsAsciiDigit(body[i]) ? body[i] - '0' : body[i] - 'A' + 10) * _organisationWeights[i];
        }

        return "0X987654321"[sum % 11];
    }
}

/// <summary>Vehicle plates: province, letter, 5 characters, or 6 for new-energy vehicles; I and O are never used.</summary>
internal static class Plate
{
    private const string Provinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
    private const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const string LettersAndDigits = Letters + "0123456789";
    private const string NewEnergy = "ABCDEFGHJK";
    private static readonly SearchValues<char> _lettersAndDigits = SearchValues.Create(LettersAndDigits);

    public static string? Normalise(string folded)
    {
        var text = IdentifierText.UpperAscii(IdentifierText.Without(folded, " -.\u00B7"));
        if (text.Length is not (7 or 8) || !Provinces.Contains(text[0], StringComparison.Ordinal) || !Letters.Contains(text[1], StringComparison.Ordinal))
        {
            return null;
        }

        return (text.Length == 7 ? IsOrdinary(text.AsSpan(2)) : IsNewEnergy(text.AsSpan(2))) ? text : null;
    }

    public static Verdict Check(string _) => Verdict.Ok();

    private static bool IsOrdinary(ReadOnlySpan<char> tail) =>
        !tail[..4].ContainsAnyExcept(_lettersAndDigits) && (LettersAndDigits + "学警港澳挂试超领").Contains(tail[4], StringComparison.Ordinal)
        && tail.ContainsAnyInRange('0', '9');

    /// <summary>Small vehicles carry the letter first, large ones last (GA 36-2018).</summary>
    private static bool IsNewEnergy(ReadOnlySpan<char> tail) =>
        (NewEnergy.Contains(tail[0], StringComparison.Ordinal) && LettersAndDigits.Contains(tail[1], StringComparison.Ordinal) && IdentifierText.AllDigits(tail[2..]))
        || (NewEnergy.Contains(tail[5], StringComparison.Ordinal) && IdentifierText.AllDigits(tail[..5]));
}

/// <summary>Terminal serial numbers (3GPP TS 23.003): 14 digits and a Luhn digit.</summary>
internal static class Imei
{
    public static string? Normalise(string folded)
    {
        var text = IdentifierText.Without(folded, " -/");
        return text.Length == 15 && IdentifierText.AllDigits(text) ? text : null;
    }

    public static Verdict Check(string imei) => IdentifierText.Luhn(imei) && imei.AsSpan().ContainsAnyExcept('0')
        ? Verdict.Ok(Confidence.Medium)
        : Verdict.Invalid(Faults.ImeiCheck);
}
