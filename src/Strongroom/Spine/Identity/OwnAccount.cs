using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity.Factors;
using Strongroom.Spine.Outbox;

namespace Strongroom.Spine.Identity;

/// <summary>What a person does with his own account: password and sessions.</summary>
internal sealed class OwnAccount(
    Database database, Members members, Sessions sessions, PasswordHashing hashing, PersonSeal seal, SignInThrottle throttle, BreachedPasswords breached, IAuditLog log, IdentityOptions options, TimeProvider time, Outbox.Outbox outbox)
{
    /// <summary>
    /// Replaces the own password. Needs the present one, throttled like sign-in (a borrowed session must not become a way to guess it);
    /// ends all other sessions and carries this one over to a new secret.
    /// </summary>
    /// <returns>The secret of the session that goes on.</returns>
    public async Task<Outcome<(string Secret, SessionRow Session)>> ChangePasswordAsync(Actor actor, string? current, string? next, Origin origin, CancellationToken ct)
    {
        var person = await database.ReadAsync(tx => members.LoadAsync<PersonContent>(tx, Members.Person, actor.Person.Value), ct).ConfigureAwait(false);
        if (person is null)
        {
            return Reasons.SignInNeeded;
        }

        // Whoever has a second factor proves it before the first one changes.
        if (person.Content.Factors?.AreEnrolled() == true && actor.Strength < Strength.SecondFactor)
        {
            return Reasons.FactorPending;
        }

        var (attempt, _) = await throttle.AdmitAsync(person.Content.AccountMac, new SignInPlace(origin.Address, Device: null), ct).ConfigureAwait(false);
        if (attempt is null)
        {
            return Reasons.SignInWait;
        }

        switch (await hashing.CheckAsync(actor.Person, person.Content.Password, current ?? "", ct).ConfigureAwait(false))
        {
            case PasswordCheck.Busy:
                return Reasons.SignInBusy;
            case PasswordCheck.Wrong:
                return Reasons.SignInFailed;
        }

        var names = seal.Open(actor.Person, person.Content);
        var companies = await database.ReadAsync(tx => members.ListAsync<EntityContent>(tx, Members.Entity), ct).ConfigureAwait(false);
        if (Fault(next, current, names, companies.Select(company => company.Content.Name)) is { } fault)
        {
            return Problem.Of([fault.At("next")]);
        }

        var content = person.Content with { Password = hashing.Seal(actor.Person, next!), PasswordAt = time.NowMs(), MustChangePassword = false, FromInit = false };
        return await members.ChangeAsync<(string, SessionRow)>(async tx =>
        {
            var proofs = await sessions.ProofsOfAsync(tx, actor.Session);
            var begun = await sessions.BeginAsync(tx, actor.Person, proofs.With(Factor.Password, time.NowMs()), new SessionFrom(actor.Zone, origin.Device));
            await sessions.RevokeAllAsync(tx, actor.Person, except: begun.Row.Id);
            await SignInThrottle.RefundAsync(tx, attempt);
            await outbox.AddAsync(tx, new Notice(NoticeTemplates.PasswordChanged, actor.Person, [NoticeValue.Instant("at", time.NowMs())]));
            await members.SaveAsync(tx, Members.Person, person.Id, person.Version, content, IdentityFacts.Of(IdentityFacts.PasswordChanged, actor));
            return begun;
        }, ct).ConfigureAwait(false);
    }

    public Task SignOutAsync(Actor actor, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        if (actor.Session is { } session && await sessions.RevokeAsync(tx, session))
        {
            await log.AppendAsync(tx, IdentityFacts.Of(IdentityFacts.SignedOut, actor), ct);
        }
    }, ct);

    /// <summary>Ends one of the own sessions.</summary>
    public Task<Outcome<bool>> EndSessionAsync(Actor actor, SessionId id, CancellationToken ct) => database.WriteAsync<Outcome<bool>>(async tx =>
    {
        var own = (await sessions.OfAsync(tx, actor.Person)).Any(session => session.Id == id);
        if (!own || !await sessions.RevokeAsync(tx, id))
        {
            return Reasons.NotFound;
        }

        await log.AppendAsync(tx, IdentityFacts.Of(IdentityFacts.SessionEnded, actor), ct);
        return true;
    }, ct);

    /// <summary>Who is signed in, under which session, until when; null when the session is gone.</summary>
    public async Task<SessionView?> ViewAsync(SessionId id, CancellationToken ct)
    {
        var (session, person) = await database.ReadAsync(async tx =>
        {
            var row = (await SessionStore.ByIdAsync(tx, [id])).Select(sessions.Authentic).FirstOrDefault();
            return (row, row is null ? null : await members.LoadAsync<PersonContent>(tx, Members.Person, row.Person.Value));
        }, ct).ConfigureAwait(false);
        if (session is null || person is null)
        {
            return null;
        }

        var names = seal.Open(session.Person, person.Content);
        var now = time.NowMs();
        return new SessionView(
            session.Id, session.Person, names.Account, names.Display, person.Content.Locale, session.Strength, session.StrengthAt,
            SessionRules.Expires(session, options.Sessions), person.Content.MustChangePassword, NeedsOf(session, person.Content), session.Proofs.All, [.. person.Content.Posts.Where(post => post.InForce(now))]);
    }

    public Task<IReadOnlyList<SessionRow>> SessionsOfAsync(PersonId person, CancellationToken ct) => database.ReadAsync(async tx =>
    {
        var now = time.NowMs();
        return (IReadOnlyList<SessionRow>)[.. (await sessions.OfAsync(tx, person)).Where(session => SessionRules.IsLive(session, options.Sessions, now))];
    }, ct);

    private static List<SignInNeed> NeedsOf(SessionRow session, PersonContent person)
    {
        var needs = new List<SignInNeed>();
        if (session.Strength < Strength.SecondFactor)
        {
            needs.Add(person.Factors?.AreEnrolled() == true ? SignInNeed.SecondFactor : SignInNeed.Enrolment);
        }

        if (person.MustChangePassword)
        {
            needs.Add(SignInNeed.Password);
        }

        return needs;
    }

    private Reason? Fault(string? next, string? current, PersonNames names, IEnumerable<string> companies) =>
        PasswordRules.Normalise(next) is { } normal && string.Equals(normal, PasswordRules.Normalise(current), StringComparison.Ordinal)
            ? Reasons.PasswordUnchanged
            : PasswordRules.Check(next, names.Account, [names.Display, options.Product, .. companies]) switch
            {
                PasswordFault.None => breached.Contains(PasswordRules.Normalise(next)!) || breached.Contains(next!) ? Reasons.PasswordBreached : null,
                PasswordFault.TooShort => Reasons.PasswordShort,
                PasswordFault.TooLong => Reasons.PasswordLong,
                PasswordFault.HoldsAccount => Reasons.PasswordAccount,
                _ => Reasons.PasswordCommon,
            };
}
