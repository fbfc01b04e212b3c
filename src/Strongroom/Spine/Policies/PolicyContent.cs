using System.Text.Json;
using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Policies;

/// <summary>What the rules of a policy row are about.</summary>
[JsonConverter(typeof(KebabEnum<PolicyKind>))]
internal enum PolicyKind
{
    /// <summary>What a post may do: gives rights.</summary>
    Role,

    /// <summary>Standing use authorisations: give rights.</summary>
    Authorisation,

    /// <summary>Which acts can be approved, and by whom: gives rights.</summary>
    Approval,

    /// <summary>Acts that take two people.</summary>
    Scene,

    /// <summary>Duties no one person may hold together.</summary>
    Conflict,

    /// <summary>Network zones and hours.</summary>
    Zone,

    /// <summary>Training, agreements and the like that clear text needs.</summary>
    Duty,

    /// <summary>Strength and age of authentication.</summary>
    Factor,

    /// <summary>Customers per operation and day.</summary>
    Volume,

    /// <summary>How long accounts may lie idle.</summary>
    Account,

    /// <summary>Which addresses lie in which network zone, and what may be done from there.</summary>
    Network,

    /// <summary>Which posts work by roster, and with how much grace.</summary>
    Roster,
}

/// <summary>A versioned policy row: <c>{v, kind, id, rules: […]}</c> (architecture.md, Shapes). A field nobody knows: not loaded.</summary>
/// <param name="V">Version of this form: 1.</param>
/// <param name="Id">Name of the row, unique within its kind.</param>
internal sealed record PolicyContent(int V, PolicyKind Kind, string Id, IReadOnlyList<JsonElement> Rules)
{
    public const int Form = 1;

    /// <summary>The row's name over all kinds, and the key of its control row.</summary>
    public string Path => $"{Kebab.Of(Kind)}/{Id}";

    public ControlKey Key => KeyOf(Path);

    public static ControlKey KeyOf(string path) => ControlKey.Named(PolicyStore.Kind, path);

    public static PolicyContent Of<T>(PolicyKind kind, string id, params IReadOnlyList<T> rules) =>
        new(Form, kind, id, [.. rules.Select(rule => JsonSerializer.SerializeToElement(rule, ControlRows.Json))]);
}

/// <summary>A rule of kind role: one line of domain.md §3. Levels: <c>{"1":"c","2":"m","3":"v","4":"-"}</c>.</summary>
/// <param name="Verified">Rights that replace those of <paramref name="Levels"/> once the caller is verified.</param>
/// <param name="Operating">Works on customers; the data protection officer may hold none of these.</param>
/// <param name="Administers">Manages accounts and configuration.</param>
/// <param name="OnlyConfirmed">Corrects only what a scene for changes guards, with the customer's code or that scene's approval.</param>
/// <param name="Guarded">Giving this post takes two administrators; some posts always do (<see cref="Identity.PostFacts"/>).</param>
internal sealed record RoleRow(
    PostKey Post,
    IReadOnlyList<Act> Acts,
    IReadOnlyDictionary<string, string> Levels,
    Scope Scope,
    IReadOnlyDictionary<string, string>? Verified = null,
    IReadOnlyList<Category>? Categories = null,
    IReadOnlyList<PurposeKey>? Purposes = null,
    int? FindsPerHour = null,
    bool Operating = true,
    bool Administers = false,
    bool Guarded = false,
    bool OnlyConfirmed = false);

/// <summary>A rule of kind authorisation; exactly one of post and client. <paramref name="Approval"/> is the evidence.</summary>
internal sealed record AuthorisationRow(
    AuthorisationId Id, PurposeKey Purpose, IReadOnlyList<ItemKey> Items, long From, long Until, PostKey? Post = null, ClientId? Client = null, ApprovalId? Approval = null);

/// <summary>A rule of kind approval (R41, R45): who decides requests for an act, in which order, within how long, and what it is good for.</summary>
/// <param name="Approvers">One step by any of these posts in the requester's legal entity; empty where <paramref name="Steps"/> says it.</param>
/// <param name="LongestMs">The latest end of a request, counted from when it was made.</param>
/// <param name="Uses">How often the approved act may be done; for an act on customers, how often for each of them.</param>
/// <param name="Escalation">Null: the request waits for any of the step until its end.</param>
/// <param name="CoOperator">What the second person must bring besides the post; null: nothing.</param>
/// <param name="Modes">Ways in which the approval may be given; null: on the approver's own device.</param>
/// <param name="Booked">It may be asked for in advance, and then begins later.</param>
/// <param name="Customers">Customers in one request at most; null: as many as any request.</param>
internal sealed record ApprovalRow(
    string Act, IReadOnlyList<PostKey> Approvers, long LongestMs, int Uses = 1,
    IReadOnlyList<ApprovalStepRow>? Steps = null, EscalationRow? Escalation = null, CoOperatorRow? CoOperator = null,
    IReadOnlyList<SceneMode>? Modes = null, bool Booked = false, int? Customers = null)
{
    private static readonly SceneMode[] Usual = [SceneMode.Remote];

    public IReadOnlyList<SceneMode> ModesInOrder() => Modes ?? Usual;

    /// <summary>The steps in their order.</summary>
    public IReadOnlyList<ApprovalStepRow> InOrder() => Steps ?? [new ApprovalStepRow([.. Approvers.Select(post => new ApproverRow(post))])];
}

/// <summary>One step: so many different people, each of whom one of the descriptions fits.</summary>
/// <param name="WithinMs">How long the step waits, from when it began; null: until the request ends.</param>
internal sealed record ApprovalStepRow(IReadOnlyList<ApproverRow> Who, int Count = 1, long? WithinMs = null);

/// <summary>Who may decide: by post, by duty, or both, and where the post must be held relative to the requester's unit.</summary>
internal sealed record ApproverRow(PostKey? Post = null, string? Duty = null, ApproverUnit Unit = ApproverUnit.Entity);

/// <summary>Where an approver stands. Always in the requester's legal entity.</summary>
[JsonConverter(typeof(KebabEnum<ApproverUnit>))]
internal enum ApproverUnit
{
    Entity,

    /// <summary>The requester's unit.</summary>
    Own,

    /// <summary>The requester's unit or one above it.</summary>
    OwnOrAbove,

    /// <summary>Neither the requester's unit nor one above or below it.</summary>
    Other,
}

/// <summary>No answer: first only whom the requester asked, then everyone of the step, then the lead too, then expired. Never allowed.</summary>
/// <param name="NextMs">After this everyone of the step may answer.</param>
/// <param name="LeadMs">After this the lead may as well.</param>
/// <param name="ExpireMs">After this nobody may.</param>
internal sealed record EscalationRow(long NextMs, long LeadMs, long ExpireMs, ApproverRow Lead);

/// <summary>A co-operator 协同人 (domain.md §4): never a third party, never somebody below the requester.</summary>
/// <param name="Strength">At least this proof of himself, at most <paramref name="MaxAgeMs"/> old.</param>
/// <param name="OnDuty">He must be on duty now.</param>
/// <param name="AtLeast">So many who could decide must be on duty when it is asked for, or nobody is asked.</param>
/// <param name="Signs">He signs the approval's digest with a passkey.</param>
internal sealed record CoOperatorRow(Strength Strength, long MaxAgeMs, bool OnDuty = true, int AtLeast = 1, bool Signs = false)
{
    /// <summary>As many as shipped rules ask for (domain.md §4): one is on leave, and the other still does not approve alone out of habit.</summary>
    public const int Usual = 2;
}

/// <param name="Between">Post keys, or <c>any-operating</c>.</param>
internal sealed record ConflictRow(string Key, string Zh, string En, IReadOnlyList<string> Between);

/// <summary>Either zones for a level, or hours for a post.</summary>
internal sealed record ZoneRow(
    Level? Level = null, IReadOnlyList<string>? Zones = null,
    PostKey? Post = null, IReadOnlyList<int>? Days = null, int FromMinute = 0, int UntilMinute = 1_440, int OffsetMinutes = 480);

/// <summary>A network zone (R44): <c>office</c>, <c>branch.&lt;unit&gt;</c>, <c>vpn</c>, <c>internet</c> (whatever no prefix names) or another name.</summary>
/// <param name="Prefixes">CIDR, IPv4 and IPv6; empty where the zone waits for its networks.</param>
/// <param name="Clear">The highest level in clear; null: none.</param>
/// <param name="Acts">What may be done with customers; null: whatever rights allow.</param>
/// <param name="Remote">People need a permit with an end.</param>
internal sealed record NetworkRow(
    string Zone, IReadOnlyList<string> Prefixes, Level? Clear = null, IReadOnlyList<Act>? Acts = null, bool Administer = false, bool Remote = false);

/// <summary>A post whose holders open nothing in clear outside their shifts (R44).</summary>
/// <param name="EarlyMinutes">Grace before a shift.</param>
/// <param name="LateMinutes">Grace after it, to finish what is open.</param>
internal sealed record RosterRow(PostKey Post, int EarlyMinutes = 15, int LateMinutes = 15);

internal sealed record DutyRow(string Duty, Level Level = Level.Low, IReadOnlyList<PostKey>? Posts = null);

/// <param name="Level">Clear items from this level up; null: the acts, or administration where none are named.</param>
/// <param name="Acts">Acts that need this proof as a whole, whatever the items.</param>
/// <param name="ClientMutualTls">False switches mutual TLS for clients off, for every level.</param>
internal sealed record FactorRow(Strength Strength, Level? Level = null, long? MaxAgeMs = null, bool ClientMutualTls = true, IReadOnlyList<Act>? Acts = null);

/// <param name="DormantDays">An account nobody used for so long suspends itself; the shortest of all rows counts.</param>
/// <param name="StartPasswordHours">How long a start password signs in; the shortest of all rows counts.</param>
/// <param name="ReviewHours">The least time that reviewers of rights are given; the longest of all rows counts.</param>
internal sealed record AccountRow(
    int DormantDays, int StartPasswordHours = PolicySnapshot.UsualStartPasswordHours, int ReviewHours = PolicySnapshot.UsualReviewHours);

/// <summary>A smaller limit for items than the catalogue gives them.</summary>
internal sealed record VolumeRow(int Limit, IReadOnlyList<ItemKey> Items);
