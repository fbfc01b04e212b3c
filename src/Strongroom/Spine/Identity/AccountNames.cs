using System.Globalization;
using System.Text;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>Account names: what may be one, and the folded form under which two spellings are the same account.</summary>
internal static class AccountNames
{
    public const int Longest = 64;

    /// <summary>Folds full-width letters, case and outer blanks; null when the text cannot be an account name.</summary>
    public static string? Fold(string? text)
    {
        if (text is null || text.Length > 4 * Longest)
        {
            return null;
        }

        string folded;
        try
        {
            folded = text.Normalize(NormalizationForm.FormKC).Trim().ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null; // a lone surrogate
        }

        return folded.Length is >= 2 and <= Longest && folded.EnumerateRunes().All(IsAllowed) ? folded : null;
    }

    private static bool IsAllowed(Rune rune) =>
        rune.Value is '.' or '-' or '_' or '@' or '+'
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber;
}
