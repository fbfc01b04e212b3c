using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

// Notices, forms, scenes and posts.
internal sealed partial class PackReader
{
    private static NoticeText Notice(PackFields f, (NoticeKey Key, int Version) key, NoticeText? basis) => new(
        key.Key,
        key.Version,
        f.Date("date"),
        f.Names("purposes", basis?.Purposes),
        f.Names("items", basis?.Items),
        f.RequiredMap("zh", words => Words(words, english: false), _noWords, basis?.Zh),
        f.RequiredMap("en", words => Words(words, english: true), _noWords, basis?.En));

    private static readonly NoticeWords _noWords = new("", "", "", "", "", "", "", "", "", null, null, null, null, []);

    private static NoticeWords Words(PackFields f, bool english)
    {
        string Line(string field) => Checked(field, f.Text(field));
        string? MaybeLine(string field) => f.Has(field) ? Line(field) : f.TextOrNull(field);
        string Checked(string field, string text)
        {
            if (english)
            {
                f.CheckEnglish(field, text);
            }

            return text;
        }

        return new NoticeWords(
            Line("title"), Line("handler"), Line("contact"), Line("purposes"), Line("methods"), Line("kinds"), Line("retention"), Line("rights"),
            Line("refusal"), MaybeLine("necessity"), MaybeLine("impact"), MaybeLine("guardian"), MaybeLine("overseas"),
            f.Maps("recipients", to => new NoticeRecipient(to.Text("name"), to.Text("contact"), to.Text("purpose"), to.Text("method"), to.Text("kinds"))) ?? []);
    }

    private static FormDefinition Form(PackFields f, FormKey key, FormDefinition? basis) => new(
        key,
        f.Title(basis?.Title),
        f.Kebab<CollectChannel>("channel", basis?.Channel),
        f.Names("records", basis?.Records),
        f.Names("purposes", basis?.Purposes),
        f.Name<NoticeKey>("notice", basis?.Notice),
        f.Kebabs("evidence", basis?.Evidence ?? []),
        RequiredMaps(f, "items", FormItem, basis?.Items, "item"),
        f.Maps("consents", FormConsent, "purpose") ?? basis?.Consents ?? []);

    private static FormItem FormItem(PackFields f) =>
        new(f.Name<ItemKey>("item"), f.Flag("required"), f.Has("one_of") ? f.Word("one_of") : null, f.Kebab<InputBy>("by"));

    private static FormConsent? FormConsent(PackFields f)
    {
        if (f.Flag("preticked"))
        {
            f.Mistake("preticked", "consent.preticked",
                new("同意不能事先勾好。", "Consent must not be ticked in advance."), new("去掉 preticked,由客户自己勾选。", "Remove it; the customer ticks the box."));
        }

        if (f.Has("purposes"))
        {
            f.Mistake("purposes", "consent.bundled",
                new("几项用途不能捆绑成一个同意。", "Several purposes must not be bundled into one consent."), new("每项用途单列一行，写 purpose。", "One line per purpose, with 'purpose'."));
            f.IgnoreRest();
            return null;
        }

        return new FormConsent(f.Name<PurposeKey>("purpose"), f.Kebab<ConsentForm>("form"), f.Flag("separate"), f.Names<ItemKey>("items", []));
    }

    private static SceneDefinition Scene(PackFields f, string key, SceneDefinition? basis) => new(
        key,
        f.Title(basis?.Title),
        f.Kebabs("modes", basis?.Modes),
        f.Kebabs("co_operators", basis?.CoOperators),
        f.Flag("all", basis?.All ?? false),
        f.Flag("other_unit", basis?.OtherUnit ?? false),
        f.Flag("booked", basis?.Booked ?? false),
        f.RequiredMap("validity", v => new SceneValidity(v.TermOrNull("term"), v.NumberOrNull("uses", 1, 100), v.Flag("job")), new SceneValidity(null, 1, false), basis?.Validity),
        f.RequiredMap("limit", l => new SceneLimit(l.NumberOrNull("customers", 1, 10_000), l.TitleOrNull()), new SceneLimit(1, null), basis?.Limit),
        f.Has("review_within") ? f.Term("review_within") : basis?.ReviewWithin);

    private static PostDefinition Post(PackFields f, PostKey key, PostDefinition? basis) => new(
        key,
        f.Title(basis?.Title),
        f.Kebab<PostScope>("scope", basis?.Scope),
        f.Flag("third_party", basis?.ThirdParty ?? false),
        f.Flag("operating", basis?.Operating ?? false),
        f.Flag("deidentified", basis?.Deidentified ?? false),
        f.RequiredMap("levels", Rights, _noRights, basis?.Levels),
        f.Map("verified", Rights, basis?.Verified),
        f.Map("find", find => new PostFind(find.Kebab<FindBy>("by"), find.NumberOrNull("per_hour", 1, 10_000)), basis?.Find) ?? new PostFind(FindBy.Nothing, null),
        f.Kebab<ChangeBy>("change", basis?.Change ?? ChangeBy.Nothing),
        f.Map("bulk", bulk => new PostBulk(bulk.Kebab<BulkKind>("kind"), bulk.NumberOrNull("max", 1, 1_000_000)), basis?.Bulk) ?? new PostBulk(BulkKind.Nothing, null),
        f.Kebabs("approves", basis?.Approves ?? []))
    {
        Duties = f.Map("duties", duties => duties.Title(basis?.Duties), basis?.Duties),
    };

    private static readonly LevelRights _noRights = new(PostRight.Nothing, PostRight.Nothing, PostRight.Nothing, PostRight.Nothing);

    /// <summary>Letters of the post table. Every level is named, so that none is granted by omission.</summary>
    private static LevelRights Rights(PackFields f) => new(Right(f, "1"), Right(f, "2"), Right(f, "3"), Right(f, "4"));

    private static PostRight Right(PackFields f, string level)
    {
        switch (f.Text(level))
        {
            case "c": return PostRight.Clear;
            case "r": return PostRight.Reveal;
            case "v": return PostRight.Vault;
            case "m": return PostRight.Masked;
            case "-" or "": return PostRight.Nothing;
            default:
                f.Mistake(level, "value.unknown", new("权限只能是 c、r、v、m 或 -。", "A right is c, r, v, m or -."), new("改正。", "Correct it."));
                return PostRight.Nothing;
        }
    }
}

/// <summary>Fixes said in more than one place.</summary>
internal static class Fixes
{
    public static Bilingual OneOf(IEnumerable<string> words)
    {
        var list = string.Join(", ", words);
        return new Bilingual($"可用：{list}。", $"One of: {list}.");
    }
}
