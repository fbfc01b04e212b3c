using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

// Notices, forms, scenes and posts.
internal static partial class CatalogueRules
{
    private static readonly PurposeKey _minors = PurposeKey.Of("minors");
    private static readonly PurposeKey _partner = PurposeKey.Of("partner");
    private static readonly PurposeKey _border = PurposeKey.Of("border");

    private static readonly Term _longestApproval = new(24, TermUnit.Hours);

    private static IEnumerable<CatalogueIssue> OfNotice(InformationCatalogue catalogue, NoticeText notice)
    {
        var path = $"notices/{notice.Key}";
        foreach (var purpose in notice.Purposes.Where(purpose => catalogue.Purpose(purpose) is null))
        {
            yield return NoSuch(path + "/purposes", "purpose.unknown", "用途", "purpose", purpose.Value);
        }

        foreach (var item in notice.Items)
        {
            if (catalogue.Item(item) is not { } definition)
            {
                yield return NoSuch(path + "/items", "item.unknown", "信息项", "item", item.Value);
            }
            else if (!definition.Purposes.Any(notice.Purposes.Contains))
            {
                yield return new(path + "/items", "notice.extra-item", new($"告知的用途都用不到“{item}”。", $"No purpose of the notice needs '{item}'."), new("去掉这一项，或补上用途。", "Remove it, or add the purpose."));
            }
        }

        var earlier = catalogue.Notices.TakeWhile(other => !ReferenceEquals(other, notice)).LastOrDefault(other => other.Key == notice.Key);
        if (earlier is not null && (notice.Version <= earlier.Version || notice.Date < earlier.Date))
        {
            yield return new(path + "/version", "notice.version", new("告知书的版本号和日期只能增大。", "Versions and dates of a notice only grow."), new("改正版本号或日期，按先后排列。", "Correct them and keep them in order."));
        }

        foreach (var (language, words) in ((string, NoticeWords)[])[("zh", notice.Zh), ("en", notice.En)])
        {
            foreach (var issue in OfWords(catalogue, notice, words, path + "/" + language))
            {
                yield return issue;
            }
        }
    }

    private static IEnumerable<CatalogueIssue> OfWords(InformationCatalogue catalogue, NoticeText notice, NoticeWords words, string path)
    {
        var sensitive = notice.Items.Any(item => catalogue.Item(item)?.Mark == Mark.Sensitive);
        foreach (var (field, missing, law) in ((string, bool, string)[])[
            ("necessity", sensitive && words.Necessity is null, "30"),
            ("impact", sensitive && words.Impact is null, "30"),
            ("guardian", notice.Purposes.Contains(_minors) && words.Guardian is null, "31"),
            ("recipients", notice.Purposes.Contains(_partner) && words.Recipients.Count == 0, "23"),
            ("overseas", notice.Purposes.Contains(_border) && words.Overseas is null, "39")])
        {
            if (missing)
            {
                yield return new(path + "/" + field, "notice.field", new($"告知书缺少“{field}”（个人信息保护法第 {law} 条）。", $"The notice lacks '{field}' (PIPL {law})."), new("补上这一段。", "Add that paragraph."));
            }
        }

        foreach (var (field, text) in Lines(words))
        {
            var rest = NoticeText.Placeholders.Aggregate(text, (left, placeholder) => left.Replace(placeholder, "", StringComparison.Ordinal));
            if (rest.AsSpan().IndexOfAny('{', '}') >= 0)
            {
                yield return new(path + "/" + field, "notice.placeholder", new("花括号里的占位符不认识。", "The placeholder in braces is unknown."), Fixes.OneOf(NoticeText.Placeholders));
            }
        }
    }

    private static IEnumerable<(string Field, string Text)> Lines(NoticeWords words) =>
    [
        ("title", words.Title), ("handler", words.Handler), ("contact", words.Contact), ("purposes", words.Purposes), ("methods", words.Methods),
        ("kinds", words.Kinds), ("retention", words.Retention), ("rights", words.Rights), ("refusal", words.Refusal),
        ("necessity", words.Necessity ?? ""), ("impact", words.Impact ?? ""), ("guardian", words.Guardian ?? ""), ("overseas", words.Overseas ?? ""),
        .. words.Recipients.Select(to => ("recipients", to.Name + to.Contact + to.Purpose + to.Method + to.Kinds)),
    ];

    private static IEnumerable<CatalogueIssue> OfForm(InformationCatalogue catalogue, FormDefinition form)
    {
        var path = $"forms/{form.Key}";
        var notice = catalogue.Notice(form.Notice);
        if (notice is null)
        {
            yield return NoSuch(path + "/notice", "notice.unknown", "告知书", "notice", form.Notice.Value);
        }

        foreach (var record in form.Records.Where(record => catalogue.Record(record) is null))
        {
            yield return NoSuch(path + "/records", "record.unknown", "记录类型", "record type", record.Value);
        }

        foreach (var purpose in form.Purposes)
        {
            if (catalogue.Purpose(purpose) is null)
            {
                yield return NoSuch(path + "/purposes", "purpose.unknown", "用途", "purpose", purpose.Value);
            }
            else if (!form.Items.Any(item => catalogue.Needs(purpose, item.Item)))
            {
                yield return new(path + "/purposes", "form.idle-purpose", new($"没有一项信息是为“{purpose}”收集的。", $"No item is collected for '{purpose}'."), new("去掉这项用途。", "Remove the purpose."));
            }
            else if (notice?.Purposes.Contains(purpose) == false)
            {
                yield return new(path + "/purposes", "form.purpose-not-told", new($"告知书没有写“{purpose}”。", $"The notice does not mention '{purpose}'."), new("写一版新的告知书，或去掉这项用途。", "Write a new version of the notice, or remove the purpose."));
            }
        }

        foreach (var issue in form.Items.SelectMany(item => OfFormItem(catalogue, form, notice, item)).Concat(OfEvidence(form, path)).Concat(OfConsents(catalogue, form, path)))
        {
            yield return issue;
        }
    }

    private static IEnumerable<CatalogueIssue> OfFormItem(InformationCatalogue catalogue, FormDefinition form, NoticeText? notice, FormItem item)
    {
        var path = $"forms/{form.Key}/items/{item.Item}";
        if (catalogue.Item(item.Item) is not { } definition)
        {
            yield return NoSuch(path, "item.unknown", "信息项", "item", item.Item.Value);
            yield break;
        }

        var needed = definition.Purposes.Where(form.Purposes.Contains).Select(catalogue.Purpose).OfType<PurposeDefinition>().ToList();
        if (needed.Count == 0)
        {
            yield return new(path, "form.extra-item", new($"本表单的用途都用不到“{item.Item}”。", $"No purpose of this form needs '{item.Item}'."), new("去掉这一项（R2 最小必要）。", "Remove it (R2, minimum necessary)."));
        }
        else if (definition.Mark == Mark.Sensitive && !needed.Exists(purpose => purpose.IsLegalDuty)
            && !form.Consents.Any(consent => consent.Separate && consent.Items.Contains(item.Item)))
        {
            yield return new(path, "form.separate-consent", new($"“{item.Item}”是敏感个人信息，要单独征得同意。", $"'{item.Item}' is sensitive and needs a separate consent."), new("在 consents 里加一行 separate: true,并列出这一项。", "Add a line with separate: true under consents that lists it."));
        }

        if (notice is not null && !notice.Items.Contains(item.Item))
        {
            yield return new(path, "form.item-not-told", new($"告知书没有写“{item.Item}”。", $"The notice does not mention '{item.Item}'."), new("写一版新的告知书，或去掉这一项。", "Write a new version of the notice, or remove the item."));
        }

        if (!form.Records.Select(catalogue.Record).Any(record => record?.Items.Contains(item.Item) == true))
        {
            yield return new(path, "form.item-no-record", new($"本表单的记录都不收“{item.Item}”。", $"No record of this form holds '{item.Item}'."), new("在 records 里补上记录类型。", "Add the record type under records."));
        }

        if (form.Items.Count(other => other.Item == item.Item) > 1)
        {
            yield return new(path, "list.duplicate", new($"“{item.Item}”列了两次。", $"'{item.Item}' is listed twice."), new("删去一个。", "Remove one."));
        }
    }

    private static IEnumerable<CatalogueIssue> OfEvidence(FormDefinition form, string path)
    {
        IEnumerable<FormEvidence> due =
        [
            .. form.Channel == CollectChannel.Paper ? [FormEvidence.FormNumber, FormEvidence.EnteredBy, FormEvidence.CheckedBy] : (FormEvidence[])[],
            .. form.Channel == CollectChannel.FileImport ? [FormEvidence.FileDigest] : (FormEvidence[])[],
            .. form.Items.Any(item => item.By == InputBy.Reader) ? [FormEvidence.DocumentReader] : (FormEvidence[])[],
            .. form.Consents.Any(consent => consent.Form == ConsentForm.RecordedVoice) ? [FormEvidence.Recording] : (FormEvidence[])[],
        ];
        foreach (var evidence in due.Where(evidence => !form.Evidence.Contains(evidence)))
        {
            yield return new(path + "/evidence", "form.evidence", new($"这样的表单要留“{Kebab.Of(evidence)}”作凭证。", $"Such a form needs '{Kebab.Of(evidence)}' as evidence."), new("在 evidence 里补上。", "Add it under evidence."));
        }
    }

    private static IEnumerable<CatalogueIssue> OfConsents(InformationCatalogue catalogue, FormDefinition form, string path)
    {
        foreach (var purpose in form.Purposes.Select(catalogue.Purpose).OfType<PurposeDefinition>())
        {
            if (purpose.AsksConsent && !form.Consents.Any(consent => consent.Purpose == purpose.Key))
            {
                yield return new(path + "/consents", "form.consent-missing", new($"“{purpose.Key}”要征得同意，表单却没有问。", $"'{purpose.Key}' needs consent, but the form does not ask."), new("在 consents 里加一行。", "Add a line under consents."));
            }
        }

        foreach (var consent in form.Consents)
        {
            var at = $"{path}/consents/{consent.Purpose}";
            if (!form.Purposes.Contains(consent.Purpose) || catalogue.Purpose(consent.Purpose) is not { } purpose)
            {
                yield return NoSuch(at, "consent.purpose", "表单用途", "purpose of the form", consent.Purpose.Value);
                continue;
            }

            if (!purpose.AsksConsent && !purpose.SeparateConsent && !purpose.Bases.Contains(LegalBasis.Consent))
            {
                yield return new(at, "consent.needless", new("这项用途不靠同意，征求同意会误导客户。", "This purpose does not rest on consent; asking for it misleads."), new("去掉这一行。", "Remove the line."));
            }
            else if (!purpose.ConsentForms.Contains(consent.Form))
            {
                yield return new(at, "consent.form", new("这项用途不接受这种同意方式。", "This purpose does not accept that form of consent."), Fixes.OneOf(purpose.ConsentForms.Select(Kebab.Of)));
            }

            if (form.Consents.Count(other => other.Purpose == consent.Purpose && other.Separate == consent.Separate) > 1)
            {
                yield return new(at, "consent.duplicate", new("同一用途问了两次。", "The same purpose is asked twice."), new("合成一行。", "Make it one line."));
            }

            if (consent.Separate == (consent.Items.Count == 0))
            {
                yield return new(at, "consent.items", new("单独同意要列出信息项，一般同意不列。", "A separate consent lists its items, an ordinary one does not."), new("补上 items,或写 separate: true。", "Add items, or write separate: true."));
            }

            foreach (var item in consent.Items.Where(item => !form.Items.Any(held => held.Item == item) || !catalogue.Needs(consent.Purpose, item)))
            {
                yield return new(at + "/items", "consent.extra-item", new($"“{item}”不在表单里，或不属于这项用途。", $"'{item}' is not on the form or not needed by this purpose."), new("去掉这一项。", "Remove it."));
            }
        }
    }

    private static IEnumerable<CatalogueIssue> OfScene(SceneDefinition scene)
    {
        var path = $"scenes/{scene.Key}";
        if (scene.Modes.Count == 0 || scene.CoOperators.Count == 0 || (scene.All && scene.CoOperators.Count < 2))
        {
            yield return new(path, "scene.nobody", new("场景要写明方式和协同人；要求全部同意时至少两类。", "A scene names its modes and co-operators; at least two kinds where all must agree."), new("补上 modes 和 co_operators。", "Add modes and co_operators."));
        }

        var validity = scene.Validity;
        if ((validity.Term is null && validity.Uses is null && !validity.Job) || validity.Term?.CompareTo(_longestApproval) > 0)
        {
            yield return new(path + "/validity", "scene.validity", new("授权必须有期限，最长 24 小时。", "An approval must end, after 24 hours at most."), new("写 term、uses 或 job。", "Write term, uses or job."));
        }

        if (scene.Limit.Customers is null && scene.Limit.Text is null)
        {
            yield return new(path + "/limit", "scene.limit", new("授权必须有范围。", "An approval must have a limit."), new("写 customers,或用 zh 和 en 说明。", "Write customers, or say it in zh and en."));
        }

        if (scene.Modes.Contains(VaultMode.Emergency) != scene.ReviewWithin is not null)
        {
            yield return new(path + "/review_within", "scene.review", new("应急方式必须事后复核，其他方式没有这一条。", "The emergency mode is reviewed afterwards; other modes are not."), new("补上或删去 review_within。", "Add or remove review_within."));
        }
    }

    private static IEnumerable<CatalogueIssue> OfThreshold(VolumeThreshold threshold)
    {
        if (threshold.Warn >= threshold.Volume)
        {
            yield return new($"thresholds/{threshold.Volume}/warn", "threshold.warn", new("提醒要早于阻断。", "The warning comes before the stop."), new("减小 warn。", "Lower warn."));
        }
    }

    private static IEnumerable<CatalogueIssue> OfPost(PostDefinition post)
    {
        var path = $"posts/{post.Key}";
        foreach (var level in Enum.GetValues<Level>().Where(level => post.Verified is not null && post.Verified[level] > post.Levels[level]))
        {
            yield return new($"{path}/verified/{(int)level}", "post.verified", new("核身之后不应看得更少。", "Verifying the caller must not show less."), new("改正这一级。", "Correct that level."));
        }

        if (post.ThirdParty && (post.Levels.Sensitive < PostRight.Vault || post.Levels.Critical < PostRight.Masked))
        {
            yield return new(path + "/levels", "post.third-party", new("外包岗位看三级须经金库，不看四级（R42）。", "A third party sees level 3 by vault only and level 4 never (R42)."), new("降低权限。", "Lower the rights."));
        }

        if (post.Deidentified && Enum.GetValues<Level>().Any(level => post.Levels[level] != PostRight.Nothing))
        {
            yield return new(path + "/levels", "post.deidentified", new("只看去标识数据的岗位，各级都应是“-”。", "A post that sees de-identified data only has '-' at every level."), new("全部改为“-”。", "Write '-' everywhere."));
        }
    }

    private static IEnumerable<CatalogueIssue> OfConflict(InformationCatalogue catalogue, ConflictDefinition conflict)
    {
        var path = $"conflicts/{conflict.Key}/between";
        if (conflict.Between.Count < 2)
        {
            yield return new(path, "conflict.one", new("不相容至少涉及两个岗位或职责。", "A conflict is between at least two."), new("补上另一个。", "Add the other."));
        }

        foreach (var duty in conflict.Between.Where(duty => !ConflictDefinition.Duties.Contains(duty) && catalogue.Post(PostKey.Make(duty)) is null))
        {
            yield return NoSuch(path, "post.unknown", "岗位或职责", "post or duty", duty);
        }
    }
}
