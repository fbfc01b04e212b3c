using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Use.Sessions;

/// <summary>Service sessions for the other stages: a person's own, nobody else's.</summary>
internal sealed class ServiceSight(ServiceSessions sessions, UseOptions options, TimeProvider time) : IServiceSight
{
    public async Task<ServiceFacts?> OfAsync(ServiceSessionId id, Actor actor, CancellationToken ct = default) =>
        actor.Kind == ActorKind.Person && await sessions.FindAsync(id, ct) is { } session && session.Holder == actor.Person
            ? session.Facts(time.NowMs(), options.Tries)
            : null;
}
