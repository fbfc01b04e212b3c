using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Strongroom.Keys.Formats;

/// <summary>
/// A file, in constant memory: "SF" ‖ 1 ‖ "A1" ‖ key id (8) ‖ nonce (12) ‖ wrapped file key (32) ‖ tag (16), then chunks of
/// 64 KiB, each ciphertext ‖ tag. The file key is fresh, so a chunk's nonce is its place: 7 zero bytes ‖ counter (4) ‖ final (1).
/// A chunk lost, added, swapped or cut therefore fails. The header is bound to the scope as a value is.
/// </summary>
internal static class FileSeal
{
    internal const int ChunkSize = 64 * 1024;
    private const int KeyAt = Suite.PrefixSize + Suite.KeyIdSize;
    internal const int HeaderSize = KeyAt + Suite.NonceSize + Suite.KeySize + Suite.TagSize;

    private static ReadOnlySpan<byte> Magic => "SF"u8;

    internal static async Task<long> SealAsync(
        GcmKey key, UInt128 installation, byte[] keyId, SealScope scope, Stream plain, Stream output, CancellationToken ct)
    {
        using var fileKey = SecretBytes.Random(Suite.KeySize);
        await output.WriteAsync(WriteHeader(key, installation, keyId, scope, fileKey), ct);
        using var gcm = new AesGcm(fileKey.Span, Suite.TagSize);
        using var now = new SecretBytes(ChunkSize);
        using var next = new SecretBytes(ChunkSize);
        var (buffer, ahead) = (now, next);
        var chunk = new byte[ChunkSize + Suite.TagSize];
        long total = 0;
        var read = await plain.ReadAtLeastAsync(buffer.Memory, ChunkSize, throwOnEndOfStream: false, ct);
        for (long counter = 0; ; counter++)
        {
            // Only reading ahead tells whether this chunk is the last; a short one always is.
            var following = read < ChunkSize ? 0 : await plain.ReadAtLeastAsync(ahead.Memory, ChunkSize, throwOnEndOfStream: false, ct);
            var final = following == 0;
            SealChunk(gcm, counter, final, buffer.Span[..read], chunk);
            await output.WriteAsync(chunk.AsMemory(0, read + Suite.TagSize), ct);
            total += read;
            if (final)
            {
                return total;
            }

            (buffer, ahead, read) = (ahead, buffer, following);
        }
    }

    /// <summary>Throws <see cref="BrokenSealException"/> at the first thing wrong; what was written before is genuine but incomplete.</summary>
    internal static async Task<long> OpenAsync(
        GcmKey key, UInt128 installation, byte[] keyId, SealScope scope, Stream sealedFile, Stream output, CancellationToken ct)
    {
        var header = new byte[HeaderSize];
        var got = await sealedFile.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, ct);
        using var fileKey = new SecretBytes(Suite.KeySize);
        if (got != HeaderSize || !TryReadHeader(key, installation, keyId, scope, header, fileKey))
        {
            throw new BrokenSealException("The sealed file's header does not open");
        }

        using var gcm = new AesGcm(fileKey.Span, Suite.TagSize);
        using var plain = new SecretBytes(ChunkSize);
        const int Full = ChunkSize + Suite.TagSize;
        var (buffer, ahead) = (new byte[Full], new byte[Full]);
        long total = 0;
        var read = await sealedFile.ReadAtLeastAsync(buffer, Full, throwOnEndOfStream: false, ct);
        for (long counter = 0; ; counter++)
        {
            var following = read < Full ? 0 : await sealedFile.ReadAtLeastAsync(ahead, Full, throwOnEndOfStream: false, ct);
            var final = following == 0;
            var length = OpenChunk(gcm, counter, final, buffer.AsSpan(0, read), plain.Span);
            await output.WriteAsync(plain.Memory[..length], ct);
            total += length;
            if (final)
            {
                return total;
            }

            (buffer, ahead, read) = (ahead, buffer, following);
        }
    }

    private static byte[] WriteHeader(GcmKey key, UInt128 installation, ReadOnlySpan<byte> keyId, in SealScope scope, SecretBytes fileKey)
    {
        var header = new byte[HeaderSize];
        Suite.WritePrefix(Magic, header);
        keyId.CopyTo(header.AsSpan(Suite.PrefixSize));
        var aad = new Bound(stackalloc byte[Bound.MaxLength]);
        ValueSeal.Bind(ref aad, "strongroom/file"u8, installation, keyId, scope);
        key.Seal(fileKey.Span, aad.Written, header.AsSpan(KeyAt));
        return header;
    }

    private static bool TryReadHeader(
        GcmKey key, UInt128 installation, ReadOnlySpan<byte> keyId, in SealScope scope, ReadOnlySpan<byte> header, SecretBytes fileKey)
    {
        if (!Suite.HasPrefix(Magic, header) || !header[Suite.PrefixSize..].StartsWith(keyId))
        {
            return false;
        }

        var aad = new Bound(stackalloc byte[Bound.MaxLength]);
        ValueSeal.Bind(ref aad, "strongroom/file"u8, installation, keyId, scope);
        return key.TryOpen(header[KeyAt..], aad.Written, fileKey.Span);
    }

    private static void SealChunk(AesGcm gcm, long counter, bool final, ReadOnlySpan<byte> plain, Span<byte> output)
    {
        Span<byte> nonce = stackalloc byte[Suite.NonceSize];
        WriteNonce(counter, final, nonce);
        gcm.Encrypt(nonce, plain, output[..plain.Length], output.Slice(plain.Length, Suite.TagSize));
    }

    private static int OpenChunk(AesGcm gcm, long counter, bool final, ReadOnlySpan<byte> chunk, Span<byte> plain)
    {
        var length = chunk.Length - Suite.TagSize;
        // An empty chunk exists only as the whole of an empty file.
        if (length < 0 || (length == 0 && counter > 0))
        {
            throw new BrokenSealException("The sealed file ends too early");
        }

        Span<byte> nonce = stackalloc byte[Suite.NonceSize];
        WriteNonce(counter, final, nonce);
        try
        {
            gcm.Decrypt(nonce, chunk[..length], chunk[length..], plain[..length]);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new BrokenSealException("A chunk of the sealed file is damaged, missing or out of place");
        }

        return length;
    }

    private static void WriteNonce(long counter, bool final, Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(nonce[7..], checked((uint)counter));
        nonce[11] = final ? (byte)1 : (byte)0;
    }
}
