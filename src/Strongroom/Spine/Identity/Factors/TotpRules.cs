using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Strongroom.Spine.Identity.Factors;

/// <summary>
/// Time-based one-time passwords: RFC 6238 over HMAC-SHA-1, six digits, steps of 30 seconds, which is what every authenticator app
/// computes. One step to either side is accepted for clocks that differ. Pure; replay is the store's matter.
/// </summary>
internal static class TotpRules
{
    public const int SecretBytes = 20;
    public const int Digits = 6;
    public const long StepMs = 30_000;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static long StepAt(long now) => now / StepMs;

    /// <summary>The code of one step (RFC 4226 §5.3).</summary>
    public static string CodeAt(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[20];
#pragma warning disable CA5350 // RFC 6238 as the apps speak it; HMAC does not rest on collision resistance.
        HMACSHA1.HashData(secret, counter, mac);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(mac[(mac[19] & 0xf)..]) & 0x7fff_ffff;
        return (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }

    /// <summary>The step whose code this is, among the present one and its neighbours; null when it is none of theirs.</summary>
    public static long? Match(ReadOnlySpan<byte> secret, string? code, long now)
    {
        if (Plain(code) is not { } digits)
        {
            return null;
        }

        // All three are computed and compared, so that the answer's time does not tell which one was near.
        long? found = null;
        var present = StepAt(now);
        for (var step = present - 1; step <= present + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(CodeAt(secret, step)), digits))
            {
                found ??= step;
            }
        }

        return found;
    }

    /// <summary>What an authenticator app reads from the QR code (Key URI format).</summary>
    public static string Uri(ReadOnlySpan<byte> secret, string issuer, string account) =>
        $"otpauth://totp/{Escape(issuer)}:{Escape(account)}?secret={Base32(secret)}&issuer={Escape(issuer)}&algorithm=SHA1&digits=6&period=30";

    /// <summary>RFC 4648 base 32 without padding, as people type it into an app.</summary>
    public static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(((bytes.Length * 8) + 4) / 5);
        int bits = 0, held = 0;
        foreach (var next in bytes)
        {
            held = (held << 8) | next;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                text.Append(Alphabet[(held >> bits) & 31]);
            }

            held &= (1 << bits) - 1;
        }

        return bits > 0 ? text.Append(Alphabet[(held << (5 - bits)) & 31]).ToString() : text.ToString();
    }

    /// <summary>The bytes of such a text; null when it is none.</summary>
    public static byte[]? FromBase32(string text)
    {
        var bytes = new List<byte>();
        int bits = 0, held = 0;
        foreach (var letter in text)
        {
            var value = Alphabet.IndexOf(char.ToUpperInvariant(letter), StringComparison.Ordinal);
            if (value < 0)
            {
                return null;
            }

            held = (held << 5) | value;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(held >> bits));
                held &= (1 << bits) - 1;
            }
        }

        return [.. bytes];
    }

    /// <summary>Six digits; blanks that people type between them are taken out.</summary>
    private static byte[]? Plain(string? code)
    {
        var plain = code?.Replace(" ", "", StringComparison.Ordinal);
        return plain is { Length: Digits } && plain.All(char.IsAsciiDigit) ? Encoding.ASCII.GetBytes(plain) : null;
    }

    private static string Escape(string text) => System.Uri.EscapeDataString(text);
}
