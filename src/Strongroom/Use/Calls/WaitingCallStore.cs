using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Use.Calls;

/// <summary>A row of waiting_call as it lies there.</summary>
internal sealed class WaitingCallRow
{
    public byte[] Id { get; init; } = [];

    public long Version { get; init; }

    public byte[] Client { get; init; } = [];

    public byte[] Agent { get; init; } = [];

    public string Purpose { get; init; } = "";

    public byte[]? Channel { get; init; }

    public byte[] Reference { get; init; } = [];

    public byte[]? Number { get; init; }

    public long Begun { get; init; }

    public long Until { get; init; }

    public long? Rang { get; init; }

    public byte[]? Session { get; init; }

    public long? Ended { get; init; }

    public long? Noted { get; init; }

    public byte[] Mac { get; set; } = [];
}

/// <summary>SQL of calls that wait.</summary>
internal static class WaitingCallStore
{
    private const string Columns = "id, version, client, agent, purpose, channel, reference, number, begun, until, rang, session, ended, noted, mac";

    /// <summary>More than ever ring for one person at once.</summary>
    private const int Most = 20;

    public static Task<long> WaitingAsync(Tx tx, PersonId agent, long now) => tx.ScalarAsync<long>(
        "SELECT count(*) FROM waiting_call WHERE agent = @agent AND until > @now AND session IS NULL AND ended IS NULL", new { agent = agent.Bytes, now });

    /// <summary>Those of one agent whose time is not over: what he serves first, then the newest.</summary>
    public static Task<IReadOnlyList<WaitingCallRow>> OfAsync(Tx tx, PersonId agent, long now) => tx.QueryAsync<WaitingCallRow>(
        $"SELECT {Columns} FROM waiting_call WHERE agent = @agent AND until > @now ORDER BY CASE WHEN session IS NULL THEN 1 ELSE 0 END, begun DESC, id LIMIT @most", new { agent = agent.Bytes, now, most = Most });

    public static Task<WaitingCallRow?> FindAsync(Tx tx, CallId id) => tx.QueryOneAsync<WaitingCallRow>($"SELECT {Columns} FROM waiting_call WHERE id = @id", new { id = id.Bytes });

    public static Task<WaitingCallRow?> ForUpdateAsync(Tx tx, CallId id) => tx.QueryOneAsync<WaitingCallRow>(
        $"SELECT {Columns} FROM waiting_call WHERE id = @id{tx.ForUpdate}", new { id = id.Bytes });

    public static Task<WaitingCallRow?> ForUpdateAsync(Tx tx, ServiceSessionId session) => tx.QueryOneAsync<WaitingCallRow>(
        $"SELECT {Columns} FROM waiting_call WHERE session = @session ORDER BY id LIMIT 1{tx.ForUpdate}", new { session = session.Bytes });

    public static Task InsertAsync(Tx tx, WaitingCallRow row) => tx.ExecuteAsync(
        """
        INSERT INTO waiting_call (id, version, client, agent, purpose, channel, reference, number, begun, until, rang, session, ended, noted, mac)
        VALUES (@Id, @Version, @Client, @Agent, @Purpose, @Channel, @Reference, @Number, @Begun, @Until, @Rang, @Session, @Ended, @Noted, @Mac)
        """,
        row);

    /// <summary>Of a row that this transaction holds.</summary>
    public static Task UpdateAsync(Tx tx, WaitingCallRow row) => tx.ExecuteAsync(
        """
        UPDATE waiting_call SET version = @Version, number = @Number, until = @Until, rang = @Rang, session = @Session, ended = @Ended, noted = @Noted, mac = @Mac
        WHERE id = @Id
        """,
        row);

    public static Task<int> ForgetAsync(Tx tx, long endedBefore) => tx.ExecuteAsync("DELETE FROM waiting_call WHERE until < @endedBefore", new { endedBefore });
}
