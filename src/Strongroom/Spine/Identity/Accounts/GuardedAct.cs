using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity.Accounts;

/// <summary>
/// What one administrator may do to a colleague only with a second one (R40): give a guarded post, give somebody who holds one a new start, or open
/// his account to an identity at a provider of single sign-on.
/// </summary>
/// <param name="From">UTC milliseconds; null: from the moment it is granted.</param>
/// <param name="Identity">Keyed hash of issuer and subject at <paramref name="Provider"/>, lower hex.</param>
internal sealed record GuardedAct(string Act, PersonId Person, PostKey? Post = null, UnitId? Unit = null, long? From = null, long? Until = null,
    string? Provider = null, string? Identity = null)
{
    public const string PostGrant = "post.grant";
    public const string AccountRecovery = "account.recover";
    public const string IdentityLink = "sso.link";

    public static GuardedAct Grant(PersonId person, PostKey post, UnitId unit, long? from, long? until) => new(PostGrant, person, post, unit, from, until);

    public static GuardedAct Grant(PersonId person, HeldPost post) => Grant(person, post.Post, post.Unit, post.From, post.Until);

    public static GuardedAct Recover(PersonId person) => new(AccountRecovery, person);

    public static GuardedAct Link(PersonId person, string provider, byte[] identity) =>
        new(IdentityLink, person, Provider: provider, Identity: Convert.ToHexStringLower(identity));

    /// <summary>The text the approver is shown: canonical JSON (RFC 8785) of exactly this.</summary>
    public string Canonical() => CanonicalJson.ToText(JsonSerializer.SerializeToElement(this, ControlRows.Json));

    /// <summary>SHA-256 of <see cref="Canonical"/>, lower hex.</summary>
    public string Digest() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical())));
}
