using System.Net;
using Strongroom.Ground;

namespace Strongroom.Spine.Access;

/// <summary>A network zone and what may be done from it (R44).</summary>
/// <param name="Name"><c>office</c>, <c>branch.&lt;unit&gt;</c>, <c>vpn</c>, <c>internet</c> or another name.</param>
/// <param name="Clear">The highest level that opens in clear from there; null: nothing does.</param>
/// <param name="Acts">What may be done with customers from there; null: whatever rights allow.</param>
/// <param name="Administer">Whether anything is administered from there.</param>
/// <param name="Remote">Whether people need a permit of their own, with an end.</param>
internal sealed record NetworkZone(string Name, IReadOnlyList<IPNetwork> Prefixes, Level? Clear, IReadOnlySet<Act>? Acts, bool Administer, bool Remote);

/// <summary>
/// The network zones of one configuration epoch. The longest matching prefix names the zone; an address that none names lies in the
/// <see cref="Internet"/>, whether or not there is a rule for it. Immutable.
/// </summary>
internal sealed class NetworkPlan
{
    /// <summary>The zone of every address no prefix names.</summary>
    public const string Internet = "internet";

    /// <summary>No zone is defined: nothing depends on the network.</summary>
    public static readonly NetworkPlan None = new([]);

    // Where zones are defined but this one is not, it gives as little as can be.
    private static readonly NetworkZone Elsewhere = new(Internet, [], Clear: null, Acts: null, Administer: false, Remote: true);

    private readonly Dictionary<string, NetworkZone> byName;
    private readonly (IPNetwork Network, string Zone)[] prefixes;

    public NetworkPlan(IEnumerable<NetworkZone> zones)
    {
        Zones = [.. zones];
        byName = [];
        foreach (var zone in Zones)
        {
            // Two rules for one name: what both allow.
            byName[zone.Name] = byName.TryGetValue(zone.Name, out var known) ? Stricter(known, zone) : zone;
        }

        prefixes = [.. Zones.SelectMany(zone => zone.Prefixes.Select(prefix => (prefix, zone.Name))).OrderByDescending(pair => pair.prefix.PrefixLength)];
    }

    public IReadOnlyList<NetworkZone> Zones { get; }

    public string ZoneOf(IPAddress? address)
    {
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        foreach (var (network, zone) in prefixes)
        {
            if (plain is not null && network.Contains(plain))
            {
                return zone;
            }
        }

        return Internet;
    }

    /// <summary>What holds in a zone; null: nothing, for no zone is defined. A name that is not defined is as good as the internet.</summary>
    public NetworkZone? RulesOf(string zone) => Zones.Count == 0 ? null : byName.GetValueOrDefault(zone) ?? byName.GetValueOrDefault(Internet) ?? Elsewhere;

    private static NetworkZone Stricter(NetworkZone one, NetworkZone other) => one with
    {
        Clear = one.Clear is { } a && other.Clear is { } b ? (Level)Math.Min((int)a, (int)b) : null,
        Acts = one.Acts is null ? other.Acts : other.Acts is null ? one.Acts : one.Acts.Intersect(other.Acts).ToHashSet(),
        Administer = one.Administer && other.Administer,
        Remote = one.Remote || other.Remote,
    };
}

/// <summary>Whether somebody may do something where he is (R44); one rule for the decision and for the outer door. Pure.</summary>
internal static class ZoneRules
{
    /// <summary>What stands against it; null: nothing.</summary>
    /// <param name="act">What is done with customers; null at the door, which does not know yet.</param>
    public static Reason? Refusal(ActorFacts actor, NetworkPlan plan, Act? act, bool administers, long now)
    {
        if (plan.RulesOf(actor.Zone) is not { } zone)
        {
            return null;
        }

        if (zone.Remote && !MayBeRemote(actor, now))
        {
            return actor.Client is null ? Reasons.RemoteNeeded : Reasons.ZoneAct;
        }

        return (administers || act == Act.Administer) && !zone.Administer ? Reasons.ZoneAct
            : act is { } asked and not Act.Administer && zone.Acts?.Contains(asked) == false ? Reasons.ZoneAct
            : null;
    }

    /// <summary>Whether a level opens in clear from there, as far as the zone is concerned.</summary>
    public static bool Opens(ActorFacts actor, NetworkPlan plan, Level level) => plan.RulesOf(actor.Zone) is not { } zone || level <= zone.Clear;

    // A client's registration names its zones and has an end: it is the client's permit.
    private static bool MayBeRemote(ActorFacts actor, long now) =>
        actor.Client is { } client ? client.Zones.Contains(actor.Zone) : actor.Remote is { } permit && permit.Holds(actor.Zone, now);
}

/// <summary>A permit to work from outside the company's own networks (R44). It ends by itself.</summary>
/// <param name="From">UTC milliseconds, inclusive.</param>
/// <param name="Until">UTC milliseconds, exclusive.</param>
internal sealed record RemotePermit(IReadOnlySet<string> Zones, long From, long Until)
{
    public bool Holds(string zone, long now) => Zones.Contains(zone) && From <= now && now < Until;
}
