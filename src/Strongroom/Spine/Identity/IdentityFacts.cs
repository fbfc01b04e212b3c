using Strongroom.Ground;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Identity;

/// <summary>What identity writes to the log. Past-tense facts, ids and codes only.</summary>
internal static class IdentityFacts
{
    public const string SignedIn = "signed-in";
    public const string SignInRefused = "sign-in-refused";
    public const string SignedOut = "signed-out";
    public const string SessionEnded = "session-ended";
    public const string SessionsListed = "sessions-listed";
    public const string PasswordChanged = "password-changed";
    public const string PasswordRehashed = "password-rehashed";
    public const string TotpEnrolled = "totp-enrolled";
    public const string SteppedUp = "stepped-up";
    public const string RecoveryCodesMade = "recovery-codes-made";
    public const string RecoveryCodeUsed = "recovery-code-used";
    public const string FactorsReset = "factors-reset";
    public const string TotpRemoved = "totp-removed";
    public const string PasskeyEnrolled = "passkey-enrolled";
    public const string PasskeyRenamed = "passkey-renamed";
    public const string PasskeyRemoved = "passkey-removed";

    /// <summary>A passkey's counter went back: perhaps a copy of the authenticator.</summary>
    public const string PasskeyRegressed = "passkey-regressed";
    public const string QrApproved = "qr-approved";
    public const string QrRefused = "qr-refused";
    public const string SsoLinked = "sso-linked";
    public const string SsoUnlinked = "sso-unlinked";
    public const string OrganisationListed = "organisation-listed";
    public const string PersonCreated = "person-created";
    public const string PersonChanged = "person-changed";
    public const string PersonSuspended = "person-suspended";
    public const string PersonResumed = "person-resumed";
    public const string PersonClosed = "person-closed";
    public const string StartPasswordGiven = "start-password-given";
    public const string PostGranted = "post-granted";
    public const string PostEnded = "post-ended";
    public const string EntityCreated = "entity-created";
    public const string EntityChanged = "entity-changed";
    public const string UnitCreated = "unit-created";
    public const string UnitChanged = "unit-changed";
    public const string AccountRequested = "account-requested";
    public const string AccountApproved = "account-approved";
    public const string AccountRefused = "account-refused";
    public const string AccountsListed = "account-requests-read";
    public const string UnitMoved = "unit-moved";
    public const string UnitResponsibleNamed = "unit-responsible-named";
    public const string OrganisationReported = "organisation-reported";
    public const string ClientCreated = "client-created";
    public const string ClientChanged = "client-changed";
    public const string ClientRotated = "client-rotated";
    public const string ClientRevoked = "client-revoked";
    public const string ClientHandedOver = "client-handed-over";
    public const string ClientSuspended = "client-suspended";
    public const string ClientsReported = "clients-reported";
    public const string InstallationBegun = "installation-begun";

    /// <summary>A fact of this actor; the store adds the digest of the row it concerns.</summary>
    public static LogFact Of(string act, Actor actor) => new() { Act = FactName.Of(act), Actor = actor.AsLogActor(), Zone = actor.Zone };

    public static LogFact Of(string act, PersonId person, string? zone) => new() { Act = FactName.Of(act), Actor = LogActor.Of(person), Zone = zone };

    /// <summary>The factors a session rests on, as codes of the entry.</summary>
    public static IReadOnlyList<string> Proofs(Factors.Proofs proofs) => [.. proofs.All.Select(proof => $"factor.{Kebab.Of(proof.Factor)}")];

    public static LogFact BySystem(string act) => new() { Act = FactName.Of(act), Actor = LogActor.System };
}
