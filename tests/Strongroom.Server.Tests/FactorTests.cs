using System.Net;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>Signing in with two factors, against the real server.</summary>
public sealed class FactorTests(Shared shared)
{
    [Fact]
    public async Task A_first_sign_in_asks_for_password_and_enrolment_and_lets_nothing_else_through()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var (_, start) = await Staff.AskForAsync(staff.Admin, staff.SecondAdmin, "first-timer", null, staff.Unit);
        var caller = server.Nobody();
        var view = (await caller.SignInAsync("first-timer", start)).Good();
        Assert.Equal(["enrolment", "password"], view["needs"]!.AsArray().Select(n => n!.GetValue<string>()));
        (await caller.GetAsync("/v1/sessions")).Refused(403, "password.change_needed");
        (await caller.PostAsync("/v1/session/password", new { current = start, next = Caller.PasswordOf("first-timer") })).Good();
        (await caller.GetAsync("/v1/sessions")).Refused(403, "factor.pending");
        (await caller.GetAsync("/openapi/v1.json")).Refused(403, "factor.pending");
        (await caller.PostAsync("/v1/session/factors/recovery-codes")).Refused(403, "factor.pending");

        var before = caller.At(server);
        var offer = (await caller.PostAsync("/v1/session/factors/totp")).Good();
        Assert.StartsWith("otpauth://totp/Strongroom:first-timer?secret=", offer["uri"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.StartsWith("<svg", offer["qr"]!.GetValue<string>(), StringComparison.Ordinal);
        (await caller.PostAsync("/v1/session/factors/totp/confirm", new { ticket = offer["ticket"]!.GetValue<string>(), code = "000000" })).Refused(403, "factor.code");
        await caller.EnrolAsync("first-timer");
        (await caller.GetAsync("/v1/sessions")).Good();
        Assert.Equal(401, (int)(await before.GetAsync("/v1/session")).Status);
    }

    [Fact]
    public async Task The_password_alone_opens_nothing_and_the_code_rotates_the_cookie()
    {
        var (place, server, staff) = await shared.WorldAsync();
        await staff.HireAsync("two-steps", "counter");
        var caller = server.Nobody();
        var view = (await caller.PostAsync("/v1/sign-in", new { account = "two-steps", password = Caller.PasswordOf("two-steps") })).Good();
        Assert.Equal("second-factor", Assert.Single(view["needs"]!.AsArray())!.GetValue<string>());
        (await caller.GetAsync("/v1/sessions")).Refused(403, "factor.pending");
        (await caller.PostAsync("/v1/session/factors/totp")).Refused(403, "factor.pending");
        var planted = caller.At(server);
        (await caller.PostAsync("/v1/session/step-up", new { code = "abcdef" })).Refused(403, "factor.code");
        await caller.StepUpAsync("two-steps");
        Assert.NotEqual(planted.Session, caller.Session);
        Assert.Equal(401, (int)(await planted.GetAsync("/v1/session")).Status);
        var now = (await caller.GetAsync("/v1/session")).Good();
        Assert.Equal(("second-factor", "password,totp"), (now["strength"]!.GetValue<string>(), string.Join(',', now["proofs"]!.AsArray().Select(p => p!["factor"]!.GetValue<string>()))));

        // Neither a secret in the address nor a code there is looked at.
        var bare = server.Nobody();
        foreach (var query in new[] { $"?{Caller.SessionCookie}={caller.Session}", $"?access_token={caller.Session}", $"?session={caller.Session}&code=123456" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await bare.GetAsync("/v1/session" + query)).Status);
        }

        Assert.DoesNotContain(caller.Session!, server.Said, StringComparison.Ordinal);
        Assert.True(place.Apps.ContainsKey("two-steps"));
    }

    [Fact]
    public async Task A_wrong_code_and_a_wrong_password_are_answered_alike()
    {
        var (_, server, staff) = await shared.WorldAsync();
        await staff.HireAsync("alike", "counter");
        var code = await server.Nobody().PostAsync("/v1/sign-in", new { account = "alike", password = Caller.PasswordOf("alike"), code = "000000" });
        var password = await server.Nobody().PostAsync("/v1/sign-in", new { account = "alike", password = "wrong wrong wrong", code = "000000" });
        var unknown = await server.Nobody().PostAsync("/v1/sign-in", new { account = "nobody-at-all", password = "wrong wrong wrong", code = "000000" });
        code.Refused(401, "signin.failed");
        Assert.Equal((Said(code), code.Status), (Said(password), password.Status));
        Assert.Equal((Said(code), code.Status), (Said(unknown), unknown.Status));
        Assert.Equal(code.Headers.Keys.Order(StringComparer.Ordinal), unknown.Headers.Keys.Order(StringComparer.Ordinal));
    }

    /// <summary>The answer without the number of its request.</summary>
    private static string Said(Answer answer)
    {
        var json = answer.Json.AsObject();
        json.Remove("traceId");
        return json.ToJsonString();
    }
}
