using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Spine.Identity.Oidc;

/// <summary>What the provider's answer led to.</summary>
internal abstract record OidcOutcome
{
    internal sealed record In(Proved Proved) : OidcOutcome;

    internal sealed record Linked : OidcOutcome;
}

/// <summary>
/// Single sign-on by authorization code with PKCE (OpenID Connect Core, RFC 7636, RFC 9207). An identity is issuer and subject, never an
/// e-mail address, and it signs in only whom it was linked to: by that person himself, in a session that had just proved a second factor, or
/// by two administrators (<see cref="OidcLinks"/>).
/// </summary>
internal sealed class OidcSignIn(
    Database database, Members members, Sessions sessions, OwnFactors factors, Ceremonies ceremonies, Secrets secrets, NetworkZones zones,
    IEnumerable<OidcClient> clients, IdentityOptions options, IAuditLog log, TimeProvider time)
{
    public const string Callback = "/v1/sign-in/sso/callback";

    private const string Kind = "sso";

    /// <summary>State of a sign-in (no session) or of a link (the session that asked for it).</summary>
    private sealed record State(string Provider, string Nonce, string Verifier, PersonId? Person, SessionId? Session)
    {
        public override string ToString() => string.Join('\n', Provider, Nonce, Verifier, Person, Session);

        public static State Parse(string text) => text.Split('\n') is [var provider, var nonce, var verifier, var person, var session]
            ? new State(provider, nonce, verifier, person.Length > 0 ? Id.Parse<PersonId>(person) : null, session.Length > 0 ? Id.Parse<SessionId>(session) : null)
            : throw new FormatException("Not the state of a single sign-on.");
    }

    public IEnumerable<string> Providers => clients.Select(client => client.Provider.Name);

    /// <summary>The address to send the browser to.</summary>
    /// <param name="browser">Secret of the cookie that the answer must bring back.</param>
    /// <param name="linking">The caller who links his own account; null: somebody signs in.</param>
    public async Task<Outcome<string>> BeginAsync(string? provider, string browser, Actor? linking, CancellationToken ct)
    {
        if (options.PublicOrigin is null || clients.FirstOrDefault(known => known.Provider.Name == provider) is not { } client)
        {
            return Reasons.SsoUnknown;
        }

        if (linking is not null && await RefusalAsync(linking, ct).ConfigureAwait(false) is { } refusal)
        {
            return refusal;
        }

        if (await client.MetadataAsync(ct).ConfigureAwait(false) is not { } metadata)
        {
            return Reasons.SsoDown;
        }

        var verifier = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var state = new State(client.Provider.Name, Secrets.NewSecret(), verifier, linking?.Person, linking?.Session);
        var (ticket, _) = ceremonies.Begin(Kind, Binding(browser), state.ToString());
        return OidcClient.AuthorizeUrl(metadata, client.Provider, options.PublicOrigin + Callback, ticket, state.Nonce, OidcRules.ChallengeOf(verifier));
    }

    /// <param name="issuer">The answer's <c>iss</c>.</param>
    public async Task<Outcome<OidcOutcome>> EndAsync(string? ticket, string? code, string? issuer, string? browser, Origin origin, CancellationToken ct)
    {
        var ended = await TryAsync(ticket, code, issuer, browser, origin, ct).ConfigureAwait(false);
        if (ended is Outcome<OidcOutcome>.Refused { Problem.Code: var why })
        {
            await log.CountRefusalAsync(NetworkZones.Describe(origin.Address), why, ct).ConfigureAwait(false);
        }

        return ended;
    }

    /// <summary>Takes the link to a provider off one's own account.</summary>
    public async Task<Problem?> UnlinkAsync(Actor actor, string provider, CancellationToken ct)
    {
        var changed = await members.EditAsync<PersonContent>(
            Members.Person, actor.Person.Value, version: null, IdentityFacts.Of(IdentityFacts.SsoUnlinked, actor), async (tx, person) =>
            {
                if (factors.MayChange(actor, person) is { } refusal)
                {
                    return refusal;
                }

                if (person.Factors?.Links.FirstOrDefault(link => link.Provider == provider) is not { } gone)
                {
                    return Reasons.NotFound;
                }

                await OidcLinkStore.ReleaseAsync(tx, gone.Identity);
                return person with { Factors = person.Factors with { Links = [.. person.Factors.Links.Where(link => link != gone)] } };
            }, ct).ConfigureAwait(false);
        return (changed as Outcome<Member<PersonContent>>.Refused)?.Problem;
    }

    private async Task<Outcome<OidcOutcome>> TryAsync(string? ticket, string? code, string? issuer, string? browser, Origin origin, CancellationToken ct)
    {
        // State first: without the browser that began it, nothing of the answer is looked at.
        if (!Secrets.IsSecret(browser) || ceremonies.Open(Kind, Binding(browser!), ticket) is not { } ceremony || string.IsNullOrEmpty(code)
            || State.Parse(ceremony.State) is not { } state || clients.FirstOrDefault(known => known.Provider.Name == state.Provider) is not { } client)
        {
            return Reasons.SsoRefused;
        }

        if (await client.MetadataAsync(ct).ConfigureAwait(false) is not { } metadata)
        {
            return Reasons.SsoDown;
        }

        if (!OidcRules.IssuerFits(metadata.Issuer, issuer, metadata.AuthorizationResponseIssParameterSupported)
            || await client.RedeemAsync(metadata, code, state.Verifier, options.PublicOrigin + Callback, state.Nonce, ct).ConfigureAwait(false) is not { } subject)
        {
            return Reasons.SsoRefused;
        }

        var identity = secrets.HashIdentity(metadata.Issuer, subject.Subject);
        var zone = await zones.OfAsync(origin, ct).ConfigureAwait(false);
        return state is { Person: { } person, Session: { } session }
            ? await LinkAsync(ceremony, new LinkContent(state.Provider, identity, time.NowMs()), person, session, zone, ct).ConfigureAwait(false)
            : await SignInAsync(
                ceremony, identity,
                OidcRules.IsFresh(subject.AuthTime, time.NowMs() / 1000) ? OidcRules.Worth(client.Provider, subject.Acr, subject.Amr) : Factor.Sso, new SessionFrom(zone, origin.Device), ct).ConfigureAwait(false);
    }

    private async Task<Outcome<OidcOutcome>> SignInAsync(Ceremony ceremony, byte[] identity, Factor worth, SessionFrom from, CancellationToken ct) =>
        await database.WriteAsync<Outcome<OidcOutcome>>(async tx =>
        {
            if (!await ceremonies.SpendAsync(tx, ceremony) || await OidcLinkStore.FindAsync(tx, identity) is not { } id
                || await members.LockAsync<PersonContent>(tx, Members.Person, id.Value) is not { Content: { State: MemberState.Active, Factors: { } held } }
                || !held.Links.Any(link => link.Identity.AsSpan().SequenceEqual(identity)))
            {
                return Reasons.SsoRefused;
            }

            var proofs = Proofs.None.With(worth, time.NowMs());
            var (secret, session) = await sessions.BeginAsync(tx, id, proofs, from);
            await log.AppendAsync(tx, IdentityFacts.Of(IdentityFacts.SignedIn, id, from.Zone) with { Reasons = IdentityFacts.Proofs(proofs) }, ct);
            return new OidcOutcome.In(new Proved(secret, session, Device: null));
        }, ct).ConfigureAwait(false);

    private async Task<Outcome<OidcOutcome>> LinkAsync(Ceremony ceremony, LinkContent link, PersonId id, SessionId session, string zone, CancellationToken ct) =>
        await members.ChangeAsync<OidcOutcome>(async tx =>
        {
            var proofs = await sessions.ProofsOfAsync(tx, session);
            if (proofs.Strength < Strength.SecondFactor || !await ceremonies.SpendAsync(tx, ceremony)
                || await members.LockAsync<PersonContent>(tx, Members.Person, id.Value) is not { Content.State: MemberState.Active } now)
            {
                return Reasons.SsoRefused;
            }

            // One identity at a provider: a second one would outlive the unlinking of the first.
            if (now.Content.Factors?.Links.Any(one => one.Provider == link.Provider) == true || !await OidcLinkStore.ClaimAsync(tx, link.Identity, id))
            {
                return Reasons.SsoTaken;
            }

            var held = now.Content.Factors ?? FactorsContent.None;
            var fact = IdentityFacts.Of(IdentityFacts.SsoLinked, id, zone);
            await members.SaveAsync(tx, Members.Person, now.Id, now.Version, now.Content with { Factors = held with { Links = [.. held.Links, link] } }, fact);
            return new OidcOutcome.Linked();
        }, ct).ConfigureAwait(false);

    private async Task<Reason?> RefusalAsync(Actor actor, CancellationToken ct) =>
        await database.ReadAsync(tx => members.LoadAsync<PersonContent>(tx, Members.Person, actor.Person.Value), ct).ConfigureAwait(false) is { } person
            ? factors.MayChange(actor, person.Content)
            : Reasons.SignInNeeded;

    private string Binding(string browser) => Convert.ToHexStringLower(secrets.HashDevice(browser));
}
