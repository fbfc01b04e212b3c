using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity.Places;

/// <summary>All zones as they are to be; an approval is bound to exactly these.</summary>
/// <param name="Expires">UTC milliseconds until which the approval may be used.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ZonesAsk(IReadOnlyList<NetworkRow> Zones, long Expires);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ZonesChange(ApprovalId Approval, IReadOnlyList<NetworkRow> Zones);

/// <param name="Here">The zone of the caller.</param>
internal sealed record ZonesView(IReadOnlyList<NetworkRow> Zones, string Here);

/// <summary>All posts that work by roster, as they are to be; the others open clear text at any time.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RosterPostsAsk(IReadOnlyList<RosterRow> Posts, long Expires);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RosterPostsChange(ApprovalId Approval, IReadOnlyList<RosterRow> Posts);

internal sealed record RosterPostsView(IReadOnlyList<RosterRow> Posts);

/// <summary>A permit as it is asked for: who may work from which zones outside, from when until when (R44).</summary>
/// <param name="From">UTC milliseconds, inclusive.</param>
/// <param name="Until">UTC milliseconds, exclusive; at most 92 days later.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PermitDraft(PersonId Person, IReadOnlyList<string> Zones, long From, long Until);

/// <param name="Reason">Why; the approver reads it, the log keeps it among the erasable details.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PermitAsk(PermitDraft Permit, string Reason, long Expires);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PermitGrant(ApprovalId Approval, PermitDraft Permit);

/// <param name="InForce">Now.</param>
internal sealed record PermitView(PersonId Person, IReadOnlyList<string> Zones, long From, long Until, bool InForce, ApprovalId Approval);

/// <summary>What an approval about places is bound to.</summary>
internal static class PlaceDraft
{
    public const string ZonesAct = "zones.change", RostersAct = "rosters.bind", PermitAct = "remote.grant";

    /// <summary>Canonical JSON (RFC 8785): what the approver is shown.</summary>
    public static string Canonical<T>(T draft) => CanonicalJson.ToText(JsonSerializer.SerializeToElement(draft, ControlRows.Json));

    /// <summary>SHA-256 of the canonical text, lower hex.</summary>
    public static string Digest<T>(T draft) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(draft))));
}

/// <summary>Facts about places in the log.</summary>
internal static class PlaceFacts
{
    public const string ZonesChanged = "zones-changed";
    public const string ZonesRead = "zones-read";
    public const string RostersBound = "roster-posts-changed";
    public const string RostersRead = "roster-posts-read";
    public const string RemoteGranted = "remote-access-granted";
    public const string RemoteEnded = "remote-access-ended";
    public const string RemoteRead = "remote-access-read";
}
