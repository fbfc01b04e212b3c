using System.Text.Json;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Identity.Accounts;
using Strongroom.Spine.Identity.Factors;
using Strongroom.Spine.Outbox;

namespace Strongroom.Spine.Identity.Oidc;

/// <summary>
/// An administrator opens a colleague's account to an identity at a provider, with a second administrator's approval of exactly this: whoever
/// could do it alone could sign in as him. Taking it off again takes nobody else and ends his sessions. He is told of it.
/// </summary>
internal sealed class OidcLinks(
    People people, Secrets secrets, Sessions sessions, ApprovalDesk approvals, IEnumerable<OidcClient> clients, Outbox.Outbox outbox, TimeProvider time)
{
    /// <summary>Longest subject, in characters (OpenID Connect Core §2).</summary>
    private const int LongestSubject = 255;

    /// <summary>The approver sees provider and subject; the digest binds the keyed hash of both, which is all that is kept.</summary>
    public async Task<Outcome<Approval>> RequestAsync(Actor actor, PersonId person, SsoLinkAsk ask, CancellationToken ct)
    {
        if (OrganisationRules.MayAdminister(actor.Person, person) is { } self)
        {
            return self;
        }

        var made = await ActAsync(person, ask.Provider, ask.Subject, ct).ConfigureAwait(false);
        if (made is not Outcome<GuardedAct>.Done { Value: var act })
        {
            return ((Outcome<GuardedAct>.Refused)made).Problem;
        }

        var shown = CanonicalJson.ToText(JsonSerializer.SerializeToElement(new { act = act.Act, person = person.ToString(), provider = act.Provider, subject = ask.Subject }));
        return await approvals.RequestAsync(actor, act.Act, person.ToString(), act.Digest(), shown, ask.Expires, ct).ConfigureAwait(false);
    }

    public async Task<Outcome<Member<PersonContent>>> LinkAsync(Actor actor, PersonId person, SsoLinkGrant ask, CancellationToken ct)
    {
        var made = await ActAsync(person, ask.Provider, ask.Subject, ct).ConfigureAwait(false);
        if (made is not Outcome<GuardedAct>.Done { Value: var act })
        {
            return ((Outcome<GuardedAct>.Refused)made).Problem;
        }

        var link = new LinkContent(act.Provider!, Convert.FromHexString(act.Identity!), time.NowMs());
        return await people.ChangeByTwoAsync(actor, act, ask.Approval, IdentityFacts.SsoLinked, async (tx, now) =>
        {
            var held = now.Factors ?? FactorsContent.None;
            if (held.Links.Any(one => one.Provider == link.Provider) || !await OidcLinkStore.ClaimAsync(tx, link.Identity, person))
            {
                return Reasons.SsoTaken;
            }

            await outbox.AddAsync(tx, new Notice(NoticeTemplates.IdentityLinked, person, [NoticeValue.Instant("at", link.Since)]));
            return now with { Factors = held with { Links = [.. held.Links, link] } };
        }, ct).ConfigureAwait(false);
    }

    public Task<Outcome<Member<PersonContent>>> UnlinkAsync(Actor actor, PersonId person, string provider, CancellationToken ct) =>
        people.EditAsync(actor, person, version: null, IdentityFacts.SsoUnlinked, async (tx, now) =>
        {
            if (now.Factors?.Links.FirstOrDefault(link => link.Provider == provider) is not { } gone)
            {
                return Reasons.NotFound;
            }

            await OidcLinkStore.ReleaseAsync(tx, gone.Identity);
            await sessions.RevokeAllAsync(tx, person);
            return now with { Factors = now.Factors with { Links = [.. now.Factors.Links.Where(link => link != gone)] } };
        }, ct);

    private async Task<Outcome<GuardedAct>> ActAsync(PersonId person, string provider, string subject, CancellationToken ct)
    {
        if (clients.FirstOrDefault(known => known.Provider.Name == provider) is not { } client)
        {
            return Reasons.SsoUnknown;
        }

        if (string.IsNullOrWhiteSpace(subject) || subject.Length > LongestSubject || !System.Text.Ascii.IsValid(subject))
        {
            return Problem.Of([Reasons.BadField.At("subject")]);
        }

        // The issuer as the provider itself spells it: that is what its answers are compared with.
        return await client.MetadataAsync(ct).ConfigureAwait(false) is { } metadata
            ? GuardedAct.Link(person, client.Provider.Name, secrets.HashIdentity(metadata.Issuer, subject))
            : Reasons.SsoDown;
    }
}
