using System.Security.Cryptography;
using Strongroom.Keys.Formats;

namespace Strongroom.Keys.Rings;

/// <summary>
/// A customer's keys while open, shared by the cache and any number of leases. Counted, so that a key in use is never cleared
/// under its user, and is cleared as soon as nobody uses it. The raw keys are inside OpenSSL only; of the log key, only its one
/// product is kept.
/// </summary>
internal sealed class OpenCustomer
{
    private int references = 1;

    internal OpenCustomer(
        UInt128 installation, KeyOwner owner, byte[] keyId, ReadOnlySpan<byte> general, ReadOnlySpan<byte> sensitive, ReadOnlySpan<byte> log)
    {
        (Installation, Owner, KeyId) = (installation, owner, keyId);
        General = new GcmKey(general);
        Sensitive = new GcmKey(sensitive);
        using var naming = new HmacKey(log);
        LogReference = naming.Mac(owner.ToBytes());
    }

    internal UInt128 Installation { get; }

    internal KeyOwner Owner { get; }

    internal byte[] KeyId { get; }

    internal GcmKey General { get; }

    internal GcmKey Sensitive { get; }

    internal byte[] LogReference { get; }

    internal bool IsCleared => Volatile.Read(ref references) == 0;

    /// <summary>Takes a reference; false when the last one is already gone.</summary>
    internal bool TryShare()
    {
        for (var seen = Volatile.Read(ref references); seen > 0;)
        {
            var before = Interlocked.CompareExchange(ref references, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref references) == 0)
        {
            General.Dispose();
            Sensitive.Dispose();
            CryptographicOperations.ZeroMemory(LogReference);
        }
    }
}
