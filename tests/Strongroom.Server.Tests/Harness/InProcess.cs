using System.Security.Cryptography.X509Certificates;
using Strongroom.Server.Host;

namespace Strongroom.Server.Tests.Harness;

/// <summary>The application of an installation built inside the test process, for looking at what is mapped.</summary>
internal sealed class InProcess : IAsyncDisposable
{
    private readonly Installation installation;

    private readonly Authenticators apps;

    private InProcess(Installation installation, WebApplication app, Authenticators apps) => (this.installation, App, this.apps) = (installation, app, apps);

    public WebApplication App { get; }

    public IReadOnlyList<RouteEndpoint> Endpoints => [.. ((IEndpointRouteBuilder)App).DataSources.SelectMany(d => d.Endpoints).OfType<RouteEndpoint>()];

    public Installation Installation => installation;

    /// <param name="folder">Null: the place's own.</param>
    /// <param name="last">Has the last word on the services.</param>
    public static async Task<InProcess> BuildAsync(
        Place place, TimeProvider? time = null, string? folder = null, string node = "node-1", Action<IServiceCollection>? last = null)
    {
        time ??= TimeProvider.System;
        var options = new ServeOptions
        {
            DataFolder = folder ?? place.Data, Urls = ["https://127.0.0.1:0"], Node = node,
            Database = place.Environment.GetValueOrDefault("STRONGROOM_DATABASE"), Keyring = place.Environment.GetValueOrDefault("STRONGROOM_KEYRING"),
        };
        var installation = await Installation.OpenAsync(options, time, CancellationToken.None);
        return new InProcess(installation, StrongroomHost.Build(installation, options, time, last), place.Apps);
    }

    public async Task<Caller> StartAsync()
    {
        await App.StartAsync();
        return Nobody();
    }

    /// <summary>Somebody who is not signed in; the host must have been started.</summary>
    public Caller Nobody()
    {
        var certificate = App.Services.GetRequiredService<X509Certificate2>();
        var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(certificate.RawData);
        return new Caller(null, apps, new HttpClient(handler) { BaseAddress = new Uri(App.Urls.First(u => u.StartsWith("https", StringComparison.Ordinal))) });
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        await installation.DisposeAsync();
    }
}
