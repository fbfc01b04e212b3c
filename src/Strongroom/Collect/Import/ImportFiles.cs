using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strongroom.Ground;

namespace Strongroom.Collect.Import;

/// <summary>A file beside an import is not what it should be: a link, or open to others.</summary>
internal sealed class ImportFileException(string path) : IOException("The file is a link, or open to group or others.")
{
    public FieldError Error { get; } = new(
        "", "file.unsafe",
        $"{Path.GetFileName(path)} 是链接文件,或者其他用户也能读写。请换一个位置,或删去它。",
        $"{Path.GetFileName(path)} is a link, or open to group or others. Name another place, or delete it.");
}

/// <summary>The files beside an import: how far it came, and what was refused. Both private to their owner, and never a link to something else.</summary>
internal static class ImportFiles
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static async Task<string> DigestAsync(string path, CancellationToken ct)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, ct));
    }

    /// <summary>Null when there is none.</summary>
    /// <exception cref="JsonException">It is not one of ours.</exception>
    /// <exception cref="ImportFileException">A link, or open to others.</exception>
    public static ImportState? ReadState(string path)
    {
        RefuseLink(path);
        if (!File.Exists(path))
        {
            return null;
        }

        using var stream = Private(path, FileMode.Open);
        var state = JsonSerializer.Deserialize(stream, ImportJson.Default.ImportState);
        return state is { V: ImportState.Version } ? state : throw new JsonException("another version");
    }

    /// <summary>Replaces the state in one step; after a crash there is the earlier one or this one.</summary>
    public static void WriteState(string path, ImportState state)
    {
        // Deleting and making anew follows no link that somebody laid there.
        var fresh = path + ".new";
        File.Delete(fresh);
        using (var stream = Private(fresh, FileMode.CreateNew))
        {
            JsonSerializer.Serialize(stream, state, ImportJson.Default.ImportState);
            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
    }

    /// <summary>Opens the rejects file at the length that is known to belong to finished rows; what a killed run wrote beyond it goes.</summary>
    public static FileStream OpenRejects(string path, long length)
    {
        var stream = Private(path, FileMode.OpenOrCreate);
        stream.SetLength(Math.Min(length, stream.Length));
        stream.Seek(0, SeekOrigin.End);
        if (stream.Length == 0)
        {
            stream.Write("line,column,code,zh,en\n"u8);
        }

        return stream;
    }

    public static void WriteReject(Stream stream, long line, string column, FieldError error) => stream.Write(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{line},{Quoted(column)},{Quoted(error.Code)},{Quoted(error.Zh)},{Quoted(error.En)}\n")));

    private static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private static void RefuseLink(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new ImportFileException(path);
        }
    }

    private static FileStream Private(string path, FileMode mode)
    {
        RefuseLink(path);
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows() && mode != FileMode.Open)
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var stream = new FileStream(path, options);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(stream.SafeFileHandle) & Others) != 0)
        {
            stream.Dispose();
            throw new ImportFileException(path);
        }

        return stream;
    }
}
