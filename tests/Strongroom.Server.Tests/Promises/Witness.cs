using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests.Promises;

/// <summary>A booking system that remembers what was acknowledged to it, and asks for it afterwards.</summary>
internal sealed class Witness(Business business)
{
    private readonly ConcurrentDictionary<int, JsonNode> taken = new();
    private readonly ConcurrentDictionary<string, string> views = new();
    private int next;

    public IReadOnlyDictionary<int, JsonNode> Taken => taken;

    /// <summary>Hands in one booking more; what is acknowledged is remembered.</summary>
    public async Task<Answer> CollectAsync(Caller client)
    {
        var number = Interlocked.Increment(ref next);
        var answer = await Business.CollectAsync(client, business.BookingOf(number));
        if ((int)answer.Status == 201)
        {
            taken[number] = answer.Json;
        }

        return answer;
    }

    public async Task CollectAsync(Caller client, int many)
    {
        for (var i = 0; i < many; i++)
        {
            (await CollectAsync(client)).Good();
        }
    }

    /// <summary>Looks at a customer; the entry of what was shown is remembered.</summary>
    public async Task<Answer> ViewAsync(Caller client, string customer)
    {
        var answer = await client.PostAsync($"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "name" } });
        if ((int)answer.Status == 200)
        {
            views[answer.Json["entry"]!.GetValue<string>()] = customer;
        }

        return answer;
    }

    public Task<Answer> ViewAnyAsync(Caller client) => ViewAsync(client, taken.First().Value["customer"]!.GetValue<string>());

    /// <summary>Every acknowledged customer is found by the mobile handed in, and every read that was answered has its entry.</summary>
    public async Task NothingLostAsync(Caller client, Caller auditor, int newest = int.MaxValue)
    {
        var many = new ParallelOptions { MaxDegreeOfParallelism = 8 };
        await Parallel.ForEachAsync(taken.OrderByDescending(t => t.Key).Take(newest), many, async (one, _) =>
        {
            var mobile = business.BookingOf(one.Key)["items"]!["mobile"]!.GetValue<string>();
            Assert.Contains(one.Value["customer"]!.GetValue<string>(), await Business.FindAsync(client, "mobile", mobile));
        });
        await Parallel.ForEachAsync(views.Keys.Concat(taken.Values.Select(t => t["entry"]!.GetValue<string>())).TakeLast(newest), many, async (entry, _) =>
            (await auditor.GetAsync($"/v1/audit/entries/{entry}")).Good());
    }

    /// <summary>Readiness as a monitor without credentials sees it now: the whole, and each part's code.</summary>
    public static async Task<(bool Ready, JsonObject Parts)> ReadyAsync(Caller anyone)
    {
        var answer = await anyone.Fresh().GetAsync("/readyz");
        Assert.True((int)answer.Status is 200 or 503, answer.Text);
        Assert.Equal((int)answer.Status == 200, answer.Json["ready"]!.GetValue<bool>());
        return (answer.Json["ready"]!.GetValue<bool>(), answer.Json["parts"]!.AsObject());
    }

    /// <summary>Waits until readiness is as wanted.</summary>
    public static async Task<JsonObject> UntilAsync(Caller anyone, Func<bool, JsonObject, bool> wanted)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            var (ready, parts) = await ReadyAsync(anyone);
            if (wanted(ready, parts))
            {
                return parts;
            }

            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(90), $"readiness stays {parts.ToJsonString()}");
            await Task.Delay(100);
        }
    }

    public static Task<JsonObject> UntilReadyAsync(Caller anyone) => UntilAsync(anyone, (ready, _) => ready);

    public static string Part(JsonObject parts, string name) => parts[name]?.GetValue<string>() ?? "(absent)";
}
