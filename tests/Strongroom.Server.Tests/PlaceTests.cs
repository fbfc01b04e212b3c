using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>Where and when, as outsiders meet it: work from outside takes a permit, work by roster a shift (R44).</summary>
public sealed class PlaceTests(Shared shared)
{
    private const long Day = 86_400_000;

    [Fact]
    public async Task From_outside_nothing_opens_without_a_permit_and_with_one_only_what_the_zone_allows()
    {
        var business = await shared.BusinessAsync();
        var staff = business.Staff;
        await staff.AuthoriseAsync("back-office", null, "fulfil", "name", "pnr");
        var agent = await staff.HireAsync("road-agent", "back-office");
        var customer = (await Business.CollectAsync(staff.Admin.Server.Client(business.Token), business.BookingOf(7_101))).Good()["customer"]!.GetValue<string>();
        Task<Answer> ViewAsync(bool outside) => SendAsync(
            agent, HttpMethod.Post, $"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "pnr" }, clear = new[] { "pnr" } }, outside);
        Assert.Equal("clear", Shown((await ViewAsync(outside: false)).Good()));

        // A word on whose behalf one calls counts only from a proxy that was named; everybody else calls from the internet.
        (await ViewAsync(outside: true)).Refused(403, "remote.needed");
        (await SendAsync(agent, HttpMethod.Get, "/v1/session", null, outside: true)).Good();
        (await SendAsync(staff.Admin, HttpMethod.Get, "/v1/people", null, outside: true)).Refused(403, "remote.needed");
        (await SendAsync(agent, HttpMethod.Get, "/v1/duty-now", null, outside: true)).Refused(403, "remote.needed");
        (await SendAsync(agent, HttpMethod.Get, "/v1/duty-now", null, outside: false)).Good();

        // What it would be like from there is told beforehand, to whoever asks from here.
        async Task<string[]> WouldAsync(string zone) => [.. (await agent.PostAsync("/v1/access/explain", new { act = "view", customer, purpose = "fulfil", items = new[] { "pnr" }, clear = new[] { "pnr" }, zone }))
            .Good()["decision"]!["reasons"]!.AsArray().Select(reason => reason!["code"]!.GetValue<string>())];
        Assert.Contains("remote.needed", await WouldAsync("internet"));
        Assert.Contains("remote.needed", await WouldAsync("some-cafe"));
        Assert.DoesNotContain("remote.needed", await WouldAsync("office"));
        (await SendAsync(staff.Admin.Server.Client(business.Token), HttpMethod.Post, "/v1/customers/find", new { }, outside: true)).Refused(403, "zone.act");

        var permit = new { person = agent.Id, zones = new[] { "internet" }, from = Staff.Now - 1000, until = Staff.Now + Day };
        var asked = (await staff["shift-lead"].PostAsync("/v1/remote-access/request", new { permit, reason = "travels", expires = Staff.Now + 3_600_000 })).Good();
        (await staff["shift-lead"].PostAsync("/v1/remote-access", new { approval = asked["approval"]!.GetValue<string>(), permit })).Refused(409, "approval.unready");
        (await staff.Admin.PostAsync($"/v1/approvals/{asked["approval"]}/decide", new { digest = asked["digest"]!.GetValue<string>(), verdict = "approve", reason = "fits" })).Good();
        Assert.True((await staff["shift-lead"].PostAsync("/v1/remote-access", new { approval = asked["approval"]!.GetValue<string>(), permit })).Good()["inForce"]!.GetValue<bool>());
        var seen = (await ViewAsync(outside: true)).Good();
        Assert.Equal("masked", Shown(seen));
        Assert.Contains(seen["decision"]!["reasons"]!.AsArray(), reason => reason!["code"]!.GetValue<string>() == "zone.refused" && reason["fix"] is not null);

        (await staff["counter"].PostAsync($"/v1/remote-access/{agent.Id}/end")).Refused(403, "act.ungranted");
        (await staff.Admin.PostAsync($"/v1/remote-access/{agent.Id}/end")).Good();
        (await ViewAsync(outside: true)).Refused(403, "remote.needed");
        Assert.Equal("clear", Shown((await ViewAsync(outside: false)).Good()));
    }

    [Fact]
    public async Task Zones_are_asked_for_by_one_decided_by_another_and_never_lock_out()
    {
        var staff = (await shared.WorldAsync()).Staff;
        var now = (await staff.Admin.GetAsync("/v1/zones")).Good();
        Assert.Equal("office", now["here"]!.GetValue<string>());
        var zones = now["zones"]!.AsArray();
        zones.Add(new JsonObject { ["zone"] = $"branch.{staff.Unit}", ["prefixes"] = new JsonArray("198.51.100.0/24"), ["clear"] = 2 });
        JsonObject Ask(JsonNode wanted) => new() { ["zones"] = wanted.DeepClone(), ["expires"] = Staff.Now + 3_600_000 };
        (await staff.Admin.PostAsync("/v1/zones/request", Ask(new JsonArray(zones[1]!.DeepClone())))).Refused(409, "zone.lockout");
        var asked = (await staff.Admin.PostAsync("/v1/zones/request", Ask(zones))).Good();
        JsonObject Change() => new() { ["approval"] = asked["approval"]!.GetValue<string>(), ["zones"] = zones.DeepClone() };
        Assert.Equal(HttpStatusCode.Forbidden, (await staff.Admin.PostAsync($"/v1/approvals/{asked["approval"]}/decide", new { digest = asked["digest"]!.GetValue<string>(), verdict = "approve" })).Status);
        (await staff.Dpo.PostAsync($"/v1/approvals/{asked["approval"]}/decide", new { digest = asked["digest"]!.GetValue<string>(), verdict = "approve" })).Good();
        Assert.Equal(zones.Count, (await staff.Admin.PutAsync("/v1/zones", Change())).Good()["zones"]!.AsArray().Count);
        (await staff.Admin.PostAsync("/v1/approvals", new { act = "zones.change", subject = "zones", digest = new string('a', 64), preview = "nothing much", until = Staff.Now + 3_600_000 }))
            .Refused(422, "field.bad");
    }

    [Fact]
    public async Task Off_shift_it_stays_masked_the_roster_opens_it_and_a_swap_takes_the_leads_hand()
    {
        // A post that works by roster does so for everybody: not in the installation that others share.
        await using var place = await Place.OpenedAsync();
        await using var server = await place.ServeAsync();
        var (staff, business) = await place.PeopleAtAsync(server);
        await staff.AuthoriseAsync("counter", null, "fulfil", "pnr");
        var (one, two) = (await staff.HireAsync("shift-one", "counter"), await staff.HireAsync("shift-two", "counter"));
        var customer = (await Business.CollectAsync(staff.Admin.Server.Client(business.Token), business.BookingOf(7_102))).Good()["customer"]!.GetValue<string>();
        async Task<JsonNode> ViewAsync(Caller who) =>
            (await who.PostAsync($"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "pnr" }, clear = new[] { "pnr" } })).Good();
        await BindAsync(staff);
        var off = await ViewAsync(one);
        Assert.Equal("masked", Shown(off));
        Assert.Contains(off["decision"]!["reasons"]!.AsArray(), reason => reason!["code"]!.GetValue<string>() == "hours.off" && reason["fix"] is not null);

        // A shift around now, in the unit's own time; tests may run at any hour of its day.
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")).AddHours(-3);
        string Line(DateTimeOffset from, string account) => string.Create(
            CultureInfo.InvariantCulture, $"{from:yyyy-MM-dd},{from:HH:mm},{from.AddHours(8):HH:mm},{account},counter,{staff.Unit}\n");
        var file = "day,start,end,account,post,unit\n" + Line(local, "shift-one");
        var lead = staff["shift-lead"];
        var refused = (await lead.RawAsync(HttpMethod.Post, "/v1/rosters/desk/import", file + "2026-13-01,1,2,shift-two,counter,x\n", "text/csv")).Refused(422, "roster.day");
        Assert.Equal(["line 3, column 1 roster.day"], refused.Json["errors"]!.AsArray().Select(error => $"{error!["at"]} {error["code"]}"));
        Assert.Equal("masked", Shown(await ViewAsync(one)));
        (await one.RawAsync(HttpMethod.Post, "/v1/rosters/desk/import", file, "text/csv")).Refused(403, "act.ungranted");
        Assert.Equal(1, (await lead.RawAsync(HttpMethod.Post, "/v1/rosters/desk/import", file, "text/csv")).Good()["shifts"]!.GetValue<int>());
        Assert.Equal("clear", Shown(await ViewAsync(one)));
        Assert.Equal("masked", Shown(await ViewAsync(two)));
        Assert.Contains((await two.GetAsync("/v1/duty-now")).Good().AsArray(), duty => duty!["person"]!.GetValue<string>() == one.Id && duty["name"]!.GetValue<string>() == "Person shift-one");

        var swap = new { day = local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), person = one.Id, with = two.Id, reason = "ill" };
        (await one.PostAsync("/v1/rosters/desk/swaps", swap)).Refused(403, "people.self");
        (await staff["marketing"].PostAsync("/v1/rosters/desk/swaps", swap)).Refused(403, "roster.lead");
        (await lead.PostAsync("/v1/rosters/desk/swaps", swap)).Good();
        Assert.Equal(("masked", "clear"), (Shown(await ViewAsync(one)), Shown(await ViewAsync(two))));
        var day = (await lead.GetAsync($"/v1/rosters/desk/{swap.day}")).Good();
        Assert.Equal(one.Id, Assert.Single(day["shifts"]!.AsArray())!["instead"]!.GetValue<string>());

        // The same file from a system of the personnel office changes nothing.
        var hr = staff.Admin.Server.Client((await staff.ClientAsync(["rosters"])).Token);
        Assert.Equal(1, (await hr.RawAsync(HttpMethod.Post, "/v1/rosters/desk/import", file, "text/csv")).Good()["unchanged"]!.GetValue<int>());
        Assert.Equal("clear", Shown(await ViewAsync(two)));
    }

    /// <summary>From now on counters work by roster, as the officer agreed.</summary>
    private static async Task BindAsync(Staff staff)
    {
        object[] posts = [new { post = "counter", earlyMinutes = 10, lateMinutes = 10 }];
        var asked = (await staff.Admin.PostAsync("/v1/roster-posts/request", new { posts, expires = Staff.Now + 3_600_000 })).Good();
        (await staff.Dpo.PostAsync($"/v1/approvals/{asked["approval"]}/decide", new { digest = asked["digest"]!.GetValue<string>(), verdict = "approve" })).Good();
        (await staff.Admin.PutAsync("/v1/roster-posts", new { approval = asked["approval"]!.GetValue<string>(), posts })).Good();
    }

    private static Task<Answer> SendAsync(Caller caller, HttpMethod method, string path, object? body, bool outside) => caller.SendAsync(
        method, path, body is null ? null : new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
        request =>
        {
            if (outside)
            {
                request.Headers.Add("X-Forwarded-For", "10.1.1.1");
            }
        });

    private static string Shown(JsonNode view) => view["records"]!.AsArray().Select(record => record!["items"]!["pnr"]).First(item => item is not null)!["shown"]!.GetValue<string>();
}
