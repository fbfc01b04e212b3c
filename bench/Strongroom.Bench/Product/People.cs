using System.Globalization;
using System.Text;
using System.Text.Json;
using Strongroom.Ground.Identifiers;

namespace Strongroom.Bench.Product;

/// <summary>
/// Invented customers, numbered: whoever has number n is the same here and in <c>lua/collect.lua</c>. Numbers nobody has: regions end in 00,
/// mobiles begin with the unassigned 154.
/// </summary>
internal static class People
{
    /// <summary>The twelve items of the benchmark's record, in the order of the plain table's columns.</summary>
    public static readonly IReadOnlyList<string> Items =
        ["name", "mobile", "id_no", "gender", "age", "address", "city", "company", "job", "language", "branch", "remark"];

    /// <summary>The four items that are viewed in clear.</summary>
    public static readonly IReadOnlyList<string> Viewed = ["name", "age", "city", "company"];

    /// <summary>Items that can be looked for.</summary>
    public static readonly IReadOnlyList<string> Sought = ["name", "mobile", "id_no"];

    /// <summary>64 × 64 of them, so that a name finds few.</summary>
    public static readonly IReadOnlyList<string> Names = MakeNames();

    private const string Same = """
        "gender":"female","age":"42","address":"上海市浦东新区测试路 100 号 5 栋 601 室","city":"C0210","company":"测试贸易有限公司","job":"采购经理","language":"zh","branch":"B017","remark":"靠窗座位，素食，来电请在下午"
        """;

    public static string Name(long n) => Names[(int)(n % Names.Count)];

    public static string Mobile(long n) => string.Create(CultureInfo.InvariantCulture, $"154{n:00000000}");

    public static string IdNumber(long n)
    {
        var day = n / 999;
        var body = string.Create(CultureInfo.InvariantCulture, $"110100{1950 + (day / 336 % 55):0000}{1 + (day / 28 % 12):00}{1 + (day % 28):00}{1 + (n % 999):000}");
        return body + ResidentId.CheckCharacter(body);
    }

    /// <summary>Values in the order of <see cref="Items"/>.</summary>
    public static string[] Row(long n)
    {
        using var rest = JsonDocument.Parse("{" + Same + "}");
        return [Name(n), Mobile(n), IdNumber(n), .. Items.Skip(3).Select(item => rest.RootElement.GetProperty(item).GetString()!)];
    }

    /// <summary>A submission of <c>bench-web</c> with <c>@name@</c> and the like where persons differ.</summary>
    public static string WebTemplate(string channel) => Template(channel, "ticked", "tick", "");

    /// <summary>A line of an import with the same places to fill.</summary>
    public static string ImportTemplate(string channel) => Template(
        channel, "written", "document", ""","evidence":{"file-digest":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}""");

    public static string Fill(string template, long n) => new StringBuilder(template)
        .Replace("@name@", Name(n)).Replace("@mobile@", Mobile(n)).Replace("@id_no@", IdNumber(n))
        .Replace("@n@", n.ToString(CultureInfo.InvariantCulture)).ToString();

    private static string Template(string channel, string form, string evidence, string more) => """
        {"channel":"<channel>","notice":{"key":"bench","version":1},"source":{"system":"bench","record":["@n@"]},"items":{"name":"@name@","mobile":"@mobile@","id_no":"@id_no@",<same>},"consents":[{"purpose":"fulfil","form":"<form>","evidence":{"kind":"<evidence>","reference":"T-@n@"}}]<more>}
        """.Trim().Replace("<channel>", channel).Replace("<form>", form).Replace("<evidence>", evidence).Replace("<same>", Same.Trim()).Replace("<more>", more);

    private static List<string> MakeNames()
    {
        const string Family = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范";
        const string Given = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建文宁辉力健俊帆雨欣怡佳浩宇轩梓涵晨思远嘉国志海波斌鑫龙飞云峰凯琳雪梅";
        return [.. Family.SelectMany(f => Given.Select(g => $"{f}{g}"))];
    }
}
