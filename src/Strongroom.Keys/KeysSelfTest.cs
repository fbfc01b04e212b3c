using System.Security.Cryptography;
using Strongroom.Keys.Formats;
using Strongroom.Keys.OpenSsl;

namespace Strongroom.Keys;

/// <summary>Known answers, computed elsewhere, checked before any key is opened: a platform that computes something else must not serve.</summary>
public static class KeysSelfTest
{
    /// <summary>Takes well under a millisecond once warm.</summary>
    /// <exception cref="CryptographicException">Names the primitive or format that differs.</exception>
    public static void Run()
    {
        Check("Ed25519", Ed25519Works());
        Check("scrypt", ScryptWorks());
        Check("value seal", ValueWorks());
        Check("key wrap", WrapWorks());
        Check("search digest", SearchWorks());
    }

    private static void Check(string name, bool works)
    {
        if (!works)
        {
            throw new CryptographicException($"Self-check failed: {name} does not give the known answer on this platform");
        }
    }

    /// <summary>RFC 8032, 7.1, test 2.</summary>
    private static bool Ed25519Works()
    {
        using var key = Ed25519Key.FromSeed(Hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
        var signature = key.Sign([0x72]);
        return signature.AsSpan().SequenceEqual(Hex(
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"))
            && Ed25519.Verify(key.PublicKey, [0x72], signature) && !Ed25519.Verify(key.PublicKey, [0x73], signature);
    }

    /// <summary>RFC 7914, 12, first vector.</summary>
    private static bool ScryptWorks()
    {
        var key = new byte[64];
        Scrypt.Derive(default, default, 16, 1, 1, key);
        return key.AsSpan().SequenceEqual(Hex(
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"));
    }

    private static bool ValueWorks()
    {
        using var key = new GcmKey(Key);
        var expected = Hex(ValueHex);
        var scope = new SealScope(Customer, Id(0x70), "mobile", 3, Compartment.Sensitive);
        return ValueSeal.Seal(key, Id(0x10), Sequence(0x40, 8), scope, "13812345678"u8, Sequence(0x50, 12)).AsSpan().SequenceEqual(expected)
            && ValueSeal.TryOpen(key, Id(0x10), Sequence(0x40, 8), scope, expected, out var plain) && plain.AsSpan().SequenceEqual("13812345678"u8)
            && !ValueSeal.TryOpen(key, Id(0x10), Sequence(0x40, 8), scope with { Version = 4 }, expected, out _);
    }

    private static bool WrapWorks()
    {
        using var parent = new GcmKey(Sequence(0x80, 32));
        var binding = new KeyWrap.Binding(KeyWrap.UnderEpochKey, 7, Customer.ToBytes(), WrapUse.Sensitive, Sequence(0x40, 8));
        var expected = Hex(WrapHex);
        var key = new byte[32];
        return KeyWrap.Wrap(parent, Id(0x10), binding, Key, Sequence(0x50, 12)).AsSpan().SequenceEqual(expected)
            && KeyWrap.TryUnwrap(parent, Id(0x10), binding, expected, key) && key.AsSpan().SequenceEqual(Key);
    }

    private static bool SearchWorks()
    {
        using var itemKey = Rings.SearchDigests.ItemKeyOf(Sequence(0xE0, 32), Id(0x10), "mobile");
        Span<byte> digest = stackalloc byte[16];
        Rings.SearchDigests.Digest(itemKey, "13812345678"u8, digest);
        using var blockKey = KeyWrap.Subkey(Key, "strongroom/search-block"u8, Id(0x10), 7, "mobile");
        using var cipher = new AesBlock(blockKey.Span);
        Span<byte> block = stackalloc byte[16];
        Span<byte> back = stackalloc byte[16];
        cipher.Encrypt(digest, block);
        cipher.Decrypt(block, back);
        return digest.SequenceEqual(Hex(DigestHex)) && block.SequenceEqual(Hex(BlockHex)) && back.SequenceEqual(digest);
    }

    private static byte[] Key => Sequence(0x20, 32);

    private static KeyOwner Customer => new(Id(0x60));

    private static UInt128 Id(int first) => KeyOwner.FromBytes(Sequence(first, 16)).Id;

    private static byte[] Sequence(int first, int length) => [.. Enumerable.Range(first, length).Select(i => (byte)i)];

    private static byte[] Hex(string hex) => Convert.FromHexString(hex);

    // From tests/Strongroom.Tests/Keys/vectors/formats.json.
    private const string ValueHex = "53560141314041424344454647505152535455565758595a5b80939023031c43380238328ed036b057734dc24fcb609e963f84f6";
    private const string WrapHex = 
        "535701413100000007505152535455565758595a5b92a4b466035c27c146722100a3b3feb0764526f40812de1f9af2756ae9a3b8161713d900b94cfb9945216fd227ccccd8";
    private const string DigestHex = "6aaef85e956a35b8fac9b41541ce7ab0";
    private const string BlockHex = "ee95c05619f9d439b495db6815fccff9";
}
