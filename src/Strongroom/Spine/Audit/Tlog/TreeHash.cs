using System.Runtime.InteropServices;
using System.Security.Cryptography;

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
    private const int OnStack = 1024;

    /// <summary>MTH({}) = SHA-256(): the root of a tree without leaves.</summary>
    public static TreeHash Empty { get; } = TreeHash.From(SHA256.HashData([]));

    /// <summary>SHA-256(0x00 ‖ data).</summary>
    public static TreeHash Leaf(ReadOnlySpan<byte> data)
    {
        var input = data.Length < OnStack ? stackalloc byte[data.Length + 1] : new byte[data.Length + 1];
        input[0] = 0;
        data.CopyTo(input[1..]);
        return Sha256(input);
    }

    /// <summary>SHA-256(0x01 ‖ left ‖ right).</summary>
    public static TreeHash Node(in TreeHash left, in TreeHash right)
    {
        Span<byte> input = stackalloc byte[1 + 2 * TreeHash.Size];
        input[0] = 1;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + TreeHash.Size)..]);
        return Sha256(input);
    }

    /// <summary>
    /// MTH of the given consecutive nodes of one height. Equals the RFC's recursion because the largest power of two
    /// below n splits off on the left, which is what the compact range does one node at a time.
    /// </summary>
    public static TreeHash Root(ReadOnlySpan<TreeHash> nodes)
    {
        var range = new CompactRange();
        foreach (ref readonly var node in nodes)
        {
            range.Append(node);
        }

        return range.Root();
    }

    private static TreeHash Sha256(ReadOnlySpan<byte> input)
    {
        Span<byte> hash = stackalloc byte[TreeHash.Size];
        SHA256.HashData(input, hash);
        return TreeHash.From(hash);
    }
}
