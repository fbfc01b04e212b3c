using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Identity;

/// <summary>A session as stored; nothing in it counts until its MAC has been checked.</summary>
internal sealed record StoredSession(
    byte[] Hash, byte[] Id, byte[] Person, long Version, long Created, long LastSeen, long Strength, long StrengthAt, string Proofs, long? Revoked, byte[] Mac,
    string? Zone = null, string? Device = null)
{
    public SessionRow Row => new(
        SessionId.From(Id), PersonId.From(Person), Version, Created, LastSeen, Factors.Proofs.Parse(Proofs), Revoked)
    {
        From = new SessionFrom(Zone, Kebab.TryParse<DeviceKind>(Device ?? "", out var device) ? device : null),
    };
}

/// <summary>Rows of <c>session</c>.</summary>
internal static class SessionStore
{
    // Rows are read by position below: a new column goes there as well.
    private const string Columns =
        "hash, id, person, version, created, last_seen AS LastSeen, strength, strength_at AS StrengthAt, proofs, revoked, mac, zone, device";

    public static Rows<StoredSession> AskByHash(Batch batch, IEnumerable<byte[]> hashes) =>
        batch.Ask($"SELECT {Columns} FROM session WHERE hash {batch.AnyOf(1)}", Read, batch.Set(hashes));

    public static Rows<StoredSession> AskById(Batch batch, IEnumerable<SessionId> ids) =>
        batch.Ask($"SELECT {Columns} FROM session WHERE id {batch.AnyOf(1)}", Read, batch.Set(ids.Select(id => id.Bytes)));

    public static Task<IReadOnlyList<StoredSession>> ByIdAsync(Tx tx, IEnumerable<SessionId> ids) => tx.AskAsync(batch => AskById(batch, ids));

    /// <summary>Locks the row against change until the transaction ends.</summary>
    public static Task<StoredSession?> LockAsync(Tx tx, SessionId id) =>
        tx.QueryOneAsync<StoredSession>($"SELECT {Columns} FROM session WHERE id = @id{tx.ForUpdate}", new { id = id.Bytes });

    /// <summary>Sessions of a person that were not revoked, newest first.</summary>
    /// <param name="hold">Locks them against change until the transaction ends; not in a reading one.</param>
    public static Task<IReadOnlyList<StoredSession>> OfPersonAsync(Tx tx, PersonId person, bool hold = false) =>
        tx.QueryAsync<StoredSession>(
            $"SELECT {Columns} FROM session WHERE person = @person AND revoked IS NULL ORDER BY created DESC, id{(hold ? tx.ForUpdate : "")}",
            new { person = person.Bytes });

    /// <summary>Sessions that were not revoked, begun and used since then, the newest first.</summary>
    public static Task<IReadOnlyList<StoredSession>> SinceAsync(Tx tx, long begun, long used, SessionCursor after, int size, PersonId? person = null) =>
        tx.QueryAsync<StoredSession>(
            $"""
            SELECT {Columns} FROM session
            WHERE revoked IS NULL AND created > @begun AND last_seen > @used AND (created < @created OR (created = @created AND id > @id)) {(person is null ? "" : "AND person = @person")}
            ORDER BY created DESC, id LIMIT @size
            """,
            new { begun, used, created = after.Created, id = after.Id.Bytes, size, person = person?.Bytes });

    public static Task InsertAsync(Tx tx, StoredSession session) => tx.ExecuteAsync(
        """
        INSERT INTO session (hash, id, person, version, created, last_seen, strength, strength_at, proofs, revoked, mac, zone, device)
        VALUES (@Hash, @Id, @Person, @Version, @Created, @LastSeen, @Strength, @StrengthAt, @Proofs, @Revoked, @Mac, @Zone, @Device)
        """,
        session);

    /// <summary>Writes a new version; false when another got there first.</summary>
    public static async Task<bool> ReplaceAsync(Tx tx, StoredSession session) => 1 == await tx.ExecuteAsync(
        """
        UPDATE session SET hash = @Hash, version = @Version, strength = @Strength, strength_at = @StrengthAt, proofs = @Proofs, revoked = @Revoked, mac = @Mac
        WHERE id = @Id AND version = @Version - 1
        """,
        session);

    public static Task TouchAsync(Tx tx, SessionId id, long seen) => tx.ExecuteAsync(
        "UPDATE session SET last_seen = @seen WHERE id = @id AND last_seen < @seen", new { id = id.Bytes, seen });

    /// <summary>Removes sessions that ended long ago; the log keeps what they did.</summary>
    public static Task ForgetAsync(Tx tx, long createdBefore) => tx.ExecuteAsync("DELETE FROM session WHERE created < @createdBefore", new { createdBefore });

    private static StoredSession Read(System.Data.Common.DbDataReader row) => new(
        row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5),
        row.GetInt64(6), row.GetInt64(7), row.GetString(8), row.IsDBNull(9) ? null : row.GetInt64(9), row.GetFieldValue<byte[]>(10),
        row.IsDBNull(11) ? null : row.GetString(11), row.IsDBNull(12) ? null : row.GetString(12));
}
