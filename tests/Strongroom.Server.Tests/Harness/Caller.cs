using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Strongroom.Server.Tests.Harness;

/// <summary>One answer, read whole.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text, byte[] Bytes, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<string> Cookies)
{
    public JsonNode Json => JsonNode.Parse(Text) ?? throw new InvalidOperationException("null");

    /// <summary>The stable code of problem details; null for any other answer.</summary>
    public string? Code => Headers.GetValueOrDefault("content-type") == "application/problem+json"
        ? Json["type"]!.GetValue<string>().Replace("/problems/", "", StringComparison.Ordinal) : null;

    /// <summary>The JSON of a success; anything else fails the test with the answer's text.</summary>
    public JsonNode Good(HttpStatusCode? expected = null)
    {
        Assert.True(expected is null ? (int)Status is >= 200 and < 300 : Status == expected, $"{(int)Status} {Text}");
        return Headers.GetValueOrDefault("content-type")?.Contains("json", StringComparison.Ordinal) == true && Text.Length > 0 ? Json : new JsonObject();
    }

    /// <summary>A refusal with this code, in both languages.</summary>
    public Answer Refused(int status, string code)
    {
        Assert.True((int)Status == status && Code == code, $"wanted {status} {code}, got {(int)Status} {Text}");
        Assert.NotEmpty(Json["zh"]!.GetValue<string>());
        Assert.NotEmpty(Json["en"]!.GetValue<string>());
        return this;
    }
}

/// <summary>Somebody who calls the server: nobody, a person with a session cookie, or a client with a token.</summary>
internal sealed class Caller(ServerProcess? server, Authenticators apps, HttpClient http)
{
    public const string SessionCookie = "__Host-strongroom";

    private readonly Dictionary<string, string> cookies = [];

    private const int MostTries = 8;

    public ServerProcess Server => server!;

    public string? Token { get; set; }

    /// <summary>The person's id once signed in.</summary>
    public string Id { get; private set; } = "";

    public string? Session => cookies.GetValueOrDefault(SessionCookie);

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Answer> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, Json(body));

    public Task<Answer> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, path, Json(body));

    public Task<Answer> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, Json(body));

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public Task<Answer> RawAsync(HttpMethod method, string path, string body, string contentType = "application/json") =>
        SendAsync(method, path, new StringContent(body, Encoding.UTF8) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } });

    /// <summary>Sends with this caller's credentials; <paramref name="change"/> has the last word on the request.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, Action<HttpRequestMessage>? change = null)
    {
        if (content is not (null or StringContent))
        {
            return await SendOnceAsync(method, path, content, change);
        }

        // The classes share one installation and change its rules all the while. Who is told that something moved has done nothing yet and
        // asks again, as a client would; who expects to be told so still is, a moment later.
        var (bytes, type) = (content is null ? null : await content.ReadAsByteArrayAsync(), content?.Headers.ContentType);
        for (var tries = 1; ; tries++)
        {
            var body = bytes is null ? null : new ByteArrayContent(bytes) { Headers = { ContentType = type } };
            var answer = await SendOnceAsync(method, path, body, change);
            if (tries == MostTries || answer is not ({ Status: HttpStatusCode.Conflict, Code: "row.changed" } or { Status: HttpStatusCode.ServiceUnavailable, Code: "access.unsettled" }))
            {
                return answer;
            }

            await Task.Delay(20 * tries);
        }
    }

    private async Task<Answer> SendOnceAsync(HttpMethod method, string path, HttpContent? content, Action<HttpRequestMessage>? change)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.RelativeOrAbsolute)) { Content = content };
        if (Token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }
        else
        {
            request.Headers.Add("X-Strongroom", "1");
            if (cookies.Count > 0)
            {
                request.Headers.Add("Cookie", string.Join("; ", cookies.Select(c => $"{c.Key}={c.Value}")));
            }
        }

        change?.Invoke(request);
        using var response = await http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        string[] set = response.Headers.TryGetValues("Set-Cookie", out var values) ? [.. values] : [];
        foreach (var cookie in set)
        {
            var pair = cookie.Split(';')[0].Split('=', 2);
            cookies[pair[0]] = pair[1];
        }

        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key.ToLowerInvariant(), h => string.Join(", ", h.Value), StringComparer.Ordinal);
        return new Answer(response.StatusCode, Encoding.UTF8.GetString(bytes), bytes, headers, set);
    }

    /// <summary>With the next code of the person's app, once he has one.</summary>
    public async Task<Answer> SignInAsync(string account, string password)
    {
        var answer = await PostAsync("/v1/sign-in", apps.TryGetValue(account, out var app) ? new { account, password, code = app.Next() } : (object)new { account, password });
        if (answer.Status == HttpStatusCode.OK)
        {
            Id = answer.Json["person"]!.GetValue<string>();
        }

        return answer;
    }

    /// <summary>With a recovery code, in which no clock has a part.</summary>
    public async Task<Answer> RecoverAsync(string account, string password)
    {
        var answer = await PostAsync("/v1/sign-in", new { account, password, code = apps[account].Spare() });
        if (answer.Status == HttpStatusCode.OK)
        {
            Id = answer.Json["person"]!.GetValue<string>();
        }

        return answer;
    }

    /// <summary>First sign-in: the start password, then one's own, and an authenticator app.</summary>
    public async Task<Caller> BeginAsync(string account, string startPassword)
    {
        (await SignInAsync(account, startPassword)).Good();
        (await PostAsync("/v1/session/password", new { current = startPassword, next = PasswordOf(account) })).Good();
        await EnrolAsync(account);
        return this;
    }

    /// <summary>Enrols an authenticator app for whoever is signed in.</summary>
    public async Task<Authenticator> EnrolAsync(string account)
    {
        var offer = (await PostAsync("/v1/session/factors/totp")).Good();
        var app = new Authenticator(offer["secret"]!.GetValue<string>());
        var enrolled = (await PostAsync("/v1/session/factors/totp/confirm", new { ticket = offer["ticket"]!.GetValue<string>(), code = app.Next() })).Good();
        app.Keep(enrolled["recoveryCodes"]!.AsArray().Select(code => code!.GetValue<string>()));
        return apps[account] = app;
    }

    /// <summary>A second factor once more, as levels 3 and 4 ask for it.</summary>
    public async Task StepUpAsync(string account) => (await PostAsync("/v1/session/step-up", new { code = apps[account].Next() })).Good();

    /// <summary>The password that <see cref="BeginAsync"/> sets.</summary>
    public static string PasswordOf(string account) => $"quiet harbour lanterns {account.Length} drift north";

    /// <summary>Takes over a session that was begun elsewhere.</summary>
    public Caller Holding(string session, string person)
    {
        cookies[SessionCookie] = session;
        Id = person;
        return this;
    }

    /// <summary>The same person or client at another server process of the same installation.</summary>
    public Caller At(ServerProcess other) => As(other.Nobody());

    /// <summary>Somebody else, not signed in, on the same connection.</summary>
    public Caller Fresh() => new(server, apps, http);

    /// <summary>Takes this caller's credentials to the connection of another.</summary>
    public Caller As(Caller caller)
    {
        (caller.Token, caller.Id) = (Token, Id);
        foreach (var (name, value) in cookies)
        {
            caller.cookies[name] = value;
        }

        return caller;
    }

    private static StringContent? Json(object? body) => body is null
        ? null
        : new StringContent(body is JsonNode node ? node.ToJsonString() : JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
}
