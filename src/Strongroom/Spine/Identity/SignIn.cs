using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity.Factors;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity;

internal abstract record SignInOutcome
{
    private SignInOutcome()
    {
    }

    /// <param name="Device">Cookie by which this device is known to the account from now on; null while the second factor is outstanding.</param>
    internal sealed record In(string Secret, string? Device, SessionRow Session) : SignInOutcome;

    /// <summary>Wrong account, wrong password, suspended or closed: one answer for all of them.</summary>
    internal sealed record Refused : SignInOutcome;

    internal sealed record Wait(long Milliseconds) : SignInOutcome;

    internal sealed record Busy : SignInOutcome;

    /// <summary>The start password was right and is too old; told to nobody who does not know it.</summary>
    internal sealed record StartOver : SignInOutcome;
}

/// <summary>
/// Signs people in by password and, where one is enrolled, second factor: both at once, or the password first, which opens a session that
/// can do nothing but prove the second (R37). What does not exist, is suspended or has another password takes the same path, the same
/// hashing work and the same answer; nothing tells which accounts exist.
/// </summary>
internal sealed class SignIn(
    Database database,
    Members members,
    Sessions sessions,
    SignInThrottle throttle,
    PasswordHashing hashing,
    SecondFactors factors,
    Secrets secrets,
    NetworkZones zones,
    IPolicySnapshots policies,
    IAuditLog log,
    TimeProvider time)
{
    /// <summary>Somebody whose password was right.</summary>
    private sealed record Entering(
        Member<PersonContent> Person, byte[] Account, AdmittedAttempt Attempt, SignInPlace Place, string Device, Origin Origin, string Zone);

    public async Task<SignInOutcome> AskAsync(string? account, string? password, Origin origin, string? deviceCookie, string? code, CancellationToken ct)
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

        var zone = await zones.OfAsync(origin, ct).ConfigureAwait(false);
        var person = await FindAsync(accountHash, ct).ConfigureAwait(false);
        var check = await CheckAsync(person, password ?? "", ct).ConfigureAwait(false);
        if (check == PasswordCheck.Busy)
        {
            await database.WriteAsync(tx => SignInThrottle.RefundAsync(tx, attempt), ct).ConfigureAwait(false);
            return new SignInOutcome.Busy();
        }

        if (person?.Content.IsActive(time.NowMs()) == true && check is PasswordCheck.Right or PasswordCheck.RightButOld)
        {
            if (IsStale(person!.Content, (await policies.CurrentAsync(ct).ConfigureAwait(false)).StartPasswordHours))
            {
                await log.CountRefusalAsync(NetworkZones.Describe(origin.Address), Reasons.StartPasswordOver.Code, ct).ConfigureAwait(false);
                return new SignInOutcome.StartOver();
            }

            device ??= Secrets.NewSecret();
            var entering = new Entering(person!, accountHash, attempt, place, device, origin, zone);
            var begun = string.IsNullOrEmpty(code) || person!.Content.Factors?.AreEnrolled() != true
                ? await BeginAsync(entering, null, null, ct).ConfigureAwait(false)
                : await WithCodeAsync(entering, code, ct).ConfigureAwait(false);
            if (begun is SignInOutcome.In && check == PasswordCheck.RightButOld)
            {
                await RehashAsync(person!, password!, zone, ct).ConfigureAwait(false);
            }

            if (begun is not null)
            {
                return begun;
            }
        }

        await log.CountRefusalAsync(NetworkZones.Describe(origin.Address), Reasons.SignInFailed.Code, ct).ConfigureAwait(false);
        return new SignInOutcome.Refused();
    }

    /// <summary>A start password nobody replaced in time. Those that <c>init</c> handed over wait for whoever installs.</summary>
    private bool IsStale(PersonContent person, int hours) =>
        person.MustChangePassword && !person.FromInit && time.NowMs() - person.PasswordAt >= hours * 3_600_000L;

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

    /// <summary>Codes are throttled by themselves: whoever knows the password must not be free to guess them.</summary>
    private async Task<SignInOutcome?> WithCodeAsync(Entering entering, string code, CancellationToken ct)
    {
        var place = entering.Place with { Device = secrets.HashDevice(entering.Device) };
        var (attempt, wait) = await throttle.AdmitAsync(secrets.HashCodes(entering.Account), place, ct).ConfigureAwait(false);
        if (attempt is not null)
        {
            return await BeginAsync(entering, code, attempt, ct).ConfigureAwait(false);
        }

        await log.CountRefusalAsync(NetworkZones.Describe(entering.Origin.Address), Reasons.SignInWait.Code, ct).ConfigureAwait(false);
        return new SignInOutcome.Wait(wait);
    }

    /// <summary>Null when the code is wrong, or the person changed while the password was being compared: then the answer is no.</summary>
    private Task<SignInOutcome?> BeginAsync(Entering entering, string? code, AdmittedAttempt? codeAttempt, CancellationToken ct) =>
        database.WriteAsync<SignInOutcome?>(async tx =>
        {
            // Held until the end, so that no suspension slips in between this look and the session.
            var (seen, id) = (entering.Person, PersonId.From(entering.Person.Id));
            var now = await members.LockAsync<PersonContent>(tx, Members.Person, seen.Id);
            if (now is null || now.Version != seen.Version)
            {
                return null;
            }

            var proofs = Proofs.None.With(Factor.Password, time.NowMs());
            var fact = IdentityFacts.Of(IdentityFacts.SignedIn, id, entering.Zone);
            var device = secrets.HashDevice(entering.Device);
            if (codeAttempt is not null)
            {
                if (await factors.ProveAsync(tx, id, now.Content.Factors, code) is not { } proved)
                {
                    return null;
                }

                proofs = proofs.With(proved.Factor, time.NowMs());
                if (proved.Left is { } left)
                {
                    await members.SaveAsync(tx, Members.Person, now.Id, now.Version, now.Content with { Factors = left }, fact with { Act = FactName.Of(IdentityFacts.RecoveryCodeUsed) });
                }

                await throttle.SucceededAsync(tx, secrets.HashCodes(entering.Account), codeAttempt, device);
            }

            // A place becomes known by a whole sign-in, or by the password of somebody who has no more to prove yet.
            var waits = now.Content.Factors?.AreEnrolled() == true && codeAttempt is null;
            await (waits ? SignInThrottle.RefundAsync(tx, entering.Attempt) : throttle.SucceededAsync(tx, entering.Account, entering.Attempt, device));
            var (secret, session) = await sessions.BeginAsync(tx, id, proofs, new SessionFrom(entering.Zone, entering.Origin.Device));
            await log.AppendAsync(tx, fact with { Reasons = IdentityFacts.Proofs(proofs) }, ct);
            return new SignInOutcome.In(secret, waits ? null : entering.Device, session);
        }, ct);

    private async Task RehashAsync(Member<PersonContent> person, string password, string zone, CancellationToken ct)
    {
        var id = PersonId.From(person.Id);
        var content = person.Content with { Password = hashing.Seal(id, password) };

        // Somebody else's change in between wins; the next sign-in hashes again.
        _ = await members.ChangeAsync<bool>(async tx =>
        {
            var fact = IdentityFacts.Of(IdentityFacts.PasswordRehashed, id, zone);
            await members.SaveAsync(tx, Members.Person, person.Id, person.Version, content, fact);
            return true;
        }, ct).ConfigureAwait(false);
    }
}
