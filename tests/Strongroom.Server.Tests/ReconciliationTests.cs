using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>4A reconciliation as outsiders meet it (R36, R39): files in, findings out, explained by somebody else.</summary>
public sealed class ReconciliationTests(Shared shared)
{
    private const string Header = "system,account,person,state,last_use\n";

    [Fact]
    public async Task A_system_is_reported_compared_explained_and_mended()
    {
        var staff = (await shared.WorldAsync()).Staff;
        var now = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Task<Answer> SendAsync(string rows, string what = "accounts", string type = "text/csv") => staff.Admin.RawAsync(HttpMethod.Post, $"/v1/reconciliation/{what}", rows, type);
        var run = (await SendAsync($"{Header}black-box,ops01,,active,{now}\nblack-box,ops02,admin-4a-nobody,active,{now}\nblack-box,old,,closed,\n")).Good()["systems"]![0]!;
        Assert.Equal((3, 2, 2), (run["rows"]!.GetValue<int>(), run["opened"]!.GetValue<int>(), run["unsettled"]!.GetValue<int>()));

        var broken = (await SendAsync($"{Header}black-box,secret-name,,awake,{now}\nblack-box\n")).Refused(422, "field.bad");
        Assert.Equal(["line 2, column state", "line 3"], broken.Json["errors"]!.AsArray().Select(error => error!["at"]!.GetValue<string>()));
        Assert.DoesNotContain("secret-name", broken.Text, StringComparison.Ordinal);
        (await SendAsync("{}", type: "application/json")).Refused(415, "body.media_type");

        var done = (await SendAsync($$"""{"system":"black-box","account":"ops01","act":"export","time":"{{now}}T01:00:00Z","ticket":""}""", "operations", "application/x-ndjson")).Good();
        Assert.Equal(1, done["systems"]![0]!["opened"]!.GetValue<int>());

        var findings = (await staff.Auditor.GetAsync("/v1/reconciliation/findings?state=open")).Good()["findings"]!.AsArray();
        var orphan = findings.First(finding => finding!["system"]!.GetValue<string>() == "black-box" && finding["account"]!.GetValue<string>() == "ops01" && finding["kind"]!.GetValue<string>() == "orphan")!;
        (await staff.Auditor.PostAsync($"/v1/reconciliation/findings/{orphan["id"]}/explain", new { reason = "no" })).Refused(403, "act.ungranted");
        (await staff.Dpo.PostAsync($"/v1/reconciliation/findings/{orphan["id"]}/explain", new { reason = "batch account" })).Refused(422, "finding.owner");
        (await staff.Admin.PostAsync($"/v1/reconciliation/findings/{orphan["id"]}/explain", new { reason = "batch account", owner = staff.BackOffice.Id })).Refused(403, "review.own");
        Assert.Equal("explained", (await staff.Dpo.PostAsync($"/v1/reconciliation/findings/{orphan["id"]}/explain", new { reason = "batch account", owner = staff.BackOffice.Id })).Good()["state"]!.GetValue<string>());

        run = (await SendAsync($"{Header}black-box,other,,closed,{now}\n")).Good()["systems"]![0]!;
        Assert.Equal((2, 1), (run["mended"]!.GetValue<int>(), run["unsettled"]!.GetValue<int>()));
        Assert.NotEmpty((await staff.Auditor.GetAsync("/v1/reconciliation/runs")).Good()["runs"]!.AsArray());
    }

    [Fact]
    public async Task An_administrator_does_not_explain_his_own_account()
    {
        var staff = (await shared.WorldAsync()).Staff;
        (await staff.Admin.PostAsync("/v1/reconciliation/own")).Good();
        string? after = null;
        while (true)
        {
            var page = (await staff.Admin.GetAsync($"/v1/reconciliation/findings?state=open{(after is null ? "" : "&after=" + after)}")).Good();
            if (page["findings"]!.AsArray().FirstOrDefault(finding => finding!["account"]?.GetValue<string>() == staff.Admin.Id) is { } own)
            {
                (await staff.Admin.PostAsync($"/v1/reconciliation/findings/{own["id"]}/explain", new { reason = "me" })).Refused(403, "review.own");
                return;
            }

            after = page["next"]?.GetValue<string>();
            Assert.NotNull(after);
        }
    }
}
