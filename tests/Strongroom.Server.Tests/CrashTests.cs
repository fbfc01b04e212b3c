using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Npgsql;
using Strongroom.Server.Tests.Harness;
using Strongroom.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>
/// kill -9 under load: whatever was acknowledged is found again and provable, what was shown has its entry, nothing is half written, and the
/// log verifies. The short runs belong to every build, the long ones to <c>./build.sh soak</c> (STRONGROOM_ROUNDS makes them shorter).
/// </summary>
public sealed class CrashTests(PostgresServer postgres)
{
    [Fact]
    public Task No_acknowledged_submission_is_lost_when_the_server_is_killed_on_sqlite() => KilledAsync(null, rounds: 7);

    [Fact]
    public Task No_acknowledged_submission_is_lost_when_the_server_is_killed_on_postgresql() => KilledAsync(postgres, rounds: 5);

    [Fact]
    [Trait("Suite", "soak")]
    public Task Hundreds_of_kills_on_sqlite_lose_nothing() => KilledAsync(null, Rounds(500));

    [Fact]
    [Trait("Suite", "soak")]
    public Task Hundreds_of_kills_on_postgresql_lose_nothing() => KilledAsync(postgres, Rounds(200));

    private static int Rounds(int most) =>
        int.TryParse(Environment.GetEnvironmentVariable("STRONGROOM_ROUNDS"), out var rounds) ? Math.Min(rounds, most) : most;

    private static async Task KilledAsync(PostgresServer? engine, int rounds)
    {
        await using var place = await Place.OpenedAsync(engine);
        var server = await place.ServeAsync();
        try
        {
            var (staff, business) = await place.PeopleAtAsync(server);
            var acknowledged = new ConcurrentDictionary<int, JsonNode>();
            var shown = new ConcurrentQueue<string>();
            var next = 0;
            for (var round = 0; round < rounds; round++)
            {
                var client = server.Client(business.Token);
                var load = Enumerable.Range(0, 8).Select(_ => LoadAsync(client, business, () => Interlocked.Increment(ref next), acknowledged, shown)).ToArray();
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
                await RecordedAsync(staff.Auditor.At(server), shown.TakeLast(30));
            }

            await FoundAsync(server, business, acknowledged);
            await ProvableAsync(staff.Auditor.At(server), acknowledged.Values);
            Assert.NotEmpty(shown);
            await RecordedAsync(staff.Auditor.At(server), shown);
            Assert.Equal(0, await server.StopAsync());
            await WholeAsync(engine, place, acknowledged.Count);
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

    private static async Task LoadAsync(Caller client, Business business, Func<int> next, ConcurrentDictionary<int, JsonNode> acknowledged, ConcurrentQueue<string> shown)
    {
        while (true)
        {
            var number = next();
            try
            {
                var taken = (await Business.CollectAsync(client, business.BookingOf(number))).Good();
                acknowledged[number] = taken;
                var view = await client.PostAsync($"/v1/customers/{taken["customer"]}/view", new { purpose = "fulfil", items = new[] { "name" } });
                shown.Enqueue(view.Good()["entry"]!.GetValue<string>());
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

    /// <summary>No read was answered without its durable entry.</summary>
    private static Task RecordedAsync(Caller auditor, IEnumerable<string> entries) =>
        Parallel.ForEachAsync(entries, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (entry, _) => (await auditor.GetAsync($"/v1/audit/entries/{entry}")).Good());

    /// <summary>Nothing is half written: every row has the rows that its transaction wrote with it.</summary>
    private static async Task WholeAsync(PostgresServer? engine, Place place, int acknowledged)
    {
        string[] none =
        [
            "SELECT count(*) FROM record r WHERE NOT EXISTS (SELECT 1 FROM customer c WHERE c.id = r.customer)",
            "SELECT count(*) FROM customer c WHERE c.state <> 'destroyed' AND NOT EXISTS (SELECT 1 FROM record r WHERE r.customer = c.id)",
            "SELECT count(*) FROM customer c WHERE c.state <> 'destroyed' AND NOT EXISTS (SELECT 1 FROM intake i WHERE i.customer = c.id)",
            "SELECT count(*) FROM customer c WHERE c.state <> 'destroyed' AND NOT EXISTS (SELECT 1 FROM consent s WHERE s.customer = c.id)",
            "SELECT count(*) FROM record r WHERE r.general > 0 AND NOT EXISTS (SELECT 1 FROM general_item g WHERE g.record = r.id AND g.version = r.general)",
            "SELECT count(*) FROM record r WHERE r.sensitive > 0 AND NOT EXISTS (SELECT 1 FROM sensitive_item g WHERE g.record = r.id AND g.version = r.sensitive)",
            "SELECT count(*) FROM record r WHERE r.type = 'profile' AND NOT EXISTS (SELECT 1 FROM identity_claim k WHERE k.record = r.id)",
            "SELECT count(*) FROM intake i WHERE NOT EXISTS (SELECT 1 FROM customer c WHERE c.id = i.customer)",
            "SELECT (SELECT count(*) FROM log_entry) - (SELECT sum(seq) FROM log_chain)",
            "SELECT (SELECT count(*) FROM log_entry WHERE act = 'add' AND decision IS NULL OR act = 'add' AND decision = 'permit') - (SELECT count(*) FROM intake)",
        ];
        foreach (var sql in none)
        {
            Assert.True(await ScalarAsync(engine, place, sql) == 0, sql);
        }

        Assert.True(await ScalarAsync(engine, place, "SELECT count(*) FROM intake") >= acknowledged);
    }

    private static async Task<long> ScalarAsync(PostgresServer? engine, Place place, string sql)
    {
        if (engine is null)
        {
            await using var file = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(place.Data, "strongroom.db"), Pooling = false }.ToString());
            await file.OpenAsync();
            await using var read = new SqliteCommand(sql, file);
            return Convert.ToInt64(await read.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
        }

        await using var admin = await engine.AdminAsync(new NpgsqlConnectionStringBuilder(place.Database).Database);
        await using var command = new NpgsqlCommand($"SET search_path = strongroom; {sql}", admin);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
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
