using System.Text.Json.Nodes;
using Strongroom.Client;
using Strongroom.Server.Tests.Client;
using Strongroom.Tests;

namespace Strongroom.Server.Tests;

/// <summary>The client library and the interface description say the same; whoever changes one is told to change the other.</summary>
public sealed partial class OpenApiTests
{
    [Fact]
    public async Task The_client_library_agrees_with_it_member_by_member()
    {
        var differences = new Agreement(await KeptAsync()).Compare(Agreement.Table);
        Assert.True(differences.Count == 0, "src/Strongroom.Client does not match docs/openapi/v1.json:\n" + string.Join('\n', differences));
    }

    [Fact]
    public async Task A_planted_disagreement_is_found()
    {
        var document = await KeptAsync();
        var schemas = document["components"]!["schemas"]!;
        schemas["ViewedItem"]!["properties"]!.AsObject().Remove("version");
        schemas["FoundCustomer"]!["properties"]!["score"] = new JsonObject { ["type"] = "integer" };
        schemas["Shown"]!["enum"]!.AsArray().Add("sold");
        var found = new Agreement(document).Compare(
            [("customer-view", null, "200", typeof(ViewAnswer)), ("customer-find", typeof(ViewRequest), "200", typeof(FindAnswer)), ("no-such", null, null, null)]);
        Assert.Contains("customer-view 200.records[].items.*.version: the server has no such member", found);
        Assert.Contains("customer-view 200.records[].items.*.shown: other names", found);
        Assert.Contains("customer-find 200.customers[].score: the client has no such member", found);
        Assert.Contains("customer-find request.value: the client has no such member", found);
        Assert.Contains("no-such: the server has no such operation", found);
    }

    private static async Task<JsonNode> KeptAsync() =>
        JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "openapi", "v1.json"), TestContext.Current.CancellationToken))!;
}
