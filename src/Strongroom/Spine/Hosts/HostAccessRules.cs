using System.Security.Cryptography;
using System.Text;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Hosts;

/// <summary>What may be asked for at all, and what an approval of it is bound to. Pure.</summary>
internal static class HostAccessRules
{
    public const int MostHosts = 10;

    /// <summary>"host." before it, a name is still a machine code of the log.</summary>
    public const int LongestHost = 50;

    /// <summary>domain.md §4: four hours, whatever a changed scene row says.</summary>
    public const long LongestMs = 4 * 3_600_000L;

    /// <summary>Certificates count in seconds: a shorter window might open at no instant.</summary>
    public const long ShortestMs = 60_000;

    public static IReadOnlyList<FieldError> Errors(HostAsk ask, long now)
    {
        var errors = new List<FieldError>();
        Check(ask.From is { } from && from < now, Reasons.BadField, "from");
        var start = Math.Max(ask.From ?? now, now);
        Check(ask.Until <= start || ask.Until - start is < ShortestMs or > LongestMs, Reasons.ApprovalUntil, "until");
        Check(string.IsNullOrWhiteSpace(ask.Reason), Reasons.FieldMissing, "reason");
        return [.. Errors(ask.Hosts, ask.PublicKey), .. errors];

        void Check(bool wrong, Reason reason, string at)
        {
            if (wrong)
            {
                errors.Add(reason.At(at));
            }
        }
    }

    public static IReadOnlyList<FieldError> Errors(IReadOnlyList<string> hosts, string publicKey)
    {
        var errors = new List<FieldError>();
        if (hosts.Count is 0 or > MostHosts || hosts.Distinct(StringComparer.Ordinal).Count() != hosts.Count)
        {
            errors.Add((hosts.Count == 0 ? Reasons.FieldMissing : hosts.Count > MostHosts ? Reasons.TooMany : Reasons.HostName).At("hosts"));
        }

        errors.AddRange(hosts.Select((host, i) => (host, i)).Where(named => !IsHost(named.host)).Select(named => Reasons.HostName.At($"hosts[{named.i}]")));
        if (HostKey.Parse(publicKey) is null)
        {
            errors.Add(Reasons.HostKey.At("publicKey"));
        }

        return errors;
    }

    /// <summary>Who, which hosts, which key and which window: one of them different is another act.</summary>
    /// <param name="from">Null: not booked; it begins when it was asked for.</param>
    public static string Bound(IEnumerable<string> hosts, HostKey key, long? from, long until, PersonId requester) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.ASCII.GetBytes($"hosts/{string.Join(',', hosts.Order(StringComparer.Ordinal))}/{key.Fingerprint}/{from ?? 0}/{until}/{requester}")));

    private static bool IsHost(string? host) => host is { Length: > 0 and <= LongestHost }
        && host[0] is not ('-' or '.') && host[^1] is not ('-' or '.')
        && host.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-');
}
