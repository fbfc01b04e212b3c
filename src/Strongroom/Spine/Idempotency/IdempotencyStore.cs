using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;

namespace Strongroom.Spine.Idempotency;

/// <summary>A key that a caller chose for one change, already hashed with the body it came with. Holds nothing in clear.</summary>
internal sealed record IdempotencyClaim(byte[] Actor, byte[] Key, byte[] Body);

/// <summary>What an earlier request with the same key left.</summary>
internal abstract record EarlierOutcome
{
    private EarlierOutcome()
    {
    }

    /// <summary>No request with this key in the last 24 hours: it is taken now; go on, and <see cref="IdempotencyStore.FinishAsync"/> in the same transaction.</summary>
    public sealed record None : EarlierOutcome;

    /// <summary>The same request was done: these ids were made. The caller decides the answer anew from the live rows.</summary>
    public sealed record Done(int Status, IReadOnlyDictionary<string, string> Ids) : EarlierOutcome;

    /// <summary>The key was used with another body: 409 idempotency.mismatch.</summary>
    public sealed record Mismatch : EarlierOutcome;
}

/// <summary>
/// Idempotency keys of changing requests. The row commits with the change, so a lost answer, a killed server or an unknown COMMIT is
/// reconciled by sending the same request again: either nothing happened, or the ids come back.
/// </summary>
internal sealed class IdempotencyStore(IMac mac, TimeProvider time)
{
    /// <summary>Longest key a caller may choose, in characters.</summary>
    public const int LongestKey = 128;

    /// <summary>How long an outcome is remembered, in milliseconds.</summary>
    public const long TermMs = 24 * 60 * 60 * 1000L;

    public static bool IsValid(string key) => key.Length is > 0 and <= LongestKey && key.All(c => c is > ' ' and <= '~');

    /// <param name="route">The route pattern and its ids: one key may serve different routes.</param>
    public IdempotencyClaim Claim(UInt128 actor, string route, string key, ReadOnlySpan<byte> body)
    {
        var named = new byte[16 + 2 + Encoding.UTF8.GetByteCount(route) + Encoding.UTF8.GetByteCount(key)];
        Id.Bytes(actor).CopyTo(named, 0);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(named.AsSpan(16), checked((ushort)Encoding.UTF8.GetByteCount(route)));
        var at = 18 + Encoding.UTF8.GetBytes(route, named.AsSpan(18));
        Encoding.UTF8.GetBytes(key, named.AsSpan(at));
        return new IdempotencyClaim(Id.Bytes(actor), mac.Mac(MacUse.Idempotency, named), mac.Mac(MacUse.Idempotency, body));
    }

    /// <summary>
    /// First act of the transaction: takes the key, or finds what the earlier request with it left. A racing request waits here for the
    /// other's commit and then finds its outcome.
    /// </summary>
    public async Task<EarlierOutcome> BeginAsync(Tx tx, IdempotencyClaim claim)
    {
        var now = time.SureMs();
        await tx.ExecuteAsync("DELETE FROM idempotency WHERE actor = @Actor AND key = @Key AND at < @old", new { claim.Actor, claim.Key, old = now - TermMs });
        var taken = await tx.ExecuteAsync(
            "INSERT INTO idempotency (actor, key, body, status, ids, at) VALUES (@Actor, @Key, @Body, 0, '{}', @now) ON CONFLICT DO NOTHING",
            new { claim.Actor, claim.Key, claim.Body, now });
        if (taken == 1)
        {
            return new EarlierOutcome.None();
        }

        var row = await tx.QueryOneAsync<Row>("SELECT body, status, ids FROM idempotency WHERE actor = @Actor AND key = @Key", new { claim.Actor, claim.Key });
        return row is not null && CryptographicOperations.FixedTimeEquals(row.Body, claim.Body)
            ? new EarlierOutcome.Done(row.Status, JsonSerializer.Deserialize<Dictionary<string, string>>(row.Ids) ?? [])
            : new EarlierOutcome.Mismatch();
    }

    /// <summary>Asks in a batch; answers, once it has run, for each key whether it is free, as far as can be seen. Nothing is taken.</summary>
    public static Func<IReadOnlyList<bool>> AskFree(Batch batch, IReadOnlyList<IdempotencyClaim> claims)
    {
        if (claims.Count == 0)
        {
            return () => [];
        }

        var taken = batch.Ask(
            $"SELECT actor, key FROM idempotency WHERE actor {batch.AnyOf(1)} AND key {batch.AnyOf(2)}",
            row => (Convert.ToHexString(row.GetFieldValue<byte[]>(0)), Convert.ToHexString(row.GetFieldValue<byte[]>(1))),
            batch.Set(claims.Select(claim => claim.Actor)),
            batch.Set(claims.Select(claim => claim.Key)));
        return () =>
        {
            var names = taken.All.ToHashSet();
            return [.. claims.Select(claim => !names.Contains((Convert.ToHexString(claim.Actor), Convert.ToHexString(claim.Key))))];
        };
    }

    /// <summary>Takes free keys of many changes in one transaction; one that somebody has just taken is an error, which undoes it.</summary>
    public void Begin(Batch batch, IReadOnlyList<IdempotencyClaim> claims)
    {
        var now = time.SureMs();
        batch.Insert(Many, [.. claims.Select(claim => new NewRow(claim, now))
            .OrderBy(row => Convert.ToHexString(row.Claim.Actor), StringComparer.Ordinal).ThenBy(row => Convert.ToHexString(row.Claim.Key), StringComparer.Ordinal)]);
    }

    /// <summary>The outcome of a key taken by <see cref="Begin"/>, as ids only.</summary>
    public static void Finish(Batch batch, IdempotencyClaim claim, int status, IReadOnlyDictionary<string, string> ids) => batch.Do(
        "UPDATE idempotency SET status = $1, ids = $2 WHERE actor = $3 AND key = $4", (long)status, JsonSerializer.Serialize(ids), claim.Actor, claim.Key);

    /// <summary>Last act of the transaction: the outcome, as ids only.</summary>
    public Task FinishAsync(Tx tx, IdempotencyClaim claim, int status, IReadOnlyDictionary<string, string> ids) => tx.ExecuteAsync(
        "UPDATE idempotency SET status = @status, ids = @ids WHERE actor = @Actor AND key = @Key",
        new { claim.Actor, claim.Key, status, ids = JsonSerializer.Serialize(ids) });

    /// <summary>Forgets outcomes past their term; returns how many.</summary>
    public Task<int> ForgetAsync(Tx tx) => tx.ExecuteAsync("DELETE FROM idempotency WHERE at < @old", new { old = time.SureMs() - TermMs });

    private static readonly ManyRows<NewRow> Many = new("idempotency", "(actor, key)",
        Column<NewRow>.Bytes("actor", row => row.Claim.Actor),
        Column<NewRow>.Bytes("key", row => row.Claim.Key),
        Column<NewRow>.Bytes("body", row => row.Claim.Body),
        Column<NewRow>.Number("status", _ => 0),
        Column<NewRow>.Text("ids", _ => "{}"),
        Column<NewRow>.Number("at", row => row.At));

    private sealed record NewRow(IdempotencyClaim Claim, long At);

    private sealed record Row
    {
        public byte[] Body { get; init; } = [];

        public int Status { get; init; }

        public string Ids { get; init; } = "{}";
    }
}
