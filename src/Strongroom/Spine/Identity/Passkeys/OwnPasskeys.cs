using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Spine.Identity.Passkeys;

/// <summary>What a person does with his own passkeys: enrol, prove, name, remove (R37, R38).</summary>
internal sealed class OwnPasskeys(
    Database database, Members members, Sessions sessions, OwnFactors factors, PasskeyCeremony passkeys, Ceremonies ceremonies,
    SignInThrottle throttle, Secrets secrets, PersonSeal seal, ISecretSealer sealer, IAuditLog log, TimeProvider time)
{
    private const int Most = 10;
    private const string Enrol = "passkey-enrol";
    private const string Prove = "passkey-prove";

    public async Task<Outcome<PasskeyOptionsView>> OfferAsync(Actor actor, HttpContext http, CancellationToken ct)
    {
        if (await ReadAsync(actor, ct).ConfigureAwait(false) is not var (content, person, session))
        {
            return Reasons.SignInNeeded;
        }

        if (Refusal(actor, content) is { } refusal)
        {
            return refusal;
        }

        return View(await passkeys.OfferAsync(person, http).ConfigureAwait(false), Enrol, session);
    }

    /// <returns>The session, the passkey, and recovery codes when it is the person's first factor.</returns>
    public async Task<Outcome<(Proved Proved, PasskeyContent Passkey, IReadOnlyList<string> Codes)>> EnrolAsync(
        Actor actor, PasskeyEnrolment ask, HttpContext http, CancellationToken ct)
    {
        if (await ReadAsync(actor, ct).ConfigureAwait(false) is not var (_, person, session))
        {
            return Reasons.SignInNeeded;
        }

        if (NameFault(ask.Name) is { } fault)
        {
            return fault;
        }

        if (!passkeys.IsOpen || ceremonies.Open(Enrol, session.ToString(), ask.Ticket) is not { } ceremony
            || await passkeys.AttestAsync(person, ask.Credential, ceremony.State, http).ConfigureAwait(false) is not { } made)
        {
            await CountAsync(http, ct).ConfigureAwait(false);
            return Reasons.PasskeyWrong;
        }

        var passkey = new PasskeyContent(
            PasskeyId.New(), made.Credential, made.PublicKey, Label(person.Id, ask.Name), made.BackupEligible, made.Transports, time.NowMs());
        return await members.ChangeAsync<(Proved, PasskeyContent, IReadOnlyList<string>)>(async tx =>
        {
            if (await members.LockAsync<PersonContent>(tx, Members.Person, person.Id.Value) is not { Content.State: MemberState.Active } now)
            {
                return Reasons.SignInNeeded;
            }

            if (Refusal(actor, now.Content) is { } refusal)
            {
                return refusal;
            }

            if (!await ceremonies.SpendAsync(tx, ceremony))
            {
                return Reasons.PasskeyWrong;
            }

            if (!await PasskeyUseStore.ClaimAsync(tx, passkey.Id, secrets.HashCredential(passkey.Credential), made.Counter))
            {
                return Reasons.PasskeyTaken;
            }

            var kept = now.Content.Factors ?? FactorsContent.None;
            var codes = kept.AreEnrolled() ? [] : RecoveryCodes.Make();
            var changed = kept with { Passkeys = [.. kept.Passkeys, passkey], Recovery = codes.Count > 0 ? RecoveryCodes.Hash(secrets, person.Id, codes) : kept.Recovery };
            await members.SaveAsync(tx, Members.Person, now.Id, now.Version, now.Content with { Factors = changed }, IdentityFacts.Of(IdentityFacts.PasskeyEnrolled, actor));
            if (await sessions.ProveAsync(tx, session, Factor.Passkey) is not var (fresh, row))
            {
                throw new InvalidOperationException("The session ended while its passkey was enrolled.");
            }

            await sessions.RevokeAllAsync(tx, person.Id, except: session);
            return (new Proved(fresh, row, null), passkey, codes);
        }, ct).ConfigureAwait(false);
    }

    public async Task<Outcome<PasskeyOptionsView>> ChallengeAsync(Actor actor, HttpContext http, CancellationToken ct) =>
        await ReadAsync(actor, ct).ConfigureAwait(false) is not var (_, person, session) ? Reasons.SignInNeeded
        : !passkeys.IsOpen ? Reasons.PasskeyOrigin
        : person.Passkeys.Count == 0 ? Reasons.PasskeyNone
        : View(await passkeys.ChallengeAsync(person, http).ConfigureAwait(false), Prove, session);

    /// <summary>Proves a passkey in this session: completes a sign-in that waits, or steps up.</summary>
    public async Task<Outcome<Proved>> ProveAsync(Actor actor, PasskeyAnswer ask, HttpContext http, CancellationToken ct)
    {
        if (await ReadAsync(actor, ct).ConfigureAwait(false) is not var (content, person, session))
        {
            return Reasons.SignInNeeded;
        }

        if (!passkeys.IsOpen || ceremonies.Open(Prove, session.ToString(), ask.Ticket) is not { } ceremony
            || await passkeys.AssertAsync(person, ask.Credential, ceremony.State, http).ConfigureAwait(false) is not { } used)
        {
            await CountAsync(http, ct).ConfigureAwait(false);
            return Reasons.PasskeyWrong;
        }

        var cookie = http.Request.Cookies[SessionCookies.Device];
        var device = Secrets.IsSecret(cookie) ? cookie! : Secrets.NewSecret();
        return await members.ChangeAsync<Proved>(async tx =>
        {
            if (!await StandsAsync(tx, person.Id, used) || !await ceremonies.SpendAsync(tx, ceremony)
                || !await AdvanceAsync(tx, used, IdentityFacts.Of(IdentityFacts.PasskeyRegressed, actor), ct))
            {
                return Reasons.PasskeyWrong;
            }

            if (await sessions.ProveAsync(tx, session, Factor.Passkey) is not var (fresh, row))
            {
                return Reasons.SignInNeeded;
            }

            await throttle.RecogniseAsync(tx, content.AccountMac, new SignInPlace(http.Connection.RemoteIpAddress, secrets.HashDevice(device)));
            await log.AppendAsync(tx, IdentityFacts.Of(IdentityFacts.SteppedUp, actor) with { Reasons = IdentityFacts.Proofs(row.Proofs) }, ct);
            return new Proved(fresh, row, device);
        }, ct).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<PasskeyView>> ListAsync(PersonId person, CancellationToken ct)
    {
        var (content, uses) = await database.ReadAsync(async tx =>
        {
            var row = await members.LoadAsync<PersonContent>(tx, Members.Person, person.Value);
            return (row?.Content, await PasskeyUseStore.ReadAsync(tx, (row?.Content.Factors?.Passkeys ?? []).Select(passkey => passkey.Id)));
        }, ct).ConfigureAwait(false);
        var used = uses.ToDictionary(use => PasskeyId.From(use.Passkey));
        return [.. (content?.Factors?.Passkeys ?? []).Select(passkey => ViewOf(person, passkey, used.GetValueOrDefault(passkey.Id)))];
    }

    public PasskeyView ViewOf(PersonId person, PasskeyContent passkey, PasskeyUse? use) => new(
        passkey.Id, Encoding.UTF8.GetString(sealer.Open(LabelUse(person), passkey.Label)), passkey.BackupEligible, passkey.Created, use?.Used, use?.Flagged);

    public async Task<Problem?> RenameAsync(Actor actor, PasskeyId id, string name, CancellationToken ct) =>
        NameFault(name) ?? Refused(await EditAsync(actor, IdentityFacts.PasskeyRenamed, (_, kept) => Task.FromResult<Outcome<FactorsContent>>(
            kept.Passkeys.Any(passkey => passkey.Id == id)
                ? kept with { Passkeys = [.. kept.Passkeys.Select(passkey => passkey.Id == id ? passkey with { Label = Label(actor.Person, name) } : passkey)] }
                : Reasons.NotFound), ct).ConfigureAwait(false));

    /// <summary>Never the last factor: the account would fall back to its password.</summary>
    public async Task<Problem?> RemoveAsync(Actor actor, PasskeyId id, CancellationToken ct) =>
        Refused(await EditAsync(actor, IdentityFacts.PasskeyRemoved, async (tx, kept) =>
        {
            var left = kept with { Passkeys = [.. kept.Passkeys.Where(passkey => passkey.Id != id)] };
            if (left.Passkeys.Count == kept.Passkeys.Count)
            {
                return Reasons.NotFound;
            }

            if (!left.AreEnrolled())
            {
                return Reasons.FactorLast;
            }

            await PasskeyUseStore.ReleaseAsync(tx, id);
            await sessions.RevokeAllAsync(tx, actor.Person, except: actor.Session);
            return left;
        }, ct).ConfigureAwait(false));

    public async Task<Problem?> RemoveTotpAsync(Actor actor, CancellationToken ct) =>
        Refused(await EditAsync(actor, IdentityFacts.TotpRemoved, async (tx, kept) =>
        {
            if (kept.Totp is null)
            {
                return Reasons.NotFound;
            }

            if (kept.Passkeys.Count == 0)
            {
                return Reasons.FactorLast;
            }

            await sessions.RevokeAllAsync(tx, actor.Person, except: actor.Session);
            return kept with { Totp = null };
        }, ct).ConfigureAwait(false));

    /// <summary>The passkey still is its owner's, and he may still act.</summary>
    public async Task<bool> StandsAsync(Tx tx, PersonId person, PasskeyAsserted used) =>
        await members.LockAsync<PersonContent>(tx, Members.Person, person.Value) is { Content: { State: MemberState.Active, Factors: { } held } }
        && held.Passkeys.Any(passkey => passkey.Id == used.Passkey.Id && passkey.PublicKey.AsSpan().SequenceEqual(used.Passkey.PublicKey));

    /// <summary>Takes the counter forward. A regression puts the passkey out of use and is an entry of its own.</summary>
    public async Task<bool> AdvanceAsync(Tx tx, PasskeyAsserted used, LogFact regressed, CancellationToken ct)
    {
        var check = await PasskeyUseStore.AdvanceAsync(tx, used.Passkey.Id, used.Counter, time.NowMs());
        if (check == CounterCheck.Regressed)
        {
            await log.AppendAsync(tx, regressed, ct);
        }

        return check == CounterCheck.Good;
    }

    public PasskeyUser UserOf(PersonId id, PersonContent content)
    {
        var names = seal.Open(id, content);
        return new PasskeyUser(id, names.Account, names.Display, content.Factors?.Passkeys ?? []);
    }

    private async Task<(PersonContent Content, PasskeyUser Person, SessionId Session)?> ReadAsync(Actor actor, CancellationToken ct)
    {
        var row = await database.ReadAsync(tx => members.LoadAsync<PersonContent>(tx, Members.Person, actor.Person.Value), ct).ConfigureAwait(false);
        return row is not null && actor.Session is { } session ? (row.Content, UserOf(actor.Person, row.Content), session) : null;
    }

    private Reason? Refusal(Actor actor, PersonContent person) =>
        !passkeys.IsOpen ? Reasons.PasskeyOrigin
        : factors.MayChange(actor, person) is { } refusal ? refusal
        : person.Factors?.Passkeys.Count >= Most ? Reasons.PasskeyMany
        : null;

    private PasskeyOptionsView View(PasskeyChallenge challenge, string kind, SessionId session)
    {
        var (ticket, expires) = ceremonies.Begin(kind, session.ToString(), challenge.State);
        return new PasskeyOptionsView(challenge.Options, ticket, expires);
    }

    private Task<Outcome<Member<PersonContent>>> EditAsync(
        Actor actor, string act, Func<Tx, FactorsContent, Task<Outcome<FactorsContent>>> edit, CancellationToken ct) =>
        members.EditAsync<PersonContent>(Members.Person, actor.Person.Value, version: null, IdentityFacts.Of(act, actor), async (tx, person) =>
        {
            if (factors.MayChange(actor, person) is { } refusal)
            {
                return refusal;
            }

            return await edit(tx, person.Factors ?? FactorsContent.None) switch
            {
                Outcome<FactorsContent>.Done done => person with { Factors = done.Value },
                Outcome<FactorsContent>.Refused refused => refused.Problem,
                _ => throw new UnreachableException(),
            };
        }, ct);

    private Task CountAsync(HttpContext http, CancellationToken ct) =>
        log.CountRefusalAsync(NetworkZones.Describe(http.Connection.RemoteIpAddress), Reasons.PasskeyWrong.Code, ct);

    private byte[] Label(PersonId person, string name) => sealer.Seal(LabelUse(person), Encoding.UTF8.GetBytes(name.Trim()));

    private static string LabelUse(PersonId person) => $"passkey-label/{person}";

    private static Problem? NameFault(string? name) =>
        string.IsNullOrWhiteSpace(name) ? Problem.Of([Reasons.FieldMissing.At("name")]) : name.Length > 80 ? Problem.Of([Reasons.FieldLong.At("name")]) : null;

    private static Problem? Refused(Outcome<Member<PersonContent>> outcome) => (outcome as Outcome<Member<PersonContent>>.Refused)?.Problem;
}
