using System.Text;
using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests.Attacks;

/// <summary>What may happen once happens once, however many ask at the same moment, and again after an older data folder was put back.</summary>
public sealed class OneUseTests
{
    private const int Crowd = 12;
    private const string Key = "one-use-key-7731";

    [Fact]
    public async Task ParallelGrantBudgetIdempotency_OneUse_NoStoredPlaintext_AfterRestoreToo()
    {
        await using var place = await Place.OpenedAsync();
        JsonObject booking;
        string approval;
        JsonObject draft;
        Staff staff;
        Business business;
        await using (var server = await place.ServeAsync())
        {
            (staff, business) = await place.PeopleAtAsync(server);
            booking = business.BookingOf(1, "诸葛一次");
            (approval, draft) = await ApprovedAsync(staff);
            Assert.Equal(0, await server.StopAsync());
        }

        var backup = CopyOf(place.Data, Path.Combine(place.Root, "backup"));
        string customer;
        await using (var server = await place.ServeAsync())
        {
            customer = await IdempotentAsync(server.Client(business.Token), booking);
            Assert.Equal(1, await GrantedAsync(staff.BackOffice.At(server), approval, draft));
            await BudgetAsync(server, business, customer);
            Assert.Equal(0, await server.StopAsync());
        }

        var items = booking["items"]!;
        string[] secrets = [Key, "诸葛一次", items["mobile"]!.GetValue<string>(), items["id_no"]!.GetValue<string>()];
        Assert.Empty(Disk.FilesWith(place.Root, secrets));

        // The older folder comes back; what was used up since then is not in it.
        Directory.Delete(place.Data, recursive: true);
        CopyOf(backup, place.Data);
        await using (var server = await place.ServeAsync())
        {
            await AfterRestoreAsync(server, staff, business, booking, approval, draft);
            Assert.Equal(0, await server.StopAsync());
        }

        Assert.Empty(Disk.FilesWith(place.Root, secrets));
    }

    /// <summary>The same submission under one key from many at once makes one customer with one booking.</summary>
    private static async Task<string> IdempotentAsync(Caller client, JsonObject booking)
    {
        var answers = await CrowdAsync(client, booking);
        var made = answers.Select(answer => answer.Good()).ToList();

        // Each is answered with the one entry, record and receipt that were made.
        Assert.Single(answers.Select(answer => answer.Text).Distinct());
        return Assert.Single(made.Select(one => one["customer"]!.GetValue<string>()).Distinct());
    }

    private static Task<Answer[]> CrowdAsync(Caller client, JsonObject booking) => Task.WhenAll(Enumerable.Range(0, Crowd).Select(_ => client.SendAsync(
        HttpMethod.Post, "/v1/collect/web-booking", new StringContent(booking.ToJsonString(), Encoding.UTF8, "application/json"), request => request.Headers.Add("Idempotency-Key", Key))));

    /// <returns>How many of the crowd got the authorisation for the one approval.</returns>
    private static async Task<int> GrantedAsync(Caller caller, string approval, JsonObject draft)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, Crowd).Select(_ => caller.PostAsync("/v1/authorisations", new JsonObject { ["approval"] = approval, ["authorisation"] = draft.DeepClone() })));
        Assert.All(answers, answer => Assert.True((int)answer.Status is 201 or 403 or 409 or 503, $"{(int)answer.Status} {answer.Text}"));
        return answers.Count(answer => (int)answer.Status == 201);
    }

    /// <summary>Three guesses for a customer in an hour, not three for each of those who guess at once.</summary>
    private static async Task BudgetAsync(ServerProcess server, Business business, string customer)
    {
        var client = server.Client(business.Token);
        var guesses = await Task.WhenAll(Enumerable.Range(0, Crowd).Select(i =>
            client.PostAsync($"/v1/customers/{customer}/compare", new { purpose = "fulfil", items = new { pnr = new { value = $"AAAAA{i % 8 + 2}" } } })));
        Assert.Equal(3, guesses.Count(answer => (int)answer.Status == 200));
        Assert.All(guesses.Where(answer => (int)answer.Status != 200), answer => Assert.True(answer.Code is "compare.tries" or "access.unsettled", answer.Text));
    }

    private static async Task AfterRestoreAsync(ServerProcess server, Staff staff, Business business, JsonObject booking, string approval, JsonObject draft)
    {
        // What the log holds beyond this folder was shipped to the anchor: the node knows that it lost something and is not ready.
        var patience = DateTimeOffset.UtcNow.AddSeconds(60);
        Answer ready;
        do
        {
            ready = await server.Nobody().GetAsync("/readyz");
        }
        while ((int)ready.Status != 503 && DateTimeOffset.UtcNow < patience);
        Assert.Equal(503, (int)ready.Status);

        // The use and its effect were lost together, so one of a crowd may have it again; two may not.
        Assert.InRange(await GrantedAsync(staff.BackOffice.At(server), approval, draft), 0, 1);
        var taken = await CrowdAsync(server.Client(business.Token), booking);
        Assert.All(taken, answer => Assert.True((int)answer.Status is 201 or 503, answer.Text));
        Assert.InRange(taken.Where(answer => (int)answer.Status == 201).Select(answer => answer.Text).Distinct().Count(), 0, 1);
    }

    private static async Task<(string Approval, JsonObject Draft)> ApprovedAsync(Staff staff)
    {
        var draft = new JsonObject
        {
            ["purpose"] = "fulfil", ["items"] = new JsonArray("name"), ["from"] = Staff.Now - 1000, ["until"] = Staff.Now + 86_400_000L, ["post"] = "shift-lead",
        };
        var asked = (await staff.BackOffice.PostAsync("/v1/authorisations/request", new JsonObject { ["authorisation"] = draft.DeepClone(), ["until"] = Staff.Now + 3_600_000L })).Good();
        var approval = asked["approval"]!.GetValue<string>();
        (await staff.Owner.PostAsync($"/v1/approvals/{approval}/decide", new { digest = asked["digest"]!.GetValue<string>(), verdict = "approve", reason = "fits" })).Good();
        return (approval, draft);
    }

    private static string CopyOf(string folder, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        return to;
    }
}
