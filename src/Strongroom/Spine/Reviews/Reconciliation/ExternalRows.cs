using System.Globalization;
using System.Text;
using System.Text.Json;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Reviews.Reconciliation;

/// <summary>An account of a connected system as that system reports it (R36, R39).</summary>
/// <param name="Line">Where it stands in the file, from 1.</param>
/// <param name="Person">The sign-in name here of whose it is; empty: nobody is named.</param>
/// <param name="LastUse">UTC milliseconds; null: never.</param>
/// <param name="Request">The account request behind it; empty: none is named.</param>
internal sealed record ExternalAccount(int Line, string System, string Account, string Person, bool Active, long? LastUse, string Request);

/// <summary>Something somebody did in a connected system.</summary>
/// <param name="Time">UTC milliseconds.</param>
/// <param name="Ticket">What it rests on; empty: nothing.</param>
/// <param name="Device">From where; empty: not told.</param>
internal sealed record ExternalOperation(int Line, string System, string Account, string Act, long Time, string Ticket, string Device);

/// <summary>What a file holds, or everything that is wrong with it: line, column and code, never a value.</summary>
internal sealed record ExternalRead<T>(IReadOnlyList<T> Rows, IReadOnlyList<FieldError> Errors);

/// <summary>Reads files of connected systems: CSV with a header, or one JSON object a line. Pure; whatever comes in, it answers.</summary>
internal static class ExternalFileRules
{
    public const int MostLines = 100_000;

    private const int MostErrors = 100, LongestText = 100;

    private static readonly Column[] AccountColumns =
    [
        new("system", IsName), new("account", IsText), new("person", IsTextOrNone), new("state", text => text is "active" or "disabled" or "closed"),
        new("last_use", text => text.Length == 0 || TryInstant(text, out _)), new("request", IsTextOrNone, Optional: true),
    ];

    private static readonly Column[] OperationColumns =
    [
        new("system", IsName), new("account", IsText), new("act", IsText), new("time", text => TryInstant(text, out _)), new("ticket", IsTextOrNone),
        new("device", IsTextOrNone, Optional: true),
    ];

    public static ExternalRead<ExternalAccount> Accounts(string text, bool json) => Read(text, json, AccountColumns, (line, cells) => new ExternalAccount(
        line, cells[0], cells[1], cells[2], cells[3] == "active", TryInstant(cells[4], out var used) ? used : null, cells[5]));

    public static ExternalRead<ExternalOperation> Operations(string text, bool json) => Read(text, json, OperationColumns, (line, cells) => new ExternalOperation(
        line, cells[0], cells[1], cells[2], TryInstant(cells[3], out var at) ? at : 0, cells[4], cells[5]));

    private static ExternalRead<T> Read<T>(string text, bool json, Column[] columns, Func<int, string[], T> make)
    {
        var (rows, errors) = (new List<T>(), new List<FieldError>());
        var lines = text.TrimStart('\uFEFF').Split('\n');
        if (lines.Length > MostLines)
        {
            return new([], [Reasons.TooMany.At("file")]);
        }

        var order = json ? null : HeaderOf(lines[0].TrimEnd('\r'), columns);
        if (!json && order is null)
        {
            return new([], [Reasons.ReconcileHeader.At("line 1")]);
        }

        for (var i = json ? 0 : 1; i < lines.Length && errors.Count < MostErrors; i++)
        {
            var line = lines[i].TrimEnd('\r');
            if (line.Length == 0)
            {
                continue;
            }

            var cells = json ? OfJson(line, columns) : OfCsv(line, order!, columns.Length);
            if (cells is null)
            {
                errors.Add((json ? Reasons.ReconcileJson : Reasons.ReconcileColumns).At(At(i)));
                continue;
            }

            var wrong = columns.Where((column, at) => !column.Holds(cells[at])).ToList();
            errors.AddRange(wrong.Select(column => Reasons.ReconcileValue.At($"{At(i)}, column {column.Name}")));
            if (wrong.Count == 0)
            {
                rows.Add(make(i + 1, cells));
            }
        }

        return rows.Count == 0 && errors.Count == 0 ? new([], [Reasons.ReconcileHeader.At("line 1")]) : new(errors.Count == 0 ? rows : [], errors);
    }

    private static string At(int index) => string.Create(CultureInfo.InvariantCulture, $"line {index + 1}");

    /// <summary>Where each cell of a line belongs; null when a needed column lacks, or one is unknown or doubled.</summary>
    private static int[]? HeaderOf(string line, Column[] columns)
    {
        var names = Cells(line);
        var order = names?.Select(name => Array.FindIndex(columns, column => column.Name == name.Trim())).ToArray();
        return order is not null && order.All(at => at >= 0) && order.Distinct().Count() == order.Length
            && columns.Select((column, at) => column.Optional || order.Contains(at)).All(there => there)
            ? order
            : null;
    }

    private static string[]? OfCsv(string line, int[] order, int columns)
    {
        if (Cells(line) is not { } cells || cells.Count != order.Length)
        {
            return null;
        }

        var placed = Enumerable.Repeat("", columns).ToArray();
        for (var i = 0; i < order.Length; i++)
        {
            placed[order[i]] = cells[i].Trim();
        }

        return placed;
    }

    private static string[]? OfJson(string line, Column[] columns)
    {
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 4 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var placed = Enumerable.Repeat("", columns.Length).ToArray();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                var at = Array.FindIndex(columns, column => column.Name == member.Name);
                if (at < 0 || member.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
                {
                    return null;
                }

                placed[at] = member.Value.GetString()?.Trim() ?? "";
            }

            return placed;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>One line of RFC 4180; null when a quote does not close or stands where none may.</summary>
    private static List<string>? Cells(string line)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var (quoted, closed) = (false, false);
        for (var i = 0; i < line.Length; i++)
        {
            var letter = line[i];
            if (quoted && letter == '"' && i + 1 < line.Length && line[i + 1] == '"')
            {
                cell.Append('"');
                i++;
            }
            else if (quoted)
            {
                (quoted, closed) = (letter != '"', letter == '"');
                _ = quoted ? cell.Append(letter) : cell;
            }
            else if (letter == ',')
            {
                cells.Add(cell.ToString());
                cell.Clear();
                closed = false;
            }
            else if (letter == '"' && cell.Length == 0 && !closed)
            {
                quoted = true;
            }
            else if (letter == '"' || closed)
            {
                return null;
            }
            else
            {
                cell.Append(letter);
            }
        }

        cells.Add(cell.ToString());
        return quoted ? null : cells;
    }

    private static bool IsName(string text) => Name.IsValid(text);

    private static bool IsText(string text) => text.Length > 0 && IsTextOrNone(text);

    private static bool IsTextOrNone(string text) => text.Length <= LongestText && !text.Any(char.IsControl);

    /// <summary>A day, or an instant with its distance from UTC.</summary>
    private static bool TryInstant(string text, out long at)
    {
        at = 0;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            at = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds();
            return true;
        }

        string[] forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.fffK"];
        var read = DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant);
        at = read ? instant.ToUnixTimeMilliseconds() : 0;
        return read;
    }

    private sealed record Column(string Name, Func<string, bool> Holds, bool Optional = false);
}
