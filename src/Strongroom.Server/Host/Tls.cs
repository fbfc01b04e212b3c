using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Strongroom.Server.Host;

/// <summary>TLS always (R55). A certificate is given as PEM files; on loopback one is made for the run.</summary>
internal static class Tls
{
    public static X509Certificate2 Load(string certificateFile, string keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SetupException(
                $"TLS 证书或私钥读不了:{certificateFile}、{keyFile}。需要 PEM 格式、彼此匹配的两个文件。",
                $"The TLS certificate or key cannot be read: {certificateFile}, {keyFile}. Two matching PEM files are needed.");
        }
    }

    /// <summary>A certificate for 127.0.0.1, ::1 and localhost whose key never leaves this process; valid 90 days.</summary>
    public static X509Certificate2 ForLoopback(TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost, O=Strongroom loopback", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var now = time.GetUtcNow();
        return request.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(90));
    }

    /// <summary>Name of the file in the data folder that holds the certificate made for this run, for <c>--ca</c> and <c>curl --cacert</c>.</summary>
    public const string PublicFile = "tls.crt";

    /// <summary>Writes the public half of a certificate that was made for this run, so that verbs and clients can pin it.</summary>
    public static Task PublishAsync(X509Certificate2 certificate, ServeOptions options, CancellationToken ct) => options.CertificateFile is not null
        ? Task.CompletedTask
        : File.WriteAllTextAsync(Path.Combine(options.DataFolder, PublicFile), certificate.ExportCertificatePem(), ct);
}
