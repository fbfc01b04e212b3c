using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net;
using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>Where a request comes from, as far as the connection shows it.</summary>
/// <param name="Certificate">SHA-256 of the client certificate, lower hex; null without one.</param>
internal sealed record Origin(IPAddress? Address, string? Certificate)
{
    /// <summary>SHA-256 of that certificate's public key (SubjectPublicKeyInfo), lower hex.</summary>
    public string? Key { get; init; }

    /// <summary>Somebody who is no proxy of ours said where the request comes from: it lies in no zone of ours.</summary>
    public bool Hearsay { get; init; }

    /// <summary>What its sender calls itself; told, not proved.</summary>
    public DeviceKind? Device { get; init; }
}

/// <summary>
/// Turns a session cookie or bearer token into an <see cref="Actor"/>, anew for each request: the session row and the
/// configuration epoch in one statement shared by all requests that wait, people and clients from rows of exactly that
/// epoch. So an ended session, a suspended person or a revoked client is refused at its next request on every node.
/// </summary>
internal sealed class Actors
{
    private readonly Database _database;
    private readonly MemberCache _members;
    private readonly Sessions _sessions;
    private readonly Secrets _secrets;
    private readonly NetworkZones _zones;
    private readonly IdentityOptions _options;
    private readonly TimeProvider _time;
    private readonly ReadLane<string, SessionAndEpoch> _bySecret;
    private readonly ReadLane<SessionId, SessionAndEpoch> _byId;
    private readonly ReadLane<int, SessionAndEpoch> _epoch;
    private readonly ConcurrentDictionary<ClientId, MadeActor> _made = new();

    public Actors(Database database, MemberCache members, Sessions sessions, Secrets secrets, NetworkZones zones, IdentityOptions options, TimeProvider time)
    {
        (_database, _members, _sessions, _secrets, _zones, _options, _time) = (database, members, sessions, secrets, zones, options, time);
        _bySecret = new(LoadBySecretAsync);
        _byId = new(LoadByIdAsync);
        _epoch = new(LoadEpochAsync, lanes: 1);
    }

    /// <summary>The person behind a session cookie; nobody when it does not (or no longer) count.</summary>
    /// <param name="used">Somebody uses the session; false: a page asks by itself, which does not lengthen it.</param>
    public async Task<Actor> OfCookieAsync(string? cookie, Origin origin, CancellationToken ct, bool used = true)
    {
        if (!Secrets.IsSecret(cookie))
        {
            return Actor.Nobody;
        }

        var read = await _bySecret.GetAsync(Convert.ToHexString(_sessions.HashOf(cookie!)), ct).ConfigureAwait(false);
        return read is null ? Actor.Nobody : await OfSessionAsync(read, origin, ct, used).ConfigureAwait(false);
    }

    /// <summary>The client behind a bearer token; nobody when it does not (or no longer) count.</summary>
    /// <param name="fresh">False: as this node last saw it, for endpoints whose entry proves the configuration epoch before anything is answered.</param>
    public async Task<Actor> OfTokenAsync(string? token, Origin origin, CancellationToken ct, bool fresh = true)
    {
        if (!Secrets.TryReadToken(token, out var id, out var secret))
        {
            return Actor.Nobody;
        }

        var (epoch, client, owner) = await ReadClientAsync(id, fresh, ct).ConfigureAwait(false);
        var hash = _secrets.HashToken(id, secret);
        var now = _time.NowMs();
        var known = client is not null
            && client.Content.Tokens.Any(live => now < live.Until && CryptographicOperations.FixedTimeEquals(live.Hash, hash));
        return known ? await OfClientAsync(id, client!, owner, epoch, origin, ct).ConfigureAwait(false) with { UnprovedToken = fresh ? null : hash } : Actor.Nobody;
    }

    /// <summary>The same caller as things stand now: for whoever was told that what a decision rested on has changed.</summary>
    public async Task<Actor> AgainAsync(Actor actor, Origin origin, CancellationToken ct)
    {
        if (actor is { Kind: ActorKind.Person, Session: { } session })
        {
            var read = await _byId.GetAsync(session, ct).ConfigureAwait(false);
            return read is null ? Actor.Nobody : await OfSessionAsync(read, origin, ct).ConfigureAwait(false);
        }

        if (actor is { Kind: ActorKind.Client, Client: { } id })
        {
            // A token taken as last seen may have been rotated away meanwhile; one that was proved when this request began lives on in it.
            var (epoch, client, owner) = await ReadClientAsync(id, fresh: true, ct).ConfigureAwait(false);
            var now = _time.NowMs();
            var gone = actor.UnprovedToken is { } hash
                && client?.Content.Tokens.Any(live => now < live.Until && CryptographicOperations.FixedTimeEquals(live.Hash, hash)) != true;
            return client is null || gone ? Actor.Nobody : await OfClientAsync(id, client, owner, epoch, origin, ct).ConfigureAwait(false);
        }

        return Actor.Nobody;
    }

    private async Task<Actor> OfSessionAsync(SessionAndEpoch read, Origin origin, CancellationToken ct, bool used = true)
    {
        var now = _time.NowMs();
        if (_sessions.Authentic(read.Session) is not { } session || !SessionRules.IsLive(session, _options.Sessions, now))
        {
            return Actor.Nobody;
        }

        var (epoch, person) = await _members.PersonAsync(read.Epoch, session.Person, ct).ConfigureAwait(false);
        if (person?.Content.IsActive(now) != true)
        {
            return Actor.Nobody;
        }

        if (used && SessionRules.ShouldTouch(session, now))
        {
            await _database.WriteAsync(tx => SessionStore.TouchAsync(tx, session.Id, now), ct).ConfigureAwait(false);
        }

        return new Actor
        {
            Kind = ActorKind.Person,
            Person = session.Person,
            Session = session.Id,
            Version = session.Version,
            PersonVersion = person.Version,
            Posts = [.. person.Content.Posts.Where(post => post.InForce(now, _time.SureMs()))],
            RowCeiling = person.Content.RowCeiling,
            Strength = session.Strength,
            StrengthAt = session.StrengthAt,
            SecondFactorAt = session.Proofs.SecondFactorAt,
            ByQr = session.Proofs.RestOnQr,
            Zone = await _zones.OfAsync(origin, epoch, ct).ConfigureAwait(false),
            ConfigEpoch = epoch,
            Locale = person.Content.Locale,
            MustChangePassword = person.Content.MustChangePassword,
        };
    }

    private async Task<(long Epoch, Member<ClientContent>? Client, Member<PersonContent>? Owner)> ReadClientAsync(ClientId id, bool fresh, CancellationToken ct)
    {
        var epoch = fresh ? (await _epoch.GetAsync(0, ct).ConfigureAwait(false))!.Epoch : 0;
        for (var tries = 0; ; tries++)
        {
            var (clientEpoch, client) = await _members.ClientAsync(epoch, id, ct).ConfigureAwait(false);
            if (client is null)
            {
                return (clientEpoch, null, null);
            }

            var (ownerEpoch, owner) = await _members.PersonAsync(clientEpoch, client.Content.Owner, ct).ConfigureAwait(false);

            // Both rows must be of one epoch; under a storm of changes the lower one stands, and the commit guard asks again.
            if (ownerEpoch == clientEpoch || tries == 3)
            {
                return (Math.Min(clientEpoch, ownerEpoch), client, owner);
            }

            epoch = ownerEpoch;
        }
    }

    private async ValueTask<Actor> OfClientAsync(
        ClientId id, Member<ClientContent> client, Member<PersonContent>? owner, long epoch, Origin origin, CancellationToken ct)
    {
        var content = client.Content;
        var now = _time.NowMs();
        if (content.State != MemberState.Active || now >= content.Expires || owner?.Content.IsActive(now) != true
            || (content.Networks.Count > 0 && !NetworkZones.IsIn(origin.Address, content.Networks)))
        {
            return Actor.Nobody;
        }

        // What follows from the rows alone is made once for them: the cache hands out the same rows until the epoch moves.
        if (!_made.TryGetValue(id, out var made) || !ReferenceEquals(made.Client, client) || !ReferenceEquals(made.Owner, owner) || made.Actor.ConfigEpoch != epoch)
        {
            _made[id] = made = new MadeActor(client, owner, Make(id, client, owner, epoch));
        }

        return made.Actor with
        {
            Zone = await _zones.OfAsync(origin, epoch, ct).ConfigureAwait(false),
            MutualTls = ClientRules.Proves(content, origin),
        };
    }

    private static Actor Make(ClientId id, Member<ClientContent> client, Member<PersonContent> owner, long epoch) => new()
    {
        Kind = ActorKind.Client,
        Person = client.Content.Owner,
        Client = id,
        Version = client.Version,
        PersonVersion = owner.Version,
        RowCeiling = owner.Content.RowCeiling,
        Zones = client.Content.Zones.ToFrozenSet(StringComparer.Ordinal),
        Scopes = client.Content.Scopes.ToFrozenSet(),
        Purposes = client.Content.Purposes.ToFrozenSet(),
        Items = client.Content.Items?.ToFrozenSet(),
        Forms = client.Content.Forms.ToFrozenSet(),
        Channels = client.Content.Channels.ToFrozenSet(),
        Quota = new QuotaLimits(client.Content.PerMinute, client.Content.PerDay),
        ConfigEpoch = epoch,
        Locale = owner.Content.Locale,
    };

    private async Task<IReadOnlyDictionary<string, SessionAndEpoch>> LoadBySecretAsync(IReadOnlyList<string> hashes)
    {
        var (rows, epoch) = await _database.AskAsync(
            batch => (SessionStore.AskByHash(batch, hashes.Select(Convert.FromHexString)), ConfigEpoch.Ask(batch))).ConfigureAwait(false);
        return Keyed(rows.All, epoch.All[0], row => Convert.ToHexString(row.Hash));
    }

    private async Task<IReadOnlyDictionary<SessionId, SessionAndEpoch>> LoadByIdAsync(IReadOnlyList<SessionId> ids)
    {
        var (rows, epoch) = await _database.AskAsync(batch => (SessionStore.AskById(batch, ids), ConfigEpoch.Ask(batch))).ConfigureAwait(false);
        return Keyed(rows.All, epoch.All[0], row => SessionId.From(row.Id));
    }

    private async Task<IReadOnlyDictionary<int, SessionAndEpoch>> LoadEpochAsync(IReadOnlyList<int> keys)
    {
        var epoch = new SessionAndEpoch((await _database.AskAsync(ConfigEpoch.Ask).ConfigureAwait(false)).All[0], null);
        return keys.ToDictionary(key => key, _ => epoch);
    }

    private static Dictionary<TKey, SessionAndEpoch> Keyed<TKey>(IReadOnlyList<StoredSession> rows, long epoch, Func<StoredSession, TKey> key)
        where TKey : notnull => rows.ToDictionary(key, row => new SessionAndEpoch(epoch, row));

    private sealed record MadeActor(Member<ClientContent> Client, Member<PersonContent> Owner, Actor Actor);

    private sealed record SessionAndEpoch(long Epoch, StoredSession? Session);
}
