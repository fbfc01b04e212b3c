namespace Strongroom.Keys.OpenSsl;

/// <summary>
/// AES-256 on single 16-byte blocks (FIPS 197). .NET's Aes leaves unpinned copies of the key on the heap; this one holds it
/// only in OpenSSL's cleared memory. Thread-safe by a lock: one block takes less time than a pool would.
/// </summary>
internal sealed unsafe class AesBlock : IDisposable
{
    internal const int Size = 16;
    private readonly Lock gate = new();
    private readonly LibCrypto.CipherContext encrypt;
    private readonly LibCrypto.CipherContext decrypt;

    internal AesBlock(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, 32);
        encrypt = Start(key, 1);
        decrypt = Start(key, 0);
    }

    internal void Encrypt(ReadOnlySpan<byte> block, Span<byte> output) => Run(encrypt, block, output);

    internal void Decrypt(ReadOnlySpan<byte> block, Span<byte> output) => Run(decrypt, block, output);

    private static LibCrypto.CipherContext Start(ReadOnlySpan<byte> key, int direction)
    {
        var context = LibCrypto.Check(LibCrypto.EVP_CIPHER_CTX_new());
        fixed (byte* bytes = key)
        {
            LibCrypto.Check(LibCrypto.EVP_CipherInit_ex(context, LibCrypto.EVP_aes_256_ecb(), 0, bytes, null, direction));
        }

        LibCrypto.Check(LibCrypto.EVP_CIPHER_CTX_set_padding(context, 0));
        return context;
    }

    private void Run(LibCrypto.CipherContext context, ReadOnlySpan<byte> block, Span<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(block.Length, Size);
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, Size);
        int written;
        lock (gate)
        {
            fixed (byte* from = block, to = output)
            {
                LibCrypto.Check(LibCrypto.EVP_CipherUpdate(context, to, out written, from, Size));
            }
        }

        if (written != Size)
        {
            throw new System.Security.Cryptography.CryptographicException("libcrypto kept back part of a block");
        }
    }

    public void Dispose()
    {
        encrypt.Dispose();
        decrypt.Dispose();
    }
}
