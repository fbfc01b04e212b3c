using System.Text.Json.Nodes;
using Strongroom.Client;
using Strongroom.Server.Tests.Client;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests.Attacks;

/// <summary>A call from the telephone system on the real server, and who tries to get it instead (domain.md §5, R118, decision 0029).</summary>
public sealed class CallTests(Shared shared)
{
    [Fact]
    public async Task A_call_is_its_agents_once_and_ends_with_the_caller_whoever_else_tries()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        var booking = business.BookingOf(7_118);
        var number = booking["items"]!["mobile"]!.GetValue<string>();
        var customer = (await Business.CollectAsync(server.Client(business.Token), booking)).Good()["customer"]!.GetValue<string>();
        var purposes = new[] { "fulfil", "notify" };
        var (token, _) = await staff.ClientAsync(["calls"], new { purposes });
        await using var library = Connection.To(server, token);
        var (phones, others) = (server.Client(token), server.Client((await staff.ClientAsync(["calls"], new { purposes })).Token));
        var agent = staff["call-agent"];
        Task<Answer> RingAsync(Caller from, string to = "call-agent", string purpose = "fulfil") =>
            SettledAsync(() => from.PostAsync("/v1/calls", new { agent = to, reference = "TEL-7118", purpose, number }));

        (await RingAsync(server.Client(business.Token))).Refused(403, "client.scope");
        (await RingAsync(phones, purpose: "market")).Refused(403, "client.scope");
        var nobody = (await RingAsync(phones, "nobody-at-all")).Refused(409, "call.agent");
        var another = (await RingAsync(phones, "marketing")).Refused(409, "call.agent");
        Assert.Equal(WithoutTrace(nobody), WithoutTrace(another));
        var call = (await Connection.SettledAsync(() => library.Client.RingAsync(new CallRequest("call-agent", "TEL-7118", "fulfil", number)))).Id.Value;

        // It rings for him alone, masked; another agent and another system get nowhere.
        var rings = (await SettledAsync(() => agent.GetAsync("/v1/calls"))).Good()["calls"]!.AsArray().Single(one => one!["id"]!.GetValue<string>() == call)!;
        Assert.Equal(("waiting", $"{number[..3]}****{number[^4..]}", "TEL-7118"), (Text(rings, "state"), Text(rings, "number"), Text(rings, "reference")));
        Assert.Empty((await staff["outsourced-agent"].GetAsync("/v1/calls")).Good()["calls"]!.AsArray());
        (await staff["outsourced-agent"].PostAsync($"/v1/calls/{call}/take")).Refused(409, "call.over");
        (await phones.PostAsync($"/v1/calls/{call}/take")).Refused(403, "client.scope");
        (await agent.PostAsync($"/v1/calls/{call}/close")).Refused(403, "act.ungranted");
        (await SettledAsync(() => others.PostAsync($"/v1/calls/{call}/close"))).Refused(404, "not.found");

        // Taken by eight hands at once: one has it.
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SettledAsync(() => agent.PostAsync($"/v1/calls/{call}/take"))));
        var taken = Assert.Single(all, one => (int)one.Status == 200).Good();
        Assert.All(all.Where(one => (int)one.Status != 200), one => one.Refused(409, "call.over"));
        Assert.DoesNotContain(all, one => one.Text.Contains(number, StringComparison.Ordinal));
        var session = Text(taken["session"]!, "id");

        var found = (await SettledAsync(() => agent.PostAsync($"/v1/calls/{call}/candidates"))).Good()["customers"]!.AsArray();
        Assert.Contains(found, one => Text(one!, "id") == customer);
        (await SettledAsync(() => agent.PostAsync($"/v1/service-sessions/{session}/customer", new { customer }))).Good();
        var look = new { items = new[] { "mobile" }, purpose = "fulfil", session };
        (await agent.PostAsync($"/v1/customers/{customer}/view", look)).Good();

        // Hang-up: nothing of him is to be seen any more, and the note is still taken, once.
        var over = await Connection.SettledAsync(() => library.Client.HangUpAsync(new CallId(call)));
        Assert.Equal(over, await Connection.SettledAsync(() => library.Client.HangUpAsync(new CallId(call))));
        (await agent.PostAsync($"/v1/customers/{customer}/view", look)).Refused(404, "customer.unknown");
        (await SettledAsync(() => agent.PostAsync($"/v1/service-sessions/{session}/close", new { note = $"back to {number}" }))).Refused(422, "note.identifier");
        (await SettledAsync(() => agent.PostAsync($"/v1/service-sessions/{session}/close", new { note = "rebooked" }))).Good();
        (await SettledAsync(() => agent.PostAsync($"/v1/service-sessions/{session}/close", new { note = "again" }))).Refused(409, "service.ended");
    }

    private static string WithoutTrace(Answer answer)
    {
        var told = answer.Json.AsObject();
        Assert.True(told.Remove("traceId"));
        return told.ToJsonString();
    }

    private static string Text(JsonNode of, string member) => of[member]!.GetValue<string>();

    /// <summary>Others change the rules of the shared world all the while; who is told so asks again.</summary>
    private static async Task<Answer> SettledAsync(Func<Task<Answer>> ask)
    {
        for (var left = 50; ; left--)
        {
            var answer = await ask();
            if (answer.Code != "access.unsettled" || left == 0)
            {
                return answer;
            }
        }
    }
}
