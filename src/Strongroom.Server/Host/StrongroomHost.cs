using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging.Console;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Clock;

namespace Strongroom.Server.Host;

/// <summary>Builds the web application of one installation. The order of the guards is here and nowhere else.</summary>
internal static class StrongroomHost
{
    /// <summary>Bodies larger than this are refused; bulk intake and files lift it for themselves and count on their own.</summary>
    public const long LargestBody = 1024 * 1024;

    /// <param name="last">Has the last word on the services; for tests that stand between two parts.</param>
    public static WebApplication Build(Installation installation, ServeOptions options, TimeProvider time, Action<IServiceCollection>? last = null)
    {
        CheckAddresses(installation.Settings, options);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        Logging(builder.Logging, options.JsonLog);
        Listen(builder, options, time);
        Services(builder.Services, installation, options, time);
        last?.Invoke(builder.Services);
        var app = builder.Build();

        // Listens from the first request on, not from the first scrape.
        app.Services.GetRequiredService<Metrics>();
        Pipeline(app, options);
        return app;
    }

    private const string LogTime = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static void CheckAddresses(Settings settings, ServeOptions options)
    {
        foreach (var url in options.Urls)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps)
            {
                throw new SetupException($"--urls 只接受 https 地址:{url}", $"--urls takes https addresses only: {url}");
            }

            if (settings.Demo && !address.IsLoopback)
            {
                throw new SetupException("演示数据只能在本机地址上提供。", "Demo data is served on loopback addresses only.");
            }

            if (options.CertificateFile is null && !address.IsLoopback)
            {
                throw new SetupException(
                    $"{url} 不是本机地址,需要 --certificate 和 --certificate-key。",
                    $"{url} is not a loopback address: give --certificate and --certificate-key.");
            }
        }
    }

    private static void Logging(ILoggingBuilder logging, bool json)
    {
        logging.ClearProviders();
        logging.AddJsonConsole(console =>
        {
            console.TimestampFormat = LogTime;
            console.UseUtcTimestamp = true;
        });
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = LogTime + " ";
            console.UseUtcTimestamp = true;
        });

        // Last: each of the two above chooses its own format for all.
        logging.AddConsole(console => console.FormatterName = json ? ConsoleFormatterNames.Json : ConsoleFormatterNames.Simple);
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Strongroom", LogLevel.Information);

        // The framework's own error logs quote exception messages, which may quote what was sent.
        logging.AddFilter("Microsoft.AspNetCore.Diagnostics", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore.Http.RequestDelegateGenerator", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore.Routing", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.None);
        logging.AddFilter("Npgsql", LogLevel.None);
    }

    private static void Listen(WebApplicationBuilder builder, ServeOptions options, TimeProvider time)
    {
        var certificate = options is { CertificateFile: { } file, CertificateKeyFile: { } key } ? Tls.Load(file, key) : Tls.ForLoopback(time);
        builder.Services.AddSingleton(certificate);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxConcurrentConnections = 4096;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.ConfigureHttpsDefaults(https =>
            {
                https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;

                // Any certificate may be shown: what counts is whether its digest is registered for the client that shows it (R43).
                https.AllowAnyClientCertificate();
            });
            foreach (var url in options.Urls.Select(u => new Uri(u)))
            {
                void Https(ListenOptions listen) => listen.UseHttps(certificate);
                if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address))
                {
                    kestrel.Listen(address, url.Port, Https);
                }
                else if (url.IsLoopback)
                {
                    kestrel.ListenLocalhost(url.Port, Https);
                }
                else
                {
                    kestrel.ListenAnyIP(url.Port, Https);
                }
            }

            if (options.MetricsPort is { } port)
            {
                kestrel.Listen(IPAddress.Loopback, port);
            }
        });
    }

    private static void Services(IServiceCollection services, Installation installation, ServeOptions options, TimeProvider time)
    {
        services.AddSingleton(installation).AddSingleton(options).AddClock(time);
        services.AddSingleton(installation.Data);
        services.AddSingleton<IKeyring>(installation.Keyring).AddSingleton(installation.Keyring.Signer).AddSingleton(installation.Keyring.Mac)
            .AddSingleton(installation.Keyring.Secrets).AddSingleton(installation.Keyring.Search).AddSingleton(installation.Keyring);
        services.ConfigureHttpJsonOptions(json => Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddStrongroomOpenApi();
        services.AddSingleton<Metrics>();
        services.AddHostedService<Watch>();
        if (options.Otlp is not null)
        {
            services.AddHostedService<Telemetry>();
        }

        services.AddProblemDetails();
        Wiring.Add(services, installation, options);
    }

    public static void Configure(JsonSerializerOptions json)
    {
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.AllowDuplicateProperties = false;
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        json.RespectNullableAnnotations = true;
        json.TypeInfoResolver = StrictBodies.Resolver;
        json.MaxDepth = 16;
        json.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
    }

    private static void Pipeline(WebApplication app, ServeOptions options)
    {
        // 1 whatever escapes becomes a problem · 2 headers · 3 metrics on their own port · 4 routing · 5 who is calling · 6 may he knock
        if (options.Otlp is not null)
        {
            app.UseMiddleware<RequestTrace>();
        }

        app.UseMiddleware<ProblemHandler>();
        app.Use((context, next) =>
        {
            SecurityHeaders.Apply(context);
            return next(context);
        });
        if (options.MetricsPort is { } port)
        {
            app.MapWhen(context => context.Connection.LocalPort == port, metrics => metrics.Run(context =>
            {
                context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
                return context.Request.Path == "/metrics"
                    ? context.Response.WriteAsync(context.RequestServices.GetRequiredService<Metrics>().Render())
                    : Task.Run(() => context.Response.StatusCode = StatusCodes.Status404NotFound);
            }));
        }

        app.UseMiddleware<TrustedProxies>();
        app.UseRouting();
        Wiring.Use(app);
        app.UseMiddleware<Door>();
        Health.Map(app);
        Wiring.Map(app);
        ConsoleFiles.Map(app);

        // One document under one name: the framework would repeat an unknown name in its answer.
        app.MapOpenApi($"/openapi/{OpenApi.Document}.json").RequireGuard();
    }

    private static void RequireGuard(this IEndpointConventionBuilder endpoint)
    {
        Spine.Access.EndpointRules.RequirePolicy(endpoint, Spine.Access.Doors.SignedIn);
        Spine.Access.EndpointRules.Records(endpoint, Spine.Access.LogFacts.Nothing);
    }
}
