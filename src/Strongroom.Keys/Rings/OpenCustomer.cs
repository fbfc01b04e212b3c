using System.Security.Cryptography;
using Strongroom.Keys.Formats;

namespace Strongroom.Keys.Rings;

/// <summary>
/// A customer's keys while open, shared by the cache and any number of leases. Counted, so that a key in use is never cleared
/// under its user, and is cleared as soon as nobody uses it.
/// </summary>
internal sealed class OpenCustomer
{
    private int references = 1;

    internal OpenCustomer(UInt128 installation, KeyOwner owner, byte[] keyId, SecretBytes general, SecretBytes sensitive, SecretBytes log)
    {
        (Installation, Owner, KeyId) = (installation, owner, keyId);
        General = new GcmKey(general.Span);
        Sensitive = new GcmKey(sensitive.Span);
        LogReference = HMACSHA256.HashData(log.Span, owner.ToBytes());
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
