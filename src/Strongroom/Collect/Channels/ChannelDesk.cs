using System.Text.Json.Serialization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Collect.Channels;

internal static class ChannelFacts
{
    public const string Registered = "channel-registered";
    public const string Changed = "channel-changed";
}

/// <param name="Version">The version that was seen; 0 registers a new channel.</param>
internal sealed record ChannelAsk(ChannelContent Channel, long Version = 0);

internal sealed record ChannelView(ChannelId Id, ChannelContent Channel, long Version);

internal sealed record ChannelsView(IReadOnlyList<ChannelView> Channels);

[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNameCaseInsensitive = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ChannelAsk))]
internal sealed partial class ChannelJson : JsonSerializerContext;

/// <summary>Registers channels (R26).</summary>
internal sealed class ChannelDesk(Database database, ControlStore control, Members members)
{
    private const int LongestName = 120, MostUsers = 200;

    public Task<Outcome<ChannelView>> SaveAsync(ChannelId id, ChannelAsk ask, Actor actor, CancellationToken ct) => database.ChangeAsync(async tx =>
    {
        var channel = ask.Channel;
        if (string.IsNullOrWhiteSpace(channel.Name) || channel.Name.Length > LongestName)
        {
            throw new UndoneException(Problem.Of([Reasons.FieldMissing.At("channel.name")]));
        }

        if (channel.Posts.Count > MostUsers || channel.Clients.Count > MostUsers)
        {
            throw new UndoneException(Problem.Of([Reasons.FieldLong.At(channel.Posts.Count > MostUsers ? "channel.posts" : "channel.clients")]));
        }

        if (await members.LoadAsync<EntityContent>(tx, Members.Entity, channel.Entity.Value) is not { Content.State: MemberState.Active })
        {
            throw new UndoneException(Problem.Of([Reasons.EntityUnknown.At("channel.entity")]));
        }

        if (channel.Unit is { } unit && (await members.LoadAsync<UnitContent>(tx, Members.Unit, unit.Value) is not { Content.State: MemberState.Active } row || row.Content.Entity != channel.Entity))
        {
            throw new UndoneException(Problem.Of([Reasons.UnitUnknown.At("channel.unit")]));
        }

        var fact = ControlWrites.Fact(ask.Version == 0 ? ChannelFacts.Registered : ChannelFacts.Changed, actor) with { Channel = id };
        var version = await control.SaveOrUndoAsync(tx, ControlKey.Of(ChannelContent.RowKind, id), ask.Version, channel, fact);
        return new ChannelView(id, channel, version);
    }, ct);

    public async Task<ChannelsView> ListAsync(CancellationToken ct) => new(
        [.. (await database.ReadAsync(tx => control.ListAsync<ChannelContent>(tx, ChannelContent.RowKind), ct)).Rows
            .Select(row => new ChannelView(ChannelId.From(row.Key.Id), row.Content, row.Version))]);
}
