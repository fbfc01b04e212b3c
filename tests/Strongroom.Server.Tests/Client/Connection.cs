using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Strongroom.Client;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests.Client;

/// <summary>The client library as a business system registers it, with everything it logs.</summary>
internal sealed class Connection : IAsyncDisposable
{
    private readonly ServiceProvider services;

    private Connection(ServiceProvider services) => this.services = services;

    public StrongroomClient Client => services.GetRequiredService<StrongroomClient>();

    public Logged Log => services.GetRequiredService<Logged>();

    public static Connection To(ServerProcess server, string token, Action<StrongroomClientOptions>? more = null, params DelegatingHandler[] network) =>
        To(server.Url, server.CertificatePem, Credential.Token(token), more, TimeProvider.System, network);

    public static Connection To(
        Uri address, string? certificate, Credential credential, Action<StrongroomClientOptions>? more, TimeProvider time, params DelegatingHandler[] network)
    {
        var services = new ServiceCollection();
        services.AddSingleton(time).AddSingleton<Logged>();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).Services.AddSingleton<ILoggerProvider>(p => p.GetRequiredService<Logged>()));
        var builder = services.AddStrongroomClient(options =>
        {
            options.Address = address;
            options.Credentials = _ => ValueTask.FromResult(credential);
            options.PinnedCertificate = certificate is null ? null : X509Certificate2.CreateFromPem(certificate);
            options.RetryDelay = TimeSpan.FromMilliseconds(20);
            more?.Invoke(options);
        });
        foreach (var part in network)
        {
            builder.AddHttpMessageHandler(() => part);
        }

        // The stub handlers of a test are one object for its whole life.
        return new Connection(builder.SetHandlerLifetime(Timeout.InfiniteTimeSpan).Services.BuildServiceProvider());
    }

    /// <summary>Asks again while other tests change the rules of the shared world under this call's feet.</summary>
    public static async Task<T> SettledAsync<T>(Func<Task<Outcome<T>>> ask)
    {
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            try
            {
                var outcome = await ask();
                if (outcome is not Outcome<T>.Refused { Refusal.Code: "row.changed" } || patience.Elapsed > TimeSpan.FromSeconds(30))
                {
                    return outcome.Required;
                }
            }
            catch (StrongroomUnavailableException fault) when (fault.Code == "access.unsettled" && patience.Elapsed < TimeSpan.FromSeconds(30))
            {
                // The server's own tries were used up; its answer asks for one more.
            }
        }
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();
}

/// <summary>Every line that was logged, of every category and level.</summary>
internal sealed class Logged : ILoggerProvider
{
    private readonly ConcurrentQueue<string> lines = new();

    public string All => string.Join('\n', lines);

    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    public void Dispose()
    {
        // Nothing to close.
    }

    private sealed class Writer(Logged logged, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            logged.lines.Enqueue($"{category} scope {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logged.lines.Enqueue($"{category} {formatter(state, exception)} {exception}");
    }
}

/// <summary>A network that a test bends: it sees every try and may answer, lose or redirect it.</summary>
internal sealed class Network(Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, int, Task<HttpResponseMessage>> bend) : DelegatingHandler
{
    private readonly ConcurrentQueue<Seen> seen = new();

    public IReadOnlyList<Seen> Tries => [.. seen];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        seen.Enqueue(new Seen(
            request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null,
            request.Headers.Authorization,
            request.Content is ByteArrayContent content ? await content.ReadAsStringAsync(cancellationToken) : null));
        return await bend(request, () => base.SendAsync(request, cancellationToken), seen.Count);
    }

    internal sealed record Seen(string? Key, AuthenticationHeaderValue? Authorization, string? Body);
}

/// <summary>Typed submissions of the business's bookings.</summary>
internal static class Bookings
{
    public static Submission Of(Business business, int number, string? name = null)
    {
        var json = business.BookingOf(number, name);
        return new Submission
        {
            Channel = json["channel"]!.GetValue<string>(),
            Notice = new NoticeShown("booking", 1),
            Items = json["items"]!.AsObject().ToDictionary(item => item.Key, item => item.Value is JsonValue text ? PersonalValue.Of(text.GetValue<string>()) : PersonalValue.Of(item.Value!)),
            Consents = [new ConsentSaid("fulfil") { Form = ConsentForm.Ticked, Evidence = new ConsentEvidence("tick", $"T-{number}") }],
        };
    }
}
