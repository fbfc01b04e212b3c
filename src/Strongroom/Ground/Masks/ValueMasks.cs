using System.Globalization;
using System.Net.Sockets;
using Strongroom.Ground.Identifiers;

namespace Strongroom.Ground.Masks;

/// <summary>Masks of one-line values. Each answers null when it does not understand the value.</summary>
internal static class ValueMasks
{
    /// <summary>
    /// Keeps characters at the ends of a code or number. Separators do not count. At least three characters and two fifths of the value
    /// stay hidden, so a short card or an odd plate is hidden whole.
    /// </summary>
    public static string? Ends(string value, int first, int last)
    {
        if (IdentifierText.Fold(value) is not { } folded)
        {
            return null;
        }

        var text = IdentifierText.Without(folded, " -_./#()\u00B7");
        var hidden = text.Length - first - last;
        if (hidden < 3 || hidden * 5 < text.Length * 2 || !IsCode(text))
        {
            return null;
        }

        // Plates and booking references are short and their length is no secret, so they keep their shape.
        var stars = text.Length <= 6 || IsPlate(text) ? new string('*', hidden) : Mask.Hidden;
        return string.Concat(text.AsSpan(0, first), stars, text.AsSpan(text.Length - last));
    }

    public static string? Year(string value) =>
        Folded(value, CalendarDate.Normalise) is { } date ? date[..4] + "-**-**" : null;

    public static string? Passport(string value) =>
        Folded(value, Identifiers.Passport.Normalise) is { } number ? Ends(number, 1, 2) : null;

    public static string? Mobile(string value) =>
        Folded(value, Identifiers.Mobile.Normalise) is { } number ? string.Concat(number.AsSpan(0, 3), "****", number.AsSpan(number.Length - 4)) : null;

    /// <summary>The first letter is shown only where more follow, else the local part would be shown whole.</summary>
    public static string? Email(string value) => Folded(value, Identifiers.Email.Normalise) is { } address
        && address.IndexOf('@', StringComparison.Ordinal) is var at
            ? (at > 1 && char.IsAsciiLetterOrDigit(address[0]) ? address[..1] : "") + "***" + address[at..]
            : null;

    /// <summary>Airline code and the last three digits.</summary>
    public static string? Ticket(string value) => Folded(value, text => TravelCodes.Digits(text, 13)) is { } number
        ? string.Concat(number.AsSpan(0, 3), "-*****", number.AsSpan(10))
        : null;

    /// <summary>IPv4 to its /24, IPv6 to its /48.</summary>
    public static string? Network(string value)
    {
        if (IdentifierText.Fold(value) is not { } folded || InternetAddress.Parse(folded) is not { } address)
        {
            return null;
        }

        var bytes = address.GetAddressBytes();
        var (kept, length) = address.AddressFamily == AddressFamily.InterNetwork ? (3, 24) : (6, 48);
        bytes.AsSpan(kept).Clear();
        return new System.Net.IPAddress(bytes).ToString() + "/" + length.ToString(CultureInfo.InvariantCulture);
    }

    private static string? Folded(string value, Func<string, string?> normalise) =>
        IdentifierText.Fold(value) is { } folded ? normalise(folded) : null;

    private static bool IsCode(string text) => IdentifierText.AllLettersOrDigits(text.AsSpan().TrimStart('+')) || IsPlate(text);

    private static bool IsPlate(string text) => Plate.Normalise(text) is not null;
}
