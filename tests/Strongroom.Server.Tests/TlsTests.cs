using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Strongroom.Server.Host;

namespace Strongroom.Server.Tests;

/// <summary>The TLS key is read from a file that nobody else can read.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sr-tls-").FullName;

    [Fact]
    public async Task A_key_file_open_to_others_is_refused_and_a_private_one_serves()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        var (certificate, secret) = (Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key"));
        await File.WriteAllTextAsync(certificate, made.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(secret, key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        foreach (var open in new[] { UnixFileMode.GroupRead, UnixFileMode.OtherRead, UnixFileMode.GroupWrite })
        {
            File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite | open);
            Assert.Contains("chmod 600", Assert.Throws<SetupException>(() => Tls.Load(certificate, secret)).ToString(), StringComparison.Ordinal);
        }

        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var loaded = Tls.Load(certificate, secret);
        Assert.True(loaded.HasPrivateKey);
        Assert.Equal(made.Thumbprint, loaded.Thumbprint);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
