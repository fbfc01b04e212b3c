using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Strongroom.Keys.OpenSsl;

/// <summary>
/// The few functions of OpenSSL 3's libcrypto that .NET lacks: Ed25519 (RFC 8032), scrypt (RFC 7914) and a bare AES block; and SHA-256 as plain
/// functions, because .NET empties an error queue and makes a context for every hash, which takes longer than hashing.
/// .NET on Linux needs the same library, so it is always there. Every return value is checked by the callers here.
/// </summary>
internal static unsafe partial class LibCrypto
{
    private const string Library = "libcrypto";
    internal const int Ed25519 = 1087;   // NID_ED25519

    static LibCrypto() => NativeLibrary.SetDllImportResolver(typeof(LibCrypto).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == Library ? NativeLibrary.Load("libcrypto.so.3", assembly, path) : 0;

    internal static void Check(int result)
    {
        if (result != 1)
        {
            throw Failed();
        }
    }

    internal static T Check<T>(T handle)
        where T : SafeHandle
    {
        if (handle.IsInvalid)
        {
            handle.Dispose();
            throw Failed();
        }

        return handle;
    }

    /// <summary>The reason stays in OpenSSL's queue, which is emptied: a leftover would be blamed on .NET's next call.</summary>
    private static CryptographicException Failed()
    {
        var code = ERR_peek_last_error();
        ERR_clear_error();
        return new CryptographicException($"libcrypto refused the operation (error {code:x8})");
    }

    internal static void ForgetErrors() => ERR_clear_error();

    [LibraryImport(Library)]
    private static partial nuint ERR_peek_last_error();

    [LibraryImport(Library)]
    private static partial void ERR_clear_error();

    [LibraryImport(Library)]
    internal static partial PKey EVP_PKEY_new_raw_private_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Library)]
    internal static partial PKey EVP_PKEY_new_raw_public_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_get_raw_public_key(PKey key, byte* output, ref nuint length);

    [LibraryImport(Library)]
    internal static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Library)]
    internal static partial DigestContext EVP_MD_CTX_new();

    [LibraryImport(Library)]
    internal static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial int EVP_DigestSignInit(DigestContext context, nint pkeyContext, nint digest, nint engine, PKey key);

    [LibraryImport(Library)]
    internal static partial int EVP_DigestSign(DigestContext context, byte* signature, ref nuint length, byte* message, nuint messageLength);

    [LibraryImport(Library)]
    internal static partial int EVP_DigestVerifyInit(DigestContext context, nint pkeyContext, nint digest, nint engine, PKey key);

    [LibraryImport(Library)]
    internal static partial int EVP_DigestVerify(DigestContext context, byte* signature, nuint length, byte* message, nuint messageLength);

    [LibraryImport(Library)]
    internal static partial int EVP_PBE_scrypt(
        byte* pass, nuint passLength, byte* salt, nuint saltLength, ulong n, ulong r, ulong p, ulong maxMemory, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    internal static partial CipherContext EVP_CIPHER_CTX_new();

    [LibraryImport(Library)]
    internal static partial void EVP_CIPHER_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial nint EVP_aes_256_ecb();

    [LibraryImport(Library)]
    internal static partial int EVP_CipherInit_ex(CipherContext context, nint cipher, nint engine, byte* key, byte* iv, int encrypt);

    [LibraryImport(Library)]
    internal static partial int EVP_CIPHER_CTX_set_padding(CipherContext context, int padding);

    [LibraryImport(Library)]
    internal static partial int EVP_CipherUpdate(CipherContext context, byte* output, out int outputLength, byte* input, int inputLength);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int SHA256_Init(Sha256State* state);

    /// <summary>For a few kilobytes at most: the collector waits meanwhile.</summary>
    [LibraryImport(Library, EntryPoint = "SHA256_Update")]
    [SuppressGCTransition]
    internal static partial int SHA256_UpdateShort(Sha256State* state, byte* data, nuint length);

    [LibraryImport(Library)]
    internal static partial int SHA256_Update(Sha256State* state, byte* data, nuint length);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int SHA256_Final(byte* digest, Sha256State* state);

    /// <summary>SHA256_CTX: eight words, a bit count of two, a block of sixteen, and how much of it is filled, each 32 bits.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 4 * (8 + 2 + 16 + 2))]
    internal struct Sha256State;

    /// <summary>EVP_PKEY; OpenSSL clears the private part when it is freed.</summary>
    internal sealed class PKey() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            EVP_PKEY_free(handle);
            return true;
        }
    }

    /// <summary>EVP_MD_CTX, one per signature or verification.</summary>
    internal sealed class DigestContext() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            EVP_MD_CTX_free(handle);
            return true;
        }
    }

    /// <summary>EVP_CIPHER_CTX; freeing it clears the key schedule.</summary>
    internal sealed class CipherContext() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            EVP_CIPHER_CTX_free(handle);
            return true;
        }
    }
}
