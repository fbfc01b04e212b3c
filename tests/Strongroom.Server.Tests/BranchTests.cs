using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>The unit of a channel goes with what came in through it, and binds who sees it (R33, R35).</summary>
public sealed class BranchTests(Shared shared)
{
    [Fact]
    public async Task A_branch_sees_what_its_channel_took_in_and_no_other_branch_does()
    {
        var business = await shared.BusinessAsync();
        var staff = business.Staff;
        var (north, south) = (await UnitAsync(staff, "North"), await UnitAsync(staff, "South"));
        var channel = await ChannelAsync(staff, north, [], 0, null);
        var (token, client) = await staff.ClientAsync(["collect"], new { purposes = new[] { "fulfil" }, forms = new[] { "web-booking" }, channels = new[] { channel } });
        await ChannelAsync(staff, north, [client], 1, channel);
        var booking = business.BookingOf(7_201);
        booking["channel"] = channel;
        var customer = (await Business.CollectAsync(staff.Admin.Server.Client(token), booking)).Good()["customer"]!.GetValue<string>();

        var (here, there) = (await StaffAsync(staff, "branch-north", north), await StaffAsync(staff, "branch-south", south));
        var ask = new { purpose = "fulfil", items = new[] { "pnr" } };
        Assert.Single((await here.PostAsync($"/v1/customers/{customer}/view", ask)).Good()["records"]!.AsArray());
        (await there.PostAsync($"/v1/customers/{customer}/view", ask)).Refused(404, "customer.unknown");
        Assert.Single((await staff.BackOffice.PostAsync($"/v1/customers/{customer}/view", ask)).Good()["records"]!.AsArray());
        var mobile = booking["items"]!["mobile"]!.GetValue<string>();
        Assert.Equal([customer], await Business.FindAsync(here, "mobile", mobile));
        Assert.Empty(await Business.FindAsync(there, "mobile", mobile));

        // A unit closes only when nobody works there, and never moves below itself.
        (await staff.Admin.PatchAsync($"/v1/units/{north}", new { version = 1, state = "closed" })).Refused(409, "unit.in_use");
        (await staff.Admin.PostAsync($"/v1/units/{north}/move", new { version = 1, parent = north })).Refused(422, "unit.cycle");
        Assert.Contains(north, (await staff.Dpo.GetAsync("/v1/organisation/report")).Good()["unanswered"]!.AsArray().Select(unit => unit!.GetValue<string>()));
        (await staff.Admin.PostAsync($"/v1/units/{north}/responsible", new { version = 1, person = here.Id })).Good();
        Assert.DoesNotContain(north, (await staff.Dpo.GetAsync("/v1/organisation/report")).Good()["unanswered"]!.AsArray().Select(unit => unit!.GetValue<string>()));
    }

    private static async Task<string> UnitAsync(Staff staff, string name) =>
        (await staff.Admin.PostAsync("/v1/units", new { entity = staff.Entity, name, parent = staff.Unit, kind = "branch" })).Good()["id"]!.GetValue<string>();

    private static async Task<string> ChannelAsync(Staff staff, string unit, string[] clients, int version, string? id)
    {
        var channel = new JsonObject
        {
            ["channel"] = new JsonObject
            {
                ["name"] = "north website", ["kind"] = "website", ["entity"] = staff.Entity, ["open"] = true, ["unit"] = unit,
                ["posts"] = new JsonArray(), ["clients"] = new JsonArray([.. clients.Select(client => JsonValue.Create(client))]),
            },
            ["version"] = version,
        };
        var kept = id is null ? await staff.Admin.PostAsync("/v1/channels", channel) : await staff.Admin.PutAsync($"/v1/channels/{id}", channel);
        return kept.Good()["id"]!.GetValue<string>();
    }

    private static async Task<Caller> StaffAsync(Staff staff, string account, string unit)
    {
        var person = await staff.HireAsync(account, null);
        await staff.GrantAsync(person.Id, "back-office", unit);
        return person;
    }
}
