using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Spine.Identity;

/// <param name="Code">Six digits of the authenticator app, or a recovery code; without it a person who has a second factor proves it at <c>/v1/session/step-up</c>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SignInRequest(string Account, string Password, string? Code = null);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PasswordRequest(string Current, string Next);

/// <summary>What a sign-in still lacks; until then nothing else answers.</summary>
[JsonConverter(typeof(KebabEnum<SignInNeed>))]
internal enum SignInNeed
{
    /// <summary>A password of one's own.</summary>
    Password,

    /// <summary>A code of the enrolled second factor.</summary>
    SecondFactor,

    /// <summary>A second factor is to be enrolled.</summary>
    Enrolment,
}

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
    IReadOnlyList<SignInNeed> Needs,
    IReadOnlyList<Proof> Proofs,
    IReadOnlyList<HeldPost> Posts);

/// <summary>One live session in a list.</summary>
internal sealed record SessionEntry(SessionId Id, long Created, long LastSeen, Strength Strength, IReadOnlyList<Proof> Proofs, bool Current)
{
    public static SessionEntry Of(SessionRow row, SessionId? current) => new(row.Id, row.Created, row.LastSeen, row.Strength, row.Proofs.All, row.Id == current);
}
