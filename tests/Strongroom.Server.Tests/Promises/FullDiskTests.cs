using System.Globalization;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests.Promises;

/// <summary>A full disk under data and keyring, under the epoch holder, under the anchor: refusal, never a half answer, and nothing is lost when there is room again.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_full_disk_under_data_and_keyring_refuses_and_recovers_without_loss()
    {
        await using var place = await Place.NewAsync();
        await using var disk = await SmallDisk.MountAsync(place.Data, "160m");
        await place.InstallOpenedAsync();
        await using var server = await place.ServeAsync();
        var (staff, business) = await place.PeopleAtAsync(server);
        var (client, auditor, witness) = (server.Client(business.Token), staff.Auditor, new Witness(business));
        await witness.CollectAsync(client, 10);
        await Witness.UntilReadyAsync(client);

        // The head-room is given up first; once that is gone too, nothing is written and so nothing is read.
        var refused = 0;
        for (var tries = 0; tries < 400 && refused < 5; tries++)
        {
            disk.Fill();
            var answers = new[] { await witness.CollectAsync(client), await witness.ViewAnyAsync(client), await client.PostAsync("/v1/customers/find", new { item = "mobile", value = "15400000000", purpose = "fulfil" }) };
            Assert.All(answers, a => Assert.True((int)a.Status is 200 or 201 or 503, a.Text));
            Assert.All(answers.Where(a => (int)a.Status == 503), a => Assert.Contains(a.Code, new[] { "store.unavailable", "log.unavailable", "keys.unavailable", "store.unknown-outcome" }));
            refused = answers.All(a => (int)a.Status == 503) ? refused + 1 : 0;
        }

        Assert.Equal(5, refused);
        Assert.False((await Witness.ReadyAsync(client)).Ready);
        Assert.Equal("ok", (await client.Fresh().GetAsync("/healthz")).Text);

        disk.MakeRoom();
        await Witness.UntilReadyAsync(client);
        await witness.CollectAsync(client, 5);
        (await witness.ViewAnyAsync(client)).Good();
        await witness.NothingLostAsync(client, auditor);
        Assert.Equal(0, await server.StopAsync());
        foreach (var where in new[] { place.Data, place.Anchor })
        {
            var verified = await place.RunAsync("verify", where, "--key", place.LogKey);
            Assert.True(verified.Code == 0, verified.All);
        }
    }

    [Fact]
    public async Task A_full_disk_under_an_epoch_holder_stops_a_turn_before_anything_is_lost()
    {
        await using var place = await Place.NewAsync();
        var second = Path.Combine(place.Root, "holder-2");
        await using var disk = await SmallDisk.MountAsync(second, "1m");
        await place.InstallAsync("airline", "--epoch-store", second);
        await using var server = await place.ServeAsync();
        var (staff, business) = await OpenAsync(place, server);
        var (client, witness) = (server.Client(business.Token), new Witness(business));
        await witness.CollectAsync(client, 5);

        disk.Fill();
        var failed = await Turns.RunAsync(staff.Admin);
        Assert.Equal("failed", failed["state"]!.GetValue<string>());
        Assert.StartsWith("keys.", failed["code"]!.GetValue<string>(), StringComparison.Ordinal);
        await witness.CollectAsync(client, 2);
        await witness.NothingLostAsync(client, staff.Auditor);

        disk.MakeRoom();
        var turned = await Turns.RunAsync(staff.Admin);
        Assert.Equal(("destroyed", 2), (turned["state"]!.GetValue<string>(), turned["openEpoch"]!.GetValue<int>()));
        await witness.CollectAsync(client, 2);
        await witness.NothingLostAsync(client, staff.Auditor);
        foreach (var holder in new[] { second, Path.Combine(place.Keys, "epochs") })
        {
            Assert.Equal("epoch-2", Path.GetFileName(Assert.Single(Directory.GetFiles(holder, "epoch-*"))));
        }
    }

    [Fact]
    public async Task A_full_disk_under_the_anchor_is_said_by_readiness_and_caught_up_when_there_is_room()
    {
        await using var place = await Place.NewAsync();
        await using var disk = await SmallDisk.MountAsync(place.Anchor, "1m");
        await place.InstallOpenedAsync();
        await using var server = await place.ServeAsync();
        var (staff, business) = await place.PeopleAtAsync(server);
        var (client, witness) = (server.Client(business.Token), new Witness(business));
        await Witness.UntilReadyAsync(client);

        disk.Fill();
        await witness.CollectAsync(client, 3);
        var parts = await Witness.UntilAsync(client, (ready, _) => !ready);
        Assert.Equal("anchor.unavailable", Witness.Part(parts, "anchor.folder-1"));

        disk.MakeRoom();
        await Witness.UntilReadyAsync(client);
        await witness.CollectAsync(client, 3);
        await witness.NothingLostAsync(client, staff.Auditor);
        Assert.Equal(0, await server.StopAsync());
        var verified = await place.RunAsync("verify", place.Data, "--key", place.LogKey, "--trusted", Path.Combine(place.Anchor, "checkpoint"));
        Assert.True(verified.Code == 0, verified.All);
        verified = await place.RunAsync("verify", place.Anchor, "--key", place.LogKey);
        Assert.True(verified.Code == 0, verified.All);
    }

    private static async Task<(Staff Staff, Business Business)> OpenAsync(Place place, ServerProcess server)
    {
        var staff = await Staff.HireAsync(place, server, "data-owner", "dpo", "auditor", "back-office");
        var business = await Business.OpenAsync(staff);
        await business.AuthoriseAsync();
        return (staff, business);
    }
}
