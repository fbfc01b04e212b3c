using System.CommandLine;
using Strongroom.Ground;
using Strongroom.Server.Host;
using Strongroom.Store.Catalogue;

namespace Strongroom.Server.Verbs;

/// <summary><c>strongroom pack check</c>: every mistake of a pack with file, line and fix.</summary>
internal static class PackVerb
{
    private static readonly Argument<string[]> Names = new("packs") { Description = "Pack names, or folders. 包名或目录", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<DirectoryInfo?> PacksFolder = new("--packs-folder") { Description = "Folder of the packs; the shipped ones without." };

    public static Command Command(Terminal terminal)
    {
        var check = new Command("check", "Check packs and say every mistake. 检查包") { Names, PacksFolder };
        check.SetAction(async (parsed, _) =>
        {
            var catalogue = await MergeAsync(Folder(parsed.GetValue(PacksFolder)), parsed.GetRequiredValue(Names), terminal);
            if (catalogue is null)
            {
                return CommandLine.FoundWrong;
            }

            await terminal.SayAsync(
                $"没有错误:{catalogue.Items.Count} 个信息项,{catalogue.Purposes.Count} 项用途,{catalogue.Forms.Count} 张表单。",
                $"No mistakes: {catalogue.Items.Count} items, {catalogue.Purposes.Count} purposes, {catalogue.Forms.Count} forms.");
            return CommandLine.Done;
        });
        return new Command("pack", "Work with packs. 行业包") { check };
    }

    public static string Folder(DirectoryInfo? given) => given?.FullName ?? Path.Combine(AppContext.BaseDirectory, "packs");

    /// <summary>The merged catalogue, or null after every mistake has been said.</summary>
    public static async Task<InformationCatalogue?> MergeAsync(string folder, IReadOnlyList<string> names, Terminal terminal)
    {
        var loaded = new List<InformationCatalogue>();
        var broken = false;
        foreach (var name in names)
        {
            switch (PackLoader.Load(Path.Combine(folder, name)))
            {
                case PackLoadResult.Loaded good:
                    loaded.Add(good.Catalogue);
                    break;
                case PackLoadResult.Broken bad:
                    broken = true;
                    foreach (var mistake in bad.Mistakes)
                    {
                        await terminal.Error.WriteLineAsync($"{mistake.File}:{mistake.Line}:{mistake.Column}: {mistake.Code}: {mistake.Text.In(Terminal.Locale)} {mistake.Fix.In(Terminal.Locale)}");
                    }

                    break;
            }
        }

        if (broken)
        {
            return null;
        }

        switch (CatalogueMerge.Merge(Catalogues.Own, new Bilingual("本安装", "This installation"), loaded))
        {
            case CatalogueMergeResult.Merged merged:
                return merged.Catalogue;
            case CatalogueMergeResult.Refused refused:
                foreach (var issue in refused.Issues)
                {
                    await terminal.Error.WriteLineAsync($"{issue.Path}: {issue.Code}: {issue.Text.In(Terminal.Locale)} {issue.Fix.In(Terminal.Locale)}");
                }

                return null;
            default:
                return null;
        }
    }
}
