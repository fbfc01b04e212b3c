using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;
using Strongroom.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>
/// kill -9 under load: whatever was acknowledged is found again and provable, and the log verifies. The short runs belong to every build,
/// the long ones to <c>./build.sh soak</c>.
/// </summary>
public sealed class CrashTests(PostgresServer postgres)
{
    [Fact]
    public Task No_acknowledged_submission_is_lost_when_the_server_is_killed_on_sqlite() => KilledAsync(null, rounds: 12);

    [Fact]
    public Task No_acknowledged_submission_is_lost_when_the_server_is_killed_on_postgresql() => KilledAsync(postgres, rounds: 8);

    [Fact]
    [Trait("Suite", "soak")]
    public Task Hundreds_of_kills_on_sqlite_lose_nothing() => KilledAsync(null, rounds: 500);

    [Fact]
    [Trait("Suite", "soak")]
    public Task Hundreds_of_kills_on_postgresql_lose_nothing() => KilledAsync(postgres, rounds: 200);

    private static async Task KilledAsync(PostgresServer? engine, int rounds)
    {
        await using var place = await Place.InitAsync(engine, "airline");
        var server = await place.ServeAsync();
        try
        {
            var staff = await Staff.HireAsync(place, server, "data-owner", "dpo", "auditor", "back-office");
            var business = await Business.OpenAsync(staff);
            await business.AuthoriseAsync();
            var acknowledged = new ConcurrentDictionary<int, JsonNode>();
            var next = 0;
            for (var round = 0; round < rounds; round++)
            {
                var client = server.Client(business.Token);
                var load = Enumerable.Range(0, 8).Select(_ => LoadAsync(client, business, () => Interlocked.Increment(ref next), acknowledged)).ToArray();
                var wanted = acknowledged.Count + 10 + (round * 7 % 13);
                while (acknowledged.Count < wanted && !load.All(l => l.IsCompleted))
                {
                    await Task.Delay(2);
                }

                await server.KillAsync();
                await Task.WhenAll(load);
                Assert.True(acknowledged.Count >= wanted, $"only {acknowledged.Count} of {wanted}: {server.Said}");
                await server.DisposeAsync();
                server = await place.ServeAsync();
                await FoundAsync(server, business, acknowledged.Where(a => a.Key > next - 60));
            }

            await FoundAsync(server, business, acknowledged);
            await ProvableAsync(staff.Auditor.At(server), acknowledged.Values);
            Assert.Equal(0, await server.StopAsync());
            foreach (var where in engine is null ? new[] { place.Data, place.Anchor } : [place.Anchor])
            {
                var verified = await place.RunAsync("verify", where, "--key", place.LogKey);
                Assert.True(verified.Code == 0, verified.All);
            }
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task LoadAsync(Caller client, Business business, Func<int> next, ConcurrentDictionary<int, JsonNode> acknowledged)
    {
        while (true)
        {
            var number = next();
            try
            {
                acknowledged[number] = (await Business.CollectAsync(client, business.BookingOf(number))).Good();
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
            {
                return;
            }
        }
    }

    private static async Task FoundAsync(ServerProcess server, Business business, IEnumerable<KeyValuePair<int, JsonNode>> acknowledged)
    {
        var client = server.Client(business.Token);
        await Parallel.ForEachAsync(acknowledged, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (one, _) =>
        {
            var mobile = business.BookingOf(one.Key)["items"]!["mobile"]!.GetValue<string>();
            var found = await Business.FindAsync(client, "mobile", mobile);
            Assert.Contains(one.Value["customer"]!.GetValue<string>(), found);
        });
    }

    private static Task ProvableAsync(Caller auditor, IEnumerable<JsonNode> answers) =>
        Parallel.ForEachAsync(answers.TakeLast(200), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (answer, _) =>
        {
            var id = answer["entry"]!.GetValue<string>();
            var entry = (await auditor.GetAsync($"/v1/audit/entries/{id}")).Good();
            var proof = await LogTests.ProofAsync(auditor, id);
            Assert.True(Merkle.Included(
                proof["index"]!.GetValue<long>(), proof["size"]!.GetValue<long>(), Merkle.Leaf(Convert.FromBase64String(entry["body"]!.GetValue<string>())),
                [.. proof["proof"]!.AsArray().Select(h => Convert.FromBase64String(h!.GetValue<string>()))], Convert.FromBase64String(proof["root"]!.GetValue<string>())));
        });
}
