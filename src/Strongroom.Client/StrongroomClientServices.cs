using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Strongroom.Client;

/// <summary>Registers the client with a service collection.</summary>
public static class StrongroomClientServices
{
    internal const string HttpClientName = "Strongroom";

    /// <summary>
    /// Registers <see cref="StrongroomClient"/> over <see cref="IHttpClientFactory"/>. The builder that is returned adds handlers of your
    /// own; they see every try. The factory's own request logging is off: addresses hold customers' ids.
    /// </summary>
    public static IHttpClientBuilder AddStrongroomClient(this IServiceCollection services, Action<StrongroomClientOptions> configure)
    {
        services.AddOptions<StrongroomClientOptions>().Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StrongroomClientOptions>, Checked>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new StrongroomClient(new Exchange(
            provider.GetRequiredService<IHttpClientFactory>(),
            provider.GetRequiredService<IOptions<StrongroomClientOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<StrongroomClient>>() ?? NullLogger<StrongroomClient>.Instance)));
        return services.AddHttpClient(HttpClientName)
            .ConfigureHttpClient((provider, http) =>
            {
                http.BaseAddress = provider.GetRequiredService<IOptions<StrongroomClientOptions>>().Value.Address;

                // Every try has its own limit, and a bulk none.
                http.Timeout = Timeout.InfiniteTimeSpan;
            })
            .ConfigurePrimaryHttpMessageHandler(provider => Handler(provider.GetRequiredService<IOptions<StrongroomClientOptions>>().Value))
            .RemoveAllLoggers();
    }

    /// <summary>No redirects and no cookies: either would carry credentials or customer information where nobody meant them to go.</summary>
    private static SocketsHttpHandler Handler(StrongroomClientOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = options.AttemptTimeout, EnableMultipleHttp2Connections = true,
        };
        if (options.PinnedCertificate is { } pinned)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => IsPinned(shown, pinned);
        }

        if (options.ClientCertificate is { } own)
        {
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true);
        }

        return handler;
    }

    private static bool IsPinned(X509Certificate? shown, X509Certificate2 pinned) =>
        shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(pinned.RawDataMemory.Span);

    private sealed class Checked : IValidateOptions<StrongroomClientOptions>
    {
        public ValidateOptionsResult Validate(string? name, StrongroomClientOptions options) =>
            options.Faults().ToList() is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}
