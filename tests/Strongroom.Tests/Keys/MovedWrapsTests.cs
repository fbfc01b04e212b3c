using Strongroom.Data;
using Strongroom.Keys;
using Strongroom.Keys.Epochs;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Keys;

/// <summary>A wrapped key cannot be moved: every column of every row of the keyring, put into every other place of its kind (R64).</summary>
public abstract class MovedWrapsSuite(TestStore store) : KeyringSuite(store)
{
    private static readonly string[] CustomerColumns = ["general", "sensitive", "log", "key_id"], EpochColumns = ["general", "sensitive", "system", "search"];

    [Fact]
    public async Task A_customers_wrap_in_any_other_customers_or_columns_place_does_not_open()
    {
        await using var ring = await FreshKeyringAsync();
        var owners = NewOwners(3);
        await ring.CreateAsync(owners);
        var values = await SealForAsync(ring, owners);
        var tried = 0;
        foreach (var into in owners)
        {
            foreach (var from in owners)
            {
                foreach (var (target, source) in CustomerColumns.SelectMany(t => CustomerColumns.Select(s => (t, s))).Where(p => !(into == from && p.t == p.s)))
                {
                    var before = await GetAsync($"SELECT {target} FROM key_customer WHERE customer = @id", into);
                    await PutAsync($"UPDATE key_customer SET {target} = (SELECT k.{source} FROM key_customer k WHERE k.customer = @other) WHERE customer = @id", new { id = into.ToBytes(), other = from.ToBytes() });
                    ring.Fence();
                    var error = await Assert.ThrowsAsync<KeysUnavailableException>(() => ring.OpenAsync(into));
                    Assert.Equal(KeysFault.KeyringDamaged, error.Fault);
                    await PutAsync($"UPDATE key_customer SET {target} = @before WHERE customer = @id", new { before, id = into.ToBytes() });
                    tried++;
                }
            }
        }

        Assert.Equal((3 * 3 * 16) - (3 * 4), tried);
        ring.Fence();
        await AssertAllOpenAsync(ring, values);
    }

    /// <summary>The whole row of another customer opens nothing either: it is bound to its owner.</summary>
    [Fact]
    public async Task A_whole_row_under_another_owner_or_epoch_does_not_open()
    {
        await using var ring = await FreshKeyringAsync();
        var (a, b) = (NewOwner(), NewOwner());
        await ring.CreateAsync([a, b]);
        var values = await SealForAsync(ring, [a, b]);
        await PutAsync("DELETE FROM key_customer WHERE customer = @id", new { id = a.ToBytes() });
        await PutAsync("UPDATE key_customer SET customer = @id WHERE customer = @other", new { id = a.ToBytes(), other = b.ToBytes() });
        ring.Fence();
        Assert.Equal(KeysFault.KeyringDamaged, (await Assert.ThrowsAsync<KeysUnavailableException>(() => ring.OpenAsync(a))).Fault);
        Assert.Null(await ring.OpenAsync(b));
        await PutAsync("UPDATE key_customer SET customer = @other WHERE customer = @id", new { id = a.ToBytes(), other = b.ToBytes() });

        await PutAsync("UPDATE key_customer SET epoch = 2 WHERE customer = @id", new { id = b.ToBytes() });
        ring.Fence();
        Assert.Equal(KeysFault.KeyringDamaged, (await Assert.ThrowsAsync<KeysUnavailableException>(() => ring.OpenAsync(b))).Fault);
        await PutAsync("UPDATE key_customer SET epoch = 1 WHERE customer = @id", new { id = b.ToBytes() });
        ring.Fence();
        await AssertAllOpenAsync(ring, new Dictionary<KeyOwner, byte[]> { [b] = values[b] });
    }

    [Fact]
    public async Task A_secret_or_an_epochs_key_in_any_other_place_stops_the_start()
    {
        await using (var ring = await FreshKeyringAsync())
        {
            // Two living epochs: the turn stops before anything of the old one is sealed.
            await ring.CreateAsync(NewOwners(2));
            await Assert.ThrowsAsync<IOException>(() => new EpochTurn(ring, new Stopping()).RunAsync());
        }

        var names = await Db.ReadAsync(tx => tx.QueryAsync<string>("SELECT name FROM key_secret ORDER BY name"));
        Assert.True(names.Count >= 4);
        foreach (var (into, from) in names.SelectMany(a => names.Where(b => b != a).Select(b => (a, b))))
        {
            await MovedAsync("SELECT wrapped FROM key_secret WHERE name = @into", "UPDATE key_secret SET wrapped = (SELECT s.wrapped FROM key_secret s WHERE s.name = @from) WHERE name = @into",
                "UPDATE key_secret SET wrapped = @before WHERE name = @into", into, from, KeysFault.KeyringDamaged);
        }

        foreach (var (into, from) in new[] { (1L, 1L), (1L, 2L), (2L, 1L), (2L, 2L) })
        {
            foreach (var (target, source) in EpochColumns.SelectMany(t => EpochColumns.Select(s => (t, s))).Where(p => !(into == from && p.t == p.s)))
            {
                await MovedAsync($"SELECT {target} FROM key_epoch WHERE n = @into", $"UPDATE key_epoch SET {target} = (SELECT e.{source} FROM key_epoch e WHERE e.n = @from) WHERE n = @into",
                    $"UPDATE key_epoch SET {target} = @before WHERE n = @into", into, from, KeysFault.RootWrong);
            }
        }

        await (await Keyring.OpenAsync(OptionsOn(Db))).DisposeAsync();
    }

    private async Task MovedAsync<TKey>(string read, string move, string back, TKey into, TKey from, KeysFault expected)
    {
        var before = await Db.ReadAsync(tx => tx.ScalarAsync<byte[]>(read, new { into }));
        await PutAsync(move, new { into, from });
        var error = await Assert.ThrowsAsync<KeysUnavailableException>(() => Keyring.OpenAsync(OptionsOn(Db)));
        Assert.True(error.Fault == expected, $"{from} into {into}: {error.Code}");
        await PutAsync(back, new { before, into });
    }

    private Task<byte[]> GetAsync(string sql, KeyOwner owner) => Db.ReadAsync(tx => tx.ScalarAsync<byte[]>(sql, new { id = owner.ToBytes() }));

    private Task PutAsync(string sql, object args) => Db.WriteAsync(async tx => Assert.Equal(1, await tx.ExecuteAsync(sql, args)));

    private sealed class Stopping : ISearchBlockRekeyer
    {
        public Task CloseAsync(int from, int to, CancellationToken ct = default) => throw new IOException("stopped");

        public Task<long> RekeyBatchAsync(int from, int to, int max, CancellationToken ct = default) => Task.FromResult(0L);

        public Task<long> RemainingAsync(int from, CancellationToken ct = default) => Task.FromResult(0L);
    }
}

public sealed class MovedWrapsOnSqlite() : MovedWrapsSuite(TestStore.Sqlite());

public sealed class MovedWrapsOnPostgres(PostgresServer server) : MovedWrapsSuite(TestStore.Postgres(server));
