using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Strongroom.Server.Demo;
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

    /// <summary>The customer's code for one look, attacked over HTTP at a server that prints what it would send (R41, decision 0030).</summary>
    [Fact]
    public async Task A_code_for_one_look_opens_that_look_once_and_nothing_else()
    {
        await using var place = await Place.NewAsync();
        await using var server = await filled.ServeAsync(place);
        var accounts = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(place.Data, "demo.json"), TestContext.Current.CancellationToken))!["accounts"]!.AsArray();
        async Task<Caller> AsAsync(string name)
        {
            var account = accounts.Single(one => one!["name"]!.GetValue<string>() == name)!;
            place.Apps[name] = new Authenticator(account["totp"]!.GetValue<string>());
            var caller = server.Nobody();
            (await caller.SignInAsync(name, account["password"]!.GetValue<string>())).Good();
            return caller;
        }

        // The airline has no itemised calls: its scene guards the e-mail address here. Two others change it, as shipped.
        var admin = await AsAsync("admin-1");
        var row = (await admin.GetAsync("/v1/scenes")).Good()["scenes"]!.AsArray().Single(scene => scene!["scene"]!.GetValue<string>() == "cdr")!;
        row["trigger"]!["items"]!.AsArray().Add("email");
        var asked = (await admin.PostAsync("/v1/scenes/cdr/request", new { row, until = Staff.Now + 3_600_000L, reason = "no calls here" })).Good();
        var approval = asked["id"]!.GetValue<string>();
        foreach (var who in new[] { "dpo", "admin-2" })
        {
            await Staff.DecideAsync(await AsAsync(who), who, approval, asked["digest"]!.GetValue<string>());
        }

        (await admin.PutAsync("/v1/scenes/cdr", new { row, approval })).Good();
        var (agent, lead) = (await AsAsync("counter"), await AsAsync("shift-lead"));
        async Task<(string Customer, string Record)> FoundAsync(int index)
        {
            var found = (await agent.PostAsync("/v1/customers/find", new { item = "mobile", value = DemoCustomers.Of(index).Mobile, purpose = "notify" })).Good();
            var customer = found["customers"]![0]!["id"]!.GetValue<string>();
            var seen = (await agent.PostAsync($"/v1/customers/{customer}/view", new { purpose = "notify", items = new[] { "email" } })).Good();
            return (customer, seen["records"]![0]!["id"]!.GetValue<string>());
        }

        var (one, other) = (await FoundAsync(3), await FoundAsync(4));
        Task<Answer> LookAsync(Caller by, (string Customer, string Record) at, object? code, string purpose = "notify") => by.PostAsync(
            $"/v1/customers/{at.Customer}/view", new { purpose, records = new[] { at.Record }, items = new[] { "email" }, clear = new[] { "email" }, code });
        var codes = 0;
        async Task<(string Id, string Code)> SentAsync(object body)
        {
            var sent = (await agent.PostAsync($"/v1/customers/{one.Customer}/contact-code", body)).Good();
            for (var since = TimeProvider.System.GetTimestamp(); ; await Task.Delay(50, TestContext.Current.CancellationToken))
            {
                if (Regex.Matches(server.Said, $"SMS → {DemoCustomers.Of(3).Mobile[^4..]}: (?:验证码|Code) ([0-9]{{6}})") is { Count: > 0 } said && said.Count > codes)
                {
                    codes = said.Count;
                    return (sent["code"]!.GetValue<string>(), said[^1].Groups[1].Value);
                }

                Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(30), "no message was printed");
            }
        }

        Assert.Equal("cdr", (await LookAsync(agent, one, null)).Refused(403, "access.needs").Json["needs"]![0]!["how"]!.GetValue<string>());
        var look = await SentAsync(new { view = new { record = one.Record, item = "email" }, purpose = "notify" });
        var typed = new { id = look.Id, code = look.Code };
        (await LookAsync(agent, other, typed)).Refused(409, "code.over");
        (await LookAsync(agent, one with { Record = other.Record }, typed)).Refused(409, "code.over");
        (await LookAsync(agent, one, typed, "verify")).Refused(409, "code.over");
        (await LookAsync(lead, one, typed)).Refused(409, "code.over");
        (await LookAsync(agent, one, new { id = new string('0', 31) + "1", code = look.Code })).Refused(409, "code.over");
        (await LookAsync(agent, one, new { id = look.Id, code = look.Code[..5] + (look.Code[5] == '0' ? '1' : '0') })).Refused(409, "code.wrong");
        var change = new { record = one.Record, item = "mobile", version = 1, value = "13900139000" };
        (await agent.PatchAsync($"/v1/customers/{one.Customer}", new { purpose = "notify", changes = new[] { change }, code = typed })).Refused(409, "code.over");

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => LookAsync(agent, one, typed)));
        var opened = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Contains(DemoCustomers.Of(3).Email, opened.Text, StringComparison.Ordinal);
        (await LookAsync(agent, one, typed)).Refused(409, "code.over");

        // A code for a new number opens nothing.
        var renumber = await SentAsync(new { change, purpose = "notify" });
        (await LookAsync(agent, one, new { id = renumber.Id, code = renumber.Code })).Refused(409, "code.over");
        Assert.DoesNotContain(DemoCustomers.Of(3).Mobile, server.Said, StringComparison.Ordinal);
    }
}
