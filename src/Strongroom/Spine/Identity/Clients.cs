using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Identity;

/// <summary>Registers API clients (R43): owner, purposes, scopes, items, quota, networks, term. Tokens are shown once and kept as keyed hashes.</summary>
internal sealed class Clients(Members members, Secrets secrets, IdentityOptions options, TimeProvider time)
{
    /// <param name="wanted">The registration; state and tokens in it are ignored.</param>
    /// <returns>The client and its bearer token, shown this once.</returns>
    public async Task<Outcome<(Member<ClientContent> Client, string Token)>> CreateAsync(Actor actor, ClientContent wanted, CancellationToken ct)
    {
        if (Refusal(actor, wanted) is { } problem)
        {
            return problem;
        }

        var id = ClientId.New();
        var (token, hash) = NewToken(id);
        var content = wanted with { State = MemberState.Active, Registered = time.NowMs(), Tokens = [new TokenContent(hash, time.NowMs(), wanted.Expires)] };
        return await members.ChangeAsync<(Member<ClientContent>, string)>(async tx =>
        {
            if (await members.LoadAsync<PersonContent>(tx, Members.Person, wanted.Owner.Value) is not { Content.State: MemberState.Active })
            {
                return Problem.Of([Reasons.PersonUnknown.At("owner")]);
            }

            await members.SaveAsync(tx, Members.Client, id.Value, 0, content, IdentityFacts.Of(IdentityFacts.ClientCreated, actor));
            return (new Member<ClientContent>(id.Value, 1, content), token);
        }, ct).ConfigureAwait(false);
    }

    /// <summary>Changes the registration, not its owner, tokens or state.</summary>
    public Task<Outcome<Member<ClientContent>>> ChangeAsync(
        Actor actor, ClientId id, long version, Func<ClientContent, ClientContent> change, CancellationToken ct) =>
        EditAsync(actor, id, version, IdentityFacts.ClientChanged, client =>
        {
            var changed = change(client);
            var faults = ClientRules.Faults(changed, time.NowMs());
            return faults.Count > 0
                ? Problem.Of(faults)
                : changed with { Tokens = [.. changed.Tokens.Select(token => token with { Until = Math.Min(token.Until, changed.Expires) })] };
        }, ct);

    /// <summary>A new token; the present one works on until the chosen date, so that a business system can change over without a gap.</summary>
    /// <param name="until">UTC milliseconds; null: the usual overlap.</param>
    public async Task<Outcome<string>> RotateAsync(Actor actor, ClientId id, CancellationToken ct, long? until = null)
    {
        var now = time.NowMs();
        if (until < now - SessionRules.SeenEvery || until > now + ClientRules.LongestOverlap)
        {
            return Problem.Of([Reasons.ClientOverlap.At("until")]);
        }

        var (token, hash) = NewToken(id);
        var changed = await EditAsync(actor, id, version: null, IdentityFacts.ClientRotated, client =>
            client.Expires <= now ? Reasons.ClientExpired
            : client.State != MemberState.Active ? Reasons.ClientOwnerLeft
            : client with { Tokens = ClientRules.Rotate(client.Tokens, hash, client.Expires, until ?? now + options.TokenOverlapMs, now) }, ct).ConfigureAwait(false);
        return changed is Outcome<Member<ClientContent>>.Refused refused ? refused.Problem : token;
    }

    /// <summary>
    /// Gives a client to somebody else to answer for; whoever had it knows its token, so that ends and a new one is made. It brings back a client
    /// that was suspended because its owner left.
    /// </summary>
    public async Task<Outcome<string>> HandOverAsync(Actor actor, ClientId id, PersonId owner, CancellationToken ct)
    {
        if (OrganisationRules.MayAdminister(actor.Person, owner) is { } self)
        {
            return self;
        }

        var (token, hash) = NewToken(id);
        var changed = await members.EditAsync<ClientContent>(Members.Client, id.Value, version: null, IdentityFacts.Of(IdentityFacts.ClientHandedOver, actor), async (tx, client) =>
            client.State == MemberState.Closed ? Reasons.MemberClosed
            : client.Expires <= time.NowMs() ? Reasons.ClientExpired
            : await members.LoadAsync<PersonContent>(tx, Members.Person, owner.Value) is { } person && person.Content.IsActive(time.NowMs())
                ? client with { Owner = owner, State = MemberState.Active, Tokens = [new TokenContent(hash, time.NowMs(), client.Expires)] }
            : Problem.Of([Reasons.PersonUnknown.At("owner")]), ct).ConfigureAwait(false);
        return changed is Outcome<Member<ClientContent>>.Refused refused ? refused.Problem : token;
    }

    /// <summary>Ends a client for good, at its next request on every node.</summary>
    public Task<Outcome<Member<ClientContent>>> RevokeAsync(Actor actor, ClientId id, CancellationToken ct) =>
        EditAsync(actor, id, version: null, IdentityFacts.ClientRevoked, client => client with { State = MemberState.Closed, Tokens = [] }, ct);

    private Task<Outcome<Member<ClientContent>>> EditAsync(
        Actor actor, ClientId id, long? version, string act, Func<ClientContent, Outcome<ClientContent>> edit, CancellationToken ct) =>
        members.EditAsync<ClientContent>(Members.Client, id.Value, version, IdentityFacts.Of(act, actor), (_, client) => Task.FromResult(
            client.State == MemberState.Closed ? Reasons.MemberClosed
            : OrganisationRules.MayAdminister(actor.Person, client.Owner) is { } self ? self
            : edit(client)), ct);

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
