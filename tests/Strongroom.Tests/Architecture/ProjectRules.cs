using System.Xml.Linq;

namespace Strongroom.Tests.Architecture;

/// <summary>The first table of docs/ARCHITECTURE.md: which project of src may reference which. The client library is a stranger to all of them.</summary>
internal static class ProjectRules
{
    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["Strongroom.Data"] = [],
        ["Strongroom.Keys"] = ["Strongroom.Data"],
        ["Strongroom"] = ["Strongroom.Keys", "Strongroom.Data"],
        ["Strongroom.Server"] = ["Strongroom"],
        ["Strongroom.Client"] = [],
    };

    /// <summary>Every project of src with each project it references; null: none.</summary>
    public static IReadOnlyList<(string Project, string? Reference)> Read(string root) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(root, "src"), "*.csproj", SearchOption.AllDirectories).SelectMany(path =>
        {
            var project = Path.GetFileNameWithoutExtension(path);
            var references = XDocument.Load(path).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)).ToList();
            return references.Count == 0 ? [(project, null)] : references.Select(reference => (project, (string?)reference));
        }),
    ];

    public static IReadOnlyList<string> Breaches(IReadOnlyList<(string Project, string? Reference)> projects) =>
    [
        .. projects.Select(p => p.Project).Distinct().Where(p => !MayReference.ContainsKey(p)).Select(p => $"{p} is not in the table")
            .Concat(projects.Where(p => p.Reference is { } used && MayReference.TryGetValue(p.Project, out var allowed) && !allowed.Contains(used))
                .Select(p => $"{p.Project} references {p.Reference}"))
            .Order(StringComparer.Ordinal),
    ];
}
