using System.Text.Json.Nodes;

namespace Strongroom.Server.Tests.Fuzz;

/// <summary>A body that fits a schema of the interface description: what a mutation begins from.</summary>
internal static class SampleBody
{
    private const int Deepest = 6;

    /// <param name="document">The whole description, for its references.</param>
    /// <param name="known">Values for members of these names: ids and keys that exist, so that a body gets past the first look.</param>
    public static JsonNode? Of(JsonNode document, JsonNode? schema, IReadOnlyDictionary<string, JsonNode> known) => Of(document, schema, known, "", 0);

    private static JsonNode? Of(JsonNode document, JsonNode? schema, IReadOnlyDictionary<string, JsonNode> known, string name, int depth)
    {
        if (schema is not JsonObject given || depth > Deepest)
        {
            return null;
        }

        if (given["$ref"]?.GetValue<string>() is { } reference)
        {
            return Of(document, reference.TrimStart('#', '/').Split('/').Aggregate((JsonNode?)document, (node, step) => node?[step]), known, name, depth);
        }

        if (known.TryGetValue(name, out var value))
        {
            return value.DeepClone();
        }

        if ((given["oneOf"] ?? given["anyOf"]) is JsonArray choices)
        {
            return Of(document, choices.FirstOrDefault(choice => choice?["type"]?.ToString() != "null"), known, name, depth);
        }

        return Type(given) switch
        {
            "object" => Object(document, given, known, depth),
            "array" => new JsonArray([Of(document, given["items"], known, name.TrimEnd('s'), depth + 1)]),
            "integer" => given["maximum"]?.ToString() == "4" ? 2 : 1,
            "number" => 1.5,
            "boolean" => false,
            _ => Text(given, name),
        };
    }

    private static JsonObject Object(JsonNode document, JsonObject schema, IReadOnlyDictionary<string, JsonNode> known, int depth)
    {
        var sample = new JsonObject();
        foreach (var (name, member) in schema["properties"]?.AsObject() ?? [])
        {
            sample[name] = Of(document, member, known, name, depth + 1);
        }

        if (schema["additionalProperties"] is JsonObject values)
        {
            sample["name"] = Of(document, values, known, "", depth + 1);
        }

        return sample;
    }

    private static string Type(JsonObject schema) => schema["type"] switch
    {
        JsonArray several => several.Select(one => one!.ToString()).FirstOrDefault(one => one != "null") ?? "string",
        { } one => one.ToString(),
        null when schema["properties"] is not null => "object",
        null => "string",
    };

    private static string Text(JsonObject schema, string name) => schema switch
    {
        { } when schema["enum"] is JsonArray { Count: > 0 } names => names[0]!.ToString(),
        { } when schema["pattern"]?.ToString().StartsWith("^[0-9a-f]{32}", StringComparison.Ordinal) == true => "0123456789abcdef0123456789abcdef",
        _ => name.Length > 0 ? name.ToLowerInvariant() : "text",
    };
}
