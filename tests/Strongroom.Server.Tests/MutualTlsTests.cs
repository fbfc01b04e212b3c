using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>Clear levels 3 and 4 leave over an API client only when it shows the certificate registered for it (R43).</summary>
public sealed class MutualTlsTests(Shared shared)
{
    [Fact]
    public async Task A_sensitive_value_is_clear_only_over_the_registered_certificate()
    {
        var business = await shared.BusinessAsync();
        var (staff, server) = (business.Staff, business.Staff.Admin.Server);
        using var own = Certificate("CN=booking");
        using var foreign = Certificate("CN=booking");
        var booking = business.BookingOf(7_101);
        var number = booking["items"]!["id_no"]!.GetValue<string>();
        var customer = (await Business.CollectAsync(server.Client(business.Token), booking)).Good()["customer"]!.GetValue<string>();
        var (token, id) = await staff.ClientAsync(["view"], new { purposes = new[] { "realname" }, certificates = new[] { Convert.ToHexStringLower(SHA256.HashData(own.RawData)) } });
        await staff.AuthoriseAsync(null, id, "realname", "id_no");
        async Task<JsonNode> ViewAsync(Caller caller)
        {
            var answer = (await caller.PostAsync($"/v1/customers/{customer}/view", new { purpose = "realname", items = new[] { "id_no" }, clear = new[] { "id_no" } })).Good();
            return Assert.Single(answer["records"]!.AsArray())!["items"]!["id_no"]!;
        }

        var shown = await ViewAsync(server.Client(token, own));
        Assert.Equal(("clear", number), (shown["shown"]!.GetValue<string>(), shown["value"]!.GetValue<string>()));
        foreach (var caller in new[] { server.Client(token), server.Client(token, foreign) })
        {
            var masked = await ViewAsync(caller);
            Assert.Equal("masked", masked["shown"]!.GetValue<string>());
            Assert.NotEqual(number, masked["value"]!.GetValue<string>());
            Assert.Contains("client.mutual_tls", masked["reasons"]!.AsArray().Select(reason => reason!.GetValue<string>()));
        }

        // The certificate alone is nobody.
        (await server.Client("sr_" + new string('0', 96), own).GetAsync("/v1/session")).Refused(401, "signin.needed");
    }

    /// <summary>TLS needs a key of the platform's store, so the certificate goes through PKCS#12 once.</summary>
    internal static X509Certificate2 Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddDays(2));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
