using System.Security.Cryptography;
using Strongroom.Ground;

namespace Strongroom.Spine.Hosts;

/// <summary>
/// An OpenSSH user certificate (OpenSSH's PROTOCOL.certkeys): this key may sign in to these hosts in this window, with a terminal and nothing else: no
/// forwarding of agents, ports or displays. Each host takes only its own name as a principal.
/// </summary>
/// <param name="After">UTC seconds from which it opens.</param>
/// <param name="Before">UTC seconds at which it opens no more.</param>
internal sealed record HostCertificate(ApprovalId Approval, HostKey Key, IReadOnlyList<string> Hosts, ulong After, ulong Before)
{
    public const string Kind = "ssh-ed25519-cert-v01@openssh.com";

    public const string AuthorityKind = "ecdsa-sha2-nistp256";

    private const string Curve = "nistp256";

    private const uint User = 1;

    private const int NonceBytes = 32;

    /// <summary>The upper half of the approval's id: a host's log names it beside the key id, which is the whole.</summary>
    public ulong Serial => (ulong)(Approval.Value >> 64);

    /// <summary>A window that never reaches beyond what was approved: milliseconds are cut off inwards.</summary>
    public static HostCertificate Of(ApprovalId approval, HostKey key, IReadOnlyList<string> hosts, long fromMs, long untilMs) =>
        new(approval, key, hosts, (ulong)((fromMs + 999) / 1000), (ulong)(untilMs / 1000));

    /// <summary>The line of a <c>…-cert.pub</c> file, signed by an ECDSA P-256 key (RFC 5656).</summary>
    public string Sign(ECDsa authority)
    {
        var extensions = new SshMessage().Text("permit-pty").Bytes([]).ToArray();
        var body = new SshMessage()
            .Text(Kind).Bytes(RandomNumberGenerator.GetBytes(NonceBytes)).Bytes(Key.Point)
            .Number(Serial).Number(User).Text(Approval.ToString())
            .Bytes(Hosts.Aggregate(new SshMessage(), (all, host) => all.Text(host)).ToArray())
            .Number(After).Number(Before)
            .Bytes([]).Bytes(extensions).Bytes([])
            .Bytes(AuthorityBlob(authority)).ToArray();
        var signed = authority.SignData(body, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        var halves = new SshMessage().Integer(signed.AsSpan(0, signed.Length / 2)).Integer(signed.AsSpan(signed.Length / 2)).ToArray();
        var signature = new SshMessage().Text(AuthorityKind).Bytes(halves).ToArray();
        byte[] whole = [.. body, .. new SshMessage().Bytes(signature).ToArray()];
        return $"{Kind} {Convert.ToBase64String(whole)} {Approval}";
    }

    /// <summary>For a host's <c>TrustedUserCAKeys</c>.</summary>
    public static string AuthorityLine(ECDsa authority) => $"{AuthorityKind} {Convert.ToBase64String(AuthorityBlob(authority))} strongroom";

    private static byte[] AuthorityBlob(ECDsa authority)
    {
        var point = authority.ExportParameters(includePrivateParameters: false).Q;
        return new SshMessage().Text(AuthorityKind).Text(Curve).Bytes([4, .. point.X!, .. point.Y!]).ToArray();
    }
}
