using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Strongroom.Keys;

namespace Strongroom.Spine.Audit.Tlog;

/// <summary>A SHA-256 of the log's Merkle tree: 32 bytes held by value, so whole trees are hashed without allocation.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TreeHash
{
    public const int Size = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static TreeHash From(ReadOnlySpan<byte> bytes) =>
        TryFrom(bytes, out var hash) ? hash : throw new ArgumentException("A tree hash is 32 bytes.", nameof(bytes));

    public static bool TryFrom(ReadOnlySpan<byte> bytes, out TreeHash hash)
    {
        hash = bytes.Length == Size ? MemoryMarshal.Read<TreeHash>(bytes) : default;
        return bytes.Length == Size;
    }

    public void CopyTo(Span<byte> target) => MemoryMarshal.Write(target, in this);

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    public override string ToString() => Convert.ToHexStringLower(ToArray());
}

/// <summary>Merkle tree hashing of RFC 6962 §2.1.</summary>
internal static class Rfc6962
{
    /// <summary>MTH({}) = SHA-256(): the root of a tree without leaves.</summary>
    public static TreeHash Empty { get; } = TreeHash.From(SHA256.HashData([]));

    /// <summary>SHA-256(0x00 ‖ data).</summary>
    public static TreeHash Leaf(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[TreeHash.Size];
        Sha256.Hash([0], data, hash);
        return TreeHash.From(hash);
    }

    /// <summary>SHA-256(0x01 ‖ left ‖ right).</summary>
    public static TreeHash Node(in TreeHash left, in TreeHash right)
    {
        Span<byte> children = stackalloc byte[2 * TreeHash.Size];
        Span<byte> hash = stackalloc byte[TreeHash.Size];
        left.CopyTo(children);
        right.CopyTo(children[TreeHash.Size..]);
        Sha256.Hash([1], children, hash);
        return TreeHash.From(hash);
    }

    /// <summary>
    /// MTH of the given consecutive nodes of one height. Joining neighbours, level by level, and keeping an odd last one for the next level
    /// equals the RFC's recursion: either way the largest power of two below n stands on the left.
    /// </summary>
    public static TreeHash Root(ReadOnlySpan<TreeHash> nodes)
    {
        if (nodes.IsEmpty)
        {
            return Empty;
        }

        var level = nodes.Length <= TileId.FullWidth ? stackalloc TreeHash[nodes.Length] : new TreeHash[nodes.Length];
        nodes.CopyTo(level);
        for (var n = level.Length; n > 1; n = (n + 1) / 2)
        {
            for (var i = 0; i < n / 2; i++)
            {
                level[i] = Node(level[2 * i], level[2 * i + 1]);
            }

            if ((n & 1) == 1)
            {
                level[n / 2] = level[n - 1];
            }
        }

        return level[0];
    }
}
