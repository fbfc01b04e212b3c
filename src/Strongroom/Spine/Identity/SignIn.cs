using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Identity;

internal abstract record SignInOutcome
{
    private SignInOutcome()
    {
    }

    /// <param name="Device">Cookie by which this device is known to the account from now on.</param>
    internal sealed record In(string Secret, string Device, SessionRow Session) : SignInOutcome;

    /// <summary>Wrong account, wrong password, suspended or closed: one answer for all of them.</summary>
    internal sealed record Refused : SignInOutcome;

    internal sealed record Wait(long Milliseconds) : SignInOutcome;

    internal sealed record Busy : SignInOutcome;
}

/// <summary>
/// Signs people in by password. What does not exist, is suspended or has another password takes the same path, the same
/// hashing work and the same answer; nothing tells which accounts exist.
/// </summary>
internal sealed class SignIn(
    Database database,
    Members members,
    Sessions sessions,
    SignInThrottle throttle,
    PasswordHashing hashing,
    Secrets secrets,
    NetworkZones zones,
    IAuditLog log)
{
    public async Task<SignInOutcome> AskAsync(string? account, string? password, Origin origin, string? deviceCookie, CancellationToken ct)
    {
        // A text that cannot be an account name is one more unknown account, under one common budget.
        var accountHash = secrets.HashAccount(AccountNames.Fold(account) ?? "");
        var device = Secrets.IsSecret(deviceCookie) ? deviceCookie : null;
        var place = new SignInPlace(origin.Address, device is null ? null : secrets.HashDevice(device));
        var (attempt, wait) = await throttle.AdmitAsync(accountHash, place, ct).ConfigureAwait(false);
        if (attempt is null)
        {
            await log.CountRefusalAsync(NetworkZones.Describe(origin.Address), Reasons.SignInWait.Code, ct).ConfigureAwait(false);
            return new SignInOutcome.Wait(wait);
        }

        var person = await FindAsync(accountHash, ct).ConfigureAwait(false);
        var check = await CheckAsync(person, password ?? "", ct).ConfigureAwait(false);
        if (check == PasswordCheck.Busy)
        {
            await database.WriteAsync(tx => SignInThrottle.RefundAsync(tx, attempt), ct).ConfigureAwait(false);
            return new SignInOutcome.Busy();
        }

        if (person is { Content.State: MemberState.Active } && check is PasswordCheck.Right or PasswordCheck.RightButOld)
        {
            device ??= Secrets.NewSecret();
            var begun = await BeginAsync(person!, accountHash, attempt, secrets.HashDevice(device), origin, ct).ConfigureAwait(false);
            if (begun is var (secret, session))
            {
                if (check == PasswordCheck.RightButOld)
                {
                    await RehashAsync(person!, password!, origin, ct).ConfigureAwait(false);
                }

                return new SignInOutcome.In(secret, device, session);
            }
        }

        await log.CountRefusalAsync(NetworkZones.Describe(origin.Address), Reasons.SignInFailed.Code, ct).ConfigureAwait(false);
        return new SignInOutcome.Refused();
    }

    private Task<Member<PersonContent>?> FindAsync(byte[] accountHash, CancellationToken ct) => database.ReadAsync(async tx =>
    {
        var id = await AccountClaimStore.FindAsync(tx, accountHash);

        // Always one more read, so that an unknown account costs the database the same.
        var person = await members.LoadAsync<PersonContent>(tx, Members.Person, (id ?? default).Value);

        // The claim row is only a signpost; the authenticated row itself must name the account.
        return id is not null && person is not null && CryptographicOperations.FixedTimeEquals(person.Content.AccountMac, accountHash) ? person : null;
    }, ct);

    private async Task<PasswordCheck> CheckAsync(Member<PersonContent>? person, string password, CancellationToken ct)
    {
        try
        {
            return await hashing.CheckAsync(PersonId.From(person?.Id ?? default), person?.Content.Password, password, ct).ConfigureAwait(false);
        }
        catch (BrokenSealException)
        {
            return PasswordCheck.Wrong;
        }
    }

    /// <summary>Null when the person changed while the password was being compared: then the answer is no.</summary>
    private Task<(string, SessionRow)?> BeginAsync(
        Member<PersonContent> person, byte[] accountHash, AdmittedAttempt attempt, byte[] device, Origin origin, CancellationToken ct) =>
        database.WriteAsync<(string, SessionRow)?>(async tx =>
        {
            // Held until the end, so that no suspension slips in between this look and the session.
            var now = await members.LockAsync<PersonContent>(tx, Members.Person, person.Id);
            if (now is null || now.Version != person.Version)
            {
                return null;
            }

            var id = PersonId.From(person.Id);
            await throttle.SucceededAsync(tx, accountHash, attempt, device);
            var begun = await sessions.BeginAsync(tx, id, Strength.Password);
            await log.AppendAsync(tx, IdentityFacts.Of(IdentityFacts.SignedIn, id, zones.ZoneOf(origin.Address)), ct);
            return begun;
        }, ct);

    private async Task RehashAsync(Member<PersonContent> person, string password, Origin origin, CancellationToken ct)
    {
        var id = PersonId.From(person.Id);
        var content = person.Content with { Password = hashing.Seal(id, password) };

        // Somebody else's change in between wins; the next sign-in hashes again.
        _ = await members.ChangeAsync<bool>(async tx =>
        {
            var fact = IdentityFacts.Of(IdentityFacts.PasswordRehashed, id, zones.ZoneOf(origin.Address));
            await members.SaveAsync(tx, Members.Person, person.Id, person.Version, content, fact);
            return true;
        }, ct).ConfigureAwait(false);
    }
}
