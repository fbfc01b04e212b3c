using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Collect.Import;

/// <summary>What to import, and how to reach the server.</summary>
/// <param name="Http">Carries the caller's credentials; base address is the server's.</param>
/// <param name="Rejects">CSV of refused rows: line, column, code, zh, en; never a value.</param>
/// <param name="Resume">Small file that tells how far the import came; gone when it is complete.</param>
/// <param name="Chunk">Rows sent in one request; the resume file moves on after each.</param>
internal sealed record ImportOptions(HttpClient Http, string File, string MappingFile, string Rejects, string Resume, int Chunk = 500);

/// <param name="Bytes">Read so far, of <paramref name="Total"/>.</param>
internal sealed record ImportProgress(long Rows, long Created, long Known, long Rejected, long Bytes, long Total, double RowsPerSecond);

/// <summary>Counts that add up: rows = created + known + rejected.</summary>
internal sealed record ImportCounts(long Rows, long Created, long Known, long Rejected)
{
    public static ImportCounts None { get; } = new(0, 0, 0, 0);
}

internal abstract record ImportOutcome
{
    private ImportOutcome()
    {
    }

    /// <param name="Resumed">An earlier run had begun it.</param>
    public sealed record Done(ImportCounts Counts, bool Resumed) : ImportOutcome;

    /// <summary>Nothing was sent: the mapping, the file or the resume file does not fit. Each with line and sentence in both languages.</summary>
    public sealed record Unfit(IReadOnlyList<FieldError> Errors) : ImportOutcome;

    /// <summary>The server refuses or cannot be reached; what was taken so far stands, and the same command goes on from there.</summary>
    public sealed record Stopped(ImportCounts Counts, FieldError Why) : ImportOutcome;
}

/// <summary>How far an import came.</summary>
/// <param name="File">SHA-256 of the file, hex.</param>
/// <param name="Mapping">SHA-256 of the mapping file, hex.</param>
/// <param name="Offset">Bytes of the file that are done.</param>
/// <param name="Line">Line on which the next record begins.</param>
/// <param name="RejectsLength">Bytes of the rejects file that belong to what is done.</param>
internal sealed record ImportState(int V, string File, string Mapping, long Offset, long Line, ImportCounts Counts, long RejectsLength)
{
    public const int Version = 1;
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ImportState))]
internal sealed partial class ImportJson : JsonSerializerContext;
