using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strongroom.Client.Wire;

internal sealed class OpaqueIdConverter<T> : JsonConverter<T> where T : struct, IOpaqueId<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is var text && OpaqueId.IsValid(text) ? T.Of(text) : throw new JsonException("Not an id.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
