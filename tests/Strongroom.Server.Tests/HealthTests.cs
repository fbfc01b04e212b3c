using System.Diagnostics;
using System.Net;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

public sealed class HealthTests(Shared shared)
{
    [Fact]
    public async Task Liveness_and_readiness_answer_anybody_and_say_nothing_of_anybody()
    {
        var (_, server, _) = await shared.WorldAsync();
        var nobody = server.Nobody();
        Assert.Equal("ok", (await nobody.GetAsync("/healthz")).Text);

        // A machine whose disk is busy may be behind for a moment, and says so; it must come back.
        var patience = Stopwatch.StartNew();
        var answer = await nobody.GetAsync("/readyz");
        while (answer.Status != HttpStatusCode.OK && patience.Elapsed < TimeSpan.FromSeconds(30))
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            answer = await nobody.GetAsync("/readyz");
        }

        var ready = answer.Good(HttpStatusCode.OK);
        Assert.True(ready["ready"]!.GetValue<bool>());
        Assert.All(ready["parts"]!.AsObject(), part => Assert.Equal("ok", part.Value!.GetValue<string>()));
    }

    [Fact]
    public async Task Metrics_stand_on_their_own_port_only_and_carry_no_person()
    {
        var (_, server, staff) = await shared.WorldAsync();
        (await staff.Admin.GetAsync("/v1/people")).Good();
        (await staff.Admin.GetAsync($"/v1/people/{staff.Auditor.Id}")).Good();

        var text = await server.MetricsAsync();
        Assert.Contains("http_server_request_duration_bucket", text, StringComparison.Ordinal);
        Assert.Contains("http_route=\"/v1/people/{id}\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain(staff.Auditor.Id, text, StringComparison.Ordinal);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches("^(# TYPE [a-z_0-9]+ (counter|gauge|histogram)|[a-z_0-9]+({.*})? [-+0-9.eE]+)$", line));

        foreach (var caller in new[] { server.Nobody(), staff.Admin })
        {
            (await caller.GetAsync("/metrics")).Refused(404, "not.found");
        }

        // The metrics port serves nothing else, without TLS as it is.
        using var http = new HttpClient();
        foreach (var path in new[] { "/v1/people", "/v1/session", "/healthz", "/tlog/checkpoint" })
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{server.MetricsPort}{path}"), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Metrics_count_from_the_first_request_on()
    {
        await using var place = await Place.InitAsync(packs: "general");
        await using var server = await place.ServeAsync();
        Assert.Equal("ok", (await server.Nobody().GetAsync("/healthz")).Text);
        Assert.Contains("http_route=\"/healthz\"", await server.MetricsAsync(), StringComparison.Ordinal);
    }
}
