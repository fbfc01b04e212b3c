using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

/// <summary>
/// Loads a pack folder: pack.yaml, the packs it extends (sibling folders of that name), and the seven lists. Answers with a catalogue that
/// keeps every rule, or with every mistake: file, line, column, field, what is wrong and how to mend it. Never throws on content.
/// </summary>
internal static class PackLoader
{
    /// <param name="folder">The pack's folder; its name is the pack's id.</param>
    /// <param name="installed">The catalogue this one would replace; then the version must have grown and no published notice have changed.</param>
    public static PackLoadResult Load(string folder, InformationCatalogue? installed = null)
    {
        var mistakes = new PackMistakes();
        var draft = new PackDraft();
        var complete = folder is { Length: > 0 } && !folder.Contains('\0', StringComparison.Ordinal)
            ? new PackLayers(draft, mistakes, PackFiles.OnDisk).Layer(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), [])
            : PackLayers.Missing(mistakes, "");
        return Finish(draft, mistakes, complete, installed);
    }

    /// <summary>The same from texts, as <see cref="PackWriter.Write"/> gives them: a pack that stands by itself.</summary>
    /// <param name="id">The pack's id.</param>
    /// <param name="texts">File name → text.</param>
    public static PackLoadResult Load(string id, IReadOnlyDictionary<string, string> texts)
    {
        var mistakes = new PackMistakes();
        var draft = new PackDraft();
        return Finish(draft, mistakes, new PackLayers(draft, mistakes, PackFiles.Of(id, texts)).Layer(id, []), installed: null);
    }

    private static PackLoadResult Finish(PackDraft draft, PackMistakes mistakes, bool complete, InformationCatalogue? installed)
    {
        if (!complete)
        {
            return new PackLoadResult.Broken(mistakes.Sorted());
        }

        // Rules speak about the whole; over a file that could not be read they would report its absence a hundred times.
        var catalogue = draft.Finish();
        foreach (var issue in CatalogueRules.Check(catalogue).Concat(Replacing(installed, catalogue)))
        {
            mistakes.Add(issue);
        }

        return mistakes.Any ? new PackLoadResult.Broken(mistakes.Sorted()) : new PackLoadResult.Loaded(catalogue);
    }

    private static IEnumerable<CatalogueIssue> Replacing(InformationCatalogue? installed, InformationCatalogue next)
    {
        if (installed is null || installed.Pack.Id != next.Pack.Id || installed == next)
        {
            yield break;
        }

        if (next.Pack.Version.CompareTo(installed.Pack.Version) <= 0)
        {
            yield return new("version", "version.not-increasing",
                new($"内容变了，版本号却没有大于 {installed.Pack.Version}。", $"The content changed, but the version is not above {installed.Pack.Version}."), new("增大版本号。", "Raise the version."));
        }

        foreach (var notice in next.Notices)
        {
            if (installed.Notice(notice.Key, notice.Version) is { } published && published != notice)
            {
                yield return new($"notices/{notice.Key}", "notice.changed",
                    new($"告知书第 {notice.Version} 版已经发布，不能再改。", $"Version {notice.Version} of the notice is published and cannot change."), new("写下一版。", "Write the next version."));
            }
        }
    }
}
