using System.Security.Cryptography.X509Certificates;

namespace Strongroom.Client;

/// <summary>Where the server is and how calls are made. Set it in <see cref="StrongroomClientServices.AddStrongroomClient"/>.</summary>
public sealed class StrongroomClientOptions
{
    /// <summary>The server's https address.</summary>
    public Uri? Address { get; set; }

    /// <summary>Asked for every try of every call, so a rotated token is used at once. Never logged.</summary>
    public Func<CancellationToken, ValueTask<Credential>>? Credentials { get; set; }

    /// <summary>Trust exactly this certificate instead of the machine's authorities: for a demo or a closed network.</summary>
    public X509Certificate2? PinnedCertificate { get; set; }

    /// <summary>Shown to the server. Clear values of levels 3 and 4 reach a system over mutual TLS only.</summary>
    public X509Certificate2? ClientCertificate { get; set; }

    /// <summary>After this long without an answer a try counts as lost.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a call is sent again when it is safe to; 0: never.</summary>
    public int Retries { get; set; } = 6;

    /// <summary>Wait before the first repetition; it doubles each time, with jitter, up to ten seconds.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest <c>Retry-After</c> that is waited for; a longer one is answered as <see cref="Refusal.TooMany"/>.</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>One token for the life of the process.</summary>
    public void UseToken(string token)
    {
        var credential = Credential.Token(token);
        Credentials = _ => ValueTask.FromResult(credential);
    }

    /// <summary>Asks for the token each time: from a vault, a secret manager.</summary>
    public void UseToken(Func<CancellationToken, ValueTask<string>> token)
    {
        ArgumentNullException.ThrowIfNull(token);
        Credentials = async ct => Credential.Token(await token(ct).ConfigureAwait(false));
    }

    /// <summary>Reads the token from a file each time, so that replacing the file rotates it. One line.</summary>
    public void UseTokenFile(string path) => UseToken(async ct => (await File.ReadAllTextAsync(path, ct).ConfigureAwait(false)).Trim());

    /// <summary>Trusts exactly the certificate in this PEM file, e.g. <c>demo-data/tls.crt</c>.</summary>
    public void PinCertificate(string pemFile) => PinnedCertificate = X509CertificateLoader.LoadCertificateFromFile(pemFile);

    /// <summary>What is wrong; empty when usable.</summary>
    internal IEnumerable<string> Faults()
    {
        if (Address is not { IsAbsoluteUri: true, Scheme: "https", UserInfo: "" })
        {
            yield return "Address must be an https address without a name or password: tokens and customer information travel there.";
        }

        if (Credentials is null)
        {
            yield return "Give a token: UseToken, UseTokenFile or Credentials.";
        }

        if (AttemptTimeout <= TimeSpan.Zero || RetryDelay <= TimeSpan.Zero || LongestWait < TimeSpan.Zero || Retries is < 0 or > 100)
        {
            yield return "AttemptTimeout and RetryDelay must be positive, LongestWait not negative, Retries between 0 and 100.";
        }
    }
}
