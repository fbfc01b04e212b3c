using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Strongroom.Collect;
using Strongroom.Collect.Channels;
using Strongroom.Collect.Consents;
using Strongroom.Collect.Forms;
using Strongroom.Collect.Intake;
using Strongroom.Collect.Notices;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Keys;
using Strongroom.Spine.Identity;
using Strongroom.Store.Catalogue;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Collect;

/// <summary>The routes behind a real Kestrel: statuses, shapes and limits.</summary>
public sealed class CollectHttpTests() : CollectWorld(TestStore.Sqlite())
{
    private WebApplication app = null!;
    private HttpClient http = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var actors = new Actors(Db, null!, null!, null!, null!, null!, Clock);
        builder.Services.AddSingleton(new CollectEndpoints(Intake, Bulk, new FileApprovals(Db, null!, null!, Log), actors, Idempotency));
        builder.Services.AddSingleton(new ConsentEndpoints(ConsentDesk, Receipts));
        builder.Services.AddSingleton(new FormEndpoints(new FormDesk(Db, Control, Config, null!, Clock), Config));
        builder.Services.AddSingleton(new NoticeEndpoints(new NoticeDesk(Db, Control, Config, null!, Clock), Config));
        builder.Services.AddSingleton(new ChannelEndpoints(new ChannelDesk(Db, Control, null!)));
        app = builder.Build();
        app.UseRouting();
        app.Use(async (context, next) =>
        {
            context.Features.Set(await ActorAsync());
            await next(context);
        });
        app.MapCollect();
        await app.StartAsync();
        http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public override async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_submission_is_answered_with_ids_receipt_and_entry()
    {
        using var response = await http.PostAsync("/v1/collect/web-booking", Json(WebBooking()));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal($"/v1/customers/{answer.GetProperty("customer").GetString()}", response.Headers.Location!.ToString());
        Assert.Equal(["booking"], answer.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("type").GetString()));
        Assert.Equal("given", answer.GetProperty("consents").GetProperty("fulfil").GetString());
        Assert.Equal(32, answer.GetProperty("entry").GetString()!.Length);

        var receipt = await http.GetByteArrayAsync($"/v1/receipts/{answer.GetProperty("receipt").GetString()}");
        Assert.Equal(SignatureVerdict.Valid, SignedDocument.Read(receipt)!.Verify("consent-receipt", Signer.PublicKey(SigningKey.Receipt), Ed25519.Verify));
        var list = await http.GetFromJsonAsync<JsonElement>($"/v1/customers/{answer.GetProperty("customer").GetString()}/receipts");
        Assert.Equal("given", list.GetProperty("receipts")[0].GetProperty("consents").GetProperty("fulfil").GetString());
        Clock.Now += 10;
        using var withdrawn = await http.PostAsync($"/v1/customers/{answer.GetProperty("customer").GetString()}/consents/fulfil/withdraw", null);
        Assert.Equal("withdrawn", (await withdrawn.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString());
        using var given = await http.PostAsync(
            $"/v1/customers/{answer.GetProperty("customer").GetString()}/consents",
            Raw("""{"form":"web-booking","channel":"website","notice":{"key":"booking","version":1},"consents":[{"purpose":"fulfil","form":"ticked","evidence":{"kind":"tick","reference":"e2"}}]}"""));
        Assert.Equal(HttpStatusCode.Created, given.StatusCode);
    }

    [Theory]
    [InlineData("{\"items\": {\"name\": \"泄密者\",", "application/json", 400, "json.bad", "1:")]
    [InlineData("{\n \"泄密者\": 1}", "application/json", 422, "json.unknown_member", "2:")]
    [InlineData("{\"items\": {\"name\": \"泄密者\"}, \"items\": {}}", "application/json", 400, "json.bad", "1:")]
    [InlineData("{}", "text/plain", 415, "body.media_type", null)]
    [InlineData("null", "application/json", 400, "json.bad", "1:1")]
    public async Task A_body_that_is_none_is_told_where_and_never_repeated(string body, string type, int status, string code, string? at)
    {
        using var response = await http.PostAsync("/v1/collect/web-booking", new StringContent(body, Encoding.UTF8, type));

        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal((status, "/problems/" + code), ((int)response.StatusCode, JsonDocument.Parse(text).RootElement.GetProperty("type").GetString()));
        Assert.DoesNotContain("泄密者", System.Text.RegularExpressions.Regex.Unescape(text), StringComparison.Ordinal);
        if (at is not null)
        {
            Assert.StartsWith(at, JsonDocument.Parse(text).RootElement.GetProperty("errors")[0].GetProperty("at").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(0, await CountAsync("customer"));
        Assert.Contains(code, Log.Facts.Last().Reasons);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_with_and_without_a_stated_length()
    {
        var large = Encoding.UTF8.GetBytes("{\"channel\":\"" + new string('x', CollectHttp.LargestBody) + "\"}");
        using var stated = await http.PostAsync("/v1/collect/web-booking", new ByteArrayContent(large) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } });
        using var chunked = await http.PostAsync("/v1/collect/web-booking", new StreamContent(new Unsized(large)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } });

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, stated.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, chunked.StatusCode);
    }

    [Fact]
    public async Task An_idempotency_key_belongs_to_one_body()
    {
        var body = JsonSerializer.Serialize(WebBooking(), SubmissionJson.Default.Submission);
        var first = await SendAsync(body, "key-1");
        var again = await SendAsync(body, "key-1");
        var other = await SendAsync(body + " ", "key-1");
        var bad = await SendAsync(body, "white space");

        Assert.Equal((201, 201, 409, 422), (first.Status, again.Status, other.Status, bad.Status));
        Assert.Equal(first.Body.GetProperty("customer").GetString(), again.Body.GetProperty("customer").GetString());
        Assert.Equal("/problems/idempotency.mismatch", other.Body.GetProperty("type").GetString());
        Assert.Equal(1, await CountAsync("intake"));
    }

    [Fact]
    public async Task Bulk_is_lines_in_and_lines_out_and_import_needs_its_own_route()
    {
        var lines = string.Join('\n', Enumerable.Range(0, 40).Select(i => i == 7 ? "{broken" : JsonSerializer.Serialize(
            WebBooking("客", $"138000000{i:00}", null, ("passport", $"E123456{i:00}")), SubmissionJson.Default.Submission)));
        foreach (var route in (string[])["/v1/collect/web-booking/bulk", "/v1/imports/web-booking"])
        {
            using var response = await http.PostAsync(route, new StringContent(lines, Encoding.UTF8, "application/x-ndjson"));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var results = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
            Assert.Equal(Enumerable.Range(1, 40), results.Select(result => result.GetProperty("line").GetInt32()));
            Assert.Equal(39, results.Count(result => result.GetProperty("status").GetString() == "created"));
            Assert.Equal("rejected", results[7].GetProperty("status").GetString());
        }

        Assert.Contains("import", Log.Facts.Last().Reasons);
        Assert.Equal(39, await CountAsync("customer"));
        using var json = await http.PostAsync("/v1/collect/web-booking/bulk", Raw("{}"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
    }

    [Fact]
    public async Task Forms_notices_and_channels_are_readable()
    {
        var form = await http.GetFromJsonAsync<JsonElement>("/v1/forms/web-booking");
        Assert.Equal(("open", "website"), (form.GetProperty("open").GetProperty("state").GetString(), form.GetProperty("open").GetProperty("form").GetProperty("channel").GetString()));
        Assert.Equal(Catalogue.Forms.Count, (await http.GetFromJsonAsync<JsonElement>("/v1/forms")).GetProperty("forms").GetArrayLength());
        var notice = await http.GetFromJsonAsync<JsonElement>("/v1/notices/booking/1");
        Assert.Contains("蓝天航空", notice.GetProperty("zh").GetString(), StringComparison.Ordinal);
        Assert.Equal(Enum.GetValues<CollectChannel>().Length, (await http.GetFromJsonAsync<JsonElement>("/v1/channels")).GetProperty("channels").GetArrayLength());
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/v1/forms/none")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/v1/notices/booking/9")).StatusCode);
        using var draft = await http.PutAsync("/v1/forms/web-booking", Raw("""{"title":{"zh":"x","en":"y"},"channel":"website","records":["profile"],"purposes":["fulfil"],"notice":"booking","items":[{"item":"unruly"}],"consents":[{"form":"ticked","purpose":"fulfil","prechecked":true}]}"""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, draft.StatusCode);
    }

    [Fact]
    public async Task The_next_version_of_a_notice_is_drafted_with_its_recipients()
    {
        var body = (await http.GetFromJsonAsync<JsonObject>("/v1/notices/booking/1/text"))!;
        foreach (var member in (string[])["key", "version", "published", "author", "digest"])
        {
            body.Remove(member);
        }

        foreach (var language in (string[])["zh", "en"])
        {
            body[language]!["recipients"] = new JsonArray(new JsonObject
            {
                ["name"] = "Ground Handling Co", ["contact"] = "95001", ["purpose"] = "boarding", ["method"] = "interface", ["kinds"] = "name and seat",
            });
        }

        using var saved = await http.PutAsync("/v1/notices/booking/2", Raw(body.ToJsonString()));
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        var draft = await http.GetFromJsonAsync<JsonElement>("/v1/notices/booking/2/text");
        Assert.Equal("95001", Assert.Single(draft.GetProperty("en").GetProperty("recipients").EnumerateArray()).GetProperty("contact").GetString());
    }

    private async Task<(int Status, JsonElement Body)> SendAsync(string body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/collect/web-booking") { Content = Raw(body) };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static StringContent Json(Submission submission) => Raw(JsonSerializer.Serialize(submission, SubmissionJson.Default.Submission));

    private static StringContent Raw(string body) => new(body, Encoding.UTF8, "application/json");

    /// <summary>A stream whose length nobody knows.</summary>
    private sealed class Unsized(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
