namespace Strongroom.Keys.OpenSsl;

/// <summary>scrypt, RFC 7914.</summary>
internal static unsafe class Scrypt
{
    /// <summary>Fills <paramref name="key"/>; needs about 128·n·r bytes of memory while it runs.</summary>
    internal static void Derive(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, ulong n, ulong r, ulong p, Span<byte> key)
    {
        var memory = (128 * n * r) + (128 * r * p) + (1 << 20);
        fixed (byte* pass = passphrase, saltBytes = salt, output = key)
        {
            // OpenSSL reads a null passphrase as "only check the parameters", so an empty one still needs an address.
            byte empty = 0;
            LibCrypto.Check(LibCrypto.EVP_PBE_scrypt(
                pass == null ? &empty : pass, (nuint)passphrase.Length, saltBytes == null ? &empty : saltBytes, (nuint)salt.Length,
                n, r, p, memory, output, (nuint)key.Length));
        }
    }
}
