using System.Buffers.Text;
using System.Text.Json;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;

namespace Strongroom.Spine.Identity.Factors;

/// <summary>The second half of something that was begun: what to compare the answer with.</summary>
/// <param name="Key">Keyed hash of the ticket; a success spends it.</param>
/// <param name="Expires">UTC milliseconds.</param>
internal sealed record Ceremony(string State, byte[] Key, long Expires);

/// <summary>
/// Acts in two requests: an offer or challenge, then the answer. The state travels sealed with the caller, bound to a kind and to one
/// session or browser, so that strangers who only begin cost no row; a success spends the ticket, once for all nodes.
/// </summary>
internal sealed class Ceremonies(ISecretSealer sealer, Secrets secrets, TimeProvider time)
{
    /// <summary>How long an answer may take.</summary>
    public const long LastsMs = 10 * 60_000;

    /// <summary>
    /// How far the clocks of two nodes may lie apart. A ticket of later than that is no ticket, and a spent one is remembered until no node
    /// could still take it for good.
    /// </summary>
    public const long SkewMs = 5 * 60_000;

    private sealed record Content(string State, long Expires);

    /// <param name="binding">Session id, or hash of a browser's cookie: an answer from elsewhere finds nothing.</param>
    public (string Ticket, long Expires) Begin(string kind, string binding, string state)
    {
        var expires = time.NowMs() + LastsMs;
        var plain = JsonSerializer.SerializeToUtf8Bytes(new Content(state, expires));
        return (Base64Url.EncodeToString(sealer.Seal(Use(kind, binding), plain)), expires);
    }

    /// <summary>Null when the ticket is not one of this kind and binding, or is over.</summary>
    public Ceremony? Open(string kind, string binding, string? ticket)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(ticket);
            var content = JsonSerializer.Deserialize<Content>(sealer.Open(Use(kind, binding), bytes));
            var now = time.NowMs();
            return content is not null && now < content.Expires && content.Expires <= now + LastsMs + SkewMs ? new Ceremony(content.State, secrets.HashTicket(bytes), content.Expires) : null;
        }
        catch (Exception e) when (e is BrokenSealException or FormatException)
        {
            return null;
        }
    }

    /// <summary>True for the first who succeeds with it. Belongs into the transaction of what it allows.</summary>
    public Task<bool> SpendAsync(Tx tx, Ceremony ceremony) => CeremonyStore.SpendAsync(tx, ceremony.Key, ceremony.Expires, time.SureMs() - (2 * SkewMs));

    private static string Use(string kind, string binding) => $"ceremony/{kind}/{binding}";
}
