using System.Text.Json.Serialization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Monitoring;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Reviews;

/// <summary>What kind of right somebody holds.</summary>
[JsonConverter(typeof(KebabEnum<RightKind>))]
internal enum RightKind
{
    /// <summary>A post in a unit, with what its roles let it do.</summary>
    Post,

    /// <summary>A standing use authorisation; everyone in the post, or the system, holds it.</summary>
    Authorisation,

    /// <summary>A place on a controlled list: sees customers that others do not.</summary>
    List,

    /// <summary>A scope of an API client; its owner answers for the client and decides nothing about it.</summary>
    Scope,
}

/// <summary>One right as it stands: ids and machine names only.</summary>
/// <param name="Level">The highest level it opens or shows.</param>
/// <param name="Until">UTC milliseconds, exclusive; null: until further notice.</param>
internal sealed record HeldRight(RightKind Kind, Level Level, long? Until)
{
    /// <summary>Null: not one person's.</summary>
    public PersonId? Person { get; init; }

    public EntityId? Entity { get; init; }

    public UnitId? Unit { get; init; }

    public PostKey? Post { get; init; }

    public ClientId? Client { get; init; }

    public ClientScope? Scope { get; init; }

    public AuthorisationId? Authorisation { get; init; }

    public CustomerListId? List { get; init; }

    public PurposeKey? Purpose { get; init; }

    public IReadOnlyList<ItemKey> Items { get; init; } = [];

    /// <summary>What its roles let somebody do to customers.</summary>
    public IReadOnlyList<Act> Acts { get; init; } = [];

    /// <summary>UTC milliseconds since when it is held; null: not known.</summary>
    public long? From { get; init; }
}

/// <summary>When and how often a right was used.</summary>
/// <param name="Last">UTC milliseconds; null: never since counts are kept.</param>
/// <param name="Count">In the period asked about.</param>
internal sealed record RightUse(long? Last, long Count)
{
    public static readonly RightUse Never = new(null, 0);
}

internal sealed record UsedRight(HeldRight Right, RightUse Use);

/// <summary>All rights of the installation at one instant, and who answers for them.</summary>
internal sealed record RightsNow(IReadOnlyList<HeldRight> Rights, ReviewerBook Reviewers);

/// <summary>Reads who holds what out of the same rows the decision reads, and how it was used out of the counts (R34, R36).</summary>
internal sealed class RightsBook(
    Database database, Members members, ControlStore control, IPolicySnapshots policies, IItemWeights weights, IRouteFacts routes, ClientUsage clientUsage, MonitoringOptions options, TimeProvider time)
{
    private const int PeopleAtOnce = 100;

    public async Task<RightsNow> NowAsync(CancellationToken ct)
    {
        var snapshot = await policies.CurrentAsync(ct);
        var items = await weights.NowAsync(ct);
        var (people, units, lists, clients) = await database.ReadAsync(async tx => (
            await members.ListAsync<PersonContent>(tx, Members.Person),
            await members.ListAsync<UnitContent>(tx, Members.Unit),
            (await control.ListAsync<CustomerListContent>(tx, CustomerListContent.RowKind)).Rows,
            await members.ListAsync<ClientContent>(tx, Members.Client)), ct);
        var now = time.NowMs();
        var tree = units.ToDictionary(unit => UnitId.From(unit.Id), unit => unit.Content);
        return new RightsNow(
            [.. RightsRules.All(snapshot.Access, people, tree, lists, items, now), .. RightsRules.OfClients(clients, people, tree, items, now)],
            new ReviewerBook(people, tree, now));
    }

    public Task<ReviewerBook> ReviewersAsync(Tx tx) => ReviewersAsync(tx, members, time.NowMs());

    /// <summary>Rights with their use in the last <paramref name="days"/> days, in the order they came; people's counts are read some at a time.</summary>
    public async Task<IReadOnlyList<UsedRight>> WithUseAsync(IReadOnlyList<HeldRight> rights, int days, CancellationToken ct)
    {
        var since = UsageRules.DayOf(time.NowMs(), options.OffsetMinutes) - days;
        var used = new List<UsedRight>(rights.Count);
        if (rights.Any(right => right.Kind == RightKind.Scope))
        {
            await clientUsage.SweepAsync(ct);
        }

        foreach (var some in rights.Chunk(PeopleAtOnce))
        {
            used.AddRange(await database.ReadAsync(async tx =>
            {
                var sums = (await UsageStore.SumsAsync(tx, some.Select(right => right.Person).OfType<PersonId>().Distinct(), since))
                    .ToLookup(sum => PersonId.From(sum.Person));
                var found = new List<UsedRight>(some.Length);
                var scopes = some.Any(right => right.Kind == RightKind.Scope) ? await ClientUsageStore.AllAsync(tx) : [];
                foreach (var right in some)
                {
                    found.Add(new UsedRight(right, right.Kind == RightKind.Scope ? RightsRules.UseOf(right, scopes, time.NowMs() - (days * UsageRules.DayMs)) : await UseAsync(tx, right, sums, since)));
                }

                return found;
            }, ct));
        }

        return used;
    }

    private async Task<RightUse> UseAsync(Tx tx, HeldRight right, ILookup<PersonId, UsageSum> sums, long since)
    {
        if (right.Person is { } person)
        {
            return RightsRules.UseOf(right, sums[person], right.Post is { } post ? routes.OfPost(post) : null);
        }

        var what = right.Authorisation is { } authorisation ? UsageRules.AuthorisationPrefix + authorisation : UsageRules.ListPrefix + right.List;
        var sum = await UsageStore.SumAsync(tx, what, since);
        return new RightUse(sum.Last == 0 ? null : sum.Last, sum.N);
    }

    private static async Task<ReviewerBook> ReviewersAsync(Tx tx, Members members, long now) => new(
        await members.ListAsync<PersonContent>(tx, Members.Person),
        (await members.ListAsync<UnitContent>(tx, Members.Unit)).ToDictionary(unit => UnitId.From(unit.Id), unit => unit.Content),
        now);
}

/// <summary>Who holds what. Pure.</summary>
internal static class RightsRules
{
    public static IReadOnlyList<HeldRight> All(
        AccessPolicy? access, IReadOnlyList<Member<PersonContent>> people, IReadOnlyDictionary<UnitId, UnitContent> units,
        IReadOnlyList<ControlRow<CustomerListContent>> lists, IReadOnlyDictionary<ItemKey, ItemWeight> items, long now) =>
    [
        .. from person in people
           where person.Content.State != MemberState.Closed
           from held in person.Content.Posts
           where held.InForce(now)
           select OfPost(PersonId.From(person.Id), held, access, units),
        .. from authorisation in access?.Authorisations ?? []
           where authorisation.From <= now && now < authorisation.Until
           select new HeldRight(RightKind.Authorisation, Highest(authorisation.Items, items), authorisation.Until)
           {
               Authorisation = authorisation.Id, Post = authorisation.Post, Client = authorisation.Client, Purpose = authorisation.Purpose,
               Items = [.. authorisation.Items.Order()], From = authorisation.From,
           },
        .. from list in lists
           from holder in list.Content.Persons.Select(person => (PersonId?)person).Distinct()
           select new HeldRight(RightKind.List, Level.Sensitive, null) { List = CustomerListId.From(list.Key.Id), Person = holder, Entity = list.Content.Entity },
        .. from list in lists
           from post in list.Content.Posts.Distinct()
           select new HeldRight(RightKind.List, Level.Sensitive, null) { List = CustomerListId.From(list.Key.Id), Post = post, Entity = list.Content.Entity },
    ];

    /// <summary>
    /// What API clients may do at all (R36, R43): one line a scope, with the company of the client's owner. Reading scopes open what the client's items hold.
    /// </summary>
    public static IEnumerable<HeldRight> OfClients(
        IReadOnlyList<Member<ClientContent>> clients, IReadOnlyList<Member<PersonContent>> people, IReadOnlyDictionary<UnitId, UnitContent> units,
        IReadOnlyDictionary<ItemKey, ItemWeight> items, long now)
    {
        var posts = people.ToDictionary(person => PersonId.From(person.Id), person => person.Content.Posts);
        return from client in clients
               where client.Content.State == MemberState.Active && client.Content.Expires > now
               let unit = posts.GetValueOrDefault(client.Content.Owner)?.Where(held => held.InForce(now)).Select(held => (UnitId?)held.Unit).FirstOrDefault()
               from scope in client.Content.Scopes.Distinct()
               select new HeldRight(RightKind.Scope, LevelOf(scope, client.Content.Items, items), client.Content.Expires)
               {
                   Client = ClientId.From(client.Id), Scope = scope, Person = client.Content.Owner, Unit = unit, From = client.Content.Registered,
                   Entity = unit is { } at ? units.GetValueOrDefault(at)?.Entity : null, Items = client.Content.Items ?? [],
               };
    }

    /// <summary>When a client last made use of a scope; how often is not counted, so once or not at all.</summary>
    /// <param name="since">UTC milliseconds.</param>
    public static RightUse UseOf(HeldRight right, IEnumerable<ClientUsed> used, long since) =>
        used.FirstOrDefault(one => one.Client == right.Client && one.Kind == ClientUsageStore.Scope && one.Name == Kebab.Of(right.Scope!.Value)) is { } last
            ? new RightUse(last.At, last.At >= since ? 1 : 0)
            : RightUse.Never;

    private static Level LevelOf(ClientScope scope, IReadOnlyList<ItemKey>? own, IReadOnlyDictionary<ItemKey, ItemWeight> items) => scope switch
    {
        ClientScope.View or ClientScope.Find or ClientScope.Compare or ClientScope.Correct or ClientScope.Contact => own is null ? Level.Critical : Highest(own, items),
        ClientScope.Tickets or ClientScope.Audit => Level.Critical,
        _ => Level.Moderate,
    };

    /// <param name="facts">What only the post's doors write; null: not a post.</param>
    public static RightUse UseOf(HeldRight right, IEnumerable<UsageSum> sums, IReadOnlySet<string>? facts)
    {
        var (last, count) = (0L, 0L);
        foreach (var sum in sums.Where(sum => IsUse(right, sum.What, facts)))
        {
            (last, count) = (Math.Max(last, sum.Last), count + sum.N);
        }

        return new RightUse(last == 0 ? null : last, count);
    }

    private static bool IsUse(HeldRight right, string what, IReadOnlySet<string>? facts) => right.Kind switch
    {
        RightKind.List => what == UsageRules.ListPrefix + right.List,
        _ => what.StartsWith(UsageRules.ActPrefix, StringComparison.Ordinal) && what[UsageRules.ActPrefix.Length..] is var fact
            && (facts?.Contains(fact) == true || right.Acts.Any(act => Kebab.Of(act) == fact)),
    };

    private static HeldRight OfPost(PersonId person, HeldPost held, AccessPolicy? access, IReadOnlyDictionary<UnitId, UnitContent> units)
    {
        var roles = (access?.Roles ?? []).Where(role => role.Post == held.Post).ToList();
        var level = Enum.GetValues<Level>().Where(level => roles.Exists(role => role.Levels.At(level, callerVerified: true) > Right.None)).DefaultIfEmpty(Level.Low).Max();
        return new HeldRight(RightKind.Post, level, held.Until)
        {
            Person = person, Post = held.Post, Unit = held.Unit, Entity = units.GetValueOrDefault(held.Unit)?.Entity, From = held.From,
            Acts = [.. roles.SelectMany(role => role.Acts).Distinct().Order()],
        };
    }

    private static Level Highest(IEnumerable<ItemKey> keys, IReadOnlyDictionary<ItemKey, ItemWeight> items) =>
        keys.Select(key => items.GetValueOrDefault(key)?.Level ?? Level.Critical).DefaultIfEmpty(Level.Low).Max();
}

/// <summary>Who answers for a right: the responsible person of the unit, upwards; the data owners of the company. Never its holder, never an administrator. Pure.</summary>
internal sealed class ReviewerBook
{
    private static readonly PostKey Owner = PostKey.Of("data-owner"), Officer = PostKey.Of("dpo"), Admin = PostKey.Of("admin-4a");

    private readonly Dictionary<PersonId, IReadOnlyList<HeldPost>> here;
    private readonly IReadOnlyDictionary<UnitId, UnitContent> units;
    private readonly ILookup<EntityId, PersonId> owners;
    private readonly List<PersonId> officers;

    public ReviewerBook(IReadOnlyList<Member<PersonContent>> people, IReadOnlyDictionary<UnitId, UnitContent> units, long now)
    {
        this.units = units;
        here = people.Where(person => person.Content.IsActive(now))
            .ToDictionary(person => PersonId.From(person.Id), person => (IReadOnlyList<HeldPost>)[.. person.Content.Posts.Where(held => held.InForce(now))]);
        owners = here.SelectMany(pair => pair.Value.Where(held => held.Post == Owner && units.ContainsKey(held.Unit)).Select(held => (units[held.Unit].Entity, Person: pair.Key)))
            .Distinct().ToLookup(pair => pair.Entity, pair => pair.Person);
        officers = [.. here.Where(pair => pair.Value.Any(held => held.Post == Officer)).Select(pair => pair.Key)];
    }

    /// <summary>Everybody who may decide, whoever comes first in the field first. Empty: nobody may, and the right lapses at the deadline.</summary>
    public IReadOnlyList<PersonId> Of(HeldRight right)
    {
        var asked = Responsible(right.Unit).Concat(right.Entity is { } entity ? owners[entity] : owners.SelectMany(group => group));
        var found = asked.Distinct().Where(person => MayAnswer(person, right)).ToList();
        return found.Count > 0 ? found : [.. officers.Where(person => MayAnswer(person, right))];
    }

    /// <summary>Who oversees what nobody else decided.</summary>
    public IReadOnlyList<PersonId> Officers => officers;

    /// <summary>Whether nobody could decide what rests if this rested too: the last officer, or the last data owner of a company.</summary>
    public bool IsLast(HeldRight right) =>
        (right.Post == Officer && right.Person is not null && officers.All(officer => officer == right.Person))
        || (right.Post == Owner && right is { Person: not null, Entity: { } entity } && owners[entity].All(owner => owner == right.Person));

    /// <summary>The nearest responsible person of a unit; none: nobody is named.</summary>
    public PersonId? ResponsibleFor(UnitId? unit) => Responsible(unit).Where(here.ContainsKey).Select(person => (PersonId?)person).FirstOrDefault();

    /// <summary>The units in which somebody works.</summary>
    public IEnumerable<UnitId> UnitsOf(PersonId person) => here.GetValueOrDefault(person)?.Select(held => held.Unit).Distinct() ?? [];

    /// <summary>Posts of somebody in force.</summary>
    public IReadOnlyList<PostKey> PostsOf(PersonId person) => [.. here.GetValueOrDefault(person)?.Select(held => held.Post).Distinct() ?? []];

    private IEnumerable<PersonId> Responsible(UnitId? unit)
    {
        var seen = new HashSet<UnitId>();
        for (var at = unit; at is { } step && seen.Add(step) && units.TryGetValue(step, out var content); at = content.Parent)
        {
            if (content.Responsible is { } person)
            {
                yield return person;
            }
        }
    }

    private bool MayAnswer(PersonId person, HeldRight right) =>
        person != right.Person && here.TryGetValue(person, out var posts) && posts.All(held => held.Post != Admin)
        && (right.Person is not null || right.Post is not { } post || posts.All(held => held.Post != post));
}
