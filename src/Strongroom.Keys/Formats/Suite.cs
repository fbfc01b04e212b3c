using System.Buffers.Binary;

namespace Strongroom.Keys.Formats;

/// <summary>Suite A1: AES-256-GCM with random 96-bit nonces and 128-bit tags, HMAC-SHA-256, HKDF-SHA-256. The header of every sealed thing names it.</summary>
internal static class Suite
{
    internal const byte Format = 1;
    internal const int KeySize = 32;
    internal const int NonceSize = 12;
    internal const int TagSize = 16;
    internal const int KeyIdSize = 8;

    internal static ReadOnlySpan<byte> A1 => "A1"u8;

    /// <summary>Two magic letters, the format's version, the suite.</summary>
    internal const int PrefixSize = 5;

    internal static void WritePrefix(ReadOnlySpan<byte> magic, Span<byte> output)
    {
        magic.CopyTo(output);
        output[2] = Format;
        A1.CopyTo(output[3..]);
    }

    internal static bool HasPrefix(ReadOnlySpan<byte> magic, ReadOnlySpan<byte> sealedBytes) =>
        sealedBytes.Length >= PrefixSize && sealedBytes.StartsWith(magic) && sealedBytes[2] == Format && sealedBytes[3..].StartsWith(A1);

    /// <summary>The fields that open every binding: domain, format, suite, installation.</summary>
    internal static void Open(ref this Bound bound, ReadOnlySpan<byte> domain, UInt128 installation)
    {
        bound.Add(domain);
        bound.Add(Format);
        bound.Add(A1);
        bound.Add(installation);
    }

    internal static byte[] Bytes(UInt128 id)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
        return bytes;
    }
}
