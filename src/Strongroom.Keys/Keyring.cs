using System.Buffers.Binary;
using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Keys.Epochs;
using Strongroom.Keys.Rings;

namespace Strongroom.Keys;

/// <summary>The keyring of one node: opened once at start, used by everything, disposed at the end. Thread-safe.</summary>
public sealed class Keyring : IKeyring, IAsyncDisposable
{
    // With the sweep's interval below, no key stays cached longer than the promised 60 s.
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(55);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(5);

    private readonly KeyringOptions options;
    private readonly KeyringLoader loader;
    private readonly SystemKeys system;
    private readonly SearchDigests search;
    private readonly KeyCache cache;
    private readonly ReadLane<KeyOwner, CustomerRow> lane;
    private readonly WorkLane<KeyOwner, CustomerKeys> making;
    private readonly SemaphoreSlim refreshing = new(1);
    private readonly ITimer sweeper;
    private readonly CancellationTokenSource closing = new();
    private readonly Task refresher;
    private volatile EpochSet epochs;

    private Keyring(KeyringOptions options, KeyringLoader loader, UInt128 installation, EpochSet epochs, SystemKeys system)
    {
        (this.options, this.loader, Installation, this.epochs, this.system) = (options, loader, installation, epochs, system);
        search = new SearchDigests(installation, system.SearchMaster, () => this.epochs);
        cache = new KeyCache(options.Time, Ttl, options.CacheSize);
        lane = new(LoadAsync);
        making = new(MakeManyAsync, max: 256);
        sweeper = options.Time.CreateTimer(_ => cache.Trim(), null, SweepEvery, SweepEvery);
        refresher = options.RefreshEvery is { } every ? RefreshLoopAsync(every) : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public UInt128 Installation { get; }

    /// <inheritdoc/>
    public int OpenEpoch => epochs.Open.N;

    /// <summary>Signs as this installation.</summary>
    public ISigner Signer => system;

    /// <summary>Authenticates rows, tokens and the like.</summary>
    public IMac Mac => system;

    /// <summary>Seals small system secrets.</summary>
    public ISecretSealer Secrets => system;

    /// <summary>Makes and re-keys search blocks.</summary>
    public ISearchBlocks Search => search;

    internal KeyringOptions Options => options;

    internal KeyringLoader Loader => loader;

    internal EpochSet Epochs => epochs;

    internal int CachedCustomers => cache.Count;

    /// <summary>
    /// First run: makes installation id, epoch 1 with its secret in every holder, and the installation's secrets. Never overwrites; an
    /// interrupted run is completed by the next.
    /// </summary>
    /// <returns>False when the keyring was initialised before; then nothing was changed.</returns>
    public static Task<bool> InitializeAsync(KeyringOptions options, CancellationToken ct = default) => InitializeAsync(options, _ => { }, ct);

    /// <summary>Opens an initialised keyring.</summary>
    /// <exception cref="KeysUnavailableException">With the reason; nothing was created.</exception>
    public static async Task<Keyring> OpenAsync(KeyringOptions options, CancellationToken ct = default)
    {
        KeysSelfTest.Run();
        var loader = new KeyringLoader(options);
        var (installation, rows, secrets) = await loader.ReadAsync(ct);
        var epochs = await loader.OpenEpochsAsync(installation, rows, null, ct);
        return new(options, loader, installation, epochs, KeyringLoader.OpenSecrets(installation, epochs, secrets));
    }

    /// <inheritdoc/>
    public async Task CreateAsync(IReadOnlyList<KeyOwner> customers, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(customers);
        if (customers.Count == 0)
        {
            return;
        }

        await AddAsync(customers, (_, _) => { }, ct);
    }

    /// <inheritdoc/>
    public Task<CustomerKeys> MakeAsync(CancellationToken ct = default) =>
        making.RunAsync(new KeyOwner(BinaryPrimitives.ReadUInt128BigEndian(RandomNumberGenerator.GetBytes(16))), ct);

    /// <inheritdoc/>
    public async Task<CustomerKeys?> OpenAsync(KeyOwner customer, CancellationToken ct = default)
    {
        if (cache.TryLease(customer) is { } cached)
        {
            return new(cached);
        }

        var generation = cache.Generation;
        var row = await lane.GetAsync(customer, ct);
        return row is null ? null : await UnwrapAsync(row, generation, ct);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<KeyOwner, CustomerKeys>> OpenManyAsync(IReadOnlyCollection<KeyOwner> customers, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(customers);
        var opened = new Dictionary<KeyOwner, CustomerKeys>();
        try
        {
            var missing = new List<KeyOwner>();
            foreach (var customer in customers.Distinct())
            {
                if (cache.TryLease(customer) is { } cached)
                {
                    opened.Add(customer, new(cached));
                }
                else
                {
                    missing.Add(customer);
                }
            }

            foreach (var chunk in missing.Chunk(500))
            {
                var generation = cache.Generation;
                foreach (var (owner, row) in await LoadAsync(chunk, ct))
                {
                    if (await UnwrapAsync(row, generation, ct) is { } keys)
                    {
                        opened.Add(owner, keys);
                    }
                }
            }

            return opened;
        }
        catch
        {
            foreach (var keys in opened.Values)
            {
                keys.Dispose();
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public async Task DestroyAsync(IReadOnlyCollection<KeyOwner> customers, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(customers);
        foreach (var chunk in customers.Distinct().Order(Comparer<KeyOwner>.Create((a, b) => a.Id.CompareTo(b.Id))).Chunk(1000))
        {
            var ids = chunk.Select(c => c.ToBytes()).ToList();
            try
            {
                await loader.Store.WriteAsync(async tx =>
                {
                    await KeyringStore.DestroyCustomersAsync(tx, ids, Now());
                    return true;
                }, ct);
            }
            finally
            {
                // Also when the outcome is unknown: a key that might be destroyed must not be used from memory.
                cache.Drop(chunk);
            }
        }
    }

    /// <inheritdoc/>
    public Task DestroyAsync(KeyOwner customer, CancellationToken ct = default) => DestroyAsync([customer], ct);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<KeyOwner>> OrphansAsync(long createdBefore, int max, CancellationToken ct = default) =>
        [.. (await loader.Store.ReadAsync(tx => KeyringStore.OrphansAsync(tx, createdBefore, max), ct)).Select(id => KeyOwner.FromBytes(id))];

    /// <inheritdoc/>
    public async Task ConfirmAsync(IReadOnlyCollection<KeyOwner> customers, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(customers);
        foreach (var chunk in customers.Chunk(1000))
        {
            await loader.Store.WriteAsync(async tx =>
            {
                await KeyringStore.ConfirmAsync(tx, chunk.Select(c => c.ToBytes()), Now());
                return true;
            }, ct);
        }
    }

    /// <inheritdoc/>
    public void Fence() => cache.DropAll();

    /// <inheritdoc/>
    public async Task RefreshAsync(CancellationToken ct = default)
    {
        await refreshing.WaitAsync(ct);
        try
        {
            var rows = await loader.Store.ReadAsync(KeyringStore.EpochsAsync, ct);
            var living = rows.Where(r => r.State is "open" or "draining").Select(r => (int)r.N);
            var before = epochs;
            if (living.Order().SequenceEqual(before.All.Select(e => e.N).Order()) && rows.Any(r => r.State == "open" && r.N == before.Open.N))
            {
                return;
            }

            var after = await loader.OpenEpochsAsync(Installation, rows, before, ct);
            epochs = after;
            cache.DropAll();
            foreach (var ended in before.All.Except(after.All))
            {
                ended.Dispose();
            }
        }
        finally
        {
            refreshing.Release();
        }
    }

    /// <summary>Asks the holders for the secret of every living epoch: without it this node serves on, but could neither start again nor turn.</summary>
    /// <exception cref="KeysUnavailableException">No holder gives one of them.</exception>
    public async Task CheckSecretsAsync(CancellationToken ct = default)
    {
        foreach (var row in (await loader.Store.ReadAsync(KeyringStore.EpochsAsync, ct)).Where(r => r.State is "open" or "draining"))
        {
            (await loader.Holders.FindSecretAsync(Installation, row, ct)).Dispose();
        }
    }

    /// <summary>Every epoch with its state, and for those that ended, who has stated the erasure and who still has to (for certificates).</summary>
    public async Task<IReadOnlyList<EpochStatus>> EpochsAsync(CancellationToken ct = default)
    {
        var (rows, holders, statements) = await loader.Store.ReadAsync(async tx => (
            await KeyringStore.EpochsAsync(tx), await KeyringStore.HoldersAsync(tx), await KeyringStore.StatementsAsync(tx)), ct);
        return [.. rows.Select(row =>
        {
            // Only what verifies with the registered key counts: a row written by a database administrator states nothing.
            var stated = statements.Where(s => s.Epoch == row.N).Select(s => (s.Holder, Statement: ErasureStatement.Parse(s.Statement)))
                .Where(s => s.Statement is { } said && said.Holder == s.Holder && said.Epoch == row.N && said.Installation == Installation
                    && holders.Any(h => h.Name == s.Holder && said.IsSignedBy(h.PublicKey)))
                .Select(s => s.Statement!).ToList();
            return new EpochStatus((int)row.N, row.State, stated, [.. holders.Select(h => h.Name).Except(stated.Select(s => s.Holder))]);
        })];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await refresher;
        await sweeper.DisposeAsync();
        cache.DropAll();
        foreach (var epoch in epochs.All)
        {
            epoch.Dispose();
        }

        search.Dispose();
        system.Dispose();
        closing.Dispose();
        refreshing.Dispose();
    }

    internal static Task<bool> InitializeAsync(KeyringOptions options, Action<string> fault, CancellationToken ct) =>
        new KeyringLoader(options).InitializeAsync(fault, ct);

    /// <summary>Every wrap is opened before it is stored: a key that sealed something must not turn out to be lost.</summary>
    private async Task<IReadOnlyList<CustomerKeys>> MakeManyAsync(IReadOnlyList<KeyOwner> owners)
    {
        var (opened, generation) = (new List<OpenCustomer>(), 0L);
        void Open(EpochKeys epoch, List<CustomerRow> rows)
        {
            Release(opened);
            generation = cache.Generation;
            foreach (var row in rows)
            {
                opened.Add(CustomerWrap.TryOpen(epoch, Installation, row) ?? throw new KeysUnavailableException(KeysFault.KeyringDamaged, "a fresh wrap does not open"));
            }
        }

        try
        {
            await AddAsync(owners, Open, CancellationToken.None);
        }
        catch
        {
            Release(opened);
            throw;
        }

        return opened.ConvertAll(keys => new CustomerKeys(cache.Keep(keys, generation)));
    }

    private static void Release(List<OpenCustomer> opened)
    {
        opened.ForEach(keys => keys.Release());
        opened.Clear();
    }

    /// <param name="customers">Whose keys are made and stored, under the open epoch, all or none.</param>
    /// <param name="made">Sees the rows of each try before they are stored.</param>
    /// <param name="ct">Stops before the commit.</param>
    private async Task AddAsync(IReadOnlyList<KeyOwner> customers, Action<EpochKeys, List<CustomerRow>> made, CancellationToken ct)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var open = epochs.Open;
            try
            {
                var rows = customers.Select(owner => CustomerWrap.Make(open, Installation, owner)).ToList();
                made(open, rows);
                if (await loader.Store.WriteAsync(tx => AddAsync(tx, open.N, rows, Now()), ct))
                {
                    return;
                }
            }
            catch (ObjectDisposedException) when (!ReferenceEquals(open, epochs.Open))
            {
                // The epoch ended while this node was looking away; the next round takes the new one.
            }

            await RefreshAsync(ct);
        }

        throw new KeysUnavailableException(KeysFault.KeyringDamaged, "no epoch stays open long enough to wrap a key");
    }

    /// <summary>The epoch's state is locked while the keys are added, so none can appear under an epoch that is being emptied.</summary>
    private static async Task<bool> AddAsync(Tx tx, int epoch, List<CustomerRow> rows, long now)
    {
        var (state, destroyed) = await KeyringStore.StandingAsync(tx, epoch, rows.Select(r => r.Customer));
        if (state != "open")
        {
            return false;
        }

        if (destroyed > 0 || await KeyringStore.AddCustomersAsync(tx, rows, now) != rows.Count)
        {
            throw new InvalidOperationException("A customer among these has keys already, or was destroyed; none was created");
        }

        return true;
    }

    private async Task<CustomerKeys?> UnwrapAsync(CustomerRow row, long generation, CancellationToken ct)
    {
        if (TryOpen(row) is { } open)
        {
            return new(cache.Keep(open, generation));
        }

        // The row may be newer than the epochs this node knows, or may have been moved between two reads.
        await RefreshAsync(ct);
        generation = cache.Generation;
        var owner = row.Owner;
        if ((await LoadAsync([owner], ct)).GetValueOrDefault(owner) is not { } current)
        {
            return null;
        }

        return new(cache.Keep(TryOpen(current) ?? throw new KeysUnavailableException(KeysFault.KeyringDamaged, $"customer {owner}"), generation));
    }

    private OpenCustomer? TryOpen(CustomerRow row)
    {
        try
        {
            return epochs.Find((int)row.Epoch) is { } epoch ? CustomerWrap.TryOpen(epoch, Installation, row) : null;
        }
        catch (ObjectDisposedException)
        {
            return null;   // the epoch ended between the two
        }
    }

    private Task<IReadOnlyDictionary<KeyOwner, CustomerRow>> LoadAsync(IReadOnlyList<KeyOwner> owners) => LoadAsync(owners, CancellationToken.None);

    private async Task<IReadOnlyDictionary<KeyOwner, CustomerRow>> LoadAsync(IReadOnlyList<KeyOwner> owners, CancellationToken ct)
    {
        var rows = await loader.Store.ReadAsync(tx => KeyringStore.CustomersAsync(tx, owners.Select(o => o.ToBytes())), ct);
        return rows.ToDictionary(r => r.Owner);
    }

    private async Task RefreshLoopAsync(TimeSpan every)
    {
        using var timer = new PeriodicTimer(every, options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(closing.Token))
            {
                try
                {
                    await RefreshAsync(closing.Token);
                }
                catch (Exception e) when (e is KeysUnavailableException or StoreException)
                {
                    // Whoever needs a key next meets the same fault and reports it; here there is nobody to tell.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Closing.
        }
    }

    private long Now() => options.Time.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>One epoch of the keyring.</summary>
/// <param name="N">Its number, from 1.</param>
/// <param name="State">open, draining, sealed or destroyed.</param>
/// <param name="Statements">The holders' verified statements that they erased its secret.</param>
/// <param name="Pending">Registered holders without such a statement.</param>
public sealed record EpochStatus(int N, string State, IReadOnlyList<ErasureStatement> Statements, IReadOnlyList<string> Pending);
