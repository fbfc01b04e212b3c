using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;
using Strongroom.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>
/// Passkeys in a real browser with a virtual authenticator, against a real server whose administration asks for them, as every installation
/// does by default.
/// </summary>
public sealed class PasskeyTests : IAsyncLifetime
{
    private Place place = null!;
    private ServerProcess server = null!;
    private Chromium browser = null!;
    private Authenticator app = null!;

    public async ValueTask InitializeAsync()
    {
        if (!Chromium.IsThere)
        {
            const string Missing = "Chromium is not installed (Debian: apt-get install chromium)";
            Assert.False(string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase), Missing);
            Assert.Skip(Missing);
        }

        place = await Place.InitAsync(packs: "general", administerBy: "passkey");
        var origin = $"https://localhost:{Ports.Free()}";
        server = await place.ServeAsync("--urls", origin, "--public-origin", origin);
        (await server.Nobody().GetAsync("/healthz")).Good();
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
    public async Task A_passkey_signs_in_by_itself_and_opens_administration_and_a_swapped_replayed_unverified_or_copied_one_does_not()
    {
        await BeginAsync();
        var refused = await RefusedAsync("GET", "/v1/people", 403, "access.needs");
        Assert.Equal(("second-factor", "passkey"), (refused["needs"]![0]!["what"]!.GetValue<string>(), refused["needs"]![0]!["how"]!.GetValue<string>()));

        var id = await EnrolAsync("My key");
        await GoodAsync("GET", "/v1/people");
        await GoodAsync("PATCH", $"/v1/session/factors/passkeys/{id}", new { name = "Blue key" });
        Assert.Equal("Blue key", (await GoodAsync("GET", "/v1/session/factors/passkeys"))![0]!["name"]!.GetValue<string>());
        await GoodAsync("POST", "/v1/sign-out");

        await SwappedReplayedAsync();
        await UnverifiedAsync();
        await CopiedAsync(id);
        await LastFactorAsync(id);
    }

    /// <summary>The answer to one challenge is none to another, and none the second time.</summary>
    private async Task SwappedReplayedAsync()
    {
        var first = (await GoodAsync("POST", "/v1/sign-in/passkey/options"))!;
        Assert.Empty(first["options"]!["allowCredentials"]?.AsArray() ?? []);
        var forFirst = await ProveAsync(first);
        var second = (await GoodAsync("POST", "/v1/sign-in/passkey/options"))!;

        // The browser now holds the second challenge: the first ticket is another browser's, the second another challenge's.
        await RefusedAsync("POST", "/v1/sign-in/passkey", 401, "signin.failed", Answer(first, forFirst));
        await RefusedAsync("POST", "/v1/sign-in/passkey", 401, "signin.failed", Answer(second, forFirst));
        var forSecond = await ProveAsync(second);
        var view = (await GoodAsync("POST", "/v1/sign-in/passkey", Answer(second, forSecond)))!;
        Assert.Equal(("passkey", "passkey"), (view["strength"]!.GetValue<string>(), Assert.Single(view["proofs"]!.AsArray())!["factor"]!.GetValue<string>()));
        await GoodAsync("GET", "/v1/people");
        await RefusedAsync("POST", "/v1/sign-in/passkey", 401, "signin.failed", Answer(second, forSecond));

        // A challenge for stepping up does not sign in, nor does an enrolment's ticket prove anything.
        var stepUp = (await GoodAsync("POST", "/v1/session/step-up/passkey/options"))!;
        var proof = await ProveAsync(stepUp);
        await RefusedAsync("POST", "/v1/sign-in/passkey", 401, "signin.failed", Answer(stepUp, proof));
        var enrolment = (await GoodAsync("POST", "/v1/session/factors/passkeys/options"))!;
        await RefusedAsync("POST", "/v1/session/step-up/passkey", 403, "passkey.wrong", Answer(enrolment, proof));
        await GoodAsync("POST", "/v1/session/step-up/passkey", Answer(stepUp, proof));
        await RefusedAsync("POST", "/v1/session/step-up/passkey", 403, "passkey.wrong", Answer(stepUp, proof));
        await GoodAsync("POST", "/v1/sign-out");
    }

    /// <summary>A page may ask the authenticator for less; the server does not.</summary>
    private async Task UnverifiedAsync()
    {
        await browser.SendAsync("WebAuthn.setUserVerified", new { authenticatorId = browser.Authenticator, isUserVerified = false });
        var asked = (await GoodAsync("POST", "/v1/sign-in/passkey/options"))!;
        Assert.Equal("required", asked["options"]!["userVerification"]!.GetValue<string>());
        var weaker = asked.DeepClone();
        weaker["options"]!["userVerification"] = "discouraged";
        var answer = await ProveAsync(weaker);
        await RefusedAsync("POST", "/v1/sign-in/passkey", 401, "signin.failed", Answer(asked, answer));
        await browser.SendAsync("WebAuthn.setUserVerified", new { authenticatorId = browser.Authenticator, isUserVerified = true });
    }

    /// <summary>A copy of the authenticator counts from an earlier number: the key is out of use, for the copy and for its owner, and he sees it.</summary>
    private async Task CopiedAsync(string id)
    {
        var kept = (await browser.SendAsync("WebAuthn.getCredentials", new { authenticatorId = browser.Authenticator }))["credentials"]![0]!.DeepClone().AsObject();
        await browser.SendAsync("WebAuthn.clearCredentials", new { authenticatorId = browser.Authenticator });
        kept["signCount"] = 1;
        await browser.SendAsync("WebAuthn.addCredential", new { authenticatorId = browser.Authenticator, credential = kept });
        for (var i = 0; i < 2; i++)
        {
            var asked = (await GoodAsync("POST", "/v1/sign-in/passkey/options"))!;
            await RefusedAsync("POST", "/v1/sign-in/passkey", 401, "signin.failed", Answer(asked, await ProveAsync(asked)));
            await browser.SendAsync("WebAuthn.clearCredentials", new { authenticatorId = browser.Authenticator });
            kept["signCount"] = 1_000;
            await browser.SendAsync("WebAuthn.addCredential", new { authenticatorId = browser.Authenticator, credential = kept.DeepClone() });
        }

        await SignInAsync();
        var passkey = Assert.Single((await GoodAsync("GET", "/v1/session/factors/passkeys"))!.AsArray())!;
        Assert.Equal(id, passkey["id"]!.GetValue<string>());
        Assert.True(passkey["flagged"]!.GetValue<long>() > 0);
    }

    private async Task LastFactorAsync(string id)
    {
        await GoodAsync("DELETE", $"/v1/session/factors/passkeys/{id}");
        await RefusedAsync("DELETE", "/v1/session/factors/totp", 409, "factor.last");
        await browser.SendAsync("WebAuthn.clearCredentials", new { authenticatorId = browser.Authenticator });
        var other = await EnrolAsync("Red key");
        await GoodAsync("DELETE", "/v1/session/factors/totp");
        await RefusedAsync("DELETE", $"/v1/session/factors/passkeys/{other}", 409, "factor.last");
        await RefusedAsync("DELETE", $"/v1/session/factors/passkeys/{id}", 404, "not.found");

        // Without an app the password waits for the passkey.
        await GoodAsync("POST", "/v1/sign-out");
        var view = (await GoodAsync("POST", "/v1/sign-in", new { account = place.Administrators[0].Account, password = Caller.PasswordOf("admin-1") }))!;
        Assert.Equal("second-factor", Assert.Single(view["needs"]!.AsArray())!.GetValue<string>());
        await RefusedAsync("GET", "/v1/people", 403, "factor.pending");
        var asked = (await GoodAsync("POST", "/v1/session/step-up/passkey/options"))!;
        await GoodAsync("POST", "/v1/session/step-up/passkey", Answer(asked, await ProveAsync(asked)));
        await GoodAsync("GET", "/v1/people");
    }

    private async Task BeginAsync()
    {
        var (account, start) = place.Administrators[0];
        await GoodAsync("POST", "/v1/sign-in", new { account, password = start });
        await GoodAsync("POST", "/v1/session/password", new { current = start, next = Caller.PasswordOf(account) });
        var offer = (await GoodAsync("POST", "/v1/session/factors/totp"))!;
        app = new Authenticator(offer["secret"]!.GetValue<string>());
        var enrolled = (await GoodAsync("POST", "/v1/session/factors/totp/confirm", new { ticket = offer["ticket"]!.GetValue<string>(), code = app.Next() }))!;
        app.Keep(enrolled["recoveryCodes"]!.AsArray().Select(code => code!.GetValue<string>()));
    }

    private Task SignInAsync()
    {
        var account = place.Administrators[0].Account;
        return GoodAsync("POST", "/v1/sign-in", new { account, password = Caller.PasswordOf(account), code = app.Next() });
    }

    /// <returns>The passkey's id.</returns>
    private async Task<string> EnrolAsync(string name)
    {
        var offer = (await GoodAsync("POST", "/v1/session/factors/passkeys/options"))!;
        var made = await browser.RunAsync($"create({offer["options"]!.ToJsonString()})");
        var enrolled = (await GoodAsync("POST", "/v1/session/factors/passkeys", new { ticket = offer["ticket"]!.GetValue<string>(), credential = made, name }))!;
        Assert.Equal("passkey", enrolled["session"]!["strength"]!.GetValue<string>());
        await RefusedAsync("POST", "/v1/session/factors/passkeys", 403, "passkey.wrong", new { ticket = offer["ticket"]!.GetValue<string>(), credential = made, name });
        return enrolled["passkey"]!["id"]!.GetValue<string>();
    }

    private async Task<JsonNode> ProveAsync(JsonNode challenge) => (await browser.RunAsync($"prove({challenge["options"]!.ToJsonString()})"))!;

    private static object Answer(JsonNode challenge, JsonNode credential) => new { ticket = challenge["ticket"]!.GetValue<string>(), credential };

    private async Task<JsonNode?> GoodAsync(string method, string path, object? body = null)
    {
        var (status, json) = await browser.FetchAsync(method, path, body);
        Assert.True(status is >= 200 and < 300, $"{method} {path}: {status} {json?.ToJsonString()}");
        return json;
    }

    private async Task<JsonNode> RefusedAsync(string method, string path, int expected, string code, object? body = null)
    {
        var (status, json) = await browser.FetchAsync(method, path, body);
        Assert.True(status == expected && json?["type"]?.GetValue<string>() == "/problems/" + code, $"{method} {path}: wanted {expected} {code}, got {status} {json?.ToJsonString()}");
        return json!;
    }
}
