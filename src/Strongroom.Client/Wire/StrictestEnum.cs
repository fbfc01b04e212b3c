using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strongroom.Client.Wire;

/// <summary>A member that the server does not know: only what an unknown name is read as.</summary>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class NotOnTheWireAttribute : Attribute;

/// <summary>
/// Kebab-case names. An unknown name, of a newer server, reads as the first member, which every enum here keeps for the strictest meaning.
/// </summary>
internal sealed class StrictestEnum<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T> : JsonConverter<T> where T : struct, Enum
{
    private static readonly Dictionary<T, string> Names = typeof(T).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.GetCustomAttribute<NotOnTheWireAttribute>() is null)
        .ToDictionary(
            field => (T)field.GetValue(null)!,
            field => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? JsonNamingPolicy.KebabCaseLower.ConvertName(field.Name));

    private static readonly Dictionary<string, T> Values = Names.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Known => Values.Keys;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? Values.GetValueOrDefault(reader.GetString()!) : throw new JsonException("Not a name.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Names.TryGetValue(value, out var name) ? name : throw new JsonException("This member stands for names that are not known; it cannot be sent."));
}
