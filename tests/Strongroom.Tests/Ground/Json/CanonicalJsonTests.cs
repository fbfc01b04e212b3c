using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground.Json;

namespace Strongroom.Tests.Ground.Json;

[Trait("Suite", "fuzz")]
public sealed class CanonicalJsonTests
{
    [Fact]
    public void Rfc_8785_section_3_2_2() => Assert.Equal(
        """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""",
        Canonical("""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """));

    [Fact]
    public void Rfc_8785_section_3_2_4_bytes() => Assert.Equal(
        "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e333333333333332c31652b33302c"
        + "342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d",
        Convert.ToHexStringLower(CanonicalJson.ToBytes("""
            {"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}
            """u8)));

    [Fact]
    public void Rfc_8785_section_3_2_3_sorts_by_utf16()
    {
        var sorted = Canonical("""
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
            """);
        using var document = JsonDocument.Parse(sorted);
        Assert.Equal(
            ["Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"],
            document.RootElement.EnumerateObject().Select(member => member.Value.GetString()));
    }

    /// <summary>RFC 8785 appendix B.</summary>
    [Theory]
    [InlineData(0x0000000000000000, "0")]
    [InlineData(0x8000000000000000, "0")]
    [InlineData(0x0000000000000001, "5e-324")]
    [InlineData(0x8000000000000001, "-5e-324")]
    [InlineData(0x7fefffffffffffff, "1.7976931348623157e+308")]
    [InlineData(0xffefffffffffffff, "-1.7976931348623157e+308")]
    [InlineData(0x4340000000000000, "9007199254740992")]
    [InlineData(0xc340000000000000, "-9007199254740992")]
    [InlineData(0x4430000000000000, "295147905179352830000")]
    [InlineData(0x44b52d02c7e14af5, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6, "1e+23")]
    [InlineData(0x44b52d02c7e14af7, "1.0000000000000001e+23")]
    [InlineData(0x444b1ae4d6e2ef4e, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef4f, "999999999999999900000")]
    [InlineData(0x444b1ae4d6e2ef50, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [InlineData(0x41b3de4355555553, "333333333.3333332")]
    [InlineData(0x41b3de4355555554, "333333333.33333325")]
    [InlineData(0x41b3de4355555555, "333333333.3333333")]
    [InlineData(0x41b3de4355555556, "333333333.3333334")]
    [InlineData(0x41b3de4355555557, "333333333.33333343")]
    [InlineData(0xbecbf647612f3696, "-0.0000033333333333333333")]
    [InlineData(0x43143ff3c1cb0959, "1424953923781206.2")]
    public void Rfc_8785_appendix_b(ulong bits, string text) => Assert.Equal(text, CanonicalJson.FormatDouble(BitConverter.UInt64BitsToDouble(bits)));

    [Theory]
    [InlineData("9007199254740991", "9007199254740991")]
    [InlineData("-9007199254740992", "-9007199254740992")]
    [InlineData("100000000000000000000", "100000000000000000000")]
    [InlineData("-0", "0")]
    [InlineData("1.0", "1")]
    [InlineData("[ ]", "[]")]
    [InlineData("\"\\u4e2d\\/\\u007f\\u2028\"", "\"中/\u007f\u2028\"")]
    public void Canonicalises(string json, string expected) => Assert.Equal(expected, Canonical(json));

    [Theory]
    [InlineData("""{"a":1,"a":1}""", "json.duplicate-key")]
    [InlineData("""{"a":1,"\u0061":1}""", "json.duplicate-key")]
    [InlineData("""{"x":{"b":1,"c":2,"b":1}}""", "json.duplicate-key")]
    [InlineData("\"\\ud800\"", "json.lone-surrogate")]
    [InlineData("{\"\\udead\":1}", "json.lone-surrogate")]
    [InlineData("9007199254740993", "json.inexact-integer")]
    [InlineData("1e400", "json.number-range")]
    [InlineData("{", "json.syntax")]
    [InlineData("1 2", "json.syntax")]
    [InlineData("NaN", "json.syntax")]
    public void Refuses(string json, string code) =>
        Assert.Equal(code, Assert.Throws<CanonicalJsonException>(() => CanonicalJson.ToBytes(Encoding.UTF8.GetBytes(json))).Code);

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused() =>
        Assert.Throws<CanonicalJsonException>(() => CanonicalJson.ToBytes([(byte)'"', 0xC3, 0x28, (byte)'"']));

    [Fact]
    public void Depth_is_limited() =>
        Assert.Throws<CanonicalJsonException>(() => CanonicalJson.ToBytes(Encoding.UTF8.GetBytes(new string('[', 100) + new string(']', 100))));

    [Fact]
    public void Every_double_survives_and_is_stable()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<long>(), bits =>
        {
            var number = BitConverter.Int64BitsToDouble(bits * 0x5851F42D4C957F2D);
            if (double.IsFinite(number))
            {
                var text = CanonicalJson.FormatDouble(number);
                Assert.Equal(number, double.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
                Assert.Equal(text, Canonical(text));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_string_map_keeps_its_meaning_whatever_the_order()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<Dictionary<NonNull<string>, NonNull<string>>>(), map =>
        {
            var clean = map.Where(pair => IsText(pair.Key.Get) && IsText(pair.Value.Get)).ToDictionary(pair => pair.Key.Get, pair => pair.Value.Get);
            var forward = CanonicalJson.ToBytes(JsonSerializer.SerializeToElement(clean));
            var backward = CanonicalJson.ToBytes(JsonSerializer.SerializeToElement(clean.Reverse().ToDictionary()));
            Assert.Equal(forward, backward);
            Assert.Equal(forward, CanonicalJson.ToBytes(forward));
            Assert.Equal(clean, JsonSerializer.Deserialize<Dictionary<string, string>>(forward));
        }).QuickCheckThrowOnFailure();
    }

    private static bool IsText(string text)
    {
        try
        {
            return text.IsNormalized() || true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string Canonical(string json) => Encoding.UTF8.GetString(CanonicalJson.ToBytes(Encoding.UTF8.GetBytes(json)));
}
