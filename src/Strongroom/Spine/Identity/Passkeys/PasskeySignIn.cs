using Microsoft.AspNetCore.Http;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Spine.Identity.Passkeys;

/// <summary>
/// Signing in by passkey alone: it is held, and it verifies its user, so it is both factors. The challenge names no account and is bound to
/// the browser that asked for it; every failure gives the answer of a wrong password.
/// </summary>
internal sealed class PasskeySignIn(
    Database database, Members members, Sessions sessions, OwnPasskeys own, PasskeyCeremony passkeys, Ceremonies ceremonies,
    SignInThrottle throttle, Secrets secrets, NetworkZones zones, IAuditLog log, TimeProvider time)
{
    private const string Kind = "passkey-sign-in";

    /// <param name="browser">Secret of the cookie that the answer must bring back.</param>
    public async Task<Outcome<PasskeyOptionsView>> ChallengeAsync(string browser, HttpContext http)
    {
        if (!passkeys.IsOpen)
        {
            return Reasons.PasskeyOrigin;
        }

        var challenge = await passkeys.ChallengeAsync(null, http).ConfigureAwait(false);
        var (ticket, expires) = ceremonies.Begin(Kind, Binding(browser), challenge.State);
        return new PasskeyOptionsView(challenge.Options, ticket, expires);
    }

    public async Task<Outcome<Proved>> AskAsync(PasskeyAnswer ask, string? browser, HttpContext http, CancellationToken ct)
    {
        var entered = await TryAsync(ask, browser, http, ct).ConfigureAwait(false);
        if (entered is not null)
        {
            return entered;
        }

        await log.CountRefusalAsync(NetworkZones.Describe(http.Connection.RemoteIpAddress), Reasons.SignInFailed.Code, ct).ConfigureAwait(false);
        return Reasons.SignInFailed;
    }

    private async Task<Proved?> TryAsync(PasskeyAnswer ask, string? browser, HttpContext http, CancellationToken ct)
    {
        if (!passkeys.IsOpen || !Secrets.IsSecret(browser) || ceremonies.Open(Kind, Binding(browser!), ask.Ticket) is not { } ceremony
            || PasskeyCeremony.OwnerOf(ask.Credential) is not { } id
            || await database.ReadAsync(tx => members.LoadAsync<PersonContent>(tx, Members.Person, id.Value), ct).ConfigureAwait(false) is not { } person
            || await passkeys.AssertAsync(own.UserOf(id, person.Content), ask.Credential, ceremony.State, http).ConfigureAwait(false) is not { } used)
        {
            return null;
        }

        var cookie = http.Request.Cookies[SessionCookies.Device];
        var device = Secrets.IsSecret(cookie) ? cookie! : Secrets.NewSecret();
        var origin = ActorPipeline.OriginOf(http);
        var zone = await zones.OfAsync(origin, ct).ConfigureAwait(false);
        return await database.WriteAsync<Proved?>(async tx =>
        {
            if (!await own.StandsAsync(tx, id, used) || !await ceremonies.SpendAsync(tx, ceremony)
                || !await own.AdvanceAsync(tx, used, IdentityFacts.Of(IdentityFacts.PasskeyRegressed, id, zone), ct))
            {
                return null;
            }

            var proofs = Proofs.None.With(Factor.Passkey, time.NowMs());
            await throttle.RecogniseAsync(tx, person.Content.AccountMac, new SignInPlace(http.Connection.RemoteIpAddress, secrets.HashDevice(device)));
            var (secret, session) = await sessions.BeginAsync(tx, id, proofs, new SessionFrom(zone, origin.Device));
            await log.AppendAsync(tx, IdentityFacts.Of(IdentityFacts.SignedIn, id, zone) with { Reasons = IdentityFacts.Proofs(proofs) }, ct);
            return new Proved(secret, session, device);
        }, ct).ConfigureAwait(false);
    }

    private string Binding(string browser) => Convert.ToHexStringLower(secrets.HashDevice(browser));
}
