using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>From the website to the screen: what an entitlement shows, what its end hides, on the real server.</summary>
public sealed class UseTests(Shared shared)
{
    [Fact]
    public async Task An_authorisation_opens_clear_text_and_its_end_closes_at_the_next_request()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        var booking = business.BookingOf(1, "王小明");
        var customer = (await Business.CollectAsync(server.Client(business.Token), booking)).Good()["customer"]!.GetValue<string>();
        async Task<(string? Value, string Shown)> NameAsync(params string[] clear)
        {
            var view = (await staff["shift-lead"].PostAsync($"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "name" }, clear })).Good();
            var item = view["records"]!.AsArray().Select(r => r!["items"]!["name"]).First(i => i is not null)!;
            return (item["value"]?.GetValue<string>(), item["shown"]!.GetValue<string>());
        }

        async Task RefusedAsync()
        {
            var answer = await staff["shift-lead"].PostAsync($"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "name" }, clear = new[] { "name" } });
            answer.Refused(403, "access.needs");
            Assert.Contains(answer.Json["reasons"]!.AsArray(), r => r!["code"]!.GetValue<string>() == "authorisation.missing");
            Assert.DoesNotContain("王小明", answer.Text, StringComparison.Ordinal);
        }

        var masked = await NameAsync();
        Assert.Equal("masked", masked.Shown);
        Assert.DoesNotContain("小明", masked.Value ?? "", StringComparison.Ordinal);
        await RefusedAsync();

        var authorisation = await staff.AuthoriseAsync("shift-lead", null, "fulfil", "name");
        Assert.Equal(("王小明", "clear"), await NameAsync("name"));

        (await staff.Owner.PostAsync($"/v1/authorisations/{authorisation}/end")).Good();
        Assert.Equal(masked, await NameAsync());
        await RefusedAsync();
    }

    [Fact]
    public async Task A_purpose_without_basis_is_refused_with_its_reason()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        var customer = (await Business.CollectAsync(server.Client(business.Token), business.BookingOf(2))).Good()["customer"]!.GetValue<string>();
        var answer = await staff["shift-lead"].PostAsync($"/v1/customers/{customer}/view", new { purpose = "market", items = new[] { "name" } });
        Assert.Equal(403, (int)answer.Status);
        Assert.Contains(answer.Json["reasons"]!.AsArray(), r => r!["code"]!.GetValue<string>() is "purpose.no_basis" or "consent.missing" or "purpose.not_collected" or "purpose.ungranted");
    }

    [Fact]
    public async Task Unknown_and_foreign_customers_give_the_same_404_and_both_are_logged()
    {
        var (_, _, staff) = await shared.WorldAsync();
        await shared.BusinessAsync();
        var answer = await staff["shift-lead"].PostAsync($"/v1/customers/{new string('a', 32)}/view", new { purpose = "fulfil" });
        answer.Refused(404, "customer.unknown");
        var entry = (await staff.Auditor.GetAsync($"/v1/audit/entries?actorKind=person&actorId={staff["shift-lead"].Id}&decision=deny&size=5")).Good()["entries"]!.AsArray();
        Assert.NotEmpty(entry);
    }

    [Fact]
    public async Task Bad_submissions_say_what_and_where_without_the_value_and_leave_nothing()
    {
        var (place, server, _) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        var client = server.Client(business.Token);
        var wrong = business.BookingOf(3, "卡纳里亚");
        wrong["items"]!["id_no"] = "11010119900307123X";
        wrong["items"]!["shoe_size"] = "42";
        wrong["notice"]!["version"] = 7;
        var answer = await Business.CollectAsync(client, wrong);
        Assert.Equal(422, (int)answer.Status);
        var places = answer.Json["errors"]!.AsArray().Select(e => e!["at"]!.GetValue<string>()).ToList();
        Assert.Contains(places, p => p.Contains("id_no", StringComparison.Ordinal));
        Assert.Contains(places, p => p.Contains("notice", StringComparison.Ordinal));
        Assert.DoesNotContain("卡纳里亚", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("11010119900307123X", answer.Text, StringComparison.Ordinal);

        var mute = business.BookingOf(3, "卡纳里亚");
        mute.Remove("consents");
        Assert.InRange((int)(await Business.CollectAsync(client, mute)).Status, 400, 422);
        Assert.Empty(Disk.FilesWith(place.Root, "卡纳里亚", "11010119900307123X"));
    }

    [Fact]
    public async Task A_repeated_idempotency_key_with_another_body_is_a_conflict()
    {
        var (_, server, _) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        var client = server.Client(business.Token);
        Task<Answer> SendAsync(int person) => client.SendAsync(
            HttpMethod.Post, "/v1/collect/web-booking", new StringContent(business.BookingOf(person).ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
            r => r.Headers.Add("Idempotency-Key", "black-box-key-0001"));

        var first = (await SendAsync(4)).Good();
        var again = (await SendAsync(4)).Good();
        Assert.Equal(first["customer"]!.GetValue<string>(), again["customer"]!.GetValue<string>());
        (await SendAsync(5)).Refused(409, "idempotency.mismatch");
    }

    [Fact]
    public async Task Find_answers_by_exact_value_and_the_value_stands_nowhere()
    {
        var (place, server, _) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        await business.AuthoriseAsync();
        var client = server.Client(business.Token);
        var booking = business.BookingOf(6);
        var customer = (await Business.CollectAsync(client, booking)).Good()["customer"]!.GetValue<string>();
        var (mobile, document) = (booking["items"]!["mobile"]!.GetValue<string>(), booking["items"]!["id_no"]!.GetValue<string>());
        Assert.Equal([customer], await Business.FindAsync(client, "mobile", mobile));
        Assert.Empty(await Business.FindAsync(client, "mobile", business.BookingOf(777_777)["items"]!["mobile"]!.GetValue<string>()));
        Assert.Empty(Disk.FilesWith(place.Root, mobile, document));
        Assert.DoesNotContain(mobile, server.Said, StringComparison.Ordinal);
    }
}
