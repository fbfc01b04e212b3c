using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity.Accounts;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Spine.Identity;

/// <summary>Begins, reads, prolongs and ends sessions. Every row is authenticated, so an edited one is no session at all.</summary>
internal sealed class Sessions(IMac mac, Secrets secrets, IdentityOptions options, TimeProvider time)
{
    /// <summary>
    /// A new session under a new random id: signing in never adopts what the caller brought, so a planted cookie is worth nothing.
    /// </summary>
    /// <returns>The secret for the cookie, and the row.</returns>
    public async Task<(string Secret, SessionRow Row)> BeginAsync(Tx tx, PersonId person, Proofs proofs, SessionFrom? from = null)
    {
        var now = time.NowMs();
        var secret = Secrets.NewSecret();
        var session = Sealed(new StoredSession(
            secrets.HashSession(secret), SessionId.New().Bytes, person.Bytes, 1, now, now, (long)proofs.Strength, proofs.StrengthAt, proofs.ToString(), Revoked: null, Mac: [],
            from?.Zone, from?.Device is { } device ? Kebab.Of(device) : null));
        await SessionStore.InsertAsync(tx, session);
        await AccountUseStore.UsedAsync(tx, person, now);
        await SessionStore.ForgetAsync(tx, createdBefore: time.SureMs() - KeepEndedMs);
        return (secret, session.Row);
    }

    /// <summary>
    /// Adds a proof to a live session and gives it a new secret: whoever knew the weaker session's cookie does not hold the stronger one.
    /// Its id stays, so the log reads as one session. Null when the session is over.
    /// </summary>
    public async Task<(string Secret, SessionRow Row)?> ProveAsync(Tx tx, SessionId id, Factor factor)
    {
        var now = time.NowMs();
        var stored = await SessionStore.LockAsync(tx, id);
        if (Authentic(stored) is not { } session || !SessionRules.IsLive(session, options.Sessions, now))
        {
            return null;
        }

        var secret = Secrets.NewSecret();
        var proofs = session.Proofs.With(factor, now);
        var next = Sealed(stored! with
        {
            Hash = secrets.HashSession(secret), Version = stored.Version + 1, Strength = (long)proofs.Strength, StrengthAt = proofs.StrengthAt, Proofs = proofs.ToString(),
        });
        return await SessionStore.ReplaceAsync(tx, next) ? (secret, next.Row) : null;
    }

    /// <summary>What the session rests on; nothing when it is over.</summary>
    public async Task<Proofs> ProofsOfAsync(Tx tx, SessionId? id) =>
        id is { } known && await SessionStore.ByIdAsync(tx, [known]) is [var stored] && Authentic(stored) is { Revoked: null } session ? session.Proofs : Proofs.None;

    /// <summary>The row, when its MAC holds; null otherwise.</summary>
    public SessionRow? Authentic(StoredSession? session) =>
        session is not null && CryptographicOperations.FixedTimeEquals(session.Mac, MacOf(session)) ? session.Row : null;

    public byte[] HashOf(string secret) => secrets.HashSession(secret);

    /// <summary>Ends a session now, on every node; false when it had ended or is not authentic.</summary>
    public async Task<bool> RevokeAsync(Tx tx, SessionId id) => await EndAsync(tx, id) is not null;

    /// <summary>The same, and what the entry says of it: whose it was. Null when it had ended or is not authentic.</summary>
    public async Task<RowDigest?> EndAsync(Tx tx, SessionId id)
    {
        var stored = await SessionStore.LockAsync(tx, id);
        return stored is { Revoked: null } && Authentic(stored) is not null ? await EndAsync(tx, stored) : null;
    }

    /// <summary>Ends all sessions of a person except one; answers what the entry says of them.</summary>
    public async Task<IReadOnlyList<RowDigest>> RevokeAllAsync(Tx tx, PersonId person, SessionId? except = null)
    {
        var ended = new List<RowDigest>();
        foreach (var session in await SessionStore.OfPersonAsync(tx, person, hold: true))
        {
            if (SessionId.From(session.Id) != except && await EndAsync(tx, session) is { } digest)
            {
                ended.Add(digest);
            }
        }

        return ended;
    }

    /// <summary>Sessions of a person that have not been ended, whatever their age.</summary>
    public async Task<IReadOnlyList<SessionRow>> OfAsync(Tx tx, PersonId person) =>
        [.. (await SessionStore.OfPersonAsync(tx, person)).Select(Authentic).OfType<SessionRow>()];

    // Longer than any session may last, so that "who was in when" can be answered from rows for a while.
    private const long KeepEndedMs = 7L * 24 * 3_600_000;

    /// <summary>Names the person, which the session's own id in an entry would not, with the MAC of the row as it ended. Null: another was faster.</summary>
    private async Task<RowDigest?> EndAsync(Tx tx, StoredSession session)
    {
        var ended = Sealed(session with { Version = session.Version + 1, Revoked = time.NowMs() });
        return await SessionStore.ReplaceAsync(tx, ended) ? new RowDigest("session.person", PersonId.From(session.Person).Value, ended.Version, ended.Mac) : null;
    }

    private StoredSession Sealed(StoredSession session) => session with { Mac = MacOf(session) };

    /// <summary>Everything but the coarse last use, in fixed-length fields behind a domain label; the texts come last.</summary>
    private byte[] MacOf(StoredSession session)
    {
        using var message = new MemoryStream();
        message.Write("control-row/session\0"u8);
        message.Write(session.Hash);
        message.Write(session.Id);
        message.Write(session.Person);
        Span<byte> number = stackalloc byte[8];
        foreach (var value in (ReadOnlySpan<long>)[session.Version, session.Created, session.Strength, session.StrengthAt, session.Revoked ?? -1])
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
            message.Write(number);
        }

        message.Write(Encoding.UTF8.GetBytes(session.Proofs));

        // Sessions from before these were kept stay what they are; none of the three texts holds the separator.
        if (session.Zone is not null || session.Device is not null)
        {
            message.Write(Encoding.UTF8.GetBytes($"\0{session.Zone}\0{session.Device}"));
        }

        return mac.Mac(MacUse.ControlRow, message.ToArray());
    }
}
