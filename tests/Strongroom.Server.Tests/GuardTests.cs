using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;
using Strongroom.Spine.Access;

namespace Strongroom.Server.Tests;

/// <summary>Who gets past the outer guards, asked of the real server process. Every caller at every route: <see cref="Matrix.RouteMatrixTests"/>.</summary>
public sealed class GuardTests(Shared shared)
{
    private static readonly string[] Open = ["healthz", "readyz", "sign-in", "passkey-sign-in", "passkey-sign-in-options", "qr-start", "qr-take", "sso-providers", "sso-begin", "sso-callback", "console-root", "console-page", "console-asset"];

    [Fact]
    public async Task Anonymous_callers_get_401_on_every_route_but_the_open_ones()
    {
        var (_, server, _) = await shared.WorldAsync();
        var nobody = server.Nobody();
        foreach (var operation in await OperationsAsync())
        {
            var answer = await nobody.SendAsync(operation.Method, operation.Path, Body(operation));
            if (Open.Contains(operation.Id))
            {
                Assert.NotEqual("signin.needed", answer.Code);
                continue;
            }

            answer.Refused(401, "signin.needed");
            Assert.Equal("Bearer", answer.Headers["www-authenticate"]);
        }

        // A token that is none, one of somebody else's making, and a cookie that is none.
        foreach (var token in new[] { "sr_", "sr_0123456789abcdef0123456789abcdef_" + new string('a', 64), "Basic YTpi", "' OR 1=1 --" })
        {
            (await server.Client(token).GetAsync("/v1/session")).Refused(401, "signin.needed");
        }

        (await nobody.SendAsync(HttpMethod.Get, "/v1/session", null, r => r.Headers.Add("Cookie", Caller.SessionCookie + "=" + new string('0', 64)))).Refused(401, "signin.needed");
    }

    [Fact]
    public async Task Duties_stay_separate()
    {
        var (_, _, staff) = await shared.WorldAsync();
        var policies = (await OperationsAsync()).ToLookup(o => o.Route == "/v1/clients/report" ? "report" : o.Route.Split('/')[2 < o.Route.Split('/').Length ? 2 : 1], o => o.Policy);
        string[] Who(string area) => [.. policies[area].Distinct().SelectMany(p => staff.All.Where(post => PolicyTable.Refusal(p, Operation.Holder(post)) is null)).Distinct().Order(StringComparer.Ordinal)];

        // Written out by hand from domain.md §3, so that a slip in the table shows.
        Assert.Equal(["admin-4a", "admin-4a-2"], Who("people"));
        Assert.Equal(["admin-4a", "admin-4a-2"], Who("clients"));
        Assert.Equal(["admin-4a", "admin-4a-2", "auditor", "data-owner", "dpo"], Who("report"));
        Assert.Equal(["admin-4a", "admin-4a-2", "operations"], Who("keys"));
        Assert.DoesNotContain(Who("collect"), post => post is "admin-4a" or "admin-4a-2" or "auditor" or "operations" or "data-owner" or "marketing");
        (await staff.Admin.GetAsync("/v1/audit/entries")).Refused(403, "act.ungranted");
        (await staff["operations"].GetAsync("/tlog/tile/entries/000")).Refused(403, "act.ungranted");
    }

    [Fact]
    public async Task Security_headers_stand_on_every_answer_errors_included()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var nobody = server.Nobody();
        Answer[] answers =
        [
            await nobody.GetAsync("/healthz"), await nobody.GetAsync("/nowhere"), await nobody.GetAsync("/v1/session"), await staff.Admin.GetAsync("/v1/session"),
            await staff.Admin.GetAsync("/openapi/v1.json"), await staff.Auditor.GetAsync("/v1/people"), await staff.Admin.RawAsync(HttpMethod.Post, "/v1/account-requests", "{"),
            await staff.Admin.RawAsync(HttpMethod.Post, "/v1/account-requests", "x", "text/plain"), await nobody.SendAsync(HttpMethod.Trace, "/v1/session", null),
            await staff.Auditor.GetAsync("/tlog/checkpoint"), await nobody.PostAsync("/v1/sign-in", new { account = "nobody-here", password = "wrong wrong wrong" }),
            await nobody.SendAsync(HttpMethod.Options, "/v1/people", null), await nobody.SendAsync(HttpMethod.Head, "/v1/people", null),
        ];
        Assert.All(answers, answer =>
        {
            Assert.Equal("no-store", answer.Headers["cache-control"]);
            Assert.Equal("nosniff", answer.Headers["x-content-type-options"]);
            Assert.Equal("DENY", answer.Headers["x-frame-options"]);
            Assert.Contains("frame-ancestors 'none'", answer.Headers["content-security-policy"], StringComparison.Ordinal);
            Assert.Equal("no-referrer", answer.Headers["referrer-policy"]);
            Assert.StartsWith("max-age=", answer.Headers["strict-transport-security"], StringComparison.Ordinal);
            Assert.DoesNotContain("server", answer.Headers.Keys);
            Assert.DoesNotContain(answer.Headers.Keys, name => name.StartsWith("access-control-", StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task Session_cookies_are_bound_to_this_host_and_hidden_from_scripts()
    {
        var (_, server, staff) = await shared.WorldAsync();
        await staff.HireAsync("cookie-taster", "counter");
        var caller = server.Nobody();
        var answer = await caller.SignInAsync("cookie-taster", Caller.PasswordOf("cookie-taster"));
        answer.Good();
        Assert.NotEmpty(answer.Cookies);
        Assert.All(answer.Cookies, cookie =>
        {
            var parts = cookie.Split("; ").Skip(1).Select(p => p.ToLowerInvariant()).ToList();
            Assert.StartsWith("__Host-", cookie, StringComparison.Ordinal);
            Assert.Subset(parts.ToHashSet(), new HashSet<string> { "path=/", "secure", "httponly", "samesite=strict" });
            Assert.DoesNotContain(parts, p => p.StartsWith("domain", StringComparison.Ordinal));
        });
        Assert.DoesNotContain(caller.Session!, answer.Text, StringComparison.Ordinal);

        // Signing out ends the session at the server, not only in the browser.
        var stolen = caller.At(server);
        (await caller.PostAsync("/v1/sign-out")).Good();
        (await stolen.GetAsync("/v1/session")).Refused(401, "signin.needed");
    }

    [Fact]
    public async Task Other_sites_cannot_act_with_a_persons_cookie()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var body = new { person = new { account = "victim", name = "V", locale = "en" }, posts = Array.Empty<object>() };
        async Task RefusedAsync(Action<HttpRequestMessage> change) =>
            (await staff.Admin.SendAsync(HttpMethod.Post, "/v1/account-requests", Json(body), change)).Refused(403, "request.cross_site");

        await RefusedAsync(r => r.Headers.Remove("X-Strongroom"));
        await RefusedAsync(r => { r.Headers.Remove("X-Strongroom"); r.Headers.Add("X-Strongroom", "0"); });
        await RefusedAsync(r => r.Headers.Add("Origin", "https://evil.example"));
        await RefusedAsync(r => r.Headers.Add("Origin", "null"));
        await RefusedAsync(r => r.Headers.Add("Sec-Fetch-Site", "cross-site"));
        await RefusedAsync(r => r.Headers.Add("Sec-Fetch-Site", "same-site"));
        Assert.DoesNotContain("victim", (await staff.Admin.GetAsync("/v1/account-requests")).Text, StringComparison.Ordinal);

        // Nobody is signed in from another site's page, into whatever account.
        (await server.Nobody().SendAsync(HttpMethod.Post, "/v1/sign-in", Json(new { account = "a", password = "b" }), r => r.Headers.Add("Sec-Fetch-Site", "cross-site")))
            .Refused(403, "request.cross_site");
        Assert.Equal(HttpStatusCode.OK, (await staff.Admin.SendAsync(HttpMethod.Get, "/v1/session", null, r => r.Headers.Remove("X-Strongroom"))).Status);
    }

    [Fact]
    public async Task A_suspended_person_is_refused_at_the_very_next_request_and_a_resumed_one_signs_in_again()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var person = await staff.HireAsync("to-be-suspended", "auditor");
        (await person.GetAsync("/v1/audit/entries?size=1")).Good();

        (await staff.Admin.PostAsync($"/v1/people/{person.Id}/suspend")).Good();
        Assert.Equal(401, (int)(await person.GetAsync("/v1/audit/entries?size=1")).Status);
        Assert.Equal(401, (int)(await person.GetAsync("/v1/session")).Status);
        (await server.Nobody().SignInAsync("to-be-suspended", Caller.PasswordOf("to-be-suspended"))).Refused(401, "signin.failed");

        (await staff.SecondAdmin.PostAsync($"/v1/people/{person.Id}/resume")).Good();
        Assert.Equal(401, (int)(await person.GetAsync("/v1/session")).Status);
        var again = server.Nobody();
        (await again.SignInAsync("to-be-suspended", Caller.PasswordOf("to-be-suspended"))).Good();
        (await again.GetAsync("/v1/audit/entries?size=1")).Good();

        // A post taken away binds the next request as well.
        (await staff.Admin.DeleteAsync($"/v1/people/{person.Id}/posts/auditor/{staff.Unit}")).Good();
        (await again.GetAsync("/v1/audit/entries?size=1")).Refused(403, "act.ungranted");
    }

    [Fact]
    public async Task Nobody_administers_himself()
    {
        var (_, _, staff) = await shared.WorldAsync();
        (await staff.Admin.PostAsync($"/v1/people/{staff.Admin.Id}/posts", new { post = "auditor", unit = staff.Unit })).Refused(403, "people.self");
        (await staff.Admin.PostAsync($"/v1/people/{staff.Admin.Id}/suspend")).Refused(403, "people.self");
        foreach (var guarded in new[] { "admin-4a", "data-owner", "auditor" })
        {
            (await staff.Admin.PostAsync($"/v1/people/{staff["counter"].Id}/posts", new { post = guarded, unit = staff.Unit })).Refused(403, "post.administers");
        }

        (await staff.Admin.PostAsync($"/v1/people/{staff.Auditor.Id}/start-password")).Refused(403, "post.administers");
        var asked = (await staff.Admin.PostAsync($"/v1/people/{staff.Auditor.Id}/start-password/request", new { expires = Staff.Now + 60_000L })).Good();
        (await staff.Admin.PostAsync($"/v1/approvals/{asked["approval"]!.GetValue<string>()}/decide", new { digest = asked["digest"]!.GetValue<string>(), verdict = "approve" }))
            .Refused(403, "approval.self");
        (await staff.Admin.PostAsync($"/v1/people/{staff.Auditor.Id}/posts", new { post = "operations", unit = staff.Unit })).Refused(403, "posts.incompatible");
    }

    private async Task<IReadOnlyList<Operation>> OperationsAsync() =>
        Operation.Of((await (await shared.WorldAsync()).Staff.Admin.GetAsync("/openapi/v1.json")).Good());

    private static StringContent? Body(Operation operation) => operation.Method == HttpMethod.Get || operation.Method == HttpMethod.Delete
        ? null : new StringContent("{}", Encoding.UTF8, operation.BodyType ?? "application/json");

    private static StringContent Json(object body) => new(JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(body))!.ToJsonString(), Encoding.UTF8, "application/json");

    [Fact]
    public async Task A_body_that_trickles_does_not_stretch_the_rights_of_who_sends_it()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var agent = await staff.HireAsync("trickler", "back-office");
        var body = new Trickle("{\"form\": \"none\",", " \"purpose\": \"fulfil\"}");
        var sending = agent.SendAsync(HttpMethod.Post, "/v1/service-sessions", body);
        await body.Begun.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        (await staff.Admin.PostAsync($"/v1/people/{agent.Id}/suspend")).Good();
        await Task.Delay(400, TestContext.Current.CancellationToken);   // longer than a body takes that comes at once
        body.Rest.SetResult();
        (await sending).Refused(401, "signin.needed");
        Assert.NotNull(server);
    }

    /// <summary>Sends its first half, and the other when it is told to.</summary>
    private sealed class Trickle : HttpContent
    {
        private readonly byte[] first, rest;

        public Trickle(string first, string rest)
        {
            (this.first, this.rest) = (System.Text.Encoding.UTF8.GetBytes(first), System.Text.Encoding.UTF8.GetBytes(rest));
            Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/json");
        }

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Rest { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync(first);
            await stream.FlushAsync();
            Begun.SetResult();
            await Rest.Task;
            await stream.WriteAsync(rest);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = first.Length + rest.Length;
            return true;
        }
    }
}
