using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;

[assembly: AssemblyFixture(typeof(FilledDemo))]

namespace Strongroom.Server.Tests.Harness;

/// <summary>A demo as a newcomer fills it, once for the run, on first use. Whoever serves it takes a copy.</summary>
public sealed class FilledDemo : IAsyncLifetime
{
    private readonly Lazy<Task<(Place Place, Ran Ran)>> filled = new(FillAsync);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (filled.IsValueCreated && filled.Value.IsCompletedSuccessfully)
        {
            await (await filled.Value).Place.DisposeAsync();
        }
    }

    /// <summary>Its folder, and what it said while it was filled.</summary>
    internal Task<(Place Place, Ran Ran)> AskAsync() => filled.Value;

    /// <summary>Serves a copy, whose <c>demo.json</c> names the new address.</summary>
    internal async Task<ServerProcess> ServeAsync(Place copy)
    {
        var source = (await filled.Value).Place.Root;
        Template.CopyFolder(Path.Combine(source, "data"), copy.Data);
        var settings = Path.Combine(copy.Data, "strongroom.json");
        await File.WriteAllTextAsync(settings, (await File.ReadAllTextAsync(settings)).Replace(source, copy.Root, StringComparison.Ordinal));
        await copy.CatchUpAsync();
        var server = await copy.ServeAsync();
        var path = Path.Combine(copy.Data, "demo.json");
        var demo = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        demo["url"] = server.Url.ToString().TrimEnd('/');
        await File.WriteAllTextAsync(path, demo.ToJsonString());
        return server;
    }

    private static async Task<(Place, Ran)> FillAsync()
    {
        var place = await Place.NewAsync();
        var ran = await place.RunAsync("demo", "--data", place.Data, "--customers", "60", "--once", "--urls", "https://127.0.0.1:0");
        Assert.True(ran.Code == 0, ran.All);
        return (place, ran);
    }
}
