using System.Text.Json.Nodes;
using Strongroom.Ground;
using Strongroom.Server.Verbs;
using Strongroom.Spine.Identity;

namespace Strongroom.Server.Demo;

/// <summary>
/// A small airline and its hotels, made through the server's own API: organisation, one person of every post, channels, forms and notices
/// published by two people, standing use authorisations approved by the data owner, business systems with tokens.
/// </summary>
internal sealed class DemoCompany(Uri server, byte[] certificate, InitVerb.Made made) : IDisposable
{
    private static readonly (string Account, string Name, string Post, string Unit, string Locale)[] Staff =
    [
        ("call-agent", "林晓", "call-agent", "airline", "zh"),
        ("outsourced-agent", "Sam Reed", "outsourced-agent", "airline", "en"),
        ("counter", "周宁", "counter", "airline", "zh"),
        ("front-desk", "Mia Lang", "counter", "hotel", "en"),
        (LapsedAccount, "方圆", "counter", "airline", "zh"),
        ("back-office", "吴桐", "back-office", "airline", "zh"),
        (SuspendedAccount, "Tom Hale", "back-office", "airline", "en"),
        ("shift-lead", "郑岚", "shift-lead", "airline", "zh"),
        ("night-lead", "秦朗", "shift-lead", "airline", "en"),
        ("complaints", "冯雪", "complaints", "airline", "zh"),
        ("rights-desk", "Ada Moor", "rights-desk", "airline", "en"),
        ("marketing", "韩立", "marketing", "airline", "zh"),
        ("analyst", "Leo Park", "analyst", "airline", "en"),
        ("data-owner", "沈明", "data-owner", "airline", "zh"),
        ("hotel-data-owner", "Eva Stone", "data-owner", "hotel", "en"),
        ("operations", "许航", "operations", "airline", "zh"),
        ("auditor", "Ida Voss", "auditor", "airline", "en"),
        ("dpo", "顾青", "dpo", "airline", "zh"),
        // Two of each who approve, besides whoever asks (decision 0031).
        ("data-owner-2", "Noor Haddad", "data-owner", "airline", "en"),
        ("dpo-2", "Jan Visser", "dpo", "airline", "en"),
        ("admin-3", "高远", "admin-4a", "airline", "zh"),
    ];

    public static readonly IReadOnlyList<string> ReadingPosts = ["call-agent", "outsourced-agent", "counter", "back-office", "shift-lead", "complaints", "rights-desk"];

    private const long Day = 24L * 60 * 60 * 1000;
    private const string LapsedAccount = "counter-lapsed", SuspendedAccount = "back-office-left";

    private readonly Dictionary<string, string> people = [];
    private readonly Dictionary<string, string> units = [];
    private readonly Dictionary<string, DemoCaller> callers = [];
    private readonly List<DemoAccount> accounts = [];
    private readonly List<DemoClient> clients = [];
    private readonly long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public IReadOnlyList<DemoAccount> Accounts => accounts;

    public IReadOnlyList<DemoClient> Clients => clients;

    public Dictionary<string, string> Channels { get; } = [];

    public Dictionary<string, int> Notices { get; } = [];

    public DemoCaller As(string account) => callers[account];

    public string PersonOf(string account) => people[account];

    public string UnitOf(string key) => units[key];

    public async Task FoundAsync(CancellationToken ct)
    {
        var admin = await SignInAsync("admin-1", made.Administrators[0].StartPassword, "admin-4a", "airline", "zh", ct);
        await SignInAsync("admin-2", made.Administrators[1].StartPassword, "admin-4a", "airline", "en", ct);
        var hotel = (string)(await admin.PostAsync("/v1/entities", new { name = "云程酒店集团 Yuncheng Hotels" }, ct))["id"]!;
        units["airline"] = made.Organisation.Unit.ToString();
        units["hotel"] = (string)(await admin.PostAsync("/v1/units", new { entity = hotel, name = "云程酒店·上海" }, ct))["id"]!;
        foreach (var (account, name, post, unit, locale) in Staff)
        {
            object person = post == "outsourced-agent"
                ? new { account, name, locale, kind = "third-party", partner = "云呼外包 Cloudcall", ends = now + (180L * Day), rowCeiling = 5 }
                : post == "operations" ? new { account, name, locale, kind = "operations" }
                : new { account, name, locale };
            (people[account], var start) = await HireAsync(admin, As("admin-2"), person, post, units[unit], now, ct);
            await SignInAsync(account, start, post, unit, locale, ct);
        }

        foreach (var (account, name, post, _, _) in Staff)
        {
            // One agent's training ran out yesterday: his screen stays masked until he passes again.
            await FulfilDutiesAsync(As(account), name, As(post == "dpo" ? "data-owner" : "dpo"), account, now, ct, account == LapsedAccount ? -Day : 300 * Day);
        }

        await admin.PostAsync($"/v1/people/{people[SuspendedAccount]}/suspend", null, ct);
        await OpenChannelsAsync(admin, made.Organisation.Entity.ToString(), hotel, ct);
        await PublishAsync(ct);
        await PlaceAsync(units["airline"], ct);
        await AnswerAsync(admin, hotel, ct);
    }

    /// <summary>Who answers for which unit, and two branches, one of which nobody answers for yet.</summary>
    private async Task AnswerAsync(DemoCaller admin, string hotel, CancellationToken ct)
    {
        var airline = made.Organisation.Entity.ToString();
        var counter = await admin.PostAsync("/v1/units", new { entity = airline, name = "浦东机场柜台 Pudong counter", parent = units["airline"], kind = "branch" }, ct);
        await admin.PostAsync("/v1/units", new { entity = hotel, name = "云程酒店·苏州", parent = units["hotel"], kind = "branch" }, ct);
        var known = (await admin.GetAsync("/v1/units", ct)).AsArray();
        foreach (var (unit, person) in new[] { (units["airline"], "data-owner"), ((string)counter["id"]!, "shift-lead"), (units["hotel"], "hotel-data-owner") })
        {
            var version = (long)known.Single(one => (string)one!["id"]! == unit)!["version"]!;
            await admin.PostAsync($"/v1/units/{unit}/responsible", new { version, person = people[person] }, ct);
        }
    }

    /// <summary>The week's roster of the counter and the back office, and a permit to work over the VPN.</summary>
    private async Task PlaceAsync(string unit, CancellationToken ct)
    {
        var (lead, file) = (As("shift-lead"), new System.Text.StringBuilder("day,start,end,account,post,unit\n"));
        var today = DateTimeOffset.FromUnixTimeMilliseconds(now).ToOffset(TimeSpan.FromHours(8));
        if (today.TimeOfDay < new TimeSpan(23, 30, 0))
        {
            // Somebody works now, until his day ends at the latest; posts were given some seconds ago.
            var end = Math.Min(today.Hour + 8, 24).ToString("00", System.Globalization.CultureInfo.InvariantCulture);
            file.Append(today.ToString("yyyy-MM-dd,HH:00,", System.Globalization.CultureInfo.InvariantCulture)).Append(end).Append(":00,counter,counter,").Append(unit).Append('\n');
        }

        for (var day = 1; day <= 7; day++)   // from tomorrow: nobody held a post before it was given
        {
            var date = today.AddDays(day).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
            file.Append(date).Append(",06:00,14:00,counter,counter,").Append(unit).Append('\n');
            file.Append(date).Append(",22:00,06:00,back-office,back-office,").Append(unit).Append('\n');
        }

        await lead.PostTextAsync("/v1/rosters/airport/import", file.ToString(), "text/csv", ct);
        var permit = new { person = people["back-office"], zones = new[] { "vpn" }, from = now, until = now + (14L * Day) };
        var asked = await lead.PostAsync("/v1/remote-access/request", new { permit, reason = "出差 · travelling", expires = now + Day }, ct);
        await As("admin-1").PostAsync($"/v1/approvals/{asked["approval"]}/decide", new { digest = (string)asked["digest"]!, verdict = "approve", reason = "demo" }, ct);
        await lead.PostAsync("/v1/remote-access", new { approval = (string)asked["approval"]!, permit }, ct);
    }

    public void Dispose()
    {
        foreach (var caller in callers.Values)
        {
            caller.Dispose();
        }
    }

    private async Task<DemoCaller> SignInAsync(string account, string start, string post, string unit, string locale, CancellationToken ct)
    {
        var caller = new DemoCaller(server, certificate);
        var password = Password();
        var totp = await caller.BeginAsync(account, start, password, ct);
        callers[account] = caller;
        accounts.Add(new DemoAccount(account, password, post, unit == "hotel" ? "云程酒店·上海" : "云程航空", totp, locale));
        return caller;
    }

    /// <summary>An account is asked for by one administrator and approved by the other; a post that takes two is given the same way afterwards.</summary>
    /// <returns>The new person and the start password.</returns>
    public static async Task<(string Person, string Start)> HireAsync(
        DemoCaller admin, DemoCaller second, object person, string post, string unit, long now, CancellationToken ct)
    {
        var guarded = new PostFacts(PostKey.Of(post), Operating: true, Administers: false).TakesTwo;
        object[] posts = guarded ? [] : [new { post, unit }];
        var request = await admin.PostAsync("/v1/account-requests", new { person, posts }, ct);
        var made = await second.PostAsync($"/v1/account-requests/{request["id"]}/decide", new { verdict = "approve" }, ct);
        var id = (string)made["request"]!["person"]!;
        if (guarded)
        {
            await GrantAsync(admin, second, id, post, unit, now, ct);
        }

        return (id, (string)made["startPassword"]!);
    }

    private static async Task GrantAsync(DemoCaller admin, DemoCaller second, string person, string post, string unit, long now, CancellationToken ct)
    {
        var asked = await admin.PostAsync($"/v1/people/{person}/posts/request", new { post, unit, expires = now + (24L * 60 * 60 * 1000) }, ct);
        var approval = (string)asked["approval"]!;
        await second.ApproveAsync(approval, (string)asked["digest"]!, ct);
        await admin.PostAsync($"/v1/people/{person}/posts", new { post, unit, approval }, ct);
    }

    /// <summary>The agreement signed by the person, the course reported by somebody else.</summary>
    public static async Task FulfilDutiesAsync(
        DemoCaller person, string name, DemoCaller trainer, string account, long now, CancellationToken ct, long validMs = 300L * 24 * 60 * 60 * 1000)
    {
        var text = await person.GetAsync("/v1/nda", ct);
        await person.PostAsync("/v1/nda/sign", new { version = (int)text["version"]!, language = "zh", digest = (string)text["zhDigest"]!, name }, ct);
        var passed = now - (40L * 24 * 60 * 60 * 1000);
        var taken = await trainer.PostAsync("/v1/training", new { facts = new[] { new { account, course = "annual", passed, expires = now + validMs } } }, ct);
        if ((int)taken["accepted"]! != 1)
        {
            throw new InvalidOperationException($"The demo's training of {account} was not taken: {taken.ToJsonString()}");
        }
    }

    private static string Password() => string.Join('-', Enumerable.Range(0, 4).Select(_ =>
        System.Security.Cryptography.RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 5)));

    private async Task OpenChannelsAsync(DemoCaller admin, string airline, string hotel, CancellationToken ct)
    {
        foreach (var (name, kind, entity, posts) in new (string, string, string, string[])[]
        {
            ("website", "website", airline, []),
            ("call-centre", "call-centre", airline, ["call-agent", "outsourced-agent"]),
            ("airport-counter", "counter", airline, ["counter", "shift-lead"]),
            ("file-import", "file-import", airline, ["back-office"]),
            ("hotel-desk", "counter", hotel, ["counter"]),
        })
        {
            var channel = await admin.PostAsync("/v1/channels", Channel(name, kind, entity, posts, []), ct);
            Channels[name] = (string)channel["id"]!;
        }

        var booking = await RegisterAsync(admin, "booking-system", "back-office", ["collect", "find", "view", "compare", "consent", "explain", "import"],
            ["fulfil", "realname", "notify", "special"], ["web-booking", "import-bookings"], ["website", "file-import"], ct);
        await RegisterAsync(admin, "hotel-system", "front-desk", ["collect", "find", "view", "compare", "consent"],
            ["fulfil", "realname", "notify"], ["hotel-registration"], ["hotel-desk"], ct, (hotel, "counter", ["counter"], "hotel-desk"));
        await RegisterAsync(admin, "telephone-system", "back-office", ["calls"], ["fulfil", "notify", "special"], [], [], ct);
        await RegisterAsync(admin, "log-monitor", "auditor", ["audit"], [], [], [], ct);

        // Registered and never used: the report of clients asks about it.
        await RegisterAsync(admin, "old-crm", "back-office", ["find", "view"], ["fulfil", "notify"], [], [], ct);
        await AllowAsync(admin, "website", "website", airline, [], booking, ct);
        await AllowAsync(admin, "file-import", "file-import", airline, ["back-office"], booking, ct);
    }

    private async Task<string> RegisterAsync(
        DemoCaller admin, string name, string owner, string[] scopes, string[] purposes, string[] forms, string[] channels, CancellationToken ct,
        (string Entity, string Kind, string[] Posts, string Channel)? allow = null)
    {
        var person = (await As(owner).GetAsync("/v1/session", ct))["person"]!;
        var created = await admin.PostAsync("/v1/clients", new
        {
            name,
            owner = person.GetValueKind() == System.Text.Json.JsonValueKind.Object ? (string)person["id"]! : (string)person!,
            scopes,
            purposes,
            forms,
            channels = channels.Select(c => Channels[c]),
            perMinute = 60_000,
            perDay = 5_000_000,
            expires = now + (90L * 24 * 60 * 60 * 1000),
        }, ct);
        clients.Add(new DemoClient(name, (string)created["token"]!, scopes));
        var id = (string)created["client"]!["id"]!;
        if (allow is { } to)
        {
            await AllowAsync(admin, to.Channel, to.Kind, to.Entity, to.Posts, id, ct);
        }

        return id;
    }

    private async Task AllowAsync(DemoCaller admin, string name, string kind, string entity, string[] posts, string client, CancellationToken ct) =>
        await admin.PutAsync($"/v1/channels/{Channels[name]}", Channel(name, kind, entity, posts, [client], version: 1), ct);

    private static object Channel(string name, string kind, string entity, string[] posts, string[] clients, long version = 0) =>
        new { channel = new { name, kind, entity, open = true, posts, clients }, version };

    /// <summary>Notices: asked for by the data owner, approved by the data protection officer. Forms: reviewed and approved by the data owner, published by the officer.</summary>
    private async Task PublishAsync(CancellationToken ct)
    {
        var (owner, dpo) = (As("data-owner"), As("dpo"));
        var forms = (await owner.GetAsync("/v1/forms", ct))["forms"]!.AsArray();
        foreach (var notice in forms.Select(f => (string)f!["draft"]!["form"]!["notice"]!).Distinct())
        {
            const int Version = 1;
            await ApproveAsync(owner, dpo, $"/v1/notices/{notice}/{Version}/request", async approval =>
                await owner.PostAsync($"/v1/notices/{notice}/{Version}/publish", new { approval }, ct), ct);
            Notices[notice] = Version;
        }

        foreach (var form in forms)
        {
            var key = (string)form!["key"]!;
            await owner.PostAsync($"/v1/forms/{key}/review", null, ct);
            await ApproveAsync(dpo, owner, $"/v1/forms/{key}/request", async approval =>
                await dpo.PostAsync($"/v1/forms/{key}/publish", new { approval }, ct), ct);
        }
    }

    /// <summary>A controlled list: these customers are seen in clear only by the shift lead and the officer.</summary>
    public async Task ListAsync(IEnumerable<string> customers, CancellationToken ct)
    {
        var list = await As("data-owner").PostAsync("/v1/customer-lists", new
        {
            name = "贵宾 VIP", kind = "vip", effect = "masked", entity = made.Organisation.Entity.ToString(), persons = new[] { people["dpo"], people["shift-lead"] },
        }, ct);
        await As("data-owner").PostAsync($"/v1/customer-lists/{list["id"]}/customers", new { add = customers }, ct);
    }

    /// <summary>
    /// The company's own rules (R41): faith and health are opened like an identity image, with a second person who signs by passkey; an hour of calling back
    /// many may be booked. Said by one administrator, approved by the officer and the other one.
    /// </summary>
    public async Task GuardAsync(CancellationToken ct)
    {
        await RuleAsync("id_image", row =>
        {
            (row["zh"], row["en"]) = ("调阅证件影像、医疗说明、特殊餐食", "Opening identity images, medical needs and special meals");
            foreach (var item in new[] { "ssr_med", "ssr_meal" })
            {
                row["trigger"]!["items"]!.AsArray().Add(item);
            }

            row["coOperator"]!["signs"] = true;
        }, ct);
        await RuleAsync("threshold", row => row["booked"] = true, ct);
    }

    private async Task RuleAsync(string scene, Action<JsonNode> change, CancellationToken ct)
    {
        var admin = As("admin-1");
        var row = (await admin.GetAsync("/v1/scenes", ct))["scenes"]!.AsArray().Single(one => (string)one!["scene"]! == scene)!;
        change(row);
        var asked = await admin.PostAsync($"/v1/scenes/{scene}/request", new { row, until = now + Day, reason = "年度评估 · yearly assessment" }, ct);
        var (approval, digest) = ((string)asked["id"]!, (string)asked["digest"]!);
        await As("dpo").ApproveAsync(approval, digest, ct);
        await As("admin-2").ApproveAsync(approval, digest, ct);
        await admin.PutAsync($"/v1/scenes/{scene}", new { row, approval }, ct);
    }

    /// <summary>A system that pushes work orders stands in for two people: one administrator asks, the other approves exactly that (R43).</summary>
    /// <returns>Its token.</returns>
    public async Task<string> RegisterTicketsAsync(string name, string certificate, CancellationToken ct)
    {
        var create = new JsonObject
        {
            ["name"] = name, ["owner"] = people["operations"], ["scopes"] = new JsonArray("tickets"), ["purposes"] = new JsonArray("fulfil"), ["perMinute"] = 60, ["perDay"] = 2_000,
            ["expires"] = now + (90 * Day), ["certificates"] = new JsonArray(certificate),
        };
        var asked = await As("admin-1").PostAsync("/v1/clients/request", new JsonObject { ["create"] = create.DeepClone(), ["expires"] = now + Day }, ct);
        create["approval"] = (string)asked["approval"]!;
        await As("admin-2").ApproveAsync((string)asked["approval"]!, (string)asked["digest"]!, ct);
        var token = (string)(await As("admin-1").PostAsync("/v1/clients", create, ct))["token"]!;
        clients.Add(new DemoClient(name, token, ["tickets"]));
        return token;
    }

    /// <summary>The business systems that work with customers, by their ids.</summary>
    public async Task<IEnumerable<string>> SystemsAsync(CancellationToken ct) => (await As("admin-1").GetAsync("/v1/clients", ct)).AsArray()
        .Where(c => (string)c!["name"]! is not ("log-monitor" or "old-crm")).Select(c => (string)c!["id"]!);

    public async Task AuthoriseAsync(string[] items, string[] purposes, IEnumerable<string> posts, IEnumerable<string> systems, CancellationToken ct)
    {
        var subjects = posts.Select(post => (Key: "post", Value: post)).Concat(systems.Select(system => ("client", system)));
        foreach (var (kind, value) in subjects)
        {
            foreach (var purpose in purposes)
            {
                var draft = new JsonObject
                {
                    ["purpose"] = purpose, ["items"] = new JsonArray([.. items.Select(i => (JsonNode)i)]), ["from"] = now - 1000, ["until"] = now + (90L * 24 * 60 * 60 * 1000), [kind] = value,
                };
                var asked = await As("dpo").PostAsync(
                    "/v1/authorisations/request", new JsonObject { ["authorisation"] = draft.DeepClone(), ["until"] = now + (24L * 60 * 60 * 1000) }, ct);
                var approval = (string)asked["approval"]!;
                var owned = await As("data-owner").ApproveAsync(approval, (string)asked["digest"]!, ct);
                if ((string)owned["state"]! == "requested")
                {
                    // Rights over level 3 and above take the security desk too.
                    await As("admin-2").ApproveAsync(approval, (string)asked["digest"]!, ct);
                }

                await As("dpo").PostAsync("/v1/authorisations", new JsonObject { ["approval"] = approval, ["authorisation"] = draft.DeepClone() }, ct);
            }
        }
    }

    private async Task ApproveAsync(DemoCaller requester, DemoCaller approver, string request, Func<string, Task> then, CancellationToken ct)
    {
        var asked = await requester.PostAsync(request, new { until = now + (24L * 60 * 60 * 1000) }, ct);
        var id = (string)asked["id"]!;
        await approver.ApproveAsync(id, (string)asked["digest"]!, ct);
        await then(id);
    }
}
