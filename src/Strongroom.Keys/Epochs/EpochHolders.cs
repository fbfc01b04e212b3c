using System.Security.Cryptography;
using Strongroom.Keys.Rings;

namespace Strongroom.Keys.Epochs;

/// <summary>All configured holders as one, in the order of their names.</summary>
internal sealed class EpochHolders
{
    private readonly IEpochHolder[] holders;

    internal EpochHolders(IReadOnlyList<IEpochHolder> configured)
    {
        holders = [.. configured.OrderBy(h => h.Name, StringComparer.Ordinal)];
        if (holders.Length == 0 || holders.Select(h => h.Name).Distinct(StringComparer.Ordinal).Count() != holders.Length)
        {
            throw new KeysUnavailableException(KeysFault.HolderRefused, "at least one epoch holder is needed, each with a name of its own");
        }
    }

    internal IReadOnlyList<IEpochHolder> All => holders;

    internal IEpochHolder? Find(string name) => Array.Find(holders, h => h.Name == name);

    /// <summary>Refuses a holder that is not registered, or whose key is not the registered one: its word would prove nothing.</summary>
    internal void CheckRegistered(IReadOnlyList<HolderRow> registered)
    {
        foreach (var holder in holders)
        {
            var row = registered.FirstOrDefault(r => r.Name == holder.Name) ?? throw new KeysUnavailableException(
                KeysFault.HolderRefused, $"holder {holder.Name} is not registered with this keyring");
            if (!row.PublicKey.AsSpan().SequenceEqual(holder.PublicKey))
            {
                throw new KeysUnavailableException(KeysFault.HolderRefused, $"holder {holder.Name} has another signing key than the registered one");
            }
        }
    }

    /// <summary>The secret of a living epoch, from the first holder that has the right one.</summary>
    internal async Task<SecretBytes> FindSecretAsync(UInt128 installation, EpochRow epoch, CancellationToken ct)
    {
        KeysUnavailableException? wrong = null;
        foreach (var holder in holders)
        {
            try
            {
                var secret = await holder.ReadAsync(installation, (int)epoch.N, ct);
                if (secret is null)
                {
                    continue;
                }

                if (IsOf(secret, installation, epoch))
                {
                    return secret;
                }

                secret.Dispose();
                wrong = new(KeysFault.EpochSecretWrong, $"holder {holder.Name}, epoch {epoch.N}");
            }
            catch (KeysUnavailableException e)
            {
                wrong = e;   // another holder may still have it
            }
        }

        throw wrong ?? new KeysUnavailableException(
            KeysFault.EpochSecretMissing, $"epoch {epoch.N}; asked {string.Join(", ", holders.Select(h => h.Name))}");
    }

    /// <summary>Refuses unless every holder has this very secret.</summary>
    internal async Task CheckAllHaveAsync(UInt128 installation, EpochRow epoch, CancellationToken ct)
    {
        foreach (var holder in holders)
        {
            using var secret = await holder.ReadAsync(installation, (int)epoch.N, ct);
            if (secret is null || !IsOf(secret, installation, epoch))
            {
                throw new KeysUnavailableException(
                    secret is null ? KeysFault.EpochSecretMissing : KeysFault.EpochSecretWrong, $"holder {holder.Name}, epoch {epoch.N}");
            }
        }
    }

    /// <summary>
    /// Places the secret of an epoch that no row names yet in every holder and reads it back from each. The first holder decides which
    /// it is, so an interrupted or doubled attempt ends with one secret everywhere.
    /// </summary>
    internal async Task<SecretBytes> PlaceAsync(UInt128 installation, int n, Action<string> fault, CancellationToken ct)
    {
        using (var fresh = SecretBytes.Random(32))
        {
            await holders[0].TryKeepAsync(installation, n, fresh, ct);
        }

        var secret = await holders[0].ReadAsync(installation, n, ct)
            ?? throw new KeysUnavailableException(KeysFault.EpochSecretMissing, $"holder {holders[0].Name} did not keep epoch {n}");
        try
        {
            fault($"secret-placed:{holders[0].Name}");
            foreach (var holder in holders.Skip(1))
            {
                await PlaceInAsync(holder, installation, n, secret, ct);
                fault($"secret-placed:{holder.Name}");
            }

            return secret;
        }
        catch
        {
            secret.Dispose();
            throw;
        }
    }

    internal static async Task PlaceInAsync(IEpochHolder holder, UInt128 installation, int n, SecretBytes secret, CancellationToken ct)
    {
        await holder.TryKeepAsync(installation, n, secret, ct);
        using var kept = await holder.ReadAsync(installation, n, ct);   // throws for a damaged one or another installation's
        if (kept is null || !kept.SameAs(secret))
        {
            await holder.ReplaceAsync(installation, n, secret, ct);
        }

        using var again = await holder.ReadAsync(installation, n, ct);
        if (again is null || !again.SameAs(secret))
        {
            throw new KeysUnavailableException(KeysFault.EpochSecretWrong, $"holder {holder.Name} does not give back epoch {n} as it was placed");
        }
    }

    private static bool IsOf(SecretBytes secret, UInt128 installation, EpochRow epoch) =>
        CryptographicOperations.FixedTimeEquals(FolderHolder.DigestOf(secret, installation, (int)epoch.N), epoch.SecretDigest);
}
