using System.Collections.Frozen;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Store.Compartments;
using Strongroom.Store.Customers;

namespace Strongroom.Use.Asking;

/// <summary>One value a customer has, as it was read: still sealed.</summary>
internal sealed record HeldItem(RecordSnapshot Record, SealedItem Value, ItemKnown Known);

/// <summary>From rows to the question of the one decision. Pure and total: what is missing stays missing, and missing never helps.</summary>
internal static class AccessFacts
{
    /// <summary>The grant of an API client stands under this name; no person can hold it.</summary>
    public static readonly PostKey ClientPost = PostKey.Of("api-client");

    /// <summary>Record type of complaints and requests; an open one lets complaints staff in.</summary>
    public static readonly RecordTypeKey CaseRecord = RecordTypeKey.Of("case");

    /// <summary>A system takes what its authorisations name at once; the highest level still takes a second person.</summary>
    private static readonly LevelRights ClientRights = LevelRights.Of("c c c v");

    private static readonly FrozenDictionary<ClientScope, Act> ScopeActs = new Dictionary<ClientScope, Act>
    {
        [ClientScope.View] = Act.View,
        [ClientScope.Find] = Act.Find,
        [ClientScope.Compare] = Act.Compare,
        [ClientScope.Correct] = Act.Correct,
        [ClientScope.Contact] = Act.Contact,
        [ClientScope.Collect] = Act.Add,
        [ClientScope.Import] = Act.Import,
    }.ToFrozenDictionary();

    /// <param name="ownerPosts">Posts of an API client's owner: they say which legal entity it works for, and nothing else.</param>
    /// <param name="duties">Duties in force; a client's are its owner's.</param>
    public static ActorFacts Of(Actor actor, Knowledge knowledge, IReadOnlyList<HeldPost> ownerPosts, IReadOnlyDictionary<string, long> duties, long now)
    {
        var held = actor.Kind == ActorKind.Client ? ownerPosts : actor.Posts;
        var inForce = held.Where(post => post.InForce(now) && knowledge.Organisation.EntityOf(post.Unit) is not null).ToList();
        return new ActorFacts
        {
            Person = actor.Person,
            Active = !actor.IsAnonymous && !actor.MustChangePassword,
            Grants = actor.Kind == ActorKind.Client ? [OfClient(actor)] : [.. inForce.SelectMany(post => OfPost(post, knowledge))],
            Entities = inForce.Select(post => knowledge.Organisation.EntityOf(post.Unit)).OfType<EntityId>().ToHashSet(),
            Strength = (Strength)(int)actor.Strength,
            StrengthAt = actor.StrengthAt,
            Zone = actor.Zone,
            Duties = duties,
            Client = actor is { Kind: ActorKind.Client, Client: { } id }
                ? new ClientFacts(id, ActsOf(actor), actor.Purposes, actor.Items, Until: null, QuotaLeft: true, actor.MutualTls)
                : null,
        };
    }

    public static CustomerFacts Of(CustomerSnapshot customer, bool minor) => new(customer.Id, customer.Entity, customer.State)
    {
        Consents = customer.Consents.ToDictionary(pair => pair.Key, pair => new ConsentFacts(pair.Value.State, pair.Value.Until)),
        Minor = minor,
        OpenCase = customer.Records.Any(record => record.Type == CaseRecord && record.State == LifeState.Active),
    };

    /// <param name="collected">The purposes of the item's intake; null when it is unknown.</param>
    public static ItemFacts Of(ItemKnown item, RecordSnapshot record, IReadOnlySet<PurposeKey>? collected, Knowledge knowledge, PurposeKey? purpose) => item.Facts with
    {
        Record = new RecordFacts(record.Id, record.Entity, record.State),
        CollectedFor = collected ?? FrozenSet<PurposeKey>.Empty,
        Purposes = record.State == LifeState.Archived && purpose is { } asked && !IsKeptFor(item.Definition.Key, asked, knowledge)
            ? item.Facts.Purposes.Where(other => other != asked).ToFrozenSet()
            : item.Facts.Purposes,
    };

    /// <summary>
    /// Values that lie with the sensitive ones although their level is lower belong to a child under 14: intake puts them there
    /// (PIPL 28). It shows only where the sensitive compartment was read.
    /// </summary>
    public static bool IsMinor(CustomerSnapshot customer, Knowledge knowledge) => customer.Records.Any(record => record.Items.Any(item =>
        item.Compartment == Compartment.Sensitive && knowledge.Item(item.Key) is { } known && known.Definition.Level.Compartment() == Compartment.General));

    /// <summary>The values asked for, in the order of the records.</summary>
    /// <param name="records">Null: all.</param>
    /// <param name="items">Null: all the catalogue knows.</param>
    public static IReadOnlyList<HeldItem> Held(
        CustomerSnapshot customer, Knowledge knowledge, IReadOnlySet<RecordId>? records, IReadOnlySet<ItemKey>? items) =>
        [.. from record in customer.Records
            where records?.Contains(record.Id) != false
            from item in record.Items
            where items?.Contains(item.Key) != false
            let known = knowledge.Item(item.Key)
            where known is not null
            select new HeldItem(record, item, known)];

    /// <summary>A legal duty that names its items keeps only those (domain.md §2).</summary>
    private static bool IsKeptFor(ItemKey item, PurposeKey purpose, Knowledge knowledge) =>
        knowledge.Catalogue.Purpose(purpose) is not { DutyItems: { Count: > 0 } kept } || kept.Contains(item);

    private static IEnumerable<GrantFacts> OfPost(HeldPost post, Knowledge knowledge)
    {
        var units = knowledge.Organisation.WithBelow(post.Unit);
        return knowledge.RolesOf(post.Post).Select(rule => new GrantFacts(rule, units));
    }

    private static GrantFacts OfClient(Actor client) => new(
        new RoleRule(ClientPost, ActsOf(client), ClientRights, Scope.All) { Purposes = client.Purposes }, FrozenSet<UnitId>.Empty);

    private static HashSet<Act> ActsOf(Actor client) =>
        [.. client.Scopes.Where(ScopeActs.ContainsKey).Select(scope => ScopeActs[scope])];
}
