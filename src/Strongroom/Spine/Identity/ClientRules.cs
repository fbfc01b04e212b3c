using System.Net;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Identity;

/// <summary>What an API client may be registered with (R43). Pure.</summary>
internal static class ClientRules
{
    public const long LongestTerm = 731L * 86_400_000;
    public const int LargestPerMinute = 600_000;
    public const int LargestPerDay = 500_000_000;

    /// <summary>Longer two tokens do not live side by side.</summary>
    public const long LongestOverlap = 31L * 86_400_000;

    /// <summary>Live tokens at once: the present one and the one it replaces.</summary>
    public const int MostTokens = 2;

    /// <summary>Whether it pushes work orders, or will again when somebody confirms what rests: a pause makes nobody's part in it superfluous.</summary>
    public static bool Pushes(ClientContent client) => client.Scopes.Contains(ClientScope.Tickets) || client.Resting?.Contains(ClientScope.Tickets) == true;

    public static IReadOnlyList<FieldError> Faults(ClientContent client, long now)
    {
        var faults = new List<FieldError>();
        void Check(bool sound, Reason reason, string at)
        {
            if (!sound)
            {
                faults.Add(reason.At(at));
            }
        }

        Check(!string.IsNullOrWhiteSpace(client.Name), Reasons.FieldMissing, "name");
        Check(client.Name.Length <= 120, Reasons.FieldLong, "name");
        Check(client.Scopes.Count > 0, Reasons.FieldMissing, "scopes");
        Check(client.PerMinute is > 0 and <= LargestPerMinute, Reasons.ClientField, "perMinute");
        Check(client.PerDay is > 0 and <= LargestPerDay, Reasons.ClientField, "perDay");
        Check(client.Expires > now && client.Expires <= now + LongestTerm, Reasons.ClientTerm, "expires");
        Check(client.Networks.All(prefix => IPNetwork.TryParse(prefix, out _)), Reasons.ClientField, "networks");
        Check(client.Certificates.All(Secrets.IsSecret), Reasons.ClientField, "certificates");
        Check(client.PublicKeys.All(Secrets.IsSecret), Reasons.ClientField, "publicKeys");
        Check(client.Zones.Count <= 20 && client.Zones.All(zone => zone is { Length: > 0 and <= 60 }), Reasons.ClientField, "zones");
        Check(!Pushes(client) || client.Certificates.Count + client.PublicKeys.Count > 0, Reasons.OrderCertificate, "certificates");
        Check(client.Items is not { Count: 0 }, Reasons.ClientField, "items");
        return faults;
    }

    /// <summary>
    /// The registration as a change leaves it. Whoever knows the token of a client that pushes no orders may have got it alone: one that begins to push
    /// them has none, and the first is made by two.
    /// </summary>
    public static ClientContent Apply(ClientContent client, ClientChange ask)
    {
        var changed = ask.Apply(client);
        return changed.Scopes.Contains(ClientScope.Tickets) && !client.Scopes.Contains(ClientScope.Tickets)
            ? changed with { Tokens = [] }
            : changed with { Tokens = [.. changed.Tokens.Select(token => token with { Until = Math.Min(token.Until, changed.Expires) })] };
    }

    /// <summary>
    /// Whether the connection proves the client by its certificate (R43): it fits every kind of pin that is registered, and one is. The framework
    /// has checked that the other end holds the key.
    /// </summary>
    public static bool Proves(ClientContent client, Origin origin) =>
        client.Certificates.Count + client.PublicKeys.Count > 0
        && (client.Certificates.Count == 0 || (origin.Certificate is { } certificate && client.Certificates.Contains(certificate, StringComparer.Ordinal)))
        && (client.PublicKeys.Count == 0 || (origin.Key is { } key && client.PublicKeys.Contains(key, StringComparer.Ordinal)));

    /// <summary>Adds a token; the newest earlier one lives on until the end of the overlap, any other ends.</summary>
    /// <param name="until">UTC milliseconds at which the overlap ends.</param>
    public static IReadOnlyList<TokenContent> Rotate(IReadOnlyList<TokenContent> tokens, byte[] hash, long expires, long until, long now)
    {
        var earlier = tokens
            .Where(token => token.Until > now)
            .OrderByDescending(token => token.Created)
            .Take(MostTokens - 1)
            .Select(token => token with { Until = Math.Min(token.Until, until) })
            .Where(token => token.Until > now);
        return [new TokenContent(hash, now, expires), .. earlier];
    }
}
