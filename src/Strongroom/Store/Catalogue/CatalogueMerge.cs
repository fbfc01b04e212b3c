using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

/// <summary>What merging several packs gives.</summary>
internal abstract record CatalogueMergeResult
{
    private CatalogueMergeResult()
    {
    }

    public sealed record Merged(InformationCatalogue Catalogue) : CatalogueMergeResult;

    public sealed record Refused(Listed<CatalogueIssue> Issues) : CatalogueMergeResult;
}

/// <summary>
/// Joins packs into the catalogue of one installation, for example airline and hotel. Where they differ the stricter holds: the higher
/// level and mark, the harder search, the shorter term, consent when any asks for it. What has no stricter side (another kind, another
/// basis, another text under one version) is refused. The order of the packs does not matter.
/// </summary>
internal static class CatalogueMerge
{
    /// <param name="id">The installation's own id; it becomes the pack id of the result.</param>
    public static CatalogueMergeResult Merge(string id, Bilingual title, IEnumerable<InformationCatalogue> packs)
    {
        var sources = packs.OrderBy(pack => pack.Pack.Id, StringComparer.Ordinal).ThenBy(pack => pack.Pack.Version).ToList();
        if (sources.Count == 0)
        {
            return new CatalogueMergeResult.Refused([Refusal("pack.yaml", "merge.none", new("没有可合并的包。", "There is no pack to merge."))]);
        }

        var issues = new List<CatalogueIssue>();
        Listed<T> Join<TKey, T>(string list, Func<InformationCatalogue, Listed<T>> of, Func<T, TKey> keyOf, Func<T, T, T?>? stricter = null)
            where TKey : notnull where T : class, IEquatable<T> => MergeLists(sources, list, of, keyOf, stricter, issues);

        var stamps = sources.SelectMany(pack => pack.Includes.Append(pack.Pack)).Distinct().OrderBy(stamp => stamp.Id, StringComparer.Ordinal).ToListed();
        foreach (var twice in stamps.GroupBy(stamp => stamp.Id).Where(group => group.Count() > 1))
        {
            issues.Add(Refusal("pack.yaml", "merge.versions", new($"包“{twice.Key}”有两个版本。", $"Two versions of the pack '{twice.Key}' meet.")));
        }

        var merged = new InformationCatalogue(
            new PackStamp(id, new PackVersion(stamps.Max(s => s.Version.Major), stamps.Max(s => s.Version.Minor), stamps.Max(s => s.Version.Patch)), title),
            stamps,
            Join("items", pack => pack.Items, item => item.Key, Stricter),
            Join("search_keys", pack => pack.SearchKeys, key => key.Key),
            Join("records", pack => pack.Records, record => record.Key, Wider),
            Join("relations", pack => pack.Relations, relation => relation.Key),
            Join("purposes", pack => pack.Purposes, purpose => purpose.Key, Stricter),
            Join("notices", pack => pack.Notices, notice => (notice.Key, notice.Version)),
            Join("forms", pack => pack.Forms, form => form.Key, Stricter),
            Join("scenes", pack => pack.Scenes, scene => scene.Key),
            Join("thresholds", pack => pack.Thresholds, threshold => threshold.Volume),
            Join("posts", pack => pack.Posts, post => post.Key),
            Join("conflicts", pack => pack.Conflicts, conflict => conflict.Key));
        merged = merged with { Forms = merged.Forms.Select(form => WithDueConsents(form, merged)).ToListed() };
        issues.AddRange(CatalogueRules.Check(merged));
        return issues.Count > 0 ? new CatalogueMergeResult.Refused(issues.ToListed()) : new CatalogueMergeResult.Merged(merged);
    }

    private static Listed<T> MergeLists<TKey, T>(
        List<InformationCatalogue> sources, string list, Func<InformationCatalogue, Listed<T>> of, Func<T, TKey> keyOf, Func<T, T, T?>? stricter,
        List<CatalogueIssue> issues)
        where TKey : notnull where T : class, IEquatable<T>
    {
        var merged = new Keyed<TKey, T>();
        foreach (var value in sources.SelectMany(of))
        {
            var key = keyOf(value);
            if (!merged.TryGet(key, out var earlier) || earlier!.Equals(value))
            {
                merged.Set(key, value);
            }
            else if (stricter?.Invoke(earlier, value) is { } one)
            {
                merged.Set(key, one);
            }
            else
            {
                issues.Add(Refusal($"{list}/{key}", "merge.conflict", new($"两个包对“{key}”的定义不能调和。", $"Two packs define '{key}' in ways that cannot be reconciled.")));
            }
        }

        return merged.InOrder();
    }

    /// <summary>Null where kind, category or options differ (two items under one key), or the terms cannot be written as one.</summary>
    private static ItemDefinition? Stricter(ItemDefinition a, ItemDefinition b)
    {
        if (a.Kind != b.Kind || !a.Options.Equals(b.Options) || a.Category != b.Category || Shorter(a.Retain, b.Retain) is not { } retain)
        {
            return null;
        }

        var strict = b.Level > a.Level ? b : a;
        return a with
        {
            Level = strict.Level,
            Mark = (Mark)Math.Max((int)a.Mark, (int)b.Mark),
            Mask = a.Mask == b.Mask || a.Level != b.Level ? strict.Mask : a.Mask == "never" || b.Mask == "never" ? "never" : "hidden",
            Search = a.Search >= b.Search ? a.Search : b.Search,
            Partners = a.Search == b.Search ? Union(a.Partners, b.Partners) : a.Search > b.Search ? a.Partners : b.Partners,
            Identifies = a.Identifies && b.Identifies,
            Purposes = Union(a.Purposes, b.Purposes),
            Title = Both(a.Title, b.Title),
            Retain = retain,
            Values = a.Values is null ? b.Values : b.Values is null ? a.Values : Math.Min(a.Values.Value, b.Values.Value),
            Volume = Math.Min(a.Volume, b.Volume),
            Trade = a.Trade ?? b.Trade,
            Note = a.Note ?? b.Note,
            ToConfirm = a.ToConfirm || b.ToConfirm,
        };
    }

    /// <summary>Null where the bases differ: neither is stricter, and a decision must not choose.</summary>
    private static PurposeDefinition? Stricter(PurposeDefinition a, PurposeDefinition b)
    {
        var forms = a.ConsentForms.Count == 0 ? b.ConsentForms : b.ConsentForms.Count == 0 ? a.ConsentForms : a.ConsentForms.Where(b.ConsentForms.Contains).ToListed();
        if (!a.Bases.Equals(b.Bases) || (forms.Count == 0 && a.ConsentForms.Count > 0))
        {
            return null;
        }

        return a with
        {
            Title = Both(a.Title, b.Title),
            BasisNote = a.BasisNote ?? b.BasisNote,
            Sources = Union(a.Sources, b.Sources),
            Retain = a.Retain.Concat(b.Retain).GroupBy(term => term.After).Select(group => group.MinBy(term => term.Term)!).ToListed(),
            AlsoConsent = a.AlsoConsent || b.AlsoConsent,
            ConsentForms = forms,
            SeparateConsent = a.SeparateConsent || b.SeparateConsent,
            NeverClear = a.NeverClear || b.NeverClear,
            DutyItems = Union(a.DutyItems, b.DutyItems),
            ToConfirm = a.ToConfirm || b.ToConfirm,
        };
    }

    /// <summary>A shared form that asks for more consents in one pack than in the other; in anything else they must agree.</summary>
    private static FormDefinition? Stricter(FormDefinition a, FormDefinition b)
    {
        var both = a with { Consents = Union(a.Consents, b.Consents), Evidence = Union(a.Evidence, b.Evidence) };
        return both == b with { Consents = both.Consents, Evidence = both.Evidence } ? both : null;
    }

    /// <summary>A pack's form did not know that another pack's rule asks for consent to the purpose they share; here it begins to ask.</summary>
    private static FormDefinition WithDueConsents(FormDefinition form, InformationCatalogue merged)
    {
        var (means, proof) = form.Channel switch
        {
            CollectChannel.Website or CollectChannel.App => (ConsentForm.Ticked, (FormEvidence[])[]),
            CollectChannel.CallCentre => (ConsentForm.RecordedVoice, [FormEvidence.Recording]),
            CollectChannel.Counter => (ConsentForm.ESigned, []),
            _ => (ConsentForm.Written, []),
        };
        var due = form.Purposes
            .Where(key => merged.Purpose(key) is { AsksConsent: true } && !form.Consents.Any(consent => consent.Purpose == key))
            .Select(key => new FormConsent(key, means, Separate: false, [])).ToList();
        return due.Count == 0 ? form : form with { Consents = [.. form.Consents, .. due], Evidence = Union(form.Evidence, [.. proof]) };
    }

    private static RecordType? Wider(RecordType a, RecordType b) =>
        a.Holder == b.Holder && (a.DatedBy is null || b.DatedBy is null || a.DatedBy == b.DatedBy)
            ? a with { Ends = Union(a.Ends, b.Ends), Items = Union(a.Items, b.Items), DatedBy = a.DatedBy ?? b.DatedBy }
            : null;

    /// <summary>The earlier of both ends; null where more than two events are named.</summary>
    private static RetentionRule? Shorter(RetentionRule a, RetentionRule b)
    {
        var terms = new[] { new RetentionTerm(a.After, a.Term), a.Or, new RetentionTerm(b.After, b.Term), b.Or }
            .OfType<RetentionTerm>().GroupBy(term => term.After).OrderBy(group => group.Key).Select(group => group.MinBy(term => term.Term)!).ToList();
        return terms.Count > 2 ? null : new RetentionRule(terms[0].After, terms[0].Term, terms.ElementAtOrDefault(1));
    }

    private static Bilingual Both(Bilingual a, Bilingual b) => a == b ? a : new($"{a.Zh}；{b.Zh}", $"{a.En}; {b.En}");

    private static Listed<T> Union<T>(Listed<T> a, Listed<T> b) => a.Union(b).ToListed();

    private static CatalogueIssue Refusal(string path, string code, Bilingual text) =>
        new(path, code, text, new("让各个包一致，或只装其中一个。", "Make the packs agree, or install only one of them."));
}
