using System.Collections.Frozen;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;

namespace Strongroom.Store.Catalogue;

/// <summary>A rule that a catalogue breaks, by field path; the loader knows the line.</summary>
internal sealed record CatalogueIssue(string Path, string Code, Bilingual Text, Bilingual Fix);

/// <summary>What must hold in every catalogue, loaded or merged. Pure.</summary>
internal static partial class CatalogueRules
{
    private static readonly FrozenSet<string> _documents = ((string[])["cn-id", "passport", "permit", "uscc"]).ToFrozenSet();

    public static IEnumerable<CatalogueIssue> Check(InformationCatalogue catalogue) =>
    [
        .. catalogue.Items.SelectMany(item => OfItem(catalogue, item)),
        .. catalogue.SearchKeys.SelectMany(key => OfSearchKey(catalogue, key)),
        .. catalogue.Records.SelectMany(record => OfRecord(catalogue, record)),
        .. catalogue.Purposes.SelectMany(purpose => OfPurpose(catalogue, purpose)),
        .. catalogue.Notices.SelectMany(notice => OfNotice(catalogue, notice)),
        .. catalogue.Forms.SelectMany(form => OfForm(catalogue, form)),
        .. catalogue.Scenes.SelectMany(OfScene),
        .. catalogue.Thresholds.SelectMany(OfThreshold),
        .. catalogue.Posts.SelectMany(OfPost),
        .. catalogue.Conflicts.SelectMany(conflict => OfConflict(catalogue, conflict)),
    ];

    private static IEnumerable<CatalogueIssue> OfItem(InformationCatalogue catalogue, ItemDefinition item)
    {
        var path = $"items/{item.Key}";
        foreach (var purpose in item.Purposes.Where(purpose => catalogue.Purpose(purpose) is null))
        {
            yield return NoSuch(path + "/purposes", "purpose.unknown", "用途", "purpose", purpose.Value);
        }

        if (item.Purposes.Count == 0)
        {
            yield return new(path + "/purposes", "item.no-purpose", new("没有用途的信息不能收集。", "Information without a purpose must not be collected."), new("写上用途，或删去这一项（R2）。", "Name a purpose, or remove the item (R2)."));
        }

        if (!catalogue.Records.Any(record => record.Items.Contains(item.Key)))
        {
            yield return new(path, "item.no-record", new($"没有一种记录收有“{item.Key}”。", $"No record type holds '{item.Key}'."), new("在 records.yaml 里列入。", "List it in records.yaml."));
        }

        if (item.Identifies && !_documents.Contains(item.Kind))
        {
            yield return new(path + "/identifies", "identifies.kind", new("只有证件号码能证明是同一个人。", "Only document numbers prove that two records are one person."), new("去掉 identifies。", "Remove identifies."));
        }

        if (item.Options.Count > 0 && item.Kind != "enum")
        {
            yield return new(path + "/options", "options.kind", new("只有 enum 才有选项。", "Only an enum has options."), new("改类型，或删去选项。", "Change the kind, or remove the options."));
        }

        if (item.Options.DistinctBy(option => option.Key).Count() < item.Options.Count)
        {
            yield return new(path + "/options", "list.duplicate", new("选项有重复。", "An option stands twice."), new("删去重复的。", "Remove the repetition."));
        }

        if (catalogue.Thresholds.Count > 0 && !catalogue.Thresholds.Any(threshold => threshold.Volume == item.Volume))
        {
            yield return new(path + "/volume", "volume.unknown", new("没有这一档阈值。", "There is no such threshold."), Fixes.OneOf(catalogue.Thresholds.Select(threshold => $"{threshold.Volume}")));
        }

        foreach (var issue in OfProtection(catalogue, item, path).Concat(OfSearch(catalogue, item, path)))
        {
            yield return issue;
        }
    }

    private static IEnumerable<CatalogueIssue> OfProtection(InformationCatalogue catalogue, ItemDefinition item, string path)
    {
        if (item.Mask == "shown" && item.Level >= Level.Sensitive)
        {
            yield return new(path + "/mask", "mask.shown-high", new("三、四级信息不能不加掩码。", "Levels 3 and 4 are never shown unmasked."), new("换一种掩码，不确定就用 hidden。", "Use another mask; in doubt, hidden."));
        }

        if (item.Kind == "verifier" && item.Mask != "never")
        {
            yield return new(path + "/mask", "mask.verifier", new("密码等验证信息任何时候都不显示。", "Passwords and other verifiers are never shown."), new("用 never。", "Use never."));
        }

        if (item.Mark != Mark.Sensitive)
        {
            yield break;
        }

        if (item.Level < Level.Sensitive)
        {
            yield return new(path + "/level", "mark.level", new("敏感个人信息至少是三级。", "Sensitive information is at least level 3."), new("提高级别。", "Raise the level."));
        }

        var purposes = item.Purposes.Select(catalogue.Purpose).OfType<PurposeDefinition>().ToList();
        if (purposes.Count > 0 && !purposes.Exists(purpose => purpose.SeparateConsent || purpose.IsLegalDuty))
        {
            yield return new(path + "/mark", "mark.no-strict-purpose",
                new("敏感个人信息要有单独同意，或者法定义务（个人信息保护法第二十九条）。", "Sensitive information needs separate consent or a legal duty (PIPL 29)."),
                new("给其中一项用途写 separate_consent: true。", "Give one of its purposes separate_consent: true."));
        }
    }

    private static IEnumerable<CatalogueIssue> OfSearch(InformationCatalogue catalogue, ItemDefinition item, string path)
    {
        foreach (var partner in item.Partners.Where(partner => catalogue.Item(partner) is null))
        {
            yield return NoSuch(path + "/partners", "partner.unknown", "信息项", "item", partner.Value);
        }

        if (item.Search is SearchMode.Exact or SearchMode.ExactAskSecond)
        {
            if (ItemKinds.Find(item.Kind) is not { IsSearchable: true })
            {
                yield return new(path + "/search", "search.kind", new($"“{item.Kind}”不能检索。", $"The kind '{item.Kind}' cannot be searched."), new("用 none。", "Use none."));
            }
            else if (SearchEntropy.Of(item) < SearchEntropy.Least)
            {
                yield return new(path + "/search", "search.low-entropy",
                    new("可能的取值太少，单独检索会被猜出来。", "It has so few plausible values that searching it alone lets them be guessed."),
                    new("用 combined 并配一个组合检索键，或用 none。", "Use combined with a combined search key, or none."));
            }
        }

        var keys = catalogue.SearchKeys.Where(key => key.Parts.Any(part => part.Item == item.Key)).ToList();
        if (item.Search == SearchMode.Combined && keys.Count == 0)
        {
            yield return new(path + "/search", "search.no-key", new("没有用到它的组合检索键。", "No combined search key uses it."), new("在 search_keys 里加一个，或用 none。", "Add one under search_keys, or use none."));
        }

        if (item.Search != SearchMode.Combined && item.Partners.Count > 0)
        {
            yield return new(path + "/partners", "partner.needless", new("只有 combined 才有配合的信息项。", "Only combined has partners."), new("删去 partners。", "Remove partners."));
        }

        foreach (var partner in item.Partners.Where(partner => keys.Count > 0 && !keys.Exists(key => key.Parts.Any(part => part.Item == partner))))
        {
            yield return new(path + "/partners", "partner.no-key", new($"没有组合检索键把它和“{partner}”放在一起。", $"No search key joins it with '{partner}'."), new("加一个组合键，或删去。", "Add such a key, or remove it."));
        }
    }

    private static IEnumerable<CatalogueIssue> OfSearchKey(InformationCatalogue catalogue, SearchKey key)
    {
        var path = $"search_keys/{key.Key}/parts";
        var bits = 0.0;
        foreach (var part in key.Parts)
        {
            if (catalogue.Item(part.Item) is not { } item)
            {
                yield return NoSuch(path, "item.unknown", "信息项", "item", part.Item.Value);
                continue;
            }

            bits += SearchEntropy.Of(part, item);
            if (item.Search == SearchMode.None)
            {
                yield return new(path + "/" + part.Item, "search.never", new($"“{part.Item}”不许检索。", $"'{part.Item}' may not be searched."), new("换一个信息项，或把它改为 combined。", "Use another item, or make it combined."));
            }

            if (ItemKinds.Find(part.Member is null ? item.Kind : part.Normalise) is not { IsSearchable: true })
            {
                yield return new(path + "/" + part.Item, "search.kind", new($"“{part.Item}”整体不能检索。", $"'{part.Item}' as a whole cannot be searched."), new("用 member 和 normalise 指明其中一部分。", "Name a part of it with member and normalise."));
            }
        }

        if (key.Parts.Distinct().Count() < key.Parts.Count)
        {
            yield return new(path, "list.duplicate", new("组成部分有重复。", "A part stands twice."), new("删去重复的。", "Remove the repetition."));
        }
        else if (key.Parts.All(part => catalogue.Item(part.Item) is not null) && bits < SearchEntropy.Least)
        {
            yield return new(path, "search.low-entropy", new("合起来的取值仍然太少，会被猜出来。", "Even together the values can be guessed."), new("再加一个信息项。", "Add another item."));
        }
    }

    private static IEnumerable<CatalogueIssue> OfRecord(InformationCatalogue catalogue, RecordType record)
    {
        foreach (var item in record.Items.Where(item => catalogue.Item(item) is null))
        {
            yield return NoSuch($"records/{record.Key}/items", "item.unknown", "信息项", "item", item.Value);
        }

        if (record.DatedBy is { } dated && !(record.Items.Contains(dated) && catalogue.Item(dated) is { } definition && EventDay.IsDated(definition.Kind)))
        {
            yield return new($"records/{record.Key}/dated_by", "record.dated-by",
                new("记录的日期只能取自它自己的日期、行程或记录类信息项。", "A record is dated by an item of its own that is a date, a journey or a record."),
                new("换成 items 里的一项，或删去 dated_by。", "Name one of its items, or remove dated_by."));
        }
    }

    private static IEnumerable<CatalogueIssue> OfPurpose(InformationCatalogue catalogue, PurposeDefinition purpose)
    {
        var path = $"purposes/{purpose.Key}";
        if (purpose.Bases.Count == 0)
        {
            yield return new(path + "/basis", "purpose.no-basis", new("用途要有合法性基础。", "A purpose needs a legal basis."), Fixes.OneOf(Enum.GetValues<LegalBasis>().Select(BasisCodes.Of)));
        }

        if ((purpose.AsksConsent || purpose.SeparateConsent) && purpose.ConsentForms.Count == 0)
        {
            yield return new(path + "/consent_form", "purpose.consent-form", new("要征得同意，却没写同意的方式。", "It asks for consent but names no form of consent."), Fixes.OneOf(Enum.GetValues<ConsentForm>().Select(Kebab.Of)));
        }

        if (purpose.Bases.Count > 1 && purpose.BasisNote is null)
        {
            yield return new(path + "/basis_note", "purpose.basis-note", new("有几个合法性基础，要说明各在何时适用。", "With several bases, say which applies when."), new("补上 basis_note。", "Add basis_note."));
        }

        if (purpose.Retain.DistinctBy(term => term.After).Count() < purpose.Retain.Count)
        {
            yield return new(path + "/retain", "list.duplicate", new("同一事件写了两个期限。", "One event has two terms."), new("只留一个。", "Keep one."));
        }

        foreach (var item in purpose.DutyItems)
        {
            if (catalogue.Item(item) is null)
            {
                yield return NoSuch(path + "/duty_items", "item.unknown", "信息项", "item", item.Value);
            }
            else if (!purpose.IsLegalDuty || !catalogue.Needs(purpose.Key, item))
            {
                yield return new(path + "/duty_items", "purpose.duty-item", new($"“{item}”不属于这项法定义务。", $"'{item}' is no part of this legal duty."), new("用途要有 pipl-13-1-3,信息项要列出该用途。", "The purpose needs pipl-13-1-3 and the item must list the purpose."));
            }
        }
    }

    private static CatalogueIssue NoSuch(string path, string code, string zh, string en, string key) =>
        new(path, code, new($"没有“{PackMistakes.Quote(key)}”这个{zh}。", $"There is no {en} '{PackMistakes.Quote(key)}'."), new("检查拼写，或先定义它。", "Check the spelling, or define it first."));
}
