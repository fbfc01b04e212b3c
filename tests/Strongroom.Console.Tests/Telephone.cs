using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Strongroom.Console.Tests;

/// <summary>The demo's telephone system: it rings an agent's desk and hangs up.</summary>
internal sealed class Telephone : IDisposable
{
    private readonly HttpClient http;

    public Telephone(DemoServer demo)
    {
        using var pinned = X509CertificateLoader.LoadCertificateFromFile(demo.Certificate);
        var known = pinned.Thumbprint;
        http = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == known })
        {
            BaseAddress = new Uri(demo.Origin),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", demo.Token("telephone-system")) },
        };
    }

    /// <returns>The call's id.</returns>
    public async Task<string> RingAsync(string agent, string reference, string purpose, string number)
    {
        using var answer = await http.PostAsJsonAsync("/v1/calls", new { agent, reference, purpose, number });
        return (await ReadAsync(answer))["id"]!.GetValue<string>();
    }

    public async Task HangUpAsync(string call)
    {
        using var answer = await http.PostAsync($"/v1/calls/{call}/close", null);
        await ReadAsync(answer);
    }

    public void Dispose() => http.Dispose();

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
