using System.Net;
using System.Net.Sockets;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>Which configured network zone an address lies in (R44). The longest matching prefix wins.</summary>
internal sealed class NetworkZones
{
    /// <summary>The zone of every address no prefix names.</summary>
    public const string Outside = "outside";

    private readonly (IPNetwork Network, string Zone)[] _prefixes;

    /// <exception cref="FormatException">A zone name or prefix that cannot be read: the server does not start.</exception>
    public NetworkZones(IReadOnlyDictionary<string, string[]> zones)
    {
        if (zones.Keys.FirstOrDefault(zone => !Name.IsValid(zone)) is { } bad)
        {
            throw new FormatException($"Network zone \"{bad}\" is not a lower-case name.");
        }

        _prefixes = [.. zones
            .SelectMany(zone => zone.Value.Select(prefix => (IPNetwork.Parse(prefix), zone.Key)))
            .OrderByDescending(pair => pair.Item1.PrefixLength)];
    }

    public string ZoneOf(IPAddress? address)
    {
        var plain = Plain(address);
        foreach (var (network, zone) in _prefixes)
        {
            if (plain is not null && network.Contains(plain))
            {
                return zone;
            }
        }

        return Outside;
    }

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
