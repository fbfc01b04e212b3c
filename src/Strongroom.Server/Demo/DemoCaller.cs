using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Server.Demo;

/// <summary>One person's or system's connection to the demo's own server: the demo makes its history through the same doors as everybody.</summary>
internal sealed class DemoCaller : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly HttpClient client;
    private string? app;

    /// <param name="own">The certificate that a business system shows; null: none.</param>
    public DemoCaller(Uri server, byte[] certificate, string? token = null, X509Certificate2? own = null)
    {
        var handler = new SocketsHttpHandler { CookieContainer = new CookieContainer() };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(certificate);
        if (own is not null)
        {
            handler.SslOptions.ClientCertificates = [own];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => own;
        }

        client = new HttpClient(handler) { BaseAddress = server, Timeout = TimeSpan.FromMinutes(10) };
        client.DefaultRequestHeaders.Add("X-Strongroom", "1");
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public Task<JsonNode> PostAsync(string path, object? body, CancellationToken ct) => SendAsync(HttpMethod.Post, path, body, ct);

    /// <summary>A first sign-in: start password, a password of one's own, and an authenticator app, whose part this process plays.</summary>
    /// <returns>The secret of the one-time passwords, base 32.</returns>
    public async Task<string> BeginAsync(string account, string start, string password, CancellationToken ct)
    {
        await PostAsync("/v1/sign-in", new { account, password = start }, ct);
        await PostAsync("/v1/session/password", new { current = start, next = password }, ct);
        var offer = await PostAsync("/v1/session/factors/totp", null, ct);
        var secret = (string)offer["secret"]!;
        await PostAsync("/v1/session/factors/totp/confirm", new { ticket = (string)offer["ticket"]!, code = CodeNow(secret) }, ct);
        return app = secret;
    }

    /// <summary>Approves what waits for this person, who proves himself once more where his last proof is too old for it.</summary>
    /// <returns>The approval afterwards; it may wait for somebody else now.</returns>
    public async Task<JsonNode> ApproveAsync(string id, string digest, CancellationToken ct)
    {
        var decision = new { digest, verdict = "approve", reason = "demo" };
        if (await AskAsync($"/v1/approvals/{id}/decide", decision, ct) is { } decided)
        {
            return decided;
        }

        await PostAsync("/v1/session/step-up", new { code = CodeNow(app!) }, ct);
        return await PostAsync($"/v1/approvals/{id}/decide", decision, ct);
    }

    /// <summary>The code that an authenticator app shows now.</summary>
    public static string CodeNow(string secret) =>
        TotpRules.CodeAt(TotpRules.FromBase32(secret), TotpRules.StepAt(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));

    public async Task PostTextAsync(string path, string text, string type, CancellationToken ct)
    {
        using var content = new StringContent(text, System.Text.Encoding.UTF8, type);
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content, ct);
        await EnsureAsync(answer, path, ct);
    }

    public Task<JsonNode> PutAsync(string path, object? body, CancellationToken ct) => SendAsync(HttpMethod.Put, path, body, ct);

    public Task<JsonNode> GetAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Get, path, null, ct);

    /// <summary>The answer, or null when it was refused: history also holds refusals.</summary>
    public async Task<JsonNode?> AskAsync(string path, object body, CancellationToken ct)
    {
        using var answer = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Json, ct);
        if ((int)answer.StatusCode >= 500)
        {
            await EnsureAsync(answer, path, ct);
        }

        return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync(ct)) : null;
    }

    /// <summary>The status alone: history also holds refusals. A server fault is none and ends the demo.</summary>
    public async Task<HttpStatusCode> TryPostAsync(string path, object body, CancellationToken ct)
    {
        using var answer = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Json, ct);
        if ((int)answer.StatusCode >= 500)
        {
            await EnsureAsync(answer, path, ct);
        }

        return answer.StatusCode;
    }

    /// <summary>Streams lines out and results back.</summary>
    public async IAsyncEnumerable<JsonNode> BulkAsync(
        string path, IEnumerable<object> lines, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new LinesContent(lines) };
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        await EnsureAsync(answer, path, ct);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(ct));
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            if (line.Length > 0)
            {
                yield return JsonNode.Parse(line)!;
            }
        }
    }

    public void Dispose() => client.Dispose();

    public async Task<JsonNode> SendAsync(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = JsonContent.Create(body, body.GetType(), options: Json);
        }

        using var answer = await client.SendAsync(request, ct);
        await EnsureAsync(answer, path, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    private static async Task EnsureAsync(HttpResponseMessage answer, string path, CancellationToken ct)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"The demo's own call to {path} was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
        }
    }

    private sealed class LinesContent : HttpContent
    {
        private readonly IEnumerable<object> lines;

        public LinesContent(IEnumerable<object> lines)
        {
            this.lines = lines;
            Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var line in lines)
            {
                await JsonSerializer.SerializeAsync(stream, line, line.GetType(), Json);
                await stream.WriteAsync("\n"u8.ToArray());
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
