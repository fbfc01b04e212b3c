using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strongroom.Ground;

namespace Strongroom.Collect.Import;

/// <summary>The files beside an import: how far it came, and what was refused. Both private to their owner.</summary>
internal static class ImportFiles
{
    public static async Task<string> DigestAsync(string path, CancellationToken ct)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, ct));
    }

    /// <summary>Null when there is none.</summary>
    /// <exception cref="JsonException">It is not one of ours.</exception>
    public static ImportState? ReadState(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var state = JsonSerializer.Deserialize(File.ReadAllBytes(path), ImportJson.Default.ImportState);
        return state is { V: ImportState.Version } ? state : throw new JsonException("another version");
    }

    /// <summary>Replaces the state in one step; after a crash there is the earlier one or this one.</summary>
    public static void WriteState(string path, ImportState state)
    {
        var fresh = path + ".new";
        using (var stream = Private(fresh, FileMode.Create))
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

    private static FileStream Private(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
