using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Strongroom.Server.Host;

/// <summary>TLS always (R55). A certificate is given as PEM files; on loopback one is made for the run.</summary>
internal static class Tls
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <exception cref="SetupException">Unreadable, not matching, or the key file is open to group or others.</exception>
    public static X509Certificate2 Load(string certificateFile, string keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPem(File.ReadAllText(certificateFile), ReadPrivate(keyFile));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SetupException(
                $"TLS 证书或私钥读不了:{certificateFile}、{keyFile}。需要 PEM 格式、彼此匹配的两个文件。",
                $"The TLS certificate or key cannot be read: {certificateFile}, {keyFile}. Two matching PEM files are needed.");
        }
    }

    /// <summary>The mode is asked of the open file, not of the name: nobody can swap it in between.</summary>
    private static string ReadPrivate(string keyFile)
    {
        using var stream = new FileStream(keyFile, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(stream.SafeFileHandle) & Others) != 0)
        {
            throw new SetupException(
                $"TLS 私钥文件 {keyFile} 其他用户也能读写:请执行 chmod 600。",
                $"The TLS key file {keyFile} is open to group or others: chmod 600.");
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
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
