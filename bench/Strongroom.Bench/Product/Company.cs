using System.Text.Json.Nodes;
using Strongroom.Server.Demo;

namespace Strongroom.Bench.Product;

/// <summary>
/// The least a business system needs before it may see anything in clear, made through the API by the people whose duty it is: channels,
/// forms and a notice published by two, a client, and its standing use authorisations approved by the data owner.
/// </summary>
internal sealed class Company : IDisposable
{
    private static readonly string[] Staff = ["data-owner", "dpo", "back-office", "shift-lead"];

    private readonly Uri server;
    private readonly Certificate certificate;
    private readonly Dictionary<string, DemoCaller> callers = [];
    private readonly long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private Company(Uri server, Certificate certificate) => (this.server, this.certificate) = (server, certificate);

    /// <summary>The client's bearer token.</summary>
    public string Token { get; private set; } = "";

    public string WebTemplate { get; private set; } = "";

    public string ImportTemplate { get; private set; } = "";

    public static async Task<Company> FoundAsync(Uri server, Certificate certificate, IReadOnlyDictionary<string, string> passwords, CancellationToken ct)
    {
        using var company = new Company(server, certificate);
        var admin = await company.SignInAsync("admin-1", passwords["admin-1"], ct);
        var second = await company.SignInAsync("admin-2", passwords["admin-2"], ct);
        var unit = (await admin.GetAsync("/v1/units", ct)).AsArray()[0]!;
        foreach (var post in Staff)
        {
            var (_, start) = await DemoCompany.HireAsync(admin, second, new { account = post, name = post, locale = "en" }, post, (string)unit["id"]!, company.now, ct);
            await company.SignInAsync(post, start, ct);
        }

        // A client inherits its owner's duties.
        await DemoCompany.FulfilDutiesAsync(company.callers["back-office"], "back-office", company.callers["dpo"], "back-office", company.now, ct);
        await company.PublishAsync(ct);
        await company.RegisterAsync(admin, (string)unit["entity"]!, ct);
        return company;
    }

    public void Dispose()
    {
        foreach (var caller in callers.Values)
        {
            caller.Dispose();
        }
    }

    private async Task<DemoCaller> SignInAsync(string account, string start, CancellationToken ct)
    {
        var caller = new DemoCaller(server, certificate.RawData);
        callers[account] = caller;
        var next = System.Security.Cryptography.RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 24);
        await caller.BeginAsync(account, start, next, ct);
        return caller;
    }

    private async Task PublishAsync(CancellationToken ct)
    {
        var (owner, dpo) = (callers["data-owner"], callers["dpo"]);
        await ApproveAsync(owner, dpo, "/v1/notices/bench/1/request", approval => owner.PostAsync("/v1/notices/bench/1/publish", new { approval }, ct), ct);
        foreach (var form in (string[])["bench-web", "bench-import"])
        {
            await owner.PostAsync($"/v1/forms/{form}/review", null, ct);
            await ApproveAsync(dpo, owner, $"/v1/forms/{form}/request", approval => dpo.PostAsync($"/v1/forms/{form}/publish", new { approval }, ct), ct);
        }
    }

    private async Task RegisterAsync(DemoCaller admin, string entity, CancellationToken ct)
    {
        object Channel(string kind, string[] clients, long version) =>
            new { channel = new { name = kind, kind, entity, open = true, posts = Array.Empty<string>(), clients }, version };

        var kinds = (string[])["website", "file-import"];
        var channels = new List<string>();
        foreach (var kind in kinds)
        {
            channels.Add((string)(await admin.PostAsync("/v1/channels", Channel(kind, [], 0), ct))["id"]!);
        }

        var owner = (string)(await callers["back-office"].GetAsync("/v1/session", ct))["person"]!;
        var created = await admin.PostAsync("/v1/clients", new
        {
            name = "bench",
            owner,
            scopes = (string[])["collect", "import", "find", "view"],
            purposes = (string[])["fulfil", "notify", "realname"],
            forms = (string[])["bench-web", "bench-import"],
            channels,
            perMinute = 600_000,
            perDay = 500_000_000,
            expires = now + (86_400_000L * 30),
        }, ct);
        Token = (string)created["token"]!;
        var client = (string)created["client"]!["id"]!;
        for (var i = 0; i < kinds.Length; i++)
        {
            await admin.PutAsync($"/v1/channels/{channels[i]}", Channel(kinds[i], [client], 1), ct);
        }

        (WebTemplate, ImportTemplate) = (People.WebTemplate(channels[0]), People.ImportTemplate(channels[1]));
        foreach (var purpose in (string[])["fulfil", "notify", "realname"])
        {
            await AuthoriseAsync(client, purpose, ct);
        }
    }

    private async Task AuthoriseAsync(string client, string purpose, CancellationToken ct)
    {
        var (lead, owner) = (callers["shift-lead"], callers["data-owner"]);
        var draft = new JsonObject
        {
            ["purpose"] = purpose,
            ["items"] = new JsonArray([.. People.Items.Select(item => (JsonNode)item)]),
            ["from"] = now - 1000,
            ["until"] = now + (86_400_000L * 30),
            ["client"] = client,
        };
        var asked = await lead.PostAsync("/v1/authorisations/request", new JsonObject { ["authorisation"] = draft.DeepClone(), ["until"] = now + 86_400_000L }, ct);
        var approval = (string)asked["approval"]!;
        if ((string)(await owner.ApproveAsync(approval, (string)asked["digest"]!, ct))["state"]! == "requested")
        {
            await callers["admin-2"].ApproveAsync(approval, (string)asked["digest"]!, ct);
        }

        await lead.PostAsync("/v1/authorisations", new JsonObject { ["approval"] = approval, ["authorisation"] = draft.DeepClone() }, ct);
    }

    private async Task ApproveAsync(DemoCaller requester, DemoCaller approver, string request, Func<string, Task> then, CancellationToken ct)
    {
        var asked = await requester.PostAsync(request, new { until = now + 86_400_000L }, ct);
        var id = (string)asked["id"]!;
        await approver.ApproveAsync(id, (string)asked["digest"]!, ct);
        await then(id);
    }
}
