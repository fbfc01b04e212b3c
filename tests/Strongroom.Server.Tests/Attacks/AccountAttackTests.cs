using System.Net;
using System.Text;
using System.Text.Json;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests.Attacks;

/// <summary>
/// Attacks on accounts that no other class holds under their name. Elsewhere: planted sessions and alike answers (IdentitySuite,
/// IdentityHttpTests), other sites (GuardTests), replayed codes (FactorSuite), relayed QR codes (QrSuite), swapped challenges (PasskeyTests),
/// guessing (ThrottleRulesTests), one's own record (GuardTests).
/// </summary>
public sealed class AccountAttackTests(Shared shared)
{
    [Fact]
    public async Task TokenOrSessionInUrl_OpensNothing_AndIsNotRepeated()
    {
        var business = await shared.BusinessAsync();
        var server = business.Staff.Admin.Server;
        foreach (var secret in new[] { business.Token, business.Staff.Admin.Session! })
        {
            foreach (var name in new[] { "access_token", "token", "session", "__Host-strongroom", "Authorization" })
            {
                var answer = await server.Nobody().GetAsync($"/v1/session?{name}={secret}");
                answer.Refused(401, "signin.needed");
                Assert.DoesNotContain(secret, answer.Text, StringComparison.Ordinal);
                Assert.DoesNotContain(answer.Headers, header => header.Value.Contains(secret, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task OwnRecordEdited_ByPatchPostOrState_IsRefused()
    {
        var staff = (await shared.WorldAsync()).Staff;
        var own = $"/v1/people/{staff.Admin.Id}";
        (await staff.Admin.PatchAsync(own, new { version = 1, name = "Somebody Else" })).Refused(403, "people.self");
        (await staff.Admin.PostAsync($"{own}/posts", new { post = "counter", unit = staff.Unit })).Refused(403, "people.self");
        (await staff.Admin.PostAsync($"{own}/start-password")).Refused(403, "people.self");
        (await staff.Admin.PostAsync($"{own}/factors/reset")).Refused(403, "people.self");
        (await staff.Admin.PostAsync($"{own}/resume")).Refused(403, "people.self");
    }

    [Fact]
    public async Task AddressSpoofedByHeader_StaysInTheInternet_AndAdministersNothing()
    {
        var staff = (await shared.WorldAsync()).Staff;
        foreach (var (header, value) in new[] { ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "10.0.0.1, 10.0.0.2"), ("Forwarded", "for=127.0.0.1") })
        {
            var body = new StringContent(JsonSerializer.Serialize(new { }), Encoding.UTF8, "application/json");
            var answer = await staff.Admin.SendAsync(HttpMethod.Post, "/v1/zones/request", body, request => request.Headers.TryAddWithoutValidation(header, value));
            Assert.Equal((HttpStatusCode.Forbidden, "remote.needed"), (answer.Status, answer.Code));
        }
    }
}
