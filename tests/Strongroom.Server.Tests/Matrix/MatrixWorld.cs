using System.Text.Json.Nodes;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Server.Tests.Harness;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Spine.Identity.Factors;
using Strongroom.Store.Customers;

namespace Strongroom.Server.Tests.Matrix;

/// <summary>A customer as a request can name it.</summary>
/// <param name="Secret">Values that stand in clear in no answer but one that may show them.</param>
internal sealed record Target(string Name, string Customer, string Booking, string Profile, string Receipt, string Mobile, string Person, IReadOnlyList<string> Secret);

/// <summary>
/// A company group of two legal entities in this process: one person of every post, a client of every scope, somebody who signed out,
/// and a customer in each situation of <see cref="CustomerMatrix.Targets"/>.
/// </summary>
[CollectionDefinition(Shared)]
public sealed class MatrixWorld : IAsyncLifetime, ICollectionFixture<MatrixWorld>
{
    /// <summary>Name of the collection of tests that share one world and run one after another.</summary>
    public const string Shared = "matrix";

    private readonly List<Role> roles = [];
    private readonly Dictionary<string, Target> targets = [];
    private Place place = null!;
    private InProcess host = null!;
    private Staff staff = null!;
    private string second = "";

    internal IReadOnlyList<RouteEndpoint> Endpoints => host.Endpoints;

    internal WebApplication App => host.App;

    /// <summary>The interface description as served.</summary>
    internal JsonNode Description { get; private set; } = null!;

    internal IReadOnlyDictionary<string, Operation> Operations { get; private set; } = null!;

    internal IReadOnlyList<Role> Roles => roles;

    /// <summary>Those whom <see cref="CustomerMatrix"/> is about: every post, the business systems, and a colleague in the other entity.</summary>
    internal IEnumerable<Role> CustomerRoles => roles.Where(role => role.Kind == RoleKind.Person || role.Name.EndsWith("-system", StringComparison.Ordinal));

    internal IReadOnlyDictionary<string, Target> Targets => targets;

    internal string Website { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        place = await Place.InitAsync(packs: "airline");
        host = await InProcess.BuildAsync(place);
        var admin = await (await host.StartAsync()).BeginAsync(place.Administrators[0].Account, place.Administrators[0].Password);
        var unit = (await admin.GetAsync("/v1/units")).Good().AsArray()[0]!["id"]!.GetValue<string>();
        var entity = (await admin.GetAsync("/v1/entities")).Good().AsArray()[0]!["id"]!.GetValue<string>();
        var accounts = (await admin.GetAsync("/v1/people")).Good().AsArray();
        second = accounts.Select(person => person!["id"]!.GetValue<string>()).Single(id => id != admin.Id);
        var people = new Dictionary<string, Caller> { ["admin-4a"] = admin, ["admin-4a-2"] = await SettledAsync(second, "admin-4a", unit) };
        Description = (await admin.GetAsync("/openapi/v1.json")).Good();
        Operations = Operation.Of(Description).ToDictionary(operation => $"{operation.Method} {operation.Route}");
        roles.Add(new Role("admin-4a", RoleKind.Person, admin, ["admin-4a"], []));
        foreach (var post in RouteMatrix.Posts.Where(post => post != "admin-4a"))
        {
            people[post] = await HireAsync(admin, post, post, unit);
        }

        staff = new Staff(people, unit, entity);
        await RefuseInPeaceAsync(people["dpo"], admin);
        var hotel = (await admin.PostAsync("/v1/entities", new { name = "Hotels" })).Good()["id"]!.GetValue<string>();
        var desk = (await admin.PostAsync("/v1/units", new { entity = hotel, name = "Desk" })).Good()["id"]!.GetValue<string>();
        await HireAsync(admin, "hotel-counter", "counter", desk);
        var south = (await admin.PostAsync("/v1/units", new { entity, name = "South", parent = unit })).Good()["id"]!.GetValue<string>();
        await HireAsync(admin, "south-counter", "counter", south);
        await HireAsync(admin, "postless", null, unit);
        await StrangersAsync(admin, unit);
        await ClientsAsync(hotel, south);
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await place.DisposeAsync();
    }

    internal T Service<T>() where T : notnull => host.App.Services.GetRequiredService<T>();

    /// <summary>A session of its own for one request that ends it.</summary>
    internal async Task<Caller> AgainAsync(Role role) => role.Kind is RoleKind.Person or RoleKind.Half ? await SignedInAsync(role.Caller.Id, role.Kind == RoleKind.Half) : role.Caller;

    /// <summary>How many refusals of this caller the log holds: each on its own up to a limit, counted beyond it.</summary>
    internal Task<long> DenialsAsync(Role role)
    {
        var subject = role.Kind == RoleKind.Client ? role.Caller.Token!.Split('_')[1] : role.Caller.Id;
        return Service<Database>().ReadAsync(async tx =>
        {
            var entries = await tx.QueryAsync<byte[]>("SELECT body FROM log_entry WHERE actor = @Id AND decision = 'deny'", new { Id = Convert.FromHexString(subject) });
            return entries.Sum(body => LogHeader.TryParse(body, out var header) ? Math.Max(1, header.Fact.Count) : 0)
                + await tx.ScalarAsync<long>("SELECT coalesce(sum(n), 0) FROM log_tally WHERE subject = @subject", new { subject });
        });
    }

    /// <summary>A person with a post and a session with a second factor. No password is ever typed: hashing one costs a quarter of a second.</summary>
    private async Task<Caller> HireAsync(Caller admin, string account, string? post, string unit)
    {
        var (id, _) = await Staff.AskForAsync(admin, await SignedInAsync(second), account, null, unit);
        var caller = await SettledAsync(id, post, unit);
        roles.Add(new Role(account, RoleKind.Person, caller, post is null ? [] : [post], []));
        return caller;
    }

    private async Task<Caller> SettledAsync(string id, string? post, string unit)
    {
        var person = Id.Parse<PersonId>(id);

        // Posts that take two administrators, and the duties of a new colleague, are other tests' matter: here they are given.
        var now = TimeProvider.System.NowMs();
        HeldPost[] posts = post is null ? [] : [new HeldPost(PostKey.Of(post), Id.Parse<UnitId>(unit), now - 60_000, null)];
        await Service<Members>().EditAsync<PersonContent>(
            Members.Person, person.Value, null, IdentityFacts.BySystem(IdentityFacts.PersonChanged),
            (_, content) => Task.FromResult<Outcome<PersonContent>>(content with { MustChangePassword = false, Posts = posts }), default);
        foreach (var duty in new[] { DutyContent.Training, DutyContent.Nda })
        {
            var fulfilled = new DutyContent(person, duty, now + 86_400_000L) { At = now - 60_000 };
            await Service<Database>().WriteAsync(tx => Service<ControlStore>().SaveAsync(tx, fulfilled.Key, 0, fulfilled, IdentityFacts.BySystem(IdentityFacts.PersonChanged)));
        }

        return await SignedInAsync(id);
    }

    private async Task<Caller> SignedInAsync(string id, bool half = false)
    {
        Assert.True(Id.TryParse<PersonId>(id, out var person));
        var now = TimeProvider.System.NowMs();
        var proofs = Proofs.None.With(Factor.Password, now);
        proofs = half ? proofs : proofs.With(Factor.Totp, now);
        var (secret, _) = await Service<Database>().WriteAsync(tx => Service<Sessions>().BeginAsync(tx, person, proofs));
        return host.Nobody().Holding(secret, id);
    }

    /// <summary>Callers who are nobody: without anything, signed out, suspended, with a token of nobody.</summary>
    private async Task StrangersAsync(Caller admin, string unit)
    {
        var gone = await HireAsync(admin, "signed-out", "back-office", unit);
        var stolen = host.Nobody().Holding(gone.Session!, gone.Id);
        (await gone.PostAsync("/v1/sign-out")).Good();
        var suspended = await HireAsync(admin, "suspended", "dpo", unit);
        (await admin.PostAsync($"/v1/people/{suspended.Id}/suspend")).Good();
        roles.RemoveAll(role => role.Name is "signed-out" or "suspended");
        var forged = host.Nobody();
        forged.Token = "sr_" + new string('a', 32) + "_" + new string('b', 64);
        roles.Add(new Role("half-signed-in", RoleKind.Half, await SignedInAsync(roles.Single(role => role.Name == "dpo").Caller.Id, half: true), ["dpo"], []));
        foreach (var (name, caller) in new[] { ("anonymous", host.Nobody()), ("signed-out", stolen), ("suspended", suspended), ("forged-token", forged) })
        {
            roles.Add(new Role(name, RoleKind.Nobody, caller, [], []));
        }
    }

    private async Task ClientsAsync(string hotel, string south)
    {
        var business = await Business.OpenAsync(staff);
        await business.AuthoriseAsync();
        string[] all = ["collect", "find", "view", "compare", "correct", "consent", "explain", "ledger"];
        Website = business.BookingOf(1)["channel"]!.GetValue<string>();
        AddClient("booking-system", business.Token, ["collect", "find", "view", "compare", "correct", "consent", "explain"]);
        var booking = roles[^1].Caller;

        var shops = new Dictionary<string, (Caller Caller, string Channel)>
        {
            ["other"] = await ShopAsync("hotel-system", hotel, null, "hotel-counter", all),
            ["branch"] = await ShopAsync("south-shop", staff.Entity, south, "south-counter", all),
        };
        foreach (var (name, i) in CustomerMatrix.Targets.Where(name => name != "unknown").Append("fuzzed").Select((name, i) => (name, i)))
        {
            var submission = business.BookingOf(100 + i, $"司徒{"甲乙丙丁戊己庚"[i]}云霄");
            submission["items"]!["itinerary"]![0]!["date"] = TimeProvider.System.GetUtcNow().AddDays(30 + i).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
            if (shops.TryGetValue(name, out var shop))
            {
                submission["channel"] = shop.Channel;
            }

            await TakeInAsync(name, shop.Caller ?? booking, submission);
        }

        // Every post may ask for clear text of these: what it is then shown is the post's own matter.
        foreach (var post in RouteMatrix.Posts)
        {
            await staff.AuthoriseAsync(post, null, "fulfil", "name", "itinerary");
        }

        var stranger = business.BookingOf(999);
        targets["unknown"] = targets["own"] with
        {
            Name = "unknown", Customer = new string('a', 32), Receipt = new string('a', 32), Mobile = stranger["items"]!["mobile"]!.GetValue<string>(), Secret = [],
        };
        await ChangeStatesAsync();
        foreach (var scope in RouteMatrix.Scopes)
        {
            AddClient("only-" + scope, (await staff.ClientAsync([scope])).Token, [scope]);
        }
    }

    /// <summary>Thousands of refusals are the matrix's business: here they raise no alert that would then bind whoever was refused.</summary>
    private static async Task RefuseInPeaceAsync(Caller proposes, Caller confirms)
    {
        var now = (await proposes.GetAsync("/v1/monitoring/rules")).Good();
        var rules = now["rules"]!.DeepClone().AsArray();
        foreach (var rule in rules)
        {
            rule!["response"] = "notify";
        }

        var proposed = (await proposes.PutAsync("/v1/monitoring/rules", new System.Text.Json.Nodes.JsonObject { ["rules"] = rules, ["version"] = now["version"]!.GetValue<long>() })).Good();
        (await confirms.PostAsync("/v1/monitoring/rules/confirm", new { version = proposed["version"]!.GetValue<long>() })).Good();
    }

    private void AddClient(string name, string token, string[] scopes)
    {
        var caller = host.Nobody();
        caller.Token = token;
        roles.Add(new Role(name, RoleKind.Client, caller, [], scopes));
    }

    /// <summary>A website of another entity or unit, and the system that hands in what comes through it.</summary>
    private async Task<(Caller Caller, string Channel)> ShopAsync(string name, string entity, string? unit, string owner, string[] scopes)
    {
        object Channel(string[] clients, int version) =>
            new { channel = new { name, kind = "website", entity, open = true, posts = Array.Empty<string>(), clients, unit }, version };
        var channel = (await staff.Admin.PostAsync("/v1/channels", Channel([], 0))).Good()["id"]!.GetValue<string>();
        var made = (await staff.Admin.PostAsync("/v1/clients", new
        {
            name, owner = roles.Single(role => role.Name == owner).Caller.Id, scopes, purposes = new[] { "fulfil", "realname", "notify" },
            forms = new[] { "web-booking" }, channels = new[] { channel }, perMinute = 600_000, perDay = 10_000_000, expires = Staff.Now + 86_400_000,
        })).Good();
        (await staff.Admin.PutAsync($"/v1/channels/{channel}", Channel([made["client"]!["id"]!.GetValue<string>()], 1))).Good();
        AddClient(name, made["token"]!.GetValue<string>(), scopes);
        return (roles[^1].Caller, channel);
    }

    private async Task TakeInAsync(string name, Caller caller, JsonObject submission)
    {
        var taken = (await Business.CollectAsync(caller, submission)).Good();
        var id = taken["customer"]!.GetValue<string>();
        Assert.True(Id.TryParse<CustomerId>(id, out var customer));
        var read = await Service<ICustomers>().ReadAsync(customer, ReadScope.Outline);
        string Record(string type) => read!.Records.Single(record => record.Type.Value == type).Id.ToString();
        var items = submission["items"]!;
        string Value(string item) => items[item]!.GetValue<string>();
        targets[name] = new Target(
            name, id, Record("booking"), Record("profile"), taken["receipt"]!.GetValue<string>(), Value("mobile"), Value("name"), [Value("mobile"), Value("name"), Value("id_no"), Value("pnr"), items["itinerary"]![0]!["date"]!.GetValue<string>()]);
    }

    /// <summary>Nothing in the interface restricts, archives or destroys yet; the store does.</summary>
    private async Task ChangeStatesAsync()
    {
        foreach (var (name, state) in new[] { ("restricted", LifeState.Restricted), ("archived", LifeState.Archived), ("destroyed", LifeState.Destroyed) })
        {
            Assert.True(Id.TryParse<CustomerId>(targets[name].Customer, out var customer));
            var read = await Service<ICustomers>().ReadAsync(customer, ReadScope.Outline);
            (await Service<Database>().WriteAsync(tx => Service<ICustomers>().SetStateAsync(tx, customer, read!.Version, state))).OrUndo();
            if (state == LifeState.Destroyed)
            {
                await Service<IKeyring>().DestroyAsync(new KeyOwner(customer.Value));
            }
        }
    }
}
