using System.Text;
using System.Text.Json;
using Strongroom.Ground.Json;
using Strongroom.Keys;

namespace Strongroom.Tests.Ground.Json;

public sealed class SignedDocumentTests
{
    private static readonly Ed25519Key _signer = Ed25519Key.FromSeed(new byte[32]);
    private static readonly byte[] _key = _signer.PublicKey;

    [Fact]
    public void A_signed_document_verifies_after_any_reordering_and_spacing()
    {
        var signed = Signed("""{"b":1,"a":"中"}""");
        var text = Encoding.UTF8.GetString(signed.ToBytes());
        Assert.StartsWith("""{"body":{"a":"中","b":1},"sig":{"alg":"Ed25519","key":"139e3940e64b5491","value":""", text, StringComparison.Ordinal);
        Assert.Equal(SignatureVerdict.Valid, Read(text).Verify("consent-receipt", _key, Ed25519.Verify));

        var loose = text.Replace("""{"a":"中","b":1}""", """{ "b": 1.0, "a": "\u4e2d" }""", StringComparison.Ordinal);
        Assert.NotEqual(text, loose);
        Assert.Equal(SignatureVerdict.Valid, Read(loose).Verify("consent-receipt", _key, Ed25519.Verify));
    }

    [Fact]
    public void Another_type_key_or_body_does_not_verify()
    {
        var signed = Signed("""{"a":1}""");
        Assert.Equal(SignatureVerdict.Invalid, signed.Verify("destruction-certificate", _key, Ed25519.Verify));
        Assert.Equal(SignatureVerdict.OtherKey, signed.Verify("consent-receipt", Ed25519Key.FromSeed([.. Enumerable.Repeat((byte)1, 32)]).PublicKey, Ed25519.Verify));
        var text = Encoding.UTF8.GetString(signed.ToBytes());
        Assert.Equal(SignatureVerdict.Invalid, Read(text.Replace("{\"a\":1}", "{\"a\":2}", StringComparison.Ordinal)).Verify("consent-receipt", _key, Ed25519.Verify));
        Assert.Equal(SignatureVerdict.Malformed, Read(text.Replace("Ed25519", "none", StringComparison.Ordinal)).Verify("consent-receipt", _key, Ed25519.Verify));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"body":{}}""")]
    [InlineData("""{"body":{},"sig":{"key":"0123456789abcdef","alg":"Ed25519"}}""")]
    [InlineData("""{"body":{},"sig":{"key":"0123456789abcdef","alg":"Ed25519","value":1}}""")]
    [InlineData("""{"body":{},"sig":{"key":"\"x","alg":"Ed25519","value":"AA=="}}""")]
    [InlineData("""{"body":{},"sig":{"key":"0123456789abcdef","alg":"Ed25519","value":"\ud800"}}""")]
    [InlineData("""{"body":{},"extra":1,"sig":{"key":"0123456789abcdef","alg":"Ed25519","value":"AA=="}}""")]
    [InlineData("""{"body":{"a":1,"a":2},"sig":{"key":"0123456789abcdef","alg":"Ed25519","value":"AA=="}}""")]
    public void Anything_but_the_envelope_is_not_read(string text) => Assert.Null(SignedDocument.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_short_signature_is_malformed_and_never_reaches_the_verifier()
    {
        var text = $$$"""{"body":{},"sig":{"key":"{{{SignedDocument.KeyId(_key)}}}","alg":"Ed25519","value":"AAAA"}}""";
        Assert.Equal(SignatureVerdict.Malformed, Read(text).Verify("consent-receipt", _key, (_, _, _) => true));
    }

    [Fact]
    public void The_type_is_kebab_case()
    {
        using var document = JsonDocument.Parse("{}");
        var body = document.RootElement;
        Assert.Throws<ArgumentException>(() => SignedDocument.Create("Bad\ntype", body, _key, _ => new byte[64]));
    }

    private static SignedDocument Signed(string body)
    {
        using var document = JsonDocument.Parse(body);
        return SignedDocument.Create("consent-receipt", document.RootElement, _key, _signer.Sign);
    }

    private static SignedDocument Read(string text) => SignedDocument.Read(Encoding.UTF8.GetBytes(text))!;

}
