using System.Text.Json.Serialization;

namespace Strongroom.Spine.Identity.Factors;

/// <param name="Code">Six digits of the authenticator app, or a recovery code.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CodeRequest(string Code);

/// <param name="Ticket">From the offer, unchanged.</param>
/// <param name="Code">The first code the app shows.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TotpEnrolment(string Ticket, string Code);

/// <summary>A secret for an authenticator app, not enrolled yet.</summary>
/// <param name="Secret">Base 32, for typing.</param>
/// <param name="Uri">otpauth URI, for scanning.</param>
/// <param name="Qr">The same as a picture: SVG text.</param>
/// <param name="Expires">UTC milliseconds; until then the first code enrols it.</param>
internal sealed record TotpOfferView(string Secret, string Uri, string Qr, string Ticket, long Expires);

/// <param name="RecoveryCodes">Shown this once; each is good for one sign-in without the app.</param>
internal sealed record TotpEnrolled(SessionView Session, IReadOnlyList<string> RecoveryCodes);

internal sealed record RecoveryCodesMade(IReadOnlyList<string> RecoveryCodes);

/// <summary>One's own factors; no secret among them.</summary>
/// <param name="TotpSince">UTC milliseconds; absent: no authenticator app.</param>
internal sealed record FactorsView(long? TotpSince, int RecoveryCodesLeft, int Passkeys, IReadOnlyList<string> Sso)
{
    public static FactorsView Of(FactorsContent factors) => new(factors.Totp?.Since, factors.Recovery.Count, factors.Passkeys.Count, [.. factors.Links.Select(link => link.Provider)]);
}
