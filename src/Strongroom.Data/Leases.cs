namespace Strongroom.Data;

/// <summary>
/// Exclusive duties shared among nodes (sequencer, sweeper …), as rows. Clocks may differ: safety rests on the fencing token, which
/// rises with each taking and which the holder checks inside the transaction it guards. The clock only decides when others may take over.
/// </summary>
public sealed class Leases(Database database, TimeProvider time)
{
    /// <summary>
    /// A lease that ends later than anybody could have taken it for came from a clock that ran ahead; its holder is fenced like one whose
    /// time is over. Without this a node that once ran a year ahead would block the duty for a year.
    /// </summary>
    private static readonly TimeSpan LargestSkew = TimeSpan.FromMinutes(10);

    /// <summary>Takes a free or expired lease. <paramref name="holder"/> is unique to a process's run, never a fixed node name.</summary>
    /// <returns>Null when another holder's lease runs.</returns>
    public Task<Lease?> TryTakeAsync(string name, string holder, TimeSpan ttl, CancellationToken ct = default) =>
        database.WriteAsync(async tx =>
        {
            var now = Now();
            var token = await tx.QueryOneAsync<long?>("""
                INSERT INTO lease (name, holder, token, expires) VALUES (@name, @holder, 1, @expires)
                ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = lease.token + 1, expires = excluded.expires
                WHERE lease.expires <= @now OR lease.expires > @farthest
                RETURNING token
                """, new { name, holder, now, expires = now + Milliseconds(ttl), farthest = now + Milliseconds(ttl + LargestSkew) });
            return token is { } taken ? new Lease(name, holder, taken, time) : null;
        }, ct);

    /// <summary>Prolongs a lease that still runs. False: it is lost, and the work under it must stop.</summary>
    public Task<bool> RenewAsync(Lease lease, TimeSpan ttl, CancellationToken ct = default) =>
        database.WriteAsync(async tx =>
        {
            var now = Now();
            return 1 == await tx.ExecuteAsync(
                "UPDATE lease SET expires = @expires WHERE name = @Name AND holder = @Holder AND token = @Token AND expires > @now",
                new { lease.Name, lease.Holder, lease.Token, now, expires = now + Milliseconds(ttl) });
        }, ct);

    /// <summary>Gives a lease back, so that the next holder need not wait. Does nothing when it is lost already.</summary>
    public Task ReleaseAsync(Lease lease, CancellationToken ct = default) =>
        database.WriteAsync(tx => tx.ExecuteAsync(
            "UPDATE lease SET expires = 0 WHERE name = @Name AND holder = @Holder AND token = @Token",
            new { lease.Name, lease.Holder, lease.Token }), ct);

    /// <summary>
    /// Ends every lease of earlier runs. Only for a process that holds the database alone (SQLite under the folder's lock): there whoever
    /// took a lease is gone, and waiting for its end would only delay what a crash interrupted.
    /// </summary>
    public Task ForgetAsync(CancellationToken ct = default) =>
        database.WriteAsync(tx => tx.ExecuteAsync("UPDATE lease SET expires = 0", new { }), ct);

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static long Milliseconds(TimeSpan ttl) =>
        ttl > TimeSpan.Zero ? (long)ttl.TotalMilliseconds : throw new ArgumentOutOfRangeException(nameof(ttl));
}

/// <summary>A taken lease. <see cref="Token"/> is the fencing token: strictly higher than every earlier holder's.</summary>
public sealed class Lease
{
    private readonly TimeProvider time;

    internal Lease(string name, string holder, long token, TimeProvider time) => (Name, Holder, Token, this.time) = (name, holder, token, time);

    public string Name { get; }
    public string Holder { get; }
    public long Token { get; }

    /// <summary>
    /// Whether the lease is still ours, asked inside the transaction it guards. On PostgreSQL the row stays locked, so nobody can
    /// take the lease over before that transaction ends.
    /// </summary>
    public async Task<bool> HoldsAsync(Tx tx) =>
        await tx.QueryOneAsync<long?>(
            "SELECT token FROM lease WHERE name = @Name AND holder = @Holder AND token = @Token AND expires > @now" + tx.ForShare,
            new { Name, Holder, Token, now = time.GetUtcNow().ToUnixTimeMilliseconds() }) is not null;
}
