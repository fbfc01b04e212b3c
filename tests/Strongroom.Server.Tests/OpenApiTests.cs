using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Strongroom.Server.Tests.Harness;
using Strongroom.Tests;

namespace Strongroom.Server.Tests;

/// <summary>The interface description: what clients are generated from. <c>UPDATE_OPENAPI=1</c> rewrites the checked-in copy.</summary>
public sealed partial class OpenApiTests(Shared shared)
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_description_is_valid_OpenAPI_3_1()
    {
        var text = await TextAsync();
        Assert.StartsWith("3.1.", JsonNode.Parse(text)!["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        var read = OpenApiDocument.Parse(text, "json");
        Assert.Empty(read.Diagnostic!.Errors);
        Assert.NotNull(read.Document);

        var missing = References(JsonNode.Parse(text)!).Where(r => Find(JsonNode.Parse(text)!, r) is null);
        Assert.Empty(missing);
    }

    [Fact]
    public async Task Ids_are_strings_with_their_pattern()
    {
        var document = JsonNode.Parse(await TextAsync())!;
        var ids = document["components"]!["schemas"]!.AsObject().Where(s => s.Key.EndsWith("Id", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(ids);
        Assert.All(ids, id => Assert.Equal(("string", "^[0-9a-f]{32}$"), (id.Value!["type"]?.ToString(), id.Value["pattern"]?.ToString())));

        var parameters = from path in document["paths"]!.AsObject()
                         from operation in path.Value!.AsObject()
                         from parameter in operation.Value!["parameters"]?.AsArray() ?? []
                         where parameter!["name"]!.GetValue<string>() == "id"
                         select (path.Key, Schema: parameter["schema"]!["$ref"] is { } r ? Find(document, r.GetValue<string>())! : parameter["schema"]!);
        Assert.All(parameters, p => Assert.True(p.Schema["pattern"]?.ToString() == "^[0-9a-f]{32}$", p.Key));
    }

    [Fact]
    public async Task It_is_the_checked_in_one()
    {
        var path = Path.Combine(Repository.Root, "docs", "openapi", "v1.json");
        var now = JsonNode.Parse(await TextAsync())!.ToJsonString(Written) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_OPENAPI") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, now, TestContext.Current.CancellationToken);
        }

        var kept = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.True(string.Equals(kept, now, StringComparison.Ordinal),
            $"docs/openapi/v1.json is not what the server serves (line {FirstDifference(kept, now)}); run the tests with UPDATE_OPENAPI=1 and look at the difference");
    }

    private async Task<string> TextAsync()
    {
        var answer = await (await shared.WorldAsync()).Staff.Admin.GetAsync("/openapi/v1.json");
        answer.Good();
        return answer.Text;
    }

    private static int FirstDifference(string one, string other) =>
        one.Split('\n').Zip(other.Split('\n')).TakeWhile(pair => pair.First == pair.Second).Count() + 1;

    private static IEnumerable<string> References(JsonNode node) => node switch
    {
        JsonObject map => map.SelectMany(member => member.Key == "$ref" ? [member.Value!.GetValue<string>()] : member.Value is null ? [] : References(member.Value)),
        JsonArray list => list.SelectMany(item => item is null ? [] : References(item)),
        _ => [],
    };

    private static JsonNode? Find(JsonNode document, string reference) =>
        reference.TrimStart('#', '/').Split('/').Aggregate((JsonNode?)document, (node, step) => node?[step]);
}
