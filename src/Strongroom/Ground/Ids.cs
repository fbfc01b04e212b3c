using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strongroom.Ground;

/// <summary>An opaque 128-bit random identifier: 32 lower-case hex digits outside, 16 bytes in storage.</summary>
public interface IId<TSelf> where TSelf : struct, IId<TSelf>
{
    UInt128 Value { get; }

    static abstract TSelf From(UInt128 value);
}

/// <summary>What every id type shares: making, reading and writing.</summary>
public static class Id
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    public static T New<T>() where T : struct, IId<T>
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return T.From(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    public static string Format(UInt128 value) => value.ToString("x32", CultureInfo.InvariantCulture);

    public static byte[] Bytes(UInt128 value)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>Reads 32 lower-case hex digits; anything else, upper case included, is not an id.</summary>
    public static bool TryParse<T>([NotNullWhen(true)] string? text, out T id) where T : struct, IId<T>
    {
        id = default;
        if (text is not { Length: 32 } || text.AsSpan().ContainsAnyExcept(LowerHex))
        {
            return false;
        }

        id = T.From(UInt128.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return true;
    }

    /// <exception cref="FormatException">The column does not hold 16 bytes.</exception>
    public static T FromBytes<T>(byte[] bytes) where T : struct, IId<T> =>
        bytes is { Length: 16 } ? T.From(BinaryPrimitives.ReadUInt128BigEndian(bytes)) : throw new FormatException($"{typeof(T).Name} needs 16 bytes.");

    public static T Parse<T>(string text) where T : struct, IId<T> =>
        TryParse<T>(text, out var id) ? id : throw new FormatException($"{typeof(T).Name} is 32 lower-case hex digits.");
}

/// <summary>Reads and writes any id as 32 lower-case hex digits, also as a dictionary key.</summary>
public sealed class IdJson<T> : JsonConverter<T> where T : struct, IId<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Id.TryParse<T>(reader.GetString(), out var id)
            ? id
            : throw new JsonException("An id is 32 lower-case hex digits.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Id.Format(value.Value));

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Id.TryParse<T>(reader.GetString(), out var id) ? id : throw new JsonException("An id is 32 lower-case hex digits.");

    public override void WriteAsPropertyName(Utf8JsonWriter writer, [DisallowNull] T value, JsonSerializerOptions options) =>
        writer.WritePropertyName(Id.Format(value.Value));
}
