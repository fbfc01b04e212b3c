using System.Text.Json.Nodes;
using Strongroom.Server.Verbs;

namespace Strongroom.Server.Demo;

/// <summary>Customers taken in through the channels, and a little of what happens to their information: seen, refused, withdrawn.</summary>
internal sealed class DemoHistory(DemoCompany company, Uri server, byte[] certificate)
{
    private const int HotelGuests = 600;

    public async Task<IReadOnlyList<DemoSample>> LiveAsync(int customers, Terminal terminal, CancellationToken ct)
    {
        var guests = Math.Min(HotelGuests, customers / 3);
        var passengers = customers - guests;
        using var booking = Client("booking-system");
        using var hotel = Client("hotel-system");
        var taken = await CollectAsync(
            booking, "web-booking", DemoCustomers.Bookings(Enumerable.Range(0, passengers), company.Channels["website"], company.Notices["booking"]), terminal, ct);
        await CollectAsync(
            hotel, "hotel-registration", DemoCustomers.Stays(Enumerable.Range(passengers, guests), company.Channels["hotel-desk"], company.Notices["lodging"], askConsent: true), terminal, ct);
        var listed = await UseAsync(booking, taken, ct);
        await AskAsync(taken.Distinct().Take(12).ToList(), ct);
        await new DemoSituations(company, server, certificate).MakeAsync([.. taken.Distinct().Take(60)], listed, ct);
        await OverseeAsync(ct);
        return Samples(taken, passengers);
    }

    /// <summary>
    /// An open access review, findings of a connected system, and a check of the log. The alert makes itself: whoever asked for marketing was
    /// refused forty times; so does the day's queue of administration.
    /// </summary>
    private async Task OverseeAsync(CancellationToken ct)
    {
        var now = TimeProvider.System.GetUtcNow();
        await company.As("dpo").PostAsync("/v1/access-reviews", new { name = "年度权限复核 Yearly access review", deadline = now.AddDays(5).ToUnixTimeMilliseconds() }, ct);
        var today = now.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        object[] accounts =
        [
            new { system = "departure-control", account = "dcs-lin", person = "call-agent", state = "active", last_use = today },
            new { system = "departure-control", account = "dcs-gate-7", person = "", state = "active", last_use = today },
            new { system = "departure-control", account = "dcs-share", person = "counter", state = "active", last_use = today },
            new { system = "departure-control", account = "dcs-share", person = "shift-lead", state = "active", last_use = today },
            new { system = "departure-control", account = "dcs-luo", person = DemoSituations.Left, state = "active", last_use = today },
            new { system = "departure-control", account = "dcs-root", person = "admin-1", state = "active", last_use = today },
            new { system = "departure-control", account = "dcs-old", person = "back-office", state = "active", last_use = "2025-01-06" },
        ];
        var time = now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        object[] operations =
        [
            new { system = "departure-control", account = "dcs-lin", act = "export-manifest", time, ticket = "" },
            new { system = "departure-control", account = "dcs-test", act = "print-list", time, ticket = "" },
        ];
        foreach (var (what, lines) in new[] { ("accounts", accounts), ("operations", operations) })
        {
            await foreach (var _ in company.As("admin-1").BulkAsync($"/v1/reconciliation/{what}", lines, ct))
            {
                // One line: what was found.
            }
        }

        await company.As("auditor").PostAsync("/v1/log-checks", new
        {
            kind = "spot", from = now.AddDays(-1).ToUnixTimeMilliseconds(), until = now.AddMinutes(1).ToUnixTimeMilliseconds(), perMille = 50,
        }, ct);
    }

    private DemoCaller Client(string name) => new(server, certificate, company.Clients.Single(c => c.Name == name).Token);

    /// <returns>Customer ids by the line they came in with.</returns>
    private static async Task<List<string>> CollectAsync(DemoCaller caller, string form, IEnumerable<object> lines, Terminal terminal, CancellationToken ct)
    {
        var customers = new List<string>();
        await foreach (var result in caller.BulkAsync($"/v1/collect/{form}/bulk", lines, ct))
        {
            if ((string)result["status"]! == "rejected")
            {
                // The data are the same in every run: a rejected line is a fault of the product, not of the data.
                throw new InvalidOperationException($"{form} rejected a line of the demo: {result.ToJsonString()}");
            }
            else
            {
                customers.Add((string)result["customer"]!);
            }
        }

        var people = customers.Distinct().Count();
        await terminal.SayAsync(
            $"  {form}:{customers.Count} 份提交,{people} 位客户", $"  {form}: {customers.Count} submissions, {people} customers");
        return customers;
    }

    /// <summary>Requests for approval, one of each end: used, refused, still waiting, in force; an emergency that owes its review; and somebody who stands in for another.</summary>
    private async Task AskAsync(List<string> customers, CancellationToken ct)
    {
        var (officer, lead, until) = (company.As("dpo"), company.As("shift-lead"), TimeProvider.System.GetUtcNow().AddHours(4).ToUnixTimeMilliseconds());
        var made = new List<(string Customer, string Id, string Digest)>();
        foreach (var customer in customers)
        {
            var asked = await officer.AskAsync(
                "/v1/approvals/uses", new { act = "view", customers = new[] { customer }, purpose = "realname", items = new[] { "id_no" }, until, reason = "核对投诉 · checking a complaint" }, ct);
            if (asked is { } request)
            {
                made.Add((customer, (string)request["id"]!, (string)request["digest"]!));
            }

            if (made.Count == 4)
            {
                break;
            }
        }

        if (made.Count == 4)
        {
            await lead.ApproveAsync(made[3].Id, made[3].Digest, ct);
            await lead.ApproveAsync(made[0].Id, made[0].Digest, ct);
            await officer.TryPostAsync($"/v1/customers/{made[0].Customer}/view", new { purpose = "realname", items = new[] { "id_no" }, clear = new[] { "id_no" }, grant = made[0].Id }, ct);
            await lead.TryPostAsync($"/v1/approvals/{made[1].Id}/decide", new { digest = made[1].Digest, verdict = "refuse", reason = "用途不清 · purpose unclear" }, ct);
        }

        var glass = await company.As("counter").AskAsync("/v1/approvals/break-glass", new
        {
            act = "view", customers = customers.TakeLast(1), purpose = "realname", items = new[] { "id_no" }, until = until - (3L * 60 * 60 * 1000) - 60_000L,
            reason = "离港系统中断,旅客无法登机 · departure control is down",
        }, ct);
        if (glass is not null)
        {
            await company.As("counter").TryPostAsync(
                $"/v1/customers/{customers[^1]}/view", new { purpose = "realname", items = new[] { "id_no" }, clear = new[] { "id_no" }, grant = (string)glass["id"]! }, ct);
        }

        var standIn = (await company.As("back-office").GetAsync("/v1/session", ct))["person"]!;
        await company.As("data-owner").TryPostAsync(
            "/v1/approvals/delegations",
            new { to = standIn is System.Text.Json.Nodes.JsonObject ? (string)standIn["id"]! : (string)standIn!, until = until + (6L * 24 * 60 * 60 * 1000), reason = "休假 · on leave" }, ct);
    }

    /// <summary>Permitted and refused acts of several posts, so that log, ledger and pictures have something to show.</summary>
    /// <returns>Those on the controlled list.</returns>
    private async Task<IReadOnlyList<string>> UseAsync(DemoCaller booking, List<string> customers, CancellationToken ct)
    {
        var some = customers.Distinct().Take(40).ToList();
        foreach (var (customer, i) in some.Select((c, i) => (c, i)))
        {
            await booking.TryPostAsync($"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "name", "pnr", "itinerary" } }, ct);
            await company.As(i % 2 == 0 ? "counter" : "back-office").TryPostAsync(
                $"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "name", "ticket_no" }, clear = new[] { "name" } }, ct);
            await company.As("marketing").TryPostAsync($"/v1/customers/{customer}/view", new { purpose = "market", items = new[] { "mobile" }, clear = new[] { "mobile" } }, ct);
        }

        var listed = some.TakeLast(2).ToList();
        await company.ListAsync(listed, ct);
        foreach (var customer in some.Skip(20).Take(5))
        {
            await company.As("rights-desk").TryPostAsync($"/v1/customers/{customer}/consents/fulfil/withdraw", new { ticket = $"R-{customer[..6]}" }, ct);
        }

        return listed;
    }

    /// <summary>The last one takes a special meal: what tells faith or health is behind a second person's passkey.</summary>
    private static IReadOnlyList<DemoSample> Samples(List<string> customers, int passengers)
    {
        var first = DemoCustomers.Of(0);
        var second = DemoCustomers.Of(customers.Count > 1 ? 1 : 0);
        var distinct = customers.Distinct().ToList();
        var lines = DemoCustomers.Bookings(Enumerable.Range(0, passengers), "", 1).Zip(customers);
        var meal = lines.Where(line => line.First["items"]!["ssr_meal"] is not null).Take(1)
            .Select(line => new DemoSample(line.Second, "mobile", (string)line.First["items"]!["mobile"]!));
        return
        [
            new DemoSample(distinct[0], "mobile", first.Mobile),
            new DemoSample(distinct[0], "name", first.Name),
            new DemoSample(distinct[0], first.DocumentItem, first.Document),
            new DemoSample(distinct[1], "mobile", second.Mobile),
            .. meal,
        ];
    }
}
