using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Strongroom.Server.Host;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>What leaves for monitoring: enough to run the product at night, and nothing of anybody.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Traces_metrics_and_logs_tell_what_happens_and_hold_no_value_no_id_and_no_secret()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var place = await Place.InitAsync();
        var server = await place.ServeAsync("--otlp", receiver.Url, "--log", "json");
        string prometheus;
        List<string> secrets;
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        try
        {
            var staff = await Staff.HireAsync(place, server, "data-owner", "dpo", "back-office");
            var business = await Business.OpenAsync(staff);
            await business.AuthoriseAsync();
            var client = server.Client(business.Token);
            var booking = business.BookingOf(1, "卡纳里亚");
            var customer = (await Business.CollectAsync(client, booking)).Good()["customer"]!.GetValue<string>();
            (await client.SendAsync(HttpMethod.Post, $"/v1/customers/{customer}/view", Json("""{"purpose":"fulfil","items":["name"],"clear":["name"]}"""), request =>
            {
                request.Headers.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
                request.Headers.Add("tracestate", "vendor=13912345678");
                request.Headers.Add("baggage", "name=canary-baggage");
            })).Good();
            await client.PostAsync($"/v1/customers/{customer}/view", new { purpose = "market", items = new[] { "name" } });
            (await server.Nobody().PostAsync("/v1/sign-in", new { account = "canary-account", password = "canary-password-1" })).Refused(401, "signin.failed");
            secrets =
            [
                customer, business.Token, business.ClientId, staff.BackOffice.Id, staff.BackOffice.Session!, "卡纳里亚", "13912345678", "canary-",
                booking["items"]!["mobile"]!.GetValue<string>(), booking["items"]!["id_no"]!.GetValue<string>(), booking["items"]!["pnr"]!.GetValue<string>(),
            ];
            (await staff.Owner.PostAsync(
                "/v1/approvals", new { act = "purpose.change", subject = "some-purpose", digest = new string('a', 64), preview = "test", until = Staff.Now + 3_600_000L })).Good();
            prometheus = await WatchedAsync(server);

            // A stop sends what is left.
            Assert.Equal(0, await server.StopAsync());
        }
        finally
        {
            await server.DisposeAsync();
        }

        var spans = receiver.Of("traces").SelectMany(body => Proto.At(body, 1, 2, 2)).ToList();
        var names = spans.SelectMany(span => Proto.Texts(span, 5)).ToHashSet();
        Assert.Superset(new HashSet<string> { "POST /v1/collect/{form}", "POST /v1/customers/{id}/view", "decide", "open", "seal", "log.commit", "lane.commit" }, names);
        var looked = spans.Where(span => Convert.ToHexStringLower(Proto.At(span, 1).Single()) == trace).SelectMany(span => Proto.Texts(span, 5)).ToList();
        Assert.Superset(new HashSet<string> { "POST /v1/customers/{id}/view", "decide", "open" }, looked.ToHashSet());
        Assert.All(spans.SelectMany(span => Proto.Texts(span, 9, 1)), key => Assert.True(TelemetryRules.Names.Contains(key), key));

        var metrics = receiver.Of("metrics").SelectMany(body => Proto.Texts(body, 1, 2, 2, 1)).ToHashSet();
        Assert.Superset(new HashSet<string> { "strongroom.ready", "strongroom.refusals", "strongroom.log.pending", "http.server.request.duration" }, metrics);

        foreach (var body in receiver.Of("traces").Concat(receiver.Of("metrics")).Append(Encoding.UTF8.GetBytes(prometheus)).Append(Encoding.UTF8.GetBytes(server.Said)))
        {
            Assert.All(secrets, secret => Assert.True(body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, "leaves: " + secret));
        }

        LogsAreJson(server.Said);
    }

    [Fact]
    public void Only_what_the_list_allows_leaves_a_span()
    {
        using var source = new ActivitySource("telemetry-tests");
        using var listener = new ActivityListener { ShouldListenTo = s => s == source, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        using var list = new Telemetry.AllowList();

        using var span = source.StartActivity("decide")!;
        span.SetTag("act", "view").SetTag("customer", "x").SetTag("code", "13912345678").SetTag("state", "0123456789abcdef0123456789abcdef").SetTag("count", 5);
        span.TraceStateString = "a=b";
        list.OnEnd(span);
        Assert.Equal([("act", "view"), ("count", (object)5)], span.TagObjects.Select(tag => (tag.Key, tag.Value!)));
        Assert.Null(span.TraceStateString);
        Assert.True(span.Recorded);

        using var told = source.StartActivity("open")!;
        told.AddEvent(new ActivityEvent("exception"));
        list.OnEnd(told);
        using var named = source.StartActivity("view of 王小明")!;
        list.OnEnd(named);
        Assert.Equal([false, false], new[] { told.Recorded, named.Recorded });
    }

    [Theory]
    [InlineData("POST /v1/customers/{id}/view", true)]
    [InlineData("client.quota", true)]
    [InlineData("folder-1", true)]
    [InlineData("403", true)]
    [InlineData("13912345678", false)]
    [InlineData("110101199003071233", false)]
    [InlineData("0123456789abcdef0123456789abcdef", false)]
    [InlineData("王小明", false)]
    [InlineData("a@b.example", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_value_is_plain_or_stays(string? value, bool plain) => Assert.Equal(plain, TelemetryRules.MayLeave("code", value));

    [Theory]
    [InlineData("http://collector.example.com:4318")]
    [InlineData("collector")]
    public async Task Telemetry_does_not_leave_the_machine_in_clear(string address)
    {
        await using var place = await Place.NewAsync();
        var ran = await place.RunAsync("serve", "--data", place.Data, "--otlp", address);
        Assert.Equal(2, ran.Code);
        Assert.Contains("--otlp", ran.Error, StringComparison.Ordinal);
    }

    /// <summary>The gauges once a look has seen the open request.</summary>
    private static async Task<string> WatchedAsync(ServerProcess server)
    {
        var patience = Stopwatch.StartNew();
        var text = await server.MetricsAsync();
        while (!text.Contains("\nstrongroom_approvals_open 1\n", StringComparison.Ordinal) && patience.Elapsed < TimeSpan.FromSeconds(45))
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
            text = await server.MetricsAsync();
        }

        foreach (var gauge in new[]
        {
            "strongroom_log_published ", "strongroom_log_pending ", "strongroom_log_pending_age ", "strongroom_log_checkpoint_age ", "strongroom_log_alarm 0", "strongroom_log_headroom ",
            "strongroom_anchor_lag{anchor=\"folder-1\"} ", "strongroom_anchor_age{anchor=\"folder-1\"} ", "strongroom_anchor_up{anchor=\"folder-1\"} ", "strongroom_keyring_epoch 1",
            "strongroom_keyring_epochs{state=\"open\"} 1", "strongroom_keyring_pending 0", "strongroom_part{part=\"keys\"} 1", "strongroom_lane_waiting{lane=\"log\"} ",
            "strongroom_database_commits{database=\"data\"} ", "strongroom_approvals_open 1", "strongroom_reviews_open 0", "strongroom_candidates_open 0",
            "strongroom_refusals{code=\"signin.failed\"} 1", "strongroom_log_entries{act=\"view\",decision=\"permit\"} ",
        })
        {
            Assert.Contains("\n" + gauge, text, StringComparison.Ordinal);
        }

        return text;
    }

    private static void LogsAreJson(string said)
    {
        foreach (var line in said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => !l.StartsWith("pid ", StringComparison.Ordinal) && !l.StartsWith("Strongroom is ready", StringComparison.Ordinal)))
        {
            var entry = JsonNode.Parse(line)!;
            Assert.NotNull(entry["Timestamp"]);
            Assert.NotNull(entry["LogLevel"]);
        }
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

}
