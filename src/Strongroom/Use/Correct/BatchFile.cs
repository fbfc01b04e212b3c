using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Use.Asking;

namespace Strongroom.Use.Correct;

/// <summary>A file of changes that somebody wants to carry out; it is sent again afterwards, byte for byte.</summary>
/// <param name="Purpose">What the customers' information is changed for.</param>
/// <param name="File">NDJSON: one <see cref="ChangeLine"/> a line.</param>
/// <param name="Until">UTC milliseconds until which it may be carried out.</param>
/// <param name="Unit">One of the asker's units, when he stands in several.</param>
internal sealed record ChangesAsk(PurposeKey Purpose, string File, long Until, string Reason, UnitId? Unit = null, PersonId? Asked = null);

/// <summary>One line: the changes of one customer on file, all or none.</summary>
internal sealed record ChangeLine(CustomerId Customer, IReadOnlyList<ItemChange> Changes);

/// <summary>What became of one line.</summary>
/// <param name="Line">From 1; empty lines count.</param>
internal sealed record ChangeResult(long Line, ChangeStatus Status)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CustomerId? Customer { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EntryId? Entry { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldError>? Errors { get; init; }
}

[JsonConverter(typeof(KebabEnum<ChangeStatus>))]
internal enum ChangeStatus
{
    Changed,

    /// <summary>Carried out before, by the same file under the same approval.</summary>
    Known,
    Rejected,
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNameCaseInsensitive = false,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(ChangesAsk))]
[JsonSerializable(typeof(ChangeLine))]
[JsonSerializable(typeof(ChangeResult))]
internal sealed partial class BatchJson : JsonSerializerContext;

/// <summary>A file of changes: its lines, their mistakes, and what an approval of it is bound to. Pure.</summary>
internal static class BatchFile
{
    /// <summary>Bytes; more is a registered system's matter.</summary>
    public const int Largest = 4 * 1024 * 1024;

    public const int MostLines = 5_000;

    private const int MostErrors = 50;

    public static IEnumerable<(long Number, ReadOnlyMemory<byte> Bytes)> Lines(ReadOnlyMemory<byte> file)
    {
        for (var number = 1L; !file.IsEmpty; number++)
        {
            var end = file.Span.IndexOf((byte)'\n');
            var line = end < 0 ? file : file[..end];
            file = end < 0 ? default : file[(end + 1)..];
            if (line.Span.IndexOfAnyExcept(" \t\r"u8) >= 0)
            {
                yield return (number, line);
            }
        }
    }

    public static ChangeLine? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, BatchJson.Default.ChangeLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What can be said of a line before any row is read.</summary>
    public static IReadOnlyList<FieldError> ErrorsOf(ChangeLine? line, Knowledge known, DateOnly today) =>
        line is null ? [Reasons.BadJson.At("")] : line.Changes.Contains(null!) ? [Reasons.BadField.At("changes")] : CorrectRules.Errors(line.Changes, known, today);

    /// <summary>The whole file, as it would be carried out; every mistake by its line, up to a number that one can read.</summary>
    public static (IReadOnlyList<ChangeLine> Lines, IReadOnlyList<FieldError> Errors) Read(ReadOnlyMemory<byte> file, Knowledge known, DateOnly today)
    {
        var (lines, errors, seen) = (new List<ChangeLine>(), new List<FieldError>(), new HashSet<CustomerId>());
        foreach (var (number, bytes) in Lines(file))
        {
            if (lines.Count == MostLines || errors.Count >= MostErrors)
            {
                errors.Add(Reasons.TooMany.At("file"));
                break;
            }

            var line = Parse(bytes.Span);
            var at = string.Create(CultureInfo.InvariantCulture, $"file[{number}]");
            errors.AddRange(ErrorsOf(line, known, today).Select(error => error with { At = error.At.Length == 0 ? at : $"{at}.{error.At}" }));
            if (line is not null && !seen.Add(line.Customer))
            {
                errors.Add(Reasons.BatchTwice.At($"{at}.customer"));
            }

            if (line is not null)
            {
                lines.Add(line);
            }
        }

        if (lines.Count == 0 && errors.Count == 0)
        {
            errors.Add(Reasons.FieldMissing.At("file"));
        }

        return (lines, errors);
    }

    /// <summary>What an approval is about: these bytes, for this purpose. A row more or another value is another file.</summary>
    public static string Bound(ReadOnlySpan<byte> file, PurposeKey purpose) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"changes/{Convert.ToHexStringLower(SHA256.HashData(file))}/{purpose}")));
}
