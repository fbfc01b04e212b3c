using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Outbox;

namespace Strongroom.Spine.Identity;

/// <summary>Where the posts of the installation come from: versioned policy rows loaded from packs.</summary>
internal interface IPostBooks
{
    /// <summary>The posts and conflicts as they stand in this transaction.</summary>
    Task<PostBook> ReadAsync(Tx tx);
}

/// <summary>Administers people: accounts, posts, states (R10, R34, R40). Never one's own.</summary>
internal sealed class People(
    Members members, Sessions sessions, PasswordHashing hashing, Secrets secrets, PersonSeal seal, IPostBooks books, TimeProvider time, Outbox.Outbox outbox)
{
    /// <returns>The new person and a start password that is shown this once.</returns>
    public async Task<Outcome<(Member<PersonContent> Person, string StartPassword)>> CreateAsync(
        Actor actor, string? account, string? display, string? locale, CancellationToken ct)
    {
        if (NewContent(account, display, locale) is not { Content: { } content, Id: var id } made)
        {
            return Problem.Of(FieldFaults(account, display, locale));
        }

        return await members.ChangeAsync<(Member<PersonContent>, string)>(async tx =>
        {
            if (!await AccountClaimStore.ClaimAsync(tx, content.AccountMac, id))
            {
                return Reasons.AccountTaken;
            }

            await members.SaveAsync(tx, Members.Person, id.Value, 0, content, IdentityFacts.Of(IdentityFacts.PersonCreated, actor));
            return (new Member<PersonContent>(id.Value, 1, content), made.StartPassword);
        }, ct).ConfigureAwait(false);
    }

    /// <summary>A person's first row, not stored yet; null when the fields are not in order.</summary>
    public (PersonId Id, PersonContent Content, string StartPassword)? NewContent(string? account, string? display, string? locale)
    {
        if (FieldFaults(account, display, locale).Count > 0)
        {
            return null;
        }

        var folded = AccountNames.Fold(account)!;
        var id = PersonId.New();
        var start = Secrets.NewStartPassword();
        var content = new PersonContent
        {
            AccountMac = secrets.HashAccount(folded),
            Names = seal.Seal(id, new PersonNames(folded, display!.Trim())),
            Password = hashing.Seal(id, start),
            MustChangePassword = true,
            PasswordAt = time.NowMs(),
            Locale = locale ?? "zh",
            State = MemberState.Active,
            Posts = [],
        };
        return (id, content, start);
    }

    public Task<Outcome<Member<PersonContent>>> ChangeAsync(
        Actor actor, PersonId id, long version, string? display, string? locale, CancellationToken ct)
    {
        var faults = FieldFaults("ok", display ?? "ok", locale);
        return faults.Count > 0
            ? Task.FromResult<Outcome<Member<PersonContent>>>(Problem.Of(faults))
            : EditAsync(actor, id, version, IdentityFacts.PersonChanged, (_, person) => Task.FromResult<Outcome<PersonContent>>(person with
            {
                Names = display is null ? person.Names : seal.Seal(id, seal.Open(id, person) with { Display = display.Trim() }),
                Locale = locale ?? person.Locale,
            }), ct);
    }

    /// <summary>Gives a post for a term. A post that administers takes a second administrator (R40); in the spine only <see cref="Bootstrap"/> gives those.</summary>
    public Task<Outcome<Member<PersonContent>>> GrantAsync(Actor actor, PersonId id, HeldPost post, CancellationToken ct) =>
        EditAsync(actor, id, version: null, IdentityFacts.PostGranted, async (tx, person) =>
        {
            var unit = await members.LoadAsync<UnitContent>(tx, Members.Unit, post.Unit.Value);
            if (unit is not { Content.State: MemberState.Active })
            {
                return Reasons.UnitUnknown;
            }

            var book = await books.ReadAsync(tx);
            if (OrganisationRules.MayHold(person.Posts, post, book, out var conflict) is { } refusal)
            {
                return conflict is null ? refusal : Problem.Of(refusal) with { Errors = [new FieldError("post", refusal.Code, conflict.Text.Zh, conflict.Text.En)] };
            }

            return book.Posts[post.Post].Administers ? Reasons.PostAdministers : person with { Posts = [.. person.Posts, post] };
        }, ct);

    public Task<Outcome<Member<PersonContent>>> EndPostAsync(Actor actor, PersonId id, PostKey post, UnitId unit, CancellationToken ct) =>
        EditAsync(actor, id, version: null, IdentityFacts.PostEnded, (_, person) => Task.FromResult<Outcome<PersonContent>>(
            OrganisationRules.Without(person.Posts, post, unit, time.NowMs()) is { } posts ? person with { Posts = posts } : Reasons.PostNotHeld), ct);

    /// <summary>Suspends, resumes or closes; sessions end at once with the first and the last, and do not come back with the second.</summary>
    public Task<Outcome<Member<PersonContent>>> SetStateAsync(Actor actor, PersonId id, MemberState state, CancellationToken ct) =>
        EditAsync(actor, id, version: null, FactOf(state), async (tx, person) =>
        {
            if (OrganisationRules.MayBecome(person.State, state) is { } refusal)
            {
                return refusal;
            }

            await sessions.RevokeAllAsync(tx, id);
            return person with { State = state };
        }, ct);

    /// <summary>
    /// A new start password for somebody who lost his own; his sessions end. Not for people who hold an administering post: whoever could
    /// reset a fellow administrator alone could become him.
    /// </summary>
    public async Task<Outcome<string>> GiveStartPasswordAsync(Actor actor, PersonId id, CancellationToken ct)
    {
        var start = Secrets.NewStartPassword();
        var hash = hashing.Seal(id, start);
        var changed = await EditAsync(actor, id, version: null, IdentityFacts.StartPasswordGiven, async (tx, person) =>
        {
            if (person.State == MemberState.Closed)
            {
                return Reasons.MemberClosed;
            }

            if (await AdministersAsync(tx, person))
            {
                return Reasons.PostAdministers;
            }

            await sessions.RevokeAllAsync(tx, id);
            var now = time.NowMs();
            await outbox.AddAsync(tx, new Notice(NoticeTemplates.PasswordReset, id, [NoticeValue.Instant("at", now)]));
            return person with { Password = hash, PasswordAt = now, MustChangePassword = true };
        }, ct).ConfigureAwait(false);
        return changed is Outcome<Member<PersonContent>>.Refused refused ? refused.Problem : start;
    }

    /// <summary>
    /// Takes the second factors of somebody who lost them; his sessions end and his next sign-in enrols anew. Not for people who hold an
    /// administering post, for the same reason as start passwords.
    /// </summary>
    public Task<Outcome<Member<PersonContent>>> ResetFactorsAsync(Actor actor, PersonId id, CancellationToken ct) =>
        EditAsync(actor, id, version: null, IdentityFacts.FactorsReset, async (tx, person) =>
        {
            if (person.State == MemberState.Closed)
            {
                return Reasons.MemberClosed;
            }

            if (await AdministersAsync(tx, person))
            {
                return Reasons.PostAdministers;
            }

            await sessions.RevokeAllAsync(tx, id);
            return person with { Factors = null };
        }, ct);

    /// <summary>Holds, now or later, a post that administers or that no book knows.</summary>
    private async Task<bool> AdministersAsync(Tx tx, PersonContent person)
    {
        var book = await books.ReadAsync(tx);
        var now = time.NowMs();
        return person.Posts.Any(post => (post.Until is null || post.Until > now) && book.Posts.GetValueOrDefault(post.Post) is null or { Administers: true });
    }

    private Task<Outcome<Member<PersonContent>>> EditAsync(
        Actor actor, PersonId id, long? version, string act, Func<Tx, PersonContent, Task<Outcome<PersonContent>>> edit, CancellationToken ct) =>
        OrganisationRules.MayAdminister(actor.Person, id) is { } self
            ? Task.FromResult<Outcome<Member<PersonContent>>>(self)
            : members.EditAsync(Members.Person, id.Value, version, IdentityFacts.Of(act, actor), edit, ct);

    private static string FactOf(MemberState state) => state switch
    {
        MemberState.Active => IdentityFacts.PersonResumed,
        MemberState.Suspended => IdentityFacts.PersonSuspended,
        _ => IdentityFacts.PersonClosed,
    };

    private static List<FieldError> FieldFaults(string? account, string? display, string? locale)
    {
        var faults = new List<FieldError>();
        if (AccountNames.Fold(account) is null)
        {
            faults.Add(Reasons.AccountForm.At("account"));
        }

        if (string.IsNullOrWhiteSpace(display))
        {
            faults.Add(Reasons.FieldMissing.At("name"));
        }
        else if (display.Length > 80)
        {
            faults.Add(Reasons.FieldLong.At("name"));
        }

        if (locale is not (null or "zh" or "en"))
        {
            faults.Add(Reasons.BadField.At("locale"));
        }

        return faults;
    }
}
