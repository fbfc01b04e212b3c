using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity.Accounts;

/// <summary>What one administrator may do to a colleague only with a second one (R40): give a guarded post, or give somebody who holds one a new start.</summary>
/// <param name="From">UTC milliseconds; null: from the moment it is granted.</param>
internal sealed record GuardedAct(string Act, PersonId Person, PostKey? Post = null, UnitId? Unit = null, long? From = null, long? Until = null)
{
    public const string PostGrant = "post.grant";
    public const string AccountRecovery = "account.recover";

    public static GuardedAct Grant(PersonId person, PostKey post, UnitId unit, long? from, long? until) => new(PostGrant, person, post, unit, from, until);

    public static GuardedAct Grant(PersonId person, HeldPost post) => Grant(person, post.Post, post.Unit, post.From, post.Until);

    public static GuardedAct Recover(PersonId person) => new(AccountRecovery, person);

    /// <summary>The text the approver is shown: canonical JSON (RFC 8785) of exactly this.</summary>
    public string Canonical() => CanonicalJson.ToText(JsonSerializer.SerializeToElement(this, ControlRows.Json));

    /// <summary>SHA-256 of <see cref="Canonical"/>, lower hex.</summary>
    public string Digest() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical())));
}
