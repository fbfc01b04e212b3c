using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Identity.Factors;

/// <summary>A session that goes on under a new secret.</summary>
/// <param name="Device">Set when the sign-in became complete with this: the cookie by which the device is known from now on.</param>
internal sealed record Proved(string Secret, SessionRow Session, string? Device);

/// <param name="Ticket">The sealed secret, bound to this session; it comes back with the first code.</param>
internal sealed record TotpOffer(byte[] Secret, string Account, string Ticket, long Expires);

/// <summary>What a person does with his own second factors: enrol, prove, renew recovery codes (R37).</summary>
internal sealed class OwnFactors(
    Database database, Members members, Sessions sessions, SecondFactors factors, SignInThrottle throttle, Secrets secrets, PersonSeal seal,
    Ceremonies ceremonies, IAuditLog log, TimeProvider time)
{
    /// <summary>How old a proof may be for changing factors.</summary>
    public const long FreshMs = 10 * 60_000;

    private const string TotpKind = "totp-offer";

    /// <summary>Offers a new secret. Nothing is stored until its first code comes back.</summary>
    public async Task<Outcome<TotpOffer>> OfferTotpAsync(Actor actor, CancellationToken ct)
    {
        var person = await database.ReadAsync(tx => members.LoadAsync<PersonContent>(tx, Members.Person, actor.Person.Value), ct).ConfigureAwait(false);
        if (person is null || actor.Session is not { } session)
        {
            return Reasons.SignInNeeded;
        }

        if (MayChange(actor, person.Content) is { } refusal)
        {
            return refusal;
        }

        var secret = RandomNumberGenerator.GetBytes(TotpRules.SecretBytes);
        var (ticket, expires) = ceremonies.Begin(TotpKind, session.ToString(), Convert.ToBase64String(secret));
        return new TotpOffer(secret, seal.Open(actor.Person, person.Content).Account, ticket, expires);
    }

    /// <summary>
    /// Enrols the offered secret once its first code is right: this session goes on, with the new proof, under a new secret; all others end.
    /// </summary>
    /// <returns>The session and ten recovery codes, shown this once.</returns>
    public async Task<Outcome<(Proved Proved, IReadOnlyList<string> Codes)>> EnrolTotpAsync(
        Actor actor, string? ticket, string? code, Origin origin, string? deviceCookie, CancellationToken ct)
    {
        if (actor.Session is not { } session || ceremonies.Open(TotpKind, session.ToString(), ticket) is not { } ceremony)
        {
            return Reasons.TotpOfferOver;
        }

        var secret = Convert.FromBase64String(ceremony.State);
        var codes = RecoveryCodes.Make();
        var device = Secrets.IsSecret(deviceCookie) ? deviceCookie! : Secrets.NewSecret();
        var content = new TotpContent(factors.Seal(actor.Person, secret), time.NowMs());
        return await members.ChangeAsync<(Proved, IReadOnlyList<string>)>(async tx =>
        {
            var person = await members.LockAsync<PersonContent>(tx, Members.Person, actor.Person.Value);
            if (person is not { Content.State: MemberState.Active })
            {
                return Reasons.SignInNeeded;
            }

            if (MayChange(actor, person.Content) is { } refusal)
            {
                return refusal;
            }

            if ((TotpRules.Match(secret, code, time.NowMs()) ?? TotpRules.Match(secret, code, time.WallMs())) is not { } step || !await TotpUseStore.SpendAsync(tx, actor.Person, step))
            {
                return Reasons.CodeWrong;
            }

            if (!await ceremonies.SpendAsync(tx, ceremony))
            {
                return Reasons.TotpOfferOver;
            }

            var kept = person.Content.Factors ?? FactorsContent.None;
            var changed = person.Content with { Factors = kept with { Totp = content, Recovery = RecoveryCodes.Hash(secrets, actor.Person, codes) } };
            await members.SaveAsync(tx, Members.Person, person.Id, person.Version, changed, IdentityFacts.Of(IdentityFacts.TotpEnrolled, actor));
            if (await sessions.ProveAsync(tx, session, Factor.Totp) is not var (fresh, row))
            {
                throw Members.Refused(Reasons.SignInNeeded);   // the enrolment is written already: undo it
            }

            await sessions.RevokeAllAsync(tx, actor.Person, except: session);
            await throttle.RecogniseAsync(tx, person.Content.AccountMac, new SignInPlace(origin.Address, secrets.HashDevice(device)));
            return (new Proved(fresh, row, device), codes);
        }, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Proves a second factor in this session: completes a sign-in that waits for it, or renews the proof (step-up). Wrong codes are
    /// throttled like passwords, by an account's codes of their own.
    /// </summary>
    public async Task<Outcome<Proved>> ProveAsync(Actor actor, string? code, Origin origin, string? deviceCookie, CancellationToken ct)
    {
        var person = await database.ReadAsync(tx => members.LoadAsync<PersonContent>(tx, Members.Person, actor.Person.Value), ct).ConfigureAwait(false);
        if (person is null || actor.Session is not { } session)
        {
            return Reasons.SignInNeeded;
        }

        var codesHash = secrets.HashCodes(person.Content.AccountMac);
        var device = Secrets.IsSecret(deviceCookie) ? deviceCookie! : Secrets.NewSecret();
        var place = new SignInPlace(origin.Address, secrets.HashDevice(device));
        var (attempt, _) = await throttle.AdmitAsync(codesHash, place, ct).ConfigureAwait(false);
        if (attempt is null)
        {
            await log.CountRefusalAsync(NetworkZones.Describe(origin.Address), Reasons.SignInWait.Code, ct).ConfigureAwait(false);
            return Reasons.SignInWait;
        }

        var proved = await members.ChangeAsync<Proved>(async tx =>
        {
            var now = await members.LockAsync<PersonContent>(tx, Members.Person, actor.Person.Value);
            if (now is not { Content.State: MemberState.Active } || await factors.ProveAsync(tx, actor.Person, now.Content.Factors, code) is not { } right)
            {
                return Reasons.CodeWrong;
            }

            if (await sessions.ProveAsync(tx, session, right.Factor) is not var (fresh, row))
            {
                return Reasons.SignInNeeded;
            }

            if (right.Left is { } left)
            {
                await members.SaveAsync(tx, Members.Person, now.Id, now.Version, now.Content with { Factors = left }, IdentityFacts.Of(IdentityFacts.RecoveryCodeUsed, actor));
            }

            await throttle.SucceededAsync(tx, codesHash, attempt, secrets.HashDevice(device));
            await throttle.RecogniseAsync(tx, now.Content.AccountMac, place);
            await log.AppendAsync(tx, IdentityFacts.Of(IdentityFacts.SteppedUp, actor) with { Reasons = IdentityFacts.Proofs(row.Proofs) }, ct);
            return new Proved(fresh, row, device);
        }, ct).ConfigureAwait(false);
        if (proved is Outcome<Proved>.Refused)
        {
            await log.CountRefusalAsync(NetworkZones.Describe(origin.Address), Reasons.CodeWrong.Code, ct).ConfigureAwait(false);
        }

        return proved;
    }

    /// <summary>Ten new recovery codes; the earlier ones are void.</summary>
    public async Task<Outcome<IReadOnlyList<string>>> RenewRecoveryAsync(Actor actor, CancellationToken ct)
    {
        var codes = RecoveryCodes.Make();
        var fact = IdentityFacts.Of(IdentityFacts.RecoveryCodesMade, actor);
        var changed = await members.EditAsync<PersonContent>(Members.Person, actor.Person.Value, version: null, fact, (_, person) => Task.FromResult<Outcome<PersonContent>>(
            MayChange(actor, person) is { } refusal ? refusal
            : person.Factors?.AreEnrolled() != true ? Reasons.FactorPending
            : person with { Factors = person.Factors with { Recovery = RecoveryCodes.Hash(secrets, actor.Person, codes) } }), ct).ConfigureAwait(false);
        return changed is Outcome<Member<PersonContent>>.Refused refused ? refused.Problem : new Outcome<IReadOnlyList<string>>.Done(codes);
    }

    public async Task<FactorsContent> OfAsync(PersonId person, CancellationToken ct) =>
        (await database.ReadAsync(tx => members.LoadAsync<PersonContent>(tx, Members.Person, person.Value), ct).ConfigureAwait(false))?.Content.Factors ?? FactorsContent.None;

    /// <summary>Whoever has a factor proves it, and lately, before any of them changes; only a person without one begins with his password.</summary>
    public Reason? MayChange(Actor actor, PersonContent person)
    {
        if (person.Factors?.AreEnrolled() != true)
        {
            return null;
        }

        return actor.Strength < Strength.SecondFactor ? Reasons.FactorPending
            : time.NowMs() - actor.SecondFactorAt is < 0 or > FreshMs ? Reasons.FactorNeeded
            : null;
    }
}
