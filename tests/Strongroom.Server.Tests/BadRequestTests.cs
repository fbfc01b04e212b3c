using System.Text;
using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;
using Strongroom.Spine.Access;

namespace Strongroom.Server.Tests;

/// <summary>
/// Whatever is sent, the answer says what and where in both languages and never repeats what was sent; neither do log, metrics, console
/// output or the files on disk.
/// </summary>
public sealed class BadRequestTests(Shared shared)
{
    private const string Canary = "kanarienvogel-7731", CanaryName = "kanarienvogel7731";

    [Fact]
    public async Task Broken_bodies_get_problem_details_with_a_place_and_never_the_sent_value()
    {
        var (place, server, staff) = await shared.WorldAsync();
        var operations = Operation.Of((await staff.Admin.GetAsync("/openapi/v1.json")).Good()).Where(o => o.BodyType == "application/json").ToList();
        var system = server.Client((await staff.ClientAsync(["tickets", "calls", "reader"])).Token);
        Assert.True(operations.Count >= 10, $"{operations.Count}");
        foreach (var operation in operations)
        {
            var caller = operation.Policy == "anonymous" ? server.Nobody() : operation.Policy is Doors.WorkOrders or Doors.Calls or Doors.Readings ? system
                : staff[operation.Knocker(staff.All) ?? throw new InvalidOperationException(operation.Id)];
            Task<Answer> SendAsync(string body, string type = "application/json") => caller.RawAsync(operation.Method, operation.Path, body, type);

            // Routing itself refuses the type, before anybody asks whether this door is open to all.
            int[] unsupported = operation.Policy == "anonymous" ? [401, 415] : [415];
            Placed(operation, await SendAsync($$"""{"{{CanaryName}}": "{{Canary}}"""));
            Placed(operation, await SendAsync($"[\"{Canary}\" "));
            Problem(operation, await SendAsync($"\"{Canary}\""), 400, 422);

            // Where the body may be left out, null says the same as nothing, and the id in the path is nobody's; of service sessions that is told as one that ended.
            int[] nobodys = operation.Id == "service-session-close" ? [400, 409, 422] : [400, 404, 422];
            Problem(operation, await SendAsync("null"), nobodys);
            Problem(operation, await SendAsync(""), [.. nobodys, 415]);
            Problem(operation, await SendAsync($"{{\"{CanaryName}\": \"{Canary}\"}}"), 400, 422);
            Problem(operation, await SendAsync($"{Canary}=1", "application/x-www-form-urlencoded"), unsupported);
            Problem(operation, await SendAsync($"<a>{Canary}</a>", "text/xml"), unsupported);
            Problem(operation, await LargeAsync(caller, operation), 413);
            Problem(operation, await SendAsync(string.Concat(Enumerable.Repeat("{\"a\":", 200)) + $"\"{Canary}\"" + new string('}', 200)), 400, 422);

            // What parses may be refused for what it is about before it is refused for what it says.
            foreach (var member in operation.Schema?["properties"]?.AsObject().Select(p => p.Key) ?? [])
            {
                Problem(operation, await SendAsync($"{{\"{member}\": \"{Canary}\", \"{member}\": \"{Canary}\"}}"), 400, 401, 403, 404, 409, 422);
                Problem(operation, await SendAsync($"{{\"{member}\": {{\"{CanaryName}\": [\"{Canary}\"]}}}}"), 400, 401, 403, 404, 409, 422);
            }
        }

        await NowhereAsync(place, server, staff);
    }

    [Fact]
    public async Task An_unknown_member_beside_a_good_body_is_refused_with_its_place()
    {
        var (_, _, staff) = await shared.WorldAsync();
        var answer = await staff.Admin.RawAsync(HttpMethod.Post, "/v1/account-requests", $$"""{"person": {"account": "somebody-new", "name": "N", "{{CanaryName}}": 1}, "posts": []}""");
        answer.Refused(422, "json.unknown_member");
        Assert.Matches("^[0-9]+:[0-9]+", answer.Json["errors"]![0]!["at"]!.GetValue<string>());
        Assert.DoesNotContain(CanaryName, answer.Text, StringComparison.Ordinal);

        var twice = await staff.Admin.RawAsync(HttpMethod.Post, "/v1/account-requests", """{"person": {"account": "somebody-new", "account": "somebody-else", "name": "N"}, "posts": []}""");
        twice.Refused(400, "json.bad");
        Assert.DoesNotContain("somebody", (await staff.Admin.GetAsync("/v1/account-requests")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Canaries_in_addresses_queries_headers_and_methods_come_back_nowhere()
    {
        var (place, server, staff) = await shared.WorldAsync();
        foreach (var caller in new[] { server.Nobody(), staff.Admin, staff.Auditor })
        {
            foreach (var path in new[]
            {
                $"/v1/people/{Canary}", $"/v1/approvals?state={Canary}", $"/v1/audit/entries?act={Canary}", $"/v1/audit/entries?size={Canary}", $"/v1/audit/entries/{Canary}/proof",
                $"/v1/audit/consistency?first={Canary}&second=2", $"/tlog/tile/{Canary}", $"/{Canary}", $"/v1/forms/{Canary}", $"/v1/customers/{Canary}/view", $"/openapi/{Canary}.json",
                $"/v1/%00{Canary}", $"/v1/audit/entries?after={Canary}", $"/v1/audit/entries?from={Canary}",
            })
            {
                var answer = await caller.GetAsync(path);
                Assert.True((int)answer.Status < 500, $"{path}: {(int)answer.Status} {answer.Text}");
                Silent(path, answer);
            }
        }

        var odd = await staff.Admin.SendAsync(new HttpMethod("KANARIENVOGEL"), "/v1/account-requests", null, r => r.Headers.Add("X-Canary", Canary));
        odd.Refused(405, "method.not_allowed");
        Assert.Equal("GET, POST", odd.Headers["allow"]);
        (await staff.Admin.DeleteAsync("/v1/account-requests")).Refused(405, "method.not_allowed");
        Silent("client", await server.Client("sr_" + Canary).GetAsync("/v1/session"));
        await NowhereAsync(place, server, staff);
    }

    /// <summary>Waits for the server's word before it sends, so that the answer is read and not lost with the connection.</summary>
    private static Task<Answer> LargeAsync(Caller caller, Operation operation) => caller.SendAsync(
        operation.Method, operation.Path, new StringContent("{\"x\": \"" + Canary + new string('x', 1_100_000) + "\"}", Encoding.UTF8, "application/json"),
        request => request.Headers.ExpectContinue = true);

    private static void Problem(Operation operation, Answer answer, params int[] expected)
    {
        Assert.True(expected.Contains((int)answer.Status), $"{operation.Id}: {(int)answer.Status} {answer.Text}");
        Assert.NotNull(answer.Code);
        Assert.True(answer.Json["zh"]?.GetValue<string>().Length > 0 && answer.Json["en"]?.GetValue<string>().Length > 0, answer.Text);
        Assert.Equal((int)answer.Status, answer.Json["status"]!.GetValue<int>());
        Silent(operation.Id, answer);
    }

    /// <summary>Whichever comes first, the unknown member or the end of the text: it is named with line and byte.</summary>
    private static void Placed(Operation operation, Answer answer)
    {
        Problem(operation, answer, 400, 422);
        Assert.True(answer.Code is "json.bad" or "json.unknown_member" && answer.Json["errors"] is JsonArray { Count: 1 } errors
            && System.Text.RegularExpressions.Regex.IsMatch(errors[0]!["at"]!.GetValue<string>(), "^[0-9]+:[0-9]+"), $"{operation.Id}: {answer.Text}");
    }

    private static void Silent(string what, Answer answer)
    {
        Assert.False(answer.Text.Contains("kanarienvogel", StringComparison.OrdinalIgnoreCase), $"{what}: {answer.Text}");
        Assert.DoesNotContain(answer.Headers.Values, value => value.Contains("kanarienvogel", StringComparison.OrdinalIgnoreCase));
    }

    private static async Task NowhereAsync(Place place, ServerProcess server, Staff staff)
    {
        Assert.DoesNotContain("kanarienvogel", server.Said, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("kanarienvogel", await server.MetricsAsync(), StringComparison.OrdinalIgnoreCase);
        var page = (await staff.Auditor.GetAsync("/v1/audit/entries?size=500")).Good()["entries"]!.AsArray();
        Assert.All(page, entry => Assert.DoesNotContain("kanarienvogel", Encoding.UTF8.GetString(Convert.FromBase64String(entry!["body"]!.GetValue<string>())), StringComparison.OrdinalIgnoreCase));
        Assert.Empty(Disk.FilesWith(place.Root, Canary, CanaryName));
    }
}
