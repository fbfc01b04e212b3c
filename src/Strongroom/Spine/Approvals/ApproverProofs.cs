using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Factors;
using Strongroom.Spine.Identity.Passkeys;

namespace Strongroom.Spine.Approvals;

/// <param name="Code">To be typed at the requester's screen; good for this request alone.</param>
/// <param name="Expires">UTC milliseconds.</param>
internal sealed record OnSiteCode(string Code, long Expires);

/// <summary>
/// How an approver proves himself for one request: a passkey whose challenge is the request's digest, or a short code made of it. Neither opens a
/// session, and neither is good for another request (R41).
/// </summary>
internal sealed class ApproverProofs(
    Database database, Members members, OwnPasskeys own, PasskeyCeremony passkeys, Ceremonies ceremonies, Secrets secrets, TimeProvider time)
{
    private const string Sign = "approval-sign", OnSite = "approval-on-site";

    /// <summary>A code is good for at least this long and less than twice as long.</summary>
    private const long CodeMs = 2 * 60_000;

    /// <summary>The challenge for the approver's own device.</summary>
    public async Task<Outcome<PasskeyOptionsView>> SignAsync(Actor actor, Approval approval, HttpContext http, CancellationToken ct)
    {
        if (!passkeys.IsOpen || actor.Session is not { } session)
        {
            return passkeys.IsOpen ? Reasons.SignInNeeded : Reasons.PasskeyOrigin;
        }

        var row = await database.ReadAsync(tx => members.LoadAsync<PersonContent>(tx, Members.Person, actor.Person.Value), ct);
        return row?.Content.Factors?.Passkeys.Count is > 0 ? await OfferAsync(Sign, own.UserOf(actor.Person, row.Content), approval, session, http) : Reasons.PasskeyNone;
    }

    /// <summary>The challenge at the requester's screen, for whichever colleague's passkey answers it.</summary>
    public async Task<Outcome<PasskeyOptionsView>> OnSiteAsync(Actor requester, Approval approval, HttpContext http) =>
        !passkeys.IsOpen ? Reasons.PasskeyOrigin
        : requester.Session is not { } session ? Reasons.SignInNeeded
        : await OfferAsync(OnSite, null, approval, session, http);

    /// <summary>The approver's signature, checked against the digest he names; what is left is spent in the transaction of the decision.</summary>
    public async Task<Func<Tx, string, Task<bool>>> SignedAsync(Actor actor, ApprovalId id, string digest, PasskeyAnswer answer, HttpContext http, CancellationToken ct)
    {
        var used = await AssertedAsync(Sign, actor, id, digest, actor.Person, answer, http, ct);
        return async (tx, bound) => used is not null && string.Equals(bound, digest, StringComparison.Ordinal) && await SpendAsync(tx, actor.Person, used, actor, ct);
    }

    /// <summary>A colleague's proof at the requester's screen; null when it is wrong.</summary>
    public async Task<Func<Tx, ApprovalContent, Task<OnSiteProof?>>> OnSiteAsync(Actor requester, ApprovalId id, OnSiteAnswer ask, HttpContext http, CancellationToken ct)
    {
        if (ask is { Ticket: { } ticket, Credential: { } credential })
        {
            var person = PasskeyCeremony.OwnerOf(credential);
            var used = person is { } owner ? await AssertedAsync(OnSite, requester, id, ask.Digest, owner, new PasskeyAnswer(ticket, credential), http, ct) : null;
            return async (tx, content) => used is not null && string.Equals(content.Digest, ask.Digest, StringComparison.Ordinal) && await SpendAsync(tx, person!.Value, used, requester, ct)
                ? new OnSiteProof(person.Value, Strength.Passkey, time.NowMs(), Signed: true)
                : null;
        }

        return (tx, content) => ByCodeAsync(tx, content, ask);
    }

    /// <summary>The code of somebody who has just proved himself on his own device.</summary>
    public OnSiteCode CodeOf(ApprovalContent content, PersonId person)
    {
        var window = time.NowMs() / CodeMs;
        return new OnSiteCode(Code(content.Digest, person, window), (window + 2) * CodeMs);
    }

    private async Task<OnSiteProof?> ByCodeAsync(Tx tx, ApprovalContent content, OnSiteAnswer ask)
    {
        if (AccountNames.Fold(ask.Account) is not { } folded || ask.Code is null || !string.Equals(content.Digest, ask.Digest, StringComparison.Ordinal)
            || await AccountClaimStore.FindAsync(tx, secrets.HashAccount(folded)) is not { } person
            || await members.LoadAsync<PersonContent>(tx, Members.Person, person.Value) is not { } row
            || !CryptographicOperations.FixedTimeEquals(row.Content.AccountMac, secrets.HashAccount(folded)))
        {
            return null;
        }

        var (given, now) = (Encoding.ASCII.GetBytes(ask.Code.Replace(" ", "", StringComparison.Ordinal)), time.NowMs());
        var right = false;
        for (var window = (now / CodeMs) - 1; window <= now / CodeMs; window++)
        {
            right |= CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Code(content.Digest, person, window)), given);
        }

        // It was made for somebody who had just proved his second factor, and lives for minutes.
        return right ? new OnSiteProof(person, Strength.SecondFactor, now, Signed: false) : null;
    }

    private string Code(string digest, PersonId person, long window) =>
        (BitConverter.ToUInt64(secrets.HashOnSite(digest, person, window)) % 100_000_000).ToString("D8", CultureInfo.InvariantCulture);

    private async Task<Outcome<PasskeyOptionsView>> OfferAsync(string kind, PasskeyUser? person, Approval approval, SessionId session, HttpContext http)
    {
        var challenge = await passkeys.ChallengeAsync(person, http, Convert.FromHexString(approval.Content.Digest));
        var (ticket, expires) = ceremonies.Begin(kind, Binding(approval.Id, approval.Content.Digest, session), challenge.State);
        return new PasskeyOptionsView(challenge.Options, ticket, expires);
    }

    private async Task<Asserted?> AssertedAsync(string kind, Actor actor, ApprovalId id, string digest, PersonId person, PasskeyAnswer answer, HttpContext http, CancellationToken ct) =>
        passkeys.IsOpen && actor.Session is { } session && ceremonies.Open(kind, Binding(id, digest, session), answer.Ticket) is { } ceremony
        && await database.ReadAsync(tx => members.LoadAsync<PersonContent>(tx, Members.Person, person.Value), ct) is { } row
        && await passkeys.AssertAsync(own.UserOf(person, row.Content), answer.Credential, ceremony.State, http) is { } used
            ? new Asserted(ceremony, used)
            : null;

    private async Task<bool> SpendAsync(Tx tx, PersonId person, Asserted asserted, Actor actor, CancellationToken ct) =>
        await own.StandsAsync(tx, person, asserted.Used) && await ceremonies.SpendAsync(tx, asserted.Ceremony)
        && await own.AdvanceAsync(tx, asserted.Used, IdentityFacts.Of(IdentityFacts.PasskeyRegressed, actor) with { Actor = LogActor.Of(person) }, ct);

    /// <summary>Hashed, for a ceremony's binding is a short name.</summary>
    private static string Binding(ApprovalId id, string digest, SessionId session) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{id}/{digest}/{session}")));

    private sealed record Asserted(Ceremony Ceremony, PasskeyAsserted Used);
}
