using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Use.Sessions;

/// <summary>What a caller can prove (domain.md §5): two different ones make him verified, one of them birth date or document.</summary>
[JsonConverter(typeof(KebabEnum<CallerProof>))]
internal enum CallerProof
{
    Birth,
    Document,
    Booking,
    Route,
}

/// <summary>A call or visit being served (R118).</summary>
/// <param name="Holder">Who serves.</param>
/// <param name="Tries">Verifications tried.</param>
/// <param name="Matched">What the caller proved so far.</param>
/// <param name="VerifiedAt">UTC milliseconds; null: not verified.</param>
/// <param name="Until">UTC milliseconds at which it ends, or ended when it was closed.</param>
internal sealed record ServiceSession(
    ServiceSessionId Id,
    long Version,
    PersonId Holder,
    CustomerId? Customer,
    PurposeKey Purpose,
    ChannelId? Channel,
    byte[] Reference,
    int Tries,
    IReadOnlySet<CallerProof> Matched,
    long? VerifiedAt,
    long Opened,
    long Until)
{
    public bool IsOpen(long now) => now < Until;

    /// <summary>What the decision sees; null: no session that counts.</summary>
    public ServiceFacts? Facts(long now, int mostTries) => Customer is { } customer && IsOpen(now)
        ? new ServiceFacts(customer, Holder, VerifiedAt is not null, Until, VerifiedAt is null && Tries >= mostTries)
        : null;
}

/// <summary>The rules of verifying a caller. Pure.</summary>
internal static class CallerRules
{
    public const int ProofsNeeded = 2;

    /// <summary>
    /// The session after one more try. Booking and route stand on one ticket and often on one slip of paper, so the two of them together
    /// verify nobody: one proof must be about the person.
    /// </summary>
    /// <param name="proved">What matched in this try.</param>
    public static ServiceSession Tried(ServiceSession session, IEnumerable<CallerProof> proved, int mostTries, long now)
    {
        var tries = session.Tries + 1;
        var matched = session.Matched.Union(proved).ToHashSet();
        return session with
        {
            Version = session.Version + 1,
            Tries = tries,
            Matched = matched,
            VerifiedAt = session.VerifiedAt ?? (tries <= mostTries && IsEnough(matched) ? now : null),
        };
    }

    private static bool IsEnough(HashSet<CallerProof> matched) =>
        matched.Count >= ProofsNeeded && (matched.Contains(CallerProof.Birth) || matched.Contains(CallerProof.Document));

    /// <summary>The same call turns out to be about somebody else: nothing that was proved carries over, and no try is given back.</summary>
    public static ServiceSession For(ServiceSession session, CustomerId customer) => session.Customer == customer ? session : session with
    {
        Version = session.Version + 1, Customer = customer, Matched = new HashSet<CallerProof>(), VerifiedAt = null,
    };
}
