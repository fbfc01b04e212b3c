using System.Globalization;

namespace Strongroom.Ground.Identifiers;

/// <summary>
/// Resident identity numbers (GB 11643-1999): 6 region, 8 birth date, 3 sequence, 1 check character. Also the residence permits
/// for Hong Kong, Macau and Taiwan residents (81, 82, 83) and the foreigner's permanent residence card (first digit 9, 2023 form).
/// </summary>
internal static class ResidentId
{
    private const string CheckCharacters = "10X98765432";
    private static readonly int[] _weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    /// <summary>18 characters with X in upper case, or 15 digits for the old form; null when it has neither shape.</summary>
    public static string? Normalise(string folded)
    {
        var text = IdentifierText.UpperAscii(IdentifierText.Without(folded, " -"));
        return text.Length switch
        {
            18 when IdentifierText.AllDigits(text.AsSpan(0, 17)) && (char.IsAsciiDigit(text[17]) || text[17] == 'X') => text,
            15 when IdentifierText.AllDigits(text) => text,
            _ => null,
        };
    }

    /// <param name="id">A normalised number.</param>
    /// <param name="today">No birth date may lie after this day.</param>
    public static Verdict Check(string id, DateOnly today)
    {
        if (id.Length == 15)
        {
            // The old form has two-digit years, always of the twentieth century.
            return TryDate("19" + id[6..12], out _)
                ? Verdict.NeedsContext(Faults.ResidentIdOld)
                : Verdict.Invalid(Faults.ResidentIdDate);
        }

        if (!TryDate(id.AsSpan(6, 8), out var born) || born.Year < 1850)
        {
            return Verdict.Invalid(Faults.ResidentIdDate);
        }

        if (born > today)
        {
            return Verdict.Invalid(Faults.ResidentIdFuture);
        }

        return CheckCharacter(id) == id[17] ? Verdict.Ok(Regions.Confidence(id)) : Verdict.Invalid(Faults.ResidentIdCheck);
    }

    /// <summary>The check character that belongs to the first 17 digits.</summary>
    public static char CheckCharacter(ReadOnlySpan<char> id)
    {
        var sum = 0;
        for (var i = 0; i < _weights.Length; i++)
        {
            sum += (id[i] - '0') * _weights[i];
        }

        return CheckCharacters[sum % 11];
    }

    internal static bool TryDate(ReadOnlySpan<char> yyyyMMdd, out DateOnly date) =>
        DateOnly.TryParseExact(yyyyMMdd, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
}
