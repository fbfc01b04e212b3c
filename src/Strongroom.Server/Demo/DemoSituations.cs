using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Strongroom.Server.Demo;

/// <summary>
/// What somebody who looks around should meet once (issue 4): accounts asked for, refused, closed; an order of the ticket system and the work that matches it; requests in
/// every state. Each by the people and through the doors that make it in earnest. What takes weeks (a dormant account, a habit) is not made.
/// </summary>
internal sealed class DemoSituations(DemoCompany company, Uri server, byte[] certificate)
{
    /// <summary>Somebody who left: reported by a connected system still.</summary>
    public const string Left = "agent-left";

    private const string Order = "CHG-2026-0417", Case = "R-2026-0091";
    private const long Minute = 60_000, Hour = 60 * Minute, Day = 24 * Hour;
    private const int OfOneOrder = 6;
    private readonly long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    /// <param name="listed">Customers on the controlled list.</param>
    public async Task MakeAsync(IReadOnlyList<string> customers, IReadOnlyList<string> listed, CancellationToken ct)
    {
        // Not those whose consent was withdrawn, nor those of the list.
        var plain = customers.Take(20).Concat(customers.Skip(25)).Except(listed).ToList();
        await PeopleAsync(ct);
        await OrdersAsync([.. plain.Skip(12)], ct);
        await RequestsAsync([.. plain.Skip(5)], ct);
        await WatchedAsync(plain, listed, ct);
    }

    /// <summary>One account waits for the other administrator, one was refused, one was opened and closed, one has a new name.</summary>
    private async Task PeopleAsync(CancellationToken ct)
    {
        var (admin, lead) = (company.As("admin-1"), company.As("shift-lead"));
        var unit = company.UnitOf("airline");
        object Wish(string account, string name) => new { person = new { account, name, locale = "zh" }, posts = new[] { new { post = "call-agent", unit } } };
        await lead.PostAsync("/v1/account-requests", Wish("agent-new", "何苗"), ct);
        var refused = await lead.PostAsync("/v1/account-requests", Wish("agent-share", "外呼公用"), ct);
        await admin.PostAsync($"/v1/account-requests/{refused["id"]}/decide", new { verdict = "refuse", reason = "公用账号不开 · no shared accounts" }, ct);
        var hired = await lead.PostAsync("/v1/account-requests", Wish(Left, "罗一鸣"), ct);
        var made = await admin.PostAsync($"/v1/account-requests/{hired["id"]}/decide", new { verdict = "approve" }, ct);
        await admin.PostAsync($"/v1/people/{made["request"]!["person"]}/close", null, ct);
        var analyst = await admin.GetAsync($"/v1/people/{company.PersonOf("analyst")}", ct);
        await admin.SendAsync(HttpMethod.Patch, $"/v1/people/{company.PersonOf("analyst")}", new { version = (long)analyst["version"]!, name = "Leo Park-Jung" }, ct);
    }

    /// <summary>Two orders of the ticket system, which shows its certificate: the work of one is done, the other waits for its day.</summary>
    private async Task OrdersAsync(IReadOnlyList<string> customers, CancellationToken ct)
    {
        using var shown = Shown("CN=ticket-system");
        var token = await company.RegisterTicketsAsync("ticket-system", Convert.ToHexStringLower(SHA256.HashData(shown.RawData)), ct);
        using var tickets = new DemoCaller(server, certificate, token, shown);
        foreach (var (number, some) in new[] { (Order, customers.Take(OfOneOrder)), ("CHG-2026-0418", customers.Skip(OfOneOrder).Take(OfOneOrder)) })
        {
            await tickets.PostAsync("/v1/work-orders", new
            {
                number, scene = "batch_query", act = "view", requester = company.PersonOf("shift-lead"), approvers = new[] { company.PersonOf("data-owner") },
                customers = some, purpose = "fulfil", items = new[] { "name" }, until = now + (8 * Hour), reason = "季度抽查 · quarterly check",
            }, ct);
        }

        await company.As("shift-lead").PostAsync("/v1/customers/view-many", new { ids = customers.Take(OfOneOrder), purpose = "fulfil", items = new[] { "name" }, ticket = Order }, ct);
    }

    /// <summary>What a request can come to besides being used, refused or waiting: at the requester's screen, void, ended, taken back, many uses, booked.</summary>
    private async Task RequestsAsync(IReadOnlyList<string> customers, CancellationToken ct)
    {
        var (lead, officer) = (company.As("shift-lead"), company.As("dpo"));
        async Task<(string Id, string Digest, string Customer)> AskAsync(int which, string reason, long until, string? scene = null, string? mode = null, long? from = null, DemoCaller? by = null)
        {
            var body = new JsonObject
            {
                ["act"] = "view", ["customers"] = new JsonArray(customers[which]), ["purpose"] = "realname", ["items"] = new JsonArray("id_no"), ["until"] = until, ["reason"] = reason, ["ticket"] = Case,
            };
            if (scene is not null)
            {
                body["scenes"] = new JsonArray(scene);
            }

            body["mode"] = mode;
            body["from"] = from;
            foreach (var name in new[] { "mode", "from" }.Where(name => body[name] is null))
            {
                body.Remove(name);
            }

            var made = await (by ?? company.As("rights-desk")).PostAsync("/v1/approvals/uses", body, ct);
            return ((string)made["id"]!, (string)made["digest"]!, customers[which]);
        }

        await AskAsync(0, "柜台核身,客户在场 · the customer stands at the counter", now + (4 * Hour), "unverified_reveal", "on-site");
        await AskAsync(1, "晚了一步 · too late", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 30_000);

        // Somebody decided on something else than was asked for: that ends the request.
        var (spoiled, other, _) = await AskAsync(2, "核对身份 · checking the identity", now + (4 * Hour));
        await lead.TryPostAsync($"/v1/approvals/{spoiled}/decide", new { digest = Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(other))), verdict = "approve", reason = "demo" }, ct);

        var (taken, digest, _) = await AskAsync(3, "客户来电核对 · a caller asks", now + (4 * Hour));
        await lead.ApproveAsync(taken, digest, ct);
        await officer.PostAsync($"/v1/approvals/{taken}/revoke", new { reason = "投诉已撤,不再需要 · the complaint was withdrawn" }, ct);

        var (hour, hourly, seen) = await AskAsync(4, "集中回访 · calling back", now + (50 * Minute), "threshold", by: officer);
        await lead.ApproveAsync(hour, hourly, ct);
        await officer.TryPostAsync($"/v1/customers/{seen}/view", new { purpose = "realname", items = new[] { "id_no" }, clear = new[] { "id_no" }, grant = hour, ticket = Case }, ct);
        var (booked, later, _) = await AskAsync(5, "明早集中回访 · calling back tomorrow", now + Day + (50 * Minute), "threshold", from: now + Day);
        await lead.ApproveAsync(booked, later, ct);
    }

    /// <summary>Clear text beyond the ordinary: customers on a list, and so many tickets that the watch warns.</summary>
    private async Task WatchedAsync(IReadOnlyList<string> customers, IEnumerable<string> listed, CancellationToken ct)
    {
        foreach (var customer in listed)
        {
            await company.As("shift-lead").TryPostAsync($"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "name" }, clear = new[] { "name" } }, ct);
        }

        foreach (var customer in customers.Take(26))
        {
            await company.As("counter").TryPostAsync($"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "ticket_no" }, clear = new[] { "ticket_no" } }, ct);
        }
    }

    private static X509Certificate2 Shown(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        var begins = TimeProvider.System.GetUtcNow().AddMinutes(-5);
        using var made = request.CreateSelfSigned(begins, begins.AddDays(90));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
