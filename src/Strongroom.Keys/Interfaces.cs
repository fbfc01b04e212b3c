namespace Strongroom.Keys;

/// <summary>
/// One random key per customer and compartment, wrapped under the open epoch, only in the keyring database. Everything here
/// throws <see cref="KeysUnavailableException"/> when the keys cannot be had; nothing falls back.
/// </summary>
public interface IKeyring
{
    /// <summary>This installation's random id, bound into every seal.</summary>
    UInt128 Installation { get; }

    /// <summary>The epoch that new wraps and search blocks belong to, as this node last saw it.</summary>
    int OpenEpoch { get; }

    /// <summary>Makes keys for new customers, durable before it returns. An owner that exists or was destroyed is an error; then none is made.</summary>
    /// <exception cref="InvalidOperationException">An owner exists already or was destroyed.</exception>
    Task CreateAsync(IReadOnlyList<KeyOwner> customers, CancellationToken ct = default);

    /// <summary>
    /// Makes keys for one new customer under a fresh random id, durable before it returns, and opens them (dispose the lease). Whoever asks at
    /// the same time shares the commit. Without data the keys are swept away later.
    /// </summary>
    Task<CustomerKeys> MakeAsync(CancellationToken ct = default);

    /// <summary>A lease on a customer's keys (dispose it); null when unknown or destroyed. Cached for at most 60 s and 10,000 customers.</summary>
    Task<CustomerKeys?> OpenAsync(KeyOwner customer, CancellationToken ct = default);

    /// <summary>The same for many; unknown and destroyed ones are absent. Dispose every value.</summary>
    Task<IReadOnlyDictionary<KeyOwner, CustomerKeys>> OpenManyAsync(IReadOnlyCollection<KeyOwner> customers, CancellationToken ct = default);

    /// <summary>Deletes the customers' wrapped keys, leaves tombstones, drops them from the cache. Safe to repeat; unknown ones get a tombstone too.</summary>
    Task DestroyAsync(IReadOnlyCollection<KeyOwner> customers, CancellationToken ct = default);

    /// <summary>Deletes one customer's wrapped keys.</summary>
    Task DestroyAsync(KeyOwner customer, CancellationToken ct = default) => DestroyAsync([customer], ct);

    /// <summary>Unconfirmed customers created before an instant (UTC ms), oldest first: the sweeper confirms those that the data knows and destroys the rest.</summary>
    Task<IReadOnlyList<KeyOwner>> OrphansAsync(long createdBefore, int max, CancellationToken ct = default);

    /// <summary>Notes that the data of these customers is durable, so the sweeper need not look at them again.</summary>
    Task ConfirmAsync(IReadOnlyCollection<KeyOwner> customers, CancellationToken ct = default);

    /// <summary>Drops every cached key of this node; leased ones end with their lease.</summary>
    void Fence();

    /// <summary>Reads the epochs again and fences when they changed. Call it when the configuration epoch moves or a search block's epoch is refused.</summary>
    Task RefreshAsync(CancellationToken ct = default);
}

/// <summary>One stored search block: 16 bytes that can be compared, and re-keyed, but tell nothing without the epoch's key.</summary>
/// <param name="Epoch">The epoch whose key made it; stored beside the value.</param>
/// <param name="Value">16 bytes.</param>
public readonly record struct SearchBlock(int Epoch, byte[] Value);

/// <summary>Exact-match search. The digest HMAC-SHA-256(item key, normalised value)/128 never leaves this assembly.</summary>
public interface ISearchBlocks
{
    /// <summary>The block to store, under the open epoch. The data transaction must check that this epoch is still open there.</summary>
    SearchBlock Block(string item, ReadOnlySpan<byte> normalised);

    /// <summary>The blocks to look for: the open epoch's first, then those of draining epochs.</summary>
    IReadOnlyList<SearchBlock> Lookup(string item, ReadOnlySpan<byte> normalised);

    /// <summary>Carries a stored block from one epoch to another without knowing the value.</summary>
    /// <exception cref="KeysUnavailableException">An epoch's keys are not loaded.</exception>
    byte[] ReKey(string item, ReadOnlySpan<byte> block, int from, int to);
}

/// <summary>The installation's signing keys.</summary>
public enum SigningKey
{
    /// <summary>Signs checkpoints of the log.</summary>
    Log,

    /// <summary>Signs consent receipts, manifests and certificates.</summary>
    Receipt,
}

/// <summary>Ed25519 signatures by the installation's keys.</summary>
public interface ISigner
{
    /// <summary>The 64-byte signature over <paramref name="message"/>.</summary>
    byte[] Sign(SigningKey key, ReadOnlySpan<byte> message);

    /// <summary>The 32-byte public key.</summary>
    byte[] PublicKey(SigningKey key);
}

/// <summary>What a MAC is for; each has a key of its own.</summary>
public enum MacUse
{
    /// <summary>Control rows: roles, grants, consents, sessions, policies.</summary>
    ControlRow,

    /// <summary>Stored forms of API and session tokens.</summary>
    TokenHash,

    /// <summary>Idempotency keys and bodies.</summary>
    Idempotency,

    /// <summary>Source keys of imported rows.</summary>
    ImportSource,

    /// <summary>Addresses of clients.</summary>
    ClientAddress,

    /// <summary>Entries of the audit log and the heads of its chains, until a signature vouches for them.</summary>
    LogEntry,
}

/// <summary>HMAC-SHA-256 under independent keys that never change with an epoch.</summary>
public interface IMac
{
    /// <summary>32 bytes.</summary>
    byte[] Mac(MacUse use, ReadOnlySpan<byte> message);
}

/// <summary>Small system secrets: TOTP seeds, data-protection keys, connection secrets. They outlive epoch turns.</summary>
public interface ISecretSealer
{
    /// <summary>Seals for one use; put the row's id into <paramref name="use"/> (1–128 bytes), so that secrets cannot be swapped.</summary>
    byte[] Seal(string use, ReadOnlySpan<byte> plain);

    /// <summary>Opens what was sealed for the same use.</summary>
    /// <exception cref="BrokenSealException">It was altered or sealed for another use.</exception>
    byte[] Open(string use, ReadOnlySpan<byte> sealedSecret);
}
