using System.Globalization;

namespace BookingDesk;

/// <summary>The clerk's screen and keyboard, in Chinese or English after LC_ALL or LANG.</summary>
internal sealed class Screen(TextReader keyboard, TextWriter output)
{
    private static readonly bool Chinese = new[] { "LC_ALL", "LANG" }.Select(Environment.GetEnvironmentVariable)
        .FirstOrDefault(set => !string.IsNullOrEmpty(set))?.StartsWith("zh", true, CultureInfo.InvariantCulture) == true;

    public void Say(string zh, string en) => output.WriteLine(Chinese ? zh : en);

    /// <summary>One line from the clerk; empty at the end of input.</summary>
    public async Task<string> AskAsync(string zh, string en, CancellationToken ct)
    {
        await output.WriteAsync((Chinese ? zh + ":" : en + ": ").AsMemory(), ct);
        return (await keyboard.ReadLineAsync(ct))?.Trim() ?? "";
    }
}
