namespace Strongroom.Tests;

/// <summary>Where this repository and the shared data folder are.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>
    /// <c>STRONGROOM_SHARED</c>, or <c>../shared</c> beside the repository. Absent: the test is skipped by name, with CI=true it fails.
    /// </summary>
    public static string Shared(string path)
    {
        var folder = Environment.GetEnvironmentVariable("STRONGROOM_SHARED") is { Length: > 0 } named ? named : Path.Combine(Root, "..", "shared");
        var full = Path.GetFullPath(Path.Combine(folder, path));
        if (!Path.Exists(full))
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", $"shared data is missing: {path}");
            Assert.Skip($"shared data is missing: {path} (set STRONGROOM_SHARED)");
        }

        return full;
    }

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Strongroom.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Tests run from inside the repository.");
        }

        return folder;
    }
}
