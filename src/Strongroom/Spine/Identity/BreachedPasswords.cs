using System.Security.Cryptography;
using System.Text;

namespace Strongroom.Spine.Identity;

/// <summary>
/// Passwords known from breaches, as Have I Been Pwned publishes them: one file, a line for each SHA-1 in upper hex with its count, ordered
/// by hash. Nothing leaves the machine and nothing is loaded: a look-up is a binary search in the file.
/// </summary>
internal sealed class BreachedPasswords : IDisposable
{
    private const int HashLength = 40;

    // A line is 40 digits, a colon, a count and an end; this holds at least one whole line wherever it begins.
    private const int Window = 256;

    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle? _file;
    private readonly long _length;

    /// <param name="path">Null: no list; then only common words and the context are compared.</param>
    /// <exception cref="FormatException">The file is not such a list: the server does not start.</exception>
    public BreachedPasswords(string? path)
    {
        if (path is null)
        {
            return;
        }

        _file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        _length = RandomAccess.GetLength(_file);
        var last = LineFrom(Math.Max(0, _length - Window));
        while (last is { } line && LineFrom(line.Next) is { } next)
        {
            last = next;
        }

        if (LineFrom(0) is not { } first || string.CompareOrdinal(first.Hash, last?.Hash) > 0)
        {
            _file.Dispose();
            throw new FormatException($"{path} is not a list of SHA-1 hashes ordered by hash (HASH:COUNT, one a line).");
        }
    }

    /// <exception cref="IOException">The list cannot be read any more: then no password is accepted either.</exception>
    public bool Contains(string password)
    {
        if (_file is null)
        {
            return false;
        }

#pragma warning disable CA5350 // The list is made of SHA-1 hashes; nothing rests on their strength.
        var wanted = Convert.ToHexString(CryptographicOperations.HashData(HashAlgorithmName.SHA1, Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350

        // Halves the stretch of bytes in which a line with the hash could begin.
        long low = 0, high = _length;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (LineFrom(middle) is not { } line)
            {
                high = middle;
                continue;
            }

            switch (string.CompareOrdinal(line.Hash, wanted))
            {
                case 0:
                    return true;
                case < 0:
                    low = line.Next;
                    break;
                default:
                    high = middle;
                    break;
            }
        }

        return false;
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>The first line that begins at or after this byte, and where the next one begins; null when there is none.</summary>
    private (string Hash, long Next)? LineFrom(long at)
    {
        // One byte earlier, so that a line beginning exactly here is seen to begin.
        var from = Math.Max(0, at - 1);
        Span<byte> bytes = stackalloc byte[Window];
        var read = RandomAccess.Read(_file!, bytes, from);
        var text = bytes[..read];
        var start = at == 0 ? 0 : text.IndexOf((byte)'\n') + 1;
        if (at > 0 && start == 0)
        {
            return null;
        }

        var line = text[start..];
        var end = line.IndexOf((byte)'\n');
        var whole = end < 0 ? line : line[..end];
        return whole.Length >= HashLength && (whole.Length == HashLength || whole[HashLength] is (byte)':' or (byte)'\r') && IsHash(whole[..HashLength])
            ? (Encoding.ASCII.GetString(whole[..HashLength]).ToUpperInvariant(), from + start + (end < 0 ? line.Length : end + 1))
            : null;
    }

    private static bool IsHash(ReadOnlySpan<byte> text)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiHexDigit((char)letter))
            {
                return false;
            }
        }

        return true;
    }
}
