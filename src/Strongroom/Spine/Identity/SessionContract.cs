using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Identity;

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SignInRequest(string Account, string Password);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PasswordRequest(string Current, string Next);

/// <summary>Who is signed in. Instants are UTC milliseconds; <c>expires</c> moves on with use, up to the absolute limit.</summary>
internal sealed record SessionView(
    SessionId Id,
    PersonId Person,
    string Account,
    string Name,
    string Locale,
    Strength Strength,
    long StrengthAt,
    long Expires,
    bool MustChangePassword,
    IReadOnlyList<HeldPost> Posts);

/// <summary>One live session in a list.</summary>
internal sealed record SessionEntry(SessionId Id, long Created, long LastSeen, Strength Strength, bool Current)
{
    public static SessionEntry Of(SessionRow row, SessionId? current) => new(row.Id, row.Created, row.LastSeen, row.Strength, row.Id == current);
}
