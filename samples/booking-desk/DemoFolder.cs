using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Strongroom.Client;

namespace BookingDesk;

/// <summary>Where the demo runs, and the booking system's token. A real system has its address in its settings and its token in a vault.</summary>
internal sealed record DemoFolder(Uri Address, string Token, string CertificateFile)
{
    private const string OurName = "booking-system";

    /// <exception cref="IOException">The folder has no <c>demo.json</c>.</exception>
    public static async Task<DemoFolder> ReadAsync(string folder, CancellationToken ct)
    {
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "demo.json"), ct));
        var us = json.RootElement.GetProperty("clients").EnumerateArray().Single(client => client.GetProperty("name").GetString() == OurName);
        return new DemoFolder(
            new Uri(json.RootElement.GetProperty("url").GetString()!), us.GetProperty("token").GetString()!, Path.Combine(folder, "tls.crt"));
    }
}

internal static class DeskServices
{
    public static IServiceCollection AddDesk(this IServiceCollection services, DemoFolder demo)
    {
        services.AddStrongroomClient(strongroom =>
        {
            strongroom.Address = demo.Address;
            strongroom.UseToken(demo.Token);

            // The demo makes its own certificate; with a certificate of a real authority leave this line out.
            strongroom.PinCertificate(demo.CertificateFile);
        });
        return services;
    }
}
