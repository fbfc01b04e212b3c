using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

/// <summary>One mistake in a pack: where, what, and how to mend it.</summary>
/// <param name="File">Pack and file, for example <c>airline/items.yaml</c>.</param>
/// <param name="Line">From 1; 0 when the file itself is missing or unreadable.</param>
/// <param name="Column">From 1, in characters; 0 like the line.</param>
/// <param name="Path">Field path inside the file, for example <c>items/mobile/level</c>.</param>
/// <param name="Code">Stable code, for example <c>search.low-entropy</c>.</param>
internal sealed record PackMistake(string File, int Line, int Column, string Path, string Code, Bilingual Text, Bilingual Fix)
{
    public override string ToString() => $"{File}:{Line}:{Column} {Path} {Code} {Text.En} {Fix.En}";
}

/// <summary>What loading a pack gives: a catalogue, or every mistake found in one run.</summary>
internal abstract record PackLoadResult
{
    private PackLoadResult()
    {
    }

    public sealed record Loaded(InformationCatalogue Catalogue) : PackLoadResult;

    public sealed record Broken(Listed<PackMistake> Mistakes) : PackLoadResult;
}

/// <summary>Collects mistakes and remembers where every field stood, so rules can speak in paths alone.</summary>
internal sealed class PackMistakes
{
    private readonly List<PackMistake> _all = [];
    private readonly HashSet<(string File, string Path, string Code)> _seen = [];
    private readonly Dictionary<string, (string File, int Line, int Column)> _places = new(StringComparer.Ordinal);

    /// <summary>More than this many help nobody; the rest is cut off.</summary>
    public const int Most = 1_000;

    public bool Any => _all.Count > 0;

    public void At(string path, string file, int line, int column) => _places[path] = (file, line, column);

    public void Add(string file, int line, int column, string path, string code, Bilingual text, Bilingual fix)
    {
        if (_all.Count < Most && _seen.Add((file, path, code)))
        {
            _all.Add(new PackMistake(file, line, column, path, code, text, fix));
        }
    }

    /// <summary>A mistake of a rule: its place is the nearest field on the path that was written. A field already reported is not reported twice.</summary>
    public void Add(CatalogueIssue issue)
    {
        var path = issue.Path;
        while (true)
        {
            if (_places.TryGetValue(path, out var place))
            {
                if (!_all.Exists(mistake => mistake.Path == issue.Path))
                {
                    Add(place.File, place.Line, place.Column, issue.Path, issue.Code, issue.Text, issue.Fix);
                }

                return;
            }

            var cut = path.LastIndexOf('/');
            if (cut < 0)
            {
                Add("pack.yaml", 0, 0, issue.Path, issue.Code, issue.Text, issue.Fix);
                return;
            }

            path = path[..cut];
        }
    }

    /// <summary>In reading order: file, line, column.</summary>
    public Listed<PackMistake> Sorted() => _all
        .OrderBy(mistake => mistake.File, StringComparer.Ordinal).ThenBy(mistake => mistake.Line).ThenBy(mistake => mistake.Column)
        .ThenBy(mistake => mistake.Code, StringComparer.Ordinal).ToListed();

    /// <summary>A word of the pack as it may stand in a message: short, printable.</summary>
    public static string Quote(string? word) => word is null ? "—"
        : new string([.. word.Take(40).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '·' : c)]) + (word.Length > 40 ? "…" : "");
}
