namespace Strongroom.Tests.Architecture;

/// <summary>Finds method bodies over seventy lines by indentation, which the formatter keeps true.</summary>
internal static class LongMethods
{
    private const int Longest = 70;

    public static IReadOnlyList<string> In(IEnumerable<(string Path, string Text)> sources) => [.. sources.SelectMany(s => In(s.Path, s.Text))];

    private static IEnumerable<string> In(string path, string text)
    {
        var lines = text.Split('\n');
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i] == "    {" && lines[i - 1].TrimEnd().EndsWith(')') && !IsType(lines[i - 1]))
            {
                var end = Array.IndexOf(lines, "    }", i);
                if (end - i - 1 > Longest)
                {
                    yield return $"{path}:{i} {lines[i - 1].Trim()} has {end - i - 1} lines";
                }
            }
        }
    }

    private static bool IsType(string line) => new[] { " class ", " record ", " struct " }.Any(line.Contains);
}
