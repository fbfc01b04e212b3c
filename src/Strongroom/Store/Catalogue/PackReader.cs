using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

/// <summary>Turns the files of one pack into definitions: shape, names and closed words. What they mean together is for the rules.</summary>
internal sealed partial class PackReader(PackDraft draft)
{
    /// <summary>The files of a pack besides pack.yaml, in the order they are read.</summary>
    public static readonly Listed<string> Files =
        ["purposes.yaml", "items.yaml", "records.yaml", "notices.yaml", "forms.yaml", "scenes.yaml", "posts.yaml"];

    private static readonly Listed<string> _basisCodes = Enum.GetValues<LegalBasis>().Select(BasisCodes.Of).ToListed();

    public void Read(string file, PackFields fields)
    {
        switch (file)
        {
            case "purposes.yaml":
                Entries(fields, "purposes", draft.Purposes, Key<PurposeKey>, Purpose);
                break;
            case "items.yaml":
                Entries(fields, "items", draft.Items, Key<ItemKey>, Item);
                Entries(fields, "search_keys", draft.SearchKeys, Key<SearchKeyName>, Search);
                break;
            case "records.yaml":
                Entries(fields, "records", draft.Records, Key<RecordTypeKey>, Record);
                Entries(fields, "relations", draft.Relations, f => f.Word("key"), (f, key, basis) => new RelationDefinition(key, f.Title(basis?.Title)));
                break;
            case "notices.yaml":
                Entries(fields, "notices", draft.Notices, f => (f.Name<NoticeKey>("key"), f.Number("version", 1, 100_000)), Notice);
                break;
            case "forms.yaml":
                Entries(fields, "forms", draft.Forms, Key<FormKey>, Form);
                break;
            case "scenes.yaml":
                Entries(fields, "scenes", draft.Scenes, f => f.Word("key"), Scene);
                Entries(fields, "thresholds", draft.Thresholds, f => f.Number("volume", 1, 1_000_000),
                    (f, volume, basis) => new VolumeThreshold(volume, f.Number("warn", 1, 1_000_000, basis?.Warn), f.Title(basis?.Title)), "volume");
                break;
            case "posts.yaml":
                Entries(fields, "posts", draft.Posts, Key<PostKey>, Post);
                Entries(fields, "conflicts", draft.Conflicts, f => f.Word("key"),
                    (f, key, basis) => new ConflictDefinition(key, f.Title(basis?.Title), basis is not null && !f.Has("between") ? basis.Between : f.Words("between")));
                break;
        }

        fields.Done();
    }

    private static TKey Key<TKey>(PackFields fields) where TKey : struct, IName<TKey> => fields.Name<TKey>("key");

    /// <summary>Reads a list of definitions. A key stands once, unless the later one says that it overrides an earlier pack's.</summary>
    private static void Entries<TKey, T>(
        PackFields file, string list, Keyed<TKey, T> into, Func<PackFields, TKey> keyOf, Func<PackFields, TKey, T?, T> read, string keyField = "key")
        where TKey : notnull where T : class
    {
        var here = new HashSet<TKey>();
        file.Maps<T>(list, fields =>
        {
            var key = keyOf(fields);
            var overrides = fields.Flag("override");
            var known = into.TryGet(key, out var earlier);
            if (!here.Add(key) || (known && !overrides))
            {
                fields.Mistake(keyField, "key.duplicate",
                    new($"“{key}”已经定义过。", $"'{key}' is already defined."), new("换一个键；要修改基础包的定义，写 override: true。", "Use another key; to change a base pack's definition, write override: true."));
            }
            else if (overrides && !known)
            {
                fields.Mistake("override", "override.unknown",
                    new($"基础包里没有“{key}”，无从修改。", $"No base pack defines '{key}', so there is nothing to change."), new("检查键，或去掉 override。", "Check the key, or remove override."));
                fields.IgnoreRest();
                return null;
            }

            var value = read(fields, key, overrides ? earlier : null);
            into.Set(key, value);
            return value;
        }, keyField);
    }

    private static ItemDefinition Item(PackFields f, ItemKey key, ItemDefinition? basis) => new(
        key,
        f.Title(basis?.Title),
        f.Kebab<Category>("category", basis?.Category),
        (Level)f.Number("level", 1, 4, (int?)basis?.Level),
        f.Kebab<Mark>("mark", basis?.Mark ?? Mark.None),
        Kind(f, "kind", basis?.Kind),
        MaskSpec(f, basis?.Mask),
        f.Kebab<SearchMode>("search", basis?.Search),
        f.Names("partners", basis?.Partners ?? []),
        f.Flag("identifies", basis?.Identifies ?? false),
        f.Names("purposes", basis?.Purposes),
        f.RequiredMap("retain", Retention, new RetentionRule(default, default), basis?.Retain),
        f.Maps<ItemOption>("options", o => new ItemOption(o.Word("key"), o.Title()), "key") ?? basis?.Options ?? [],
        f.NumberOrNull("values", 1, int.MaxValue, basis?.Values),
        f.Number("volume", 1, 1_000_000, basis?.Volume ?? ItemDefinition.OrdinaryVolume),
        f.Has("trade") ? Trade(f) : basis?.Trade,
        f.Map("note", n => n.Title(), basis?.Note),
        f.Flag("to_confirm", basis?.ToConfirm ?? false));

    private static string Kind(PackFields f, string field, string? fallback)
    {
        var kind = f.Text(field, fallback);
        if (kind.Length > 0 && Ground.Identifiers.ItemKinds.Find(kind) is null)
        {
            f.Mistake(field, "kind.unknown",
                new($"没有“{PackMistakes.Quote(kind)}”这种类型。", $"There is no kind '{PackMistakes.Quote(kind)}'."),
                Fixes.OneOf(Ground.Identifiers.ItemKinds.All.Select(known => known.Name).Order(StringComparer.Ordinal)));
            return "text";
        }

        return kind.Length > 0 ? kind : "text";
    }

    private static string MaskSpec(PackFields f, string? fallback)
    {
        var spec = f.Text("mask", fallback);
        if (spec.Length > 0 && !Ground.Masks.Mask.TryParse(spec, out _))
        {
            f.Mistake("mask", "mask.unknown",
                new($"没有“{PackMistakes.Quote(spec)}”这种掩码。", $"There is no mask '{PackMistakes.Quote(spec)}'."),
                new("如 name、mobile、last:4、keep:1,1、hidden。", "Such as name, mobile, last:4, keep:1,1 or hidden."));
            return "hidden";
        }

        return spec.Length > 0 ? spec : "hidden";
    }

    private static TradeCategory? Trade(PackFields f)
    {
        switch (f.Text("trade"))
        {
            case "A": return TradeCategory.A;
            case "B": return TradeCategory.B;
            case "C": return TradeCategory.C;
            default:
                f.Mistake("trade", "value.unknown", new("“trade”只能是 A、B 或 C。", "'trade' is A, B or C."), new("改正。", "Correct it."));
                return null;
        }
    }

    private static RetentionRule Retention(PackFields f) => new(f.Kebab<RetentionEvent>("after"), f.Term("term"), f.Map("or", RetentionTerm));

    private static RetentionTerm RetentionTerm(PackFields f) => new(f.Kebab<RetentionEvent>("after"), f.Term("term"));

    private SearchKey Search(PackFields f, SearchKeyName key, SearchKey? basis) => new(
        key, f.Title(basis?.Title), RequiredMaps(f, "parts", part =>
        {
            var item = part.Name<ItemKey>("item");
            var own = draft.Items.TryGet(item, out var definition) ? definition!.Kind : "text";
            return new SearchPart(item, part.TextOrNull("member"), part.Has("normalise") || part.Has("member") ? Kind(part, "normalise", null) : own);
        }, basis?.Parts, "item"));

    private static RecordType Record(PackFields f, RecordTypeKey key, RecordType? basis)
    {
        var items = f.Names<ItemKey>("items", basis is null ? null : []);
        return new RecordType(
            key,
            f.Title(basis?.Title),
            f.Kebab<RecordHolder>("customer", basis?.Holder),
            f.Kebabs("ends", basis?.Ends),
            basis is null ? items : basis.Items.Concat(items).Distinct().ToListed(),
            f.Has("dated_by") ? f.Name<ItemKey>("dated_by") : basis?.DatedBy);
    }

    private static PurposeDefinition Purpose(PackFields f, PurposeKey key, PurposeDefinition? basis) => new(
        key,
        f.Title(basis?.Title),
        f.Codes("basis", basis?.Bases, code => BasisCodes.TryParse(code, out var found) ? found : (LegalBasis?)null, _basisCodes),
        f.Map("basis_note", n => n.Title(), basis?.BasisNote),
        RequiredMaps(f, "source", Source, basis?.Sources),
        RequiredMaps(f, "retain", RetentionTerm, basis?.Retain),
        f.Flag("also_consent", basis?.AlsoConsent ?? false),
        f.Kebabs("consent_form", basis?.ConsentForms ?? []),
        f.Flag("separate_consent", basis?.SeparateConsent ?? false),
        f.Flag("never_clear", basis?.NeverClear ?? false),
        f.Names("duty_items", basis?.DutyItems ?? []),
        f.Flag("to_confirm", basis?.ToConfirm ?? false));

    private static LawSource Source(PackFields f) => new(f.Title(), f.Text("article"), f.Date("version"), f.Flag("to_confirm"));

    /// <summary>A list of maps that must be there and hold at least one.</summary>
    private static Listed<T> RequiredMaps<T>(PackFields f, string field, Func<PackFields, T?> read, Listed<T>? fallback = null, string keyField = "") where T : class
    {
        var list = f.Maps(field, read, keyField) ?? fallback;
        if (list is null or { Count: 0 })
        {
            f.Mistake(field, "field.missing", new($"缺少“{field}”。", $"'{field}' is missing."), new($"补上“{field}”。", $"Add '{field}'."));
        }

        return list ?? [];
    }
}
