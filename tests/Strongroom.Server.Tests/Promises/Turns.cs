using System.Diagnostics;
using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests.Promises;

/// <summary>Turning the key epoch over the API, waiting for the end.</summary>
internal static class Turns
{
    public static async Task<JsonNode> RunAsync(Caller admin)
    {
        (await admin.PostAsync("/v1/keys/rotate")).Good();
        return await EndAsync(admin);
    }

    /// <summary>The state once no turn runs.</summary>
    public static async Task<JsonNode> EndAsync(Caller admin)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            var view = (await admin.GetAsync("/v1/keys/rotate")).Good();
            if (view["state"]!.GetValue<string>() != "running")
            {
                return view;
            }

            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(90), view.ToJsonString());
            await Task.Delay(50);
        }
    }
}
