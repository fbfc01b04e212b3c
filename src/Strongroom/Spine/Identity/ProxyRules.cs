using System.Net;

namespace Strongroom.Spine.Identity;

/// <summary>Where a request comes from when proxies stand between (R44). Pure.</summary>
internal static class ProxyRules
{
    private const int MostHops = 20;

    /// <summary>
    /// The nearest address that is no proxy of ours. Each proxy appends whom it heard from, so the list is read from its end, and only as
    /// long as the one who says it is trusted; what stands before may be anybody's invention.
    /// </summary>
    /// <param name="peer">The other end of the connection.</param>
    /// <param name="forwarded">X-Forwarded-For, all its lines joined by commas; null: none was sent.</param>
    /// <returns>The address, and whether somebody who is no proxy of ours claimed to speak for another.</returns>
    public static (IPAddress? Address, bool Hearsay) Caller(IPAddress? peer, string? forwarded, IReadOnlyList<string> trusted)
    {
        if (forwarded is null)
        {
            return (peer, false);
        }

        if (!NetworkZones.IsIn(peer, trusted))
        {
            return (peer, true);
        }

        var (at, hops) = (peer, forwarded.Split(','));
        for (var i = hops.Length - 1; i >= Math.Max(0, hops.Length - MostHops); i--)
        {
            if (!TryRead(hops[i], out var next))
            {
                return (at, true);
            }

            at = next;
            if (!NetworkZones.IsIn(at, trusted))
            {
                return (at, false);
            }
        }

        // Nothing but proxies: no caller is named.
        return (at, true);
    }

    /// <summary>An address, perhaps with the port some proxies write behind it.</summary>
    private static bool TryRead(string hop, out IPAddress? address)
    {
        var text = hop.Trim();
        if (IPEndPoint.TryParse(text, out var end) && (end.Port == 0 || text.Contains('.', StringComparison.Ordinal) || text.StartsWith('[')))
        {
            address = end.Address;
            return true;
        }

        return IPAddress.TryParse(text, out address);
    }
}
