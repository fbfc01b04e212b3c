namespace Strongroom.Tests.Spine.Audit.Tlog;

/// <summary>
/// Outside test data in <c>../shared/data</c> beside the repository (or <c>STRONGROOM_SHARED</c>). Absent: the test is
/// skipped by name; under CI (CI=true) its absence is a failure.
/// </summary>
internal static class SharedData
{
    public static string Folder(params string[] path)
    {
        var full = Path.Combine([Root(), "data", .. path]);
        if (!Directory.Exists(full))
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", $"CI needs the outside test data in {full}");
            Assert.Skip($"outside test data is not here: {full}");
        }

        return full;
    }

    private static string Root()
    {
        if (Environment.GetEnvironmentVariable("STRONGROOM_SHARED") is { Length: > 0 } named)
        {
            return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Strongroom.slnx")))
            {
                return Path.Combine(folder.Parent!.FullName, "shared");
            }
        }

        return Path.GetFullPath("../shared");
    }
}
