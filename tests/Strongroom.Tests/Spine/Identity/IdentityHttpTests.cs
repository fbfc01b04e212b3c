using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Factors;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Spine.Identity;

/// <summary>The module behind a real Kestrel on a free loopback port: cookies, headers, statuses.</summary>
public sealed class IdentityHttpTests : IAsyncLifetime
{
    private const string NewPassword = "kettle orbit thirteen plums";

    private readonly TestStore store = TestStore.Sqlite();
    private readonly FactLog log = new();
    private Database database = null!;
    private WebApplication app = null!;
    private HttpClient http = null!;
    private FirstOrganisation first = null!;

    public async ValueTask InitializeAsync()
    {
        database = await Database.OpenAsync(await store.MigratedAsync("data"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        IdentityNode.Register(builder.Services, database, new IdentityKeys(), log, TimeProvider.System, new IdentityOptions { PublicOrigin = "https://localhost:8443" });
        app = builder.Build();
        app.UseRouting();
        app.UseActors();
        app.Use(DoorAsync);
        app.MapIdentity();
        app.MapGet("/open", (Actor actor) => actor.Kind.ToString()).RequirePolicy(Doors.Anonymous).Records(LogFacts.Nothing);
        app.MapGet("/forgotten", (Actor actor) => actor.Kind.ToString());
        app.MapGet("/viewing", (Actor actor) => actor.Kind.ToString()).RequirePolicy(Doors.CustomerView).Records("view");
        await app.StartAsync();
        http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(app.Urls.Single()) };
        var begun = await app.Services.GetRequiredService<Bootstrap>().BeginAsync("某某航空", [("admin.one", "甲"), ("admin.two", "乙")], "zh", default);
        first = ((Outcome<FirstOrganisation>.Done)begun).Value;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        await database.DisposeAsync();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Signing_in_sets_a_host_cookie_that_scripts_and_neighbours_cannot_touch()
    {
        var (answer, _) = await SignInAsync("admin.one", first.Administrators[0].StartPassword);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var cookies = answer.Headers.GetValues("Set-Cookie").ToList();
        Assert.Equal(2, cookies.Count);
        Assert.All(cookies, cookie =>
        {
            Assert.StartsWith("__Host-", cookie);
            foreach (var flag in new[] { "path=/", "secure", "samesite=strict", "httponly" })
            {
                Assert.Contains(flag, cookie, StringComparison.OrdinalIgnoreCase);
            }

            Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
        });
        var view = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("password", view.GetProperty("strength").GetString());
        Assert.Equal("甲", view.GetProperty("name").GetString());
        Assert.True(view.GetProperty("mustChangePassword").GetBoolean());
    }

    [Fact]
    public async Task A_start_password_opens_only_its_own_change()
    {
        var (_, cookie) = await SignInAsync("admin.one", first.Administrators[0].StartPassword);
        Assert.Equal("password.change_needed", await CodeAsync(await SendAsync("GET", "/v1/people", cookie)));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("GET", "/v1/session", cookie)).StatusCode);
        var changed = await SendAsync("POST", "/v1/session/password", cookie, new { current = first.Administrators[0].StartPassword, next = NewPassword });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("GET", "/v1/session", cookie)).StatusCode);
        Assert.Equal("factor.pending", await CodeAsync(await SendAsync("GET", "/v1/people", CookieOf(changed))));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("GET", "/v1/people", await EnrolAsync(CookieOf(changed)))).StatusCode);
    }

    [Fact]
    public async Task Wrong_password_and_unknown_account_answer_byte_for_byte_alike()
    {
        var (wrong, _) = await SignInAsync("admin.one", "wrong wrong wrong");
        var (unknown, _) = await SignInAsync("nobody.here", "wrong wrong wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(wrong.StatusCode, unknown.StatusCode);
        Assert.Equal(await wrong.Content.ReadAsStringAsync(), await unknown.Content.ReadAsStringAsync());
        Assert.Equal(wrong.Headers.Select(h => h.Key), unknown.Headers.Select(h => h.Key));
        Assert.False(wrong.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Too_many_tries_are_told_how_long_to_wait()
    {
        for (var i = 0; i < 3; i++)
        {
            await SignInAsync("admin.one", "wrong wrong wrong");
        }

        var (slow, _) = await SignInAsync("admin.one", first.Administrators[0].StartPassword);
        Assert.Equal(HttpStatusCode.TooManyRequests, slow.StatusCode);
        Assert.True(slow.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        Assert.Equal(("127.0.0.0/24", "signin.wait"), log.Refusals[^1]);
    }

    [Fact]
    public async Task Another_site_cannot_act_with_the_cookie_nor_sign_a_visitor_in()
    {
        var cookie = await AdministratorAsync();
        var person = new { person = new { account = "wang.fang", name = "王芳" }, posts = Array.Empty<object>() };
        Assert.Equal("request.cross_site", await CodeAsync(await SendAsync("POST", "/v1/account-requests", cookie, person, header: null)));
        Assert.Equal("request.cross_site", await CodeAsync(await SendAsync("POST", "/v1/account-requests", cookie, person, site: "cross-site")));
        Assert.Equal("request.cross_site", await CodeAsync(await SendAsync("POST", "/v1/account-requests", cookie, person, origin: "https://evil.example")));
        Assert.Equal("request.cross_site", await CodeAsync(await SendAsync("POST", "/v1/sign-in", null, new { account = "admin.one", password = NewPassword }, site: "cross-site")));
        Assert.Equal(HttpStatusCode.Created, (await SendAsync("POST", "/v1/account-requests", cookie, person, site: "same-origin", origin: "https://localhost:8443")).StatusCode);
    }

    [Fact]
    public async Task Without_credentials_only_anonymous_routes_answer()
    {
        Assert.Equal("\"Anonymous\"", Quoted(await (await SendAsync("GET", "/open", null)).Content.ReadAsStringAsync()));
        foreach (var path in new[] { "/v1/session", "/v1/people", "/v1/units", "/v1/clients", "/viewing", "/forgotten" })
        {
            var answer = await SendAsync("GET", path, null);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("signin.needed", await CodeAsync(answer));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("GET", "/v1/nothing-here", null)).StatusCode);
    }

    [Fact]
    public async Task An_administrator_runs_people_units_and_clients_over_the_api()
    {
        var cookie = await AdministratorAsync();
        var unit = await JsonAsync(await SendAsync("POST", "/v1/units", cookie, new { entity = first.Entity.ToString(), name = "客服中心", parent = first.Unit.ToString() }));
        var asked = await JsonAsync(await SendAsync("POST", "/v1/account-requests", cookie, Ask("wang.fang", "王芳")));
        var decision = $"/v1/account-requests/{asked.GetProperty("id").GetString()}/decide";
        Assert.Equal("approval.self", await CodeAsync(await SendAsync("POST", decision, cookie, new { verdict = "approve" })));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await SendAsync("POST", "/v1/people", cookie, new { account = "wang.fang", name = "王芳" })).StatusCode);
        Assert.DoesNotContain("王芳", await (await SendAsync("GET", "/v1/people", cookie)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var made = await JsonAsync(await SendAsync("POST", decision, await AdministratorAsync(1), new { verdict = "approve" }));
        var person = made.GetProperty("request").GetProperty("person").GetString()!;
        var granted = await JsonAsync(await SendAsync("POST", $"/v1/people/{person}/posts", cookie, new { post = "call-agent", unit = unit.GetProperty("id").GetString() }));
        Assert.Equal("call-agent", granted.GetProperty("posts")[0].GetProperty("post").GetString());
        Assert.Equal("people.self", await CodeAsync(await SendAsync("POST", $"/v1/people/{first.Administrators[0].Person}/suspend", cookie)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync("POST", "/v1/account-requests", cookie, Ask("a b", ""))).StatusCode);
        Assert.Equal("row.changed", await CodeAsync(await SendAsync("PATCH", $"/v1/people/{person}", cookie, new { version = 1, name = "王小芳" })));

        var expires = DateTimeOffset.UtcNow.AddDays(30).ToUnixTimeMilliseconds();
        var client = await JsonAsync(await SendAsync("POST", "/v1/clients", cookie, new { name = "订座", owner = person, scopes = new[] { "view" }, perMinute = 2, perDay = 100, expires }));
        var token = client.GetProperty("token").GetString()!;
        Assert.DoesNotContain("hash", client.GetRawText(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("Client", await (await CallAsync("/viewing", token)).Content.ReadAsStringAsync());
        Assert.Equal("client.scope", await CodeAsync(await CallAsync("/v1/people", token)));
        var over = await CallAsync("/viewing", token);
        Assert.Equal(("client.quota", true), (await CodeAsync(over), over.Headers.RetryAfter is not null));

        var id = client.GetProperty("client").GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("POST", $"/v1/clients/{id}/revoke", cookie)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync("/viewing", token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("GET", "/v1/clients", cookie)).StatusCode);
    }

    [Fact]
    public async Task A_bad_token_never_falls_back_to_the_cookie()
    {
        var cookie = await AdministratorAsync();
        using var ask = new HttpRequestMessage(HttpMethod.Get, "/v1/session");
        ask.Headers.TryAddWithoutValidation("Cookie", cookie);
        ask.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Secrets.NewToken(ClientId.New()));
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.SendAsync(ask)).StatusCode);
    }

    [Fact]
    public async Task Sessions_are_listed_and_ended()
    {
        var cookie = await AdministratorAsync();
        var (second, _) = await SignInAsync("admin.one", NewPassword);
        var list = await JsonAsync(await SendAsync("GET", "/v1/sessions", cookie));
        Assert.Equal(2, list.GetArrayLength());
        var other = list.EnumerateArray().Single(entry => !entry.GetProperty("current").GetBoolean()).GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync("DELETE", $"/v1/sessions/{other}", cookie)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("GET", "/v1/session", CookieOf(second))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("DELETE", $"/v1/sessions/{SessionId.New()}", cookie)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync("POST", "/v1/sign-out", cookie)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("GET", "/v1/session", cookie)).StatusCode);
    }

    /// <summary>The outer door of the server, by the same table.</summary>
    private static async Task DoorAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GuardedBy>() is { } guard && PolicyTable.Refusal(guard.Policy, Actor.Of(context)) is { } reason)
        {
            await Problem.Of(reason).ToResult().ExecuteAsync(context);
            return;
        }

        await next(context);
    }

    private static object Ask(string account, string name) => new { person = new { account, name }, posts = Array.Empty<object>() };

    private async Task<string> AdministratorAsync(int which = 0)
    {
        var (_, account, password) = first.Administrators[which];
        var (_, start) = await SignInAsync(account, password);
        return await EnrolAsync(CookieOf(await SendAsync("POST", "/v1/session/password", start, new { current = password, next = NewPassword })));
    }

    /// <returns>The cookie of the session that now rests on two factors.</returns>
    private async Task<string> EnrolAsync(string cookie)
    {
        var offer = await JsonAsync(await SendAsync("POST", "/v1/session/factors/totp", cookie));
        var code = TotpRules.CodeAt(TotpRules.FromBase32(offer.GetProperty("secret").GetString()!), TotpRules.StepAt(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
        return CookieOf(await SendAsync("POST", "/v1/session/factors/totp/confirm", cookie, new { ticket = offer.GetProperty("ticket").GetString(), code }));
    }

    private async Task<(HttpResponseMessage Answer, string? Cookie)> SignInAsync(string account, string password)
    {
        var answer = await SendAsync("POST", "/v1/sign-in", null, new { account, password });
        return (answer, answer.IsSuccessStatusCode ? CookieOf(answer) : null);
    }

    private async Task<HttpResponseMessage> SendAsync(
        string method, string path, string? cookie, object? body = null, string? header = "1", string? site = null, string? origin = null)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Parse(method), path);
        foreach (var (name, value) in new[] { ("Cookie", cookie), ("X-Strongroom", header), ("Sec-Fetch-Site", site), ("Origin", origin) })
        {
            if (value is not null)
            {
                ask.Headers.TryAddWithoutValidation(name, value);
            }
        }

        ask.Content = body is null ? null : JsonContent.Create(body);
        return await http.SendAsync(ask);
    }

    private async Task<HttpResponseMessage> CallAsync(string path, string token)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Get, path);
        ask.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        return await http.SendAsync(ask);
    }

    private static string CookieOf(HttpResponseMessage answer) =>
        answer.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("__Host-strongroom=", StringComparison.Ordinal)).Split(';')[0];

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<string> CodeAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString()!.Replace("/problems/", "", StringComparison.Ordinal);

    private static string Quoted(string text) => text.StartsWith('"') ? text : $"\"{text}\"";
}
