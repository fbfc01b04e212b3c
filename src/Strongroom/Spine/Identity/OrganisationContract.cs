using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Identity.Accounts;

namespace Strongroom.Spine.Identity;

/// <param name="Locale">zh (unless told) or en.</param>
/// <param name="Partner">A third party's company; with <paramref name="Ends"/> and <paramref name="RowCeiling"/> it belongs to every outside account.</param>
/// <param name="Ends">UTC milliseconds, exclusive: the end of employment or assignment.</param>
/// <param name="RowCeiling">Customers in one operation at most.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PersonRequest(
    string Account, string Name, string? Locale = null, AccountKind Kind = AccountKind.Employee, string? Partner = null, long? Ends = null, int? RowCeiling = null)
{
    public AccountTerms Terms => new(Kind, Partner, Ends, RowCeiling);
}

/// <summary>A post whose grant a second administrator is asked to approve. Grant it afterwards with exactly the same fields.</summary>
/// <param name="Expires">UTC milliseconds until which the approval may be used.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PostApprovalRequest(PostKey Post, UnitId Unit, long Expires, long? From = null, long? Until = null);

/// <param name="Expires">UTC milliseconds until which the approval may be used.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RecoveryApprovalRequest(long Expires);

/// <param name="Approval">Needed for who holds a post that takes two administrators.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record StartPasswordRequest(ApprovalId? Approval = null);

internal sealed record ApprovalAsked(ApprovalId Approval, string Digest);

/// <param name="Version">The version the caller saw; another one is 409 row.changed.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PersonChange(long Version, string? Name = null, string? Locale = null);

/// <param name="From">UTC milliseconds; now unless told.</param>
/// <param name="Until">UTC milliseconds, exclusive; null: until further notice.</param>
/// <param name="Approval">A second administrator's approval, for posts that take two.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PostRequest(PostKey Post, UnitId Unit, long? From = null, long? Until = null, ApprovalId? Approval = null);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record EntityRequest(string Name, string? Uscc = null);

/// <param name="Uscc">Unified social credit code; null: as it was, empty: none.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record EntityChange(long Version, string? Name = null, string? Uscc = null, MemberState? State = null);

/// <param name="TimeZone">IANA name, for example <c>Asia/Urumqi</c>; null: that of the unit above.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record UnitRequest(EntityId Entity, string Name, UnitId? Parent = null, UnitKind Kind = UnitKind.Department, string? TimeZone = null);

/// <param name="TimeZone">IANA name; null: as it was, empty: that of the unit above. Shifts taken in before keep their instants.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record UnitChange(long Version, string? Name = null, MemberState? State = null, UnitKind? Kind = null, string? TimeZone = null);

/// <param name="Parent">Null: the unit becomes a root of its legal entity.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record UnitMove(long Version, UnitId? Parent);

/// <param name="Person">Null: nobody; the gap shows in the organisation report.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record UnitResponsible(long Version, PersonId? Person);

/// <param name="Request">The request that the account came from; null for the two that began the installation.</param>
/// <param name="Sso">Providers of single sign-on at which an identity is linked.</param>
internal sealed record PersonView(
    PersonId Id, long Version, string Account, string Name, string Locale, MemberState State, bool MustChangePassword, IReadOnlyList<HeldPost> Posts,
    AccountKind Kind, string? Partner, long? Ends, int? RowCeiling, AccountRequestId? Request, IReadOnlyList<string> Sso);

internal sealed record StartPasswordGiven(string StartPassword);

internal sealed record EntityView(EntityId Id, long Version, string Name, string? Uscc, MemberState State)
{
    public static EntityView Of(Member<EntityContent> row) =>
        new(EntityId.From(row.Id), row.Version, row.Content.Name, row.Content.Uscc, row.Content.State);
}

internal sealed record UnitView(UnitId Id, long Version, EntityId Entity, UnitId? Parent, string Name, UnitKind Kind, PersonId? Responsible, MemberState State, string? TimeZone)
{
    public static UnitView Of(Member<UnitContent> row) =>
        new(UnitId.From(row.Id), row.Version, row.Content.Entity, row.Content.Parent, row.Content.Name, row.Content.Kind, row.Content.Responsible, row.Content.State, row.Content.TimeZone);
}
