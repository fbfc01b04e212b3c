using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Strongroom.Keys.Formats;

/// <summary>What a wrapped key is for; part of its binding.</summary>
internal enum WrapUse : byte
{
    General = 1,
    Sensitive = 2,
    System = 3,
    Log = 4,
    Search = 5,
}

/// <summary>
/// A wrapped 32-byte key: "SW" ‖ 1 ‖ "A1" ‖ epoch (4) ‖ nonce (12) ‖ ciphertext (32) ‖ tag (16), bound to parent, epoch, owner,
/// use and key id.
/// </summary>
internal static class KeyWrap
{
    private const int HeaderSize = Suite.PrefixSize + 4;
    internal const int Size = HeaderSize + Suite.NonceSize + Suite.KeySize + Suite.TagSize;

    internal static ReadOnlySpan<byte> UnderEpochKek => "epoch-kek"u8;

    internal static ReadOnlySpan<byte> UnderEpochKey => "epoch-key"u8;

    private static ReadOnlySpan<byte> Magic => "SW"u8;

    /// <summary>Everything a wrap is bound to, besides the installation.</summary>
    internal readonly ref struct Binding(ReadOnlySpan<byte> parent, int epoch, ReadOnlySpan<byte> owner, WrapUse use, ReadOnlySpan<byte> keyId)
    {
        internal readonly ReadOnlySpan<byte> Parent = parent;
        internal readonly ReadOnlySpan<byte> Owner = owner;
        internal readonly ReadOnlySpan<byte> KeyId = keyId;
        internal readonly int Epoch = epoch;
        internal readonly WrapUse Use = use;
    }

    internal static byte[] Wrap(
        GcmKey parent, UInt128 installation, in Binding binding, ReadOnlySpan<byte> key, ReadOnlySpan<byte> fixedNonce = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Suite.KeySize);
        var output = new byte[Size];
        Suite.WritePrefix(Magic, output);
        BinaryPrimitives.WriteInt32BigEndian(output.AsSpan(Suite.PrefixSize), binding.Epoch);
        var aad = new Bound(stackalloc byte[Bound.MaxLength]);
        Bind(ref aad, installation, binding);
        parent.Seal(key, aad.Written, output.AsSpan(HeaderSize), fixedNonce);
        return output;
    }

    /// <summary>Fills <paramref name="key"/> (32 bytes, pinned by the caller); false when anything differs.</summary>
    internal static bool TryUnwrap(GcmKey parent, UInt128 installation, in Binding binding, ReadOnlySpan<byte> wrapped, Span<byte> key)
    {
        if (wrapped.Length != Size || key.Length != Suite.KeySize || !Suite.HasPrefix(Magic, wrapped)
            || BinaryPrimitives.ReadInt32BigEndian(wrapped[Suite.PrefixSize..]) != binding.Epoch)
        {
            return false;
        }

        var aad = new Bound(stackalloc byte[Bound.MaxLength]);
        Bind(ref aad, installation, binding);
        return parent.TryOpen(wrapped[HeaderSize..], aad.Written, key);
    }

    /// <summary>
    /// The key that wraps an epoch's keys. Both halves are needed: the root alone opens nothing once the epoch secret is gone.
    /// </summary>
    internal static GcmKey EpochKek(SecretBytes root, SecretBytes epochSecret, UInt128 installation, int epoch, WrapUse use)
    {
        using var both = new SecretBytes(root.Length + epochSecret.Length);
        root.Span.CopyTo(both.Span);
        epochSecret.Span.CopyTo(both.Span[root.Length..]);
        var info = new Bound(stackalloc byte[Bound.MaxLength]);
        info.Open("strongroom/epoch-kek"u8, installation);
        info.Add(epoch);
        info.Add((byte)use);
        using var kek = new SecretBytes(Suite.KeySize);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, both.Span, kek.Span, Suite.Bytes(installation), info.Written);
        return new GcmKey(kek.Span);
    }

    /// <summary>A subkey for one use, bound to the installation, the domain and a name.</summary>
    internal static SecretBytes Subkey(ReadOnlySpan<byte> master, ReadOnlySpan<byte> domain, UInt128 installation, int epoch, string name)
    {
        var info = new Bound(stackalloc byte[Bound.MaxLength]);
        info.Open(domain, installation);
        info.Add(epoch);
        info.AddName(name);
        var subkey = new SecretBytes(Suite.KeySize);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, subkey.Span, Suite.Bytes(installation), info.Written);
        return subkey;
    }

    private static void Bind(ref Bound aad, UInt128 installation, in Binding binding)
    {
        aad.Open("strongroom/wrap"u8, installation);
        aad.Add(binding.Parent);
        aad.Add(binding.Epoch);
        aad.Add(binding.Owner);
        aad.Add((byte)binding.Use);
        aad.Add(binding.KeyId);
    }
}
