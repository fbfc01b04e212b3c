using System.Runtime.CompilerServices;
using Strongroom.Store.Catalogue;

namespace Strongroom.Tests.Store.Catalogue;

/// <summary>The shipped packs, and copies of them to break.</summary>
internal static class Packs
{
    public static readonly string[] All = ["airline", "general", "hotel", "telecom", "travel"];

    public static string Root([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Strongroom.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Not inside the repository.");
    }

    public static string Folder(string pack) => Path.Combine(Root(), "packs", pack);

    public static InformationCatalogue Load(string pack) => Loaded(PackLoader.Load(Folder(pack)));

    public static InformationCatalogue Loaded(PackLoadResult result) => result switch
    {
        PackLoadResult.Loaded loaded => loaded.Catalogue,
        PackLoadResult.Broken broken => throw new Xunit.Sdk.XunitException(string.Join('\n', broken.Mistakes)),
        _ => throw new InvalidOperationException(),
    };
}

/// <summary>A copy of all packs in a temporary folder, gone when disposed.</summary>
internal sealed class PackCopy : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("strongroom-packs-").FullName;

    public PackCopy()
    {
        foreach (var pack in Packs.All)
        {
            Directory.CreateDirectory(Folder(pack));
            foreach (var file in Directory.EnumerateFiles(Packs.Folder(pack)))
            {
                File.Copy(file, Path.Combine(Folder(pack), Path.GetFileName(file)));
            }
        }
    }

    public string Folder(string pack) => Path.Combine(_root, pack);

    public string Of(string pack, string file) => Path.Combine(_root, pack, file);

    /// <summary>Replaces the one place where <paramref name="old"/> stands.</summary>
    public PackCopy Change(string pack, string file, string old, string changed)
    {
        var path = Of(pack, file);
        var text = File.ReadAllText(path);
        Assert.Equal(2, text.Split(old).Length);
        File.WriteAllText(path, text.Replace(old, changed, StringComparison.Ordinal));
        return this;
    }

    public PackCopy Append(string pack, string file, string text)
    {
        File.AppendAllText(Of(pack, file), text);
        return this;
    }

    public Listed<PackMistake> Mistakes(string pack) => PackLoader.Load(Folder(pack)) is PackLoadResult.Broken broken ? broken.Mistakes : [];

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
