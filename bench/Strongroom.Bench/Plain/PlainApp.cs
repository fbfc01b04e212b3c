using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Strongroom.Bench.Product;

namespace Strongroom.Bench.Plain;

/// <summary>
/// The opponent: a minimal ASP.NET Core app on the product's Kestrel settings and certificate that answers the product's JSON and protects
/// nothing: no caller, no decision, no log.
/// </summary>
internal static class PlainApp
{
    public const string Ready = "plain ready: ";

    // Of the form; the product answers how the consent to each stands.
    private static readonly string[] Purposes = ["fulfil", "notify", "realname"];

    public static async Task RunAsync(IPlainStore store, string certificateFile, string keyFile, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, PlainJson.Default);
            json.SerializerOptions.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
        using var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // As in Strongroom.Server/Host/StrongroomHost.cs.
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxConcurrentConnections = 4096;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.ConfigureHttpsDefaults(https =>
            {
                https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.AllowAnyClientCertificate();
            });
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate));
        });
        await using var app = builder.Build();
        app.MapPost("/v1/customers/{id}/view", (string id, ViewAsk ask, CancellationToken stop) => ViewAsync(store, id, ask, stop));
        app.MapPost("/v1/customers/find", (FindAsk ask, CancellationToken stop) => FindAsync(store, ask, stop));
        app.MapPost("/v1/collect/{form}", (string form, CollectAsk ask, CancellationToken stop) => CollectAsync(store, ask, stop));
        await app.StartAsync(ct);
        await Console.Out.WriteLineAsync(Ready + app.Urls.First());
        await app.WaitForShutdownAsync(ct);
    }

    private static async Task<Results<Ok<ViewAnswer>, NotFound, BadRequest>> ViewAsync(IPlainStore store, string id, ViewAsk ask, CancellationToken ct)
    {
        if (ask.Items.Any(item => !People.Items.Contains(item)))
        {
            return TypedResults.BadRequest();
        }

        if (await store.ReadAsync(Convert.FromHexString(id), ask.Items, ct) is not { } row)
        {
            return TypedResults.NotFound();
        }

        var items = new Dictionary<string, ViewedItem>(ask.Items.Count);
        var decided = new Dictionary<string, DecidedItem>(ask.Items.Count);
        for (var i = 0; i < ask.Items.Count; i++)
        {
            items[ask.Items[i]] = new ViewedItem(row.Values[i], "clear", 2, 1, []);
            decided[ask.Items[i]] = new DecidedItem("clear", []);
        }

        return TypedResults.Ok(new ViewAnswer(
            id, "person", "active", [new ViewedRecord(Convert.ToHexStringLower(row.Record), "profile", "active", items)],
            new DecisionAnswer("permit", [], [], decided), NewId()));
    }

    private static async Task<Results<Ok<FindAnswer>, BadRequest>> FindAsync(IPlainStore store, FindAsk ask, CancellationToken ct)
    {
        if (!People.Sought.Contains(ask.Item))
        {
            return TypedResults.BadRequest();
        }

        var ids = await store.FindAsync(ask.Item, ask.Value, ct);
        return TypedResults.Ok(new FindAnswer([.. ids.Select(id => new FoundCustomer(Convert.ToHexStringLower(id)))], NewId()));
    }

    private static async Task<Created<CollectAnswer>> CollectAsync(IPlainStore store, CollectAsk ask, CancellationToken ct)
    {
        var (id, record) = (RandomNumberGenerator.GetBytes(16), RandomNumberGenerator.GetBytes(16));
        await store.InsertAsync(id, record, [.. People.Items.Select(item => ask.Items[item])], ct);
        var customer = Convert.ToHexStringLower(id);
        return TypedResults.Created($"/v1/customers/{customer}", new CollectAnswer(
            customer, [], NewId(), Purposes.ToDictionary(purpose => purpose, purpose => ask.Consents.Any(c => c.Purpose == purpose) ? "given" : "not-asked"), NewId()));
    }

    private static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
