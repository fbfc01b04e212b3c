using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Tests.Spine.Access;

/// <summary>One customer, the posts of domain.md §3, and questions in which everything is in order unless a test spoils it.</summary>
internal static class Scene
{
    public const long Now = 1_800_000_000_000;

    public static readonly EntityId Airline = EntityId.New();
    public static readonly EntityId Hotel = EntityId.New();
    public static readonly UnitId Desk = UnitId.New();
    public static readonly PersonId Agent = PersonId.New();
    public static readonly CustomerId Customer = CustomerId.New();
    public static readonly PurposeKey Fulfil = PurposeKey.Of("fulfil");
    public static readonly PurposeKey Market = PurposeKey.Of("market");
    public static readonly PurposeKey Authority = PurposeKey.Of("authority");
    public static readonly PurposeKey Safety = PurposeKey.Of("safety");
    public static readonly RecordFacts Booking = new(RecordId.New(), Airline, LifeState.Active) { Unit = Desk };

    public static readonly IReadOnlyDictionary<PurposeKey, PurposeFacts> Purposes = new[]
    {
        new PurposeFacts(Fulfil, [LegalBasis.Contract]),
        new PurposeFacts(Market, [LegalBasis.Consent]),
        new PurposeFacts(Authority, [LegalBasis.LegalDuty]),
        new PurposeFacts(Safety, [LegalBasis.VitalInterest]),
    }.ToDictionary(purpose => purpose.Key);

    private static readonly HashSet<Act> Work = [Act.View, Act.Find, Act.Compare, Act.Contact, Act.Correct];

    public static readonly ItemFacts Low = Item("seat", Level.Low);
    public static readonly ItemFacts Moderate = Item("name", Level.Moderate);
    public static readonly ItemFacts Sensitive = Item("id_no", Level.Sensitive);
    public static readonly ItemFacts Critical = Item("id_image", Level.Critical);
    public static readonly ItemFacts[] OnePerLevel = [Low, Moderate, Sensitive, Critical];

    /// <summary>domain.md §3, row by row.</summary>
    public static readonly IReadOnlyDictionary<string, RoleRule> Posts = new[]
    {
        Role("call-agent", "c m v -", Scope.SessionCustomer, finds: 60, (Level.Moderate, 'c'), (Level.Sensitive, 'r')),
        Role("outsourced-agent", "c m v -", Scope.SessionCustomer, finds: 30),
        Role("counter", "c c r v", Scope.OwnStationShift),
        Role("back-office", "c c r v", Scope.OwnUnit),
        Role("shift-lead", "c c r v", Scope.OwnUnit),
        Role("complaints", "c c r v", Scope.OpenCases),
        Role("rights-desk", "c r r v", Scope.OpenRequests),
        Role("marketing", "m m - -", Scope.ConsentedSegment),
        Role("analyst", "- - - -", Scope.Extracts),
        Role("data-owner", "c m m -", Scope.OwnData),
        Role("admin-4a", "- - - -", Scope.Configuration) with { Acts = new HashSet<Act> { Act.Administer } },
        Role("operations", "- - - -", Scope.Systems) with { Acts = new HashSet<Act> { Act.Administer } },
        Role("auditor", "m m m -", Scope.Log),
        Role("dpo", "m m v v", Scope.All),
    }.ToDictionary(role => role.Post.Value);

    public static readonly AccessPolicy Policy = new()
    {
        Epoch = 1,
        Roles = [.. Posts.Values],
        Authorisations = [.. Posts.Values.SelectMany(role => Purposes.Keys.Select(purpose => new UseAuthorisation(
            AuthorisationId.New(), role.Post, null, purpose, OnePerLevel.Select(item => item.Item).ToHashSet(), 0, long.MaxValue)))],
    };

    public static GrantFacts Grant(string post) => new(Posts[post], new HashSet<UnitId> { Desk });

    public static ItemFacts Item(string key, Level level, Mark mark = Mark.None) =>
        new(Booking, ItemKey.Of(key), level, Category.Identity, mark)
        {
            Purposes = Purposes.Keys.ToHashSet(),
            CollectedFor = new HashSet<PurposeKey> { Fulfil, Market },
        };

    /// <summary>A view of one item per level by a person who holds the posts, with everything in order.</summary>
    public static AccessQuestion View(params string[] posts) => new()
    {
        Policy = Policy,
        Act = Act.View,
        Actor = new ActorFacts
        {
            Person = Agent,
            Active = true,
            Grants = [.. posts.Select(Grant)],
            Entities = new HashSet<EntityId> { Airline },
            Strength = Strength.Passkey,
            StrengthAt = Now - 60_000,
            Zone = "office",
        },
        Customer = new CustomerFacts(Customer, Airline, LifeState.Active)
        {
            Units = new HashSet<UnitId> { Desk },
            OpenCase = true,
            Consents = new Dictionary<PurposeKey, ConsentFacts>
            {
                [Market] = new(ConsentState.SeparateGiven, null),
                [Fulfil] = new(ConsentState.Acknowledged, null),
            },
        },
        Purpose = Fulfil,
        PurposeKnown = Purposes[Fulfil],
        Items = OnePerLevel,
        Session = new ServiceFacts(Customer, Agent, Verified: false, Now + 600_000),
        HasTicket = true,
        Volume = new VolumeFacts(0, 1, new Dictionary<int, int>()),
        Now = Now,
    };

    public static AccessQuestion For(this AccessQuestion question, PurposeKey purpose) =>
        question with { Purpose = purpose, PurposeKnown = Purposes.GetValueOrDefault(purpose) };

    /// <summary>Only these items, all wanted in clear.</summary>
    public static AccessQuestion Clear(this AccessQuestion question, params ItemFacts[] items) =>
        question with { Items = items, Clear = items.Select(item => item.Item).ToHashSet() };

    public static AccessQuestion Verified(this AccessQuestion question) =>
        question with { Session = question.Session! with { Verified = true } };

    public static AccessQuestion Actor(this AccessQuestion question, Func<ActorFacts, ActorFacts> change) =>
        question with { Actor = change(question.Actor!) };

    public static AccessQuestion Whom(this AccessQuestion question, Func<CustomerFacts, CustomerFacts> change) =>
        question with { Customer = change(question.Customer!) };

    public static AccessQuestion Rules(this AccessQuestion question, Func<AccessPolicy, AccessPolicy> change) =>
        question with { Policy = change(question.Policy!) };

    /// <summary>An approval by a second person that covers exactly this question.</summary>
    public static ApprovalFacts Approval(this AccessQuestion question) => new(
        ApprovalId.New(),
        Agent,
        question.Act!.Value,
        new HashSet<CustomerId> { Customer },
        question.Purpose!.Value,
        question.Items.Select(item => item.Item).ToHashSet(),
        Usable: true,
        Now + 3_600_000);

    private static RoleRule Role(string post, string levels, Scope scope, int? finds = null, params (Level Level, char Right)[] verified) =>
        new(PostKey.Of(post), Work, LevelRights.Of(levels, verified), scope) { FindsPerHour = finds };
}
