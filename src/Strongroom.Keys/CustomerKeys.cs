using System.Text;
using Strongroom.Keys.Formats;
using Strongroom.Keys.Rings;

namespace Strongroom.Keys;

/// <summary>A lease on one customer's open keys. Thread-safe; dispose it when the act is done. The keys are cleared when the last lease ends.</summary>
public sealed class CustomerKeys : IDisposable
{
    private OpenCustomer? open;

    internal CustomerKeys(OpenCustomer open) => this.open = open;

    /// <summary>Whose keys these are.</summary>
    public KeyOwner Customer => Open.Owner;

    private OpenCustomer Open => open ?? throw new ObjectDisposedException(nameof(CustomerKeys));

    /// <summary>Seals a value of any length: header ‖ nonce ‖ ciphertext ‖ tag, 41 bytes longer than the value.</summary>
    /// <exception cref="ArgumentException">The scope names another customer, no compartment, or an item key that is empty or too long.</exception>
    public byte[] Seal(in SealScope scope, ReadOnlySpan<byte> plain)
    {
        var keys = Open;
        return ValueSeal.Seal(KeyFor(keys, scope), keys.Installation, keys.KeyId, scope, plain);
    }

    /// <summary>Opens a value; false when it was altered, moved, or sealed under another key. Says nothing about what differs.</summary>
    public bool TryOpen(in SealScope scope, ReadOnlySpan<byte> sealedValue, out byte[] plain)
    {
        var keys = Open;
        plain = [];
        return Fault(keys, scope) is null
            && ValueSeal.TryOpen(KeyFor(keys, scope), keys.Installation, keys.KeyId, scope, sealedValue, out plain);
    }

    /// <summary>Seals a stream in 64 KiB chunks and constant memory; returns the plain length in bytes. Neither stream is closed.</summary>
    public Task<long> SealFileAsync(SealScope scope, Stream plain, Stream output, CancellationToken ct = default)
    {
        var keys = Open;
        return FileSeal.SealAsync(KeyFor(keys, scope), keys.Installation, keys.KeyId, scope, plain, output, ct);
    }

    /// <summary>Opens a sealed stream; returns the plain length. Every chunk is genuine before it is written, the file only when this returns.</summary>
    /// <exception cref="BrokenSealException">Altered, truncated, reordered, extended, moved, or of another key.</exception>
    public Task<long> OpenFileAsync(SealScope scope, Stream sealedFile, Stream output, CancellationToken ct = default)
    {
        var keys = Open;
        return FileSeal.OpenAsync(KeyFor(keys, scope), keys.Installation, keys.KeyId, scope, sealedFile, output, ct);
    }

    /// <summary>How the log names this customer: HMAC-SHA-256(the customer's own log key, customer id), 32 bytes. Dies with the key.</summary>
    public byte[] LogReference() => [.. Open.LogReference];

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref open, null)?.Release();

    private static GcmKey KeyFor(OpenCustomer keys, in SealScope scope)
    {
        if (Fault(keys, scope) is { } fault)
        {
            throw new ArgumentException(fault, nameof(scope));
        }

        return scope.Compartment == Compartment.General ? keys.General : keys.Sensitive;
    }

    private static string? Fault(OpenCustomer keys, in SealScope scope) => scope switch
    {
        { Customer: var customer } when customer != keys.Owner => "The scope names another customer than these keys",
        { Compartment: not (Compartment.General or Compartment.Sensitive) } => "The scope names no compartment",
        { Item: null or "" } => "The scope names no item",
        { Item: var item } when Encoding.UTF8.GetByteCount(item) > Bound.MaxName => "The scope's item key is longer than 128 bytes",
        _ => null,
    };
}
