using Strongroom.Ground;
using Strongroom.Store.Catalogue;

namespace Strongroom.Tests.Store.Catalogue;

/// <summary>Each case breaks one place of a shipped pack; the loader must name it by code, file and line.</summary>
public sealed class PackLoaderTests
{
    public static TheoryData<string, string, string, string, string> Breaks() => new()
    {
        // items
        { "general/items.yaml", "- {key: email, zh: 邮箱", "- {key: email, colour: red, zh: 邮箱", "field.unknown", "" },
        { "general/items.yaml", "  kind: pan\n", "  kind: plan\n", "kind.unknown", "" },
        { "general/items.yaml", "mask: email,", "mask: emial,", "mask.unknown", "" },
        { "general/items.yaml", "category: contact, level: 2, kind: email", "category: contacts, level: 2, kind: email", "value.unknown", "" },
        { "general/items.yaml", "level: 2, kind: email", "level: 5, kind: email", "number.range", "" },
        { "general/items.yaml", "level: 2, kind: email", "level: 0, kind: email", "number.range", "" },
        { "general/items.yaml", "level: 2, kind: email", "level: high, kind: email", "number.range", "" },
        { "general/items.yaml", "key: email, zh: 邮箱, en: E-mail address", "key: email, zh: 邮箱, en: ''", "text.missing", "" },
        { "general/items.yaml", "key: email, zh: 邮箱, en: E-mail address", "key: email, en: E-mail address", "field.missing", "" },
        { "general/items.yaml", "en: E-mail address", "en: 邮箱", "text.language", "" },
        { "general/items.yaml", "key: email, zh: 邮箱", "key: mobile, zh: 邮箱", "key.duplicate", "" },
        { "general/items.yaml", "key: email, zh: 邮箱", "key: E-Mail, zh: 邮箱", "name.invalid", "" },
        { "airline/items.yaml", "- {key: tier, zh", "- {key: mobile, zh", "key.duplicate", "" },
        { "telecom/items.yaml", "{key: name, override", "{key: nmae, override", "override.unknown", "" },
        { "general/items.yaml", "purposes: [notify], retain", "purposes: [notfy], retain", "purpose.unknown", "" },
        { "general/items.yaml", "purposes: [notify], retain", "purposes: [], retain", "item.no-purpose", "" },
        { "general/items.yaml", "term: 24h}", "term: soon}", "field.type", "" },
        { "general/items.yaml", "mask: hidden, search: none,\n   purposes: [complaint], retain: {after: case-closed, term: 3y}", "mask: shown, search: exact,\n   purposes: [complaint], retain: {after: case-closed, term: 3y}", "ok", "" },
        { "general/items.yaml", "mask: \"keep:1,1\"", "mask: shown", "mask.shown-high", "" },
        { "general/items.yaml", "kind: verifier, mask: never", "kind: verifier, mask: hidden", "mask.verifier", "" },
        { "general/items.yaml", "level: 3, mark: sensitive, kind: person-ref", "level: 2, mark: sensitive, kind: person-ref", "mark.level", "" },
        { "telecom/purposes.yaml", "  separate_consent: true\n", "  separate_consent: false\n", "mark.no-strict-purpose", "telecom/items.yaml" },
        { "general/items.yaml", "search: exact,\n   purposes: [notify, verify]", "search: exact, identifies: true,\n   purposes: [notify, verify]", "identifies.kind", "" },
        { "general/items.yaml", "mask: ip24, search: none", "mask: ip24, search: exact", "ok", "" },
        { "general/items.yaml", "kind: date, mask: date-year,\n   search: combined", "kind: date, mask: date-year,\n   search: exact", "search.low-entropy", "" },
        { "airline/items.yaml", "values: 600, mask: shown, search: combined, partners: [itinerary]", "values: 600, mask: shown, search: exact", "search.low-entropy", "" },
        { "airline/items.yaml", "en: Loyalty tier, category: preference, level: 1, kind: enum, mask: shown, search: none", "en: Loyalty tier, category: preference, level: 1, kind: enum, mask: shown, search: exact-ask-second", "search.low-entropy", "" },
        { "hotel/items.yaml", "en: Guest register entry, category: identity, level: 3, mark: house, kind: record, mask: hidden, search: none", "en: Guest register entry, category: identity, level: 3, mark: house, kind: record, mask: hidden, search: exact", "search.kind", "" },
        { "airline/items.yaml", "kind: number, mask: \"band:10\", search: none", "kind: number, mask: \"band:10\", search: combined", "search.no-key", "" },
        { "airline/items.yaml", "search: combined, partners: [name],\n   volume: 250, purposes: [fulfil], retain", "search: combined, partners: [tier],\n   volume: 250, purposes: [fulfil], retain", "partner.no-key", "" },
        { "hotel/items.yaml", "member: from, normalise: date", "member: from, normalise: record", "search.kind", "" },
        { "hotel/items.yaml", "  - {item: room_no}\n  - {item: name}\n", "  - {item: room_no}\n", "search.low-entropy", "" },
        { "general/items.yaml", "kind: pan\n  mask: \"last:4\"\n  search: exact\n  volume: 25\n", "kind: pan\n  mask: \"last:4\"\n  search: exact\n  volume: 26\n", "volume.unknown", "" },
        { "hotel/items.yaml", "kind: plate, mask", "kind: plate, options: [{key: a, zh: 甲, en: A}], mask", "options.kind", "" },
        { "airline/records.yaml", "seat, cabin_no, port", "seat, port", "item.no-record", "airline/items.yaml" },
        { "airline/records.yaml", "seat, cabin_no, port", "seat, cabin_no, prot, port", "item.unknown", "" },
        { "airline/records.yaml", "dated_by: itinerary", "dated_by: stay", "record.dated-by", "" },
        { "airline/records.yaml", "dated_by: itinerary", "dated_by: pnr", "record.dated-by", "" },
        { "hotel/records.yaml", "dated_by: stay", "dated_by: \"\"", "name.invalid", "" },

        // purposes
        { "general/purposes.yaml", "basis: [pipl-13-1-7]", "basis: [legitimate-interest]", "value.unknown", "" },
        { "general/purposes.yaml", "basis: [pipl-13-1-7]", "basis: []", "purpose.no-basis", "" },
        { "general/purposes.yaml", "  consent_form: [guardian, written]\n", "", "purpose.consent-form", "" },
        { "general/purposes.yaml", "article: \"31\", version: 2018-08-31", "article: \"31\", version: August 2018", "field.type", "" },

        // notices
        { "airline/notices.yaml", "    retention: 行程结束三十天后删除医疗说明；订座编号保存三年。\n", "", "field.missing", "" },
        { "airline/notices.yaml", "    necessity: 医疗说明属于敏感个人信息。不了解您的身体需要，就无法安全地安排这项服务。\n", "", "notice.field", "" },
        { "hotel/notices.yaml", "    guardian: 不满十四周岁的，由父母或其他监护人阅读本告知书并作出同意。\n", "", "notice.field", "" },
        { "hotel/notices.yaml", "handler: 您的个人信息由{handler}处理。", "handler: 您的个人信息由{company}处理。", "notice.placeholder", "" },
        { "airline/notices.yaml", "    title: How we use passenger information\n", "    title: 旅客\n", "text.language", "" },
        { "airline/notices.yaml", "  items: [name, pnr, ssr_med]", "  items: [name, pnr, ssr_med, um]", "notice.extra-item", "" },

        // forms (R2, R25, R26)
        { "airline/forms.yaml", "  - {item: ssr_meal, by: typed}\n", "  - {item: ssr_meal, by: typed}\n  - {item: um, by: typed}\n", "form.extra-item", "" },
        { "airline/forms.yaml", "  - {item: ssr_meal, by: typed}\n", "  - {item: ssr_meals, by: typed}\n", "item.unknown", "" },
        { "airline/forms.yaml", "  - {purpose: fulfil, form: e-signed}\n", "  - {purpose: fulfil, form: e-signed, preticked: true}\n", "consent.preticked", "" },
        { "travel/forms.yaml", "  - {purpose: special, form: ticked, separate: true, items: [health_decl]}\n  - {purpose: partner, form: ticked, separate: true, items: [policy_no]}\n", "  - {purposes: [special, partner], form: ticked, separate: true, items: [health_decl, policy_no]}\n", "consent.bundled", "" },
        { "travel/forms.yaml", "  - {purpose: special, form: ticked, separate: true, items: [health_decl]}\n", "  - {purpose: special, form: ticked}\n", "form.separate-consent", "" },
        { "airline/forms.yaml", "  - {purpose: fulfil, form: e-signed}\n", "  - {purpose: fulfil, form: guardian}\n", "consent.form", "" },
        { "general/forms.yaml", "  - {purpose: market, form: ticked}\n  - {purpose: profile, form: ticked}\n", "  - {purpose: market, form: ticked}\n", "form.consent-missing", "" },
        { "hotel/forms.yaml", "  consents:\n", "  consents:\n  - {purpose: realname, form: written}\n", "consent.needless", "" },
        { "hotel/forms.yaml", "notice: lodging", "notice: lodgings", "notice.unknown", "" },
        { "hotel/forms.yaml", "  - {item: plate, by: typed}\n", "  - {item: plate, by: typed}\n  - {item: address, by: typed}\n", "form.item-not-told", "" },
        { "hotel/forms.yaml", "records: [profile, stay]", "records: [profile]", "form.item-no-record", "" },
        { "hotel/forms.yaml", "purposes: [fulfil, realname, minors, notify, loyalty]", "purposes: [fulfil, realname, minors, notify, loyalty, survey]", "form.idle-purpose", "" },
        { "general/forms.yaml", "evidence: [form-number, entered-by, checked-by, signature]", "evidence: [form-number, entered-by]", "form.evidence", "" },
        { "airline/forms.yaml", "evidence: [call-reference, recording]", "evidence: [call-reference]", "form.evidence", "" },

        // scenes, posts
        { "general/scenes.yaml", "validity: {term: 4h}", "validity: {term: 4d}", "scene.validity", "" },
        { "general/scenes.yaml", "review_within: 24h,", "", "scene.review", "" },
        { "general/posts.yaml", "  levels: {1: c, 2: m, 3: m, 4: \"-\"}", "  levels: {1: c, 2: m, 3: m}", "field.missing", "" },
        { "general/posts.yaml", "  verified: {1: c, 2: c, 3: r, 4: \"-\"}", "  verified: {1: c, 2: \"-\", 3: r, 4: \"-\"}", "post.verified", "" },
        { "general/posts.yaml", "  third_party: true\n  operating: true\n  levels: {1: c, 2: m, 3: v, 4: \"-\"}", "  third_party: true\n  operating: true\n  levels: {1: c, 2: m, 3: r, 4: \"-\"}", "post.third-party", "" },
        { "general/posts.yaml", "between: [data-owner, admin-4a]", "between: [data-owner, admin-5a]", "post.unknown", "" },

        // files
        { "airline/pack.yaml", "extends: general", "extends: generell", "extends.unknown", "" },
        { "airline/pack.yaml", "extends: general", "extends: ../general", "extends.unknown", "" },
        { "general/pack.yaml", "en: General", "en: General\nextends: airline", "extends.cycle", "airline/pack.yaml" },
        { "general/pack.yaml", "en: General", "en: General\nextends: general", "extends.cycle", "" },
        { "airline/pack.yaml", "version: 1.0.0", "version: v1", "version.format", "" },
        { "airline/pack.yaml", "id: airline", "id: airways", "pack.id", "" },
        { "airline/records.yaml", "records:\n", "records: &r\n", "yaml.alias", "" },
        { "airline/records.yaml", "items: [unruly]", "items: *r", "yaml.alias", "" },
        { "airline/records.yaml", "items: [unruly]", "items: !!set [unruly]", "yaml.tag", "" },
        { "airline/records.yaml", "zh: 行为名单", "zh: \"行为\\0名单\"", "text.control", "" },
        { "airline/records.yaml", "zh: 行为名单", "zh: \"行为\\u202E名单\"", "text.control", "" },
        { "airline/records.yaml", "zh: 行为名单", "zh: \"行为\\uD800名单\"", "*", "*" },
        { "airline/records.yaml", "  zh: 行为名单\n", "  zh: 行为名单\n  zh: 名单\n", "yaml.duplicate-field", "" },
        { "airline/records.yaml", "items: [unruly]", "items: [unruly", "yaml.syntax", "*" },
        { "airline/records.yaml", "items: [unruly]", "items: [[[[[[[[[[[[[[[[unruly]]]]]]]]]]]]]]]]", "yaml.too-big", "" },
        { "airline/records.yaml", "items: [unruly]", "items: [unruly]\n---\nrecords: []", "yaml.documents", "*" },
    };

    [Theory]
    [MemberData(nameof(Breaks))]
    public void A_mistake_is_named_with_its_place(string file, string old, string changed, string code, string reportedIn)
    {
        using var copy = new PackCopy();
        var (pack, name) = (file.Split('/')[0], file.Split('/')[1]);
        copy.Change(pack, name, old, changed);
        var at = File.ReadAllText(copy.Of(pack, name));
        var from = changed.Length == 0 ? 1 : at[..at.IndexOf(changed, StringComparison.Ordinal)].Count(c => c == '\n') + 1;
        var mistakes = copy.Mistakes(pack);

        if (code == "ok")
        {
            Assert.Empty(mistakes);
            return;
        }

        var found = mistakes.Where(mistake => code == "*" || mistake.Code == code).ToList();
        Assert.True(found.Count > 0, $"No {code}, but: " + string.Join('\n', mistakes));
        Assert.All(mistakes, mistake => Assert.All(
            (string[])[mistake.Text.Zh, mistake.Text.En, mistake.Fix.Zh, mistake.Fix.En], text => Assert.False(string.IsNullOrWhiteSpace(text))));
        var first = found.Find(mistake => mistake.File == (reportedIn is "" or "*" ? file : reportedIn));
        Assert.NotNull(first);
        Assert.True(first.Line >= 1 && first.Column >= 1, first.ToString());
        if (reportedIn.Length == 0 && changed.Length > 0 && !_elsewhere.Contains(code))
        {
            Assert.InRange(first.Line, from, from + changed.Count(c => c == '\n'));
        }
    }

    // Reported at the definition or list whose field is missing, or at the field that suffers, not where the change was made.
    private static readonly string[] _elsewhere =
        ["notice.field", "form.consent-missing", "form.separate-consent", "form.item-no-record", "scene.review"];

    [Fact]
    public void Every_mistake_of_a_pack_is_reported_in_one_run()
    {
        using var copy = new PackCopy();
        copy.Change("general", "items.yaml", "level: 2, kind: email, mask: email, search: exact", "level: 9, kind: e-mail, mask: emial, search: exactly, colour: red")
            .Change("general", "purposes.yaml", "basis: [pipl-13-1-7]", "basis: [interest]")
            .Change("airline", "forms.yaml", "  - {purpose: fulfil, form: e-signed}", "  - {purpose: fulfil, form: e-signed, preticked: true}")
            .Change("airline", "items.yaml", "values: 600, mask: shown, search: combined, partners: [itinerary]", "values: 600, mask: shown, search: exact")
            .Append("airline", "records.yaml", "- {key: Bad Name, zh: 坏, en: Bad, customer: person, ends: [], items: [nothing]}\n");
        File.WriteAllText(copy.Of("airline", "item.yaml"), "items: []");

        var mistakes = copy.Mistakes("airline");

        Assert.Equal(
            ["field.unknown", "kind.unknown", "mask.unknown", "number.range", "value.unknown"],
            mistakes.Where(mistake => mistake.File == "general/items.yaml").Select(mistake => mistake.Code).Order(StringComparer.Ordinal));
        Assert.Superset(
            new HashSet<string> { "consent.preticked", "search.low-entropy", "file.unknown", "value.unknown" }, mistakes.Select(mistake => mistake.Code).ToHashSet());
        Assert.Contains(mistakes, mistake => mistake is { File: "airline/item.yaml", Code: "file.unknown" });
        Assert.Equal(mistakes.OrderBy(m => m.File, StringComparer.Ordinal).ThenBy(m => m.Line).ThenBy(m => m.Column).ThenBy(m => m.Code, StringComparer.Ordinal), mistakes);
    }

    [Fact]
    public void Place_is_exact()
    {
        using var copy = new PackCopy();
        copy.Change("airline", "items.yaml", "mask: route", "mask: rout");

        var mistake = Assert.Single(copy.Mistakes("airline"));

        Assert.Equal(("airline/items.yaml", "items/itinerary/mask", "mask.unknown"), (mistake.File, mistake.Path, mistake.Code));
        var line = File.ReadAllLines(copy.Of("airline", "items.yaml"))[mistake.Line - 1];
        Assert.StartsWith("rout,", line[(mistake.Column - 1)..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no\0where")]
    [InlineData("/nowhere/at/all")]
    [InlineData("/")]
    public void A_folder_without_a_pack_is_a_mistake(string folder) =>
        Assert.Equal("pack.missing", Assert.Single(Assert.IsType<PackLoadResult.Broken>(PackLoader.Load(folder)).Mistakes).Code);

    [Fact]
    public void Giant_empty_and_foreign_files_are_refused()
    {
        using var copy = new PackCopy();
        string Code(byte[] content)
        {
            File.WriteAllBytes(copy.Of("airline", "records.yaml"), content);
            return Assert.Single(copy.Mistakes("airline")).Code;
        }

        Assert.Equal("file.too-large", Code(new byte[PackYaml.LargestFile + 1]));
        Assert.Equal("file.empty", Code([]));
        Assert.Equal("file.encoding", Code([0x72, 0xff, 0xfe]));
        Assert.Equal("file.shape", Code("- a\n"u8.ToArray()));
        Assert.Equal("yaml.too-big", Code(System.Text.Encoding.UTF8.GetBytes("records: [" + string.Concat(Enumerable.Repeat("a,", 60_000)) + "]")));
        Assert.Equal("text.too-long", Code(System.Text.Encoding.UTF8.GetBytes("records: " + new string('a', 9_000))));
    }

    [Fact]
    public void Base_pack_needs_its_three_lists()
    {
        using var copy = new PackCopy();
        File.Delete(copy.Of("general", "records.yaml"));

        Assert.Contains(copy.Mistakes("airline"), mistake => mistake is { File: "general/records.yaml", Code: "file.missing" });
    }

    [Fact]
    public void A_changed_pack_must_raise_its_version_and_leave_published_notices_alone()
    {
        using var copy = new PackCopy();
        var installed = Packs.Load("airline");
        Assert.IsType<PackLoadResult.Loaded>(PackLoader.Load(copy.Folder("airline"), installed));

        copy.Change("airline", "notices.yaml", "通知航班变动。您要求", "通知航班变化。您要求");
        var broken = Assert.IsType<PackLoadResult.Broken>(PackLoader.Load(copy.Folder("airline"), installed));
        Assert.Equal(["notice.changed", "version.not-increasing"], broken.Mistakes.Select(mistake => mistake.Code).Order(StringComparer.Ordinal));
        Assert.Equal(["airline/notices.yaml", "airline/pack.yaml"], broken.Mistakes.Select(mistake => mistake.File).Order(StringComparer.Ordinal));

        copy.Change("airline", "notices.yaml", "通知航班变化。您要求", "通知航班变动。您要求")
            .Change("airline", "pack.yaml", "version: 1.0.0", "version: 1.0.1")
            .Change("airline", "items.yaml", "en: Loyalty tier", "en: Tier");
        Assert.IsType<PackLoadResult.Loaded>(PackLoader.Load(copy.Folder("airline"), installed));
    }

    [Fact]
    public void Notice_versions_only_grow()
    {
        using var copy = new PackCopy();
        var text = File.ReadAllText(copy.Of("general", "notices.yaml"));
        var second = text[text.IndexOf("- key: customer", StringComparison.Ordinal)..];
        copy.Append("general", "notices.yaml", second.Replace("version: 1\n", "version: 2\n", StringComparison.Ordinal));
        var loaded = Packs.Loaded(PackLoader.Load(copy.Folder("general")));
        Assert.Equal(2, loaded.Notice(NoticeKey.Of("customer"))!.Version);
        Assert.Equal(1, loaded.Notice(NoticeKey.Of("customer"), 1)!.Version);

        copy.Append("general", "notices.yaml", second.Replace("version: 1\n  date: 2026-01-01", "version: 3\n  date: 2025-12-31", StringComparison.Ordinal));
        Assert.Contains(copy.Mistakes("general"), mistake => mistake.Code == "notice.version");
    }
}
