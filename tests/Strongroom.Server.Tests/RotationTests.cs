using Strongroom.Server.Tests.Harness;
using Strongroom.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary><c>strongroom keys rotate</c> on the running server: collected and found before, during and after; killed in the middle and resumed (R68).</summary>
public sealed class RotationTests(PostgresServer postgres)
{
    [Fact]
    public Task Keys_turn_while_the_server_serves_on_sqlite() => TurnAsync(null);

    [Fact]
    [Trait("Suite", "soak")]
    public Task Keys_turn_while_the_server_serves_on_postgresql() => TurnAsync(postgres);

    private static async Task TurnAsync(PostgresServer? engine)
    {
        await using var place = await Place.OpenedAsync(engine);
        var server = await place.ServeAsync();
        try
        {
            var (staff, business) = await place.PeopleAtAsync(server);
            var count = 0;
            await CollectAsync(server, business, 60, () => ++count);

            // A whole turn, with work going on.
            var turn = RotateAsync(place, server);
            while (!turn.IsCompleted)
            {
                await CollectAsync(server, business, 1, () => ++count);
                await FoundAsync(server, business, [1 + (count % 60), count]);
            }

            var turned = await turn;
            Assert.True(turned.Code == 0, turned.All);
            Assert.Contains("Epoch 2 is open", turned.Out, StringComparison.Ordinal);
            await FoundAsync(server, business, Enumerable.Range(1, count));

            // Killed in the middle, several times and somewhere else each time; every time everybody is found and the next run goes on.
            // On PostgreSQL a killed node's lease runs on for a while, so the second kill there meets a turn that waits.
            for (var kill = 0; kill < (engine is null ? 3 : 2); kill++)
            {
                (await staff.Admin.At(server).PostAsync("/v1/keys/rotate")).Good();
                await Task.Delay(15 * kill);
                await server.KillAsync();
                await server.DisposeAsync();
                server = await place.ServeAsync();
                await CollectAsync(server, business, 2, () => ++count);
                await FoundAsync(server, business, [1, 30, 60, count - 1, count]);
            }

            var resumed = await RotateAsync(place, server);
            Assert.True(resumed.Code == 0, resumed.All);
            await FoundAsync(server, business, Enumerable.Range(1, count));

            // One living epoch, its secret in the store and no other; and it stands in the log.
            Assert.Single(Directory.GetFiles(Path.Combine(place.Keys, "epochs"), "epoch-*"));
            var entries = (await staff.Auditor.At(server).GetAsync("/v1/audit/entries?act=key-epoch-turned")).Good()["entries"]!.AsArray();
            Assert.True(entries.Count >= 2);
            Assert.Equal(0, await server.StopAsync());

            // And by the verb alone, with nobody serving.
            var alone = await place.RunAsync("keys", "rotate", "--data", place.Data);
            Assert.True(alone.Code == 0, alone.All);
            await server.DisposeAsync();
            server = await place.ServeAsync();
            await FoundAsync(server, business, Enumerable.Range(1, count));
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task<Ran> RotateAsync(Place place, ServerProcess server)
    {
        var ca = Path.Combine(place.Root, "ca.pem");
        await File.WriteAllTextAsync(ca, server.CertificatePem);
        var environment = new Dictionary<string, string>(place.Environment) { ["STRONGROOM_PASSWORD"] = Caller.PasswordOf(place.Administrators[0].Account), ["STRONGROOM_CODE"] = place.Apps[place.Administrators[0].Account].Next() };
        return await Cli.RunAsync(environment, "keys", "rotate", "--server", server.Url.ToString(), "--account", place.Administrators[0].Account, "--ca", ca);
    }

    private static async Task CollectAsync(ServerProcess server, Business business, int many, Func<int> next)
    {
        var client = server.Client(business.Token);
        for (var i = 0; i < many; i++)
        {
            (await Business.CollectAsync(client, business.BookingOf(next()))).Good();
        }
    }

    private static async Task FoundAsync(ServerProcess server, Business business, IEnumerable<int> numbers)
    {
        var client = server.Client(business.Token);
        foreach (var number in numbers)
        {
            Assert.Single(await Business.FindAsync(client, "mobile", business.BookingOf(number)["items"]!["mobile"]!.GetValue<string>()));
        }
    }
}
