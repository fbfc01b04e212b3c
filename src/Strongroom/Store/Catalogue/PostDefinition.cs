using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

/// <summary>What a post sees of a level. Ordered from most to least shown.</summary>
internal enum PostRight
{
    /// <summary>c: clear on open.</summary>
    Clear,

    /// <summary>r: clear, one item at a time.</summary>
    Reveal,

    /// <summary>v: masked; clear by vault.</summary>
    Vault,

    /// <summary>m: masked.</summary>
    Masked,

    /// <summary>-: nothing.</summary>
    Nothing,
}

internal enum PostScope
{
    SessionCustomer,
    OwnStationShift,
    OwnUnit,
    OpenCases,
    OpenRequests,
    ConsentedSegment,
    Extracts,
    OwnData,
    Configuration,
    Systems,
    Log,
    All,
}

internal enum FindBy
{
    Nothing,
    IdsOnly,
    Value,
}

internal enum ChangeBy
{
    Nothing,
    ContactByOtp,
    Items,
}

internal enum BulkKind
{
    Nothing,
    Rows,
    CopyPack,
    SendUnseen,
    RestoreByVault,
    Evidence,
}

internal enum ApprovesWhat
{
    OnSiteVault,
    Use,
    Forms,
    Reviews,
    Accounts,
    Purposes,
    Notices,
    Sharing,
    Destruction,
}

/// <summary>The right of a post on each of the four levels.</summary>
internal sealed record LevelRights(PostRight Low, PostRight Moderate, PostRight Sensitive, PostRight Critical)
{
    public PostRight this[Level level] => level switch
    {
        Level.Low => Low,
        Level.Moderate => Moderate,
        Level.Sensitive => Sensitive,
        Level.Critical => Critical,
        _ => PostRight.Nothing,
    };
}

/// <summary>Finding: by value or ids only, at most <paramref name="PerHour"/> times; null: no limit of its own.</summary>
internal sealed record PostFind(FindBy By, int? PerHour);

/// <summary>Bulk acts; <paramref name="Max"/> rows at once where rows are read.</summary>
internal sealed record PostBulk(BulkKind Kind, int? Max);

/// <summary>A post and what it may do (R10, R33, R34; domain.md §3).</summary>
/// <param name="Verified">Rights once the caller is verified; null: the same.</param>
internal sealed record PostDefinition(
    PostKey Key,
    Bilingual Title,
    PostScope Scope,
    bool ThirdParty,
    bool Operating,
    bool Deidentified,
    LevelRights Levels,
    LevelRights? Verified,
    PostFind Find,
    ChangeBy Change,
    PostBulk Bulk,
    Listed<ApprovesWhat> Approves)
{
    /// <summary>What whoever holds it answers for, in words (R9, R10); null: no pack says.</summary>
    public Bilingual? Duties { get; init; }
}

/// <summary>Duties no one person may hold together (R40): any two of <paramref name="Between"/>, post keys or <see cref="Duties"/>.</summary>
internal sealed record ConflictDefinition(string Key, Bilingual Title, Listed<string> Between)
{
    public const string AnyOperating = "any-operating";

    public static readonly Listed<string> Duties =
        ["applicant", "approver", "developer", "production", "trainer-examiner", "own-exam", AnyOperating];
}
