using FsCheck;
using FsCheck.Fluent;

namespace Strongroom.Tests.Ground;

/// <summary>Strings as hostile as they come, mixed with values that are nearly right.</summary>
internal static class Values
{
    private static readonly string[] _pieces =
    [
        "", " ", "　", "张", "三", "欧阳", "𠮷", "\uD800", "\uDC00", "\u0000", "\u200B", "\u202E", "０１２", "Ａ", "@", "a@b.cn", "z", "Braund, Mr. Owen",
        "13812345678", "+86 ", "11010519491231002X", "E12345678", "京A12345", "广东省", "广州市", "天河区", "小区", "1号", "北京市", "781-1234567890",
        "203.0.113.9", "2001:db8::1", "::", "1990-02-28", "{", "}", "[", "]", "\"", ":", ",", "{\"name\":\"张三\"}", "[1,2,3]", "CA1301 PEK-CAN 2024-05-01",
        ";", "4111111111111111", "-", "·", "(", ")", "/", "1", "22", "333", "88.50", "CNY", "¥", "e5", "é", "e\u0301", "Ⅸ", "ﬁ", "İ", "ß", "ſ", "K", "\uFFFF", "\uFDD0", "\U0001F600",
    ];

    public static Arbitrary<string> Any { get; } = Gen.OneOf(
        Pieces(), Pieces(), Pieces(),
        ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""),
        ArbMap.Default.GeneratorFor<char>().ArrayOf().Select(chars => new string(chars)),
        Gen.Choose(0, 0xFFFF).Select(unit => (char)unit).ArrayOf().Select(chars => new string(chars)),
        Gen.Elements("1", "张", "\uD800", "[", "{\"a\":", "０").Select(piece => string.Concat(Enumerable.Repeat(piece, 5_000)))).ToArbitrary();

    /// <summary>A thousand cases; STRONGROOM_CASES asks for more in a soak.</summary>
    public static void Check(Property law) => FsCheck.Check.One(
        Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(
            int.TryParse(Environment.GetEnvironmentVariable("STRONGROOM_CASES"), out var cases) ? cases : 1_000),
        law);

    private static Gen<string> Pieces() => Gen.Elements(_pieces).ArrayOf().Select(string.Concat);
}
