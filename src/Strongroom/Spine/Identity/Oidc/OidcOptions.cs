namespace Strongroom.Spine.Identity.Oidc;

/// <summary>One provider of single sign-on, as the operators registered it.</summary>
/// <param name="Name">Short name in addresses and logs.</param>
/// <param name="Issuer">Exactly as the provider's metadata says it; https, loopback excepted.</param>
/// <param name="Strong">Values of <c>acr</c> or <c>amr</c> that count as two factors, for example <c>mfa</c>; none: a second factor is always asked for here.</param>
internal sealed record OidcProvider(string Name, Uri Issuer, string ClientId, string ClientSecret, IReadOnlySet<string> Strong);
