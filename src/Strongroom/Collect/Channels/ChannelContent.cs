using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Store.Catalogue;

namespace Strongroom.Collect.Channels;

/// <summary>A registered way in (R26); a control row.</summary>
/// <param name="Kind">Which forms may come through it.</param>
/// <param name="Entity">The legal entity (处理者) that collects through it and answers for what is collected.</param>
/// <param name="Open">A closed channel takes nothing in.</param>
/// <param name="Posts">Staff of these posts may use it.</param>
/// <param name="Clients">Business systems that may use it, besides being registered for it themselves.</param>
/// <param name="Unit">The unit that handles what comes in through it (R33); null: the head office.</param>
internal sealed record ChannelContent(
    string Name,
    CollectChannel Kind,
    EntityId Entity,
    bool Open,
    IReadOnlyList<PostKey> Posts,
    IReadOnlyList<ClientId> Clients,
    UnitId? Unit = null)
{
    /// <summary>Kind of the control row.</summary>
    public const string RowKind = "channel";
}

/// <summary>Who may hand in what through which channel. Pure; null means yes.</summary>
internal static class ChannelRules
{
    /// <summary>A channel by its id, or by its kind when the caller may use exactly one of that kind; null when neither names one.</summary>
    public static ChannelId? Find(string? named, FormDefinition form, Actor actor, IEnumerable<KeyValuePair<ChannelId, ChannelContent>> channels)
    {
        if (ChannelId.TryParse(named, null, out var id))
        {
            return id;
        }

        return Kebab.TryParse<CollectChannel>(named, out var kind)
            && channels.Where(pair => pair.Value.Kind == kind && Refusal(pair.Value, pair.Key, form, actor) is null).Take(2).ToList() is [var only]
            ? only.Key
            : null;
    }

    /// <param name="channel">Null: not registered, or its row was altered.</param>
    public static Reason? Refusal(ChannelContent? channel, ChannelId id, FormDefinition form, Actor actor) =>
        channel is { Open: true } && channel.Kind == form.Channel && MayUse(channel, id, actor) ? null : Reasons.ChannelUnknown;

    /// <summary>Whether a document reader stands at this channel: registered for it, and named by it.</summary>
    public static Reason? ReadRefusal(ChannelContent? channel, ChannelId id, Actor reader) =>
        channel is { Open: true } && reader.Kind == ActorKind.Client && MayUse(channel, id, reader) ? null : Reasons.ChannelUnknown;

    /// <summary>A system needs both registrations: its own row names form and channel, the channel's row names the system.</summary>
    public static Reason? FormRefusal(FormKey form, Actor actor) =>
        actor.Kind == ActorKind.Client && !actor.Forms.Contains(form) ? Reasons.ClientScope : null;

    private static bool MayUse(ChannelContent channel, ChannelId id, Actor actor) => actor.Kind switch
    {
        ActorKind.Person => actor.Posts.Any(held => channel.Posts.Contains(held.Post)),
        ActorKind.Client => actor.Client is { } client && actor.Channels.Contains(id) && channel.Clients.Contains(client),
        _ => false,
    };
}
