using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Identity;

/// <summary>Who stands behind a request.</summary>
[JsonConverter(typeof(KebabEnum<ActorKind>))]
internal enum ActorKind
{
    /// <summary>Nobody proved anything; only routes that say so answer.</summary>
    Anonymous,

    /// <summary>A member of staff with a session.</summary>
    Person,

    /// <summary>A registered business system (R43); it acts for its owner.</summary>
    Client,
}

/// <summary>A post held in a unit for a term.</summary>
/// <param name="From">UTC milliseconds, inclusive.</param>
/// <param name="Until">UTC milliseconds, exclusive; null: until further notice.</param>
internal sealed record HeldPost(PostKey Post, UnitId Unit, long From, long? Until)
{
    /// <summary>UTC milliseconds since when it rests, because a review's deadline passed without anybody confirming it (R36); null: it does not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Suspended { get; init; }

    /// <param name="sure">A post begins by what is known to have passed and ends by now.</param>
    public bool InForce(long now, long sure = long.MaxValue) => Suspended is null && From <= Math.Min(now, sure) && (Until is not { } end || now < end);
}

/// <summary>
/// The caller of one request, resolved anew for each request from rows whose authenticity was checked.
/// A client carries no posts: its rights are its own purposes, items and scopes, its duties its owner's.
/// </summary>
internal sealed record Actor
{
    public static readonly Actor Nobody = new();

    public ActorKind Kind { get; init; }

    /// <summary>The member of staff, or the owner of the client; default for nobody.</summary>
    public PersonId Person { get; init; }

    public ClientId? Client { get; init; }

    public SessionId? Session { get; init; }

    /// <summary>Version of the session row (person), or of the client row: the commit of the log entry compares it.</summary>
    public long Version { get; init; }

    /// <summary>Version of the person's row (the owner's for a client).</summary>
    public long PersonVersion { get; init; }

    /// <summary>Posts in force at the time of the request.</summary>
    public IReadOnlyList<HeldPost> Posts { get; init; } = [];

    /// <summary>Customers in one operation at most, of a third party (R42); a client's is its owner's. Null: none of the account's own.</summary>
    public int? RowCeiling { get; init; }

    public Strength Strength { get; init; }

    /// <summary>When that strength was proved, UTC milliseconds.</summary>
    public long StrengthAt { get; init; }

    /// <summary>When a second factor was last proved, UTC milliseconds; 0 for never.</summary>
    public long SecondFactorAt { get; init; }

    /// <summary>The session rests on our own QR sign-in.</summary>
    public bool ByQr { get; init; }

    /// <summary>Name of the network zone the address lies in (R44), <see cref="NetworkPlan.Internet"/> when in none.</summary>
    public string Zone { get; init; } = NetworkPlan.Internet;

    /// <summary>Zones that a client may call from although they need a permit; empty for persons, whose permits are rows of their own.</summary>
    public FrozenSet<string> Zones { get; init; } = [];

    /// <summary>A client certificate registered for this client was presented on this connection.</summary>
    public bool MutualTls { get; init; }

    public FrozenSet<ClientScope> Scopes { get; init; } = [];

    /// <summary>Purposes a client may state; empty for persons, whose purposes come from authorisations.</summary>
    public FrozenSet<PurposeKey> Purposes { get; init; } = [];

    /// <summary>Items a client may touch; null: every item its purposes allow.</summary>
    public FrozenSet<ItemKey>? Items { get; init; }

    public FrozenSet<FormKey> Forms { get; init; } = [];

    public FrozenSet<ChannelId> Channels { get; init; } = [];

    /// <summary>Calls a client may make; null for persons.</summary>
    public QuotaLimits? Quota { get; init; }

    /// <summary>The configuration epoch that was read together with the session.</summary>
    public long ConfigEpoch { get; init; }

    /// <summary>zh or en.</summary>
    public string Locale { get; init; } = "zh";

    /// <summary>The start password stands: nothing but changing it is allowed.</summary>
    public bool MustChangePassword { get; init; }

    /// <summary>Hash of the token of a client that was taken as last seen: not proved against the present row yet.</summary>
    public byte[]? UnprovedToken { get; init; }

    /// <summary>What the commit of a log entry re-checks about the caller: epoch (people, posts, clients) and session.</summary>
    public CommitGuard Guard() => new()
    {
        ConfigEpoch = ConfigEpoch,
        Session = Session is { } session ? (session, Version) : null,
        Client = Client is { } client ? (client, Version) : null,
    };

    public bool IsAnonymous => Kind == ActorKind.Anonymous;

    public bool Holds(PostKey post) => Posts.Any(held => held.Post == post);

    /// <summary>Minimal-API binding: what <see cref="ActorPipeline"/> resolved for this request.</summary>
    public static ValueTask<Actor?> BindAsync(HttpContext context) => ValueTask.FromResult<Actor?>(Of(context));

    /// <summary>The caller of this request; nobody when the pipeline did not run.</summary>
    public static Actor Of(HttpContext context) => context.Features.Get<Actor>() ?? Nobody;
}

/// <summary>Headers of requests without a body that say on what ground a person deals with a customer. Not in the address: a ticket's number can be personal.</summary>
internal static class ServingHeaders
{
    public const string Session = "Service-Session", Ticket = "Ticket";
}
