using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity.Accounts;
using Strongroom.Spine.Outbox;

namespace Strongroom.Spine.Identity;

/// <summary>Where the posts of the installation come from: versioned policy rows loaded from packs.</summary>
internal interface IPostBooks
{
    /// <summary>The posts and conflicts as they stand in this transaction.</summary>
    Task<PostBook> ReadAsync(Tx tx);
}

/// <summary>Administers people: posts, states, new starts (R10, R34, R40). Never one's own. Accounts come from <see cref="AccountRequests"/> alone (R39).</summary>
internal sealed class People(
    Members members, Sessions sessions, PasswordHashing hashing, Secrets secrets, PersonSeal seal, IPostBooks books, ApprovalDesk approvals,
    IEnumerable<IAccountEnding> endings, TimeProvider time, Outbox.Outbox outbox)
{
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
            Since = time.NowMs(),
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

    /// <summary>Asks a second administrator to approve exactly this grant; he sees what the server shows him, not a text of the asker's.</summary>
    public Task<Outcome<Approval>> RequestAsync(Actor actor, GuardedAct act, long until, CancellationToken ct) =>
        OrganisationRules.MayAdminister(actor.Person, act.Person) is { } self
            ? Task.FromResult<Outcome<Approval>>(self)
            : approvals.RequestAsync(actor, act.Act, act.Person.ToString(), act.Digest(), act.Canonical(), until, ct);

    /// <summary>Gives a post for a term. A guarded post (administrators, data owners, DPO, auditors; R40) takes the approval of a second administrator.</summary>
    /// <param name="approved">What was approved, when an approval is named.</param>
    public Task<Outcome<Member<PersonContent>>> GrantAsync(
        Actor actor, PersonId id, HeldPost post, CancellationToken ct, ApprovalId? approval = null, GuardedAct? approved = null) =>
        ChangeAsync(actor, id, IdentityFacts.PostGranted, async (tx, person) =>
        {
            if (person.State == MemberState.Closed)
            {
                return Reasons.MemberClosed;
            }

            var book = await books.ReadAsync(tx);
            if (await MayHoldAsync(tx, person, post, book) is { } refusal)
            {
                return refusal;
            }

            RowDigest? used = null;
            if (book.Posts[post.Post].TakesTwo)
            {
                switch (await SecondAsync(tx, actor, approval, approved ?? GuardedAct.Grant(id, post)))
                {
                    case Outcome<RowDigest>.Done done:
                        used = done.Value;
                        break;
                    case Outcome<RowDigest>.Refused refused:
                        return refused.Problem;
                }
            }

            return new Changed(person with { Posts = [.. person.Posts, post] }, used is null ? [] : [approval!.Value], used is null ? [] : [used]);
        }, ct);

    /// <summary>Whether the unit is in use, the kind of account fits, the terms do not overlap and no duty conflicts; null when all of it holds.</summary>
    public async Task<Problem?> MayHoldAsync(Tx tx, PersonContent person, HeldPost post, PostBook book)
    {
        if (await members.LoadAsync<UnitContent>(tx, Members.Unit, post.Unit.Value) is not { Content.State: MemberState.Active })
        {
            return Problem.Of(Reasons.UnitUnknown);
        }

        if (OrganisationRules.MayHold(person.Posts, post, book, out var conflict) is { } refusal)
        {
            return conflict is null
                ? Problem.Of(refusal)
                : Problem.Of(refusal) with { Errors = [new FieldError("post", refusal.Code, conflict.Text.Zh, conflict.Text.En)] };
        }

        return AccountTerms.MayHold(person.Kind, book.Posts[post.Post]) is { } kind ? Problem.Of(kind) : null;
    }

    /// <summary>Uses a second administrator's approval in this transaction. The person it is about is nobody behind it, as approver of any step or absent colleague of one.</summary>
    private async Task<Outcome<RowDigest>> SecondAsync(Tx tx, Actor actor, ApprovalId? approval, GuardedAct act)
    {
        if (approval is not { } named)
        {
            return act.Act == GuardedAct.IdentityLink ? Reasons.SsoTwo : Reasons.PostAdministers;
        }

        return await approvals.ConsumeAsync(tx, named, act.Act, act.Person.ToString(), act.Digest(), actor.Person) switch
        {
            ApprovalUse.Consumed used when used.Eyes.Contains(act.Person) => throw Members.Refused(Reasons.PeopleSelf),
            ApprovalUse.Consumed used => used.Row,
            ApprovalUse.Refused refused => refused.Reason,
            _ => Reasons.ApprovalVoid,
        };
    }

    /// <summary>Changes a person as a second administrator approved, and uses his approval in the same transaction. Never somebody closed.</summary>
    public Task<Outcome<Member<PersonContent>>> ChangeByTwoAsync(
        Actor actor, GuardedAct act, ApprovalId? approval, string fact, Func<Tx, PersonContent, Task<Outcome<PersonContent>>> edit, CancellationToken ct) =>
        ChangeAsync(actor, act.Person, fact, async (tx, person) =>
        {
            if (person.State == MemberState.Closed)
            {
                return Reasons.MemberClosed;
            }

            var second = await SecondAsync(tx, actor, approval, act);
            if (second is not Outcome<RowDigest>.Done { Value: var used })
            {
                return ((Outcome<RowDigest>.Refused)second).Problem;
            }

            // The approval is used by now: what stands against the change undoes that too.
            return await edit(tx, person) switch
            {
                Outcome<PersonContent>.Done done => new Changed(done.Value, [approval!.Value], [used]),
                Outcome<PersonContent>.Refused refused => throw Members.Refused(refused.Problem),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }, ct);

    public Task<Outcome<Member<PersonContent>>> EndPostAsync(Actor actor, PersonId id, PostKey post, UnitId unit, CancellationToken ct) =>
        EditAsync(actor, id, version: null, IdentityFacts.PostEnded, async (tx, person) =>
        {
            if (OrganisationRules.Without(person.Posts, post, unit, time.NowMs()) is not { } posts)
            {
                return Reasons.PostNotHeld;
            }

            // Two administrators always stay, or nobody could decide with the last one.
            var without = person with { Posts = posts };
            return await IsLastAdministratorAsync(tx, id, person) && !await IsLastAdministratorAsync(tx, id, without) ? Reasons.LastAdministrators : without;
        }, ct);

    /// <summary>
    /// Suspends, resumes or closes. Sessions end at once with the first and the last, and do not come back with the second; closing ends
    /// posts and clients too. Two administrators always stay.
    /// </summary>
    public Task<Outcome<Member<PersonContent>>> SetStateAsync(Actor actor, PersonId id, MemberState state, CancellationToken ct) =>
        ChangeAsync(actor, id, FactOf(state), async (tx, person) =>
        {
            if (OrganisationRules.MayBecome(person.State, state) is { } refusal)
            {
                return refusal;
            }

            if (state != MemberState.Active && await IsLastAdministratorAsync(tx, id, person))
            {
                return Reasons.LastAdministrators;
            }

            return new Changed(await MoveAsync(tx, id, person, state, IdentityFacts.Of(IdentityFacts.ClientRevoked, actor)));
        }, ct);

    /// <summary>What the system does by itself when an account lies idle or its term is over; null when the person changed meanwhile or must stay.</summary>
    public Task<Outcome<Member<PersonContent>>> RetireAsync(PersonId id, long version, MemberState state, Reason why, CancellationToken ct) =>
        members.EditAsync<PersonContent>(
            Members.Person, id.Value, version, IdentityFacts.BySystem(FactOf(state)) with { Reasons = [why.Code] },
            async (tx, person) => await IsLastAdministratorAsync(tx, id, person)
                ? Reasons.LastAdministrators
                : await MoveAsync(tx, id, person, state, IdentityFacts.BySystem(IdentityFacts.ClientRevoked)),
            ct);

    private async Task<PersonContent> MoveAsync(Tx tx, PersonId id, PersonContent person, MemberState state, LogFact fact)
    {
        var now = time.NowMs();
        await sessions.RevokeAllAsync(tx, id);
        if (state != MemberState.Closed)
        {
            return person with { State = state, Since = now };
        }

        foreach (var ending in endings)
        {
            await ending.EndAsync(tx, id, fact);
        }

        return person with
        {
            State = state, Since = now,
            Posts = [.. person.Posts.Where(post => post.From < now).Select(post => post.Until is { } end && end <= now ? post : post with { Until = now })],
        };
    }

    /// <summary>Whether without him fewer than two administrators would be left.</summary>
    public async Task<bool> IsLastAdministratorAsync(Tx tx, PersonId id, PersonContent person)
    {
        var now = time.NowMs();
        var book = await books.ReadAsync(tx);
        bool Administers(PersonContent one) => one.IsActive(now) && one.Posts.Any(post => post.InForce(now) && book.Posts.GetValueOrDefault(post.Post)?.Administers == true);
        return Administers(person)
            && (await members.ListAsync<PersonContent>(tx, Members.Person)).Count(other => other.Id != id.Value && Administers(other.Content)) < 2;
    }

    /// <summary>
    /// A new start password for somebody who lost his own; his sessions end. For people who hold a guarded post it takes a second
    /// administrator: whoever could reset one alone could become him.
    /// </summary>
    public async Task<Outcome<string>> GiveStartPasswordAsync(Actor actor, PersonId id, CancellationToken ct, ApprovalId? approval = null)
    {
        var start = Secrets.NewStartPassword();
        var hash = hashing.Seal(id, start);
        var changed = await RecoverAsync(actor, id, IdentityFacts.StartPasswordGiven, approval, async (tx, person) =>
        {
            var now = time.NowMs();
            await outbox.AddAsync(tx, new Notice(NoticeTemplates.PasswordReset, id, [NoticeValue.Instant("at", now)]));
            return person with { Password = hash, PasswordAt = now, MustChangePassword = true, FromInit = false };
        }, ct).ConfigureAwait(false);
        return changed is Outcome<Member<PersonContent>>.Refused refused ? refused.Problem : start;
    }

    /// <summary>
    /// Takes the second factors of somebody who lost them; his sessions end and his next sign-in enrols anew. For who holds a guarded post it
    /// takes a second administrator, for the same reason as start passwords.
    /// </summary>
    public Task<Outcome<Member<PersonContent>>> ResetFactorsAsync(Actor actor, PersonId id, CancellationToken ct, ApprovalId? approval = null) =>
        RecoverAsync(actor, id, IdentityFacts.FactorsReset, approval, (_, person) => Task.FromResult(person with { Factors = null }), ct);

    private Task<Outcome<Member<PersonContent>>> RecoverAsync(
        Actor actor, PersonId id, string act, ApprovalId? approval, Func<Tx, PersonContent, Task<PersonContent>> renew, CancellationToken ct) =>
        ChangeAsync(actor, id, act, async (tx, person) =>
        {
            if (person.State == MemberState.Closed)
            {
                return Reasons.MemberClosed;
            }

            RowDigest? used = null;
            if (await AdministersAsync(tx, person))
            {
                switch (await SecondAsync(tx, actor, approval, GuardedAct.Recover(id)))
                {
                    case Outcome<RowDigest>.Done done:
                        used = done.Value;
                        break;
                    case Outcome<RowDigest>.Refused refused:
                        return refused.Problem;
                }
            }

            await sessions.RevokeAllAsync(tx, id);
            return new Changed(await renew(tx, person), used is null ? [] : [approval!.Value], used is null ? [] : [used]);
        }, ct);

    /// <summary>Holds, now or later, a guarded post or one that no book knows.</summary>
    private async Task<bool> AdministersAsync(Tx tx, PersonContent person)
    {
        var book = await books.ReadAsync(tx);
        var now = time.NowMs();
        return person.Posts.Any(post => (post.Until is null || post.Until > now) && book.Posts.GetValueOrDefault(post.Post) is null or { TakesTwo: true });
    }

    /// <summary>Changes a row and lets the entry cite the approval it rests on.</summary>
    private Task<Outcome<Member<PersonContent>>> ChangeAsync(
        Actor actor, PersonId id, string act, Func<Tx, PersonContent, Task<Outcome<Changed>>> edit, CancellationToken ct) =>
        OrganisationRules.MayAdminister(actor.Person, id) is { } self
            ? Task.FromResult<Outcome<Member<PersonContent>>>(self)
            : members.ChangeAsync<Member<PersonContent>>(async tx =>
            {
                if (await members.LockAsync<PersonContent>(tx, Members.Person, id.Value) is not { } row)
                {
                    return Reasons.NotFound;
                }

                var outcome = await edit(tx, row.Content);
                if (outcome is Outcome<Changed>.Refused refused)
                {
                    return refused.Problem;
                }

                var changed = ((Outcome<Changed>.Done)outcome).Value;
                var fact = IdentityFacts.Of(act, actor) with { Approvals = changed.Approvals, Rows = changed.Rows };
                await members.SaveAsync(tx, Members.Person, id.Value, row.Version, changed.Content, fact);
                return new Member<PersonContent>(id.Value, row.Version + 1, changed.Content);
            }, ct);

    private sealed record Changed(PersonContent Content, IReadOnlyList<ApprovalId> Approvals, IReadOnlyList<RowDigest> Rows)
    {
        public Changed(PersonContent content)
            : this(content, [], [])
        {
        }
    }

    /// <summary>Reads, edits and writes somebody else's row.</summary>
    public Task<Outcome<Member<PersonContent>>> EditAsync(
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

    /// <summary>Everything wrong with an account that is to be made; empty: nothing.</summary>
    public List<FieldError> Faults(string? account, string? display, string? locale, AccountTerms terms) =>
        [.. FieldFaults(account, display, locale), .. terms.Faults(time.NowMs())];

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
