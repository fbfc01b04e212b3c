using System.Net;
using System.Net.Sockets;
using Strongroom.Spine.Access;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity;

/// <summary>Which network zone a request comes from, by the policy of its configuration epoch (R44).</summary>
internal sealed class NetworkZones(IPolicySnapshots policies)
{
    /// <param name="epoch">At least this configuration epoch; the rules lie ready, nothing is read while it stands.</param>
    public async ValueTask<string> OfAsync(Origin origin, long epoch, CancellationToken ct) => ZoneOf(origin, await policies.AtLeastAsync(epoch, ct).ConfigureAwait(false));

    /// <summary>For who is nobody yet and has read no epoch.</summary>
    public async ValueTask<string> OfAsync(Origin origin, CancellationToken ct) => ZoneOf(origin, await policies.CurrentAsync(ct).ConfigureAwait(false));

    // An address that somebody merely says is no address of ours.
    private static string ZoneOf(Origin origin, PolicySnapshot policy) =>
        origin.Hearsay ? NetworkPlan.Internet : (policy.Access?.Networks ?? NetworkPlan.None).ZoneOf(origin.Address);

    /// <summary>True when the address lies in one of the prefixes; a prefix that cannot be read matches nothing.</summary>
    public static bool IsIn(IPAddress? address, IEnumerable<string> prefixes) =>
        Plain(address) is { } plain && prefixes.Any(prefix => IPNetwork.TryParse(prefix, out var network) && network.Contains(plain));

    /// <summary>The part of an address that one party usually controls: IPv4 /24, IPv6 /48; "none" when there is no address.</summary>
    public static string PrefixOf(IPAddress? address)
    {
        if (Plain(address) is not { } plain)
        {
            return "none";
        }

        var bytes = plain.GetAddressBytes();
        var keep = plain.AddressFamily == AddressFamily.InterNetwork ? 3 : 6;
        return Convert.ToHexStringLower(bytes.AsSpan(0, keep));
    }

    /// <summary>The prefix as people write it, for the erasable details of the log: 203.0.113.0/24, 2001:db8:1::/48.</summary>
    public static string Describe(IPAddress? address)
    {
        if (Plain(address) is not { } plain)
        {
            return "none";
        }

        var bytes = plain.GetAddressBytes();
        var keep = plain.AddressFamily == AddressFamily.InterNetwork ? 3 : 6;
        bytes.AsSpan(keep).Clear();
        return $"{new IPAddress(bytes)}/{keep * 8}";
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
