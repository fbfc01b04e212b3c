using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>Alerts and log checks as outsiders meet them (R52–R54): the log is read by itself, an alert demands a second person, checks are judged by others.</summary>
public sealed class WatchTests(Shared shared)
{
    [Fact]
    public async Task Refusals_beyond_the_number_raise_an_alert_that_takes_a_second_person_until_it_is_closed()
    {
        var business = await shared.BusinessAsync();
        var staff = business.Staff;
        await staff.AuthoriseAsync("back-office", null, "fulfil", "name", "pnr");
        var agent = await staff.HireAsync("watched-agent", "back-office");
        var customer = (await Business.CollectAsync(staff.Admin.Server.Client(business.Token), business.BookingOf(7_777))).Good()["customer"]!.GetValue<string>();
        Task<Answer> ViewAsync() => agent.PostAsync($"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "pnr" }, clear = new[] { "pnr" } });
        (await ViewAsync()).Good();

        // Doors refuse, and each refusal is an entry; the log is read on by itself.
        for (var i = 0; i < 62; i++)
        {
            (await agent.GetAsync("/v1/people")).Refused(403, "act.ungranted");
        }

        JsonNode? alert = null;
        await UntilAsync(async () => (alert = (await staff.Auditor.GetAsync("/v1/alerts?state=open")).Good()["alerts"]!.AsArray()
            .FirstOrDefault(one => one!["person"]!.GetValue<string>() == agent.Id && one["stage"]!.GetValue<string>() == "act")) is not null);
        Assert.Equal(("refused", "vault"), (alert!["rule"]!.GetValue<string>(), alert["response"]!.GetValue<string>()));
        var needs = (await ViewAsync()).Refused(403, "access.needs").Json;
        Assert.Contains(needs["reasons"]!.AsArray(), reason => reason!["code"]!.GetValue<string>() == "watch.vault");
        Assert.Contains(needs["needs"]!.AsArray(), need => need!["what"]!.GetValue<string>() == "approval" && need["how"]!.GetValue<string>() == "use.view");

        Task<Answer> StepAsync(Caller who, string to) => who.PostAsync($"/v1/alerts/{alert["id"]}/step", new { to, reason = "looked at" });
        (await StepAsync(agent, "taken")).Refused(403, "act.ungranted");
        (await StepAsync(staff.Auditor, "closed")).Refused(409, "alert.step");
        (await StepAsync(staff.Auditor, "taken")).Good();
        (await StepAsync(staff.Dpo, "explained")).Good();
        Assert.Equal("closed", (await StepAsync(staff.Auditor, "closed")).Good()["state"]!.GetValue<string>());
        (await ViewAsync()).Good();

        // Counted from the log as it is merged, which is a little later than the act.
        await UntilAsync(async () => (await staff.Auditor.GetAsync($"/v1/monitoring/people/{agent.Id}")).Good()["measures"]!.AsArray()
            .Single(one => one!["measure"]!.GetValue<string>() == "refused")!["today"]!.GetValue<long>() >= 62);
    }

    [Fact]
    public async Task Rules_change_only_by_two_people()
    {
        var staff = (await shared.WorldAsync()).Staff;
        var before = (await staff.Dpo.GetAsync("/v1/monitoring/rules")).Good();
        var rules = before["rules"]!.DeepClone().AsArray();
        var proposed = (await staff.Dpo.PutAsync("/v1/monitoring/rules", new JsonObject { ["rules"] = rules, ["version"] = before["version"]!.GetValue<long>() })).Good();
        var version = proposed["version"]!.GetValue<long>();
        (await staff.Dpo.PostAsync("/v1/monitoring/rules/confirm", new { version })).Refused(403, "approval.self");
        Assert.Null((await staff.Admin.PostAsync("/v1/monitoring/rules/confirm", new { version })).Good()["proposed"]);
        (await staff["counter"].GetAsync("/v1/monitoring/rules")).Refused(403, "act.ungranted");
    }

    [Fact]
    public async Task Entries_are_drawn_and_judged_by_somebody_else_and_the_coverage_is_told()
    {
        var staff = (await shared.WorldAsync()).Staff;
        var agent = await staff.HireAsync("checked-agent", "marketing");
        (await agent.GetAsync("/v1/people")).Refused(403, "act.ungranted");
        var check = (await staff.Auditor.PostAsync("/v1/log-checks", new { kind = "special", from = Staff.Now - 600_000, until = Staff.Now + 600_000, perMille = 1000, person = agent.Id })).Good();
        var items = (await staff.Auditor.GetAsync($"/v1/log-checks/{check["id"]}/items")).Good()["items"]!.AsArray();
        Assert.Equal(check["seen"]!.GetValue<int>(), items.Count);
        Assert.All(items, item => Assert.Equal(agent.Id, item!["person"]!.GetValue<string>()));
        (await staff["operations"].GetAsync($"/v1/log-checks/{check["id"]}/items")).Refused(403, "review.not_yours");
        (await staff.Auditor.PostAsync($"/v1/log-checks/items/{items[0]!["id"]}/judge", new { verdict = "violation" })).Refused(422, "review.reason");
        (await staff.Auditor.PostAsync($"/v1/log-checks/items/{items[0]!["id"]}/judge", new { verdict = "question", reason = "why" })).Good();

        var own = (await staff.Auditor.PostAsync("/v1/log-checks", new { kind = "spot", from = Staff.Now - 600_000, until = Staff.Now + 1, perMille = 1000, person = staff.Auditor.Id, act = "log-check-opened" })).Good();
        var mine = (await staff.Dpo.GetAsync($"/v1/log-checks/{own["id"]}/items")).Good()["items"]!.AsArray();
        (await staff.Auditor.PostAsync($"/v1/log-checks/items/{mine[0]!["id"]}/judge", new { verdict = "normal" })).Refused(403, "review.own");
        var statistics = (await staff.Dpo.GetAsync("/v1/log-checks/statistics")).Good();
        Assert.True(statistics["verdicts"]!["question"]!.GetValue<long>() >= 1 && statistics["coveragePerMille"]!.GetValue<int>() < 1_000);

        // The day's administration came into its own queue by itself.
        await UntilAsync(async () => (await staff["operations"].GetAsync("/v1/log-checks")).Good()["checks"]!.AsArray()
            .Any(one => one!["kind"]!.GetValue<string>() == "daily" && one["seen"]!.GetValue<long>() > 0));
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var end = Staff.Now + 120_000; !await holds();)
        {
            Assert.True(Staff.Now < end, "waited in vain");
            await Task.Delay(200);
        }
    }
}
