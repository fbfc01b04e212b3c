using System.Security.Cryptography;
using System.Text;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Spine.Identity.Oidc;

/// <summary>What the callback of a provider must satisfy, and what its answer is worth. Pure.</summary>
internal static class OidcRules
{
    /// <summary>Longest age, in seconds, of a provider's asking that counts as two factors.</summary>
    public const long FreshSeconds = 120;

    private const long SkewSeconds = 60;

    /// <summary>Whether the provider asked the person just now; one that does not say when did not.</summary>
    /// <param name="now">Unix seconds.</param>
    public static bool IsFresh(long? authTime, long now) => authTime is { } at && now - at is >= -SkewSeconds and <= FreshSeconds + SkewSeconds;

    /// <summary>The provider vouches for one factor, unless it says by a value the operators named that it asked for two.</summary>
    public static Factor Worth(OidcProvider provider, string? acr, IEnumerable<string> amr) =>
        (acr is not null && provider.Strong.Contains(acr)) || amr.Any(provider.Strong.Contains) ? Factor.SsoStrong : Factor.Sso;

    /// <summary>RFC 9207: an answer that names another issuer is a mix-up; one that names none is, where the provider promised to.</summary>
    public static bool IssuerFits(string issuer, string? answered, bool promised) => answered is null ? !promised : string.Equals(issuer, answered, StringComparison.Ordinal);

    public static bool NonceFits(string expected, string? answered) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(answered ?? ""));

    /// <summary>PKCE S256 (RFC 7636 §4.2).</summary>
    public static string ChallengeOf(string verifier) => System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}
