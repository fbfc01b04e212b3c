using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground.Identifiers;
using Strongroom.Ground.Masks;

namespace Strongroom.Tests.Ground.Masks;

[Trait("Suite", "fuzz")]
public sealed class MaskTests
{
    private const string Hidden = "******";

    [Theory]
    [InlineData("name", "张三", "张*")]
    [InlineData("name", "张三丰", "张**")]
    [InlineData("name", "张 三", "张*")]
    [InlineData("name", "欧阳娜娜", "欧阳**")]
    [InlineData("name", "欧阳锋", "欧阳*")]
    [InlineData("name", "欧阳", "欧*")]
    [InlineData("name", "諸葛亮", "諸葛*")]
    [InlineData("name", "𠮷田", "𠮷*")]
    [InlineData("name", "买买提·艾力", "买***")]
    [InlineData("name", "阿卜杜热合曼", "阿***")]
    [InlineData("name", "张", Hidden)]
    [InlineData("name", "张三13812345678", Hidden)]
    [InlineData("name", "张三 (David)", Hidden)]
    [InlineData("name", "Zhang Xiaoming", "Z*** X***")]
    [InlineData("name", "Braund, Mr. Owen Harris", "B***, M***")]
    [InlineData("name", "Cumings, Mrs. John Bradley (Florence Briggs Thayer)", "C***, M***")]
    [InlineData("name", "O'Brien", "O***")]
    [InlineData("name", "X", "***")]
    [InlineData("name", "X Y", "*** ***")]
    [InlineData("name", "Élodie Ünal", "É*** Ü***")]
    [InlineData("name", "김철수", Hidden)]
    [InlineData("name-latin", "ZHANG/XIAOMING", "Z*** X***")]
    [InlineData("name-latin", "张三", Hidden)]
    [InlineData("person", "{\"name\":\"张三\",\"mobile\":\"13812345678\"}", "张*")]
    [InlineData("person", "{\"mobile\":\"13812345678\"}", "138****5678")]
    [InlineData("person", "0123456789abcdef0123456789abcdef", Hidden)]
    [InlineData("person", "{\"document\":\"E12345678\"}", Hidden)]
    [InlineData("date-year", "1990-02-28", "1990-**-**")]
    [InlineData("date-year", "1990-02-30", Hidden)]
    [InlineData("keep:1,1", "11010519491231002X", "1******X")]
    [InlineData("keep:3,4", "11010519491231002X", "110******002X")]
    [InlineData("keep:1,1", "1234", Hidden)]
    [InlineData("last:4", "6200000000000005", "******0005")]
    [InlineData("last:4", "6200 0000 0000 0005", "******0005")]
    [InlineData("last:4", "12345", Hidden)]
    [InlineData("last:4", "7590-VHVEG", "******HVEG")]
    [InlineData("last:2", "AB3XYZ", "****YZ")]
    [InlineData("last:2", "+852 2123 4567", "******67")]
    [InlineData("first:1+last:2", "H12345612", "H******12")]
    [InlineData("first:2+last:2", "京A12345", "京A***45")]
    [InlineData("first:2+last:2", "粤BD12345", "粤B****45")]
    [InlineData("first:2+last:2", "京A1", Hidden)]
    [InlineData("first:2", "ABCDEFG", "AB******")]
    [InlineData("last:4", "订单号一二三四五六", Hidden)]
    [InlineData("last:4", "😀😀😀😀😀😀😀😀", Hidden)]
    [InlineData("passport", "E12345678", "E******78")]
    [InlineData("passport", "E1", Hidden)]
    [InlineData("mobile", "13812345678", "138****5678")]
    [InlineData("mobile", "+86 138-1234-5678", "138****5678")]
    [InlineData("mobile", "010-88886666", Hidden)]
    [InlineData("email", "zhang@example.cn", "z***@example.cn")]
    [InlineData("email", "z@example.cn", "***@example.cn")]
    [InlineData("email", "zhang", Hidden)]
    [InlineData("email", "zhang@li@example.cn", Hidden)]
    [InlineData("address-district", "广东省广州市天河区体育西路1号", "广东省广州市天河区******")]
    [InlineData("address-district", "北京市朝阳区建国路8号", "北京市朝阳区******")]
    [InlineData("address-district", "北京市北京市海淀区中关村", "北京市北京市海淀区******")]
    [InlineData("address-district", "上海市浦东新区世纪大道1号", "上海市浦东新区******")]
    [InlineData("address-district", "广东省东莞市长安镇幸福路1号", "广东省东莞市******")]
    [InlineData("address-district", "广东省东莞市幸福小区3栋", "广东省东莞市******")]
    [InlineData("address-district", "山东省济宁市市中区古槐路", "山东省济宁市市中区******")]
    [InlineData("address-district", "云南省临沧市双江拉祜族佤族布朗族傣族自治县沙河乡", "云南省临沧市双江拉祜族佤族布朗族傣族自治县******")]
    [InlineData("address-district", "新疆维吾尔自治区伊犁哈萨克自治州伊宁市解放路", "新疆维吾尔自治区伊犁哈萨克自治州伊宁市******")]
    [InlineData("address-district", "天河区体育西路1号", Hidden)]
    [InlineData("address-district", "12 High Street, London", Hidden)]
    [InlineData("address-district", "广东省", Hidden)]
    [InlineData("ticket", "7811234567123", "781-*****123")]
    [InlineData("ticket", "781-1234567123", "781-*****123")]
    [InlineData("ticket", "78112345", Hidden)]
    [InlineData("route", "CA1301 PEK-CAN 2024-05-01; CAN-PEK 2024-05-03", "PEK-CAN, CAN-PEK")]
    [InlineData("route", "[{\"flight\":\"CA1301\",\"from\":\"PEK\",\"to\":\"CAN\",\"date\":\"2024-05-01\"}]", "PEK-CAN")]
    [InlineData("route", "by train", Hidden)]
    [InlineData("month", "2024-05-17", "2024-05")]
    [InlineData("month", "{\"room\":\"1208\",\"checkin\":\"2024-05-17\"}", "2024-05")]
    [InlineData("month", "{\"room\":\"1208\"}", Hidden)]
    [InlineData("count", "[\"a\",\"b\"]", "2")]
    [InlineData("count", "张三", "1")]
    [InlineData("count", "[", Hidden)]
    [InlineData("total", "88.5 CNY", "CNY 88.50")]
    [InlineData("total", "[{},{},{}]", "3")]
    [InlineData("band", "650", "600-699")]
    [InlineData("band:50", "650", "650-699")]
    [InlineData("band", "-1", Hidden)]
    [InlineData("band", "{\"score\":712}", "700-799")]
    [InlineData("band", "{\"grade\":\"AA\"}", "AA")]
    [InlineData("band", "{\"grade\":\"ZHANG\"}", Hidden)]
    [InlineData("ip24", "203.0.113.9", "203.0.113.0/24")]
    [InlineData("ip24", "2001:db8:1:2::3", "2001:db8:1::/48")]
    [InlineData("ip24", "::ffff:203.0.113.9", "203.0.113.0/24")]
    [InlineData("ip24", "localhost", Hidden)]
    [InlineData("hidden", "anything", Hidden)]
    [InlineData("never", "anything", Hidden)]
    [InlineData("shown", "gold", "gold")]
    public void Golden(string spec, string value, string shown) => Assert.Equal(shown, Mask.Parse(spec).Apply(value));

    [Theory]
    [InlineData("")]
    [InlineData("Name")]
    [InlineData("keep:1")]
    [InlineData("keep:-1,1")]
    [InlineData("keep:5,5")]
    [InlineData("keep:0,0")]
    [InlineData("last:")]
    [InlineData("last:９")]
    [InlineData("last:4+first:1")]
    [InlineData("band:1")]
    [InlineData("band:x")]
    [InlineData("shown ")]
    [InlineData(null)]
    public void An_unknown_spec_is_refused(string? spec) => Assert.False(Mask.TryParse(spec, out _));

    [Fact]
    public void A_mask_never_shows_more_than_its_spec()
    {
        // Characters of the value that a spec may show; dates, routes and addresses show whole known words.
        (string Spec, int Most)[] specs =
        [
            ("name", 2), ("name-latin", 2), ("date-year", 4), ("keep:1,1", 2), ("keep:3,4", 7), ("last:4", 4), ("first:2+last:2", 4), ("passport", 3),
            ("mobile", 7), ("ticket", 6), ("hidden", 0), ("never", 0),
        ];
        Values.Check(Prop.ForAll(Values.Any, value =>
        {
            foreach (var (spec, most) in specs)
            {
                var shown = Mask.Parse(spec).Apply(value);
                Assert.True(shown.EnumerateRunes().Count(rune => rune.Value is not ('*' or ' ' or ',' or '-')) <= most, spec);
                Assert.Contains('*', shown);
                Assert.True(shown.Length <= 32, spec);
            }
        }));
    }

    [Fact]
    public void No_mask_throws_breaks_a_character_or_gives_the_value_back()
    {
        string[] specs = ["name", "name-latin", "person", "date-year", "keep:1,1", "first:2+last:2", "last:4", "passport", "mobile", "email", "address-district", "ticket", "ip24", "route", "month"];
        Values.Check(Prop.ForAll(Values.Any, value =>
        {
            foreach (var spec in specs)
            {
                var shown = Mask.Parse(spec).Apply(value);
                Assert.NotEmpty(shown);
                Assert.True(shown.IsNormalized(), spec); // Throws on a lone surrogate.
                Assert.False(shown == value && shown != Hidden && !shown.Contains('*', StringComparison.Ordinal) && spec is not "month" and not "route", spec);
            }

            foreach (var spec in (string[])["count", "total", "band", "band:50", "shown"])
            {
                _ = Mask.Parse(spec).Apply(value);
            }
        }));
    }

    [Fact]
    public void A_hidden_value_tells_nothing_of_its_length()
    {
        Assert.Equal(Hidden, Mask.Parse("hidden").Apply(null));
        Assert.Equal(Hidden, Mask.Parse("mobile").Apply(""));
        Assert.Equal(Hidden, Mask.Parse("name").Apply(new string('a', 1 << 22)));
        Assert.Equal(Mask.Parse("last:4").Apply("AAAAAAAAAA1234"), Mask.Parse("last:4").Apply("AAAAAAAAAAAAAAAAAA1234"));
    }

    [Fact]
    public void A_kind_hides_what_is_not_of_its_kind_whatever_the_mask()
    {
        var last = Mask.Parse("last:4");
        Assert.Equal("******0005", ItemKinds.Of("pan").Show("6200000000000005", last));
        Assert.Equal(Hidden, ItemKinds.Of("pan").Show("call me on 0005 now", last));
        Assert.Equal(Hidden, ItemKinds.Of("cn-id").Show("1234567890", Mask.Parse("keep:1,1")));
        Assert.Equal("gold", ItemKinds.Of("enum").Show("gold"));
    }

    [Fact]
    public void Every_kind_masks_by_default_every_synthetic_value()
    {
        for (var index = 0; index < 500; index++)
        {
            var person = new Synthetic("mask", index);
            (string Kind, string Value)[] values =
            [
                ("name", person.ChineseName()), ("name-latin", person.LatinName()), ("cn-id", person.ResidentId(person.BirthDate(), true)),
                ("mobile", person.Mobile()), ("email", person.Email()), ("passport", person.Passport()), ("pan", person.Pan()), ("plate", person.Plate()),
                ("permit", person.HongKongId()), ("digits13", person.TicketNumber()), ("code6", person.BookingReference()), ("imei", person.Imei()),
            ];
            Assert.All(values, item =>
            {
                var shown = ItemKinds.Of(item.Kind).Show(item.Value);
                Assert.Contains('*', shown);
                Assert.NotEqual(Hidden, shown);
            });
        }
    }
}
