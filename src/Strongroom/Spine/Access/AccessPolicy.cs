using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Spine.Access;

/// <summary>What a post may see of one level (domain.md §3). Ordered: a later member shows at least as much.</summary>
internal enum Right
{
    /// <summary><c>-</c> nothing.</summary>
    None,

    /// <summary><c>m</c> masked.</summary>
    Masked,

    /// <summary><c>v</c> masked; in clear with an approval by a second person.</summary>
    Vault,

    /// <summary><c>r</c> clear, one item at a time, with recent authentication.</summary>
    Reveal,

    /// <summary><c>c</c> clear when asked.</summary>
    Clear,
}

/// <summary>Where a post's rights reach.</summary>
[JsonConverter(typeof(KebabEnum<Scope>))]
internal enum Scope
{
    /// <summary>The customer of the service session the actor holds now.</summary>
    SessionCustomer,
    OwnStationShift,
    OwnUnit,

    /// <summary>Customers with an open case.</summary>
    OpenCases,

    /// <summary>Customers with an open rights request; the ticket names it.</summary>
    OpenRequests,

    /// <summary>Customers who gave consent for the stated purpose.</summary>
    ConsentedSegment,

    /// <summary>De-identified extracts: never a customer.</summary>
    Extracts,
    OwnData,

    /// <summary>Configuration: never a customer.</summary>
    Configuration,

    /// <summary>Systems: never a customer.</summary>
    Systems,
    Log,
    All,
}

/// <summary>How strongly the actor proved himself. Ordered.</summary>
[JsonConverter(typeof(KebabEnum<Strength>))]
internal enum Strength
{
    None = 0,
    Password = 1,
    SecondFactor = 2,
    Passkey = 3,
}

/// <summary>
/// The rights of a post over the four levels. A higher level never carries more than a lower one (v counts as m: both are
/// masked without an approval); a row that says otherwise is not made, so "stricter never shows more" holds for every policy.
/// </summary>
internal sealed class LevelRights
{
    private readonly Right[] plain;
    private readonly Right[] verified;

    private LevelRights(Right[] plain, Right[] verified) => (this.plain, this.verified) = (plain, verified);

    /// <summary>Four cells for levels 1–4, for example <c>"c m v -"</c>, and what replaces them once the caller is verified.</summary>
    public static LevelRights? TryMake(IReadOnlyList<Right> cells, IReadOnlyDictionary<Level, Right>? whenVerified = null)
    {
        if (cells.Count != 4 || cells.Any(cell => !Enum.IsDefined(cell)))
        {
            return null;
        }

        var lifted = cells.ToArray();
        foreach (var (level, right) in whenVerified ?? new Dictionary<Level, Right>())
        {
            if (!Enum.IsDefined(level) || !Enum.IsDefined(right))
            {
                return null;
            }

            lifted[(int)level - 1] = (Right)Math.Max((int)lifted[(int)level - 1], (int)right);
        }

        return Falls(cells) && Falls(lifted) ? new LevelRights([.. cells], lifted) : null;
    }

    /// <exception cref="FormatException">Not four of c, r, v, m, - in falling order.</exception>
    public static LevelRights Of(string cells, params (Level Level, char Right)[] whenVerified) =>
        TryMake(
            [.. cells.Where(letter => letter != ' ').Select(letter => TryRight(letter) ?? throw new FormatException("A right is c, r, v, m or -."))],
            whenVerified.ToDictionary(pair => pair.Level, pair => TryRight(pair.Right) ?? Right.None))
        ?? throw new FormatException("Rights are four of c, r, v, m, -; a higher level never carries more.");

    public static Right? TryRight(char letter) => letter switch
    {
        'c' => Right.Clear,
        'r' => Right.Reveal,
        'v' => Right.Vault,
        'm' => Right.Masked,
        '-' => Right.None,
        _ => null,
    };

    public Right At(Level level, bool callerVerified) =>
        Enum.IsDefined(level) ? (callerVerified ? verified : plain)[(int)level - 1] : Right.None;

    private static bool Falls(IReadOnlyList<Right> cells)
    {
        static int Rank(Right right) => right == Right.Vault ? (int)Right.Masked : (int)right;
        return Rank(cells[0]) >= Rank(cells[1]) && Rank(cells[1]) >= Rank(cells[2]) && Rank(cells[2]) >= Rank(cells[3]);
    }
}

/// <summary>One rule of a role: post × acts × levels × categories × purposes × scope (R33, R34). Null sets mean all.</summary>
internal sealed record RoleRule(PostKey Post, IReadOnlySet<Act> Acts, LevelRights Levels, Scope Scope)
{
    public IReadOnlySet<Category>? Categories { get; init; }

    public IReadOnlySet<PurposeKey>? Purposes { get; init; }

    /// <summary>Searches an hour; null: no limit of its own.</summary>
    public int? FindsPerHour { get; init; }

    /// <summary>Corrects only what a scene for changes guards: with the customer's code, or with an approval of that scene.</summary>
    public bool OnlyConfirmed { get; init; }
}

/// <summary>A standing use authorisation, approved by the data owner (R45): post (or client) × purpose × items × term.</summary>
/// <param name="From">UTC milliseconds, inclusive.</param>
/// <param name="Until">UTC milliseconds, exclusive; there is always an end.</param>
internal sealed record UseAuthorisation(
    AuthorisationId Id,
    PostKey? Post,
    ClientId? Client,
    PurposeKey Purpose,
    IReadOnlySet<ItemKey> Items,
    long From,
    long Until)
{
    public bool Covers(PostKey post, ClientId? client, PurposeKey purpose, ItemKey item, long now) =>
        (Client is { } named ? named == client && Post is null : Post == post)
        && Purpose == purpose && From <= now && now < Until && Items.Contains(item);
}

/// <summary>Clear items from <paramref name="Level"/> up need this strength, proved at most <paramref name="MaxAgeMs"/> ago.</summary>
internal sealed record FactorRule(Level Level, Strength Strength, long? MaxAgeMs);

/// <summary>All administration needs this strength, proved at most <paramref name="MaxAgeMs"/> ago; null: in this session.</summary>
internal sealed record AdministerRule(Strength Strength, long? MaxAgeMs);

/// <summary>These acts need this strength, proved at most <paramref name="MaxAgeMs"/> ago, whatever the items.</summary>
internal sealed record ActProofRule(IReadOnlySet<Act> Acts, Strength Strength, long? MaxAgeMs);

/// <summary>Clear items from <paramref name="Level"/> up need this duty in force (R76, R81). Null posts: everyone.</summary>
internal sealed record DutyRule(string Duty, Level Level, IReadOnlySet<PostKey>? Posts);

/// <summary>Clear items from <paramref name="Level"/> up open only in these network zones (R44).</summary>
internal sealed record ZoneRule(Level Level, IReadOnlySet<string> Zones);

/// <summary>A window in which a post works; a post no window names has no hours.</summary>
/// <param name="FromMinute">Minute of the local day, inclusive; may lie after the end for a night shift.</param>
/// <param name="OffsetMinutes">Local time's distance from UTC.</param>
internal sealed record HoursRule(PostKey Post, IReadOnlySet<DayOfWeek> Days, int FromMinute, int UntilMinute, int OffsetMinutes)
{
    /// <summary>Whether the window is open; a night shift belongs to the day on which it begins. An instant outside the calendar is not.</summary>
    public bool Holds(long nowMs)
    {
        var local = nowMs + (OffsetMinutes * 60_000L);
        if (local is < 0 or > 253_402_300_799_999)
        {
            return false;
        }

        var at = Instants.At(local);
        var minute = (at.Hour * 60) + at.Minute;
        return FromMinute <= UntilMinute
            ? Days.Contains(at.DayOfWeek) && FromMinute <= minute && minute < UntilMinute
            : (Days.Contains(at.DayOfWeek) && minute >= FromMinute)
                || (Days.Contains((DayOfWeek)(((int)at.DayOfWeek + 6) % 7)) && minute < UntilMinute);
    }
}

/// <summary>What a controlled list keeps from everybody it does not name.</summary>
[JsonConverter(typeof(KebabEnum<ListEffect>))]
internal enum ListEffect
{
    /// <summary>Nothing of the customer in clear.</summary>
    Masked,

    /// <summary>The customer: for others he is not there.</summary>
    Hidden,
}

/// <summary>An access control list over customers (R35): VIP, staff, litigation. Being on it replaces no right; not being on it takes rights away.</summary>
internal sealed record ControlledList(ListEffect Effect, IReadOnlySet<PersonId> Persons, IReadOnlySet<PostKey> Posts, IReadOnlySet<ClientId> Clients)
{
    /// <param name="posts">Posts of the actor that have a say in the customer's legal entity.</param>
    public bool Names(ActorFacts actor, IEnumerable<PostKey> posts) => actor.Client is { } client
        ? Clients.Contains(client.Id)
        : Persons.Contains(actor.Person) || posts.Any(Posts.Contains);
}

/// <summary>
/// Everything of one configuration epoch that the decision needs. It is made only from rows that loaded in full;
/// where it could not be made the question carries null, and that is a deny.
/// </summary>
internal sealed record AccessPolicy
{
    /// <summary>Used where no factor row says otherwise (R37): a second factor for level 3 and a passkey for level 4, proved within the last ten minutes.</summary>
    public static readonly IReadOnlyList<FactorRule> DefaultFactors =
        [new(Level.Sensitive, Strength.SecondFactor, 10 * 60_000), new(Level.Critical, Strength.Passkey, 10 * 60_000)];

    /// <summary>The same for administration: a passkey within the last half hour.</summary>
    public static readonly AdministerRule DefaultAdminister = new(Strength.Passkey, 30 * 60_000);

    /// <summary>Acts that take two people whoever asks; a scene can add to these, never take away.</summary>
    public static readonly IReadOnlySet<Act> DefaultTwoPerson = new HashSet<Act> { Act.Export, Act.Print, Act.Transfer, Act.Share, Act.Destroy };

    public long Epoch { get; init; }

    public IReadOnlyList<RoleRule> Roles { get; init; } = [];

    public IReadOnlyList<UseAuthorisation> Authorisations { get; init; } = [];

    public IReadOnlyList<FactorRule> Factors { get; init; } = DefaultFactors;

    public AdministerRule Administer { get; init; } = DefaultAdminister;

    public IReadOnlyList<ActProofRule> ActProofs { get; init; } = [];

    public IReadOnlyList<DutyRule> Duties { get; init; } = [];

    public IReadOnlyList<ZoneRule> Zones { get; init; } = [];

    /// <summary>Which addresses lie in which zone, and what may be done from there.</summary>
    public NetworkPlan Networks { get; init; } = NetworkPlan.None;

    public IReadOnlyList<HoursRule> Hours { get; init; } = [];

    public IReadOnlySet<Act> TwoPerson { get; init; } = DefaultTwoPerson;

    public IReadOnlyList<SceneRule> Scenes { get; init; } = [];

    /// <summary>Controlled lists of customers. One that a customer is on and that is not here did not load: nobody sees him.</summary>
    public IReadOnlyDictionary<CustomerListId, ControlledList> Lists { get; init; } = FrozenDictionary<CustomerListId, ControlledList>.Empty;

    /// <summary>People about whom an alert is open that demands a second person for clear text (R52).</summary>
    public IReadOnlySet<PersonId> Watched { get; init; } = FrozenSet<PersonId>.Empty;

    /// <summary>Smaller volume limits than the catalogue's.</summary>
    public IReadOnlyDictionary<ItemKey, int> VolumeLimits { get; init; } = new Dictionary<ItemKey, int>();

    /// <summary>Clear items of this level and above leave over an API client only with mutual TLS; null switches it off.</summary>
    public Level? ClientMutualTlsFrom { get; init; } = Level.Sensitive;
}
