using System.Text;

namespace Strongroom.Store.Catalogue;

/// <summary>Where a pack's files come from: a folder that an author edits, or the rows of an installation.</summary>
internal sealed class PackFiles
{
    private readonly Func<string, bool> _exists;
    private readonly Func<string, IEnumerable<string>> _names;
    private readonly Func<string, string, PackMistakes, PackMap?> _read;

    private PackFiles(Func<string, bool> exists, Func<string, IEnumerable<string>> names, Func<string, string, PackMistakes, PackMap?> read) =>
        (_exists, _names, _read) = (exists, names, read);

    public static PackFiles OnDisk { get; } = new(
        File.Exists, folder => Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal), PackYaml.Read);

    public static PackFiles Of(string id, IReadOnlyDictionary<string, string> texts)
    {
        var byPath = texts.ToDictionary(text => Path.Combine(id, text.Key), text => Encoding.UTF8.GetBytes(text.Value), StringComparer.Ordinal);
        return new PackFiles(byPath.ContainsKey, _ => texts.Keys.Order(StringComparer.Ordinal), (path, name, mistakes) => PackYaml.Parse(byPath[path], name, mistakes));
    }

    public bool Exists(string path) => _exists(path);

    public IEnumerable<string> Names(string folder) => _names(folder);

    /// <summary>The top map of a file, or null after reporting why there is none.</summary>
    public PackMap? Read(string path, string name, PackMistakes mistakes) => _read(path, name, mistakes);
}
