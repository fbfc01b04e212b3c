namespace Strongroom.Keys.Epochs;

/// <summary>
/// Holds epoch secrets, and nothing else does: no database, backup or snapshot. When every registered holder has erased an
/// epoch's secret, nothing sealed only under that epoch can be opened again, living root key or not.
/// </summary>
public interface IEpochHolder
{
    /// <summary>1–64 of a–z, 0–9 and hyphen; registered in the keyring and named in certificates.</summary>
    string Name { get; }

    /// <summary>The 32-byte Ed25519 key that its statements verify with; registered in the keyring.</summary>
    byte[] PublicKey { get; }

    /// <summary>The secret of an epoch, 32 bytes, or null when the holder has none. The caller disposes it.</summary>
    /// <exception cref="KeysUnavailableException">It is damaged, of another installation, or open to others.</exception>
    Task<SecretBytes?> ReadAsync(UInt128 installation, int epoch, CancellationToken ct = default);

    /// <summary>Keeps a secret unless one is there; durable before it returns. False when one was there already, and it stays.</summary>
    Task<bool> TryKeepAsync(UInt128 installation, int epoch, SecretBytes secret, CancellationToken ct = default);

    /// <summary>Keeps a secret in place of whatever was there; durable before it returns. Only for an epoch that no keyring row names yet.</summary>
    Task ReplaceAsync(UInt128 installation, int epoch, SecretBytes secret, CancellationToken ct = default);

    /// <summary>Erases the secret beyond reading, and signs that the holder has it no more. Safe to repeat.</summary>
    /// <param name="installation">The installation's id.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="at">The instant to state, UTC ms.</param>
    /// <param name="ct">Cancels before the erasure, not during it.</param>
    Task<ErasureStatement> EraseAsync(UInt128 installation, int epoch, long at, CancellationToken ct = default);
}
