using System.Globalization;
using System.Text;

namespace Strongroom.Collect.Import;

/// <summary>Brings a column's text into the form its item wants. Pure; what it does not understand it leaves alone, for the server's check to refuse.</summary>
internal static class RowFormat
{
    private const string Money = "money:", Date = "date:";

    public static bool IsKnown(string format) =>
        format == "kebab"
        || (format.StartsWith(Money, StringComparison.Ordinal) && format.Length == Money.Length + 3 && format.AsSpan(Money.Length).IndexOfAnyExceptInRange('A', 'Z') < 0)
        || (format.StartsWith(Date, StringComparison.Ordinal) && format[Date.Length..] is { Length: >= 6 and <= 12 } pattern && pattern.Contains('d', StringComparison.Ordinal) && pattern.Contains('M', StringComparison.Ordinal) && pattern.Contains('y', StringComparison.Ordinal));

    public static string Apply(string? format, string text) => format switch
    {
        null => text,
        "kebab" => Kebab(text),
        _ when format.StartsWith(Money, StringComparison.Ordinal) => $"{text} {format[Money.Length..]}",
        _ => DateOnly.TryParseExact(text, format[Date.Length..], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : text,
    };

    /// <summary>Lower case; every run of anything else than letters and digits becomes one hyphen, none at the ends.</summary>
    private static string Kebab(string text)
    {
        var made = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                made.Append(Rune.ToLowerInvariant(rune).ToString());
            }
            else if (made.Length > 0 && made[^1] != '-')
            {
                made.Append('-');
            }
        }

        return made.ToString().TrimEnd('-');
    }
}
