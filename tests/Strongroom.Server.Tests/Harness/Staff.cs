using System.Text.Json.Nodes;

namespace Strongroom.Server.Tests.Harness;

/// <summary>The people of an installation, each with one post, signed in at one server.</summary>
internal sealed class Staff
{
    /// <summary>One account per post; nobody holds two, so no incompatible duties arise.</summary>
    private static readonly string[] Posts =
        ["data-owner", "dpo", "auditor", "operations", "back-office", "call-agent", "outsourced-agent", "counter", "shift-lead", "rights-desk", "marketing"];

    /// <summary>Given by two administrators.</summary>
    private static readonly string[] Guarded = ["data-owner", "dpo", "auditor", "admin-4a", "shift-lead"];

    private readonly Dictionary<string, Caller> people;

    /// <summary>Filled only while the first people are hired, one after the other.</summary>
    private readonly List<string> untrained = [];

    internal Staff(Dictionary<string, Caller> people, string unit, string entity) => (this.people, Unit, Entity) = (people, unit, entity);

    public string Unit { get; }

    public string Entity { get; }

    public Caller this[string post] => people[post];

    public IEnumerable<string> All => people.Keys;

    public Caller Admin => people["admin-4a"];

    public Caller SecondAdmin => people["admin-4a-2"];

    public Caller Owner => people["data-owner"];

    public Caller Dpo => people["dpo"];

    public Caller Auditor => people["auditor"];

    public Caller BackOffice => people["back-office"];

    public static async Task<Staff> HireAsync(Place place, ServerProcess server, params string[] posts)
    {
        var people = new Dictionary<string, Caller>
        {
            ["admin-4a"] = await server.Nobody().BeginAsync(place.Administrators[0].Account, place.Administrators[0].Password),
        };

        var admin = people["admin-4a"];
        var unit = Single((await admin.GetAsync("/v1/units")).Good());
        var entity = Single((await admin.GetAsync("/v1/entities")).Good());
        var staff = new Staff(people, unit, entity);

        people["admin-4a-2"] = await server.Nobody().BeginAsync(place.Administrators[1].Account, place.Administrators[1].Password);
        foreach (var post in posts.Length > 0 ? posts : Posts)
        {
            people[post] = await staff.HireAsync(post, post);
        }

        return staff;
    }

    /// <summary>The same people at a server of this installation or of a copy of it; whose session has ended meanwhile signs in again.</summary>
    public async Task<Staff> AtAsync(ServerProcess server)
    {
        var there = people.ToDictionary(p => p.Key, p => p.Value.At(server));
        foreach (var (post, person) in there)
        {
            if ((await person.GetAsync("/v1/session")).Status == System.Net.HttpStatusCode.Unauthorized)
            {
                var account = post switch { "admin-4a" => FirstAccount, "admin-4a-2" => SecondAccount, _ => post };
                (await person.SignInAsync(account, Caller.PasswordOf(account))).Good();
            }
        }

        return new Staff(there, Unit, Entity);
    }

    /// <summary>An account the way every account comes to be (R39): one administrator asks, the other approves.</summary>
    /// <param name="post">Not a guarded one; null: none.</param>
    public static async Task<(string Id, string StartPassword)> AskForAsync(Caller asks, Caller decides, string account, string? post, string unit, string locale = "en", string? name = null)
    {
        object[] posts = post is null ? [] : [new { post, unit }];
        var asked = (await asks.PostAsync("/v1/account-requests", new { person = new { account, name = name ?? $"Person {account}", locale }, posts })).Good();
        var made = (await decides.PostAsync($"/v1/account-requests/{asked["id"]}/decide", new { verdict = "approve" })).Good();
        return (made["request"]!["person"]!.GetValue<string>(), made["startPassword"]!.GetValue<string>());
    }

    /// <summary>A further person with a post in the root unit.</summary>
    public async Task<Caller> HireAsync(string account, string? post)
    {
        var guarded = Guarded.Contains(post);
        var (id, start) = await AskForAsync(Admin, SecondAdmin, account, guarded ? null : post, Unit);
        if (guarded)
        {
            await GrantAsync(id, post!);
        }

        var person = await Admin.Server.Nobody().BeginAsync(account, start);
        await SignNdaAsync(person, account);
        await TrainAsync(person, account, post);
        return person;
    }

    /// <summary>The agreement, read and signed.</summary>
    private static async Task SignNdaAsync(Caller person, string account)
    {
        var text = (await person.GetAsync("/v1/nda")).Good();
        (await person.PostAsync("/v1/nda/sign", new { version = text["version"]!.GetValue<int>(), language = "en", digest = text["enDigest"]!.GetValue<string>(), name = $"Person {account}" })).Good();
    }

    /// <summary>Reports the course as passed; nobody reports himself, so whoever is hired before the first trainer waits for him.</summary>
    private async Task TrainAsync(Caller newest, string account, string? post)
    {
        var trainer = post == "dpo" ? people.GetValueOrDefault("data-owner") : people.GetValueOrDefault("dpo");
        if (trainer is null)
        {
            untrained.Add(account);
        }
        else
        {
            await ReportAsync(trainer, [account]);
        }

        if (post is "dpo" or "data-owner" && untrained.Where(other => other != account).ToList() is { Count: > 0 } waiting)
        {
            await ReportAsync(newest, waiting);
            untrained.RemoveAll(waiting.Contains);
        }
    }

    private static async Task ReportAsync(Caller trainer, IEnumerable<string> accounts)
    {
        var facts = accounts.Select(account => new { account, course = "annual", passed = Now - 1000, expires = Now + 86_400_000L });
        Assert.Empty((await trainer.PostAsync("/v1/training", new { facts })).Good()["rejected"]!.AsArray());
    }

    /// <summary>Gives a post in the root unit; with a second administrator's approval where it takes two.</summary>
    public async Task GrantAsync(string person, string post, string? unit = null)
    {
        string? approval = null;
        if (Guarded.Contains(post))
        {
            var asked = (await Admin.PostAsync($"/v1/people/{person}/posts/request", new { post, unit = unit ?? Unit, expires = Now + 3_600_000L })).Good();
            approval = asked["approval"]!.GetValue<string>();
            await DecideAsync(SecondAdmin, SecondAccount, approval, asked["digest"]!.GetValue<string>());
        }

        var grant = new JsonObject { ["post"] = post, ["unit"] = unit ?? Unit };
        if (approval is not null)
        {
            grant["approval"] = approval;
        }

        (await Admin.PostAsync($"/v1/people/{person}/posts", grant)).Good();
    }

    /// <summary>Registers an API client owned by the back office.</summary>
    /// <returns>Its token.</returns>
    public async Task<(string Token, string Id)> ClientAsync(string[] scopes, object? more = null)
    {
        var body = new JsonObject
        {
            ["name"] = "test client", ["owner"] = BackOffice.Id, ["scopes"] = new JsonArray([.. scopes.Select(s => JsonValue.Create(s))]),
            ["perMinute"] = 600_000, ["perDay"] = 10_000_000, ["expires"] = Now + 86_400_000L,
        };
        foreach (var (name, value) in more is null ? [] : (JsonObject)System.Text.Json.JsonSerializer.SerializeToNode(more)!)
        {
            body[name] = value?.DeepClone();
        }

        if (scopes.Contains("tickets") && body["certificates"] is null)
        {
            // One that pushes orders is not registered without a pin.
            body["certificates"] = new JsonArray(JsonValue.Create(new string('a', 64)));
        }

        if (scopes.Contains("tickets"))
        {
            // It stands in for two people, so two register it.
            var asked = (await Admin.PostAsync("/v1/clients/request", new JsonObject { ["create"] = body.DeepClone(), ["expires"] = Now + 3_600_000L })).Good();
            body["approval"] = asked["approval"]!.GetValue<string>();
            await DecideAsync(SecondAdmin, SecondAccount, asked["approval"]!.GetValue<string>(), asked["digest"]!.GetValue<string>());
        }

        var made = (await Admin.PostAsync("/v1/clients", body)).Good();
        return (made["token"]!.GetValue<string>(), made["client"]!["id"]!.GetValue<string>());
    }

    /// <summary>A standing use authorisation by the whole path: draft, request, the data owner's approval, grant.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> AuthoriseAsync(string? post, string? client, string purpose, params string[] items)
    {
        var draft = new JsonObject
        {
            ["purpose"] = purpose, ["items"] = new JsonArray([.. items.Select(i => JsonValue.Create(i))]), ["from"] = Now - 1000, ["until"] = Now + 86_400_000L,
        };
        draft[post is null ? "client" : "post"] = post ?? client;
        var asked = (await BackOffice.PostAsync("/v1/authorisations/request", new JsonObject { ["authorisation"] = draft.DeepClone(), ["until"] = Now + 3_600_000L })).Good();
        var approval = asked["approval"]!.GetValue<string>();
        var digest = asked["digest"]!.GetValue<string>();
        if ((await DecideAsync(Owner, "data-owner", approval, digest))["state"]!.GetValue<string>() == "requested")
        {
            // Rights over level 3 and above take the security desk too.
            await DecideAsync(Admin, FirstAccount, approval, digest);
        }

        return (await BackOffice.PostAsync("/v1/authorisations", new { approval, authorisation = draft })).Good()["id"]!.GetValue<string>();
    }

    /// <summary>One asks, another approves.</summary>
    /// <returns>The approval's id.</returns>
    public static async Task<string> ApproveAsync(Caller requester, Caller approver, string request)
    {
        var asked = (await requester.PostAsync(request, new { until = Now + 3_600_000L })).Good();
        var id = asked["id"]!.GetValue<string>();
        (await approver.PostAsync($"/v1/approvals/{id}/decide", new { digest = asked["digest"]!.GetValue<string>(), verdict = "approve", reason = "fits" })).Good();
        return id;
    }

    /// <summary>Approves, after proving himself once more where the rule asks for a proof of the last minutes.</summary>
    public static async Task<JsonNode> DecideAsync(Caller approver, string account, string approval, string digest, string verdict = "approve")
    {
        var decision = new { digest, verdict, reason = "fits" };
        var answer = await approver.PostAsync($"/v1/approvals/{approval}/decide", decision);
        if (answer.Code == "factor.needed")
        {
            await approver.StepUpAsync(account);
            answer = await approver.PostAsync($"/v1/approvals/{approval}/decide", decision);
        }

        return answer.Good();
    }

    public const string FirstAccount = "admin-1", SecondAccount = "admin-2";

    public static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private static string Single(JsonNode list) => Assert.Single((list as JsonArray ?? list.AsObject().First().Value!.AsArray()))!["id"]!.GetValue<string>();
}
