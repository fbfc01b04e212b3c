using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Use.Sessions;

namespace Strongroom.Use.Calls;

/// <summary>How a call stands for its agent.</summary>
[JsonConverter(typeof(KebabEnum<CallState>))]
internal enum CallState
{
    /// <summary>It rings at his desk.</summary>
    Waiting,

    /// <summary>He took it; its service session runs.</summary>
    Taken,

    /// <summary>The telephone system hung up; a note is still taken.</summary>
    Ended,
}

/// <summary>A call that the telephone system announced for one agent (domain.md §5).</summary>
/// <param name="Client">The system that announced it; nobody else ends it.</param>
/// <param name="Reference">The telephone system's number of the call, sealed.</param>
/// <param name="Number">The caller's number in its normal form, sealed; null: withheld, or the call is over.</param>
/// <param name="Until">UTC milliseconds: until then it waits; once taken, the end of its session; once over, that of the time for a note.</param>
internal sealed record WaitingCall(
    CallId Id, long Version, ClientId Client, PersonId Agent, PurposeKey Purpose, ChannelId? Channel, byte[] Reference, byte[]? Number, long Begun, long Until)
{
    /// <summary>UTC milliseconds at which his desk first showed it.</summary>
    public long? Rang { get; init; }

    /// <summary>The service session he opened for it.</summary>
    public ServiceSessionId? Session { get; init; }

    /// <summary>UTC milliseconds at which it was over.</summary>
    public long? Ended { get; init; }

    /// <summary>UTC milliseconds at which he wrapped it up.</summary>
    public long? Noted { get; init; }

    /// <summary>Null: nothing of it concerns anybody any more.</summary>
    public CallState? StateAt(long now) =>
        now >= Until || Noted is not null ? null
        : Ended is null ? Session is null ? CallState.Waiting : CallState.Taken
        : Session is null ? null : CallState.Ended;
}

/// <summary>What may become of a call. Pure.</summary>
internal static class CallRules
{
    /// <summary>
    /// Whether the telephone system may ring this person: active, and in one of his posts that serve callers at work now, in a company that the system
    /// acts for. Why not is never told apart: it could ask about any account.
    /// </summary>
    /// <param name="serving">Posts that may open a service session.</param>
    /// <param name="reach">The companies the system acts for.</param>
    /// <param name="sure">A post begins by the time that is known to have passed.</param>
    public static bool MayRing(
        PersonId id, PersonContent? agent, IReadOnlySet<PostKey> serving, IReadOnlySet<EntityId> reach, PolicySnapshot policy, long now, long sure) =>
        agent?.IsActive(now) == true && agent.Posts.Any(held =>
            serving.Contains(held.Post) && held.InForce(now, sure) && OnDuty.WorksNow(policy, id, held, now)
            && policy.Organisation.Units.GetValueOrDefault(held.Unit) is { } unit && reach.Contains(unit.Entity));

    public static WaitingCall Rung(WaitingCall call, long now) => call with { Version = call.Version + 1, Rang = now };

    public static WaitingCall Taken(WaitingCall call, ServiceSession session) =>
        call with { Version = call.Version + 1, Session = session.Id, Until = session.Until };

    /// <summary>The telephone system hung up: whoever the caller was is of no more use, and the note has its time.</summary>
    public static WaitingCall Over(WaitingCall call, long now, long wrapUpMs) => call with
    {
        Version = call.Version + 1, Ended = now, Number = null, Until = call.Session is null ? now : now + wrapUpMs,
    };

    /// <summary>The agent closed it, with a note or without: nothing more comes.</summary>
    public static WaitingCall WrappedUp(WaitingCall call, long now) =>
        call with { Version = call.Version + 1, Ended = call.Ended ?? now, Number = null, Noted = now };

    /// <summary>Whether the agent's note is still taken although the telephone system ended his session.</summary>
    public static bool TakesNote(WaitingCall? call, ServiceSession session, Actor actor, long now, long wrapUpMs) =>
        actor.Kind == ActorKind.Person && session.Holder == actor.Person && call is { Ended: { } ended, Noted: null }
        && call.Session == session.Id && call.Agent == actor.Person && now < ended + wrapUpMs;
}
