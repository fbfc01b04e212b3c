using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Collect;

/// <summary>The legal entities a caller acts for: crossing them is sharing, never collection (PIPL 23). And whether he may name a customer.</summary>
internal sealed class CallerEntities(OrganisationBooks books, IAccessFacts facts)
{
    /// <summary>Whether a post in force, or the client's registration, grants the act: only then may a submission name its customer (R33).</summary>
    public async Task<bool> MayNameAsync(Actor actor, Act act, CancellationToken ct) =>
        await facts.QuestionAsync(actor, new AccessAsk { Act = act }, ct) is { Policy: not null, Actor: { Active: true } known }
        && known.Grants.Any(grant => grant.Rule.Acts.Contains(act));

    public async Task<IReadOnlySet<EntityId>> OfAsync(Actor actor, CollectSettings settings, CancellationToken ct)
    {
        switch (actor.Kind)
        {
            case ActorKind.Client:
                return actor.Channels.Select(settings.Channel).OfType<Channels.ChannelContent>().Select(channel => channel.Entity).ToHashSet();
            case ActorKind.Person:
                var book = await books.AsOfAsync(actor.ConfigEpoch, ct);
                return actor.Posts.Select(held => book.EntityOf(held.Unit)).OfType<EntityId>().ToHashSet();
            default:
                return new HashSet<EntityId>();
        }
    }
}
