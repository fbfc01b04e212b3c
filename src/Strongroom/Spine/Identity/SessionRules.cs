using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Spine.Identity;

/// <summary>One row of a signed-in session, as authenticated by its MAC.</summary>
/// <param name="Proofs">What it rests on: which factors, each with the time of its last proof.</param>
/// <param name="LastSeen">Coarse (a minute) and outside the MAC: it only ever shortens a session.</param>
/// <param name="Revoked">UTC milliseconds, null while it stands.</param>
internal sealed record SessionRow(
    SessionId Id, PersonId Person, long Version, long Created, long LastSeen, Proofs Proofs, long? Revoked)
{
    /// <summary>Where it was begun.</summary>
    public SessionFrom From { get; init; } = new(null, null);

    public Strength Strength => Proofs.Strength;

    public long StrengthAt => Proofs.StrengthAt;
}

/// <summary>When a session still counts. Pure.</summary>
internal static class SessionRules
{
    public const long SeenEvery = 60_000;

    public static bool IsLive(SessionRow session, SessionLimits limits, long now) =>
        session.Revoked is null
        && now >= session.Created - SeenEvery
        && now < session.Created + limits.AbsoluteMs
        && now < session.LastSeen + limits.IdleMs;

    /// <summary>The instant at which it ends if nobody uses it.</summary>
    public static long Expires(SessionRow session, SessionLimits limits) =>
        Math.Min(session.Created + limits.AbsoluteMs, session.LastSeen + limits.IdleMs);

    public static bool ShouldTouch(SessionRow session, long now) => now - session.LastSeen >= SeenEvery;
}

/// <param name="IdleMs">A session unused this long ends; a desk left alone must not stay open.</param>
/// <param name="AbsoluteMs">No session outlives this, one working day.</param>
internal sealed record SessionLimits(long IdleMs, long AbsoluteMs)
{
    public static readonly SessionLimits Default = new(30 * 60_000L, 10 * 3600_000L);
}
