using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary><c>strongroom demo</c> as a newcomer runs it.</summary>
public sealed class DemoTests(FilledDemo filled)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task A_demo_fills_a_fresh_folder_tells_its_accounts_and_verifies()
    {
        var (place, ran) = await filled.AskAsync();
        Assert.Matches("web-booking: [0-9]+ submissions, 40 customers", ran.Out);
        Assert.Matches("hotel-registration: [0-9]+ submissions, 20 customers", ran.Out);
        Assert.DoesNotContain("rejected", ran.All, StringComparison.Ordinal);

        var path = Path.Combine(place.Data, "demo.json");
        Assert.Equal(Private, File.GetUnixFileMode(path));
        var demo = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!;
        Assert.Equal(1, demo["v"]!.GetValue<int>());
        var accounts = demo["accounts"]!.AsArray();
        Assert.All(accounts, account => Assert.Contains(account!["password"]!.GetValue<string>(), ran.Out, StringComparison.Ordinal));
        Assert.Subset(accounts.Select(a => a!["post"]!.GetValue<string>()).ToHashSet(), new HashSet<string> { "call-agent", "counter", "data-owner", "dpo", "auditor", "admin-4a", "back-office" });
        Assert.NotEmpty(demo["clients"]!.AsArray());
        Assert.NotEmpty(demo["samples"]!.AsArray());

        // Samples are for people; the store holds none of them in clear.
        var values = demo["samples"]!.AsArray().Select(s => s!["value"]!.GetValue<string>()).Distinct().ToArray();
        Assert.Equal([path], Disk.FilesWith(place.Data, values));

        var verified = await place.RunAsync("verify", Path.Combine(place.Data, "demo-anchor"), "--key", demo["logKey"]!.GetValue<string>());
        Assert.True(verified.Code == 0, verified.All);
    }

    [Fact]
    public async Task A_demo_refuses_other_machines_addresses_and_folders_that_are_not_its_own()
    {
        await using var place = await Place.NewAsync();
        var open = await place.RunAsync("demo", "--data", place.Data, "--once", "--customers", "1", "--urls", "https://0.0.0.0:0");
        Assert.Equal(2, open.Code);
        Assert.Contains("loopback", open.Error, StringComparison.Ordinal);

        var precious = Directory.CreateDirectory(Path.Combine(place.Root, "precious"));
        await File.WriteAllTextAsync(Path.Combine(precious.FullName, "thesis.txt"), "years of work", TestContext.Current.CancellationToken);
        var other = await place.RunAsync("demo", "--data", precious.FullName, "--once", "--customers", "1");
        Assert.Equal(2, other.Code);
        Assert.Contains("left alone", other.Error, StringComparison.Ordinal);
        Assert.Equal("years of work", await File.ReadAllTextAsync(Path.Combine(precious.FullName, "thesis.txt"), TestContext.Current.CancellationToken));
    }
}
