using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Keys;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Hosts;

/// <summary>Content of the one control row <c>host-authority</c>.</summary>
/// <param name="Key">The private key (PKCS #8), sealed.</param>
internal sealed record HostAuthorityContent(byte[] Key);

/// <summary>
/// The key that signs for hosts: ECDSA P-256, made when it is first needed, sealed in an authenticated row of its own. Of two nodes that make one at the same
/// time the second takes the first's. A row that was altered signs nothing and keeps its place, so no other key takes it silently.
/// </summary>
internal sealed class HostAuthority(Database database, ControlStore control, ISecretSealer sealer)
{
    public const string Kind = "host-authority";

    private static readonly ControlKey Row = ControlKey.Named(Kind, "ssh");

    public async Task EnsureAsync(Actor actor, CancellationToken ct)
    {
        if (await database.ReadAsync(async tx => await control.LoadAsync<HostAuthorityContent>(tx, Row) is not null, ct))
        {
            return;
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var plain = key.ExportPkcs8PrivateKey();
        var content = new HostAuthorityContent(sealer.Seal(Kind, plain));
        CryptographicOperations.ZeroMemory(plain);

        // Stale: somebody made it first, or an altered row lies there; either way this one is forgotten.
        await database.WriteAsync(tx => control.SaveAsync(tx, Row, 0, content, ApprovalLog.Of(HostAccessFacts.AuthorityMade, actor, null)), ct);
    }

    /// <summary>Null: there is none that counts; its alarm was raised.</summary>
    public async Task<ECDsa?> OpenAsync(Tx tx)
    {
        if (await control.LoadAsync<HostAuthorityContent>(tx, Row) is not { Content: var content })
        {
            return null;
        }

        var key = ECDsa.Create();
        try
        {
            var plain = sealer.Open(Kind, content.Key);
            key.ImportPkcs8PrivateKey(plain, out _);
            CryptographicOperations.ZeroMemory(plain);
            return key;
        }
        catch (CryptographicException)
        {
            key.Dispose();
            return null;
        }
    }
}
