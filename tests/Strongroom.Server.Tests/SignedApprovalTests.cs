using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;
using Strongroom.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>A scene that is approved by signature (R41), in a real browser: what the passkey signs is the request's own digest, and it is good for that request alone.</summary>
public sealed class SignedApprovalTests : IAsyncLifetime
{
    private Place place = null!;
    private ServerProcess server = null!;
    private Staff staff = null!;
    private Chromium browser = null!;
    private string origin = "";

    public async ValueTask InitializeAsync()
    {
        if (!Chromium.IsThere)
        {
            const string Missing = "Chromium is not installed (Debian: apt-get install chromium)";
            Assert.False(string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase), Missing);
            Assert.Skip(Missing);
        }

        place = await Place.InitAsync(packs: "general");
        origin = $"https://localhost:{Ports.Free()}";
        server = await place.ServeAsync("--urls", origin, "--public-origin", origin);
        staff = await Staff.HireAsync(place, server, "dpo");
        browser = await Chromium.OpenAsync(server.CertificatePem, new Uri(origin + "/healthz"));
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        if (server is not null)
        {
            await server.DisposeAsync();
        }

        if (place is not null)
        {
            await place.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_passkeys_challenge_is_the_digest_and_a_signature_for_one_request_approves_no_other()
    {
        // The officer goes on in the browser, where his passkey is.
        await HoldAsync(staff.Dpo.Session!);
        var offer = await GoodAsync("/v1/session/factors/passkeys/options");
        var made = await browser.RunAsync($"create({offer["options"]!.ToJsonString()})");
        await GoodAsync("/v1/session/factors/passkeys", new { ticket = offer["ticket"]!.GetValue<string>(), credential = made, name = "key" });

        // Policy is from now on changed by the officer's signature: said by two who need none yet.
        var guard = await SceneAsync("policy_off");
        guard["coOperator"]!["signs"] = true;
        guard["steps"]!.AsArray().RemoveAt(1);
        var (first, firstDigest) = await AskAsync(guard);
        Assert.Equal("requested", (await GoodAsync($"/v1/approvals/{first}/decide", new { digest = firstDigest, verdict = "approve" }))["state"]!.GetValue<string>());
        await Staff.DecideAsync(staff.SecondAdmin, Staff.SecondAccount, first, firstDigest);
        (await staff.Admin.PutAsync("/v1/scenes/policy_off", new { row = guard, approval = first })).Good();

        guard["modes"] = new JsonArray("on-site");
        var (id, digest) = await AskAsync(guard);
        var (other, otherDigest) = await AskAsync(guard);
        Assert.NotEqual(digest, otherDigest);
        Assert.Equal("approval.sign", await CodeAsync($"/v1/approvals/{id}/decide", new { digest, verdict = "approve" }));
        var challenge = await GoodAsync($"/v1/approvals/{id}/sign");
        Assert.Equal(digest, ChallengeOf(challenge));
        var otherChallenge = await GoodAsync($"/v1/approvals/{other}/sign");
        var credential = await ProveAsync(challenge);
        Assert.Equal("passkey.wrong", await CodeAsync($"/v1/approvals/{other}/decide", Signed(otherDigest, otherChallenge, credential)));
        Assert.Equal("passkey.wrong", await CodeAsync($"/v1/approvals/{other}/decide", Signed(otherDigest, challenge, credential)));
        var decided = await GoodAsync($"/v1/approvals/{id}/decide", Signed(digest, challenge, credential));
        Assert.Equal(("approved", true), (decided["state"]!.GetValue<string>(), decided["votes"]![0]!["signed"]!.GetValue<bool>()));
        (await staff.Admin.PutAsync("/v1/scenes/policy_off", new { row = guard, approval = id })).Good();
        await OnSiteAsync();
    }

    /// <summary>The officer's passkey at the administrator's screen answers in the officer's name, and the session stays the administrator's.</summary>
    private async Task OnSiteAsync()
    {
        var reader = await SceneAsync("no_reader");
        reader["enabled"] = false;
        await HoldAsync(staff.Admin.Session!);
        var (id, digest) = await AskAsync(reader);
        var challenge = await GoodAsync($"/v1/approvals/{id}/on-site/options");
        Assert.Equal(digest, ChallengeOf(challenge));
        Assert.Empty(challenge["options"]!["allowCredentials"]?.AsArray() ?? []);
        var credential = await ProveAsync(challenge);
        Assert.Equal("approval.on-site", await CodeAsync($"/v1/approvals/{id}/on-site", new { digest, ticket = challenge["ticket"]!.GetValue<string>() + "A", credential }));
        var given = await GoodAsync($"/v1/approvals/{id}/on-site", new { digest, ticket = challenge["ticket"]!.GetValue<string>(), credential });
        Assert.Equal(("approved", "on-site", staff.Dpo.Id), (given["state"]!.GetValue<string>(), given["votes"]![0]!["via"]!.GetValue<string>(), given["votes"]![0]!["person"]!.GetValue<string>()));
        var (status, session) = await browser.FetchAsync("GET", "/v1/session");
        Assert.Equal((200, staff.Admin.Id), (status, session!["person"]!.GetValue<string>()));
        (await staff.Admin.PutAsync("/v1/scenes/no_reader", new { row = reader, approval = id })).Good();
    }

    private Task HoldAsync(string session) => browser.SendAsync(
        "Network.setCookie", new { name = Caller.SessionCookie, value = session, url = origin, path = "/", secure = true, httpOnly = true, sameSite = "Strict" });

    private async Task<JsonNode> ProveAsync(JsonNode challenge) => (await browser.RunAsync($"prove({challenge["options"]!.ToJsonString()})"))!;

    private static object Signed(string digest, JsonNode challenge, JsonNode credential) => new { digest, verdict = "approve", ticket = challenge["ticket"]!.GetValue<string>(), credential };

    private static string ChallengeOf(JsonNode challenge) =>
        Convert.ToHexStringLower(Convert.FromBase64String(challenge["options"]!["challenge"]!.GetValue<string>().Replace('-', '+').Replace('_', '/') + "="));

    private async Task<JsonNode> SceneAsync(string key) =>
        (await staff.Admin.GetAsync("/v1/scenes")).Good()["scenes"]!.AsArray().Single(scene => scene!["scene"]!.GetValue<string>() == key)!;

    private async Task<(string Id, string Digest)> AskAsync(JsonNode row)
    {
        var asked = (await staff.Admin.PostAsync($"/v1/scenes/{row["scene"]}/request", new { row, until = Staff.Now + 3_600_000L, reason = "agreed" })).Good();
        return (asked["id"]!.GetValue<string>(), asked["digest"]!.GetValue<string>());
    }

    private async Task<JsonNode> GoodAsync(string path, object? body = null)
    {
        var (status, json) = await browser.FetchAsync("POST", path, body);
        Assert.True(status is >= 200 and < 300, $"{path}: {status} {json?.ToJsonString()} {server.Said[^Math.Min(600, server.Said.Length)..]}");
        return json!;
    }

    private async Task<string> CodeAsync(string path, object body)
    {
        var (status, json) = await browser.FetchAsync("POST", path, body);
        Assert.True(status >= 400, $"{path}: {status} {json?.ToJsonString()}");
        return json!["type"]!.GetValue<string>().Replace("/problems/", "", StringComparison.Ordinal);
    }
}
