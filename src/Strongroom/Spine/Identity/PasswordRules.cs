using System.Text;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

internal enum PasswordFault
{
    None,
    TooShort,
    TooLong,
    Common,
    HoldsAccount,
    Unchanged,
}

/// <summary>
/// What a password must be: length counts, composition does not (NIST SP 800-63B 5.1.1.2: at least 8, compared with common
/// values and the context; here at least 12). Known from a breach is <see cref="BreachedPasswords"/>'s matter.
/// </summary>
internal static class PasswordRules
{
    /// <summary>Code points after normalisation.</summary>
    public const int Shortest = 12;

    /// <summary>Longer input is refused, not truncated: hashing must cost the same for everybody.</summary>
    public const int Longest = 128;

    /// <summary>Longest first, so that a word is cut out before a shorter one inside it.</summary>
    private static readonly string[] Common = ReadCommon();

    /// <summary>The form that is hashed, the same for every keyboard; null when the text is not valid Unicode or far too long.</summary>
    public static string? Normalise(string? text)
    {
        if (text is null || text.Length > 4 * Longest)
        {
            return null;
        }

        try
        {
            return text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Judges a new password.</summary>
    /// <param name="account">Folded account name, which it must not be built on.</param>
    /// <param name="context">Names that guessers try first: the person's, the company's. They are cut out like common words.</param>
    public static PasswordFault Check(string? text, string account, IReadOnlyList<string>? context = null)
    {
        if (Normalise(text) is not { } password)
        {
            return PasswordFault.TooLong;
        }

        var length = password.EnumerateRunes().Count();
        if (length < Shortest)
        {
            return PasswordFault.TooShort;
        }

        if (length > Longest)
        {
            return PasswordFault.TooLong;
        }

        var plain = password.ToLowerInvariant();
        var name = account.Split('@')[0];
        if (name.Length >= 3 && plain.Contains(name, StringComparison.Ordinal) && plain.Length - name.Length < Shortest)
        {
            return PasswordFault.HoldsAccount;
        }

        return IsGuessable(plain, WordsOf(context ?? [])) ? PasswordFault.Common : PasswordFault.None;
    }

    /// <summary>
    /// True when little remains once common words, keyboard rows and runs are cut out and digits and signs trimmed off both
    /// ends, with and without the usual substitutions undone: what remains must still be half a password.
    /// </summary>
    private static bool IsGuessable(string plain, IReadOnlyList<string> context) =>
        plain.EnumerateRunes().Distinct().Count() < 5
        || Remainder(plain, context) < Shortest / 2
        || Remainder(Unleet(plain), context) < Shortest / 2
        || Remainder(Unleet(TrimSigns(plain)), context) < Shortest / 2;

    /// <summary>The parts of names that say something: two Chinese characters or three letters.</summary>
    private static string[] WordsOf(IReadOnlyList<string> names) =>
    [
        .. names.Select(name => Normalise(name)?.ToLowerInvariant() ?? "")
            .SelectMany(name => name.Split([' ', '.', '-', '_', '@', '·', ',', '(', ')'], StringSplitOptions.RemoveEmptyEntries).Append(name.Replace(" ", "", StringComparison.Ordinal)))
            .Where(word => word.Length >= 3 || (word.Length == 2 && word[0] >= '\u3400'))
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(word => word.Length),
    ];

    private static int Remainder(string text, IReadOnlyList<string> context)
    {
        foreach (var word in context.Concat(Common))
        {
            text = text.Replace(word, "\n", StringComparison.Ordinal);
        }

        return TrimSigns(text).EnumerateRunes().Count(rune => rune.Value != '\n');
    }

    private static string TrimSigns(string text)
    {
        var first = 0;
        var end = text.Length;
        while (first < end && !char.IsLetter(text[first]) && !char.IsSurrogate(text[first]))
        {
            first++;
        }

        while (end > first && !char.IsLetter(text[end - 1]) && !char.IsSurrogate(text[end - 1]))
        {
            end--;
        }

        return text[first..end];
    }

    private static string Unleet(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = source[i] switch
            {
                '0' => 'o', '1' => 'i', '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '7' => 't', '!' => 'i',
                var other => other,
            };
        }
    });

    private static string[] ReadCommon()
    {
        using var stream = typeof(PasswordRules).Assembly.GetManifestResourceStream("Strongroom.Spine.Identity.common-passwords.txt")
            ?? throw new InvalidOperationException("The list of common passwords is missing from the program.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return [.. reader.ReadToEnd()
            .Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(word => word.Length)
            .ThenBy(word => word, StringComparer.Ordinal)];
    }
}
