using System.Globalization;
using System.Text.Json;
using Strongroom.Ground.Identifiers;

namespace Strongroom.Ground.Masks;

/// <summary>Masks that show a fact about a record or number instead of a part of it.</summary>
internal static class RecordMasks
{
    private static readonly string[] _dateMembers = ["month", "from", "checkin", "check_in", "start", "date", "arrival"];

    /// <summary>"PEK-CAN, CAN-PEK": where, not when or on which flight.</summary>
    public static string? Route(string value) => Segment.ReadAll(value) is { Count: <= 20 } legs
        ? string.Join(", ", legs.Select(leg => leg.From + "-" + leg.To))
        : null;

    /// <summary>The month of a date, or of a record's first date member.</summary>
    public static string? Month(string value)
    {
        var date = IsJson(value)
            ? Structured.Read(value, root => root.ValueKind == JsonValueKind.Object
                ? _dateMembers.Select(member => Structured.Text(root, member)).FirstOrDefault(text => text is not null)
                : null)
            : value;
        return date is not null && IdentifierText.Fold(date) is { } folded
            && CalendarDate.Normalise(folded.Length == 7 ? folded + "-01" : folded) is { } day ? day[..7] : null;
    }

    /// <summary>How many entries a list has; one for a single record or reference.</summary>
    public static string? Count(string value) => IsJson(value)
        ? Structured.Read(value, root => root.ValueKind switch
        {
            JsonValueKind.Array => root.GetArrayLength().ToString(CultureInfo.InvariantCulture),
            JsonValueKind.Object => "1",
            _ => null,
        })
        : PersonReference.Read(value) is null ? null : "1";

    /// <summary>The amount of money as it is, or the number of records it is made of.</summary>
    public static string? Total(string value) => IsJson(value)
        ? Count(value)
        : IdentifierText.Fold(value) is { } folded && Money.Normalise(folded) is { } money && Money.Check(money).IsOk ? money : null;

    /// <summary>"600-699" for 650 at width 100; a record gives its score or its grade of one to three letters.</summary>
    public static string? Band(string value, int width)
    {
        if (!IsJson(value))
        {
            return IdentifierText.Fold(value) is { } folded && Number.Parse(folded) is { } number ? Bucket(number, width) : null;
        }

        return Structured.Read(value, root =>
            root.ValueKind != JsonValueKind.Object ? null
            : root.TryGetProperty("score", out var score) && score.ValueKind == JsonValueKind.Number && score.TryGetDecimal(out var points) ? Bucket(points, width)
            : Structured.Text(root, "grade") is { Length: >= 1 and <= 3 } grade && grade.All(c => c is >= 'A' and <= 'D' or '+' or '-') ? grade
            : null);
    }

    private static string? Bucket(decimal number, int width)
    {
        if (number is < 0 or > 1_000_000_000)
        {
            return null;
        }

        var from = decimal.ToInt64(decimal.Floor(number / width)) * width;
        return string.Create(CultureInfo.InvariantCulture, $"{from}-{from + width - 1}");
    }

    private static bool IsJson(string value) => value.AsSpan().TrimStart() is ['{' or '[', ..];
}
