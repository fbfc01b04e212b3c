using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Strongroom.Keys.Disk;

/// <summary>Small secret files, readable by their owner only (0600), written durably, erased by overwriting. Content never passes through a buffer of the framework.</summary>
internal static class PrivateFile
{
    internal const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    internal const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const int MaxSize = 4096;

    /// <summary>Reads a file that only its owner may read.</summary>
    /// <exception cref="IOException">Missing, unreadable, too long, or open to group or others.</exception>
    internal static SecretBytes Read(string path)
    {
        using var handle = File.OpenHandle(path);
        // The mode is asked of the open file, not of the name: nobody can swap it in between.
        if ((File.GetUnixFileMode(handle) & Others) != 0)
        {
            throw new IOException($"{path} can be read or written by group or others: chmod 600");
        }

        var length = RandomAccess.GetLength(handle);
        if (length is 0 or > MaxSize)
        {
            throw new IOException($"{path} is not a key file: {length.ToString(CultureInfo.InvariantCulture)} bytes");
        }

        var content = new SecretBytes((int)length);
        for (var at = 0; at < content.Length;)
        {
            var got = RandomAccess.Read(handle, content.Span[at..], at);
            if (got == 0)
            {
                content.Dispose();
                throw new IOException($"{path} changed while it was read");
            }

            at += got;
        }

        return content;
    }

    /// <summary>Writes a new file, durable before it returns; false when the name is taken, and then nothing was changed.</summary>
    internal static bool TryCreate(string path, SecretBytes content)
    {
        var temporary = WriteTemporary(path, content);
        try
        {
            return LibC.TryLink(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
            LibC.SyncDirectory(FolderOf(path));
        }
    }

    /// <summary>Writes a file in place of whatever has its name; either the old or the new is there at every moment.</summary>
    internal static void Replace(string path, SecretBytes content)
    {
        File.Move(WriteTemporary(path, content), path, overwrite: true);
        LibC.SyncDirectory(FolderOf(path));
    }

    /// <summary>Overwrites, forces to disk and unlinks the file and its unfinished temporaries. On flash memory the overwriting is best effort.</summary>
    internal static void Erase(string path)
    {
        var folder = FolderOf(path);
        foreach (var doomed in Directory.EnumerateFiles(folder, TemporaryPrefix(path) + "*").Append(path).Where(File.Exists).ToList())
        {
            using (var handle = File.OpenHandle(doomed, FileMode.Open, FileAccess.Write))
            {
                Overwrite(handle);
            }

            File.Delete(doomed);
        }

        LibC.SyncDirectory(folder);
    }

    /// <summary>True when a path, links followed, lies in the folder; either may not exist yet.</summary>
    internal static bool IsInside(string path, string folder)
    {
        var (real, realFolder) = (Real(path), Real(folder));
        return real == realFolder || real.StartsWith(realFolder.TrimEnd('/') + "/", StringComparison.Ordinal);
    }

    internal static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    /// <summary>Follows links as far as the path exists; the rest is taken as written.</summary>
    private static string Real(string path)
    {
        var full = Path.GetFullPath(path);
        if (Path.Exists(full))
        {
            return LibC.RealPath(full);
        }

        var parent = Path.GetDirectoryName(full);
        return parent is null ? full : Path.Combine(Real(parent), Path.GetFileName(full));
    }

    private static string TemporaryPrefix(string path) => $".{Path.GetFileName(path)}.new-";

    private static string WriteTemporary(string path, SecretBytes content)
    {
        var temporary = Path.Combine(FolderOf(path), TemporaryPrefix(path) + RandomNumberGenerator.GetHexString(16, lowercase: true));
        using var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = OwnerOnly,
        });
        file.Write(content.Span);
        file.Flush(flushToDisk: true);
        return temporary;
    }

    private static void Overwrite(SafeFileHandle handle)
    {
        var noise = RandomNumberGenerator.GetBytes((int)Math.Min(RandomAccess.GetLength(handle), MaxSize));
        RandomAccess.Write(handle, noise, 0);
        RandomAccess.FlushToDisk(handle);
    }
}

/// <summary>Lines "name value" in a secret buffer: written and read without ever making a string of a secret.</summary>
internal sealed class KeyText : IDisposable
{
    private readonly SecretBytes buffer = new(2048);
    private int length;

    internal KeyText(string header) => Line(header);

    internal static string Number(string name, long value) => string.Create(CultureInfo.InvariantCulture, $"{name} {value}");

    internal void Line(string line)
    {
        length += Encoding.ASCII.GetBytes(line, buffer.Span[length..]);
        buffer.Span[length++] = (byte)'\n';
    }

    internal void Hex(string name, ReadOnlySpan<byte> value)
    {
        length += Encoding.ASCII.GetBytes(name + " ", buffer.Span[length..]);
        if (!Convert.TryToHexStringLower(value, buffer.Span[length..], out var written))
        {
            throw new ArgumentException("The key text is full", nameof(value));
        }

        length += written;
        buffer.Span[length++] = (byte)'\n';
    }

    internal SecretBytes ToBytes() => SecretBytes.CopyOf(buffer.Span[..length]);

    public void Dispose() => buffer.Dispose();
}

/// <summary>Reads what <see cref="KeyText"/> wrote; every method is false at the first thing that is not exactly as expected.</summary>
internal ref struct KeyTextReader(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> rest = text;

    internal readonly bool AtEnd => rest.IsEmpty;

    internal bool Line(string expected) => Next(out var line) && Ascii.Equals(line, expected);

    internal bool Hex(string name, scoped Span<byte> output) =>
        Value(name, out var value) && value.Length == output.Length * 2
        && Convert.FromHexString(value, output, out _, out var written) == System.Buffers.OperationStatus.Done && written == output.Length;

    internal bool Number(string name, out int number)
    {
        number = 0;
        return Value(name, out var value) && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private bool Value(string name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!Next(out var line) || line.Length <= name.Length || line[name.Length] != ' ' || !Ascii.Equals(line[..name.Length], name))
        {
            return false;
        }

        value = line[(name.Length + 1)..];
        return true;
    }

    private bool Next(out ReadOnlySpan<byte> line)
    {
        var end = rest.IndexOf((byte)'\n');
        line = end < 0 ? default : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return end >= 0;
    }
}
