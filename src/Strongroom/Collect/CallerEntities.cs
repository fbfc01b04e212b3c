using Strongroom.Collect.Channels;
using Strongroom.Ground;
using Strongroom.Spine.Identity;

namespace Strongroom.Collect;

/// <summary>
/// For which legal entities a caller takes information in: crossing them is sharing, never collection (PIPL 23). Posts count where they
/// are held, so a post in one company gives nothing in another in which its holder is something else.
/// </summary>
internal sealed class CallerEntities(OrganisationBooks books)
{
    /// <summary>Whether the caller stands for the channel's legal entity: by a post the channel names, held in that entity, or as a system both sides registered.</summary>
    public async Task<bool> StandsForAsync(Actor actor, ChannelId id, ChannelContent channel, CancellationToken ct)
    {
        switch (actor.Kind)
        {
            case ActorKind.Client:
                return IsRegistered(actor, id, channel);
            case ActorKind.Person:
                var book = await books.AsOfAsync(actor.ConfigEpoch, ct);
                return actor.Posts.Any(held => channel.Posts.Contains(held.Post) && book.EntityOf(held.Unit) == channel.Entity);
            default:
                return false;
        }
    }

    /// <summary>The channels through which the caller takes information in for a company he stands for; a kind of channel means one of these.</summary>
    public async Task<IReadOnlyList<KeyValuePair<ChannelId, ChannelContent>>> ChannelsAsync(Actor actor, CollectSettings settings, CancellationToken ct)
    {
        var near = new List<KeyValuePair<ChannelId, ChannelContent>>();
        foreach (var pair in settings.Channels)
        {
            if (await StandsForAsync(actor, pair.Key, pair.Value, ct))
            {
                near.Add(pair);
            }
        }

        return near;
    }

    /// <summary>Whether a system has any way into this legal entity. People are judged by their posts, in the one decision.</summary>
    public static bool Reaches(Actor actor, EntityId entity, CollectSettings settings) => actor.Kind switch
    {
        ActorKind.Client => settings.Channels.Any(pair => pair.Value.Entity == entity && IsRegistered(actor, pair.Key, pair.Value)),
        ActorKind.Person => true,
        _ => false,
    };

    private static bool IsRegistered(Actor actor, ChannelId id, ChannelContent channel) =>
        actor.Client is { } client && actor.Channels.Contains(id) && channel.Clients.Contains(client);
}
