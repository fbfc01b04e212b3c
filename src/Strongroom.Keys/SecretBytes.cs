using System.Security.Cryptography;

namespace Strongroom.Keys;

/// <summary>Key bytes in a pinned buffer of their own: the collector never copies them, and they are zeroed on dispose.</summary>
public sealed class SecretBytes : IDisposable
{
    private byte[]? bytes;

    /// <summary>A zero-filled buffer of <paramref name="length"/> bytes.</summary>
    public SecretBytes(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        bytes = GC.AllocateArray<byte>(length, pinned: true);
    }

    /// <summary>Forgetting to dispose delays the zeroing; it must not prevent it.</summary>
    ~SecretBytes() => CryptographicOperations.ZeroMemory(bytes);

    /// <summary>Length in bytes.</summary>
    public int Length => Span.Length;

    /// <summary>The bytes themselves; do not copy them into ordinary memory.</summary>
    public Span<byte> Span => bytes ?? throw new ObjectDisposedException(nameof(SecretBytes));

    internal Memory<byte> Memory => bytes ?? throw new ObjectDisposedException(nameof(SecretBytes));

    /// <summary>Fresh random bytes from the operating system's generator.</summary>
    public static SecretBytes Random(int length)
    {
        var secret = new SecretBytes(length);
        RandomNumberGenerator.Fill(secret.Span);
        return secret;
    }

    /// <summary>A copy; the caller still owns, and zeroes, the source.</summary>
    public static SecretBytes CopyOf(ReadOnlySpan<byte> source)
    {
        var secret = new SecretBytes(source.Length);
        source.CopyTo(secret.Span);
        return secret;
    }

    /// <summary>Compares in constant time.</summary>
    public bool SameAs(SecretBytes other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return CryptographicOperations.FixedTimeEquals(Span, other.Span);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var mine = Interlocked.Exchange(ref bytes, null);
        CryptographicOperations.ZeroMemory(mine);
        GC.SuppressFinalize(this);
    }
}
