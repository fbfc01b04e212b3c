using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Strongroom.Collect.Intake;
using Strongroom.Ground;
using Strongroom.Store.Catalogue;

namespace Strongroom.Tests.Collect.Intake;

/// <summary>The rules of intake as tables: each kind of mistake, where it is and how it is called.</summary>
public sealed class SubmissionRulesTests
{
    private const long Now = 1_760_000_000_000;

    private static readonly DateOnly Today = new(2026, 1, 1);

    private static readonly InformationCatalogue Airline = Load("airline"), Hotel = Load("hotel"), General = Load("general");

    [Theory]
    [InlineData("{}", "items.name item.missing|items.mobile item.missing|items.itinerary item.missing|items.id_no|passport|permit item.one_of")]
    [InlineData("""{"name": 1, "mobile": true}""", "items.name name.shape|items.mobile field.bad|items.itinerary item.missing|items.id_no|passport|permit item.one_of")]
    [InlineData("""{"mobile": null}""", "items.mobile field.bad")]
    [InlineData("""{"id_no": "11010519491231002x"}""", "")]
    [InlineData("""{"id_no": "440308199913010012"}""", "items.id_no cn-id.date")]
    [InlineData("""{"id_no": "110105491231002"}""", "items.id_no cn-id.old-form")]
    [InlineData("""{"ticket_no": "123"}""", "items.ticket_no digits13.shape")]
    [InlineData("""{"email": "nobody"}""", "items.email email.shape")]
    [InlineData("""{"room_pref": "sea"}""", "items[4] item.unknown")]
    [InlineData("""{"unruly": "x"}""", "items.unruly form.extra_item")]
    public void Items_are_known_on_the_form_and_of_their_kind(string items, string expected)
    {
        var given = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(items)!;
        var all = given.Count == 0 || given.ContainsKey("name") ? [] : Good().Items!.ToDictionary();
        foreach (var (key, value) in given)
        {
            all[key] = value;
        }

        var submission = Good() with { Items = all.Count == 0 ? new Dictionary<string, JsonElement> { ["pnr"] = Text("ABC123") } : all };
        Assert.Equal(expected, Errors(Airline, "web-booking", submission));
    }

    [Theory]
    [InlineData(null, 0, "notice notice.missing")]
    [InlineData("booking", 0, "notice notice.unknown")]
    [InlineData("booking", 3, "notice notice.unknown")]
    [InlineData("lodging", 2, "notice notice.unknown")]
    [InlineData("booking", 1, "notice.version notice.stale")]
    [InlineData("booking", 2, "")]
    public void The_notice_shown_is_the_one_in_force(string? key, int version, string expected) =>
        Assert.Equal(expected, Errors(Airline, "web-booking", Good() with { Notice = key is null ? null : new NoticeShown(key, version) }, noticeVersion: 2));

    public static TheoryData<string, string> Consents => new()
    {
        { """[]""", "consents.fulfil consent.missing" },
        { """[{"purpose":"fulfil","form":"ticked","evidence":{"kind":"tick","reference":"e1"}}]""", "" },
        { """[{"purpose":"fulfil","form":"written","evidence":{"kind":"document","reference":"e1"}}]""", "" },
        { """[{"purpose":"fulfil","form":"ticked","prechecked":true,"evidence":{"kind":"tick","reference":"e1"}}]""", "consents[0].prechecked consent.prechecked" },
        { """[{"purposes":["fulfil","special"],"form":"ticked","evidence":{"kind":"tick","reference":"e1"}}]""", "consents[0].purposes consent.bundled|consents.fulfil consent.missing" },
        { """[{"purpose":"fulfil","evidence":{"kind":"tick","reference":"e1"}}]""", "consents[0].form consent.form-missing" },
        { """[{"purpose":"fulfil","form":"ticked"}]""", "consents[0].evidence consent.evidence" },
        { """[{"purpose":"fulfil","form":"ticked","evidence":{"kind":"recording","reference":"e1"}}]""", "consents[0].evidence consent.evidence" },
        { """[{"purpose":"fulfil","form":"ticked","evidence":{"kind":"tick","reference":" "}}]""", "consents[0].evidence consent.evidence" },
        { """[{"purpose":"fulfil","form":"guardian","evidence":{"kind":"signature","reference":"e1"}}]""", "" },
        { """[{"purpose":"market","form":"ticked","evidence":{"kind":"tick","reference":"e1"}}]""", "consents[0].purpose consent.unasked|consents.fulfil consent.missing" },
        { """[{"purpose":"fulfil","separate":true,"form":"ticked","evidence":{"kind":"tick","reference":"e1"}}]""", "consents[0].purpose consent.unasked" },
        { """[{"purpose":"fulfil","state":"maybe","form":"ticked","evidence":{"kind":"tick","reference":"e1"}}]""", "consents[0].state field.bad" },
        { """[{"purpose":"fulfil","state":"refused"}]""", "consents.fulfil consent.company_rule" },
        { """[{"purpose":"fulfil","form":"ticked","until":5,"evidence":{"kind":"tick","reference":"e1"}}]""", "consents[0].until consent.term" },
        { """[{"purpose":"fulfil","form":"ticked","at":9999999999999,"evidence":{"kind":"tick","reference":"e1"}}]""", "consents[0].at consent.term" },
        { """[{"purpose":"fulfil","form":"ticked","evidence":{"kind":"tick","reference":"e1"}},{"purpose":"fulfil","form":"ticked","evidence":{"kind":"tick","reference":"e1"}}]""", "consents[1] consent.duplicate" },
    };

    [Theory]
    [MemberData(nameof(Consents))]
    public void Consents_are_single_unticked_proven_and_asked_for(string consents, string expected) =>
        Assert.Equal(expected, Errors(Airline, "web-booking", Good() with { Consents = JsonSerializer.Deserialize<List<ConsentSaid>>(consents, JsonSerializerOptions.Web) }));

    [Theory]
    [InlineData("", "items.ssr_meal consent.separate")]
    [InlineData("""{"purpose":"special","separate":true,"form":"ticked","evidence":{"kind":"tick","reference":"e"}}""", "")]
    [InlineData("""{"purpose":"special","separate":true,"items":["ssr_meal"],"form":"ticked","evidence":{"kind":"tick","reference":"e"}}""", "")]
    [InlineData("""{"purpose":"special","separate":true,"items":[],"form":"ticked","evidence":{"kind":"tick","reference":"e"}}""", "items.ssr_meal consent.separate")]
    [InlineData("""{"purpose":"special","separate":true,"items":["name"],"form":"ticked","evidence":{"kind":"tick","reference":"e"}}""", "consents[1].items[0] field.bad")]
    [InlineData("""{"purpose":"special","separate":true,"state":"refused"}""", "items.ssr_meal consent.refused")]
    public void A_sensitive_item_needs_its_own_consent(string consent, string expected)
    {
        var consents = JsonSerializer.Deserialize<List<ConsentSaid>>(
            """[{"purpose":"fulfil","form":"ticked","evidence":{"kind":"tick","reference":"e1"}}""" + (consent.Length > 0 ? "," : "") + consent + "]", JsonSerializerOptions.Web)!;
        Assert.Equal(expected, Errors(Airline, "web-booking", With("ssr_meal", "moml") with { Consents = consents }));
    }

    [Theory]
    [InlineData("20120101", "consents[0].form consent.guardian")]
    [InlineData("20120102", "consents[0].form consent.guardian")]
    [InlineData("20111231", "")]
    public void Under_fourteen_a_guardian_consents(string born, string expected)
    {
        // Fourteen is reached on the birthday: on 1 January 2026 the child of 1 January 2012 is fourteen.
        var id = IdNo(born);
        Assert.Equal(born == "20120101" ? "" : expected, Errors(Airline, "web-booking", With("id_no", id)));
    }

    [Fact]
    public void Every_value_of_a_minor_is_protected()
    {
        var judged = Judge(Airline, "web-booking", With("id_no", IdNo("20150601")) with
        {
            Consents = [new ConsentSaid { Purpose = "fulfil", Form = "guardian", Evidence = new EvidenceSaid("signature", "s1") }],
        });

        Assert.True(Assert.IsType<SubmissionJudged.Good>(judged).Plan.Minor);
    }

    [Fact]
    public void What_rests_on_consent_alone_may_be_left_out_and_its_items_with_it()
    {
        var order = new Submission
        {
            Notice = new NoticeShown("customer", 1),
            Items = new Dictionary<string, JsonElement> { ["name"] = Text("王小明"), ["mobile"] = Text("13800138000"), ["order_no"] = Text("A-1") },
        };
        Assert.Equal("", Errors(General, "web-order", order));
        var tasted = order with { Items = order.Items!.Append(new("taste", Text("spicy"))).ToDictionary() };
        Assert.Equal("items.taste consent.missing", Errors(General, "web-order", tasted));
        Assert.Equal("items.taste consent.refused", Errors(General, "web-order", tasted with { Consents = [new ConsentSaid { Purpose = "profile", State = "refused" }] }));
        Assert.Equal("", Errors(General, "web-order", tasted with { Consents = [new ConsentSaid { Purpose = "profile", Form = "ticked", Evidence = new EvidenceSaid("tick", "t") }] }));
    }

    [Fact]
    public void Evidence_sources_relations_and_hints_are_checked_too()
    {
        Assert.Equal("evidence.document-reader evidence.missing|subject field.bad|source.system field.bad|source.record field.bad|relations[0] field.bad", Errors(Airline, "counter-checkin", new Submission
        {
            Notice = new NoticeShown("booking", 1),
            Items = new Dictionary<string, JsonElement> { ["name"] = Text("王小明"), ["passport"] = Text("E12345678"), ["seat"] = Text("12A") },
            Subject = "me", Source = new SourceNamed("Old System", []), Relations = [new RelationNamed("friend", "x")],
            Consents = [new ConsentSaid { Purpose = "fulfil", Form = "e-signed", Evidence = new EvidenceSaid("signature", "s") }],
        }));
        Assert.Equal("records.name field.bad|records[1] field.bad", Errors(Airline, "web-booking", Good() with { Records = new Dictionary<string, string> { ["name"] = "booking", ["nothing"] = "profile" } }));
        Assert.Equal("evidence[0] field.bad", Errors(Airline, "web-booking", Good() with { Evidence = new Dictionary<string, string> { ["secret"] = "x" } }));
    }

    [Fact]
    public void No_error_ever_repeats_a_value_and_no_submission_throws()
    {
        const string Canary = "Zq7Canary";
        var names = Airline.Items.Select(item => item.Key.Value).Append(Canary).Append("").ToArray();
        var values = Gen.Elements(Canary, "", "13800138000", "11010519491231002X", "2020-01-01", "\0", "moml", "[1]").Select(Text);
        var item = from key in Gen.Elements(names) from value in values select (key, value);
        var said = from purpose in Gen.Elements("fulfil", "special", Canary, "")
                   from state in Gen.Elements<string?>("given", "refused", Canary, null)
                   from form in Gen.Elements<string?>("ticked", "guardian", Canary, null)
                   from separate in Gen.Elements(true, false)
                   from kind in Gen.Elements("tick", Canary)
                   select new ConsentSaid { Purpose = purpose, State = state, Form = form, Separate = separate, Evidence = new EvidenceSaid(kind, Canary), Items = separate ? ["ssr_meal", Canary] : null };
        var any = from items in item.ListOf()
                  from consents in said.ListOf()
                  from version in Gen.Choose(-1, 3)
                  select new Submission
                  {
                      Notice = new NoticeShown(Canary, version), Channel = Canary, Subject = Canary, Source = new SourceNamed(Canary, [Canary]),
                      Items = items.DistinctBy(pair => pair.key).ToDictionary(pair => pair.key, pair => pair.value), Consents = consents.ToList(),
                      Evidence = new Dictionary<string, string> { [Canary] = Canary }, Records = new Dictionary<string, string> { [Canary] = Canary },
                      Relations = [new RelationNamed(Canary, Canary)],
                  };
        Prop.ForAll(any.ToArbitrary(), submission =>
        {
            var wrong = (SubmissionJudged.Wrong)Judge(Airline, "web-booking", submission);
            return wrong.Errors.Count > 0 && wrong.Errors.All(error => !$"{error.At}{error.Code}{error.Zh}{error.En}".Contains(Canary, StringComparison.OrdinalIgnoreCase) && error.Zh.Length > 0 && error.En.Length > 0);
        }).QuickCheckThrowOnFailure();
    }

    private static Submission With(string key, string value) => Good() with { Items = Good().Items!.Where(pair => pair.Key != key).Append(new(key, Text(value))).ToDictionary() };

    private static Submission Good() => new()
    {
        Notice = new NoticeShown("booking", 1),
        Items = new Dictionary<string, JsonElement> { ["name"] = Text("王小明"), ["mobile"] = Text("13800138000"), ["itinerary"] = Text("CA1301 PEK-CAN 2026-05-01"), ["id_no"] = Text("11010519491231002X") },
        Consents = [new ConsentSaid { Purpose = "fulfil", Form = "ticked", Evidence = new EvidenceSaid("tick", "e1") }],
    };

    private static string IdNo(string born)
    {
        var body = "110101" + born + "123";
        return body + Strongroom.Ground.Identifiers.ResidentId.CheckCharacter(body);
    }

    private static string Errors(InformationCatalogue catalogue, string form, Submission submission, int noticeVersion = 1) =>
        Judge(catalogue, form, submission, noticeVersion) is SubmissionJudged.Wrong wrong ? string.Join('|', wrong.Errors.Select(error => $"{error.At} {error.Code}")) : "";

    private static SubmissionJudged Judge(InformationCatalogue catalogue, string form, Submission submission, int noticeVersion = 1)
    {
        var definition = catalogue.Form(FormKey.Of(form))!;
        return SubmissionRules.Judge(new SubmissionCase(submission, definition, catalogue, catalogue.Notice(definition.Notice)! with { Version = noticeVersion }, Now, Today));
    }

    private static JsonElement Text(string value) => JsonSerializer.SerializeToElement(value);

    private static InformationCatalogue Load(string pack) =>
        ((PackLoadResult.Loaded)PackLoader.Load(Path.Combine(Repository.Root, "packs", pack))).Catalogue;
}
