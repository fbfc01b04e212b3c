using Strongroom.Keys.OpenSsl;

namespace Strongroom.Keys;

/// <summary>Ed25519 signatures, RFC 8032. Public keys are 32 bytes, signatures 64.</summary>
public static unsafe class Ed25519
{
    /// <summary>Length of a public key and of a seed, in bytes.</summary>
    public const int KeySize = 32;

    /// <summary>Length of a signature, in bytes.</summary>
    public const int SignatureSize = 64;

    /// <summary>True only when <paramref name="signature"/> is <paramref name="publicKey"/>'s over exactly <paramref name="message"/>.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeySize || signature.Length != SignatureSize)
        {
            return false;
        }

        byte empty = 0;
        fixed (byte* key = publicKey, text = message, mark = signature)
        {
            using var pkey = LibCrypto.Check(LibCrypto.EVP_PKEY_new_raw_public_key(LibCrypto.Ed25519, 0, key, KeySize));
            using var context = LibCrypto.Check(LibCrypto.EVP_MD_CTX_new());
            LibCrypto.Check(LibCrypto.EVP_DigestVerifyInit(context, 0, 0, 0, pkey));
            var genuine = LibCrypto.EVP_DigestVerify(
                context, mark, SignatureSize, text == null ? &empty : text, (nuint)message.Length) == 1;
            if (!genuine)
            {
                LibCrypto.ForgetErrors();
            }

            return genuine;
        }
    }
}

/// <summary>A private Ed25519 key, held by OpenSSL and cleared on dispose. Signing is thread-safe.</summary>
public sealed unsafe class Ed25519Key : IDisposable
{
    private readonly LibCrypto.PKey key;
    private readonly byte[] publicKey = new byte[Ed25519.KeySize];

    private Ed25519Key(LibCrypto.PKey key)
    {
        this.key = key;
        nuint length = Ed25519.KeySize;
        fixed (byte* output = publicKey)
        {
            LibCrypto.Check(LibCrypto.EVP_PKEY_get_raw_public_key(key, output, ref length));
        }
    }

    /// <summary>The public half, 32 bytes; a copy.</summary>
    public byte[] PublicKey => [.. publicKey];

    /// <summary>The key of a 32-byte seed (RFC 8032, 5.1.5).</summary>
    public static Ed25519Key FromSeed(ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, Ed25519.KeySize);
        fixed (byte* bytes = seed)
        {
            return new(LibCrypto.Check(LibCrypto.EVP_PKEY_new_raw_private_key(LibCrypto.Ed25519, 0, bytes, Ed25519.KeySize)));
        }
    }

    /// <summary>A fresh key; for keys that need not outlive the process.</summary>
    public static Ed25519Key Generate()
    {
        using var seed = SecretBytes.Random(Ed25519.KeySize);
        return FromSeed(seed.Span);
    }

    /// <summary>The 64-byte signature over <paramref name="message"/>.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var signature = new byte[Ed25519.SignatureSize];
        nuint length = Ed25519.SignatureSize;
        byte empty = 0;
        using var context = LibCrypto.Check(LibCrypto.EVP_MD_CTX_new());
        LibCrypto.Check(LibCrypto.EVP_DigestSignInit(context, 0, 0, 0, key));
        fixed (byte* text = message, output = signature)
        {
            LibCrypto.Check(LibCrypto.EVP_DigestSign(context, output, ref length, text == null ? &empty : text, (nuint)message.Length));
        }

        return signature;
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();
}
