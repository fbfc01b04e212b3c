using Strongroom.Data;
using Strongroom.Keys.Rings;

namespace Strongroom.Keys.Epochs;

/// <summary>One run of a turn, under one lease.</summary>
internal sealed class EpochTurnRun(
    Keyring ring, ISearchBlockRekeyer rekeyer, Leases leases, Lease lease, IProgress<TurnProgress>? progress, Action<string> fault)
{
    private const int Batch = 500;

    private readonly KeyringStore store = ring.Loader.Store;
    private readonly EpochHolders holders = ring.Loader.Holders;

    internal async Task<TurnOutcome> ToEndAsync(CancellationToken ct)
    {
        var rows = await EpochsAsync(ct);
        if (!rows.Any(r => r.State is "draining" or "sealed"))
        {
            await OpenNextAsync(rows, ct);
            rows = await EpochsAsync(ct);
        }

        var from = rows.First(r => r.State is "draining" or "sealed");
        var to = rows.Single(r => r.State == "open");
        await ring.RefreshAsync(ct);
        while (from.State == "draining" && !await TrySealAsync(from, to, ct))
        {
            // Something was left when we looked: move it too and look again.
        }

        await VerifyAsync((int)from.N, to, ct);
        await EraseAsync((int)from.N, ct);
        return await FinishAsync((int)from.N, (int)to.N, ct);
    }

    /// <summary>The new secret is durable in all holders before the row that needs it; opening the new and draining the old is one commit.</summary>
    private async Task OpenNextAsync(IReadOnlyList<EpochRow> rows, CancellationToken ct)
    {
        await CheckHoldersAsync(ct);
        var open = rows.Single(r => r.State == "open");
        var n = (int)rows.Max(r => r.N) + 1;
        using var root = await ring.Options.Root.ReadAsync(ct);
        using var secret = await holders.PlaceAsync(ring.Installation, n, fault, ct);
        var row = KeyringLoader.NewEpoch(root, secret, ring.Installation, n);
        using (EpochKeys.TryOpen(root, secret, ring.Installation, row) ?? throw new KeysUnavailableException(KeysFault.KeyringDamaged, $"epoch {n}"))
        {
            // A fresh epoch that could not be opened must never receive a customer.
        }

        await WriteAsync(async tx =>
        {
            if (!await KeyringStore.DrainAsync(tx, open.N, Now()))
            {
                throw new InvalidOperationException("The open epoch changed under the turn");
            }

            await KeyringStore.AddEpochAsync(tx, row, Now());
            return true;
        }, ct);
        fault("opened");
    }

    private async Task<bool> TrySealAsync(EpochRow from, EpochRow to, CancellationToken ct)
    {
        await MoveCustomersAsync((int)from.N, (int)to.N, ct);
        fault("customers-moved");
        await MoveSecretsAsync((int)from.N, (int)to.N, ct);
        fault("secrets-moved");
        await rekeyer.CloseAsync((int)from.N, (int)to.N, ct);
        fault("search-closed");
        await MoveBlocksAsync((int)from.N, (int)to.N, ct);
        fault("search-moved");
        // Blocks cannot be added since Close; keys cannot be added since draining. The seal checks the keys again in its own statement.
        if (await rekeyer.RemainingAsync((int)from.N, ct) > 0 || !await WriteAsync(tx => KeyringStore.SealAsync(tx, from.N, Now()), ct))
        {
            return false;
        }

        fault("sealed");
        return true;
    }

    private async Task MoveCustomersAsync(int from, int to, CancellationToken ct)
    {
        var total = await store.ReadAsync(tx => KeyringStore.CountUnderAsync(tx, from), ct);
        for (long done = 0; ;)
        {
            var rows = await store.ReadAsync(tx => KeyringStore.CustomersUnderAsync(tx, from, Batch), ct);
            if (rows.Count == 0)
            {
                return;
            }

            var (old, fresh) = (Epoch(from), Epoch(to));
            var moved = rows.Select(row => CustomerWrap.TryMove(old, fresh, ring.Installation, row)
                ?? throw new KeysUnavailableException(KeysFault.KeyringDamaged, $"customer {row.Owner} does not open; the turn stops before anything is erased")).ToList();
            await WriteAsync(tx => KeyringStore.MoveCustomersAsync(tx, moved, from), ct);
            progress?.Report(new("customers", done += rows.Count, Math.Max(total, done)));
            await RenewAsync(ct);
            fault("customer-batch");
        }
    }

    private async Task MoveSecretsAsync(int from, int to, CancellationToken ct)
    {
        var (old, fresh) = (Epoch(from), Epoch(to));
        var rows = await store.ReadAsync(KeyringStore.SecretsAsync, ct);
        foreach (var row in rows.Where(r => r.Epoch == from))
        {
            var moved = KeyringLoader.MoveSecret(old, fresh, ring.Installation, row);
            await WriteAsync(async tx =>
            {
                await KeyringStore.MoveSecretAsync(tx, moved, from);
                return true;
            }, ct);
            fault("secret-moved");
        }
    }

    private async Task MoveBlocksAsync(int from, int to, CancellationToken ct)
    {
        var total = await rekeyer.RemainingAsync(from, ct);
        for (long done = 0; ;)
        {
            var moved = await rekeyer.RekeyBatchAsync(from, to, Batch, ct);
            if (moved == 0)
            {
                return;
            }

            progress?.Report(new("search", done += moved, Math.Max(total, done)));
            await RenewAsync(ct);
            fault("search-batch");
        }
    }

    /// <summary>Before anything is erased: the new epoch must open from root and from every holder as after a restart, and every secret with it.</summary>
    private async Task VerifyAsync(int from, EpochRow to, CancellationToken ct)
    {
        // The state column alone is not believed: whoever can write rows must not be able to have a living epoch erased.
        if (await store.ReadAsync(tx => KeyringStore.CountUnderAsync(tx, from), ct) > 0 || await rekeyer.RemainingAsync(from, ct) > 0)
        {
            throw new KeysUnavailableException(KeysFault.KeyringDamaged, $"epoch {from} is marked sealed but is still in use; nothing is erased");
        }

        await holders.CheckAllHaveAsync(ring.Installation, to, ct);
        using var root = await ring.Options.Root.ReadAsync(ct);
        using var reopened = await ring.Loader.OpenEpochAsync(root, ring.Installation, to, ct);
        var secrets = await store.ReadAsync(KeyringStore.SecretsAsync, ct);
        KeyringLoader.OpenSecrets(ring.Installation, new EpochSet(reopened, []), secrets).Dispose();
        await ring.RefreshAsync(ct);
        ring.Fence();
        fault("fenced");
    }

    private async Task EraseAsync(int epoch, CancellationToken ct)
    {
        var registered = await store.ReadAsync(KeyringStore.HoldersAsync, ct);
        var pending = await PendingAsync(epoch, ct);
        var done = registered.Count - pending.Pending.Count;
        foreach (var row in registered.Where(r => pending.Pending.Contains(r.Name)))
        {
            if (holders.Find(row.Name) is { } holder)
            {
                await EraseInAsync(holder, row, epoch, ct);
            }

            progress?.Report(new("erase", ++done, registered.Count));
        }
    }

    private async Task EraseInAsync(IEpochHolder holder, HolderRow row, int epoch, CancellationToken ct)
    {
        ErasureStatement statement;
        try
        {
            statement = await holder.EraseAsync(ring.Installation, epoch, Now(), ct);
        }
        catch (KeysUnavailableException)
        {
            return;   // this holder stays pending and is named; the others need not wait for it
        }

        fault($"erased:{row.Name}");
        if (statement.Holder != row.Name || statement.Installation != ring.Installation || statement.Epoch != epoch || !statement.IsSignedBy(row.PublicKey))
        {
            throw new KeysUnavailableException(KeysFault.HolderRefused, $"holder {row.Name} signed something else than the erasure of epoch {epoch}");
        }

        await WriteAsync(async tx =>
        {
            await KeyringStore.AddStatementAsync(tx, epoch, row.Name, statement.At, statement.ToJson(row.PublicKey));
            return true;
        }, ct);
        fault($"stated:{row.Name}");
    }

    private async Task<TurnOutcome> FinishAsync(int from, int to, CancellationToken ct)
    {
        var status = await PendingAsync(from, ct);
        if (status.Pending.Count == 0)
        {
            await WriteAsync(tx => KeyringStore.DestroyEpochAsync(tx, from, Now()), ct);
            fault("destroyed");
        }

        return new(from, to, status.Pending, status.Statements);
    }

    private async Task<EpochStatus> PendingAsync(int epoch, CancellationToken ct) => (await ring.EpochsAsync(ct)).Single(e => e.N == epoch);

    /// <summary>A turn that could not be finished is better not begun: every registered holder must be at hand.</summary>
    private async Task CheckHoldersAsync(CancellationToken ct)
    {
        var registered = await store.ReadAsync(KeyringStore.HoldersAsync, ct);
        if (registered.FirstOrDefault(r => holders.Find(r.Name) is null) is { } absent)
        {
            throw new KeysUnavailableException(KeysFault.HolderRefused, $"holder {absent.Name} is registered but not configured here; it must take part in the turn");
        }
    }

    private EpochKeys Epoch(int n) =>
        ring.Epochs.Find(n) ?? throw new KeysUnavailableException(KeysFault.KeyringDamaged, $"epoch {n} is not loaded");

    /// <summary>Every commit proves that the lease is still ours: a turn that was overtaken changes nothing any more.</summary>
    private Task<T> WriteAsync<T>(Func<Tx, Task<T>> work, CancellationToken ct) => store.WriteAsync(async tx =>
        await lease.HoldsAsync(tx) ? await work(tx) : throw Overtaken(), ct);

    private async Task RenewAsync(CancellationToken ct)
    {
        if (!await leases.RenewAsync(lease, EpochTurn.LeaseTime, ct))
        {
            throw Overtaken();
        }
    }

    private static InvalidOperationException Overtaken() => new("Another node has taken over the epoch turn");

    private Task<IReadOnlyList<EpochRow>> EpochsAsync(CancellationToken ct) => store.ReadAsync(KeyringStore.EpochsAsync, ct);

    private long Now() => ring.Options.Time.GetUtcNow().ToUnixTimeMilliseconds();
}
