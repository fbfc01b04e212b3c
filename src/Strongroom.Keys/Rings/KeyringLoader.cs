using System.Security.Cryptography;
using Strongroom.Keys.Epochs;
using Strongroom.Keys.Formats;

namespace Strongroom.Keys.Rings;

/// <summary>Reads and makes what a keyring needs before it can serve: installation, epochs, secrets.</summary>
internal sealed class KeyringLoader(KeyringOptions options)
{
    private readonly KeyringStore store = new(options.Database);
    private readonly EpochHolders holders = new(options.Holders);

    internal KeyringStore Store => store;

    internal EpochHolders Holders => holders;

    private long Now => options.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Makes installation, first epoch and secrets. Every step keeps what an interrupted attempt left. False when all was there already.
    /// </summary>
    internal async Task<bool> InitializeAsync(Action<string> fault, CancellationToken ct)
    {
        using var root = await options.Root.ReadAsync(ct);
        var proposed = RandomNumberGenerator.GetBytes(16);
        var (id, epochs) = await store.WriteAsync(async tx =>
        {
            await KeyringStore.AddInstallationAsync(tx, proposed, Now);
            return ((await KeyringStore.InstallationAsync(tx))!, await KeyringStore.EpochsAsync(tx));
        }, ct);
        if (epochs.Count > 0)
        {
            return false;
        }

        var installation = KeyOwner.FromBytes(id).Id;
        fault("installation");
        using var secret = await holders.PlaceAsync(installation, 1, fault, ct);
        var row = NewEpoch(root, secret, installation, 1);
        using var keys = EpochKeys.TryOpen(root, secret, installation, row)!;
        var secrets = SystemKeys.Names.Select(name => NewSecret(keys, installation, name)).ToList();
        return await store.WriteAsync(async tx =>
        {
            if ((await KeyringStore.EpochsAsync(tx)).Count > 0)
            {
                return false;
            }

            await KeyringStore.AddEpochAsync(tx, row, Now);
            foreach (var holder in holders.All)
            {
                await KeyringStore.AddHolderAsync(tx, holder.Name, holder.PublicKey, Now);
            }

            foreach (var one in secrets)
            {
                await KeyringStore.AddSecretAsync(tx, one);
            }

            return true;
        }, ct);
    }

    internal async Task<(UInt128 Installation, IReadOnlyList<EpochRow> Epochs, IReadOnlyList<SecretRow> Secrets)> ReadAsync(CancellationToken ct)
    {
        var (id, epochs, secrets, registered) = await store.ReadAsync(async tx => (
            await KeyringStore.InstallationAsync(tx),
            await KeyringStore.EpochsAsync(tx),
            await KeyringStore.SecretsAsync(tx),
            await KeyringStore.HoldersAsync(tx)), ct);
        if (id is not { Length: 16 } || epochs.Count == 0)
        {
            throw new KeysUnavailableException(KeysFault.NotInitialised, "keyring");
        }

        holders.CheckRegistered(registered);
        return (KeyOwner.FromBytes(id).Id, epochs, secrets);
    }

    /// <summary>Opens the living epochs, taking over those that are open already.</summary>
    internal async Task<EpochSet> OpenEpochsAsync(UInt128 installation, IReadOnlyList<EpochRow> rows, EpochSet? before, CancellationToken ct)
    {
        EpochKeys? open = null;
        var draining = new List<EpochKeys>();
        var made = new List<EpochKeys>();
        SecretBytes? root = null;
        try
        {
            foreach (var row in rows.Where(r => r.State is "open" or "draining"))
            {
                var keys = before?.Find((int)row.N);
                if (keys is null)
                {
                    root ??= await options.Root.ReadAsync(ct);
                    keys = await OpenEpochAsync(root, installation, row, ct);
                    made.Add(keys);
                }

                if (row.State == "open")
                {
                    open = keys;
                }
                else
                {
                    draining.Add(keys);
                }
            }

            return new(open ?? throw new KeysUnavailableException(KeysFault.KeyringDamaged, "no epoch is open"), draining);
        }
        catch
        {
            made.ForEach(keys => keys.Dispose());
            throw;
        }
        finally
        {
            root?.Dispose();
        }
    }

    /// <summary>Opens one epoch from root and holders, as after a restart.</summary>
    internal async Task<EpochKeys> OpenEpochAsync(SecretBytes root, UInt128 installation, EpochRow row, CancellationToken ct)
    {
        using var secret = await holders.FindSecretAsync(installation, row, ct);
        // The secret matched its digest, so what does not open now can only be the root's fault.
        return EpochKeys.TryOpen(root, secret, installation, row) ?? throw new KeysUnavailableException(KeysFault.RootWrong, options.Root.Where);
    }

    internal static SystemKeys OpenSecrets(UInt128 installation, EpochSet epochs, IReadOnlyList<SecretRow> rows)
    {
        var opened = new Dictionary<string, SecretBytes>(StringComparer.Ordinal);
        try
        {
            foreach (var name in SystemKeys.Names)
            {
                var row = rows.FirstOrDefault(r => r.Name == name);
                var secret = new SecretBytes(Suite.KeySize);
                opened.Add(name, secret);
                if (row is null || epochs.Find((int)row.Epoch) is not { } epoch
                    || !KeyWrap.TryUnwrap(epoch.System, installation, BindingOf(epoch.N, name), row.Wrapped, secret.Span))
                {
                    throw new KeysUnavailableException(KeysFault.KeyringDamaged, $"secret {name}");
                }
            }

            return new(installation, opened);
        }
        finally
        {
            foreach (var secret in opened.Values)
            {
                secret.Dispose();
            }
        }
    }

    internal static EpochRow NewEpoch(SecretBytes root, SecretBytes secret, UInt128 installation, int n)
    {
        var (general, sensitive, system, search) = EpochKeys.Make(root, secret, installation, n);
        return new(n, "open", FolderHolder.DigestOf(secret, installation, n), general, sensitive, system, search);
    }

    /// <summary>The same secret under another epoch, opened again to be sure.</summary>
    internal static SecretRow MoveSecret(EpochKeys from, EpochKeys to, UInt128 installation, SecretRow row)
    {
        using var before = new SecretBytes(Suite.KeySize);
        using var after = new SecretBytes(Suite.KeySize);
        if (!KeyWrap.TryUnwrap(from.System, installation, BindingOf(from.N, row.Name), row.Wrapped, before.Span))
        {
            throw new KeysUnavailableException(KeysFault.KeyringDamaged, $"secret {row.Name}");
        }

        var moved = new SecretRow(row.Name, to.N, KeyWrap.Wrap(to.System, installation, BindingOf(to.N, row.Name), before.Span));
        return KeyWrap.TryUnwrap(to.System, installation, BindingOf(to.N, row.Name), moved.Wrapped, after.Span) && before.SameAs(after)
            ? moved
            : throw new CryptographicException("A fresh wrap does not open");
    }

    private static SecretRow NewSecret(EpochKeys epoch, UInt128 installation, string name)
    {
        using var secret = SecretBytes.Random(Suite.KeySize);
        return new(name, epoch.N, KeyWrap.Wrap(epoch.System, installation, BindingOf(epoch.N, name), secret.Span));
    }

    private static KeyWrap.Binding BindingOf(int epoch, string name) =>
        new(KeyWrap.UnderEpochKey, epoch, System.Text.Encoding.ASCII.GetBytes(name), WrapUse.System, default);
}
