using System.Net;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>An access review as outsiders meet it: the deadline takes a right for real, a confirmation brings it back, the report is signed (R36).</summary>
public sealed class AccessReviewTests(Shared shared)
{
    private const long Minute = 60_000;

    [Fact]
    public async Task What_nobody_confirms_is_refused_at_the_next_request_until_somebody_does()
    {
        var staff = (await shared.WorldAsync()).Staff;
        var unit = (await staff.Admin.PostAsync("/v1/units", new { entity = staff.Entity, parent = staff.Unit, name = "Reviewed desk" })).Good()["id"]!.GetValue<string>();
        var agent = await staff.HireAsync("reviewed-agent", null);
        await staff.GrantAsync(agent.Id, "counter", unit);
        Task<Answer> KnockAsync() => agent.PostAsync("/v1/service-sessions", new { });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await KnockAsync()).Status);

        (await staff["counter"].PostAsync("/v1/access-reviews", new { name = "x", deadline = Staff.Now + Minute, unit })).Refused(403, "act.ungranted");
        (await staff.Dpo.PostAsync("/v1/access-reviews", new { name = "x", deadline = Staff.Now - 1, unit })).Refused(422, "field.bad");
        var review = (await staff.Dpo.PostAsync("/v1/access-reviews", new { name = "desk", deadline = Staff.Now + 300, unit })).Good()["id"]!.GetValue<string>();
        var line = Assert.Single((await staff.Owner.GetAsync($"/v1/access-reviews/{review}/lines")).Good()["lines"]!.AsArray())!;
        Assert.Equal((agent.Id, "post", true), (line["person"]!.GetValue<string>(), line["kind"]!.GetValue<string>(), line["unused"]!.GetValue<bool>()));
        Assert.Empty((await agent.GetAsync($"/v1/access-reviews/{review}/lines")).Good()["lines"]!.AsArray());

        await UntilAsync(async () => (await staff.Dpo.GetAsync($"/v1/access-reviews/{review}")).Good()["state"]!.GetValue<string>() == "overdue");
        (await KnockAsync()).Refused(403, "act.ungranted");
        object Confirm(string reason) => new { lines = new[] { line["id"]!.GetValue<string>() }, verdict = "confirm", reason };
        (await agent.PostAsync($"/v1/access-reviews/{review}/decide", Confirm("mine"))).Refused(403, "review.own");
        (await staff["counter"].PostAsync($"/v1/access-reviews/{review}/decide", Confirm("friend"))).Refused(403, "review.not_yours");
        (await staff.Owner.PostAsync($"/v1/access-reviews/{review}/decide", Confirm("works there"))).Good();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await KnockAsync()).Status);

        (await staff.Dpo.PostAsync($"/v1/access-reviews/{review}/close")).Refused(409, "review.sample");
        (await staff.Owner.PostAsync($"/v1/access-reviews/{review}/second", new { line = line["id"]!.GetValue<string>(), verdict = "agree" })).Refused(403, "review.own");
        (await staff.Auditor.PostAsync($"/v1/access-reviews/{review}/second", new { line = line["id"]!.GetValue<string>(), verdict = "agree" })).Good();
        var report = (await staff.Dpo.PostAsync($"/v1/access-reviews/{review}/close")).Good();
        Assert.Equal("Ed25519", report["sig"]!["alg"]!.GetValue<string>());
        Assert.Equal(1, report["body"]!["lines"]!["confirmed"]!.GetValue<int>());
        Assert.Equal(report.ToJsonString(), (await staff.Auditor.GetAsync($"/v1/access-reviews/{review}/report")).Good().ToJsonString());
    }

    [Fact]
    public async Task Rights_nobody_used_are_told_without_a_review()
    {
        var staff = (await shared.WorldAsync()).Staff;
        var idle = await staff.HireAsync("idle-marketing", "marketing");
        (await staff.Owner.PostAsync("/v1/customer-lists", new { name = "idle", kind = "other", effect = "masked", entity = staff.Entity, persons = new[] { idle.Id } })).Good();
        var unused = (await staff.Auditor.GetAsync("/v1/access-reviews/unused?days=30")).Good()["unused"]!.AsArray();
        // A place on a list has no known beginning; a post given today had no time to be used.
        Assert.Equal(["list"], unused.Where(right => right!["person"]?.GetValue<string>() == idle.Id).Select(right => right!["kind"]!.GetValue<string>()));
        (await staff.Auditor.GetAsync("/v1/access-reviews/unused?days=0")).Refused(422, "field.bad");
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var end = Staff.Now + (2 * Minute); !await holds();)
        {
            Assert.True(Staff.Now < end, "waited in vain");
            await Task.Delay(100);
        }
    }
}
