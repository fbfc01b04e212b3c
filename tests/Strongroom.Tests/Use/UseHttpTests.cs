using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Rights;
using Strongroom.Rights.Ledger;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store;
using Strongroom.Store.Intakes;
using Strongroom.Tests.Harness;
using Strongroom.Use;
using Strongroom.Use.Asking;
using Strongroom.Use.View;

namespace Strongroom.Tests.Use;

/// <summary>The endpoints behind a real Kestrel, with the caller put in by the test.</summary>
public sealed class UseHttpTests() : UseWorld(TestStore.Sqlite())
{
    private WebApplication app = null!;
    private HttpClient http = null!;
    private Actor actor = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        actor = (await CallerAsync("back-office")).Actor;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        Register(builder.Services);
        app = builder.Build();
        app.Use((context, next) =>
        {
            context.Features.Set(actor);
            return next(context);
        });
        app.UseRouting();
        app.MapExplain();
        app.MapUse();
        app.MapRights();
        await app.StartAsync(Ct);
        http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public override async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        await base.DisposeAsync();
    }

    private void Register(IServiceCollection services) => services
        .AddSingleton(Db).AddSingleton<TimeProvider>(Clock).AddSingleton<IAuditLog>(Log).AddSingleton<IAuditReader>(Entries)
        .AddSingleton<IKeyring>(Keys).AddSingleton(Ring.Mac).AddSingleton(Ring.Search).AddSingleton(Ring.Secrets).AddSingleton(Ring.Signer)
        .AddSingleton<ICustomerReferences>(new KeyringReferences(Ring)).AddSingleton<ICommitGuards, ConfigEpochGuards>()
        .AddSingleton<IdempotencyStore>().AddControlRows().AddApprovals().AddIdentityParts(new IdentityOptions { PasswordIterations = 1 })
        .AddStore().AddIntakes().AddExplain().AddUse(new UseOptions { SettledMs = 0 }).AddRights().AddSingleton<IIntakePurposes>(IntakePurposes);

    [Fact]
    public void Every_endpoint_names_its_guard_and_what_it_records()
    {
        var endpoints = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).ToList();
        Assert.Equal(27, endpoints.Count);
        Assert.All(endpoints, endpoint => Assert.Contains(endpoint.Metadata.GetMetadata<GuardedBy>()!.Policy, PolicyTable.Names));
        Assert.All(endpoints, endpoint => Assert.NotEmpty(endpoint.Metadata.GetMetadata<RecordsFacts>()!.Facts));
    }

    [Fact]
    public async Task A_view_answers_in_the_documented_shape()
    {
        var person = await PersonAsync();
        var answer = await PostAsync($"/v1/customers/{person.Id}/view", new { purpose = "notify", items = new[] { "mobile", "name" }, clear = new[] { "mobile" } });
        Assert.Equal(person.Id.ToString(), answer.GetProperty("customer").GetString());
        var record = answer.GetProperty("records")[0];
        Assert.Equal((person.Profile.ToString(), "profile"), (record.GetProperty("id").GetString(), record.GetProperty("type").GetString()));
        var mobile = record.GetProperty("items").GetProperty("mobile");
        Assert.Equal((Mobile, "clear", 2, 1), (mobile.GetProperty("value").GetString(), mobile.GetProperty("shown").GetString(), mobile.GetProperty("level").GetInt32(), mobile.GetProperty("version").GetInt32()));
        Assert.Equal("permit", answer.GetProperty("decision").GetProperty("overall").GetString());
        Assert.Equal(32, answer.GetProperty("entry").GetString()!.Length);
    }

    [Fact]
    public async Task Find_compare_correct_and_a_session_over_http()
    {
        var person = await PersonAsync(idNo: IdNo);
        var found = await PostAsync("/v1/customers/find", new { item = "mobile", value = Mobile, purpose = "notify" });
        Assert.Equal(person.Id.ToString(), found.GetProperty("customers")[0].GetProperty("id").GetString());
        var compared = await PostAsync($"/v1/customers/{person.Id}/compare", new { purpose = "notify", items = new { id_no = new { value = "002X", part = "last-4" } } });
        Assert.Equal("match", compared.GetProperty("items").GetProperty("id_no").GetString());
        var many = await PostAsync("/v1/customers/view-many", new { ids = new[] { person.Id.ToString(), CustomerId.New().ToString() }, purpose = "notify", items = new[] { "name" } });
        Assert.Equal("customer.unknown", many.GetProperty("customers")[1].GetProperty("refused").GetProperty("code").GetString());
        var session = await PostAsync("/v1/service-sessions", new { reference = "c-1", purpose = "notify", customer = person.Id.ToString() });
        var verified = await PostAsync($"/v1/service-sessions/{session.GetProperty("id").GetString()}/verify", new { items = new { birth = new { value = Birth }, pnr = new { value = Pnr } } });
        Assert.True(verified.GetProperty("verified").GetBoolean());
        using var patch = await http.PatchAsJsonAsync($"/v1/customers/{person.Id}", new { purpose = "notify", changes = new[] { new { record = person.Profile.ToString(), item = "mobile", version = 1, value = "13900139000" } } }, Ct);
        Assert.Equal(HttpStatusCode.OK, patch.StatusCode);
    }

    [Fact]
    public async Task Explaining_sees_customers_through_the_store()
    {
        var person = await PersonAsync();
        var answer = await PostAsync("/v1/access/explain", new { act = "view", customer = person.Id.ToString(), purpose = "notify", items = new[] { "mobile" }, clear = new[] { "mobile" }, ticket = false, person = (string?)null });
        Assert.Equal("clear", answer.GetProperty("decision").GetProperty("items").GetProperty("mobile").GetProperty("shown").GetString());
        Assert.Equal(0, Keys.Opened);
    }

    [Fact]
    public async Task A_refusal_is_a_problem_without_values()
    {
        var person = await PersonAsync();
        actor = (await CallerAsync("auditor")).Actor;
        using var refused = await http.PostAsJsonAsync($"/v1/customers/{person.Id}/view", new { purpose = "notify", clear = new[] { "mobile" } }, Ct);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var body = await refused.Content.ReadAsStringAsync(Ct);
        Assert.Contains("/problems/access.denied", body);
        Assert.DoesNotContain(Mobile, body);
    }

    [Fact]
    public async Task The_ledger_shows_post_and_unit_and_never_who()
    {
        var person = await PersonAsync();
        var agent = PersonId.New();
        await Db.WriteAsync(tx => Control.SaveAsync(tx, new ControlKey(Members.Person, agent.Value), 0, Staff(), new LogFact { Act = FactName.Of("person-created"), Actor = LogActor.System }), Ct);
        await ShownAsync(person.Id, new ViewRequest(Notify, Items: Items("name", "mobile"), Clear: Items("mobile")), await CallerAsync("back-office", agent));

        actor = (await CallerAsync("dpo")).Actor;
        var text = await http.GetStringAsync($"/v1/customers/{person.Id}/ledger", Ct);
        var lines = JsonDocument.Parse(text).RootElement.GetProperty("lines");
        var view = lines.EnumerateArray().Single(line => line.GetProperty("act").GetString() == "view");
        Assert.Equal(("back-office", "值机柜台"), (view.GetProperty("posts")[0].GetProperty("post").GetString(), view.GetProperty("posts")[0].GetProperty("unit").GetString()));
        Assert.Equal(["mobile"], view.GetProperty("clear").EnumerateArray().Select(item => item.GetString()));
        Assert.DoesNotContain(agent.ToString(), text);
        Assert.DoesNotContain(Mobile, text);
        Assert.Single(await LoggedAsync(CustomerLedger.Fact));

        using var unknown = await http.GetAsync($"/v1/customers/{CustomerId.New()}/ledger", Ct);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(2, (await LoggedAsync(CustomerLedger.Fact)).Count);
    }

    [Fact]
    public async Task What_an_authority_asked_for_is_told_to_overseers_only_and_no_page_has_a_hole()
    {
        var person = await PersonAsync();
        foreach (var purpose in new[] { "notify", "authority", "notify", "authority" })
        {
            Clock.Now++;
            await Log.AppendAsync(new LogFact { Act = FactName.Of(Act.View), Actor = LogActor.System, Customer = person.Id, Purpose = PurposeKey.Of(purpose) }, ct: Ct);
        }

        Clock.Now++;
        var told = await LedgerAsync("rights-desk", person.Id, "?size=3");
        Assert.Equal([null, "notify", "notify"], told.GetProperty("lines").EnumerateArray().Select(PurposeOf));
        var all = await LedgerAsync("dpo", person.Id, "");
        Assert.Equal(2, all.GetProperty("lines").EnumerateArray().Count(line => PurposeOf(line) == "authority"));
    }

    [Fact]
    public async Task A_post_that_has_ended_reaches_no_ledger()
    {
        var person = await PersonAsync();
        actor = (await CallerAsync("dpo")).Actor with { Posts = [new HeldPost(PostKey.Of("dpo"), Desk, 0, Clock.Now)] };
        using var refused = await http.GetAsync($"/v1/customers/{person.Id}/ledger", Ct);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    [Fact]
    public async Task The_ledger_is_read_by_the_right_post_of_the_customers_company_and_by_the_rights_desk_for_a_request()
    {
        var person = await PersonAsync();
        async Task<string> CodeAsync(string? ticket, params (string Post, UnitId Unit)[] posts)
        {
            actor = (await CallerAsync("rights-desk")).Actor with { Posts = [.. posts.Select(held => new HeldPost(PostKey.Of(held.Post), held.Unit, 0, null))] };
            using var ask = new HttpRequestMessage(HttpMethod.Get, $"/v1/customers/{person.Id}/ledger");
            if (ticket is not null)
            {
                ask.Headers.Add("Ticket", ticket);
            }

            using var answer = await http.SendAsync(ask, Ct);
            return answer.IsSuccessStatusCode ? "shown" : JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct)).RootElement.GetProperty("type").GetString()!;
        }

        await Db.WriteAsync(tx => Control.SaveAsync(
            tx, new ControlKey(Members.Unit, 71), 0, new UnitContent(Hotel, null, "前台", MemberState.Active), new LogFact { Act = FactName.Of("unit-created"), Actor = LogActor.System }));
        Assert.Equal("/problems/scope.ticket", await CodeAsync(null, ("rights-desk", Desk)));
        Assert.Equal("shown", await CodeAsync("R-7", ("rights-desk", Desk)));
        Assert.Equal("shown", await CodeAsync(null, ("auditor", Desk)));
        Assert.Equal("/problems/customer.unknown", await CodeAsync("R-7", ("rights-desk", UnitId.From(71))));
        Assert.Equal("/problems/customer.unknown", await CodeAsync(null, ("auditor", UnitId.From(71)), ("back-office", Desk)));
        Assert.Equal("/problems/customer.unknown", await CodeAsync(null, ("dpo", UnitId.From(71))));
    }

    [Fact]
    public async Task Nothing_in_place_of_an_item_is_a_field_error()
    {
        var person = await PersonAsync();
        foreach (var (path, body) in new (string, string)[]
        {
            ($"/v1/customers/{person.Id}/compare", """{"purpose":"notify","items":{"birth":null}}"""),
            ($"/v1/customers/{person.Id}/compare", """{"purpose":"notify","items":{"birth":{"value":null}}}"""),
            ("/v1/customers/find", """{"purpose":"notify","item":"mobile","value":"13800138000","also":[null]}"""),
        })
        {
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(path, content, Ct);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains("field", await answer.Content.ReadAsStringAsync(Ct));
        }
    }

    private async Task<JsonElement> LedgerAsync(string post, CustomerId customer, string query)
    {
        actor = (await CallerAsync(post)).Actor;
        using var ask = new HttpRequestMessage(HttpMethod.Get, $"/v1/customers/{customer}/ledger{query}") { Headers = { { "Ticket", "R-1" } } };
        using var answer = await http.SendAsync(ask, Ct);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct)).RootElement;
    }

    private static string? PurposeOf(JsonElement line) => line.TryGetProperty("purpose", out var purpose) ? purpose.GetString() : null;

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(path, body, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static PersonContent Staff() => new()
    {
        AccountMac = new byte[32], Names = [], Password = [], MustChangePassword = false, PasswordAt = 0, Locale = "zh", State = MemberState.Active,
        Posts = [new HeldPost(PostKey.Of("back-office"), Desk, 0, null)],
    };
}
