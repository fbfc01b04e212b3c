using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Strongroom.Keys;

namespace Strongroom.Tests.Keys;

/// <summary>SHA-256 and HMAC by libcrypto's plain functions give what .NET gives, for every length and cut.</summary>
public sealed class Sha256Tests
{
    [Fact]
    public void HashOfTwoParts_IsTheHashOfBothTogether() => Prop.ForAll(
        Gen.Choose(0, 300).SelectMany(n => Gen.Choose(0, 300).Select(m => (n, m))).ToArbitrary(),
        lengths =>
        {
            var (first, second) = (RandomNumberGenerator.GetBytes(lengths.n), RandomNumberGenerator.GetBytes(lengths.m));
            var digest = new byte[Sha256.Size];
            Sha256.Hash(first, second, digest);
            return digest.AsSpan().SequenceEqual(SHA256.HashData([.. first, .. second]));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(16 * 1024 - 1)]
    [InlineData(16 * 1024)]
    [InlineData(16 * 1024 + 1)]
    [InlineData(1_000_000)]
    public void LongMessages_HashAlike(int length)
    {
        var data = RandomNumberGenerator.GetBytes(length);
        var digest = new byte[Sha256.Size];
        Sha256.Hash([7], data, digest);
        Assert.Equal(SHA256.HashData([7, .. data]), digest);
    }

    [Fact]
    public void Hmac_IsThatOfDotNet_ForEveryKeyAndMessage() => Prop.ForAll(
        Gen.Choose(0, 64).SelectMany(n => Gen.Choose(0, 300).Select(m => (n, m))).ToArbitrary(),
        lengths =>
        {
            var (key, message) = (RandomNumberGenerator.GetBytes(lengths.n), RandomNumberGenerator.GetBytes(lengths.m));
            using var mine = new HmacKey(key);
            var first = mine.Mac(message);
            return first.AsSpan().SequenceEqual(HMACSHA256.HashData(key, message)) && mine.Mac(message).AsSpan().SequenceEqual(first);
        }).QuickCheckThrowOnFailure();

    /// <summary>RFC 4231, cases 1 and 2.</summary>
    [Theory]
    [InlineData("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    [InlineData("4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    public void Hmac_KnownAnswers(string key, string message, string mac)
    {
        using var mine = new HmacKey(Convert.FromHexString(key));
        Assert.Equal(mac, Convert.ToHexStringLower(mine.Mac(Convert.FromHexString(message))));
    }

    [Fact]
    public void Refusals_LongKeysShortOutputsAndAnEndedKey()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new HmacKey(new byte[65]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sha256.Hash([], [], new byte[31]));
        var ended = new HmacKey([1]);
        ended.Dispose();
        Assert.Throws<ObjectDisposedException>(() => ended.Mac([1]));
    }
}
