using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strongroom.Ground;

/// <summary>A short machine name: lower-case letter, then up to 39 of a–z, 0–9, underscore or hyphen.</summary>
public interface IName<TSelf> where TSelf : struct, IName<TSelf>
{
    string Value { get; }

    static abstract TSelf Make(string value);
}

public static class Name
{
    public const int Longest = 40;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    public static bool IsValid(string? text) =>
        text is { Length: > 0 and <= Longest }
        && char.IsAsciiLetterLower(text[0])
        && !text.AsSpan().ContainsAnyExcept(Allowed);

    public static bool TryParse<T>(string? text, out T name) where T : struct, IName<T>
    {
        var valid = IsValid(text);
        name = valid ? T.Make(text!) : default;
        return valid;
    }

    /// <exception cref="FormatException">Not a name. The text is not repeated: it may be anything.</exception>
    public static T Parse<T>(string? text) where T : struct, IName<T> =>
        TryParse<T>(text, out var name) ? name : throw new FormatException($"{typeof(T).Name} is a lower-case letter and up to 39 of a-z, 0-9, _ or -.");
}

public sealed class NameJson<T> : JsonConverter<T> where T : struct, IName<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Name.TryParse<T>(reader.GetString(), out var name)
            ? name
            : throw new JsonException("A key is a lower-case letter and up to 39 of a-z, 0-9, _ or -.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Name.TryParse<T>(reader.GetString(), out var name) ? name : throw new JsonException("A key is a lower-case letter and up to 39 of a-z, 0-9, _ or -.");

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(value.Value);
}
