using Npgsql;
using Strongroom.Keys.Epochs;
using Strongroom.Server.Tests.Harness;
using Strongroom.Tests.Harness;

namespace Strongroom.Server.Tests.Promises;

/// <summary>
/// What the server stands on goes away while it serves and comes back: data, keyring, epoch store, root key, anchor. It refuses with a
/// stable code, readiness names the part, and it goes on by itself with nothing lost.
/// </summary>
public sealed class GoneTests(PostgresServer postgres)
{
    [Fact]
    public async Task Databases_that_go_away_and_come_back_cost_refusals_and_nothing_else()
    {
        await using var place = await Place.OpenedAsync(postgres);
        await using var data = Wire(place, "STRONGROOM_DATABASE");
        await using var keyring = Wire(place, "STRONGROOM_KEYRING");
        Witness witness;
        Staff staff;
        Business business;
        await using (var first = await place.ServeAsync())
        {
            (staff, business) = await place.PeopleAtAsync(first);
            witness = new Witness(business);
            await witness.CollectAsync(first.Client(business.Token), 6);
            Assert.Equal(0, await first.StopAsync());
        }

        // A fresh process: no customer's key lies in its cache, so nobody can be shown without the keyring.
        await using var server = await place.ServeAsync();
        var (client, auditor) = (server.Client(business.Token), staff.Auditor.At(server));
        await Witness.UntilReadyAsync(client);

        keyring.Cut();
        var (ready, parts) = await Witness.ReadyAsync(client);
        Assert.False(ready);
        Assert.NotEqual("ok", Witness.Part(parts, "keyring"));
        (await witness.ViewAnyAsync(client)).Refused(503, "keys.unavailable");
        (await witness.CollectAsync(client)).Refused(503, "keys.unavailable");
        keyring.Mend();
        await Witness.UntilReadyAsync(client);
        (await witness.ViewAnyAsync(client)).Good();
        await witness.CollectAsync(client, 2);

        data.Cut();
        (ready, parts) = await Witness.ReadyAsync(client);
        Assert.False(ready);
        Assert.NotEqual("ok", Witness.Part(parts, "data"));
        Assert.NotEqual("ok", Witness.Part(parts, "log"));
        foreach (var answer in new[]
        {
            await witness.ViewAnyAsync(client), await witness.CollectAsync(client), await server.Nobody().SignInAsync("auditor", Caller.PasswordOf("auditor")),
            await client.PostAsync("/v1/customers/find", new { item = "mobile", value = "15400000000", purpose = "fulfil" }), await auditor.GetAsync("/v1/audit/entries"),
        })
        {
            Assert.True((int)answer.Status == 503 && answer.Code is "store.unavailable" or "log.unavailable" or "store.unknown-outcome" or "policy.missing", answer.Text);
        }

        Assert.Equal("ok", (await client.Fresh().GetAsync("/healthz")).Text);
        data.Mend();
        await Witness.UntilReadyAsync(client);

        // Cut in the midst of work, several times.
        for (var round = 0; round < 4; round++)
        {
            var load = Enumerable.Range(0, 4).Select(async _ =>
            {
                for (var i = 0; i < 12; i++)
                {
                    var answer = await witness.CollectAsync(client);
                    Assert.True((int)answer.Status is 201 or 503, answer.Text);
                }
            }).ToArray();
            await Task.Delay(30 + (round * 17));
            var wire = round % 2 == 0 ? data : keyring;
            wire.Cut();
            await Task.Delay(60);
            wire.Mend();
            await Task.WhenAll(load);
        }

        await Witness.UntilReadyAsync(client);
        await witness.CollectAsync(client, 3);
        await witness.NothingLostAsync(client, auditor);
        Assert.Equal(0, await server.StopAsync());
        var verified = await place.RunAsync("verify", place.Anchor, "--key", place.LogKey);
        Assert.True(verified.Code == 0, verified.All);
    }

    [Fact]
    public async Task Epoch_store_root_key_and_anchor_that_go_away_are_named_and_needed_back()
    {
        await using var place = await Place.OpenedAsync();
        var server = await place.ServeAsync();
        try
        {
            var (staff, business) = await place.PeopleAtAsync(server);
            var (client, witness) = (server.Client(business.Token), new Witness(business));
            await witness.CollectAsync(client, 5);
            await Witness.UntilReadyAsync(client);

            // The anchor: readiness names it; signing goes on, and the anchor is brought up to date when it is back.
            Directory.Move(place.Anchor, place.Anchor + ".away");
            var parts = await Witness.UntilAsync(client, (ready, _) => !ready);
            Assert.Equal("anchor.unavailable", Witness.Part(parts, "anchor.folder-1"));
            await witness.CollectAsync(client, 2);
            Directory.Move(place.Anchor + ".away", place.Anchor);
            await Witness.UntilReadyAsync(client);

            // The only holder: what is open stays open, but no turn begins, and readiness says that this node could not start again.
            var epochs = Path.Combine(place.Keys, "epochs");
            Directory.Move(epochs, epochs + ".away");
            parts = await Witness.UntilAsync(client, (ready, _) => !ready);
            Assert.StartsWith("keys.epoch-secret", Witness.Part(parts, "epochs"), StringComparison.Ordinal);
            var failed = await Turns.RunAsync(staff.Admin);
            Assert.Equal("failed", failed["state"]!.GetValue<string>());
            Assert.StartsWith("keys.", failed["code"]!.GetValue<string>(), StringComparison.Ordinal);
            await witness.CollectAsync(client, 1);
            Assert.Equal(0, await server.StopAsync());
            await server.DisposeAsync();
            await NoStartAsync(place, "keys.", "holder");
            Directory.Move(epochs + ".away", epochs);

            // The root key.
            var root = Path.Combine(place.Keys, "root.key");
            File.Move(root, root + ".away");
            await NoStartAsync(place, "root", "root");
            File.Move(root + ".away", root);

            // One byte of the epoch's secret.
            var secret = Assert.Single(Directory.GetFiles(epochs, "epoch-*"));
            var text = await File.ReadAllTextAsync(secret, TestContext.Current.CancellationToken);
            var digit = text.TrimEnd()[^1];
            await File.WriteAllTextAsync(secret, text.TrimEnd()[..^1] + (digit == '0' ? '1' : '0') + "\n", TestContext.Current.CancellationToken);
            await NoStartAsync(place, "epoch", "epoch");
            await File.WriteAllTextAsync(secret, text, TestContext.Current.CancellationToken);

            server = await place.ServeAsync();
            client = server.Client(business.Token);
            await Witness.UntilReadyAsync(client);
            var turned = await Turns.RunAsync(staff.Admin.At(server));
            Assert.Equal("destroyed", turned["state"]!.GetValue<string>());
            await witness.CollectAsync(client, 1);
            await witness.NothingLostAsync(client, staff.Auditor.At(server));
            Assert.Equal(0, await server.StopAsync());
            var verified = await place.RunAsync("verify", place.Anchor, "--key", place.LogKey);
            Assert.True(verified.Code == 0, verified.All);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>A file that is open cannot vanish, but the folder can be moved from under the server; nothing acknowledged may go with it.</summary>
    [Fact]
    public async Task A_data_folder_moved_away_while_it_is_served_loses_nothing()
    {
        await using var place = await Place.OpenedAsync();
        var server = await place.ServeAsync();
        try
        {
            var (staff, business) = await place.PeopleAtAsync(server);
            var (client, witness) = (server.Client(business.Token), new Witness(business));
            await witness.CollectAsync(client, 5);
            Directory.Move(place.Data, place.Data + ".away");
            for (var i = 0; i < 6; i++)
            {
                var answer = await witness.CollectAsync(client);
                Assert.True((int)answer.Status is 201 or 503, answer.Text);
                answer = await witness.ViewAnyAsync(client);
                Assert.True((int)answer.Status is 200 or 503, answer.Text);
            }

            Directory.Move(place.Data + ".away", place.Data);
            await server.KillAsync();
            await server.DisposeAsync();
            server = await place.ServeAsync();
            await Witness.UntilReadyAsync(server.Nobody());
            await witness.CollectAsync(server.Client(business.Token), 2);
            await witness.NothingLostAsync(server.Client(business.Token), staff.Auditor.At(server));
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>A turn that a crash left in the middle goes on when the server starts, without anybody asking (R68).</summary>
    [Fact]
    public async Task A_turn_left_in_the_middle_goes_on_when_the_server_starts()
    {
        await using var place = await Place.OpenedAsync();
        Witness witness;
        Staff staff;
        Business business;
        await using (var first = await place.ServeAsync())
        {
            (staff, business) = await place.PeopleAtAsync(first);
            witness = new Witness(business);
            await witness.CollectAsync(first.Client(business.Token), 8);
            Assert.Equal(0, await first.StopAsync());
        }

        await using (var stopped = await InProcess.BuildAsync(place))
        {
            var turn = new EpochTurn(stopped.Installation.Keyring, new Breaking(stopped.App.Services.GetRequiredService<ISearchBlockRekeyer>()));
            await Assert.ThrowsAsync<IOException>(() => turn.RunAsync(ct: TestContext.Current.CancellationToken));
            Assert.Contains(await stopped.Installation.Keyring.EpochsAsync(TestContext.Current.CancellationToken), e => e is { N: 1, State: "draining" });
        }

        await using var server = await place.ServeAsync();
        var view = await Turns.EndAsync(staff.Admin.At(server));
        Assert.Equal(("destroyed", 2), (view["state"]!.GetValue<string>(), view["openEpoch"]!.GetValue<int>()));
        Assert.Equal("epoch-2", Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(place.Keys, "epochs"), "epoch-*"))));
        await witness.NothingLostAsync(server.Client(business.Token), staff.Auditor.At(server));
        var entries = (await staff.Auditor.At(server).GetAsync("/v1/audit/entries?act=key-epoch-turned")).Good()["entries"]!.AsArray();
        Assert.Equal("system", Assert.Single(entries)!["actor"]!["kind"]!.GetValue<string>());
    }

    private static CutWire Wire(Place place, string variable)
    {
        var connection = new NpgsqlConnectionStringBuilder(place.Environment[variable]);
        var wire = new CutWire(connection.Port);
        connection.Port = wire.Port;
        place.Set(variable, connection.ConnectionString);
        return wire;
    }

    private static async Task NoStartAsync(Place place, params string[] words)
    {
        var ran = await place.RunAsync("serve", "--data", place.Data, "--urls", "https://127.0.0.1:0");
        Assert.NotEqual(0, ran.Code);
        Assert.DoesNotContain("is ready", ran.All, StringComparison.Ordinal);
        Assert.Contains(words, word => ran.Error.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Stops the turn when it comes to the search blocks: the customers' keys have moved, nothing is sealed.</summary>
    private sealed class Breaking(ISearchBlockRekeyer real) : ISearchBlockRekeyer
    {
        public Task CloseAsync(int from, int to, CancellationToken ct = default) => real.CloseAsync(from, to, ct);

        public Task<long> RemainingAsync(int from, CancellationToken ct = default) => real.RemainingAsync(from, ct);

        public Task<long> RekeyBatchAsync(int from, int to, int max, CancellationToken ct = default) => throw new IOException("the power went");
    }
}
