using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Strongroom.Client;

/// <summary>One call: what is asked, and whether asking twice is harmless.</summary>
/// <param name="Route">For logs: the pattern, without ids.</param>
/// <param name="Key">Idempotency key; the server does the call once for it.</param>
internal sealed record Call(HttpMethod Method, string Route, string Path, byte[]? Body = null, string? Key = null)
{
    /// <summary>Reading is harmless, and so is a change that carries its key. Any other POST is sent once: looking is an act that is recorded and counted.</summary>
    public bool IsRepeatable => Method == HttpMethod.Get || Key is not null;

    public override string ToString() => $"{Method} {Route}";
}

/// <summary>An answer read whole.</summary>
internal sealed record Reply(HttpStatusCode Status, string? MediaType, byte[] Body, TimeSpan? RetryAfter)
{
    public override string ToString() => ((int)Status).ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>
/// Sends calls and repeats those that may be repeated: lost connections, silence and 5xx when a repetition is harmless; 429 within
/// <see cref="StrongroomClientOptions.LongestWait"/> always, since a spent quota is refused before anything is done; other 4xx never.
/// </summary>
internal sealed partial class Exchange
{
    private static readonly ResiliencePropertyKey<Call> CallKey = new("call");
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly IHttpClientFactory factory;
    private readonly StrongroomClientOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ResiliencePipeline<Reply> tries;

    public Exchange(IHttpClientFactory factory, StrongroomClientOptions options, TimeProvider time, ILogger logger)
    {
        (this.factory, this.options, this.time, this.logger) = (factory, options, time, logger);
        var builder = new ResiliencePipelineBuilder<Reply> { TimeProvider = time };
        if (options.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<Reply>
            {
                MaxRetryAttempts = options.Retries,
                Delay = options.RetryDelay,
                MaxDelay = TimeSpan.FromSeconds(10),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = args => ValueTask.FromResult(MayRepeat(args.Outcome, args.Context.Properties.GetValue(CallKey, null!))),
                DelayGenerator = args => ValueTask.FromResult(args.Outcome.Result?.RetryAfter),
                OnRetry = args =>
                {
                    LogAgain(logger, args.Context.Properties.GetValue(CallKey, null!), (long)args.RetryDelay.TotalMilliseconds, Why(args.Outcome));
                    return ValueTask.CompletedTask;
                },
            });
        }

        tries = builder.AddTimeout(options.AttemptTimeout).Build();
    }

    /// <summary>A key nobody else has.</summary>
    public static string NewKey() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    public static byte[] Body<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    /// <summary>Sends a call until it is answered.</summary>
    /// <exception cref="StrongroomUnavailableException">Nothing answered, or the server cannot serve.</exception>
    public async Task<Reply> SendAsync(Call call, CancellationToken ct)
    {
        var context = ResilienceContextPool.Shared.Get(ct);
        context.Properties.Set(CallKey, call);
        try
        {
            var reply = await tries.ExecuteAsync((c, self) => self.exchange.TryAsync(self.call, c.CancellationToken), context, (exchange: this, call)).ConfigureAwait(false);
            return (int)reply.Status < 500 ? reply : throw Answers.Unavailable(call, reply);
        }
        catch (Exception e) when (IsLost(e))
        {
            throw Lost(call.IsRepeatable ? call.Key : null, WasSent(e), e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>A signed request over the factory's handlers.</summary>
    public async Task<HttpRequestMessage> RequestAsync(HttpMethod method, string path, HttpContent? content, CancellationToken ct)
    {
        var credential = await options.Credentials!(ct).ConfigureAwait(false);
        var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        credential.Sign(request);
        return request;
    }

    public HttpClient Http() => factory.CreateClient(StrongroomClientServices.HttpClientName);

    public static bool IsLost(Exception e) => e is HttpRequestException or IOException or TimeoutRejectedException;

    public static StrongroomUnavailableException Lost(string? key, bool wasSent, Exception e, long lines = 0) => new(
        code: null,
        wasSent ? "没有收到金库的应答,不知道是否已经办理。" : "连不上金库,请求没有送达。",
        wasSent ? "Strongroom did not answer; whether it was done is not known." : "Strongroom cannot be reached; the request was not delivered.",
        wasSent, key, e)
    {
        LinesAnswered = lines,
    };

    private async ValueTask<Reply> TryAsync(Call call, CancellationToken ct)
    {
        using var content = call.Body is null ? null : new ByteArrayContent(call.Body) { Headers = { ContentType = Json } };
        using var request = await RequestAsync(call.Method, call.Path, content, ct).ConfigureAwait(false);
        if (call.Key is { } key)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        // Read whole inside the try: an answer that breaks off is no answer.
        using var http = Http();
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, ct).ConfigureAwait(false);
        return await ReadAsync(response, ct).ConfigureAwait(false);
    }

    public async Task<Reply> ReadAsync(HttpResponseMessage response, CancellationToken ct) => new(
        response.StatusCode,
        response.Content.Headers.ContentType?.MediaType,
        await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false),
        response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - time.GetUtcNow() : null);

    private bool MayRepeat(Polly.Outcome<Reply> outcome, Call call) => outcome switch
    {
        // A certificate that is not trusted does not become so by asking again.
        { Exception: HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } } => false,
        { Exception: { } e } => call.IsRepeatable && IsLost(e),
        { Result: { Status: HttpStatusCode.TooManyRequests, RetryAfter: { } wait } } => wait <= options.LongestWait,
        { Result: { } reply } => (int)reply.Status >= 500 && call.IsRepeatable,
        _ => false,
    };

    /// <summary>Not when no connection came about.</summary>
    private static bool WasSent(Exception e) => e is not HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
    };

    private static string Why(Polly.Outcome<Reply> outcome) => outcome.Exception switch
    {
        null => outcome.Result?.ToString() ?? "",
        HttpRequestException http => http.HttpRequestError.ToString(),
        { } e => e.GetType().Name,
    };

    [LoggerMessage(1, LogLevel.Information, "{Call} is sent again in {Delay} ms: {Why}")]
    private static partial void LogAgain(ILogger logger, Call call, long delay, string why);
}
