using System.Buffers;
using System.Text.Json;
using Strongroom.Ground;

namespace Strongroom.Collect.Import;

/// <summary>Turns records into submissions, and the server's field errors back into columns.</summary>
internal sealed class RowMapper
{
    private readonly ImportMapping mapping;
    private readonly string digest;
    private readonly string[] header;
    private readonly int[] source;
    private readonly (MappedColumn Column, int At)[] columns;
    private readonly Dictionary<string, string> columnOfItem;

    private RowMapper(ImportMapping mapping, string digest, string[] header, int[] source, (MappedColumn, int)[] columns)
    {
        (this.mapping, this.digest, this.header, this.source, this.columns) = (mapping, digest, header, source, columns);
        columnOfItem = columns.ToDictionary(pair => "items." + pair.Item1.Item.Value, pair => pair.Item1.From, StringComparer.Ordinal);
    }

    /// <summary>The mapper for a header, or every column that is missing or stands twice.</summary>
    /// <param name="digest">SHA-256 of the file, hex: evidence of every row.</param>
    public static RowMapper? Make(ImportMapping mapping, string digest, IReadOnlyList<string> header, List<FieldError> errors)
    {
        var names = header.Select(name => name.Trim()).ToArray();
        int At(string column)
        {
            var at = Array.IndexOf(names, column.Trim());
            if (at < 0 || Array.LastIndexOf(names, column.Trim()) != at)
            {
                errors.Add(new FieldError("1 " + column, at < 0 ? "csv.no-column" : "csv.twice", at < 0 ? "表头里没有这一列。" : "表头里这一列出现了两次。", at < 0 ? "The header has no such column." : "The header has this column twice."));
            }

            return at;
        }

        var source = mapping.Source.Select(At).ToArray();
        var columns = mapping.Columns.Select(column => (column, At(column.From))).ToArray();
        return errors.Count > 0 ? null : new RowMapper(mapping, digest, names, source, columns);
    }

    public int Columns => header.Length;

    /// <summary>The column an error of the server speaks of; empty when it is about the row as a whole.</summary>
    public string ColumnOf(string at) => columnOfItem.GetValueOrDefault(at) ?? (at.StartsWith("source", StringComparison.Ordinal) && source.Length == 1 ? header[source[0]] : "");

    /// <summary>Appends one line of NDJSON.</summary>
    public void Write(IReadOnlyList<string> fields, ArrayBufferWriter<byte> output)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteStartObject("notice");
            json.WriteString("key", mapping.Notice.Value);
            json.WriteNumber("version", mapping.NoticeVersion);
            json.WriteEndObject();
            json.WriteString("channel", mapping.Channel);
            json.WriteStartObject("source");
            json.WriteString("system", mapping.System);
            json.WriteStartArray("record");
            foreach (var at in source)
            {
                json.WriteStringValue(fields[at].Trim());
            }

            json.WriteEndArray();
            json.WriteEndObject();
            WriteItems(json, fields);
            WriteConsents(json);
            json.WriteStartObject("evidence");
            json.WriteString("file-digest", digest);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private void WriteItems(Utf8JsonWriter json, IReadOnlyList<string> fields)
    {
        json.WriteStartObject("items");
        foreach (var (column, at) in columns)
        {
            var text = mapping.Trim ? fields[at].Trim() : fields[at];
            if (!mapping.Nulls.Contains(text) && text.Length > 0)
            {
                json.WriteString(column.Item.Value, RowFormat.Apply(column.Format, text));
            }
        }

        json.WriteEndObject();
    }

    private void WriteConsents(Utf8JsonWriter json)
    {
        json.WriteStartArray("consents");
        foreach (var consent in mapping.Consents)
        {
            json.WriteStartObject();
            json.WriteString("purpose", consent.Purpose.Value);
            json.WriteString("state", consent.State);
            json.WriteString("form", Kebab.Of(consent.Form));
            json.WriteStartObject("evidence");
            json.WriteString("kind", consent.Form switch
            {
                ConsentForm.Ticked => "tick",
                ConsentForm.ESigned => "signature",
                ConsentForm.RecordedVoice => "recording",
                _ => "document",
            });
            json.WriteString("reference", consent.Evidence);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
