using System.Net;
using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>Training and agreement as outsiders meet them: without both nothing is shown in clear (R76, R81).</summary>
public sealed class DutyTests(Shared shared)
{
    private const long Day = 86_400_000;

    [Fact]
    public async Task Duties_of_posts_are_read_by_everybody_and_worded_by_the_officer()
    {
        var staff = (await shared.WorldAsync()).Staff;
        async Task<JsonNode> OfAsync(Caller caller, string post) => (await caller.GetAsync("/v1/posts")).Good().AsArray().Single(one => one!["post"]!.GetValue<string>() == post)!;
        var before = await OfAsync(staff["counter"], "marketing");
        Assert.Equal((0, true), (before["version"]!.GetValue<int>(), before["dutiesZh"]!.GetValue<string>().Length > 0 && before["dutiesEn"]!.GetValue<string>().Length > 0));
        (await staff.Admin.PutAsync("/v1/posts/marketing/duties", new { version = 0, zh = "只做营销", en = "Markets only" })).Refused(403, "act.ungranted");
        (await staff.Dpo.PutAsync("/v1/posts/marketing/duties", new { version = 0, zh = " ", en = "Markets only" })).Refused(422, "field.missing");
        (await staff.Dpo.PutAsync("/v1/posts/no-such-post/duties", new { version = 0, zh = "只做营销", en = "Markets only" })).Refused(404, "not.found");
        Assert.Equal(1, (await staff.Dpo.PutAsync("/v1/posts/marketing/duties", new { version = 0, zh = "只做营销", en = "Markets only" })).Good()["version"]!.GetValue<int>());
        (await staff.Dpo.PutAsync("/v1/posts/marketing/duties", new { version = 0, zh = "另一版", en = "Another" })).Refused(409, "row.changed");
        var after = await OfAsync(staff["counter"], "marketing");
        Assert.Equal(("Markets only", "只做营销"), (after["dutiesEn"]!.GetValue<string>(), after["dutiesZh"]!.GetValue<string>()));
        Assert.NotEmpty((await staff.Auditor.GetAsync("/v1/audit/entries?act=post-duties-changed")).Good()["entries"]!.AsArray());
    }

    [Fact]
    public async Task A_lapsed_training_really_masks_the_screen()
    {
        var business = await shared.BusinessAsync();
        var staff = business.Staff;
        await staff.AuthoriseAsync("back-office", null, "fulfil", "name", "pnr");
        var agent = await staff.HireAsync("duty-agent", "back-office");
        var customer = (await Business.CollectAsync(staff.Admin.Server.Client(business.Token), business.BookingOf(7_001))).Good()["customer"]!.GetValue<string>();
        object Ask(params string[] clear) => new { purpose = "fulfil", items = new[] { "pnr" }, clear };
        Task<Answer> ViewAsync(params string[] clear) => agent.PostAsync($"/v1/customers/{customer}/view", Ask(clear));

        Assert.Equal("clear", Shown((await ViewAsync("pnr")).Good()));

        // The course is corrected to have ended: the very next view waits for it, and without asking for clear text it is masked.
        await TrainAsync(staff, Staff.Now - 300, Staff.Now - 200);
        var needs = (await ViewAsync("pnr")).Refused(403, "access.needs").Json;
        Assert.Contains(needs["needs"]!.AsArray(), need => need!["what"]!.GetValue<string>() == "duty" && need["how"]!.GetValue<string>() == "training");
        Assert.Contains(needs["reasons"]!.AsArray(), reason => reason!["code"]!.GetValue<string>() == "training.lapsed");
        Assert.Equal("masked", Shown((await ViewAsync()).Good()));
        var own = Assert.Single((await agent.GetAsync("/v1/duties")).Good().AsArray(), duty => duty!["duty"]!.GetValue<string>() == "training");
        Assert.False(own!["inForce"]!.GetValue<bool>());

        // Passed again, it is there at once.
        await TrainAsync(staff, Staff.Now - 100, Staff.Now + Day);
        Assert.Equal("clear", Shown((await ViewAsync("pnr")).Good()));
    }

    [Fact]
    public async Task Without_the_agreement_nothing_is_clear_and_it_is_signed_with_its_words_and_ones_name()
    {
        var staff = (await shared.BusinessAsync()).Staff;
        var text = (await staff.Dpo.GetAsync("/v1/nda")).Good();
        object Sign(string digest, string name) => new { version = text["version"]!.GetValue<int>(), language = "zh", digest, name };
        var words = text["zhDigest"]!.GetValue<string>();
        (await staff.Dpo.PostAsync("/v1/nda/sign", Sign(text["enDigest"]!.GetValue<string>(), "Person dpo"))).Refused(409, "nda.changed");
        (await staff.Dpo.PostAsync("/v1/nda/sign", Sign(words, "Person auditor"))).Refused(422, "nda.name");
        Assert.True((await staff.Dpo.PostAsync("/v1/nda/sign", Sign(words, "Person dpo"))).Good()["inForce"]!.GetValue<bool>());
        (await staff["counter"].PostAsync("/v1/nda", new { zh = "一", en = "one", termDays = 10 })).Refused(403, "act.ungranted");
        var client = staff.Admin.Server.Client((await staff.ClientAsync(["training"])).Token);
        (await client.PostAsync("/v1/nda/sign", Sign(words, "Person dpo"))).Refused(403, "client.scope");
    }

    [Fact]
    public async Task A_file_of_results_is_taken_line_by_line_and_nobody_reports_himself()
    {
        var staff = (await shared.WorldAsync()).Staff;
        var file = "account,course,passed,expires\n"
            + "counter,annual,2026-01-05,2028-01-04\n"
            + "nobody-here,annual,2026-01-05,2027-01-04\n"
            + "marketing,annual,2026-13-05,2027-01-04\n"
            + "marketing,annual\n"
            + "dpo,annual,2026-01-05,2027-01-04\n"
            + "\"shift-lead\",annual,2026-01-05,2027-01-04\r\n";
        var taken = (await staff.Dpo.RawAsync(HttpMethod.Post, "/v1/training/import", file, "text/csv")).Good();

        // The counter's result is older than what the test staff was hired with.
        Assert.Equal(0, taken["accepted"]!.GetValue<int>());
        Assert.Equal(
            ["line 2 training.older", "line 3 person.unknown", "line 4 training.row", "line 5 training.row", "line 6 people.self", "line 7 training.row"],
            taken["rejected"]!.AsArray().Select(one => $"{one!["at"]!.GetValue<string>()} {one["code"]!.GetValue<string>()}").Order(StringComparer.Ordinal));
        Assert.DoesNotContain("nobody-here", taken.ToJsonString(), StringComparison.Ordinal);
        (await staff.Dpo.RawAsync(HttpMethod.Post, "/v1/training/import", "who,what\n", "text/csv")).Good();
        (await staff.Dpo.RawAsync(HttpMethod.Post, "/v1/training/import", file, "application/json")).Refused(415, "body.media_type");
        (await staff["counter"].RawAsync(HttpMethod.Post, "/v1/training/import", file, "text/csv")).Refused(403, "act.ungranted");
        Assert.Equal(HttpStatusCode.OK, (await staff.Owner.GetAsync("/v1/duties/people")).Status);
    }

    private static async Task TrainAsync(Staff staff, long passed, long expires) =>
        Assert.Equal(1, (await staff.Dpo.PostAsync("/v1/training", new { facts = new[] { new { account = "duty-agent", course = "annual", passed, expires } } })).Good()["accepted"]!.GetValue<int>());

    private static string Shown(JsonNode view) => view["records"]!.AsArray().Select(record => record!["items"]!["pnr"]).First(item => item is not null)!["shown"]!.GetValue<string>();
}
