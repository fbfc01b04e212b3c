using System.Data.Common;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Strongroom.Ground;

namespace Strongroom.Tests.Architecture;

/// <summary>The walls that no compiler holds. Each test has a planted breach (Planted.cs) that it must catch.</summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly Product = typeof(CustomerId).Assembly;
    private static readonly Assembly Here = typeof(ArchitectureTests).Assembly;

    [Fact]
    public void Folders_use_only_what_the_table_allows() => Assert.Empty(FolderRules.Breaches(Product, "Strongroom"));

    [Fact]
    public void Every_folder_stands_in_the_table() => Assert.Empty(FolderRules.Unknown(Product, "Strongroom"));

    [Fact]
    public void A_planted_breach_of_the_folder_table_is_caught() =>
        Assert.Equal(
            ["Collect: PeeksIntoUse uses Use: Shown", "Ground: KnowsTheSpine uses Spine: Something"],
            FolderRules.Breaches(Here, "Strongroom.Tests.Planted"));

    [Fact]
    public void Projects_reference_only_what_the_table_allows() => Assert.Empty(ProjectRules.Breaches(ProjectRules.Read(Repository.Root)));

    [Fact]
    public void A_planted_project_reference_is_caught() =>
        Assert.Equal(
            ["Strongroom.Client references Strongroom", "Strongroom.Planted is not in the table"],
            ProjectRules.Breaches([("Strongroom.Client", "Strongroom"), ("Strongroom.Server", "Strongroom"), ("Strongroom.Planted", null)]));

    [Fact]
    public void Rules_are_pure() => Assert.Empty(Impure(Product));

    [Fact]
    public void A_planted_impure_rule_is_caught() =>
        Assert.Equal(["LateRules uses TimeProvider", "WaitingRules uses Task"], Impure(Here));

    [Fact]
    public void Methods_stay_under_seventy_lines() => Assert.Empty(LongMethods.In(Sources()));

    [Fact]
    public void A_planted_long_method_is_caught()
    {
        var body = string.Concat(Enumerable.Repeat("        x++;\n", 71));
        Assert.Single(LongMethods.In([("Planted.cs", $"class P\n{{\n    void Long()\n    {{\n{body}    }}\n}}\n")]));
    }

    [Fact]
    public void Only_stores_and_the_data_project_speak_sql()
    {
        var speakers = Sources()
            .Where(s => s.Path.StartsWith("src/Strongroom/", StringComparison.Ordinal))
            .Where(s => SqlText.IsMatch(s.Text) && !s.Path.EndsWith("Store.cs", StringComparison.Ordinal) && !SpeaksSql.Contains(Path.GetFileName(s.Path)))
            .Select(s => s.Path);
        Assert.Empty(speakers);
        Assert.Matches(SqlText, "await tx.QueryAsync<Row>(\"SELECT a FROM b\")");
    }

    /// <summary>Whoever may set the environment must not be able to switch a check off: only the command line and the host read it.</summary>
    [Fact]
    public void The_core_reads_nothing_from_the_environment()
    {
        var readers = Sources()
            .Where(s => !s.Path.StartsWith("src/Strongroom.Server/", StringComparison.Ordinal) && s.Text.Contains("GetEnvironmentVariable", StringComparison.Ordinal))
            .Select(s => s.Path);
        Assert.Empty(readers);
    }

    /// <summary>Readers of the log's own tables that are stores in all but name.</summary>
    private static readonly string[] SpeaksSql = ["AuditReader.cs", "DatabaseSource.cs"];

    private static readonly System.Text.RegularExpressions.Regex SqlText =
        new("\"(\"\")?\\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM) ", System.Text.RegularExpressions.RegexOptions.IgnoreCase);

    private static string[] Impure(Assembly assembly)
    {
        Type[] banned = [typeof(Task), typeof(Task<>), typeof(ValueTask), typeof(ValueTask<>), typeof(TimeProvider), typeof(ILogger), typeof(HttpContext), typeof(DbConnection), typeof(HttpClient)];
        return
        [
            .. assembly.GetTypes()
                .Where(t => t.Name.EndsWith("Rules", StringComparison.Ordinal) && t.Namespace?.Contains(".Architecture", StringComparison.Ordinal) != true && t.Name != "EndpointRules")
                .SelectMany(t => References.Of(t).Where(banned.Contains).Select(b => $"{t.Name} uses {b.Name.Split('`')[0]}"))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<(string Path, string Text)> Sources()
    {
        var root = Repository.Root;
        return Directory.EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(p => (Path: Path.GetRelativePath(root, p), Full: p))
            .Where(p => !p.Path.Contains("/obj/", StringComparison.Ordinal) && !p.Path.Contains("/bin/", StringComparison.Ordinal))
            .Select(p => (p.Path, File.ReadAllText(p.Full)));
    }
}
