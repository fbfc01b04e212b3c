namespace Strongroom.Ground.Identifiers;

/// <summary>
/// Search digests are made over normalised values, so a platform that normalises differently would lose customers without a word.
/// The vectors are therefore checked at every start.
/// </summary>
internal static class Normalisation
{
    /// <summary>Stored with every digest. Any change of a result below needs a new version and a re-index.</summary>
    public const int Version = 1;

    /// <summary>Kind, a spelling, its normal form.</summary>
    internal static readonly IReadOnlyList<(string Kind, string Typed, string Normal)> Vectors =
    [
        ("name", " 张 三 ", "张三"),
        ("name", "买买提.艾力", "买买提·艾力"),
        ("name", "O’Brien,  José", "o'brien josé"),
        ("name", "ＺＨＡＮＧ　Ｓａｎ", "zhang san"),
        ("name", "Jose\u0301", "josé"),
        ("name", "ÅSA Ⅸ ﬁn", "åsa ix fin"),
        ("name", "ΣΊΣΥΦΟΣ", "σίσυφοσ"),
        ("name", "𠮷田", "𠮷田"),
        ("name-latin", "ZHANG/XIAOMING", "zhang xiaoming"),
        ("date", "１９９０年１月３日", "1990-01-03"),
        ("cn-id", "110105 19491231 002x", "11010519491231002X"),
        ("cn-id", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("passport", "e 1234 5678", "E12345678"),
        ("permit", "A123456(3)", "A1234563"),
        ("permit", "h-12345678", "H12345678"),
        ("mobile", "+86 138-1234-5678", "13812345678"),
        ("mobile", "\u202A0086 138 1234 5678\u202C", "13812345678"),
        ("mobile", "８６１３８１２３４５６７８", "13812345678"),
        ("mobile", "1440 1234 5678 9", "1440123456789"),
        ("phone", "(010) 8888—6666", "01088886666"),
        ("phone", "+86 10 8888 6666 转 12", "01088886666x12"),
        ("phone", "00852 2123 4567", "+85221234567"),
        ("email", "Zhang.San＠Example.CN", "zhang.san@example.cn"),
        ("address", "广东省 广州市 天河区１号", "广东省广州市天河区1号"),
        ("address", "12  High   Street", "12 high street"),
        ("code", "a/5 21171", "A/521171"),
        ("code6", "ab3 xyz", "AB3XYZ"),
        ("digits13", "781-1234567890", "7811234567890"),
        ("flight", "ca0981", "CA981"),
        ("pan", "6200 0000 0000 0005", "6200000000000005"),
        ("plate", "京a·12345", "京A12345"),
        ("imei", "49-015420-323751-8", "490154203237518"),
        ("uscc", "91350100m000100y43", "91350100M000100Y43"),
        ("ip", "2001:DB8:0:0::1", "2001:db8::1"),
        ("ip", "::ffff:203.0.113.9", "203.0.113.9"),
        ("money", "¥88.5", "CNY 88.50"),
        ("number", "600.0", "600"),
        ("text", " Ａ  b\u200B\tC ", "a b c"),
        ("segments", "ca0981 pek-jfk 2024-05-01", "CA981 PEK-JFK 2024-05-01"),
        ("person-ref", "{\"name\":\"张 三\",\"relation\":\"父\"}", "张三"),
    ];

    /// <summary>Throws when this platform computes one vector differently: the server must then not open its store.</summary>
    /// <exception cref="PlatformNotSupportedException">Names the kind and the vector's number.</exception>
    public static void SelfTest()
    {
        for (var i = 0; i < Vectors.Count; i++)
        {
            var (kind, typed, normal) = Vectors[i];
            if (!ItemKinds.Of(kind).TryNormalise(typed, out var found) || !string.Equals(found, normal, StringComparison.Ordinal))
            {
                throw new PlatformNotSupportedException(
                    $"Normalisation vector {i} ({kind}) differs on this platform. Is ICU missing (InvariantGlobalization)? Search would lose customers.");
            }
        }
    }
}
