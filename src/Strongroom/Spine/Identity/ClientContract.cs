using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>Registers an API client. Lists that are left out are empty; <c>items</c> left out means every item its purposes allow.</summary>
/// <param name="Networks">CIDR prefixes it may call from; empty: any.</param>
/// <param name="Certificates">SHA-256 of client certificates for mutual TLS, lower hex.</param>
/// <param name="PublicKeys">SHA-256 of their public keys (SubjectPublicKeyInfo), lower hex; where both are named, both must fit.</param>
/// <param name="Zones">Network zones that need a permit and from which it may call all the same.</param>
/// <param name="Expires">UTC milliseconds, within two years.</param>
/// <param name="Approval">A second administrator's, for a client that pushes work orders.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ClientRequest(
    string Name,
    PersonId Owner,
    IReadOnlyList<ClientScope> Scopes,
    int PerMinute,
    int PerDay,
    long Expires,
    IReadOnlyList<PurposeKey>? Purposes = null,
    IReadOnlyList<ItemKey>? Items = null,
    IReadOnlyList<FormKey>? Forms = null,
    IReadOnlyList<ChannelId>? Channels = null,
    IReadOnlyList<string>? Networks = null,
    IReadOnlyList<string>? Certificates = null,
    IReadOnlyList<string>? PublicKeys = null,
    IReadOnlyList<string>? Zones = null,
    ApprovalId? Approval = null)
{
    public ClientContent ToContent() => new ClientContent
    {
        Name = Name.Trim(),
        Owner = Owner,
        State = MemberState.Active,
        Scopes = [.. Scopes.Distinct()],
        Purposes = [.. (Purposes ?? []).Distinct()],
        Items = Items is null ? null : [.. Items.Distinct()],
        Forms = [.. (Forms ?? []).Distinct()],
        Channels = [.. (Channels ?? []).Distinct()],
        PerMinute = PerMinute,
        PerDay = PerDay,
        Networks = [.. Networks ?? []],
        Certificates = [.. Certificates ?? []],
        PublicKeys = [.. PublicKeys ?? []],
        Zones = [.. Zones ?? []],
        Expires = Expires,
        Tokens = [],
    };

    /// <summary>The same of one that stands, with the scopes that rest: they come back without being asked for again.</summary>
    public static ClientRequest Of(ClientContent client) => new(
        client.Name, client.Owner, [.. client.Scopes, .. client.Resting ?? []], client.PerMinute, client.PerDay, client.Expires, client.Purposes, client.Items,
        client.Forms, client.Channels, client.Networks, client.Certificates, client.PublicKeys, client.Zones);
}

/// <summary>
/// Changes a registration; what is left out stays. Scopes that are named are all there are: what rests ends. A client that is given <c>tickets</c> loses
/// its tokens; the next is made by two.
/// </summary>
/// <param name="Approval">A second administrator's, when the client pushes work orders before or after.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ClientChange(
    long Version,
    string? Name = null,
    IReadOnlyList<ClientScope>? Scopes = null,
    int? PerMinute = null,
    int? PerDay = null,
    long? Expires = null,
    IReadOnlyList<PurposeKey>? Purposes = null,
    IReadOnlyList<ItemKey>? Items = null,
    IReadOnlyList<FormKey>? Forms = null,
    IReadOnlyList<ChannelId>? Channels = null,
    IReadOnlyList<string>? Networks = null,
    IReadOnlyList<string>? Certificates = null,
    IReadOnlyList<string>? PublicKeys = null,
    IReadOnlyList<string>? Zones = null,
    ApprovalId? Approval = null)
{
    public ClientContent Apply(ClientContent client) => client with
    {
        Name = Name?.Trim() ?? client.Name,
        Scopes = Scopes ?? client.Scopes,
        Resting = Scopes is null ? client.Resting : null,
        PerMinute = PerMinute ?? client.PerMinute,
        PerDay = PerDay ?? client.PerDay,
        Expires = Expires ?? client.Expires,
        Purposes = Purposes ?? client.Purposes,
        Items = Items ?? client.Items,
        Forms = Forms ?? client.Forms,
        Channels = Channels ?? client.Channels,
        Networks = Networks ?? client.Networks,
        Certificates = Certificates ?? client.Certificates,
        PublicKeys = PublicKeys ?? client.PublicKeys,
        Zones = Zones ?? client.Zones,
    };
}

/// <summary>A registration as administrators see it: no token, no hash.</summary>
/// <param name="LastUsed">The hour of the last call, UTC milliseconds; null: never. Clients unused for 90 days are candidates for revoking.</param>
/// <param name="Resting">Scopes that an access review put to rest: they do not work until somebody confirms them.</param>
/// <param name="Unused">Scopes that lay unused for 90 days, which a review would propose to revoke; null: not looked at in this answer.</param>
internal sealed record ClientView(
    ClientId Id,
    long Version,
    string Name,
    PersonId Owner,
    MemberState State,
    IReadOnlyList<ClientScope> Scopes,
    IReadOnlyList<PurposeKey> Purposes,
    IReadOnlyList<ItemKey>? Items,
    IReadOnlyList<FormKey> Forms,
    IReadOnlyList<ChannelId> Channels,
    int PerMinute,
    int PerDay,
    IReadOnlyList<string> Networks,
    IReadOnlyList<string> Certificates,
    IReadOnlyList<string> PublicKeys,
    IReadOnlyList<string> Zones,
    long Registered,
    long Expires,
    int LiveTokens,
    long? LastUsed,
    IReadOnlyList<ClientScope> Resting,
    IReadOnlyList<ClientScope>? Unused)
{
    public static ClientView Of(Member<ClientContent> row, long? lastUsed, long now, IReadOnlyList<ClientScope>? unused = null)
    {
        var client = row.Content;
        return new(
            ClientId.From(row.Id), row.Version, client.Name, client.Owner, client.State, client.Scopes, client.Purposes, client.Items, client.Forms,
            client.Channels, client.PerMinute, client.PerDay, client.Networks, client.Certificates,
            client.PublicKeys, client.Zones, client.Registered, client.Expires,
            client.Tokens.Count(token => token.Until > now), lastUsed, client.Resting ?? [], unused);
    }
}

internal sealed record ClientCreated(ClientView Client, string Token);

internal sealed record ClientRotated(string Token);

/// <param name="Until">UTC milliseconds until which the present token works on, within 31 days; left out: a day. The present moment ends it at once.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ClientRotation(long? Until = null, ApprovalId? Approval = null);

/// <param name="Owner">Who answers for the client from now on.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ClientHandOver(PersonId Owner, ApprovalId? Approval = null);

/// <summary>What a second administrator is asked to approve of a client that pushes work orders: one of the four, as it will be sent afterwards.</summary>
/// <param name="Expires">UTC milliseconds until which the approval may be used.</param>
/// <param name="Client">Of which client; left out when one is registered.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ClientActRequest(
    long Expires, ClientId? Client = null, ClientRequest? Create = null, ClientChange? Change = null, ClientRotation? Rotate = null, ClientHandOver? HandOver = null)
{
    /// <summary>Null when it is not one thing.</summary>
    public ClientAct? ToAct() => new object?[] { Create, Change, Rotate, HandOver }.Count(one => one is not null) == 1 && Create is null == Client is not null
        ? new ClientAct(Client, Create, Change, Rotate, HandOver)
        : null;
}
