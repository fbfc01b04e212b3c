using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Spine.Identity;

/// <summary>State of a person, a client or a part of the organisation. Closed is final.</summary>
[JsonConverter(typeof(KebabEnum<MemberState>))]
internal enum MemberState
{
    Active,
    Suspended,
    Closed,
}

/// <summary>Content of the control row <c>entity</c>: a legal entity, handler 处理者 (PIPL 73).</summary>
/// <param name="Name">Registered name; public, so in clear.</param>
/// <param name="Uscc">Unified social credit code, when known.</param>
internal sealed record EntityContent(string Name, string? Uscc, MemberState State);

/// <summary>What a unit is in the tree.</summary>
[JsonConverter(typeof(KebabEnum<UnitKind>))]
internal enum UnitKind
{
    Department,
    Branch,
    HeadOffice,
}

/// <summary>Content of the control row <c>unit</c>: one node of the tree below an entity.</summary>
internal sealed record UnitContent(EntityId Entity, UnitId? Parent, string Name, MemberState State)
{
    public UnitKind Kind { get; init; }

    /// <summary>信息保护责任人 (R8): who answers for the information this unit handles.</summary>
    public PersonId? Responsible { get; init; }

    /// <summary>IANA name of the time zone its rosters are written in; null: that of the unit above, or <see cref="UsualTimeZone"/>.</summary>
    public string? TimeZone { get; init; }

    public const string UsualTimeZone = "Asia/Shanghai";
}

/// <summary>
/// Content of the control row <c>person</c>. Account and display name are personal: they stand sealed, the account also as a
/// keyed hash by which sign-in finds the row. The password hash is sealed under a label that names the person, so
/// it cannot be moved to another row even by someone who holds the row key.
/// </summary>
internal sealed record PersonContent
{
    public required byte[] AccountMac { get; init; }

    /// <summary>Sealed JSON of <see cref="PersonNames"/>.</summary>
    public required byte[] Names { get; init; }

    /// <summary>Sealed verifier of ASP.NET Core Identity's hasher.</summary>
    public required byte[] Password { get; init; }

    /// <summary>The password was set by an administrator and has not been replaced by its owner yet.</summary>
    public required bool MustChangePassword { get; init; }

    /// <summary>UTC milliseconds.</summary>
    public required long PasswordAt { get; init; }

    /// <summary>The start password is the one that <c>strongroom init</c> handed over: it waits for whoever installs, and ends with its first replacement.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FromInit { get; init; }

    /// <summary>One of the two accounts that began the installation (R39): no request stands behind it, and no other way leads here.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Bootstrap { get; init; }

    public required string Locale { get; init; }

    public required MemberState State { get; init; }

    public required IReadOnlyList<HeldPost> Posts { get; init; }

    /// <summary>Second factors; null before the first is enrolled. In this row, so that nobody can take them away and leave the account.</summary>
    public FactorsContent? Factors { get; init; }

    public AccountKind Kind { get; init; }

    /// <summary>The partner a third party works for; a company's name.</summary>
    public string? Partner { get; init; }

    /// <summary>UTC milliseconds, exclusive, at which the employment or assignment ends; null: open.</summary>
    public long? Ends { get; init; }

    /// <summary>Customers in one operation at most (R42); null: no ceiling of this account's own.</summary>
    public int? RowCeiling { get; init; }

    /// <summary>The account request it was made by; null: made by an administrator directly.</summary>
    public AccountRequestId? Request { get; init; }

    /// <summary>UTC milliseconds of the last change of state; 0 in rows from before it was kept.</summary>
    public long Since { get; init; }

    /// <summary>In use now: active, and the employment has not ended.</summary>
    public bool IsActive(long now) => State == MemberState.Active && (Ends is not { } end || now < end);
}

/// <summary>Whose account it is (R39). System accounts are API clients, registered with an owner.</summary>
[JsonConverter(typeof(KebabEnum<AccountKind>))]
internal enum AccountKind
{
    Employee,

    /// <summary>Works for a partner: named, with an end and a ceiling of customers in one operation (R42).</summary>
    ThirdParty,

    /// <summary>Runs systems and never holds a post that works on customers.</summary>
    Operations,
}

internal sealed record PersonNames(string Account, string Display);

/// <summary>One live bearer token of a client: two overlap while a rotation is under way.</summary>
/// <param name="Hash">Keyed hash of the secret; the secret itself is shown once and kept nowhere.</param>
/// <param name="Until">UTC milliseconds; the end of the overlap, or of the client's term.</param>
internal sealed record TokenContent(byte[] Hash, long Created, long Until);

/// <summary>Content of the control row <c>client</c> (R43).</summary>
internal sealed record ClientContent
{
    public required string Name { get; init; }

    public required PersonId Owner { get; init; }

    public required MemberState State { get; init; }

    public required IReadOnlyList<ClientScope> Scopes { get; init; }

    /// <summary>Scopes that a review's deadline put to rest: it may do none of them, and they come back only from here. Null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IReadOnlyList<ClientScope>? Resting { get; init; }

    public required IReadOnlyList<PurposeKey> Purposes { get; init; }

    /// <summary>Null: every item its purposes allow.</summary>
    public IReadOnlyList<ItemKey>? Items { get; init; }

    public required IReadOnlyList<FormKey> Forms { get; init; }

    public required IReadOnlyList<ChannelId> Channels { get; init; }

    public required int PerMinute { get; init; }

    public required int PerDay { get; init; }

    /// <summary>CIDR prefixes it may call from; empty: any address.</summary>
    public required IReadOnlyList<string> Networks { get; init; }

    /// <summary>Network zones that need a permit and from which it may call all the same; from any other zone it may anyway.</summary>
    public IReadOnlyList<string> Zones { get; init; } = [];

    /// <summary>SHA-256 of the certificates it may present for mutual TLS, lower hex.</summary>
    public required IReadOnlyList<string> Certificates { get; init; }

    /// <summary>SHA-256 of the public keys (SubjectPublicKeyInfo) its certificates may have, lower hex. With certificates named too, both must fit.</summary>
    public IReadOnlyList<string> PublicKeys { get; init; } = [];

    /// <summary>UTC milliseconds; 0 in rows from before it was kept.</summary>
    public long Registered { get; init; }

    /// <summary>UTC milliseconds; every client ends.</summary>
    public required long Expires { get; init; }

    public required IReadOnlyList<TokenContent> Tokens { get; init; }
}
