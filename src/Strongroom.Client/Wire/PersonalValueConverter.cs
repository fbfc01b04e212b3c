using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strongroom.Client.Wire;

/// <summary>Writes and reads personal values on the wire. Registered with this client's JSON alone: anybody else's serialiser finds nothing to write.</summary>
internal sealed class PersonalValueConverter : JsonConverter<PersonalValue>
{
    public override PersonalValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return PersonalValue.Of(reader.GetString()!);
        }

        using var document = JsonDocument.ParseValue(ref reader);
        return PersonalValue.Of(document.RootElement);
    }

    public override void Write(Utf8JsonWriter writer, PersonalValue value, JsonSerializerOptions options)
    {
        if (value.IsStructured)
        {
            writer.WriteRawValue(value.Reveal());
        }
        else
        {
            writer.WriteStringValue(value.Reveal());
        }
    }
}
