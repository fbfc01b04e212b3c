using Strongroom.Server.Tests.Harness;
using Strongroom.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>Two nodes on one PostgreSQL: what one changes binds the very next request at the other, and both write one log.</summary>
public sealed class NodesTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_change_at_one_node_binds_the_next_request_at_the_other()
    {
        await using var place = await Place.OpenedAsync(postgres);
        var folder = place.CopyOfData("node-2");
        await using var one = await place.ServeAsync("--node", "node-1");
        await using var two = await ServerProcess.StartAsync(place, folder, "--node", "node-2");
        var (staff, business) = await place.PeopleAtAsync(one);
        var customer = (await Business.CollectAsync(two.Client(business.Token), business.BookingOf(1))).Good()["customer"]!.GetValue<string>();
        var lead = staff["shift-lead"].At(two);
        Task<Answer> ClearAsync() => lead.PostAsync($"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "name" }, clear = new[] { "name" } });

        for (var round = 0; round < 5; round++)
        {
            (await ClearAsync()).Refused(403, "access.needs");
            var authorisation = await staff.AuthoriseAsync("shift-lead", null, "fulfil", "name");
            (await ClearAsync()).Good();
            (await staff.Owner.PostAsync($"/v1/authorisations/{authorisation}/end")).Good();
        }

        await staff.AuthoriseAsync("shift-lead", null, "fulfil", "name");
        (await ClearAsync()).Good();
        await OneGrantAsync(staff.BackOffice, staff.BackOffice.At(two), lead, customer);
        (await staff.Admin.PostAsync($"/v1/people/{lead.Id}/suspend")).Good();
        Assert.Equal(401, (int)(await ClearAsync()).Status);
        await OneLogAsync(place, one, two, staff);
    }

    /// <summary>Asked for at one node, approved with a code of the other, used at both at once: it opens once.</summary>
    private static async Task OneGrantAsync(Caller here, Caller there, Caller lead, string customer)
    {
        var view = (await here.PostAsync($"/v1/customers/{customer}/view", new { purpose = "notify", items = new[] { "mobile" } })).Good();
        var record = view["records"]!.AsArray().First(r => r!["items"]!["mobile"] is not null)!["id"]!.GetValue<string>();
        var asked = (await here.PostAsync("/v1/approvals/uses", new
        {
            act = "correct", customers = new[] { customer }, purpose = "notify", items = new[] { "mobile" }, until = Staff.Now + 3_600_000L, reason = "new number", scenes = new[] { "contact_change" },
            changes = new[] { new { record, item = "mobile", version = 1, value = "13900139000" } },
        })).Good();
        var (id, digest) = (asked["id"]!.GetValue<string>(), asked["digest"]!.GetValue<string>());
        await lead.StepUpAsync("shift-lead");
        var shown = await lead.PostAsync($"/v1/approvals/{id}/code");
        Assert.True((int)shown.Status == 200, $"{shown.Text} {Staff.Now} {(await lead.GetAsync("/v1/session")).Text}");
        var code = shown.Json["code"]!.GetValue<string>();
        (await here.PostAsync($"/v1/approvals/{id}/on-site", new { digest, account = "shift-lead", code })).Good();
        var changes = await Task.WhenAll(new[] { here, there }.Select(at => at.PatchAsync($"/v1/customers/{customer}", new
        {
            purpose = "notify", grant = id, changes = new[] { new { record, item = "mobile", version = 1, value = "13900139000" } },
        })));
        Assert.Single(changes, change => (int)change.Status == 200);
    }

    /// <summary>Entries of both nodes are proven by one tree, which goes on when the sequencing node is killed.</summary>
    private static async Task OneLogAsync(Place place, ServerProcess one, ServerProcess two, Staff staff)
    {
        await one.KillAsync();
        var auditor = staff.Auditor.At(two);
        var entries = (await auditor.GetAsync("/v1/audit/entries?size=60")).Good()["entries"]!.AsArray();
        Assert.Equal(60, entries.Count);
        foreach (var entry in entries.Where((_, i) => i % 12 == 0))
        {
            await LogTests.ProofAsync(auditor, entry!["id"]!.GetValue<string>());
        }

        var (ca, token) = (Path.Combine(place.Root, "ca.pem"), Path.Combine(place.Root, "token"));
        await File.WriteAllTextAsync(ca, two.CertificatePem);
        var admin = staff.Admin.At(two);
        var client = (await admin.PostAsync("/v1/clients", new
        {
            name = "verifier", owner = staff.Auditor.Id, scopes = new[] { "audit" }, perMinute = 100_000, perDay = 1_000_000, expires = Staff.Now + 3_600_000,
        })).Good();
        await File.WriteAllTextAsync(token, client["token"]!.GetValue<string>());
        var verified = await place.RunAsync("verify", two.Url.ToString(), "--key", place.LogKey, "--ca", ca, "--token-file", token);
        Assert.True(verified.Code == 0, verified.All);
    }
}
