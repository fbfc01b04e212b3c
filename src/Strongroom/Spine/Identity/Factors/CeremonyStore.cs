using Strongroom.Data;

namespace Strongroom.Spine.Identity.Factors;

/// <summary>Rows of <c>ceremony_spent</c>.</summary>
internal static class CeremonyStore
{
    public static async Task<bool> IsSpentAsync(Tx tx, byte[] key) =>
        await tx.ScalarAsync<long>("SELECT count(*) FROM ceremony_spent WHERE ticket = @key", new { key }) > 0;

    /// <param name="over">Tickets that ended before this are refused by every node without a row.</param>
    public static async Task<bool> SpendAsync(Tx tx, byte[] key, long expires, long over)
    {
        await tx.ExecuteAsync("DELETE FROM ceremony_spent WHERE expires < @over", new { over });
        return 1 == await tx.ExecuteAsync("INSERT INTO ceremony_spent (ticket, expires) VALUES (@key, @expires) ON CONFLICT DO NOTHING", new { key, expires });
    }
}
