using Strongroom.Ground;

namespace Strongroom.Spine.Hosts;

/// <summary>Asks for a privileged sign-in to hosts (R41, scene <c>priv_login</c>).</summary>
/// <param name="Hosts">One to ten names, as each host's list of principals has its own.</param>
/// <param name="PublicKey">A line as in <c>id_ed25519.pub</c>; only Ed25519.</param>
/// <param name="Until">UTC milliseconds; at most four hours after its beginning.</param>
/// <param name="Reason">Why; the approvers read it.</param>
/// <param name="From">UTC milliseconds, when it is booked ahead; left out: it begins at once.</param>
/// <param name="Unit">One of the asker's units, when he stands in several.</param>
internal sealed record HostAsk(
    IReadOnlyList<string> Hosts, string PublicKey, long Until, string Reason, long? From = null, UnitId? Unit = null, PersonId? Asked = null);

/// <summary>Exactly what was approved, named again.</summary>
internal sealed record HostCertificateAsk(IReadOnlyList<string> Hosts, string PublicKey);

/// <param name="Certificate">The line of <c>id_ed25519-cert.pub</c>.</param>
/// <param name="Until">UTC milliseconds at which it opens no more.</param>
internal sealed record HostCertificateIssued(string Certificate, long Until);

/// <param name="Line">For the hosts' <c>TrustedUserCAKeys</c>.</param>
internal sealed record HostAuthorityKey(string Line);

internal static class HostAccessFacts
{
    public const string Issued = "host-access-issued";
    public const string IssueRefused = "host-access-refused";
    public const string AuthorityMade = "host-authority-made";
    public const string AuthorityRead = "host-authority-read";
}
