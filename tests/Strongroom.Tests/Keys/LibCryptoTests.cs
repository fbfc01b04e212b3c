using System.Security.Cryptography;
using Strongroom.Keys;
using Strongroom.Keys.OpenSsl;

namespace Strongroom.Tests.Keys;

/// <summary>The binding to libcrypto, on the standards' own vectors.</summary>
public sealed class LibCryptoTests
{
    // RFC 8032, 7.1: seed, public key, message, signature.
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Ed25519_Rfc8032(string seed, string publicKey, string message, string signature)
    {
        using var key = Ed25519Key.FromSeed(Convert.FromHexString(seed));
        var text = Convert.FromHexString(message);
        Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicKey));
        Assert.Equal(signature, Convert.ToHexStringLower(key.Sign(text)));
        Assert.True(Ed25519.Verify(key.PublicKey, text, Convert.FromHexString(signature)));
    }

    [Fact]
    public void Ed25519_AnyFlippedByte_IsRefused()
    {
        using var key = Ed25519Key.Generate();
        byte[] message = [1, 2, 3, 4];
        var signature = key.Sign(message);
        for (var i = 0; i < signature.Length; i++)
        {
            var broken = (byte[])signature.Clone();
            broken[i] ^= 1;
            Assert.False(Ed25519.Verify(key.PublicKey, message, broken));
        }

        Assert.False(Ed25519.Verify(key.PublicKey, [1, 2, 3], signature));
        Assert.False(Ed25519.Verify(key.PublicKey, message, signature.AsSpan(1)));
        Assert.False(Ed25519.Verify(default, message, signature));
        Assert.False(Ed25519.Verify(new byte[32], message, new byte[64]));
    }

    // RFC 7914, 12.
    [Theory]
    [InlineData("", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [InlineData("password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    [InlineData("pleaseletmein", "SodiumChloride", 16384, 8, 1, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")]
    public void Scrypt_Rfc7914(string passphrase, string salt, int n, int r, int p, string expected)
    {
        var key = new byte[64];
        Scrypt.Derive(System.Text.Encoding.ASCII.GetBytes(passphrase), System.Text.Encoding.ASCII.GetBytes(salt), (ulong)n, (ulong)r, (ulong)p, key);
        Assert.Equal(expected, Convert.ToHexStringLower(key));
    }

    [Fact]
    public void Scrypt_ImpossibleCost_IsRefused_AndTheNextCallWorks()
    {
        Assert.Throws<CryptographicException>(() => Scrypt.Derive([1], [2], 15, 8, 1, new byte[32]));
        Ed25519_Rfc8032("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
    }

    [Fact]
    public void AesBlock_Fips197_AndAgreesWithDotNet()
    {
        using var fips = new AesBlock(Convert.FromHexString("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
        var output = new byte[16];
        fips.Encrypt(Convert.FromHexString("00112233445566778899aabbccddeeff"), output);
        Assert.Equal("8ea2b7ca516745bfeafc49904b496089", Convert.ToHexStringLower(output));

        for (var i = 0; i < 50; i++)
        {
            var (key, block) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(16));
            using var ours = new AesBlock(key);
            using var theirs = Aes.Create();
            theirs.Key = key;
            ours.Encrypt(block, output);
            Assert.Equal(theirs.EncryptEcb(block, PaddingMode.None), output);
            var back = new byte[16];
            ours.Decrypt(output, back);
            Assert.Equal(block, back);
        }
    }

    [Fact]
    public void AesBlock_ManyThreads_ComputeTheSame()
    {
        using var cipher = new AesBlock(new byte[32]);
        var expected = new byte[16];
        cipher.Encrypt(new byte[16], expected);
        Parallel.For(0, 20_000, _ =>
        {
            Span<byte> output = stackalloc byte[16];
            cipher.Encrypt(new byte[16], output);
            Assert.True(output.SequenceEqual(expected));
        });
    }

    [Fact]
    public void SecretBytes_AreGoneAfterDispose()
    {
        var secret = SecretBytes.Random(32);
        var memory = secret.Memory;
        secret.Dispose();
        Assert.True(memory.Span.IndexOfAnyExcept((byte)0) < 0);
        Assert.Throws<ObjectDisposedException>(() => secret.Span.Length);
        secret.Dispose();
    }
}
