using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Strongroom.Keys.OpenSsl;

namespace Strongroom.Keys;

/// <summary>SHA-256 (FIPS 180-4) of short messages, without allocation.</summary>
public static unsafe class Sha256
{
    /// <summary>Length of a digest, in bytes.</summary>
    public const int Size = 32;

    private const int Short = 16 * 1024;

    /// <summary>Hashes <paramref name="first"/> followed by <paramref name="second"/> into 32 bytes.</summary>
    public static void Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> digest)
    {
        LibCrypto.Sha256State state;
        LibCrypto.Check(LibCrypto.SHA256_Init(&state));
        Add(&state, first);
        Add(&state, second);
        Finish(&state, digest);
    }

    internal static void Add(LibCrypto.Sha256State* state, ReadOnlySpan<byte> data)
    {
        fixed (byte* bytes = data)
        {
            LibCrypto.Check(data.Length <= Short
                ? LibCrypto.SHA256_UpdateShort(state, bytes, (nuint)data.Length)
                : LibCrypto.SHA256_Update(state, bytes, (nuint)data.Length));
        }
    }

    internal static void Finish(LibCrypto.Sha256State* state, Span<byte> digest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(digest.Length, Size);
        fixed (byte* output = digest)
        {
            LibCrypto.Check(LibCrypto.SHA256_Final(output, state));
        }
    }
}

/// <summary>
/// One HMAC-SHA-256 key (RFC 2104), kept as the two states that hashing begins with: whoever had them could make MACs, so they lie in cleared
/// memory like a key. Thread-safe.
/// </summary>
internal sealed unsafe class HmacKey : IDisposable
{
    private const int Block = 64;

    private readonly SecretBytes states = new(2 * sizeof(LibCrypto.Sha256State));

    /// <param name="key">At most 64 bytes.</param>
    internal HmacKey(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, Block);
        Begin(key, 0x36, 0);
        Begin(key, 0x5c, 1);
    }

    /// <summary>Writes the 32 bytes of the message's MAC.</summary>
    internal void Mac(ReadOnlySpan<byte> message, Span<byte> mac)
    {
        var state = State(0);
        Span<byte> inner = stackalloc byte[Sha256.Size];
        Sha256.Add(&state, message);
        Sha256.Finish(&state, inner);
        state = State(1);
        Sha256.Add(&state, inner);
        Sha256.Finish(&state, mac);
        CryptographicOperations.ZeroMemory(new Span<byte>(&state, sizeof(LibCrypto.Sha256State)));
        CryptographicOperations.ZeroMemory(inner);
    }

    internal byte[] Mac(ReadOnlySpan<byte> message)
    {
        var mac = new byte[Sha256.Size];
        Mac(message, mac);
        return mac;
    }

    public void Dispose() => states.Dispose();

    private void Begin(ReadOnlySpan<byte> key, byte pad, int which)
    {
        Span<byte> block = stackalloc byte[Block];
        block.Fill(pad);
        for (var i = 0; i < key.Length; i++)
        {
            block[i] ^= key[i];
        }

        LibCrypto.Sha256State state;
        LibCrypto.Check(LibCrypto.SHA256_Init(&state));
        Sha256.Add(&state, block);
        State(which) = state;
        CryptographicOperations.ZeroMemory(new Span<byte>(&state, sizeof(LibCrypto.Sha256State)));
        CryptographicOperations.ZeroMemory(block);
    }

    private ref LibCrypto.Sha256State State(int which) => ref Unsafe.As<byte, LibCrypto.Sha256State>(ref states.Span[which * sizeof(LibCrypto.Sha256State)]);
}
