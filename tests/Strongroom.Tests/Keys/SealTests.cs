using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Strongroom.Keys;
using Strongroom.Keys.Formats;
using Strongroom.Keys.Rings;

namespace Strongroom.Tests.Keys;

/// <summary>Values and files: what was sealed opens as itself and as nothing else.</summary>
public sealed class SealTests : IDisposable
{
    private static readonly UInt128 Installation = 77;
    private static readonly KeyOwner Owner = new(1234567);
    private static readonly SealScope Scope = new(Owner, 9, "mobile", 2, Compartment.General);
    private readonly byte[] general = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] sensitive = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] keyId = RandomNumberGenerator.GetBytes(8);
    private readonly CustomerKeys keys;

    public SealTests() => keys = With(Installation, Owner, keyId);

    public void Dispose() => keys.Dispose();

    [Fact]
    public void AnyValue_OpensUnderItsOwnScope() => Prop.ForAll<byte[], int>((plain, version) =>
    {
        var scope = Scope with { Version = version };
        return keys.TryOpen(scope, keys.Seal(scope, plain), out var opened) && opened.AsSpan().SequenceEqual(plain);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void UnderAnyOtherScope_NothingOpens() =>
        Prop.ForAll<Tuple<ulong, NonEmptyString, int, bool>, Tuple<ulong, NonEmptyString, int, bool>, byte[]>((a, b, plain) =>
        {
            var (one, other) = (ScopeOf(a), ScopeOf(b));
            return keys.TryOpen(other, keys.Seal(one, plain), out var opened) == (one == other) && (one == other || opened.Length == 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void EachFieldOfTheScope_IsBound()
    {
        var value = keys.Seal(Scope, "13812345678"u8);
        SealScope[] others =
        [
            Scope with { Customer = new(Owner.Id + 1) }, Scope with { Record = 10 }, Scope with { Item = "mobil" }, Scope with { Item = "mobile\0" },
            Scope with { Version = 3 }, Scope with { Compartment = Compartment.Sensitive }, Scope with { Compartment = 0 }, Scope with { Item = "" },
            Scope with { Item = new string('x', 129) },
        ];
        Assert.All(others, other => Assert.False(keys.TryOpen(other, value, out _)));
        Assert.True(keys.TryOpen(Scope, value, out _));
    }

    [Fact]
    public void AnotherInstallationCustomerOrKey_DoesNotOpen_EvenWithTheSameKeyBytes()
    {
        var value = keys.Seal(Scope, [1, 2, 3]);
        using var installation = With(Installation + 1, Owner, keyId);
        using var customer = With(Installation, new(Owner.Id + 1), keyId);
        using var generation = With(Installation, Owner, RandomNumberGenerator.GetBytes(8));
        Assert.False(installation.TryOpen(Scope, value, out _));
        Assert.False(customer.TryOpen(Scope with { Customer = customer.Customer }, value, out _));
        Assert.False(generation.TryOpen(Scope, value, out _));
        // Not even when the header is made to name the new key.
        generation.Seal(Scope, [1]).AsSpan(5, 8).CopyTo(value.AsSpan(5));
        Assert.False(generation.TryOpen(Scope, value, out _));
    }

    [Fact]
    public void EveryFlippedBit_AndEveryTruncation_Fails()
    {
        var value = keys.Seal(Scope, "13812345678"u8);
        for (var bit = 0; bit < value.Length * 8; bit++)
        {
            var broken = (byte[])value.Clone();
            broken[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(keys.TryOpen(Scope, broken, out var plain));
            Assert.Empty(plain);
        }

        for (var length = 0; length < value.Length; length++)
        {
            Assert.False(keys.TryOpen(Scope, value.AsSpan(0, length), out _));
        }

        Assert.False(keys.TryOpen(Scope, [.. value, 0], out _));
    }

    [Fact]
    public void WrongUse_IsAnError_BeforeAnythingIsSealed()
    {
        Assert.Throws<ArgumentException>(() => keys.Seal(Scope with { Customer = new(1) }, [1]));
        Assert.Throws<ArgumentException>(() => keys.Seal(Scope with { Compartment = (Compartment)3 }, [1]));
        Assert.Throws<ArgumentException>(() => keys.Seal(Scope with { Item = "" }, [1]));
        Assert.Throws<ArgumentException>(() => keys.Seal(Scope with { Item = new string('字', 43) }, [1]));
        Assert.Equal(41 + 1, keys.Seal(Scope, [1]).Length);
        Assert.NotEqual(keys.Seal(Scope, [1]), keys.Seal(Scope, [1]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(65537)]
    [InlineData(131072)]
    [InlineData(200_000)]
    public async Task File_OpensAsItself_WhateverItsLength(int length)
    {
        var plain = RandomNumberGenerator.GetBytes(length);
        var sealedFile = await SealFileAsync(plain);
        Assert.Equal(plain, await OpenFileAsync(sealedFile));
        await Assert.ThrowsAsync<BrokenSealException>(() => OpenFileAsync(sealedFile, Scope with { Record = 10 }));
        await Assert.ThrowsAsync<BrokenSealException>(() => OpenFileAsync(sealedFile[..^1]));
        await Assert.ThrowsAsync<BrokenSealException>(() => OpenFileAsync([.. sealedFile, 0]));
    }

    [Fact]
    public async Task File_CutSwappedDoubledOrFlipped_Fails()
    {
        const int Chunk = FileSeal.ChunkSize + 16;
        var whole = await SealFileAsync(RandomNumberGenerator.GetBytes(3 * FileSeal.ChunkSize));
        var (head, a, b, c) = (whole[..FileSeal.HeaderSize], Part(0), Part(1), Part(2));
        byte[][] broken =
        [
            [.. head, .. a, .. b], [.. head, .. a], [.. head], [], [.. head, .. b, .. a, .. c], [.. head, .. a, .. c], [.. head, .. a, .. b, .. b, .. c],
            [.. head, .. a, .. b, .. c, .. c], [.. head, .. a, .. b, .. c, .. c[..16]], [.. head, .. c],
        ];
        foreach (var file in broken)
        {
            await Assert.ThrowsAsync<BrokenSealException>(() => OpenFileAsync(file));
        }

        var small = await SealFileAsync([1, 2, 3, 4, 5]);
        for (var i = 0; i < small.Length; i++)
        {
            var flipped = (byte[])small.Clone();
            flipped[i] ^= 0x80;
            await Assert.ThrowsAsync<BrokenSealException>(() => OpenFileAsync(flipped));
        }

        byte[] Part(int n) => whole[(FileSeal.HeaderSize + n * Chunk)..(FileSeal.HeaderSize + (n + 1) * Chunk)];
    }

    [Fact]
    public void Wraps_AreBoundToParentEpochOwnerUseAndKey()
    {
        using var parent = new GcmKey(general);
        var owner = Owner.ToBytes();
        var binding = new KeyWrap.Binding(KeyWrap.UnderEpochKey, 3, owner, WrapUse.General, keyId);
        var wrapped = KeyWrap.Wrap(parent, Installation, binding, sensitive);
        var key = new byte[32];
        Assert.True(KeyWrap.TryUnwrap(parent, Installation, binding, wrapped, key));
        Assert.Equal(sensitive, key);
        Assert.False(KeyWrap.TryUnwrap(parent, Installation + 1, binding, wrapped, key));
        Assert.False(KeyWrap.TryUnwrap(parent, Installation, new(KeyWrap.UnderEpochKek, 3, owner, WrapUse.General, keyId), wrapped, key));
        Assert.False(KeyWrap.TryUnwrap(parent, Installation, new(KeyWrap.UnderEpochKey, 4, owner, WrapUse.General, keyId), wrapped, key));
        Assert.False(KeyWrap.TryUnwrap(parent, Installation, new(KeyWrap.UnderEpochKey, 3, new byte[16], WrapUse.General, keyId), wrapped, key));
        Assert.False(KeyWrap.TryUnwrap(parent, Installation, new(KeyWrap.UnderEpochKey, 3, owner, WrapUse.Log, keyId), wrapped, key));
        Assert.False(KeyWrap.TryUnwrap(parent, Installation, new(KeyWrap.UnderEpochKey, 3, owner, WrapUse.General, new byte[8]), wrapped, key));
        for (var i = 0; i < wrapped.Length; i++)
        {
            wrapped[i] ^= 1;
            Assert.False(KeyWrap.TryUnwrap(parent, Installation, binding, wrapped, key));
            Assert.True(key.AsSpan().IndexOfAnyExcept((byte)0) < 0 || key.AsSpan().SequenceEqual(sensitive));
            wrapped[i] ^= 1;
        }
    }

    [Fact]
    public void ClearedOnlyWhenTheLastUserIsGone()
    {
        var open = new OpenCustomer(Installation, Owner, keyId, general, sensitive, general);
        Assert.True(open.TryShare());
        var (one, two) = (new CustomerKeys(open), new CustomerKeys(open));
        one.Dispose();
        one.Dispose();
        Assert.False(open.IsCleared);
        Assert.NotEmpty(two.Seal(Scope, [1]));
        two.Dispose();
        Assert.True(open.IsCleared);
        Assert.False(open.TryShare());
    }

    private static SealScope ScopeOf(Tuple<ulong, NonEmptyString, int, bool> t) => new(
        Owner, t.Item1, t.Item2.Get.Length > 40 ? t.Item2.Get[..40] : t.Item2.Get, t.Item3, t.Item4 ? Compartment.General : Compartment.Sensitive);

    private CustomerKeys With(UInt128 installation, KeyOwner owner, byte[] id) => new(new OpenCustomer(installation, owner, id, general, sensitive, general));

    private async Task<byte[]> SealFileAsync(byte[] plain)
    {
        using var output = new MemoryStream();
        Assert.Equal(plain.Length, await keys.SealFileAsync(Scope, new MemoryStream(plain), output));
        return output.ToArray();
    }

    private async Task<byte[]> OpenFileAsync(byte[] sealedFile, SealScope? scope = null)
    {
        using var output = new MemoryStream();
        var length = await keys.OpenFileAsync(scope ?? Scope, new MemoryStream(sealedFile), output);
        Assert.Equal(output.Length, length);
        return output.ToArray();
    }
}
