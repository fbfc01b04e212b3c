using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Strongroom.Spine.Outbox;
using Strongroom.Tests.Harness;
using Strongroom.Use.Contact;

namespace Strongroom.Tests.Use;

/// <summary>The company's gateway: a listener that checks the signature as a real one would.</summary>
internal sealed class Gateway : IDisposable
{
    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);
    private readonly HttpClient http = WebhookChannel.NewClient();
    private readonly HttpListener listener = new();

    public Gateway(TimeProvider time)
    {
        var url = $"http://127.0.0.1:{Ports.Free().ToString(System.Globalization.CultureInfo.InvariantCulture)}/";
        listener.Prefixes.Add(url);
        listener.Start();
        Client = new HttpContactGateway(new ContactGatewayOptions(new Uri(url), secret, [ContactWay.Call, ContactWay.Sms]), http, time);
    }

    public HttpContactGateway Client { get; }

    public int Asked { get; private set; }

    public bool WasAsked => Asked > 0;

    public async Task<JsonNode> TakeAsync(HttpStatusCode answer)
    {
        var context = await listener.GetContextAsync();
        Asked++;
        using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        var signature = context.Request.Headers[WebhookChannel.SignatureHeader]!.Split(',');
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(signature[0][2..] + "." + body)));
        context.Response.StatusCode = (int)answer;
        context.Response.RedirectLocation = "http://127.0.0.1:9/elsewhere";
        context.Response.Close();
        Assert.Equal("v1=" + expected, signature[1]);
        return JsonNode.Parse(body)!;
    }

    public void Dispose() => ((IDisposable)listener).Dispose();
}
