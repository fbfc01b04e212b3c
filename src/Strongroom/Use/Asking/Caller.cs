using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Use.Asking;

/// <summary>Who asks, and how to find out what they are now when a decision has to be made again.</summary>
internal sealed class Caller(Actor actor, Func<Actor, CancellationToken, Task<Actor>> again)
{
    public Actor Actor { get; } = actor;

    public Task<Actor> AgainAsync(Actor actor, CancellationToken ct) => again(actor, ct);

    /// <summary>
    /// The answer to a request that is wrong in itself. No entry proves the caller here, so a client, who may have been taken as last seen, is
    /// looked up anew: one that has ended is told that and nothing else.
    /// </summary>
    public async Task<Problem> MistakesAsync(IReadOnlyList<FieldError> errors, CancellationToken ct) =>
        Actor.Kind == ActorKind.Client && (await again(Actor, ct)).IsAnonymous ? Problem.Of(Reasons.SignInNeeded) : Problem.Of(errors);

    /// <summary>Minimal-API binding.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context)
    {
        var origin = ActorPipeline.OriginOf(context);
        var actors = context.RequestServices.GetRequiredService<Actors>();
        return ValueTask.FromResult<Caller?>(new Caller(Actor.Of(context), (actor, ct) => actors.AgainAsync(actor, origin, ct)));
    }
}
