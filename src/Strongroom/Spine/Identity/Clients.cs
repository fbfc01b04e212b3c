using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Identity;

/// <summary>Registers API clients (R43): owner, purposes, scopes, items, quota, networks, term. Tokens are shown once and kept as keyed hashes.</summary>
internal sealed class Clients(Database database, Members members, Secrets secrets, ApprovalDesk approvals, IdentityOptions options, TimeProvider time)
{
    /// <summary>Asks a second administrator to approve exactly this; needed for clients that push work orders, and of no use for others.</summary>
    public async Task<Outcome<Approval>> RequestAsync(Actor actor, ClientAct act, long until, CancellationToken ct)
    {
        if (act.Create is { } create && Refusal(actor, create.ToContent()) is { } problem)
        {
            return problem;
        }

        if (act is { Client: { } id, Change: { } change })
        {
            var row = await database.ReadAsync(tx => members.LoadAsync<ClientContent>(tx, Members.Client, id.Value), ct).ConfigureAwait(false);
            if (row is null)
            {
                return Reasons.NotFound;
            }

            if (change.Version != row.Version)
            {
                return Reasons.RowChanged;
            }

            act = act with { Result = ClientRequest.Of(ClientRules.Apply(row.Content, change)) };
        }

        return await approvals.RequestAsync(actor, ClientAct.Name, act.Subject, act.Digest(), act.Canonical(), until, ct).ConfigureAwait(false);
    }

    /// <param name="wanted">The registration; state and tokens in it are ignored.</param>
    /// <returns>The client and its bearer token, shown this once.</returns>
    public async Task<Outcome<(Member<ClientContent> Client, string Token)>> CreateAsync(Actor actor, ClientRequest ask, CancellationToken ct)
    {
        var wanted = ask.ToContent();
        if (Refusal(actor, wanted) is { } problem)
        {
            return problem;
        }

        var id = ClientId.New();
        var (token, hash) = NewToken(id);
        var content = wanted with { State = MemberState.Active, Registered = time.NowMs(), Tokens = [new TokenContent(hash, time.NowMs(), wanted.Expires)] };
        return await members.ChangeAsync<(Member<ClientContent>, string)>(async tx =>
        {
            if ((await members.LoadAsync<PersonContent>(tx, Members.Person, wanted.Owner.Value))?.Content.IsActive(time.NowMs()) != true)
            {
                return Problem.Of([Reasons.PersonUnknown.At("owner")]);
            }

            var second = await SecondedAsync(tx, actor, ClientRules.Pushes(content), [content.Owner], ask.Approval, new ClientAct(null, Create: ask), IdentityFacts.ClientCreated);
            if (second is not Outcome<LogFact>.Done { Value: var fact })
            {
                return ((Outcome<LogFact>.Refused)second).Problem;
            }

            await members.SaveAsync(tx, Members.Client, id.Value, 0, content, fact);
            return (new Member<ClientContent>(id.Value, 1, content), token);
        }, ct).ConfigureAwait(false);
    }

    /// <summary>Changes the registration, not its owner, tokens or state.</summary>
    public Task<Outcome<Member<ClientContent>>> ChangeAsync(Actor actor, ClientId id, ClientChange ask, CancellationToken ct) =>
        EditAsync(actor, id, ask.Version, IdentityFacts.ClientChanged, ask.Approval, new ClientAct(id, Change: ask), client =>
        {
            var changed = ClientRules.Apply(client, ask);
            var faults = ClientRules.Faults(changed, time.NowMs());
            return faults.Count > 0 ? Problem.Of(faults) : changed;
        }, ct);

    /// <summary>A new token; the present one works on until the chosen date, so that a business system can change over without a gap.</summary>
    public async Task<Outcome<string>> RotateAsync(Actor actor, ClientId id, ClientRotation ask, CancellationToken ct)
    {
        var (now, until) = (time.NowMs(), ask.Until);
        if (until < now - SessionRules.SeenEvery || until > now + ClientRules.LongestOverlap)
        {
            return Problem.Of([Reasons.ClientOverlap.At("until")]);
        }

        var (token, hash) = NewToken(id);
        var changed = await EditAsync(actor, id, version: null, IdentityFacts.ClientRotated, ask.Approval, new ClientAct(id, Rotate: ask), client =>
            client.Expires <= now ? Reasons.ClientExpired
            : client.State != MemberState.Active ? Reasons.ClientOwnerLeft
            : client with { Tokens = ClientRules.Rotate(client.Tokens, hash, client.Expires, until ?? now + options.TokenOverlapMs, now) }, ct).ConfigureAwait(false);
        return changed is Outcome<Member<ClientContent>>.Refused refused ? refused.Problem : token;
    }

    /// <summary>
    /// Gives a client to somebody else to answer for; whoever had it knows its token, so that ends and a new one is made. It brings back a client
    /// that was suspended because its owner left.
    /// </summary>
    public async Task<Outcome<string>> HandOverAsync(Actor actor, ClientId id, ClientHandOver ask, CancellationToken ct)
    {
        if (OrganisationRules.MayAdminister(actor.Person, ask.Owner) is { } self)
        {
            return self;
        }

        var (token, hash) = NewToken(id);
        var changed = await members.ChangeAsync<Member<ClientContent>>(async tx =>
        {
            if (await members.LockAsync<ClientContent>(tx, Members.Client, id.Value) is not { } row)
            {
                return Reasons.NotFound;
            }

            // Neither may he give away what he answers for himself: its new token would be his.
            var client = row.Content;
            if (MayEdit(actor, client) is { } refusal)
            {
                return refusal;
            }

            if (client.Expires <= time.NowMs())
            {
                return Reasons.ClientExpired;
            }

            if (await members.LoadAsync<PersonContent>(tx, Members.Person, ask.Owner.Value) is not { } person || !person.Content.IsActive(time.NowMs()))
            {
                return Problem.Of([Reasons.PersonUnknown.At("owner")]);
            }

            var next = client with { Owner = ask.Owner, State = MemberState.Active, Tokens = [new TokenContent(hash, time.NowMs(), client.Expires)] };
            return await SaveAsync(tx, actor, row, next, IdentityFacts.ClientHandedOver, ask.Approval, new ClientAct(id, HandOver: ask));
        }, ct).ConfigureAwait(false);
        return changed is Outcome<Member<ClientContent>>.Refused refused ? refused.Problem : token;
    }

    /// <summary>Ends a client for good, at its next request on every node.</summary>
    public Task<Outcome<Member<ClientContent>>> RevokeAsync(Actor actor, ClientId id, CancellationToken ct) =>
        members.EditAsync<ClientContent>(Members.Client, id.Value, version: null, IdentityFacts.Of(IdentityFacts.ClientRevoked, actor), (_, client) => Task.FromResult(
            MayEdit(actor, client) is { } refusal ? refusal : (Outcome<ClientContent>)(client with { State = MemberState.Closed, Tokens = [] })), ct);

    private static Reason? MayEdit(Actor actor, ClientContent client) =>
        client.State == MemberState.Closed ? Reasons.MemberClosed : OrganisationRules.MayAdminister(actor.Person, client.Owner);

    private Task<Outcome<Member<ClientContent>>> EditAsync(
        Actor actor, ClientId id, long? version, string fact, ApprovalId? approval, ClientAct act, Func<ClientContent, Outcome<ClientContent>> edit, CancellationToken ct) =>
        members.ChangeAsync<Member<ClientContent>>(async tx =>
        {
            if (await members.LockAsync<ClientContent>(tx, Members.Client, id.Value) is not { } row)
            {
                return Reasons.NotFound;
            }

            if (version is { } seen && seen != row.Version)
            {
                return Reasons.RowChanged;
            }

            if (MayEdit(actor, row.Content) is { } refusal)
            {
                return refusal;
            }

            return edit(row.Content) switch
            {
                Outcome<ClientContent>.Done { Value: var next } => await SaveAsync(tx, actor, row, next, fact, approval, act),
                Outcome<ClientContent>.Refused refused => refused.Problem,
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }, ct);

    /// <summary>Writes the row; with a second administrator's approval where the client pushes orders before or after, resting or not.</summary>
    private async Task<Outcome<Member<ClientContent>>> SaveAsync(
        Tx tx, Actor actor, Member<ClientContent> row, ClientContent next, string fact, ApprovalId? approval, ClientAct act)
    {
        var pushes = ClientRules.Pushes(row.Content) || ClientRules.Pushes(next);
        var whole = act.Change is null ? act : act with { Result = ClientRequest.Of(next) };
        var second = await SecondedAsync(tx, actor, pushes, [row.Content.Owner, next.Owner], approval, whole, fact);
        if (second is not Outcome<LogFact>.Done { Value: var entry })
        {
            return ((Outcome<LogFact>.Refused)second).Problem;
        }

        await members.SaveAsync(tx, Members.Client, row.Id, row.Version, next, entry);
        return new Member<ClientContent>(row.Id, row.Version + 1, next);
    }

    /// <summary>The entry of the change, citing the approval it used; who answers for the client before or after is nobody behind that.</summary>
    private async Task<Outcome<LogFact>> SecondedAsync(
        Tx tx, Actor actor, bool pushes, IReadOnlyList<PersonId> owners, ApprovalId? approval, ClientAct act, string fact)
    {
        var entry = IdentityFacts.Of(fact, actor);
        if (!pushes)
        {
            return entry;
        }

        if (approval is not { } named)
        {
            return Reasons.ClientTickets;
        }

        return await approvals.ConsumeAsync(tx, named, ClientAct.Name, act.Subject, act.Digest(), actor.Person) switch
        {
            ApprovalUse.Consumed used when owners.Any(used.Eyes.Contains) => throw Members.Refused(Reasons.PeopleSelf),
            ApprovalUse.Consumed used => entry with { Approvals = [named], Rows = [used.Row] },
            ApprovalUse.Refused refused => refused.Reason,
            _ => Reasons.ApprovalVoid,
        };
    }

    private Problem? Refusal(Actor actor, ClientContent wanted)
    {
        // A client that the administrator himself owned would be a right he gave himself.
        if (OrganisationRules.MayAdminister(actor.Person, wanted.Owner) is { } self)
        {
            return Problem.Of(self);
        }

        var faults = ClientRules.Faults(wanted, time.NowMs());
        return faults.Count > 0 ? Problem.Of(faults) : null;
    }

    private (string Token, byte[] Hash) NewToken(ClientId id)
    {
        var token = Secrets.NewToken(id);
        return Secrets.TryReadToken(token, out _, out var secret)
            ? (token, secrets.HashToken(id, secret))
            : throw new InvalidOperationException("A token made here must read back.");
    }
}
