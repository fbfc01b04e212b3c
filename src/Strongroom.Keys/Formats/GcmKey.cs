using System.Security.Cryptography;

namespace Strongroom.Keys.Formats;

/// <summary>
/// One AES-256-GCM key, kept as a ready AesGcm because making one costs three times a seal. AesGcm is not safe for parallel
/// use, hence the lock; the raw key lives only inside OpenSSL, which clears it on dispose.
/// </summary>
internal sealed class GcmKey(ReadOnlySpan<byte> key) : IDisposable
{
    private readonly AesGcm gcm = new(key, Suite.TagSize);
    private readonly Lock gate = new();

    /// <summary>Writes nonce ‖ ciphertext ‖ tag; a null nonce is drawn at random (a given one is for vectors and one-use keys).</summary>
    internal void Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> aad, Span<byte> output, ReadOnlySpan<byte> fixedNonce = default)
    {
        var nonce = output[..Suite.NonceSize];
        if (fixedNonce.IsEmpty)
        {
            RandomNumberGenerator.Fill(nonce);
        }
        else
        {
            fixedNonce.CopyTo(nonce);
        }

        lock (gate)
        {
            gcm.Encrypt(nonce, plain, output.Slice(Suite.NonceSize, plain.Length), output[(Suite.NonceSize + plain.Length)..], aad);
        }
    }

    /// <summary>Opens nonce ‖ ciphertext ‖ tag; on false the output is zeroed.</summary>
    internal bool TryOpen(ReadOnlySpan<byte> body, ReadOnlySpan<byte> aad, Span<byte> plain)
    {
        if (body.Length != Suite.NonceSize + plain.Length + Suite.TagSize)
        {
            return false;
        }

        try
        {
            lock (gate)
            {
                gcm.Decrypt(body[..Suite.NonceSize], body.Slice(Suite.NonceSize, plain.Length), body[^Suite.TagSize..], plain, aad);
            }

            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(plain);
            return false;
        }
    }

    public void Dispose() => gcm.Dispose();
}
