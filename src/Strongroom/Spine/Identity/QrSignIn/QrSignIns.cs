using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Spine.Identity.QrSignIn;

/// <summary>What a started sign-in carries, sealed.</summary>
/// <param name="Browser">Hash of the cookie of the browser that asked.</param>
/// <param name="Device">Hash of its device cookie: it must be known to the account.</param>
/// <param name="From">Address prefix, for the phone to show.</param>
internal sealed record QrState(string Browser, string Device, string Zone, string From, string Number)
{
    public override string ToString() => string.Join('\n', Browser, Device, Zone, From, Number);

    public static QrState Parse(string text) => text.Split('\n') is [var browser, var device, var zone, var from, var number]
        ? new QrState(browser, device, zone, from, number)
        : throw new FormatException("Not the state of a QR sign-in.");
}

/// <summary>
/// Signing in at a screen by a phone that is signed in (R38). Somebody who relays the picture and even the number gains nothing: the
/// browser that asked must be one from which this person signed in before, it must be in the phone's network zone, and the phone has just
/// verified its user by passkey. What comes out is one factor, which opens nothing by itself and never levels 3–4.
/// </summary>
internal sealed class QrSignIns(
    Database database, Members members, Sessions sessions, Ceremonies ceremonies, SignInThrottle throttle, Secrets secrets, NetworkZones zones,
    ISecretSealer sealer, IAuditLog log, TimeProvider time)
{
    /// <summary>How long ago the phone may have verified its user.</summary>
    public const long VerifiedMs = 2 * 60_000;

    private const string Kind = "qr";
    private const string Anybody = "screen";

    public async Task<Outcome<(string Ticket, string Number, long Expires)>> StartAsync(string browser, string? deviceCookie, Origin origin, CancellationToken ct)
    {
        if (!Secrets.IsSecret(deviceCookie))
        {
            return Reasons.QrBrowser;
        }

        var number = RandomNumberGenerator.GetInt32(100).ToString("00", CultureInfo.InvariantCulture);
        var zone = await zones.OfAsync(origin, ct).ConfigureAwait(false);
        var state = new QrState(Hex(secrets.HashDevice(browser)), Hex(secrets.HashDevice(deviceCookie!)), zone, NetworkZones.Describe(origin.Address), number);
        var (ticket, expires) = ceremonies.Begin(Kind, Anybody, state.ToString());
        return (ticket, number, expires);
    }

    /// <summary>What the phone shows of the screen that asks.</summary>
    public Outcome<QrSight> Look(Actor actor, string? ticket)
    {
        if (ceremonies.Open(Kind, Anybody, ticket) is not { } ceremony)
        {
            return Reasons.QrOver;
        }

        var state = QrState.Parse(ceremony.State);
        return new QrSight(state.From, state.Zone, state.Zone == actor.Zone, ceremony.Expires);
    }

    /// <summary>Allows it, once. Whatever does not fit ends the attempt: there is no second guess at a number.</summary>
    public async Task<Outcome<bool>> ApproveAsync(Actor actor, string? ticket, string? number, CancellationToken ct)
    {
        if (ceremonies.Open(Kind, Anybody, ticket) is not { } ceremony)
        {
            return Reasons.QrOver;
        }

        // Before anything ends: a phone that has not verified its user may do so and come back.
        if (ProofRules.Missing(new ActorFacts { Strength = actor.Strength, StrengthAt = actor.StrengthAt, SecondFactorAt = actor.SecondFactorAt }, Strength.Passkey, VerifiedMs, time.NowMs()) is not null)
        {
            return Reasons.PasskeyNeeded;
        }

        var state = QrState.Parse(ceremony.State);
        return await database.WriteAsync<Outcome<bool>>(async tx =>
        {
            if (!await ceremonies.SpendAsync(tx, ceremony))
            {
                return Reasons.QrOver;
            }

            var person = await members.LockAsync<PersonContent>(tx, Members.Person, actor.Person.Value);
            if (person is not { Content.State: MemberState.Active } || await RefusalAsync(tx, actor, person.Content, state, number) is not null)
            {
                await log.AppendAsync(tx, IdentityFacts.Of(IdentityFacts.QrRefused, actor) with { Decision = Verdict.Deny, Reasons = [Reasons.QrRefused.Code] }, ct);
                return Reasons.QrRefused;
            }

            await QrStore.ApproveAsync(tx, ceremony.Key, sealer.Seal(Use(ceremony), Encoding.ASCII.GetBytes(actor.Person.ToString())), ceremony.Expires);
            await log.AppendAsync(tx, IdentityFacts.Of(IdentityFacts.QrApproved, actor), ct);
            return true;
        }, ct).ConfigureAwait(false);
    }

    /// <summary>The screen asks: null while the phone has not answered.</summary>
    /// <param name="browser">The cookie it was given at the start.</param>
    public async Task<Outcome<Proved?>> TakeAsync(string? ticket, string? browser, Origin origin, CancellationToken ct)
    {
        if (!Secrets.IsSecret(browser) || ceremonies.Open(Kind, Anybody, ticket) is not { } ceremony
            || QrState.Parse(ceremony.State) is not { } state || state.Browser != Hex(secrets.HashDevice(browser!)) || state.Zone != await zones.OfAsync(origin, ct).ConfigureAwait(false))
        {
            return Reasons.QrOver;
        }

        // A screen that waits asks often: it writes nothing and holds up nobody.
        if (await database.ReadAsync(tx => WaitingAsync(tx, ceremony), ct).ConfigureAwait(false) is { } waiting)
        {
            return waiting;
        }

        return await database.WriteAsync<Outcome<Proved?>>(async tx =>
        {
            if (await QrStore.TakeAsync(tx, ceremony.Key, time.NowMs()) is not { } approval)
            {
                return await WaitingAsync(tx, ceremony) ?? new Outcome<Proved?>.Done(null);
            }

            var id = Id.Parse<PersonId>(Encoding.ASCII.GetString(sealer.Open(Use(ceremony), approval)));
            if (await members.LockAsync<PersonContent>(tx, Members.Person, id.Value) is not { Content.State: MemberState.Active })
            {
                return Reasons.QrOver;
            }

            var proofs = Proofs.None.With(Factor.Qr, time.NowMs());
            var (secret, session) = await sessions.BeginAsync(tx, id, proofs, new SessionFrom(state.Zone, origin.Device));
            await log.AppendAsync(tx, IdentityFacts.Of(IdentityFacts.SignedIn, id, state.Zone) with { Reasons = IdentityFacts.Proofs(proofs) }, ct);
            return new Proved(secret, session, Device: null);
        }, ct).ConfigureAwait(false);
    }

    /// <summary>What the screen is told while there is nothing to take; null: there is. A spent ticket was refused, or taken before.</summary>
    private async Task<Outcome<Proved?>?> WaitingAsync(Tx tx, Ceremony ceremony) =>
        await QrStore.WaitsAsync(tx, ceremony.Key, time.NowMs()) ? null
        : await CeremonyStore.IsSpentAsync(tx, ceremony.Key) ? Reasons.QrOver
        : new Outcome<Proved?>.Done(null);

    private async Task<Reason?> RefusalAsync(Tx tx, Actor actor, PersonContent person, QrState state, string? number) =>
        !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(state.Number), Encoding.UTF8.GetBytes(number ?? "")) ? Reasons.QrRefused
        : state.Zone != actor.Zone ? Reasons.QrRefused
        : !await throttle.KnowsAsync(tx, person.AccountMac, Convert.FromHexString(state.Device)) ? Reasons.QrRefused
        : null;

    private static string Use(Ceremony ceremony) => $"qr/{Hex(ceremony.Key)}";

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
