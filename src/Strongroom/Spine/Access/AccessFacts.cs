using System.Collections.Frozen;
using Strongroom.Ground;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Access;

/// <summary>What a stage knows when it asks; everything else about the actor and the rules is added by <see cref="IAccessFacts"/>.</summary>
internal sealed record AccessAsk
{
    public required Act Act { get; init; }

    /// <summary>Null for an act without a customer yet, and for one that does not exist.</summary>
    public CustomerFacts? Customer { get; init; }

    /// <summary>The configuration epoch read together with the customer; the actor's own when there is none.</summary>
    public long? ConfigEpoch { get; init; }

    public PurposeKey? Purpose { get; init; }

    public PurposeFacts? PurposeKnown { get; init; }

    public IReadOnlyList<ItemFacts> Items { get; init; } = [];

    public IReadOnlySet<ItemKey> Clear { get; init; } = FrozenSet<ItemKey>.Empty;

    public ServiceFacts? Session { get; init; }

    public bool HasTicket { get; init; }

    public ApprovalFacts? Approval { get; init; }

    /// <summary>Null: unknown, and then whatever has a limit needs an approval.</summary>
    public VolumeFacts? Volume { get; init; }

    /// <summary>One of more customers than the post opens in one request.</summary>
    public bool Batch { get; init; }

    /// <summary>The file it is part of was approved by its digest.</summary>
    public bool FileApproved { get; init; }

    /// <summary>A document in it was typed where a reader should have taken it.</summary>
    public bool DocumentTyped { get; init; }

    /// <summary>An approval of exactly this typing is named, and is used up in the transaction that writes.</summary>
    public bool TypingApproved { get; init; }

    /// <summary>Items whose change the customer has confirmed by a code.</summary>
    public IReadOnlySet<ItemKey> Confirmed { get; init; } = FrozenSet<ItemKey>.Empty;
}

/// <summary>Builds the question of the one decision, for view, find, compare, correct and explain alike.</summary>
internal interface IAccessFacts
{
    /// <summary>
    /// The question as of now. Its policy's epoch (<c>question.Policy?.Epoch</c>) belongs into the log's commit guard: when the
    /// configuration moves before the entry is durable, ask again.
    /// </summary>
    Task<AccessQuestion> QuestionAsync(Actor actor, AccessAsk ask, CancellationToken ct = default);
}

internal sealed class AccessFacts(IPolicySnapshots policies, TimeProvider time) : IAccessFacts
{
    /// <summary>The post under which an API client appears in rules; its registration is its right (R43).</summary>
    public static readonly PostKey ClientPost = PostKey.Of("api-client");

    public async Task<AccessQuestion> QuestionAsync(Actor actor, AccessAsk ask, CancellationToken ct = default)
    {
        var snapshot = await policies.CurrentAsync(ask.ConfigEpoch ?? actor.ConfigEpoch, ct);
        return Build(actor, ask, snapshot, time.NowMs(), time.SureMs());
    }

    /// <summary>Pure.</summary>
    /// <param name="sure">What opens is compared with it; <paramref name="now"/> with what ends.</param>
    internal static AccessQuestion Build(Actor actor, AccessAsk ask, PolicySnapshot snapshot, long now, long sure = long.MaxValue) => new()
    {
        Policy = snapshot.Access,
        Actor = FactsOf(actor, snapshot, now, sure),
        Act = ask.Act,
        Customer = ask.Customer,
        Purpose = ask.Purpose,
        PurposeKnown = ask.PurposeKnown,
        Items = Limited(ask.Items, snapshot.Access),
        Clear = ask.Clear,
        Session = ask.Session,
        HasTicket = ask.HasTicket,
        Approval = ask.Approval,
        Volume = ask.Volume,
        Batch = ask.Batch,
        FileApproved = ask.FileApproved,
        DocumentTyped = ask.DocumentTyped,
        TypingApproved = ask.TypingApproved,
        Confirmed = ask.Confirmed,
        Now = now,
        Sure = sure,
    };

    /// <summary>What the rules look at of a caller: grants from his posts in force, their entities, his proofs and duties.</summary>
    internal static ActorFacts FactsOf(Actor actor, PolicySnapshot snapshot, long now, long sure = long.MaxValue)
    {
        var isClient = actor is { Kind: ActorKind.Client, Client: not null };
        var posts = (isClient ? snapshot.Organisation.ClientPosts.GetValueOrDefault(actor.Client!.Value) ?? [] : actor.Posts)
            .Where(held => held.InForce(now, sure))
            .Select(held => (held.Post, Reach: snapshot.Organisation.Units.GetValueOrDefault(held.Unit)))
            .Where(held => held.Reach is not null)
            .ToList();
        return new ActorFacts
        {
            Person = actor.Person,
            Active = !actor.IsAnonymous && !actor.MustChangePassword,
            Grants = isClient ? ClientGrants(actor, posts) : PostGrants(actor.Person, posts, snapshot, now, sure),
            Entities = posts.Select(held => held.Reach!.Entity).ToHashSet(),
            RowCeiling = actor.RowCeiling,
            Strength = actor.Strength,
            StrengthAt = actor.StrengthAt,
            SecondFactorAt = actor.SecondFactorAt,
            ByQr = actor.ByQr,
            Zone = actor.Zone,
            Remote = isClient || snapshot.Remote.GetValueOrDefault(actor.Person) is not { } permit || permit.From > sure ? null : permit,
            Duties = snapshot.Organisation.Duties.GetValueOrDefault(actor.Person) ?? FrozenDictionary<string, long>.Empty,
            Client = isClient
                ? new ClientFacts(actor.Client!.Value, ActsOf(actor.Scopes), actor.Purposes, actor.Items, Until: null, QuotaLeft: true, actor.MutualTls) { Zones = actor.Zones }
                : null,
        };
    }

    /// <summary>The acts a client's scopes stand for.</summary>
    internal static FrozenSet<Act> ActsOf(IEnumerable<ClientScope> scopes) => scopes.SelectMany(scope => (Act[])(scope switch
    {
        ClientScope.Collect => [Act.Add],
        ClientScope.Import => [Act.Import],
        ClientScope.Find => [Act.Find],
        ClientScope.View => [Act.View],
        ClientScope.Compare => [Act.Compare],
        ClientScope.Correct => [Act.Correct],
        ClientScope.Contact => [Act.Contact],
        ClientScope.Consent => [Act.Consent, Act.Withdraw, Act.Receipts],
        _ => [],
    })).ToFrozenSet();

    private static List<GrantFacts> PostGrants(PersonId person, List<(PostKey Post, UnitReach? Reach)> posts, PolicySnapshot snapshot, long now, long sure)
    {
        return
        [
            .. from held in posts
               from rule in snapshot.Access?.Roles ?? []
               where rule.Post == held.Post
               select new GrantFacts(rule, held.Reach!.Below) { Entity = held.Reach.Entity, OnShift = OnShift(held.Post, held.Reach.Below) },
        ];

        // A shift begins by what is known to have passed and ends by now.
        bool OnShift(PostKey post, IReadOnlySet<UnitId> below) =>
            snapshot.Rosters.OnShift(person, post, below, now) && (sure >= now || snapshot.Rosters.OnShift(person, post, below, sure));
    }

    // The registration was made by an administrator and is authenticated like a post; authorisation, duties, volume and mutual TLS
    // still stand before every clear item.
    private static List<GrantFacts> ClientGrants(Actor actor, List<(PostKey Post, UnitReach? Reach)> posts) =>
    [
        new GrantFacts(
            new RoleRule(ClientPost, ActsOf(actor.Scopes), ClientLevels, Scope.All) { Purposes = actor.Purposes },
            posts.SelectMany(held => held.Reach!.Below).ToHashSet()),
    ];

    // Level 4 takes a second person, over a client as anywhere.
    private static readonly LevelRights ClientLevels = LevelRights.Of("c c c v");

    private static IReadOnlyList<ItemFacts> Limited(IReadOnlyList<ItemFacts> items, AccessPolicy? policy) => policy is not { VolumeLimits.Count: > 0 }
        ? items
        : [.. items.Select(item => policy.VolumeLimits.TryGetValue(item.Item, out var limit) && limit < item.VolumeLimit ? item with { VolumeLimit = limit } : item)];
}
