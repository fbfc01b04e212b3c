using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Identity;

/// <summary>How the log names the caller of a request.</summary>
internal static class ActorLog
{
    public static LogActor AsLogActor(this Actor actor) => actor.Kind switch
    {
        ActorKind.Person => LogActor.Of(actor.Person),
        ActorKind.Client when actor.Client is { } client => LogActor.Of(client),
        _ => LogActor.Anonymous,
    };

    /// <summary>The id under which idempotency keys and volumes are kept.</summary>
    public static UInt128 OwnId(this Actor actor) => actor.Client is { } client ? client.Value : actor.Person.Value;
}
