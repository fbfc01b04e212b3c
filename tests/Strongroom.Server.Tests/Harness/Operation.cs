using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Server.Tests.Harness;

/// <summary>One operation of the interface description, with what a test needs to call it.</summary>
/// <param name="Path">With its placeholders filled by well-formed names of nothing.</param>
internal sealed partial record Operation(string Id, HttpMethod Method, string Route, string Path, string Policy, string? BodyType, JsonObject? Schema)
{
    /// <summary>Every operation of the document.</summary>
    public static IReadOnlyList<Operation> Of(JsonNode document) =>
    [
        .. from path in document["paths"]!.AsObject()
           from operation in path.Value!.AsObject()
           where operation.Key is "get" or "post" or "put" or "patch" or "delete"
           select Read(document, path.Key, operation.Key, operation.Value!.AsObject()),
    ];

    /// <summary>Somebody of the staff who may knock here; null when no post may.</summary>
    public string? Knocker(IEnumerable<string> posts) => posts.FirstOrDefault(post => PolicyTable.Refusal(Policy, Holder(post)) is null);

    public static Actor Holder(string post) => new()
    {
        Kind = ActorKind.Person,
        Person = PersonId.New(),
        Posts = [new HeldPost(PostKey.Of(post.StartsWith("admin-4a", StringComparison.Ordinal) ? "admin-4a" : post), UnitId.New(), 0, null)],
    };

    private static Operation Read(JsonNode document, string route, string method, JsonObject operation)
    {
        var path = Placeholder().Replace(route, hole => Fill(operation, hole.Groups[1].Value));
        var body = operation["requestBody"]?["content"]?.AsObject().FirstOrDefault();
        return new Operation(
            operation["operationId"]?.GetValue<string>() ?? "", new HttpMethod(method.ToUpperInvariant()), route, path,
            PolicyName().Match(operation["description"]?.GetValue<string>() ?? "").Groups[1].Value,
            body?.Key, body?.Value is { } content ? Resolve(document, content["schema"]) : null);
    }

    private static string Fill(JsonObject operation, string name)
    {
        var schema = operation["parameters"]?.AsArray().FirstOrDefault(p => p!["in"]?.GetValue<string>() == "path" && p["name"]!.GetValue<string>() == name)?["schema"];
        return name switch
        {
            "path" => "0/000",
            _ when schema?["pattern"]?.GetValue<string>().StartsWith("^[0-9a-f]{32}", StringComparison.Ordinal) == true => "0123456789abcdef0123456789abcdef",
            _ when name == "version" => "1",
            _ => "nothing-of-that-name",
        };
    }

    private static JsonObject? Resolve(JsonNode document, JsonNode? schema) =>
        schema?["$ref"]?.GetValue<string>() is { } reference
            ? document["components"]!["schemas"]![reference["#/components/schemas/".Length..]]!.AsObject()
            : schema?.AsObject();

    [GeneratedRegex(@"\{([a-zA-Z]+)(:[a-z]+)?\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"Policy: ([a-z.-]+)\. ")]
    private static partial Regex PolicyName();
}
