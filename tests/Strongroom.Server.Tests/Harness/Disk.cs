using System.Text;

namespace Strongroom.Server.Tests.Harness;

/// <summary>Searches every file of a folder for text in the encodings in which it could lie there.</summary>
internal static class Disk
{
    /// <summary>Files that hold one of the words as UTF-8, UTF-16, hexadecimal or base64 at any of its three offsets.</summary>
    public static IReadOnlyList<string> FilesWith(string folder, params string[] words)
    {
        var needles = words.SelectMany(Needles).ToList();
        return [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => IsReadable(file) && Holds(Read(file), needles))];
    }

    public static bool Holds(ReadOnlySpan<byte> bytes, IEnumerable<byte[]> needles)
    {
        foreach (var needle in needles)
        {
            if (bytes.IndexOf(needle) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    public static IEnumerable<byte[]> Needles(string word)
    {
        foreach (var raw in new[] { Encoding.UTF8.GetBytes(word), Encoding.Unicode.GetBytes(word), Encoding.BigEndianUnicode.GetBytes(word) })
        {
            yield return raw;
            yield return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(raw));
            yield return Encoding.ASCII.GetBytes(Convert.ToHexString(raw));
            for (var offset = 0; offset < 3; offset++)
            {
                // Only the characters that depend on nothing but the word itself.
                var text = Convert.ToBase64String([.. new byte[offset], .. raw]);
                var first = ((offset * 8) + 5) / 6;
                var last = (offset + raw.Length) * 8 / 6;
                yield return Encoding.ASCII.GetBytes(text[first..last]);
            }
        }
    }

    /// <summary>The lock of a running server cannot be read and has no room for anything; the runtime's sockets and pipes have no content.</summary>
    public static bool IsReadable(string file) => Path.GetFileName(file) is var name
        && !(name.EndsWith(".lock", StringComparison.Ordinal) && new FileInfo(file).Length < 32)
        && !name.StartsWith("dotnet-diagnostic-", StringComparison.Ordinal) && !name.StartsWith("clr-debug-pipe-", StringComparison.Ordinal);

    /// <summary>Also what another process has open and is writing; nothing of a file that it has just taken away.</summary>
    public static byte[] Read(string file)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var memory = new MemoryStream();
                stream.CopyTo(memory);
                return memory.ToArray();
            }
            catch (FileNotFoundException)
            {
                return [];
            }
            catch (IOException) when (tries < 500)
            {
                Thread.Sleep(20);   // held by its writer alone, for as long as it is written
            }
        }
    }
}
