using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Tests.Spine.Identity.Factors;

public sealed class FactorRulesTests
{
    private static readonly byte[] Published = Encoding.ASCII.GetBytes("12345678901234567890");

    /// <summary>RFC 6238, appendix B, cut to six digits.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code) =>
        Assert.Equal(code, TotpRules.CodeAt(Published, TotpRules.StepAt(seconds * 1000)));

    [Fact]
    public void One_step_to_either_side_is_accepted_and_no_more()
    {
        const long Now = 1_780_000_000_000;
        var step = TotpRules.StepAt(Now);
        foreach (var away in new[] { -1, 0, 1 })
        {
            Assert.Equal(step + away, TotpRules.Match(Published, TotpRules.CodeAt(Published, step + away), Now));
        }

        Assert.Null(TotpRules.Match(Published, TotpRules.CodeAt(Published, step - 2), Now));
        Assert.Null(TotpRules.Match(Published, TotpRules.CodeAt(Published, step + 2), Now));
        Assert.Equal(step, TotpRules.Match(Published, TotpRules.CodeAt(Published, step).Insert(3, " "), Now));
        Assert.All([null, "", "12345", "1234567", "12345a", "１２３４５６", "-12345", "12345\0"], text => Assert.Null(TotpRules.Match(Published, text, Now)));
    }

    [Fact]
    public void Base32_is_that_of_the_standard_and_reads_back()
    {
        // RFC 4648, section 10, without padding.
        Assert.Equal("MZXW6YTBOI", TotpRules.Base32("foobar"u8));
        Assert.Equal("MZXW6", TotpRules.Base32("foo"u8));
        Assert.Null(TotpRules.FromBase32("MZXW1"));
        Prop.ForAll<byte[]>(bytes => TotpRules.FromBase32(TotpRules.Base32(bytes))!.SequenceEqual(bytes)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_uri_is_what_apps_read() => Assert.Equal(
        "otpauth://totp/Strongroom%20%E9%87%91%E5%BA%93:li.lei%40example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Strongroom%20%E9%87%91%E5%BA%93&algorithm=SHA1&digits=6&period=30",
        TotpRules.Uri(Published, "Strongroom 金库", "li.lei@example"));

    [Fact]
    public void Recovery_codes_are_read_however_they_are_typed()
    {
        var code = RecoveryCodes.Make()[0];
        Assert.Equal(code, RecoveryCodes.Fold(code));
        Assert.Equal(code, RecoveryCodes.Fold($" {code.ToUpperInvariant().Replace("-", " - ", StringComparison.Ordinal)} "));
        Assert.All([null, "", "123456", code + "a", "aaaaa-aaaa1", "aaaaa-aaaaé"], text => Assert.Null(RecoveryCodes.Fold(text)));
        Assert.Equal(RecoveryCodes.Count, RecoveryCodes.Make().Distinct().Count());
    }

    [Fact]
    public void A_second_factor_is_one_of_another_kind()
    {
        static Strength Of(params Factor[] factors) => factors.Aggregate(Proofs.None, (proofs, factor) => proofs.With(factor, 1)).Strength;
        Assert.Equal(Strength.None, Of());
        foreach (var one in new[] { Factor.Password, Factor.Totp, Factor.Recovery, Factor.Qr, Factor.Sso })
        {
            Assert.Equal(Strength.Password, Of(one));
        }

        Assert.Equal(Strength.Password, Of(Factor.Totp, Factor.Recovery));
        Assert.Equal(Strength.Password, Of(Factor.Password, Factor.Qr, Factor.Sso));
        foreach (var known in new[] { Factor.Password, Factor.Qr, Factor.Sso })
        {
            Assert.Equal(Strength.SecondFactor, Of(known, Factor.Totp));
            Assert.Equal(Strength.SecondFactor, Of(known, Factor.Recovery));
        }

        Assert.Equal(Strength.SecondFactor, Of(Factor.SsoStrong));
        Assert.Equal(Strength.Passkey, Of(Factor.Passkey));
    }

    [Fact]
    public void Age_counts_from_the_last_proof_of_what_is_asked_for()
    {
        var proofs = Proofs.None.With(Factor.Passkey, 10).With(Factor.Password, 20).With(Factor.Totp, 30);
        Assert.Equal((Strength.Passkey, 10L, 30L), (proofs.Strength, proofs.StrengthAt, proofs.SecondFactorAt));
        var actor = new ActorFacts { Strength = proofs.Strength, StrengthAt = proofs.StrengthAt, SecondFactorAt = proofs.SecondFactorAt };
        Assert.Equal((30L, 10L), (actor.ProvedAt(Strength.SecondFactor), actor.ProvedAt(Strength.Passkey)));

        // A password typed again does not renew the second factor.
        var password = Proofs.None.With(Factor.Totp, 10).With(Factor.Password, 20);
        Assert.Equal(10, password.StrengthAt);
        Assert.Equal(proofs.ToString(), Proofs.Parse(proofs.ToString()).ToString());
        Assert.Throws<FormatException>(() => Proofs.Parse("emperor=1"));
    }
}
