using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground.Identifiers;

namespace Strongroom.Tests.Ground.Identifiers;

[Trait("Suite", "fuzz")]
public sealed class IdentifierScannerTests
{
    [Theory]
    [InlineData("手机号13812345678转", "mobile", "13812345678")]
    [InlineData("call 138-1234-5678 now", "mobile", "138-1234-5678")]
    [InlineData("１３８１２３４５６７８", "mobile", "１３８１２３４５６７８")]
    [InlineData("tel13812345678abc", "mobile", "13812345678")]
    [InlineData("+86 138 1234 5678", "mobile", "86 138 1234 5678")]
    [InlineData("8613812345678", "mobile", "8613812345678")]
    [InlineData("1 3 8 1 2 3 4 5 6 7 8", "mobile", "1 3 8 1 2 3 4 5 6 7 8")]
    [InlineData("1\u200B3812345678", "mobile", "1\u200B3812345678")]
    [InlineData("身份证11010519491231002x。", "cn-id", "11010519491231002x")]
    [InlineData("110105 19491231 002X", "cn-id", "110105 19491231 002X")]
    [InlineData("110105194912310021", "cn-id", "110105194912310021")] // A slip in the check digit is still an identity number.
    [InlineData("旧身份证110105491231002", "cn-id", "110105491231002")]
    [InlineData("卡号6200 0000 0000 0005。", "pan", "6200 0000 0000 0005")]
    [InlineData("card 4111111111111111", "pan", "4111111111111111")]
    [InlineData("护照E12345678,", "passport", "E12345678")]
    [InlineData("ea1234567", "passport", "ea1234567")]
    [InlineData("回乡证H1234567801", "permit", "H1234567801")]
    [InlineData("A123456(3)", "permit", "A123456(3)")]
    public void Finds(string text, string kind, string found)
    {
        var hit = Assert.Single(IdentifierScanner.Find(text));
        Assert.Equal(kind, hit.Kind);
        Assert.Equal(found, text.Substring(hit.Start, hit.Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("客户要求改签,2024-05-01 的 CA1301,座位 12A,已改好。")]
    [InlineData("投诉编号 20240501001234,10 个工作日内答复")]
    [InlineData("订单 7812345678901 退 1,288.00 元")]
    [InlineData("0123813812345678900")] // Digits beside digits: part of a longer number.
    [InlineData("110105491231002")] // Old form without a word for it.
    [InlineData("110199199913011234")] // No thirteenth month.
    [InlineData("A123456(4)")]
    [InlineData("XE12345678Y")]
    [InlineData("\uD800\uDC00\uD800")]
    public void Leaves_in_peace(string text) => Assert.False(IdentifierScanner.LooksLikeIdentifier(text));

    [Fact]
    public void Finds_several_in_order()
    {
        var hits = IdentifierScanner.Find("张三 13812345678,证件 11010519491231002X,护照E12345678");
        Assert.Equal(["mobile", "cn-id", "passport"], hits.Select(hit => hit.Kind));
    }

    [Fact]
    public void Every_synthetic_identifier_is_found_in_any_text()
    {
        var indexes = ArbMap.Default.ArbFor<int>();
        Values.Check(Prop.ForAll(Values.Any, indexes, (noise, index) =>
        {
            var person = new Synthetic("scan", index);
            var around = new string([.. noise.Where(c => !IsIdentifierLike(c))]);
            foreach (var value in (string[])[person.Mobile(), person.ResidentId(person.BirthDate(), man: true), person.Pan(), person.Passport(), person.HongKongId()])
            {
                Assert.True(IdentifierScanner.LooksLikeIdentifier(around + value + around));
            }
        }));
    }

    [Fact]
    public void Never_throws_and_stays_inside_the_text()
    {
        Values.Check(Prop.ForAll(Values.Any, text =>
        {
            var end = 0;
            foreach (var hit in IdentifierScanner.Find(text))
            {
                Assert.True(hit.Start >= end && hit.Length > 0 && hit.Start + hit.Length <= text.Length);
                end = hit.Start + hit.Length;
            }
        }));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1 ")]
    [InlineData("a1")]
    [InlineData("H")]
    [InlineData("13812345678901234567 ")]
    public void A_megabyte_takes_linear_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, (1 << 20) / piece.Length));
        _ = IdentifierScanner.Find(text[..1_000]);
        var watch = Stopwatch.StartNew();
        _ = IdentifierScanner.Find(text);

        // Tens of milliseconds alone, seconds on a crowded build machine; 2^40 steps of a quadratic scan would take many minutes.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), watch.Elapsed.ToString());
    }

    private static bool IsIdentifierLike(char c) => IdentifierText.Fold(c.ToString()) is not { Length: > 0 } folded
        || folded.Any(f => char.IsAsciiLetterOrDigit(f) || " -.·()".Contains(f, StringComparison.Ordinal));
}
