using Strongroom.Spine.Identity.Factors;
using Strongroom.Spine.Identity.Oidc;

namespace Strongroom.Tests.Spine.Identity.Factors;

public sealed class OidcRulesTests
{
    private static readonly OidcProvider Provider = new("corp", new Uri("https://id.example"), "client", "secret", new HashSet<string>(StringComparer.Ordinal) { "mfa", "urn:two" });

    [Theory]
    [InlineData(null, "pwd", false)]
    [InlineData("urn:one", "pwd", false)]
    [InlineData(null, "MFA", false)]
    [InlineData("urn:two", "pwd", true)]
    [InlineData(null, "mfa", true)]
    public void A_provider_vouches_for_one_factor_unless_it_says_a_value_that_was_named(string? acr, string amr, bool strong)
    {
        Assert.Equal(strong ? Factor.SsoStrong : Factor.Sso, OidcRules.Worth(Provider, acr, ["otp", amr]));
        Assert.Equal(Factor.Sso, OidcRules.Worth(Provider with { Strong = new HashSet<string>() }, acr, [amr]));
    }

    [Fact]
    public void An_answer_of_another_issuer_is_a_mix_up()
    {
        Assert.True(OidcRules.IssuerFits("https://id.example", "https://id.example", true));
        Assert.True(OidcRules.IssuerFits("https://id.example", null, false));
        Assert.False(OidcRules.IssuerFits("https://id.example", null, true));
        Assert.False(OidcRules.IssuerFits("https://id.example", "https://id.example/", true));
        Assert.False(OidcRules.IssuerFits("https://id.example", "https://evil.example", false));
    }

    /// <summary>RFC 7636, appendix B.</summary>
    [Fact]
    public void The_challenge_is_that_of_the_standard() =>
        Assert.Equal("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", OidcRules.ChallengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
}
