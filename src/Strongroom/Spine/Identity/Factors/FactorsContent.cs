using Strongroom.Spine.Identity.Passkeys;

namespace Strongroom.Spine.Identity.Factors;

/// <summary>
/// The factors of one person, inside his authenticated control row: who edits or deletes them there takes the person's account away,
/// never his second factor.
/// </summary>
internal sealed record FactorsContent
{
    public static readonly FactorsContent None = new();

    public TotpContent? Totp { get; init; }

    /// <summary>Keyed hashes of the recovery codes that are left.</summary>
    public IReadOnlyList<byte[]> Recovery { get; init; } = [];

    /// <summary>Identities at providers of single sign-on.</summary>
    public IReadOnlyList<LinkContent> Links { get; init; } = [];

    public IReadOnlyList<PasskeyContent> Passkeys { get; init; } = [];

    /// <summary>Something held is enrolled, so that the password alone signs nobody in.</summary>
    public bool AreEnrolled() => Totp is not null || Passkeys.Count > 0;
}

/// <param name="Identity">Keyed hash of issuer and subject.</param>
/// <param name="Since">UTC milliseconds.</param>
internal sealed record LinkContent(string Provider, byte[] Identity, long Since);

/// <param name="Secret">Sealed under a label that names the person.</param>
/// <param name="Since">UTC milliseconds.</param>
internal sealed record TotpContent(byte[] Secret, long Since);
