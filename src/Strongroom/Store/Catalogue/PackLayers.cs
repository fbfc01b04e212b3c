namespace Strongroom.Store.Catalogue;

/// <summary>Reads a pack's folder over the folders of the packs it extends.</summary>
internal sealed class PackLayers(PackDraft draft, PackMistakes mistakes, PackFiles files)
{
    private const int LongestChain = 8;

    private static readonly Listed<string> _neededWithoutBase = ["purposes.yaml", "items.yaml", "records.yaml"];

    /// <summary>Reads the base first, then this pack over it. False when a file could not be read at all.</summary>
    public bool Layer(string folder, Listed<string> chain)
    {
        var name = Path.GetFileName(folder);
        var head = Path.Combine(folder, "pack.yaml");
        if (!files.Exists(head))
        {
            return Missing(mistakes, name);
        }

        if (files.Read(head, name + "/pack.yaml", mistakes) is not { } map)
        {
            return false;
        }

        var fields = new PackFields(name + "/pack.yaml", "", map, mistakes);
        var stamp = Stamp(fields, name);
        var extends = fields.TextOrNull("extends");
        var includes = fields.Maps<PackStamp>("includes", Included) ?? [];
        fields.Done();

        var complete = extends is null || Base(fields, folder, extends, [.. chain, name]);
        fields.Mark();
        draft.Stamps.AddRange(includes.Append(stamp));
        return Lists(folder, name, isBase: extends is null) && complete;
    }

    private static PackStamp Stamp(PackFields fields, string name)
    {
        var id = fields.Word("id");
        if (id != name && fields.Has("id"))
        {
            fields.Mistake("id", "pack.id", new("包的 id 要与文件夹同名。", "A pack's id is the name of its folder."), new($"改为 {PackMistakes.Quote(name)}。", $"Write {PackMistakes.Quote(name)}."));
        }

        return new PackStamp(id, Version(fields), fields.Title());
    }

    private static PackStamp Included(PackFields fields) => new(fields.Word("id"), Version(fields), fields.Title());

    private static PackVersion Version(PackFields fields)
    {
        var text = fields.Text("version");
        if (!PackVersion.TryParse(text, out var version) && text.Length > 0)
        {
            fields.Mistake("version", "version.format",
                new("版本号要能比较大小：三个数字，用点隔开。", "A version must be comparable: three numbers parted by dots."), new("如 1.0.0；每次修改都要增大。", "Such as 1.0.0; raise it with every change."));
        }

        return version;
    }

    private bool Base(PackFields fields, string folder, string extends, Listed<string> chain)
    {
        if (chain.Contains(extends) || chain.Count >= LongestChain)
        {
            fields.Mistake("extends", "extends.cycle", new("包的继承绕成了圈，或者太深。", "Packs extend each other in a circle, or too deep."), new("去掉其中一个 extends。", "Remove one of the extends."));
            return false;
        }

        var parent = Path.GetDirectoryName(folder) ?? folder;
        if (!PackFields.IsWord(extends) || !files.Exists(Path.Combine(parent, extends, "pack.yaml")))
        {
            fields.Mistake("extends", "extends.unknown",
                new($"旁边没有“{PackMistakes.Quote(extends)}”这个包。", $"There is no pack '{PackMistakes.Quote(extends)}' next to this one."), new("检查名称，或把它放在同一个上级文件夹里。", "Check the name, or put it into the same parent folder."));
            return false;
        }

        return Layer(Path.Combine(parent, extends), chain);
    }

    private bool Lists(string folder, string name, bool isBase)
    {
        var complete = true;
        var reader = new PackReader(draft);
        foreach (var file in PackReader.Files)
        {
            var path = Path.Combine(folder, file);
            var called = name + "/" + file;
            if (!files.Exists(path))
            {
                if (isBase && _neededWithoutBase.Contains(file))
                {
                    mistakes.Add(called, 0, 0, "", "file.missing", new("缺少这个文件。", "The file is missing."), new("补上文件，或用 extends 继承另一个包。", "Add it, or extend another pack."));
                    complete = false;
                }

                continue;
            }

            if (files.Read(path, called, mistakes) is { } map)
            {
                reader.Read(file, new PackFields(called, "", map, mistakes));
            }
            else
            {
                complete = false;
            }
        }

        Strangers(folder, name);
        return complete;
    }

    /// <summary>A misspelt file name would silently leave its rules out.</summary>
    private void Strangers(string folder, string name)
    {
        foreach (var file in files.Names(folder))
        {
            if (Path.GetExtension(file) is ".yaml" or ".yml" && file != "pack.yaml" && !PackReader.Files.Contains(file))
            {
                mistakes.Add(name + "/" + PackMistakes.Quote(file), 0, 0, "", "file.unknown",
                    new("包里没有这种文件。", "A pack has no such file."), Fixes.OneOf(PackReader.Files));
            }
        }
    }

    public static bool Missing(PackMistakes mistakes, string name)
    {
        mistakes.Add(name + "/pack.yaml", 0, 0, "", "pack.missing", new("找不到这个包。", "There is no such pack."), new("检查文件夹，里面要有 pack.yaml。", "Check the folder; it must hold pack.yaml."));
        return false;
    }
}
