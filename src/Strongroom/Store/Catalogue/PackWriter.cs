using System.Globalization;
using Strongroom.Ground;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Strongroom.Store.Catalogue;

/// <summary>
/// Writes a catalogue as a pack that stands by itself (`pack export`): what it extended is written out and named under `includes`.
/// Loading the result gives an equal catalogue; equal catalogues give the same bytes.
/// </summary>
internal static class PackWriter
{
    /// <summary>File name → UTF-8 text with line feeds.</summary>
    public static IReadOnlyDictionary<string, string> Write(InformationCatalogue catalogue) => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["pack.yaml"] = Text(Map(Stamp(catalogue.Pack).Append(("includes", Maps(catalogue.Includes, Stamp))))),
        ["purposes.yaml"] = Text(Map([("purposes", Maps(catalogue.Purposes, Purpose))])),
        ["items.yaml"] = Text(Map([("items", Maps(catalogue.Items, Item)), ("search_keys", Maps(catalogue.SearchKeys, Search))])),
        ["records.yaml"] = Text(Map([("records", Maps(catalogue.Records, Record)), ("relations", Maps(catalogue.Relations, Relation))])),
        ["notices.yaml"] = Text(Map([("notices", Maps(catalogue.Notices, Notice))])),
        ["forms.yaml"] = Text(Map([("forms", Maps(catalogue.Forms, Form))])),
        ["scenes.yaml"] = Text(Map([("scenes", Maps(catalogue.Scenes, Scene)), ("thresholds", Maps(catalogue.Thresholds, Threshold))])),
        ["posts.yaml"] = Text(Map([("posts", Maps(catalogue.Posts, Post)), ("conflicts", Maps(catalogue.Conflicts, Conflict))])),
    };

    /// <summary>Writes the files into a folder, which must be named like the pack for it to load again.</summary>
    public static void WriteTo(string folder, InformationCatalogue catalogue)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, text) in Write(catalogue))
        {
            File.WriteAllText(Path.Combine(folder, name), text);
        }
    }

    private static IEnumerable<(string, PackNode?)> Stamp(PackStamp stamp) =>
        [("id", Scalar(stamp.Id)), ("version", Scalar(stamp.Version.ToString())), .. Title(stamp.Title)];

    private static IEnumerable<(string, PackNode?)> Item(ItemDefinition item) =>
    [
        ("key", Scalar(item.Key.Value)), .. Title(item.Title), ("category", Word(item.Category)), ("trade", Scalar(item.Trade?.ToString())),
        ("level", Scalar((int)item.Level)), ("mark", Word(item.Mark)), ("kind", Scalar(item.Kind)), ("mask", Scalar(item.Mask)),
        ("search", Word(item.Search)), ("partners", Words(item.Partners)), ("identifies", Flag(item.Identifies)), ("values", Scalar(item.Values)),
        ("volume", Scalar(item.Volume)), ("purposes", Words(item.Purposes)), ("retain", Retain(item.Retain)),
        ("options", Maps(item.Options, option => [("key", Scalar(option.Key)), .. Title(option.Title)])), ("note", Note(item.Note)),
        ("to_confirm", Flag(item.ToConfirm)),
    ];

    private static IEnumerable<(string, PackNode?)> Search(SearchKey key) =>
    [
        ("key", Scalar(key.Key.Value)), .. Title(key.Title),
        ("parts", Maps(key.Parts, part => [("item", Scalar(part.Item.Value)), ("member", Scalar(part.Member)), ("normalise", Scalar(part.Normalise))])),
    ];

    private static IEnumerable<(string, PackNode?)> Record(RecordType record) =>
    [
        ("key", Scalar(record.Key.Value)), .. Title(record.Title), ("customer", Word(record.Holder)), ("ends", Always(record.Ends.Select(Kebab.Of))),
        ("items", Always(record.Items.Select(item => item.Value))), ("dated_by", Scalar(record.DatedBy?.Value)),
    ];

    private static IEnumerable<(string, PackNode?)> Relation(RelationDefinition relation) => [("key", Scalar(relation.Key)), .. Title(relation.Title)];

    private static IEnumerable<(string, PackNode?)> Purpose(PurposeDefinition purpose) =>
    [
        ("key", Scalar(purpose.Key.Value)), .. Title(purpose.Title), ("basis", Always(purpose.Bases.Select(BasisCodes.Of))),
        ("basis_note", Note(purpose.BasisNote)),
        ("source", Maps(purpose.Sources, source =>
        [
            .. Title(source.Law), ("article", Scalar(source.Article)), ("version", Date(source.Version)), ("to_confirm", Flag(source.ToConfirm)),
        ])),
        ("retain", Maps(purpose.Retain, Term)), ("also_consent", Flag(purpose.AlsoConsent)),
        ("consent_form", Optional(purpose.ConsentForms.Select(Kebab.Of))), ("separate_consent", Flag(purpose.SeparateConsent)),
        ("never_clear", Flag(purpose.NeverClear)), ("duty_items", Words(purpose.DutyItems)), ("to_confirm", Flag(purpose.ToConfirm)),
    ];

    private static IEnumerable<(string, PackNode?)> Notice(NoticeText notice) =>
    [
        ("key", Scalar(notice.Key.Value)), ("version", Scalar(notice.Version)), ("date", Date(notice.Date)),
        ("purposes", Always(notice.Purposes.Select(purpose => purpose.Value))), ("items", Always(notice.Items.Select(item => item.Value))),
        ("zh", Map(Notice(notice.Zh))), ("en", Map(Notice(notice.En))),
    ];

    private static IEnumerable<(string, PackNode?)> Notice(NoticeWords words) =>
    [
        ("title", Scalar(words.Title)), ("handler", Scalar(words.Handler)), ("contact", Scalar(words.Contact)), ("purposes", Scalar(words.Purposes)),
        ("methods", Scalar(words.Methods)), ("kinds", Scalar(words.Kinds)), ("retention", Scalar(words.Retention)), ("rights", Scalar(words.Rights)),
        ("recipients", Maps(words.Recipients, to =>
        [
            ("name", Scalar(to.Name)), ("contact", Scalar(to.Contact)), ("purpose", Scalar(to.Purpose)), ("method", Scalar(to.Method)), ("kinds", Scalar(to.Kinds)),
        ])),
        ("necessity", Scalar(words.Necessity)), ("impact", Scalar(words.Impact)), ("guardian", Scalar(words.Guardian)),
        ("overseas", Scalar(words.Overseas)), ("refusal", Scalar(words.Refusal)),
    ];

    private static IEnumerable<(string, PackNode?)> Form(FormDefinition form) =>
    [
        ("key", Scalar(form.Key.Value)), .. Title(form.Title), ("channel", Word(form.Channel)), ("records", Always(form.Records.Select(record => record.Value))),
        ("purposes", Always(form.Purposes.Select(purpose => purpose.Value))), ("notice", Scalar(form.Notice.Value)),
        ("evidence", Optional(form.Evidence.Select(Kebab.Of))),
        ("items", Maps(form.Items, item => [("item", Scalar(item.Item.Value)), ("required", Flag(item.Required)), ("one_of", Scalar(item.OneOf)), ("by", Word(item.By))])),
        ("consents", Maps(form.Consents, consent =>
        [
            ("purpose", Scalar(consent.Purpose.Value)), ("form", Word(consent.Form)), ("separate", Flag(consent.Separate)), ("items", Words(consent.Items)),
        ])),
    ];

    private static IEnumerable<(string, PackNode?)> Scene(SceneDefinition scene) =>
    [
        ("key", Scalar(scene.Key)), .. Title(scene.Title), ("modes", Always(scene.Modes.Select(Kebab.Of))), ("co_operators", Always(scene.CoOperators.Select(Kebab.Of))),
        ("all", Flag(scene.All)), ("other_unit", Flag(scene.OtherUnit)), ("booked", Flag(scene.Booked)),
        ("validity", Map([("term", Scalar(scene.Validity.Term?.ToString())), ("uses", Scalar(scene.Validity.Uses)), ("job", Flag(scene.Validity.Job))])),
        ("limit", Map([("customers", Scalar(scene.Limit.Customers)), .. scene.Limit.Text is { } text ? Title(text) : []])),
        ("review_within", Scalar(scene.ReviewWithin?.ToString())),
    ];

    private static IEnumerable<(string, PackNode?)> Threshold(VolumeThreshold threshold) =>
        [("volume", Scalar(threshold.Volume)), ("warn", Scalar(threshold.Warn)), .. Title(threshold.Title)];

    private static IEnumerable<(string, PackNode?)> Post(PostDefinition post) =>
    [
        ("key", Scalar(post.Key.Value)), .. Title(post.Title), ("scope", Word(post.Scope)), ("third_party", Flag(post.ThirdParty)),
        ("operating", Flag(post.Operating)), ("deidentified", Flag(post.Deidentified)), ("levels", Rights(post.Levels)),
        ("verified", post.Verified is { } verified ? Rights(verified) : null),
        ("find", post.Find.By == FindBy.Nothing ? null : Map([("by", Word(post.Find.By)), ("per_hour", Scalar(post.Find.PerHour))])),
        ("change", post.Change == ChangeBy.Nothing ? null : Word(post.Change)),
        ("bulk", post.Bulk.Kind == BulkKind.Nothing ? null : Map([("kind", Word(post.Bulk.Kind)), ("max", Scalar(post.Bulk.Max))])),
        ("approves", Optional(post.Approves.Select(Kebab.Of))), ("duties", Note(post.Duties)),
    ];

    private static IEnumerable<(string, PackNode?)> Conflict(ConflictDefinition conflict) =>
        [("key", Scalar(conflict.Key)), .. Title(conflict.Title), ("between", Always(conflict.Between))];

    private static PackMap Rights(LevelRights rights) =>
        Map(Enum.GetValues<Level>().Select(level => (((int)level).ToString(CultureInfo.InvariantCulture), (PackNode?)Scalar(rights[level] switch
        {
            PostRight.Clear => "c",
            PostRight.Reveal => "r",
            PostRight.Vault => "v",
            PostRight.Masked => "m",
            _ => "-",
        }))));

    private static IEnumerable<(string, PackNode?)> Title(Bilingual title) => [("zh", Scalar(title.Zh)), ("en", Scalar(title.En))];

    private static PackMap? Note(Bilingual? note) => note is null ? null : Map(Title(note));

    private static PackMap Retain(RetentionRule rule) =>
        Map([("after", Word(rule.After)), ("term", Scalar(rule.Term.ToString())), ("or", rule.Or is { } or ? Map(Term(or)) : null)]);

    private static IEnumerable<(string, PackNode?)> Term(RetentionTerm term) => [("after", Word(term.After)), ("term", Scalar(term.Term.ToString()))];

    private static PackScalar? Scalar(string? text) => text is null ? null : new PackScalar(text, 0, 0);

    private static PackScalar? Scalar(int? number) => Scalar(number?.ToString(CultureInfo.InvariantCulture));

    private static PackScalar? Word<T>(T value) where T : struct, Enum => Scalar(Kebab.Of(value));

    private static PackScalar? Date(DateOnly date) => Scalar(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    private static PackScalar? Flag(bool set) => set ? Scalar("true") : null;

    private static PackSequence? Words<T>(Listed<T> names) where T : struct, IName<T> => Optional(names.Select(name => name.Value));

    private static PackSequence? Optional(IEnumerable<string> words) => Always(words) is { Elements.Count: > 0 } some ? some : null;

    private static PackSequence Always(IEnumerable<string> words) => new([.. words.Select(word => new PackScalar(word, 0, 0))], 0, 0);

    private static PackMap Map(IEnumerable<(string Key, PackNode? Value)> fields) =>
        new([.. fields.Where(field => field.Value is not null).Select(field => new PackField(field.Key, 0, 0, field.Value!))], 0, 0);

    private static PackSequence? Maps<T>(Listed<T> list, Func<T, IEnumerable<(string, PackNode?)>> fields) =>
        list.Count == 0 ? null : new PackSequence([.. list.Select(element => Map(fields(element)))], 0, 0);

    private static string Text(PackMap root)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1_024));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, root);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, PackNode node)
    {
        switch (node)
        {
            case PackMap map:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
                foreach (var field in map.Fields)
                {
                    emitter.Emit(new Scalar(field.Key));
                    Emit(emitter, field.Value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case PackSequence sequence:
                var flat = sequence.Elements.All(element => element is PackScalar);
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, flat ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var element in sequence.Elements)
                {
                    Emit(emitter, element);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case PackScalar scalar:
                // Any style but plain keeps odd characters; the emitter turns to quotes where plain would not read back.
                emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, scalar.Text, ScalarStyle.Any, isPlainImplicit: true, isQuotedImplicit: true));
                break;
        }
    }
}
