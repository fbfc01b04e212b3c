using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Strongroom.Ground.Json;

/// <summary>
/// JSON Canonicalization Scheme (RFC 8785): one byte form per JSON value, so that a signature over it means the value. Refused are
/// duplicate keys, lone surrogates, numbers outside IEEE 754, and integers that a double would silently change.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>How documents that will be signed or compared are read.</summary>
    public static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    private const int MaxDepth = 64;
    private const double MaxExactInteger = 9007199254740992; // 2^53

    /// <exception cref="CanonicalJsonException">The value has no canonical form.</exception>
    public static byte[] ToBytes(JsonElement value) => Encoding.UTF8.GetBytes(ToText(value));

    /// <summary>Parses and canonicalises UTF-8 JSON text.</summary>
    /// <exception cref="CanonicalJsonException">Not JSON, or without a canonical form.</exception>
    public static byte[] ToBytes(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
            using var document = JsonDocument.ParseValue(ref reader);
            return reader.Read() ? throw new CanonicalJsonException("trailing") : ToBytes(document.RootElement);
        }
        catch (JsonException)
        {
            throw new CanonicalJsonException("syntax");
        }
    }

    /// <summary>Serializes <paramref name="value"/> with its source-generated contract, then canonicalises.</summary>
    /// <exception cref="CanonicalJsonException">The value has no canonical form.</exception>
    public static byte[] ToBytes<T>(T value, JsonTypeInfo<T> contract) => ToBytes(JsonSerializer.SerializeToElement(value, contract));

    /// <inheritdoc cref="ToBytes(JsonElement)"/>
    public static string ToText(JsonElement value)
    {
        var text = new StringBuilder();
        Write(text, value, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonElement value, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new CanonicalJsonException("depth");
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(text, value, depth);
                break;
            case JsonValueKind.Array:
                WriteArray(text, value, depth);
                break;
            case JsonValueKind.String:
                WriteString(text, Decode(value, static v => v.GetString()!));
                break;
            case JsonValueKind.Number:
                text.Append(FormatNumber(value.GetRawText()));
                break;
            case JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null:
                text.Append(value.ValueKind switch { JsonValueKind.True => "true", JsonValueKind.False => "false", _ => "null" });
                break;
            default:
                throw new CanonicalJsonException("undefined");
        }
    }

    private static void WriteObject(StringBuilder text, JsonElement value, int depth)
    {
        var members = new List<(string Name, JsonElement Value)>();
        foreach (var member in value.EnumerateObject())
        {
            members.Add((Decode(member, static m => m.Name), member.Value));
        }

        // RFC 8785 §3.2.3 sorts by UTF-16 code units, which is what ordinal comparison does.
        members.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        text.Append('{');
        for (var i = 0; i < members.Count; i++)
        {
            if (i > 0 && string.Equals(members[i].Name, members[i - 1].Name, StringComparison.Ordinal))
            {
                throw new CanonicalJsonException("duplicate-key");
            }

            text.Append(i > 0 ? "," : "");
            WriteString(text, members[i].Name);
            text.Append(':');
            Write(text, members[i].Value, depth + 1);
        }

        text.Append('}');
    }

    private static void WriteArray(StringBuilder text, JsonElement value, int depth)
    {
        text.Append('[');
        var first = true;
        foreach (var element in value.EnumerateArray())
        {
            text.Append(first ? "" : ",");
            first = false;
            Write(text, element, depth + 1);
        }

        text.Append(']');
    }

    private static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsSurrogate(c))
            {
                if (!char.IsHighSurrogate(c) || i + 1 == value.Length || !char.IsLowSurrogate(value[i + 1]))
                {
                    throw new CanonicalJsonException("lone-surrogate");
                }

                text.Append(c).Append(value[++i]);
                continue;
            }

            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\t' => text.Append("\\t"),
                '\n' => text.Append("\\n"),
                '\f' => text.Append("\\f"),
                '\r' => text.Append("\\r"),
                < ' ' => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    /// <summary>A JSON number as ECMAScript prints the double nearest to it (RFC 8785 §3.2.2.3).</summary>
    internal static string FormatNumber(string raw)
    {
        if (!double.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            throw new CanonicalJsonException("number-range");
        }

        var text = FormatDouble(number);
        // Up to 2^53 every integer is a double. Beyond, one passes only if it is printed as it was written, which keeps this idempotent.
        var isInteger = raw.AsSpan().IndexOfAny(".eE") < 0;
        return isInteger && Math.Abs(number) >= MaxExactInteger && !string.Equals(text, raw, StringComparison.Ordinal)
            ? throw new CanonicalJsonException("inexact-integer")
            : text;
    }

    /// <summary>ECMA-262 Number::toString: the shortest digits that round-trip, laid out by exponent.</summary>
    internal static string FormatDouble(double number)
    {
        if (number == 0)
        {
            return "0"; // Also for minus zero.
        }

        // "R" gives the shortest round-trip digits; only the layout differs from ECMAScript's.
        var (digits, point) = Split(Math.Abs(number).ToString("R", CultureInfo.InvariantCulture));
        var body = point switch
        {
            > 0 and <= 21 when digits.Length <= point => digits.PadRight(point, '0'),
            > 0 and <= 21 => digits[..point] + "." + digits[point..],
            > -6 and <= 0 => "0." + new string('0', -point) + digits,
            _ => digits[..1] + (digits.Length > 1 ? "." + digits[1..] : "") + "e" + (point > 0 ? "+" : "-")
                + Math.Abs(point - 1).ToString(CultureInfo.InvariantCulture),
        };
        return number < 0 ? "-" + body : body;
    }

    /// <summary>Significant digits without outer zeros, and n such that the value is 0.digits × 10ⁿ.</summary>
    private static (string Digits, int Point) Split(string shortest)
    {
        var mark = shortest.IndexOf('E', StringComparison.Ordinal);
        var exponent = mark < 0 ? 0 : int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = mark < 0 ? shortest : shortest[..mark];
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var point = (dot < 0 ? mantissa.Length : dot) + exponent;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var leading = digits.Length - digits.TrimStart('0').Length;
        return (digits.Trim('0'), point - leading);
    }

    private static string Decode<T>(T from, Func<T, string> read)
    {
        try
        {
            return read(from);
        }
        catch (InvalidOperationException)
        {
            throw new CanonicalJsonException("lone-surrogate"); // Or bytes that are not UTF-8; neither is Unicode text.
        }
    }
}

/// <summary>A JSON value without a canonical form. The message is a code; it never holds a part of the value.</summary>
internal sealed class CanonicalJsonException(string reason) : FormatException("json." + reason)
{
    public string Code => Message;
}
