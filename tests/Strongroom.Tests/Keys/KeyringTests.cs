using Strongroom.Data;
using Strongroom.Keys;
using Strongroom.Keys.Formats;
using Strongroom.Keys.Rings;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Keys;

/// <summary>What a keyring promises its users, on both engines.</summary>
public abstract class KeyringTests(TestStore store) : KeyringSuite(store)
{
    [Fact]
    public async Task Create_Open_Destroy()
    {
        await using var ring = await FreshKeyringAsync();
        var (kept, gone) = (NewOwner(), NewOwner());
        await ring.CreateAsync([kept, gone]);
        var values = await SealForAsync(ring, [kept, gone]);

        await ring.DestroyAsync(gone);

        Assert.Null(await ring.OpenAsync(gone));
        Assert.Null(await ring.OpenAsync(NewOwner()));
        Assert.DoesNotContain(gone, (await ring.OpenManyAsync([gone])).Keys);
        values.Remove(gone);
        await AssertAllOpenAsync(ring, values);
        await ring.DestroyAsync(gone);   // replay after a crash
        await Assert.ThrowsAsync<InvalidOperationException>(() => ring.CreateAsync([NewOwner(), gone]));
    }

    [Fact]
    public async Task Create_ExistingOwner_IsAnError_AndNoneIsCreated()
    {
        await using var ring = await FreshKeyringAsync();
        var (known, fresh) = (NewOwner(), NewOwner());
        await ring.CreateAsync([known]);
        var values = await SealForAsync(ring, [known]);

        await Assert.ThrowsAsync<InvalidOperationException>(() => ring.CreateAsync([fresh, known]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ring.CreateAsync([fresh, fresh]));

        Assert.Null(await ring.OpenAsync(fresh));
        ring.Fence();
        await AssertAllOpenAsync(ring, values);
    }

    [Fact]
    public async Task Make_ManyAtOnce_ShareCommits_AndAreDurableBeforeTheyAreGivenOut()
    {
        await using var ring = await FreshKeyringAsync();
        var before = await Db.StatsAsync();

        // The keyring as another process would find it at the moment the lease is given out.
        await using var other = await Keyring.OpenAsync(OptionsOn(Db));
        var sealedBy = await Task.WhenAll(Enumerable.Range(0, 400).Select(async _ =>
        {
            using var made = await ring.MakeAsync();
            using var found = await other.OpenAsync(made.Customer);
            var value = made.Seal(Scope(made.Customer), made.Customer.ToBytes());
            Assert.True(found!.TryOpen(Scope(made.Customer), value, out var plain));
            Assert.Equal(made.LogReference(), found.LogReference());
            Assert.Equal(made.Customer.ToBytes(), plain);
            return (made.Customer, value);
        }));

        var after = await Db.StatsAsync();
        Assert.InRange(after.Commits - before.Commits, 1, 200);
        Assert.Equal(400, sealedBy.Select(one => one.Customer).Distinct().Count());
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(400, (await ring.OrphansAsync(Time.GetUtcNow().ToUnixTimeMilliseconds(), 1000)).Count);
        ring.Fence();
        await AssertAllOpenAsync(ring, sealedBy.ToDictionary(one => one.Customer, one => one.value));
    }

    [Fact]
    public async Task Make_WhenTheKeyringCannotBeWritten_GivesNothingOut_AndGoesOnAfterwards()
    {
        await using var ring = await FreshKeyringAsync();
        await Db.WriteAsync(tx => tx.ExecuteAsync("ALTER TABLE key_customer RENAME TO key_customer_away"));
        foreach (var failed in await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Record.ExceptionAsync(() => ring.MakeAsync()).AsTask())))
        {
            Assert.IsType<KeysUnavailableException>(failed);
        }

        await Db.WriteAsync(tx => tx.ExecuteAsync("ALTER TABLE key_customer_away RENAME TO key_customer"));
        using var made = await ring.MakeAsync();
        Assert.Equal(1, ring.CachedCustomers);
        Assert.Equal(1, await Db.ReadAsync(tx => KeyringStore.CountUnderAsync(tx, 1)));
    }

    [Fact]
    public async Task EverythingOpens_AfterARestart()
    {
        var owners = NewOwners(30);
        Dictionary<KeyOwner, byte[]> values;
        byte[] mac, publicKey, secret, reference;
        SearchBlock block;
        await using (var ring = await FreshKeyringAsync())
        {
            await ring.CreateAsync(owners);
            values = await SealForAsync(ring, owners);
            using var keys = await ring.OpenAsync(owners[0]);
            reference = keys!.LogReference();
            (mac, publicKey) = (ring.Mac.Mac(MacUse.ControlRow, [1]), ring.Signer.PublicKey(SigningKey.Log));
            (secret, block) = (ring.Secrets.Seal("totp:7", [1, 2]), ring.Search.Block("mobile", [1, 3, 8]));
            Assert.NotEqual(publicKey, ring.Signer.PublicKey(SigningKey.Receipt));
        }

        await using var again = await Keyring.OpenAsync(OptionsOn(Db));
        await AssertAllOpenAsync(again, values);
        using (var keys = await again.OpenAsync(owners[0]))
        {
            Assert.Equal(reference, keys!.LogReference());
        }

        Assert.Equal(mac, again.Mac.Mac(MacUse.ControlRow, [1]));
        Assert.Equal([1, 2], again.Secrets.Open("totp:7", secret));
        Assert.Equal(block.Value, Assert.Single(again.Search.Lookup("mobile", [1, 3, 8])).Value);
        Assert.True(Ed25519.Verify(publicKey, [9], again.Signer.Sign(SigningKey.Log, [9])));
    }

    [Fact]
    public async Task ManyAtOnce_ShareLanes_AndLeasesSurviveAFence()
    {
        await using var ring = await FreshKeyringAsync();
        var owners = NewOwners(200);
        await ring.CreateAsync(owners);
        var values = await SealForAsync(ring, owners);
        ring.Fence();

        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), async (i, _) =>
        {
            var owner = owners[i % owners.Length];
            using var keys = await ring.OpenAsync(owner, default);
            if (i % 50 == 0)
            {
                ring.Fence();
            }

            Assert.True(keys!.TryOpen(Scope(owner), values[owner], out var plain));
            Assert.Equal(owner.ToBytes(), plain);
        });
    }

    [Fact]
    public async Task Cache_ForgetsAfterAMinute_AndWhenFenced()
    {
        await using var ring = await FreshKeyringAsync();
        var owner = NewOwner();
        await ring.CreateAsync([owner]);
        var lease = await ring.OpenAsync(owner);
        Assert.Equal(1, ring.CachedCustomers);
        await Db.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM key_customer"));   // behind its back
        using (var cached = await ring.OpenAsync(owner))
        {
            Assert.NotNull(cached);
        }

        Time.Advance(TimeSpan.FromSeconds(60));

        Assert.Null(await ring.OpenAsync(owner));
        Assert.True(lease!.TryOpen(Scope(owner), lease.Seal(Scope(owner), [1]), out _));   // a lease ends with its user only
        lease.Dispose();
        Assert.Throws<ObjectDisposedException>(() => lease.LogReference());
    }

    [Fact]
    public async Task Orphans_AreListedUntilConfirmedOrDestroyed()
    {
        await using var ring = await FreshKeyringAsync();
        var old = NewOwners(3);
        await ring.CreateAsync(old);
        Time.Advance(TimeSpan.FromHours(2));
        var young = NewOwner();
        await ring.CreateAsync([young]);
        var before = Time.GetUtcNow().ToUnixTimeMilliseconds();

        Assert.Equivalent(old, await ring.OrphansAsync(before, 10), strict: true);
        Assert.Equal(2, (await ring.OrphansAsync(before, 2)).Count);
        await ring.ConfirmAsync([old[0]]);
        await ring.DestroyAsync(old[1]);
        Assert.Equal([old[2]], await ring.OrphansAsync(before, 10));
    }

    [Fact]
    public async Task Initialize_NeverOverwrites()
    {
        Assert.True(await Keyring.InitializeAsync(Keys));
        await using var ring = await Keyring.OpenAsync(Keys);
        var secret = await File.ReadAllTextAsync(SecretPath("a", 1));
        Assert.False(await Keyring.InitializeAsync(OptionsOn(Db)));
        await using var again = await Keyring.OpenAsync(Keys);
        Assert.Equal(ring.Installation, again.Installation);
        Assert.Equal(secret, await File.ReadAllTextAsync(SecretPath("a", 1)));
    }

    [Theory]
    [InlineData("installation")]
    [InlineData("secret-placed:a")]
    [InlineData("secret-placed:b")]
    public async Task Initialize_KilledAnywhere_IsCompletedByTheNext(string step)
    {
        await Assert.ThrowsAsync<KilledException>(() => Keyring.InitializeAsync(Keys, Kill.At(step), default));
        await Assert.ThrowsAsync<KeysUnavailableException>(() => Keyring.OpenAsync(Keys));
        await using var ring = await FreshKeyringAsync();
        await ring.CreateAsync([NewOwner()]);
        Assert.Equal(await File.ReadAllTextAsync(SecretPath("a", 1)), await File.ReadAllTextAsync(SecretPath("b", 1)));
    }

    [Fact]
    public async Task Open_BeforeInitialize_SaysSo()
    {
        var error = await Assert.ThrowsAsync<KeysUnavailableException>(() => Keyring.OpenAsync(Keys));
        Assert.Equal(KeysFault.NotInitialised, error.Fault);
        Assert.Equal("keys.not-initialised", error.Code);
        Assert.False(File.Exists(SecretPath("a", 1)));
    }

    [Fact]
    public async Task Open_WithAnotherRoot_OrWithoutTheSecret_SaysWhy_AndCreatesNothing()
    {
        await (await FreshKeyringAsync()).DisposeAsync();
        var rootPath = Path.Combine(Folder, "root");
        File.Move(rootPath, rootPath + ".right");
        Assert.Equal(KeysFault.RootWrong, await FaultAsync(OptionsOn(Db)));   // OptionsOn makes a new root file
        File.Move(rootPath + ".right", rootPath, overwrite: true);

        var right = await File.ReadAllTextAsync(SecretPath("a", 1));
        File.Delete(SecretPath("a", 1));
        await (await Keyring.OpenAsync(OptionsOn(Db))).DisposeAsync();          // the other holder still has it
        File.Delete(SecretPath("b", 1));
        Assert.Equal(KeysFault.EpochSecretMissing, await FaultAsync(OptionsOn(Db)));
        Assert.False(File.Exists(SecretPath("a", 1)));

        var another = right.Replace(right.Split("secret ")[1][..8], "00000000", StringComparison.Ordinal);
        await File.WriteAllTextAsync(SecretPath("a", 1), another);
        File.SetUnixFileMode(SecretPath("a", 1), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(KeysFault.EpochSecretWrong, await FaultAsync(OptionsOn(Db)));
    }

    [Fact]
    public async Task Open_WithAHolderWhoseKeyIsNotRegistered_IsRefused()
    {
        await (await FreshKeyringAsync()).DisposeAsync();
        Assert.Equal(KeysFault.HolderRefused, await FaultAsync(OptionsOn(Db, "a", "stranger")));
        Directory.Delete(Path.Combine(Folder, "holders", "b"), recursive: true);
        Assert.Equal(KeysFault.HolderRefused, await FaultAsync(OptionsOn(Db, "a", "b")));   // b is made anew, with another signing key
    }

    [Fact]
    public async Task RowsMovedBetweenCustomers_OrAltered_DoNotOpen()
    {
        await using var ring = await FreshKeyringAsync();
        var (a, b) = (NewOwner(), NewOwner());
        await ring.CreateAsync([a, b]);
        await Db.WriteAsync(tx => tx.ExecuteAsync(
            "UPDATE key_customer SET general = (SELECT k.general FROM key_customer k WHERE k.customer = @b) WHERE customer = @a",
            new { a = a.ToBytes(), b = b.ToBytes() }));
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE key_customer SET log = sensitive WHERE customer = @b", new { b = b.ToBytes() }));

        foreach (var owner in new[] { a, b })
        {
            var error = await Assert.ThrowsAsync<KeysUnavailableException>(() => ring.OpenAsync(owner));
            Assert.Equal(KeysFault.KeyringDamaged, error.Fault);
        }
    }

    private static async Task<KeysFault> FaultAsync(KeyringOptions options) =>
        (await Assert.ThrowsAsync<KeysUnavailableException>(() => Keyring.OpenAsync(options))).Fault;
}

public sealed class KeyringOnSqlite() : KeyringTests(TestStore.Sqlite())
{
    [Fact]
    public async Task NoRawKey_InAnyFileOfTheKeyring()
    {
        await using var ring = await FreshKeyringAsync();
        var owner = NewOwner();
        await ring.CreateAsync([owner]);
        var secrets = new List<byte[]> { HexLine(Path.Combine(Folder, "root"), "key"), HexLine(SecretPath("a", 1), "secret") };
        var row = Assert.Single(await Db.ReadAsync(tx => KeyringStore.CustomersAsync(tx, [owner.ToBytes()])));
        var customerKey = new byte[32];
        var binding = new KeyWrap.Binding(KeyWrap.UnderEpochKey, 1, row.Customer, WrapUse.Sensitive, row.KeyId);
        Assert.True(KeyWrap.TryUnwrap(ring.Epochs.Open.Sensitive, ring.Installation, binding, row.Sensitive, customerKey));
        secrets.Add(customerKey);

        var folder = Path.GetDirectoryName(((DatabaseOptions.Sqlite)Options).File)!;
        var files = Directory.GetFiles(folder);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var content = await ReadSharedAsync(file);
            // The wrapped form is there, so the search looks in the right place.
            foreach (var secret in secrets.SelectMany(s => s.Chunk(32)))
            {
                Assert.True(content.AsSpan().IndexOf(secret.AsSpan(0, 16)) < 0);
                Assert.True(content.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret, 0, 16))) < 0);
            }
        }

        Assert.Contains(files, f => ReadSharedAsync(f).GetAwaiter().GetResult().AsSpan().IndexOf(owner.ToBytes()) >= 0);
    }

    private static byte[] HexLine(string path, string name) =>
        Convert.FromHexString(File.ReadLines(path).Single(l => l.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..]);

    private static async Task<byte[]> ReadSharedAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        await file.CopyToAsync(copy);
        return copy.ToArray();
    }
}

public sealed class KeyringOnPostgres(PostgresServer server) : KeyringTests(TestStore.Postgres(server));

/// <summary>Stands for the process's end at a named step.</summary>
public sealed class KilledException(string step) : Exception(step);

internal static class Kill
{
    public static Action<string> At(string step, int time = 1)
    {
        var seen = 0;
        return now =>
        {
            if (now == step && ++seen == time)
            {
                throw new KilledException(step);
            }
        };
    }
}
