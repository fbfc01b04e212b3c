using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground.Identifiers;

namespace Strongroom.Tests.Ground.Identifiers;

[Trait("Suite", "fuzz")]
public sealed class ItemKindTests
{
    private static readonly DateOnly _today = new(2025, 1, 1);

    [Theory]
    [InlineData("mobile", "138 1234 5678")]
    [InlineData("mobile", "+8613812345678")]
    [InlineData("mobile", "1440123456789")]
    [InlineData("mobile", "14612345678")]
    [InlineData("phone", "010-88886666")]
    [InlineData("phone", "+852 2123 4567")]
    [InlineData("phone", "0755-88886666转801")]
    [InlineData("phone", "95530")]
    [InlineData("pan", "4111 1111 1111 1111")]
    [InlineData("pan", "6200000000000005")]
    [InlineData("uscc", "91350100M000100Y43")]
    [InlineData("permit", "A123456(3)")]
    [InlineData("permit", "AB987654(3)")]
    [InlineData("permit", "A123456789")]
    [InlineData("permit", "H12345678")]
    [InlineData("permit", "M1234567801")]
    [InlineData("permit", "C12345678")]
    [InlineData("permit", "CA1234567")]
    [InlineData("permit", "12345678")]
    [InlineData("permit", "1234567(8)")]
    [InlineData("passport", "E12345678")]
    [InlineData("passport", "EA1234567")]
    [InlineData("passport", "C01X0006H")]
    [InlineData("plate", "京A12345")]
    [InlineData("plate", "粤B·D12345")]
    [InlineData("plate", "沪A12345D")]
    [InlineData("plate", "粤Z1234港")]
    [InlineData("imei", "490154203237518")]
    [InlineData("email", "a@b.cn")]
    [InlineData("email", "first.last+tag@mail.example.com")]
    [InlineData("ip", "203.0.113.9")]
    [InlineData("ip", "2001:db8::1")]
    [InlineData("date", "2024-02-29")]
    [InlineData("digits13", "781-1234567890")]
    [InlineData("digits10", "1234567890")]
    [InlineData("code6", "AB3XYZ")]
    [InlineData("code", "A/5 21171")]
    [InlineData("code", "7590-VHVEG")]
    [InlineData("flight", "CA1301")]
    [InlineData("flight", "CCA1301")]
    [InlineData("money", "88.50 CNY")]
    [InlineData("money", "JPY 1200")]
    [InlineData("money", "29.85")]
    [InlineData("money", "1.234 KWD")]
    [InlineData("number", "-12.5")]
    [InlineData("name", "欧阳娜娜")]
    [InlineData("name", "Cumings, Mrs. John Bradley (Florence Briggs Thayer)")]
    [InlineData("name", "买买提·艾力")]
    [InlineData("name-latin", "ZHANG/XIAOMING")]
    [InlineData("enum", "gold")]
    [InlineData("text", "轮椅到门口\n需要协助")]
    [InlineData("segments", "[{\"flight\":\"CA1301\",\"from\":\"PEK\",\"to\":\"CAN\",\"date\":\"2024-05-01\"}]")]
    [InlineData("segments", "CA1301 PEK-CAN 2024-05-01; CAN-PEK 2024-05-03")]
    [InlineData("record", "{\"a\":1}")]
    [InlineData("list", "[1,2]")]
    [InlineData("person-ref", "0123456789abcdef0123456789abcdef")]
    [InlineData("person-ref", "{\"name\":\"张三\",\"mobile\":\"13812345678\",\"relation\":\"父\"}")]
    [InlineData("person-ref", "张三")]
    [InlineData("image", "0123456789abcdef0123456789abcdef")]
    public void Accepts(string kind, string value) => Assert.Null(ItemKinds.Of(kind).Check(value, _today).Fault?.Code);

    [Theory]
    [InlineData("mobile", "12812345678", "mobile.shape")]
    [InlineData("mobile", "1381234567", "mobile.shape")]
    [InlineData("mobile", "138123456789", "mobile.shape")]
    [InlineData("mobile", "1450123456789", "mobile.shape")]
    [InlineData("mobile", "13812345٦78", "mobile.shape")]
    [InlineData("phone", "12345", "phone.shape")]
    [InlineData("pan", "4111111111111112", "pan.check")]
    [InlineData("pan", "411111111111", "pan.shape")]
    [InlineData("pan", "0000000000000000", "pan.check")]
    [InlineData("uscc", "91350100M000100Y44", "uscc.check")]
    [InlineData("uscc", "91350100M000100I43", "uscc.shape")]
    [InlineData("permit", "A123456(4)", "permit.check")]
    [InlineData("permit", "A123456788", "permit.check")]
    [InlineData("permit", "ZZ", "permit.shape")]
    [InlineData("passport", "ABCDEFGH", "passport.shape")]
    [InlineData("passport", "E1234567890", "passport.shape")]
    [InlineData("plate", "京I12345", "plate.shape")]
    [InlineData("plate", "京A1234O", "plate.shape")]
    [InlineData("plate", "京A123456", "plate.shape")]
    [InlineData("plate", "AA12345", "plate.shape")]
    [InlineData("imei", "490154203237517", "imei.check")]
    [InlineData("email", "a@b", "email.shape")]
    [InlineData("email", "a@@b.cn", "email.shape")]
    [InlineData("email", ".a@b.cn", "email.shape")]
    [InlineData("email", "a..b@c.cn", "email.shape")]
    [InlineData("email", "a@-b.cn", "email.shape")]
    [InlineData("ip", "1", "ip.shape")]
    [InlineData("ip", "203.0.113.256", "ip.shape")]
    [InlineData("ip", "203.0.113.09", "ip.shape")]
    [InlineData("ip", "fe80::1%eth0", "ip.shape")]
    [InlineData("date", "2023-02-29", "date.shape")]
    [InlineData("date", "1990/1/3", "date.shape")]
    [InlineData("digits13", "123456789012", "digits13.shape")]
    [InlineData("digits10", "12345678901", "digits10.shape")]
    [InlineData("code6", "AB3XY", "code6.shape")]
    [InlineData("code", "编号1", "code.shape")]
    [InlineData("flight", "12345", "flight.shape")]
    [InlineData("money", "1.5 JPY", "money.minor-units")]
    [InlineData("money", "1.5 ABC", "money.currency")]
    [InlineData("money", "1e5 CNY", "money.shape")]
    [InlineData("number", "1,000", "number.shape")]
    [InlineData("name", "张3", "name.shape")]
    [InlineData("name", "<b>", "name.shape")]
    [InlineData("name-latin", "张三", "name-latin.shape")]
    [InlineData("text", "a\u0000b", "value.bad-text")]
    [InlineData("segments", "[{\"from\":\"PEK\",\"to\":\"CAN\"}]", "segments.shape")]
    [InlineData("segments", "[]", "segments.shape")]
    [InlineData("segments", "[{\"from\":\"PEK\",\"to\":\"CAN\",\"date\":\"2024-05-01\",\"x\":1}]", "segments.shape")]
    [InlineData("record", "[1]", "record.shape")]
    [InlineData("record", "{\"a\":1,\"a\":2}", "record.shape")]
    [InlineData("list", "{}", "list.shape")]
    [InlineData("person-ref", "{\"surprise\":\"x\"}", "person-ref.shape")]
    [InlineData("person-ref", "{\"relation\":\"父\"}", "person-ref.shape")]
    [InlineData("image", "../../etc/passwd", "object.shape")]
    public void Refuses(string kind, string value, string code) => Assert.Equal(code, ItemKinds.Of(kind).Check(value, _today).Fault?.Code);

    [Fact]
    public void A_lone_surrogate_and_an_endless_value_are_refused_by_every_kind()
    {
        foreach (var kind in ItemKinds.All)
        {
            Assert.Equal("value.bad-text", kind.Check("a\uD800", _today).Fault?.Code);
            Assert.Equal("value.too-long", kind.Check(new string('1', kind.MaxLength + 1), _today).Fault?.Code);
            Assert.False(kind.TryNormalise(new string('1', kind.MaxLength + 1), out _));
        }
    }

    [Fact]
    public void The_registry_knows_every_kind_of_the_domain_page()
    {
        string[] kinds =
        [
            "name", "name-latin", "date", "cn-id", "passport", "permit", "mobile", "phone", "email", "address", "code", "code6", "digits", "digits10",
            "digits13", "pan", "plate", "imei", "uscc", "ip", "enum", "text", "money", "number", "segments", "person-ref", "record", "list", "records",
            "track", "log", "ref", "blob", "image", "audio", "file", "template", "verifier", "text+file",
        ];
        Assert.All(kinds, name => Assert.NotNull(ItemKinds.Find(name)));
        Assert.Null(ItemKinds.Find("nonsense"));
    }

    [Fact]
    public void Only_values_that_can_be_typed_are_searchable()
    {
        string[] never = ["record", "list", "records", "track", "log", "ref", "blob", "image", "audio", "file", "template", "verifier", "text+file"];
        Assert.Equal(never.Order(), ItemKinds.All.Where(kind => !kind.IsSearchable).Select(kind => kind.Name).Order());
        Assert.Empty(ItemKinds.Of("record").SearchTerms("{}"));
        Assert.Null(ItemKinds.Of("verifier").LookupTerm("secret"));
    }

    [Fact]
    public void A_journey_is_found_by_flight_and_date()
    {
        var kind = ItemKinds.Of("segments");
        var terms = kind.SearchTerms("ca0981 PEK-JFK 2024-05-01; CA982 JFK-PEK 2024-05-09; TAO-PEK 2024-05-10");
        Assert.Equal(["CA981 2024-05-01", "CA982 2024-05-09"], terms);
        Assert.Equal("CA981 2024-05-01", kind.LookupTerm("ca981 2024/5/1"));
        Assert.Equal("CA981 2024-05-01", kind.LookupTerm("CA981 PEK-JFK 2024-05-01"));
        Assert.Null(kind.LookupTerm("tomorrow"));
    }

    [Fact]
    public void A_referenced_person_is_found_by_the_strongest_thing_known()
    {
        var kind = ItemKinds.Of("person-ref");
        Assert.Equal("11010519491231002X", Assert.Single(kind.SearchTerms("{\"name\":\"张三\",\"document\":\"11010519491231002x\"}")));
        Assert.Equal("13812345678", Assert.Single(kind.SearchTerms("{\"name\":\"张三\",\"mobile\":\"138 1234 5678\"}")));
        Assert.Equal("11010519491231002X", kind.LookupTerm("110105 19491231 002x"));
        Assert.Equal("张三", kind.LookupTerm(" 张　三 "));
        // A full-width quotation mark is part of the name, not the end of the string.
        Assert.Null(kind.LookupTerm("{\"name\":\"甲＂,＂mobile＂:＂13812345678\"}"));
    }

    [Fact]
    public void Faults_have_unique_codes_and_both_languages_and_no_digits_of_values()
    {
        var faults = typeof(Faults).GetFields().Select(field => (Fault)field.GetValue(null)!).ToList();
        Assert.Equal(faults.Count, faults.Select(fault => fault.Code).Distinct().Count());
        Assert.All(faults, fault =>
        {
            Assert.Matches("^[a-z0-9-]+\\.[a-z-]+$", fault.Code);
            Assert.Contains(fault.Zh, c => c >= 0x4E00);
            Assert.DoesNotContain(fault.En, c => c > 0x7F);
        });
    }

    [Fact]
    public void A_forgotten_verdict_is_a_refusal()
    {
        Assert.False(default(Verdict).IsOk);
        Assert.Equal("value.not-understood", default(Verdict).Fault!.Code);
    }

    [Fact]
    public void Normalisation_is_idempotent_and_total()
    {
        var kinds = ItemKinds.All.ToArray();
        Values.Check(Prop.ForAll(Values.Any, value =>
        {
            foreach (var kind in kinds)
            {
                _ = kind.Check(value, _today);

                // NFKC writes some characters as many, so a normal form may be longer than a value may be typed.
                if (kind.TryNormalise(value, out var once) && once.Length <= kind.MaxLength)
                {
                    // A reference to a person normalises to one of its parts, which is again a reference.
                    Assert.True(kind.TryNormalise(once, out var twice), kind.Name);
                    Assert.Equal(once, twice);
                }
            }
        }));
    }

    [Fact]
    public void Marks_that_a_dropped_space_brings_together_are_put_in_order()
    {
        // Found by the law above: U+FC5F is a space and two marks, and the space goes.
        var kind = ItemKinds.Of("address");
        Assert.True(kind.TryNormalise("\u626D\uFE27\uFC5F\u4E00", out var once));
        Assert.True(kind.TryNormalise(once, out var twice));
        Assert.Equal(once, twice);
    }

    [Fact]
    public void The_platform_normalises_as_the_vectors_say() => Normalisation.SelfTest();

    [Fact]
    public void Every_searchable_plain_kind_has_a_vector()
    {
        string[] plain = ["enum", "digits", "digits10"]; // The same functions as text and digits13.
        var covered = Normalisation.Vectors.Select(vector => vector.Kind).Concat(plain).ToHashSet();
        Assert.All(ItemKinds.All.Where(kind => kind.IsSearchable), kind => Assert.Contains(kind.Name, covered));
    }
}
