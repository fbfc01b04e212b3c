using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity;

/// <summary>
/// What is done to a client that pushes work orders. Its token stands in for two people (R41), so one administrator alone neither registers nor
/// changes, renews or hands over such a client (R43). Exactly one of the contents is there.
/// </summary>
/// <param name="Client">Null: one that is to be registered.</param>
/// <param name="Rotate">The overlap asked for stands in it.</param>
/// <param name="Result">The whole registration as a change leaves it: who sees the difference alone approves owner, pins and networks that he was never shown.</param>
internal sealed record ClientAct(
    ClientId? Client, ClientRequest? Create = null, ClientChange? Change = null, ClientRotation? Rotate = null, ClientHandOver? HandOver = null, ClientRequest? Result = null)
{
    public const string Name = "client.tickets";

    public string Subject => Client?.ToString() ?? "new-client";

    /// <summary>The text the approver is shown: canonical JSON (RFC 8785) of exactly this, whichever approval it names.</summary>
    public string Canonical() => CanonicalJson.ToText(JsonSerializer.SerializeToElement(this with
    {
        Create = Create is null ? null : Create with { Approval = null },
        Change = Change is null ? null : Change with { Approval = null },
        Rotate = Rotate is null ? null : Rotate with { Approval = null },
        HandOver = HandOver is null ? null : HandOver with { Approval = null },
    }, ControlRows.Json));

    /// <summary>SHA-256 of <see cref="Canonical"/>, lower hex.</summary>
    public string Digest() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical())));
}
