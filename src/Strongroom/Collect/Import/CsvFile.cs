using System.IO.Pipelines;
using System.Text;
using Strongroom.Collect.Intake;
using Strongroom.Ground;

namespace Strongroom.Collect.Import;

/// <summary>One record of a CSV file.</summary>
/// <param name="Line">Line on which it begins, from 1; the header is line 1.</param>
/// <param name="End">Bytes of the file up to the end of this record.</param>
/// <param name="NextLine">Line on which the next record begins.</param>
/// <param name="Fields">Null when the record could not be read; then <paramref name="Fault"/> says why.</param>
internal sealed record CsvRecord(long Line, long End, long NextLine, IReadOnlyList<string>? Fields, FieldError? Fault);

/// <summary>
/// Reads CSV (RFC 4180) as a stream, in memory bounded by one record. A broken record (bad UTF-8, NUL, a quote that never closes, text
/// after a quote, too long) costs its own line and nothing else: reading goes on with the line after it.
/// </summary>
internal sealed class CsvFile(PipeReader input, char delimiter, bool trim, long startOffset = 0, long startLine = 1)
{
    public const int LongestRecord = 256 * 1024;

    /// <summary>A quoted field may run over so many lines; beyond, its quote was never meant to be open.</summary>
    public const int MostLines = 100;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly LineReader lines = new(input, LongestRecord);
    private readonly LinkedList<(Line Line, long End)> waiting = new();

    /// <summary>The next record, or null at the end. Empty lines are skipped.</summary>
    public async ValueTask<CsvRecord?> NextAsync(CancellationToken ct)
    {
        while (await LineAsync(ct) is { } first)
        {
            if (first.Line.Bytes is { Length: 0 } or [(byte)'\r'])
            {
                continue;
            }

            return await RecordAsync(first, ct);
        }

        return null;
    }

    private async ValueTask<CsvRecord> RecordAsync((Line Line, long End) first, CancellationToken ct)
    {
        var number = first.Line.Number + startLine - 1;
        if (Text(first.Line) is not { } text)
        {
            return Broken(first, number, first.Line.Bytes is null ? CsvFaults.TooLong : first.Line.Bytes.Contains((byte)0) ? CsvFaults.Nul : CsvFaults.Utf8);
        }

        if (number == 1)
        {
            text = text.TrimStart('\uFEFF');
        }

        var taken = new List<(Line Line, long End)>();
        var whole = new StringBuilder(text);
        while (true)
        {
            var parse = CsvRow.Parse(whole.ToString(), delimiter, trim, out var fields);
            if (parse == CsvParse.Good)
            {
                var last = taken.Count > 0 ? taken[^1] : first;
                return new CsvRecord(number, last.End, last.Line.Number + startLine, fields, null);
            }

            if (parse == CsvParse.AfterQuote || taken.Count >= MostLines || whole.Length > LongestRecord
                || await LineAsync(ct) is not { } next)
            {
                return GiveBack(first, number, taken, parse == CsvParse.AfterQuote && taken.Count == 0 ? CsvFaults.AfterQuote : CsvFaults.OpenQuote);
            }

            taken.Add(next);
            if (Text(next.Line) is not { } more)
            {
                return GiveBack(first, number, taken, CsvFaults.OpenQuote);
            }

            whole.Append('\n').Append(more);
        }
    }

    /// <summary>The lines a broken record had swallowed are read again, each for itself.</summary>
    private CsvRecord GiveBack((Line Line, long End) first, long number, List<(Line Line, long End)> taken, (string Code, string Zh, string En) fault)
    {
        for (var i = taken.Count - 1; i >= 0; i--)
        {
            waiting.AddFirst(taken[i]);
        }

        return Broken(first, number, fault);
    }

    private CsvRecord Broken((Line Line, long End) line, long number, (string Code, string Zh, string En) fault) =>
        new(number, line.End, line.Line.Number + startLine, null, new FieldError("", fault.Code, fault.Zh, fault.En));

    private async ValueTask<(Line Line, long End)?> LineAsync(CancellationToken ct)
    {
        if (waiting.First is { } first)
        {
            waiting.RemoveFirst();
            return first.Value;
        }

        return await lines.NextAsync(ct) is { } line ? (line, startOffset + lines.Consumed) : null;
    }

    private static string? Text(Line line)
    {
        try
        {
            return line.Bytes is null || line.Bytes.Contains((byte)0) ? null : Strict.GetString(line.Bytes).TrimEnd('\r');
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

/// <summary>What can be wrong with a record as such.</summary>
internal static class CsvFaults
{
    public static readonly (string Code, string Zh, string En) Utf8 = ("csv.utf8", "这一行不是有效的 UTF-8 文字。", "This line is not valid UTF-8.");
    public static readonly (string Code, string Zh, string En) Nul = ("csv.nul", "这一行里有空字节。", "This line holds a NUL byte.");
    public static readonly (string Code, string Zh, string En) TooLong = ("csv.too-long", "这一行太长,没有处理。", "This line is too long and was skipped.");
    public static readonly (string Code, string Zh, string En) OpenQuote = ("csv.quote-open", "这一行的引号没有结束。", "A quote on this line is never closed.");
    public static readonly (string Code, string Zh, string En) AfterQuote = ("csv.quote-text", "引号之后还有文字。", "Text follows a closing quote.");
    public static readonly (string Code, string Zh, string En) Columns = ("csv.columns", "这一行的列数与表头不同。", "This line has another number of columns than the header.");
}

internal enum CsvParse
{
    Good,

    /// <summary>A quoted field goes on beyond the text.</summary>
    Open,

    /// <summary>Something other than the delimiter follows a closing quote.</summary>
    AfterQuote,
}

/// <summary>One record's text into fields. Pure.</summary>
internal static class CsvRow
{
    public static CsvParse Parse(string text, char delimiter, bool trim, out List<string> fields)
    {
        fields = [];
        var at = 0;
        while (true)
        {
            var start = at;
            while (trim && start < text.Length && text[start] is ' ' or '\t' && text[start] != delimiter)
            {
                start++;
            }

            if (start < text.Length && text[start] == '"')
            {
                var quoted = Quoted(text, start + 1, out var field);
                if (quoted < 0)
                {
                    return CsvParse.Open;
                }

                at = quoted;
                while (trim && at < text.Length && text[at] is ' ' or '\t' && text[at] != delimiter)
                {
                    at++;
                }

                if (at < text.Length && text[at] != delimiter)
                {
                    return CsvParse.AfterQuote;
                }

                fields.Add(trim ? field.Trim() : field);
            }
            else
            {
                at = text.IndexOf(delimiter, at) is var next and >= 0 ? next : text.Length;
                var field = text[start..at];
                fields.Add(trim ? field.Trim() : field);
            }

            if (at >= text.Length)
            {
                return CsvParse.Good;
            }

            at++;
        }
    }

    /// <summary>The position after the closing quote, or -1 when there is none.</summary>
    private static int Quoted(string text, int at, out string field)
    {
        var made = new StringBuilder();
        while (at < text.Length)
        {
            if (text[at] != '"')
            {
                made.Append(text[at++]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '"')
            {
                made.Append('"');
                at += 2;
            }
            else
            {
                field = made.ToString();
                return at + 1;
            }
        }

        field = "";
        return -1;
    }
}
