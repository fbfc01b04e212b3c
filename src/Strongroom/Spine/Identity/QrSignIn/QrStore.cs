using Strongroom.Data;

namespace Strongroom.Spine.Identity.QrSignIn;

/// <summary>Rows of <c>qr_approved</c>: sign-ins that a phone allowed and the browser has not taken yet.</summary>
internal static class QrStore
{
    /// <param name="approval">Sealed; who it is for, so that a row written by somebody else is none.</param>
    public static Task ApproveAsync(Tx tx, byte[] ticket, byte[] approval, long expires) => tx.ExecuteAsync(
        "INSERT INTO qr_approved (ticket, approval, expires) VALUES (@ticket, @approval, @expires)", new { ticket, approval, expires });

    /// <summary>Whether an approval lies there; reads only, for screens ask every second.</summary>
    public static async Task<bool> WaitsAsync(Tx tx, byte[] ticket, long now) =>
        await tx.ScalarAsync<long>("SELECT count(*) FROM qr_approved WHERE ticket = @ticket AND expires > @now", new { ticket, now }) > 0;

    /// <summary>Takes the approval away with it: it is good once, on whichever node. Null when there is none.</summary>
    public static async Task<byte[]?> TakeAsync(Tx tx, byte[] ticket, long now)
    {
        var approval = await tx.QueryOneAsync<byte[]>($"SELECT approval FROM qr_approved WHERE ticket = @ticket AND expires > @now{tx.ForUpdate}", new { ticket, now });
        var taken = await tx.ExecuteAsync("DELETE FROM qr_approved WHERE ticket = @ticket OR expires <= @now", new { ticket, now });
        return taken > 0 ? approval : null;
    }
}
