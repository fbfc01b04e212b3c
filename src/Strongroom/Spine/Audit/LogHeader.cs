using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text;
using Strongroom.Ground;

namespace Strongroom.Spine.Audit;

/// <summary>
/// The immutable header of an entry, whose canonical JSON is the leaf: compact UTF-8, members in a fixed order, absent ones left out,
/// at most 8 KiB. It holds no personal value.
/// </summary>
internal sealed record LogHeader(EntryId Id, long At, string Node, LogFact Fact, CustomerReference? Customer, byte[]? DetailsHash)
{
    public const int LongestBytes = 8 * 1024;

    private const int Version = 1;
    private const int LongestCode = 60;

    private static readonly SearchValues<char> CodeChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-_");

    /// <exception cref="ArgumentException">Longer than 8 KiB, or something in it is not a machine code.</exception>
    public byte[] ToBytes()
    {
        CheckCodes();
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            Write(json);
        }

        return buffer.WrittenCount <= LongestBytes
            ? buffer.WrittenSpan.ToArray()
            : throw new ArgumentException($"A log entry is at most {LongestBytes} bytes; a bulk act writes one entry per customer.");
    }

    /// <summary>Reads exactly what <see cref="ToBytes"/> writes; every other spelling is refused. Total.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out LogHeader? header)
    {
        header = null;
        if (bytes.Length > LongestBytes)
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(bytes);
            using var document = JsonDocument.ParseValue(ref reader);
            header = LogHeaderJson.Read(document.RootElement);

            // Writing it again is the one check that no member is unknown, doubled, reordered or spelled otherwise.
            if (header is not null && header.ToBytes().AsSpan().SequenceEqual(bytes))
            {
                return true;
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            // Not a header of ours; the caller names the entry.
        }

        header = null;
        return false;
    }

    internal static bool IsCode(string? code) =>
        code is { Length: > 0 and <= LongestCode } && char.IsAsciiLetterLower(code[0]) && !code.AsSpan().ContainsAnyExcept(CodeChars);

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("v", Version);
        json.WriteString("id", Id.ToString());
        json.WriteNumber("at", At);
        json.WriteString("act", Fact.Act.Value);
        json.WriteStartObject("actor");
        json.WriteString("kind", Kebab.Of(Fact.Actor.Kind));
        WriteIf(json, "id", Fact.Actor.Id is { } actor ? Ground.Id.Format(actor) : null);
        json.WriteEndObject();
        WriteIf(json, "customer", Customer?.ToString());
        WriteIf(json, "purpose", Fact.Purpose?.Value);
        WriteAll(json, "items", Fact.Items, static item => item.Value);
        WriteIf(json, "decision", Fact.Decision is { } decision ? Kebab.Of(decision) : null);
        WriteAll(json, "reasons", Fact.Reasons, static reason => reason);
        WriteAll(json, "approvals", Fact.Approvals, static approval => approval.ToString());
        WriteAll(json, "authorisations", Fact.Authorisations, static authorisation => authorisation.ToString());
        json.WriteNumber("count", Fact.Count);
        json.WriteStartObject("origin");
        json.WriteString("node", Node);
        WriteIf(json, "channel", Fact.Channel?.ToString());
        WriteIf(json, "zone", Fact.Zone);
        json.WriteEndObject();
        WriteRows(json);
        WriteIf(json, "details", DetailsHash is null ? null : Convert.ToHexStringLower(DetailsHash));
        json.WriteEndObject();
    }

    private void WriteRows(Utf8JsonWriter json)
    {
        if (Fact.Rows.Count == 0)
        {
            return;
        }

        json.WriteStartArray("rows");
        foreach (var row in Fact.Rows)
        {
            json.WriteStartObject();
            json.WriteString("table", row.Table);
            json.WriteString("id", Ground.Id.Format(row.Id));
            json.WriteNumber("version", row.Version);
            json.WriteString("digest", Convert.ToHexStringLower(row.Digest));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteIf(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteAll<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> values, Func<T, string> text)
    {
        if (values.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(text(value));
        }

        json.WriteEndArray();
    }

    // Free text would make an entry that can never be erased, so only codes and names may enter the header.
    private void CheckCodes()
    {
        var sound = Name.IsValid(Fact.Act.Value) && Name.IsValid(Fact.Purpose?.Value ?? "none") && IsCode(Node) && IsCode(Fact.Zone ?? "none")
            && Fact.Count >= 1 && At >= 0;
        foreach (var item in Fact.Items)
        {
            sound &= Name.IsValid(item.Value);
        }

        foreach (var reason in Fact.Reasons)
        {
            sound &= IsCode(reason);
        }

        foreach (var row in Fact.Rows)
        {
            sound &= IsCode(row.Table) && row is { Version: >= 0, Digest.Length: 32 };
        }

        if (!sound)
        {
            throw new ArgumentException("A log header holds machine codes, 32-byte digests and positive counts only.");
        }
    }
}

/// <summary>Reading headers; whatever is amiss throws one of the kinds <see cref="LogHeader.TryParse"/> expects.</summary>
internal static class LogHeaderJson
{
    public static LogHeader? Read(JsonElement json)
    {
        var actor = json.GetProperty("actor");
        var origin = json.GetProperty("origin");
        var fact = new LogFact
        {
            Act = FactName.Of(Need(json, "act")),
            Actor = new LogActor(Kebab.Parse<LogActorKind>(Need(actor, "kind")), Text(actor, "id") is { } id ? Id.Parse<PersonId>(id).Value : null),
            Purpose = Text(json, "purpose") is { } purpose ? PurposeKey.Of(purpose) : null,
            Items = All(json, "items", ItemKey.Of),
            Decision = Text(json, "decision") is { } decision ? Kebab.Parse<Verdict>(decision) : null,
            Reasons = All(json, "reasons", reason => reason),
            Approvals = All(json, "approvals", Id.Parse<ApprovalId>),
            Authorisations = All(json, "authorisations", Id.Parse<AuthorisationId>),
            Count = json.GetProperty("count").GetInt64(),
            Channel = Text(origin, "channel") is { } channel ? Id.Parse<ChannelId>(channel) : null,
            Zone = Text(origin, "zone"),
            Rows = json.TryGetProperty("rows", out var rows) ? [.. rows.EnumerateArray().Select(Row)] : [],
        };
        var reference = Text(json, "customer");
        if (reference is not null && !CustomerReference.TryParse(reference, out _))
        {
            return null;
        }

        return new LogHeader(
            Id.Parse<EntryId>(Need(json, "id")),
            json.GetProperty("at").GetInt64(),
            Need(origin, "node"),
            fact,
            CustomerReference.TryParse(reference, out var customer) ? customer : null,
            Text(json, "details") is { } details ? Hash(details) : null);
    }

    private static RowDigest Row(JsonElement row) => new(
        Need(row, "table"), Id.Parse<PersonId>(Need(row, "id")).Value, row.GetProperty("version").GetInt64(), Hash(Need(row, "digest")));

    private static byte[] Hash(string hex) =>
        hex.Length == 64 ? Convert.FromHexString(hex) : throw new FormatException("A digest is 64 hex digits.");

    private static string Need(JsonElement json, string name) => Text(json, name) ?? throw new FormatException("A member is missing.");

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static T[] All<T>(JsonElement json, string name, Func<string, T> parse) =>
        json.TryGetProperty(name, out var array) ? [.. array.EnumerateArray().Select(e => parse(e.GetString() ?? throw new FormatException("A member is null.")))] : [];
}
