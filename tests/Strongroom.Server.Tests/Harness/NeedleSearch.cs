using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Strongroom.Server.Tests.Harness;

/// <summary>
/// Finds any of thousands of words in gigabytes, in every encoding in which a word could lie in a file. Every encoded form is known by its
/// first eight bytes: one look-up in a bit table for each position, so the number of words hardly matters.
/// </summary>
internal sealed class NeedleSearch
{
    private const int Prefix = sizeof(ulong);
    private const int TableBits = 22;

    private readonly Dictionary<ulong, List<(byte[] Form, string Word)>> forms = [];
    private readonly ulong[] table = new ulong[1 << (TableBits - 6)];

    public NeedleSearch(IEnumerable<string> words)
    {
        foreach (var word in words)
        {
            foreach (var form in Forms(word))
            {
                if (form.Length < Prefix)
                {
                    throw new ArgumentException($"Too short to be searched for: {word}", nameof(words));
                }

                var key = BinaryPrimitives.ReadUInt64LittleEndian(form);
                (forms.TryGetValue(key, out var list) ? list : forms[key] = []).Add((form, word));
                var slot = Slot(key);
                table[slot >> 6] |= 1UL << (int)(slot & 63);
            }
        }
    }

    /// <summary>How many encoded forms are looked for.</summary>
    public int Count => forms.Values.Sum(list => list.Count);

    /// <summary>The words that stand in these bytes, in whatever form.</summary>
    public IReadOnlyCollection<string> In(ReadOnlySpan<byte> bytes)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        for (var at = 0; at + Prefix <= bytes.Length; at++)
        {
            var key = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
            var slot = Slot(key);
            if ((table[slot >> 6] >> (int)(slot & 63) & 1) == 0 || !forms.TryGetValue(key, out var list))
            {
                continue;
            }

            foreach (var (form, word) in list)
            {
                if (bytes[at..].StartsWith(form))
                {
                    found.Add(word);
                }
            }
        }

        return found;
    }

    /// <summary>The same for a text that is not a file, such as what a process said.</summary>
    public IReadOnlyCollection<string> In(string text) => In(Encoding.UTF8.GetBytes(text));

    /// <summary>Files of a folder that hold a word, each with the words. Counts what was read into <paramref name="read"/>.</summary>
    public IReadOnlyList<string> InFolder(string folder, out long read)
    {
        var found = new List<string>();
        read = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(Disk.IsReadable))
        {
            var bytes = Disk.Read(file);
            read += bytes.Length;
            var words = In(bytes);
            if (words.Count > 0)
            {
                found.Add($"{file}: {string.Join(", ", words.Take(5))}");
            }

            foreach (var word in In(Path.GetFileName(file)))
            {
                found.Add($"name of {file}: {word}");
            }
        }

        return found;
    }

    /// <summary>UTF-8, UTF-16 in both orders, each also as hexadecimal and base64 at its three offsets; JSON and URL escapes.</summary>
    public static IEnumerable<byte[]> Forms(string word)
    {
        foreach (var form in Disk.Needles(word))
        {
            yield return form;
            var url = Encoding.ASCII.GetString(form).Replace('+', '-').Replace('/', '_');
            if (url != Encoding.ASCII.GetString(form))
            {
                yield return Encoding.ASCII.GetBytes(url);
            }
        }

        if (word.Any(c => c > 127))
        {
            yield return Encoding.ASCII.GetBytes(string.Concat(word.Select(c => c > 127 ? "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture) : c.ToString())));
            yield return Encoding.ASCII.GetBytes(string.Concat(word.Select(c => c > 127 ? "\\u" + ((int)c).ToString("X4", CultureInfo.InvariantCulture) : c.ToString())));
            yield return Encoding.ASCII.GetBytes(Uri.EscapeDataString(word));
        }
    }

    private static int Slot(ulong key) => (int)(key * 0x9E3779B97F4A7C15 >> (64 - TableBits));
}
