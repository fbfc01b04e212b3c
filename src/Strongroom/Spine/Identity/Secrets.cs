using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Strongroom.Ground;
using Strongroom.Keys;

namespace Strongroom.Spine.Identity;

/// <summary>Makes, reads and hashes the secrets callers present. Only keyed hashes reach the database.</summary>
internal sealed class Secrets(IMac mac)
{
    private const string TokenPrefix = "sr_";
    private const int SecretBytes = 32;

    /// <summary>sr_ + client (32 hex) + _ + secret (64 hex): fixed length, so that secret scanners can find a leaked one.</summary>
    public const int TokenLength = 3 + 32 + 1 + (2 * SecretBytes);

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    // No letters or digits that are mistaken for one another when read aloud or copied from paper.
    private const string Readable = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>256 random bits as 64 lower-case hex digits: session cookies and device cookies.</summary>
    public static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));

    public static bool IsSecret(string? text) => text is { Length: 2 * SecretBytes } && !text.AsSpan().ContainsAnyExcept(LowerHex);

    /// <summary>A start password of 99 random bits, to be handed over once and replaced at first sign-in.</summary>
    public static string NewStartPassword() =>
        string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Readable, 5)));

    public static string NewToken(ClientId client) => $"{TokenPrefix}{client}_{NewSecret()}";

    /// <summary>Splits a bearer token; false for anything that is not exactly one.</summary>
    public static bool TryReadToken(string? text, out ClientId client, out string secret)
    {
        client = default;
        secret = "";
        if (text is not { Length: TokenLength } || !text.StartsWith(TokenPrefix, StringComparison.Ordinal) || text[35] != '_')
        {
            return false;
        }

        secret = text[36..];
        return IsSecret(secret) && ClientId.TryParse(text[3..35], null, out client);
    }

    public byte[] HashToken(ClientId client, string secret) => Hash("token", $"{client}_{secret}");

    public byte[] HashSession(string secret) => Hash("session", secret);

    public byte[] HashDevice(string secret) => Hash("device", secret);

    /// <summary>Keyed hash under which an account is found; equal for every spelling that folds to the same name.</summary>
    public byte[] HashAccount(string folded) => Hash("account", folded);

    /// <summary>The subject under which guesses at an account's codes are counted, apart from guesses at its password.</summary>
    public byte[] HashCodes(byte[] accountHash) => Hash("codes", Convert.ToHexStringLower(accountHash));

    /// <summary>The ticket of a two-step act, when it is spent.</summary>
    public byte[] HashTicket(byte[] ticket) => Hash("ticket", Convert.ToHexStringLower(ticket));

    /// <summary>An authenticator's credential: one person may claim it.</summary>
    public byte[] HashCredential(byte[] credential) => Hash("credential", Convert.ToHexStringLower(credential));

    /// <summary>An identity at a provider of single sign-on: issuer and subject, which together never change hands.</summary>
    public byte[] HashIdentity(string issuer, string subject) => Hash("identity", $"{issuer}\n{subject}");

    /// <summary>What the one-time code of an approval at another's screen is made of.</summary>
    public byte[] HashOnSite(string digest, PersonId person, long window) => Hash("on-site", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{digest}_{person}_{window}"));

    public byte[] HashRecoveryCode(PersonId person, string code) => Hash("recovery", $"{person}_{code}");

    // Domain and message are parted by a byte that occurs in neither, so no two uses share an input.
    private byte[] Hash(string domain, string message) => mac.Mac(MacUse.TokenHash, Encoding.UTF8.GetBytes($"{domain}\0{message}"));
}
