using Strongroom.Ground;
using Strongroom.Store.Catalogue;

namespace Strongroom.Tests.Store.Catalogue;

public sealed class ShippedPacksTests
{
    // Golden: items, search keys, records, purposes, notices, forms, scenes, posts, conflicts.
    [Theory]
    [InlineData("general", 31, 2, 4, 22, 1, 2, 19, 14, 6)]
    [InlineData("airline", 49, 6, 6, 22, 3, 6, 19, 14, 6)]
    [InlineData("travel", 40, 2, 5, 22, 2, 3, 19, 14, 6)]
    [InlineData("hotel", 43, 4, 5, 22, 2, 3, 19, 14, 6)]
    [InlineData("telecom", 52, 2, 5, 22, 2, 4, 19, 14, 6)]
    public void Pack_loads_with_its_golden_counts(
        string pack, int items, int searches, int records, int purposes, int notices, int forms, int scenes, int posts, int conflicts)
    {
        var catalogue = Packs.Load(pack);

        Assert.Equal(
            (items, searches, records, purposes, notices, forms, scenes, posts, conflicts),
            (catalogue.Items.Count, catalogue.SearchKeys.Count, catalogue.Records.Count, catalogue.Purposes.Count, catalogue.Notices.Count,
                catalogue.Forms.Count, catalogue.Scenes.Count, catalogue.Posts.Count, catalogue.Conflicts.Count));
        Assert.Equal(pack, catalogue.Pack.Id);
    }

    /// <summary>The table of domain.md §1, typed by hand from it: key, level, mark (S, H or –), category, search, retention.</summary>
    public static TheoryData<string, string> Domain()
    {
        var data = new TheoryData<string, string>();
        foreach (var (pack, rows) in DomainTable.Rows)
        {
            foreach (var row in rows.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                data.Add(pack, row);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Domain))]
    public void Item_is_as_the_domain_table_says(string pack, string row)
    {
        var want = row.Split(' ');
        var item = Packs.Load(pack).Item(ItemKey.Of(want[0]));

        Assert.NotNull(item);
        var mark = item.Mark switch { Mark.Sensitive => "S", Mark.House => "H", _ => "-" };
        var search = item.Search switch { SearchMode.Exact => "=", SearchMode.ExactAskSecond => "=5", SearchMode.Combined => "+", _ => "-" };
        var category = item.Category switch
        {
            Category.Identity => "ID", Category.Contact => "CT", Category.Transaction => "TX", Category.Preference => "PF", Category.Behaviour => "BH",
            Category.Feedback => "FB", Category.Authentication => "AU", Category.ServiceContent => "SC", _ => "SR",
        };
        Assert.Equal(row, $"{item.Key} {category} {(int)item.Level} {mark} {search} {string.Join(',', item.Purposes)} {item.Retain.After}+{item.Retain.Term}{(item.ToConfirm ? "†" : "")}");
    }

    [Fact]
    public void Items_beyond_the_domain_table_are_these()
    {
        var named = DomainTable.Rows.SelectMany(rows => rows.Rows.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Select(row => row.Split(' ')[0]).ToHashSet();
        var extra = Packs.All.SelectMany(pack => Packs.Load(pack).Items).Select(item => item.Key.Value).Distinct().Where(key => !named.Contains(key)).Order(StringComparer.Ordinal);

        Assert.Equal(["account_no", "age", "cabin_no", "fare", "paper_ticket", "pay_method", "port", "tenure", "term_contract"], extra);
    }

    [Theory]
    [InlineData("travel", "mobile", 3, Mark.House)]
    [InlineData("travel", "email", 3, Mark.House)]
    [InlineData("telecom", "name", 3, Mark.None)]
    [InlineData("airline", "mobile", 2, Mark.None)]
    [InlineData("hotel", "name", 2, Mark.None)]
    public void Level_and_mark_differ_by_industry(string pack, string key, int level, Mark mark)
    {
        var item = Packs.Load(pack).Item(ItemKey.Of(key))!;

        Assert.Equal(((Level)level, mark), (item.Level, item.Mark));
        Assert.Contains(item.Title.Zh, (string[])["姓名", "手机号", "邮箱"]);
    }

    [Fact]
    public void Airline_asks_consent_beside_the_contract_and_others_do_not()
    {
        var fulfil = PurposeKey.Of("fulfil");

        Assert.True(Packs.Load("airline").Purpose(fulfil)!.AsksConsent);
        Assert.False(Packs.Load("hotel").Purpose(fulfil)!.AsksConsent);
        Assert.Equal([LegalBasis.Contract], Packs.Load("airline").Purpose(fulfil)!.Bases);
    }

    [Fact]
    public void Retention_of_the_real_name_duty_differs_by_industry()
    {
        static RetentionTerm Term(string pack) => Assert.Single(Packs.Load(pack).Purpose(PurposeKey.Of("realname"))!.Retain);

        Assert.Equal(new RetentionTerm(RetentionEvent.ServiceEnd, new Term(2, TermUnit.Years)), Term("telecom"));
        Assert.Equal(new RetentionTerm(RetentionEvent.CheckOut, new Term(3, TermUnit.Years)), Term("hotel"));
    }

    [Theory]
    [InlineData("call-agent", "cmv-", "ccr-")]
    [InlineData("outsourced-agent", "cmv-", null)]
    [InlineData("counter", "ccrv", null)]
    [InlineData("back-office", "ccrv", null)]
    [InlineData("shift-lead", "ccrv", null)]
    [InlineData("complaints", "ccrv", null)]
    [InlineData("rights-desk", "crrv", null)]
    [InlineData("marketing", "mm--", null)]
    [InlineData("analyst", "----", null)]
    [InlineData("data-owner", "cmm-", null)]
    [InlineData("admin-4a", "----", null)]
    [InlineData("operations", "----", null)]
    [InlineData("auditor", "mmm-", null)]
    [InlineData("dpo", "mmvv", null)]
    public void Post_sees_what_the_table_says(string key, string levels, string? verified)
    {
        static string Letters(LevelRights rights) => string.Concat(Enum.GetValues<Level>().Select(level => "crvm-"[(int)rights[level]]));
        var post = Packs.Load("general").Post(PostKey.Of(key))!;

        Assert.Equal(levels, Letters(post.Levels));
        Assert.Equal(verified, post.Verified is null ? null : Letters(post.Verified));
    }

    [Fact]
    public void Every_post_says_its_duties_in_both_languages() =>
        Assert.All(Packs.Load("general").Posts, post => Assert.True(post.Duties is { Zh.Length: > 15, En.Length: > 30 }, post.Key.Value));

    [Fact]
    public void Every_notice_renders_in_both_languages_without_a_placeholder_left()
    {
        foreach (var notice in Packs.All.SelectMany(pack => Packs.Load(pack).Notices))
        {
            foreach (var locale in (string[])["zh-CN", "en"])
            {
                var text = notice.Render(locale, "Handler {contact}", "phone", "officer");
                Assert.Contains("Handler {contact}", text, StringComparison.Ordinal);
                Assert.DoesNotContain("{", text.Replace("Handler {contact}", "", StringComparison.Ordinal), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("passengers-1912.map.yaml", "airline", "import-bookings", "passengers-1912.csv")]
    [InlineData("telecom-subscribers.map.yaml", "telecom", "import-subscriptions", "telecom-subscribers.csv")]
    public void Sample_mapping_fills_its_form_and_names_real_columns(string file, string pack, string form, string csv)
    {
        var mistakes = new PackMistakes();
        var map = PackYaml.Read(Path.Combine(Packs.Root(), "samples", file), file, mistakes)!;
        PackNode Field(PackMap from, string name) => from.Fields.Single(field => field.Key == name).Value;
        string Text(PackMap from, string name) => ((PackScalar)Field(from, name)).Text;
        var definition = Packs.Load(pack).Form(FormKey.Of(form))!;
        var columns = (PackMap)Field(map, "columns");
        var notice = (PackMap)Field(map, "notice");

        Assert.False(mistakes.Any);
        Assert.Equal(form, Text(map, "form"));
        Assert.Equal(Kebab.Of(definition.Channel), Text(map, "channel"));
        Assert.Contains(PurposeKey.Of(Text(map, "purpose")), definition.Purposes);
        Assert.NotNull(Packs.Load(pack).Notice(NoticeKey.Of(Text(notice, "key")), int.Parse(Text(notice, "version"))));
        Assert.Equal(definition.Items.Select(item => item.Item.Value).Order(), columns.Fields.Select(field => field.Key).Order());

        var real = Repository.Shared("data/" + csv);
        var header = File.ReadLines(real).First().Split(',').Select(name => name.Trim()).ToHashSet();
        Assert.All(columns.Fields, field => Assert.Contains(Text((PackMap)field.Value, "from"), header));
    }

    [Theory]
    [InlineData("passengers-1912.map.yaml", "airline", "import-bookings", "passengers-1912.csv", 714)]
    [InlineData("telecom-subscribers.map.yaml", "telecom", "import-subscriptions", "telecom-subscribers.csv", 7_043)]
    public void Every_mapped_value_of_the_real_file_is_of_its_kind(string map, string pack, string form, string csv, int rows)
    {
        var file = Repository.Shared("data/" + csv);
        var columns = (PackMap)PackYaml.Read(Path.Combine(Packs.Root(), "samples", map), map, new PackMistakes())!.Fields.Single(field => field.Key == "columns").Value;
        var catalogue = Packs.Load(pack);
        var required = catalogue.Form(FormKey.Of(form))!.Items.Where(item => item.Required).Select(item => item.Item.Value).ToHashSet();
        var configuration = new CsvHelper.Configuration.CsvConfiguration(System.Globalization.CultureInfo.InvariantCulture)
        {
            TrimOptions = CsvHelper.Configuration.TrimOptions.Trim,
            PrepareHeaderForMatch = header => header.Header.Trim(),
        };
        using var reader = new CsvHelper.CsvReader(new StreamReader(file), configuration);
        reader.Read();
        reader.ReadHeader();
        var (count, bad) = (0, new List<string>());
        for (; reader.Read(); count++)
        {
            foreach (var column in columns.Fields)
            {
                var source = ((PackMap)column.Value).Fields.ToDictionary(field => field.Key, field => ((PackScalar)field.Value).Text);
                var item = catalogue.Item(ItemKey.Of(column.Key))!;
                var text = Formatted(reader.GetField(source["from"])!, source.GetValueOrDefault("format"));
                var fits = text.Length == 0
                    ? !required.Contains(column.Key)
                    : Strongroom.Ground.Identifiers.ItemKinds.Of(item.Kind).Check(text, new DateOnly(2026, 1, 1)).IsOk
                        && (item.Options.Count == 0 || item.Options.Any(option => option.Key == text));
                if (!fits)
                {
                    bad.Add($"row {count + 1} {column.Key}");
                }
            }
        }

        Assert.Empty(bad);
        Assert.Equal(rows, count);
    }

    private static string Formatted(string text, string? format) => format switch
    {
        _ when text.Length == 0 => "",
        "kebab" => System.Text.RegularExpressions.Regex.Replace(text.ToLowerInvariant(), "[^a-z0-9]+", "-").Trim('-'),
        not null when format.StartsWith("money:", StringComparison.Ordinal) => format["money:".Length..] + " " + text,
        _ => text,
    };
}
