using Strongroom.Ground;
using Strongroom.Spine.Identity;

namespace Strongroom.Collect;

/// <summary>The legal entities a caller acts for: crossing them is sharing, never collection (PIPL 23).</summary>
internal sealed class CallerEntities(OrganisationBooks books)
{
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
