using System.Security.Cryptography;
using Strongroom.Keys;
using Strongroom.Spine.Idempotency;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Spine.Idempotency;

/// <summary>What a repeated changing request meets.</summary>
public abstract class IdempotencyStoreSuite(TestStore store) : StoreSuite(store)
{
    private static readonly Dictionary<string, string> Made = new() { ["customer"] = "7c" };
    private readonly IdempotencyStore keys = new(new TestMac(), TimeProvider.System);

    [Fact]
    public async Task The_same_request_again_finds_the_ids_of_the_first()
    {
        var claim = keys.Claim(1, "POST /v1/x", "k1", "body"u8);
        Assert.IsType<EarlierOutcome.None>(await DoAsync(claim));
        var done = Assert.IsType<EarlierOutcome.Done>(await DoAsync(claim));
        Assert.Equal((201, "7c"), (done.Status, done.Ids["customer"]));
    }

    [Fact]
    public async Task Another_body_under_the_same_key_is_a_mismatch()
    {
        await DoAsync(keys.Claim(1, "POST /v1/x", "k1", "body"u8));
        Assert.IsType<EarlierOutcome.Mismatch>(await DoAsync(keys.Claim(1, "POST /v1/x", "k1", "other"u8)));
    }

    [Fact]
    public async Task Another_caller_or_route_has_keys_of_its_own()
    {
        await DoAsync(keys.Claim(1, "POST /v1/x", "k1", "body"u8));
        Assert.IsType<EarlierOutcome.None>(await DoAsync(keys.Claim(2, "POST /v1/x", "k1", "other"u8)));
        Assert.IsType<EarlierOutcome.None>(await DoAsync(keys.Claim(1, "POST /v1/y", "k1", "other"u8)));
    }

    [Fact]
    public async Task A_request_that_failed_leaves_no_trace()
    {
        var claim = keys.Claim(1, "POST /v1/x", "k1", "body"u8);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Db.WriteAsync<bool>(async tx =>
        {
            await keys.BeginAsync(tx, claim);
            throw new InvalidOperationException();
        }));
        Assert.IsType<EarlierOutcome.None>(await DoAsync(claim));
    }

    [Fact]
    public async Task Of_twenty_racing_requests_one_does_the_work()
    {
        var claim = keys.Claim(1, "POST /v1/x", "k1", "body"u8);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => DoAsync(claim)));
        Assert.Single(outcomes.OfType<EarlierOutcome.None>());
        Assert.All(outcomes.OfType<EarlierOutcome.Done>(), d => Assert.Equal("7c", d.Ids["customer"]));
    }

    private Task<EarlierOutcome> DoAsync(IdempotencyClaim claim) => Db.WriteAsync(async tx =>
    {
        var earlier = await keys.BeginAsync(tx, claim);
        if (earlier is EarlierOutcome.None)
        {
            await keys.FinishAsync(tx, claim, 201, Made);
        }

        return earlier;
    });

    private sealed class TestMac : IMac
    {
        public byte[] Mac(MacUse use, ReadOnlySpan<byte> message) => HMACSHA256.HashData([(byte)use], message);
    }
}

public sealed class IdempotencyStoreOnSqlite() : IdempotencyStoreSuite(TestStore.Sqlite());

public sealed class IdempotencyStoreOnPostgres(PostgresServer server) : IdempotencyStoreSuite(TestStore.Postgres(server));
