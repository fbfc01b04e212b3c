using System.Collections.Concurrent;
using System.Text;
using Strongroom.Data;
using Strongroom.Keys;
using Strongroom.Keys.Epochs;
using Strongroom.Keys.Rings;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Keys;

/// <summary>The turn of an epoch: killed everywhere, raced everywhere; nobody living lost, the old secret gone (R68).</summary>
public abstract class EpochTurnTests(TestStore store) : KeyringSuite(store)
{
    /// <summary>Every step a turn names, in order; the run test below proves the list complete.</summary>
    private static readonly string[] Steps =
    [
        "secret-placed:a", "secret-placed:b", "opened", "customer-batch", "customers-moved", "secret-moved", "secrets-moved", "search-closed",
        "search-batch", "search-moved", "sealed", "fenced", "erased:a", "stated:a", "erased:b", "stated:b", "destroyed",
    ];

    public static TheoryData<string> AllSteps => [.. Steps];

    [Fact]
    public async Task WholeTurn_KeepsTheLiving_AndEndsTheOldEpoch()
    {
        await using var ring = await FreshKeyringAsync();
        var owners = NewOwners(1200);
        await ring.CreateAsync(owners);
        var values = await SealForAsync(ring, owners);
        var sealedSecret = ring.Secrets.Seal("totp:1", [7]);
        var blocks = new FakeBlocks(ring);
        blocks.Add("mobile", [1, 3, 8]);
        var steps = new List<string>();
        var progress = new List<TurnProgress>();

        var outcome = await new EpochTurn(ring, blocks) { Fault = steps.Add }.RunAsync(new Listener(progress.Add));

        Assert.Equal(Steps, steps.Distinct());
        Assert.Equal((1, 2, true), (outcome.From, outcome.To, outcome.IsDestroyed));
        Assert.Equal(["a", "b"], outcome.Statements.Select(s => s.Holder));
        Assert.Equal(new TurnProgress("customers", 1200, 1200), progress.Last(p => p.Step == "customers"));
        Assert.Equal(2, ring.OpenEpoch);
        AssertSecretsGone(1);
        await AssertAllOpenAsync(ring, values);
        Assert.Equal(blocks.Single().Value, Assert.Single(ring.Search.Lookup("mobile", [1, 3, 8])).Value);

        await using var again = await Keyring.OpenAsync(OptionsOn(Db));
        await AssertAllOpenAsync(again, values);
        Assert.Equal([7], again.Secrets.Open("totp:1", sealedSecret));
        Assert.Equal([("destroyed", 0), ("open", 2)], (await again.EpochsAsync()).Select(e => (e.State, e.Pending.Count)));
        var old = (await Db.ReadAsync(KeyringStore.EpochsAsync))[0];
        Assert.All([old.General, old.Sensitive, old.System, old.Search], Assert.Null);
    }

    [Theory]
    [MemberData(nameof(AllSteps))]
    public async Task KilledAtAnyStep_IsResumed_AndNobodyLivingIsLost(string step)
    {
        var owners = NewOwners(1100);
        Dictionary<KeyOwner, byte[]> values;
        SearchBlock before;
        var stored = new ConcurrentQueue<SearchBlock>();
        await using (var ring = await FreshKeyringAsync())
        {
            await ring.CreateAsync(owners);
            values = await SealForAsync(ring, owners);
            var blocks = new FakeBlocks(ring, stored);
            blocks.Add("mobile", [1]);
            before = blocks.Single();
            await Assert.ThrowsAsync<KilledException>(() => new EpochTurn(ring, blocks) { Fault = Kill.At(step) }.RunAsync());
        }

        // A fresh process: it serves before anything is resumed, and keeps serving what it had.
        await using var after = await Keyring.OpenAsync(OptionsOn(Db));
        await AssertAllOpenAsync(after, values);
        Assert.Contains(after.Search.Lookup("mobile", [1]), b => stored.Any(s => s.Epoch == b.Epoch && s.Value.AsSpan().SequenceEqual(b.Value)));

        var outcome = await new EpochTurn(after, new FakeBlocks(after, stored)).RunAsync();

        Assert.True(outcome.IsDestroyed);
        AssertSecretsGone(1);
        after.Fence();
        await AssertAllOpenAsync(after, values);
        var now = Assert.Single(stored);
        Assert.NotEqual(before.Value, now.Value);
        Assert.Equal(after.Search.Block("mobile", [1]).Value, now.Value);
        Assert.True((await after.EpochsAsync()).All(e => e.State is "open" or "destroyed"));
    }

    // Were the state not checked with each wrap, the turn would chase its stragglers for ever.
    [Fact(Timeout = 60_000)]
    public async Task StragglerWrapDuringSeal_NoLivingCustomerLost()
    {
        await using var ring = await FreshKeyringAsync();
        var first = NewOwners(600);
        await ring.CreateAsync(first);
        // Another node that learns of the turn only when its own wrap is refused. A SQLite file belongs to one process and is opened once:
        // two writers on it only poll for its lock, and with a slow disk one of them may never get it.
        await using var stale = await Keyring.OpenAsync(OptionsOn(Db.Engine == Engine.Sqlite ? Db : await OpenAsync(Options)));
        var late = new ConcurrentBag<KeyOwner>(first);
        void Straggle(string _)
        {
            var owner = NewOwner();
            stale.CreateAsync([owner]).GetAwaiter().GetResult();
            late.Add(owner);
        }

        using var stop = new CancellationTokenSource();
        var crowd = Enumerable.Range(0, 3).Select(i => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (i == 2)
                {
                    using var made = await stale.MakeAsync();
                    late.Add(made.Customer);
                    continue;
                }

                var owner = NewOwner();
                await (i == 0 ? ring : stale).CreateAsync([owner]);
                late.Add(owner);
            }
        })).ToArray();
        var outcome = await new EpochTurn(ring, new FakeBlocks(ring)) { Fault = Straggle }.RunAsync();
        await stop.CancelAsync();
        await Task.WhenAll(crowd);

        Assert.True(outcome.IsDestroyed);
        Assert.Equal(0, await Db.ReadAsync(tx => KeyringStore.CountUnderAsync(tx, 1)));
        await using var fresh = await Keyring.OpenAsync(OptionsOn(Db));
        Assert.True(late.Count > 600 + 16);
        await AssertAllOpenAsync(fresh, await SealForAsync(stale, late));
    }

    [Fact]
    public async Task OldKeyringOldWalLivingRoot_CannotOpenDestroyed()
    {
        await using var ring = await FreshKeyringAsync();
        var (gone, kept) = (NewOwner(), NewOwner());
        await ring.CreateAsync([gone, kept]);
        var values = await SealForAsync(ring, [gone, kept]);
        var (oldEpoch, oldRows) = await Db.ReadAsync(async tx => (
            (await KeyringStore.EpochsAsync(tx))[0], await KeyringStore.CustomersAsync(tx, [gone.ToBytes()])));   // the backup
        Assert.NotNull(CustomerWrap.TryOpen(ring.Epochs.Open, ring.Installation, oldRows[0]));

        await ring.DestroyAsync(gone);
        await new EpochTurn(ring, new FakeBlocks(ring)).RunAsync();

        // Restored as it was: the rows are back, the root lives, and yet nothing opens.
        await Db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync("DELETE FROM key_tombstone");
            await tx.ExecuteAsync("UPDATE key_epoch SET state = 'draining', general = @General, sensitive = @Sensitive, system = @System, search = @Search WHERE n = 1", oldEpoch);
            await KeyringStore.AddCustomersAsync(tx, oldRows, 0);
        });
        var error = await Assert.ThrowsAsync<KeysUnavailableException>(() => Keyring.OpenAsync(OptionsOn(Db)));
        Assert.Equal(KeysFault.EpochSecretMissing, error.Fault);

        // Nor with every key that still lives, by hand.
        using var root = await Keys.Root.ReadAsync();
        using var living = await Keys.Holders[0].ReadAsync(ring.Installation, 2);
        using var nothing = new SecretBytes(32);
        Assert.Null(EpochKeys.TryOpen(root, living!, ring.Installation, oldEpoch));
        Assert.Null(EpochKeys.TryOpen(root, nothing, ring.Installation, oldEpoch));
        foreach (var file in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories))
        {
            Assert.False(Path.GetFileName(file).Contains("epoch-1", StringComparison.Ordinal), file);
        }

        values.Remove(gone);
        ring.Fence();
        await AssertAllOpenAsync(ring, values);
    }

    [Fact]
    public async Task OldBackupDigests_AllMobilesDictionary_FindsNobody()
    {
        await using var ring = await FreshKeyringAsync();
        var blocks = new FakeBlocks(ring);
        string[] victims = ["13800004711", "13800013999"];
        foreach (var victim in victims)
        {
            blocks.Add("mobile", Encoding.UTF8.GetBytes(victim));
        }

        // What lay in the stolen copies: the blocks and the keyring's rows. The epoch secret is in no copy; kept here only to show below
        // that the attack itself is sound.
        var backup = blocks.All();
        var oldEpoch = (await Db.ReadAsync(KeyringStore.EpochsAsync))[0];
        using var forgotten = await Keys.Holders[0].ReadAsync(ring.Installation, 1);

        await new EpochTurn(ring, blocks).RunAsync();

        using var root = await Keys.Root.ReadAsync();
        using var living = await Keys.Holders[0].ReadAsync(ring.Installation, 2);
        using var nothing = new SecretBytes(32);
        Assert.Empty(Recover(ring, backup, oldEpoch, root, living!, nothing));
        Assert.Throws<KeysUnavailableException>(() => ring.Search.ReKey("mobile", backup[0].Value, 1, 2));
        Assert.Equal(victims, Recover(ring, backup, oldEpoch, root, living!, nothing, forgotten!));
    }

    /// <summary>
    /// A thief with the old data and keyring, today's keyring, the root key and these epoch secrets hashes every number there is (here
    /// twenty thousand) in every way those keys allow, and looks for the result among the stolen blocks.
    /// </summary>
    private static List<string> Recover(Keyring ring, IReadOnlyList<SearchBlock> stolen, EpochRow oldEpoch, SecretBytes root, params SecretBytes[] secrets)
    {
        var known = stolen.Select(block => Convert.ToHexString(block.Value)).ToHashSet();
        var ciphers = secrets.Select(secret => EpochKeys.TryOpen(root, secret, ring.Installation, oldEpoch)).OfType<EpochKeys>().ToList();
        var found = new List<string>();
        var (digest, block) = (new byte[16], new byte[16]);
        for (var n = 0; n < 20_000; n++)
        {
            var number = $"138000{n:00000}";
            var today = ring.Search.Block("mobile", Encoding.UTF8.GetBytes(number)).Value;
            ring.Epochs.Open.BlockCipher("mobile").Decrypt(today, digest);
            var hits = known.Contains(Convert.ToHexString(today)) || known.Contains(Convert.ToHexString(digest));
            foreach (var cipher in ciphers)
            {
                cipher.BlockCipher("mobile").Encrypt(digest, block);
                hits |= known.Contains(Convert.ToHexString(block));
            }

            if (hits)
            {
                found.Add(number);
            }
        }

        ciphers.ForEach(cipher => cipher.Dispose());
        return found;
    }

    [Fact]
    public async Task AHolderThatCannotErase_StaysPending_AndIsNamed_UntilItDoes()
    {
        await using var ring = await FreshKeyringAsync();
        await ring.CreateAsync([NewOwner()]);
        await Assert.ThrowsAsync<KilledException>(() => new EpochTurn(ring, new FakeBlocks(ring)) { Fault = Kill.At("fenced") }.RunAsync());
        await using (var withoutB = await Keyring.OpenAsync(OptionsOn(Db, "a")))
        {
            var pending = await new EpochTurn(withoutB, new FakeBlocks(withoutB)).RunAsync();
            Assert.Equal(["b"], pending.Pending);
            Assert.False(pending.IsDestroyed);
            Assert.True(File.Exists(SecretPath("b", 1)));
            Assert.False(File.Exists(SecretPath("a", 1)));
        }

        // A statement that the holder never signed does not count.
        await Db.WriteAsync(tx => KeyringStore.AddStatementAsync(tx, 1, "b", 1, "{}"));
        Assert.Equal(["b"], (await ring.EpochsAsync())[0].Pending);

        Assert.True((await new EpochTurn(ring, new FakeBlocks(ring)).RunAsync()).IsDestroyed);
        AssertSecretsGone(1);

        // The next turn is not even begun without every registered holder.
        await using var again = await Keyring.OpenAsync(OptionsOn(Db, "a"));
        var error = await Assert.ThrowsAsync<KeysUnavailableException>(() => new EpochTurn(again, new FakeBlocks(again)).RunAsync());
        Assert.Equal(KeysFault.HolderRefused, error.Fault);
        Assert.Equal(2, again.OpenEpoch);
    }

    [Fact]
    public async Task AnEpochMarkedSealedByHand_IsNotErased_WhileAnybodyLivesUnderIt()
    {
        await using var ring = await FreshKeyringAsync();
        await ring.CreateAsync([NewOwner()]);
        await Assert.ThrowsAsync<KilledException>(() => new EpochTurn(ring, new FakeBlocks(ring)) { Fault = Kill.At("opened") }.RunAsync());
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE key_epoch SET state = 'sealed' WHERE n = 1"));

        await Assert.ThrowsAsync<KeysUnavailableException>(() => new EpochTurn(ring, new FakeBlocks(ring)).RunAsync());

        Assert.True(File.Exists(SecretPath("a", 1)) && File.Exists(SecretPath("b", 1)));
    }

    [Fact]
    public async Task TwoTurnsAtOnce_TheSecondIsRefused()
    {
        await using var ring = await FreshKeyringAsync();
        var second = Task.FromResult<Exception?>(null);
        void Compete(string step)
        {
            if (step == "opened")
            {
                second = Record.ExceptionAsync(() => new EpochTurn(ring, new FakeBlocks(ring)).RunAsync()).AsTask();
                Assert.IsType<TurnBusyException>(second.GetAwaiter().GetResult());
            }
        }

        Assert.True((await new EpochTurn(ring, new FakeBlocks(ring)) { Fault = Compete }.RunAsync()).IsDestroyed);
        Assert.IsType<TurnBusyException>(await second);
    }

    private void AssertSecretsGone(int epoch)
    {
        Assert.False(File.Exists(SecretPath("a", epoch)));
        Assert.False(File.Exists(SecretPath("b", epoch)));
    }

    private sealed class Listener(Action<TurnProgress> heard) : IProgress<TurnProgress>
    {
        public void Report(TurnProgress value) => heard(value);
    }

    /// <summary>The data's half, in memory: one item, its blocks.</summary>
    private sealed class FakeBlocks(Keyring ring, ConcurrentQueue<SearchBlock>? stored = null) : ISearchBlockRekeyer
    {
        private readonly ConcurrentQueue<SearchBlock> blocks = stored ?? [];

        public void Add(string item, byte[] value) => blocks.Enqueue(ring.Search.Block(item, value));

        public SearchBlock Single() => Assert.Single(blocks);

        public IReadOnlyList<SearchBlock> All() => [.. blocks];

        public Task CloseAsync(int from, int to, CancellationToken ct) => Task.CompletedTask;

        public Task<long> RekeyBatchAsync(int from, int to, int max, CancellationToken ct)
        {
            long moved = 0;
            for (var left = blocks.Count; left > 0 && blocks.TryDequeue(out var block); left--)
            {
                var move = block.Epoch == from;
                blocks.Enqueue(move ? new(to, ring.Search.ReKey("mobile", block.Value, from, to)) : block);
                moved += move ? 1 : 0;
            }

            return Task.FromResult(moved);
        }

        public Task<long> RemainingAsync(int from, CancellationToken ct) => Task.FromResult((long)blocks.Count(b => b.Epoch == from));
    }
}

public sealed class EpochTurnOnSqlite() : EpochTurnTests(TestStore.Sqlite());

public sealed class EpochTurnOnPostgres(PostgresServer server) : EpochTurnTests(TestStore.Postgres(server));
