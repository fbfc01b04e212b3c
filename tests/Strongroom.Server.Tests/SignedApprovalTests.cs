using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>A scene that is approved by signature (R41), in a real browser: what the passkey signs is the request's own digest, and it is good for that request alone.</summary>
public sealed class SignedApprovalTests : IAsyncLifetime
{
    private Place place = null!;
    private ServerProcess server = null!;
    private Staff staff = null!;
    private Chromium browser = null!;

    public async ValueTask InitializeAsync()
    {
        if (!Chromium.IsThere)
        {
            const string Missing = "Chromium is not installed (Debian: apt-get install chromium)";
            Assert.False(string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase), Missing);
            Assert.Skip(Missing);
        }

        place = await Place.InitAsync(packs: "general");
        var origin = $"https://localhost:{FreePort()}";
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
        await browser.SendAsync("Network.setCookie", new { name = Caller.SessionCookie, value = staff.Dpo.Session, url = server.Url.ToString(), path = "/", secure = true, httpOnly = true, sameSite = "Strict" });
        var offer = await GoodAsync("/v1/session/factors/passkeys/options");
        var made = await browser.RunAsync($"create({offer["options"]!.ToJsonString()})");
        await GoodAsync("/v1/session/factors/passkeys", new { ticket = offer["ticket"]!.GetValue<string>(), credential = made, name = "key" });

        // Policy is from now on changed by signature: said by two who need none yet.
        var guard = await SceneAsync("policy_off");
        guard["coOperator"]!["signs"] = true;
        var (first, firstDigest) = await AskAsync(guard);
        Assert.Equal("requested", (await GoodAsync($"/v1/approvals/{first}/decide", new { digest = firstDigest, verdict = "approve" }))["state"]!.GetValue<string>());
        await Staff.DecideAsync(staff.SecondAdmin, Staff.SecondAccount, first, firstDigest);
        (await staff.Admin.PutAsync("/v1/scenes/policy_off", new { row = guard, approval = first })).Good();

        var reader = await SceneAsync("no_reader");
        reader["enabled"] = false;
        var (id, digest) = await AskAsync(reader);
        var (other, otherDigest) = await AskAsync(reader);
        Assert.NotEqual(digest, otherDigest);
        Assert.Equal("approval.sign", await CodeAsync($"/v1/approvals/{id}/decide", new { digest, verdict = "approve" }));

        var challenge = await GoodAsync($"/v1/approvals/{id}/sign");
        var asked = Convert.FromBase64String(challenge["options"]!["challenge"]!.GetValue<string>().Replace('-', '+').Replace('_', '/') + "=");
        Assert.Equal(digest, Convert.ToHexStringLower(asked));
        var credential = (await browser.RunAsync($"prove({challenge["options"]!.ToJsonString()})"))!;
        object Signed(string over, JsonNode from) => new { digest = over, verdict = "approve", ticket = from["ticket"]!.GetValue<string>(), credential };
        var otherChallenge = await GoodAsync($"/v1/approvals/{other}/sign");
        Assert.Equal("passkey.wrong", await CodeAsync($"/v1/approvals/{other}/decide", Signed(otherDigest, otherChallenge)));
        Assert.Equal("passkey.wrong", await CodeAsync($"/v1/approvals/{other}/decide", Signed(otherDigest, challenge)));
        var decided = await GoodAsync($"/v1/approvals/{id}/decide", Signed(digest, challenge));
        Assert.True(decided["votes"]![0]!["signed"]!.GetValue<bool>());
        (await staff.SecondAdmin.PostAsync($"/v1/approvals/{id}/decide", new { digest, verdict = "approve" })).Refused(403, "approval.sign");
    }

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
        Assert.True(status is >= 200 and < 300, $"{path}: {status} {json?.ToJsonString()}");
        return json!;
    }

    private async Task<string> CodeAsync(string path, object body)
    {
        var (status, json) = await browser.FetchAsync("POST", path, body);
        Assert.True(status >= 400, $"{path}: {status} {json?.ToJsonString()}");
        return json!["type"]!.GetValue<string>().Replace("/problems/", "", StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
