using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>Rows of <c>client_use</c>.</summary>
internal static class ClientUseStore
{
    /// <summary>Reads and locks; a client without a row has made no call. Inserting first gives a new client's nodes one row to queue on.</summary>
    public static async Task<QuotaUse> ReadAsync(Tx tx, ClientId client)
    {
        await tx.ExecuteAsync(
            """
            INSERT INTO client_use (client, minute, minute_used, day, day_used, last_used) VALUES (@client, 0, 0, 0, 0, 0)
            ON CONFLICT (client) DO NOTHING
            """,
            new { client = client.Bytes });
        var row = await tx.QueryOneAsync<Row>(
            $"SELECT minute, minute_used AS MinuteUsed, day, day_used AS DayUsed FROM client_use WHERE client = @client{tx.ForUpdate}",
            new { client = client.Bytes });
        return row is null ? QuotaUse.None : new QuotaUse(row.Minute, row.MinuteUsed, row.Day, row.DayUsed);
    }

    public static Task SaveAsync(Tx tx, ClientId client, QuotaUse use, long lastUsed) => tx.ExecuteAsync(
        """
        UPDATE client_use SET minute = @Minute, minute_used = @MinuteUsed, day = @Day, day_used = @DayUsed, last_used = @lastUsed
        WHERE client = @client
        """,
        new { client = client.Bytes, use.Minute, use.MinuteUsed, use.Day, use.DayUsed, lastUsed });

    public static async Task<IReadOnlyDictionary<ClientId, long>> LastUsedAsync(Tx tx) =>
        (await tx.QueryAsync<Used>("SELECT client, last_used AS LastUsed FROM client_use WHERE last_used > 0"))
        .ToDictionary(row => ClientId.From(row.Client), row => row.LastUsed);

    private sealed record Row(long Minute, long MinuteUsed, long Day, long DayUsed);

    private sealed record Used(byte[] Client, long LastUsed);
}
