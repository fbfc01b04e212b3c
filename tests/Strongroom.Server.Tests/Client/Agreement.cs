using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Strongroom.Client;
using Strongroom.Client.Wire;

namespace Strongroom.Server.Tests.Client;

/// <summary>Compares the client's contracts with the interface description, member by member.</summary>
internal sealed class Agreement(JsonNode document)
{
    private const string IdPattern = "^[0-9a-f]{32}$";

    private readonly List<string> differences = [];

    /// <summary>Each operation with what the client sends and what it reads.</summary>
    public static readonly IReadOnlyList<(string Operation, Type? Sent, string? Status, Type? Read)> Table =
    [
        ("collect", typeof(Submission), "201", typeof(CollectAnswer)),
        ("collect", null, "200", typeof(KnownAnswer)),
        ("collect-bulk", typeof(Submission), null, null),
        ("customer-find", typeof(FindRequest), "200", typeof(FindAnswer)),
        ("customer-view", typeof(ViewRequest), "200", typeof(ViewAnswer)),
        ("customer-view-many", typeof(ViewManyRequest), "200", typeof(ViewManyAnswer)),
        ("customer-compare", typeof(CompareRequest), "200", typeof(CompareAnswer)),
        ("customer-correct", typeof(CorrectRequest), "200", typeof(CorrectAnswer)),
        ("consent-record", typeof(ConsentsRequest), "201", typeof(ConsentsAnswer)),
        ("consent-withdraw", null, "200", typeof(WithdrawAnswer)),
        ("receipts", null, "200", typeof(ReceiptsAnswer)),
        ("receipt", null, null, null),
        ("service-session-open", typeof(SessionRequest), "200", typeof(SessionAnswer)),
        ("service-session-customer", typeof(SessionCustomerRequest), "200", typeof(SessionAnswer)),
        ("service-session-verify", typeof(VerifyRequest), "200", typeof(VerifyAnswer)),
        ("service-session-close", null, "200", typeof(SessionAnswer)),
        ("call-open", typeof(CallRequest), "200", typeof(CallAnnounced)),
        ("call-close", null, "200", typeof(CallClosed)),
        ("explain", typeof(ExplainRequest), "200", typeof(ExplainAnswer)),
    ];

    public IReadOnlyList<string> Compare(IEnumerable<(string Operation, Type? Sent, string? Status, Type? Read)> table)
    {
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(method => method.Value!)
            .ToDictionary(operation => operation["operationId"]?.GetValue<string>() ?? "");
        foreach (var (name, sent, status, read) in table)
        {
            if (!operations.TryGetValue(name, out var operation))
            {
                differences.Add($"{name}: the server has no such operation");
                continue;
            }

            if (sent is not null)
            {
                Walk(sent, operation["requestBody"]?["content"]?.AsObject().First().Value?["schema"], $"{name} request");
            }

            if (read is not null)
            {
                Walk(read, operation["responses"]?[status!]?["content"]?.AsObject().First().Value?["schema"], $"{name} {status}");
            }
        }

        return differences;
    }

    private void Walk(Type type, JsonNode? given, string at)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Resolve(given) is not JsonObject schema)
        {
            Expect(type == typeof(PersonalValue), at, "no schema");
            return;
        }

        if (type.IsEnum)
        {
            // Submissions take names as text, so that one answer tells every mistake; there the enum is the client's help alone.
            Expect(schema["enum"] is null ? Is(schema, "string") : Names(type).SetEquals(schema["enum"]!.AsArray().Select(n => n!.GetValue<string>())), at, "other names");
        }
        else if (type == typeof(PersonalValue) || type == typeof(string))
        {
            Expect(Is(schema, "string") && schema["pattern"]?.GetValue<string>() != IdPattern, at, "no text");
        }
        else if (typeof(IConvertible).IsAssignableFrom(type))
        {
            Expect(Is(schema, type == typeof(bool) ? "boolean" : "integer"), at, $"no {type.Name}");
        }
        else if (type.Name.EndsWith("Id", StringComparison.Ordinal))
        {
            Expect(Is(schema, "string") && (schema["pattern"] is null || schema["pattern"]!.GetValue<string>() == IdPattern), at, "no id");
        }
        else
        {
            Structured(ClientJson.Wire.GetTypeInfo(type) ?? throw new InvalidOperationException(type.Name), schema, at);
        }
    }

    private void Structured(JsonTypeInfo info, JsonObject schema, string at)
    {
        switch (info.Kind)
        {
            case JsonTypeInfoKind.Enumerable:
                Expect(Is(schema, "array"), at, "no list");
                // Where the description leaves the element open, there is nothing to disagree with.
                if (schema["items"] is { } element)
                {
                    Walk(info.ElementType!, element, at + "[]");
                }


                break;
            case JsonTypeInfoKind.Dictionary:
                Expect(Is(schema, "object") && schema["properties"] is null, at, "no map");
                Walk(info.ElementType!, schema["additionalProperties"], at + ".*");
                break;
            default:
                var ours = info.Properties.ToDictionary(p => p.Name, p => p.PropertyType);
                var theirs = schema["properties"]?.AsObject().Select(p => p.Key).ToHashSet() ?? [];
                differences.AddRange(theirs.Except(ours.Keys).Select(name => $"{at}.{name}: the client has no such member"));
                differences.AddRange(ours.Keys.Except(theirs).Select(name => $"{at}.{name}: the server has no such member"));
                foreach (var name in ours.Keys.Intersect(theirs))
                {
                    Walk(ours[name], schema["properties"]![name], $"{at}.{name}");
                }

                break;
        }
    }

    /// <summary>Follows a reference, and looks past "or null".</summary>
    private JsonNode? Resolve(JsonNode? schema)
    {
        while (true)
        {
            if (schema?["$ref"]?.GetValue<string>() is { } reference)
            {
                schema = reference.TrimStart('#', '/').Split('/').Aggregate((JsonNode?)document, (node, step) => node?[step]);
            }
            else if (schema?["oneOf"] is JsonArray either)
            {
                schema = either.First(one => one!["type"]?.ToString() != "null");
            }
            else
            {
                return schema;
            }
        }
    }

    private static bool Is(JsonObject schema, string type) => schema["type"] switch
    {
        JsonArray several => several.Any(one => one!.GetValue<string>() == type),
        JsonValue one => one.GetValue<string>() == type,
        _ => false,
    };

    private static HashSet<string> Names(Type type) =>
        [.. (IReadOnlyCollection<string>)typeof(StrictestEnum<>).MakeGenericType(type).GetProperty(nameof(StrictestEnum<Shown>.Known))!.GetValue(null)!];

    private void Expect(bool holds, string at, string otherwise)
    {
        if (!holds)
        {
            differences.Add($"{at}: {otherwise}");
        }
    }
}
