using System.Numerics;

namespace Strongroom.Spine.Audit.Tlog;

/// <summary>Yields the hash of the complete subtree <paramref name="index"/> at <paramref name="height"/> (leaves: height 0).</summary>
internal delegate ValueTask<TreeHash> NodeReader(int height, long index);

/// <summary>Inclusion and consistency proofs (RFC 6962 §2.1.1, §2.1.2): made from stored nodes, checked from nothing but the proof.</summary>
internal static class Proofs
{
    /// <summary>PATH(index, D[size]), from the leaf's sibling upwards.</summary>
    public static async ValueTask<IReadOnlyList<TreeHash>> InclusionAsync(long index, long size, NodeReader read)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var (begin, end) = (0L, size);
        var siblings = new Stack<(long Begin, long End)>();
        while (end - begin > 1)
        {
            var split = begin + SplitPoint(end - begin);
            siblings.Push(index < split ? (split, end) : (begin, split));
            (begin, end) = index < split ? (begin, split) : (split, end);
        }

        return await HashesAsync(siblings, read);
    }

    /// <summary>PROOF(first, D[second]); empty when both sizes are equal or <paramref name="first"/> is 0.</summary>
    public static async ValueTask<IReadOnlyList<TreeHash>> ConsistencyAsync(long first, long second, NodeReader read)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, second);
        if (first == 0 || first == second)
        {
            return [];
        }

        var (begin, end, wholeOld) = (0L, second, true);
        var parts = new Stack<(long Begin, long End)>();
        while (end != first)
        {
            var split = begin + SplitPoint(end - begin);
            parts.Push(first <= split ? (split, end) : (begin, split));
            wholeOld &= first <= split;
            (begin, end) = first <= split ? (begin, split) : (split, end);
        }

        // SUBPROOF(m, D[m], true) adds nothing: the verifier holds the old root already.
        if (!wholeOld)
        {
            parts.Push((begin, end));
        }

        return await HashesAsync(parts, read);
    }

    /// <summary>Root of a tree of the given size.</summary>
    public static async ValueTask<TreeHash> RootAsync(long size, NodeReader read) =>
        size == 0 ? Rfc6962.Empty : await SubtreeAsync(0, size, read);

    /// <summary>Checks that the leaf stands at <paramref name="index"/> of the tree; total over all inputs.</summary>
    public static bool VerifyInclusion(ulong index, ulong size, in TreeHash leaf, IReadOnlyList<TreeHash> proof, in TreeHash root)
    {
        if (index >= size)
        {
            return false;
        }

        var (inner, border) = Shape(index, size);
        if (proof.Count != inner + border)
        {
            return false;
        }

        var hash = leaf;
        for (var i = 0; i < inner; i++)
        {
            hash = ((index >> i) & 1) == 0 ? Rfc6962.Node(hash, proof[i]) : Rfc6962.Node(proof[i], hash);
        }

        return FoldRight(hash, proof, inner) == root;
    }

    /// <summary>
    /// Checks that the tree of <paramref name="first"/> leaves is a prefix of the tree of <paramref name="second"/>.
    /// A proof from the empty tree says nothing and is refused, as the transparency-dev vectors ask.
    /// </summary>
    public static bool VerifyConsistency(
        ulong first, ulong second, in TreeHash firstRoot, in TreeHash secondRoot, IReadOnlyList<TreeHash> proof)
    {
        if (first == 0 || first > second)
        {
            return false;
        }

        if (first == second)
        {
            return proof.Count == 0 && firstRoot == secondRoot;
        }

        var (inner, border) = Shape(first - 1, second);
        var shift = BitOperations.TrailingZeroCount(first);
        inner -= shift;

        // A first size of a power of two is a complete subtree: its root is the seed and stands in no proof.
        var seeded = first != 1UL << shift;
        var start = seeded ? 1 : 0;
        if (proof.Count != start + inner + border)
        {
            return false;
        }

        var (older, newer) = seeded ? (proof[0], proof[0]) : (firstRoot, firstRoot);
        var mask = (first - 1) >> shift;
        for (var i = 0; i < inner; i++)
        {
            var node = proof[start + i];
            var onLeft = ((mask >> i) & 1) == 1;
            older = onLeft ? Rfc6962.Node(node, older) : older;
            newer = onLeft ? Rfc6962.Node(node, newer) : Rfc6962.Node(newer, node);
        }

        return FoldRight(older, proof, start + inner) == firstRoot && FoldRight(newer, proof, start + inner) == secondRoot;
    }

    /// <summary>Where a proof's path runs: below the point at which it joins the tree's right edge, and along that edge.</summary>
    private static (int Inner, int Border) Shape(ulong index, ulong size)
    {
        var inner = 64 - BitOperations.LeadingZeroCount(index ^ (size - 1));
        return (inner, inner == 64 ? 0 : BitOperations.PopCount(index >> inner));
    }

    private static TreeHash FoldRight(TreeHash seed, IReadOnlyList<TreeHash> proof, int from)
    {
        for (var i = from; i < proof.Count; i++)
        {
            seed = Rfc6962.Node(proof[i], seed);
        }

        return seed;
    }

    /// <summary>The largest power of two smaller than n (n &gt; 1).</summary>
    private static long SplitPoint(long n) => 1L << (63 - BitOperations.LeadingZeroCount((ulong)(n - 1)));

    private static async ValueTask<IReadOnlyList<TreeHash>> HashesAsync(Stack<(long Begin, long End)> ranges, NodeReader read)
    {
        var hashes = new List<TreeHash>(ranges.Count);
        foreach (var (begin, end) in ranges)
        {
            hashes.Add(await SubtreeAsync(begin, end, read));
        }

        return hashes;
    }

    /// <summary>Hash over D[begin:end], where begin is aligned as in every RFC 6962 subtree: complete parts, folded from the right.</summary>
    private static async ValueTask<TreeHash> SubtreeAsync(long begin, long end, NodeReader read)
    {
        var parts = new Stack<TreeHash>();
        while (begin < end)
        {
            var height = 63 - BitOperations.LeadingZeroCount((ulong)(end - begin));
            parts.Push(await read(height, begin >> height));
            begin += 1L << height;
        }

        var root = parts.Pop();
        while (parts.TryPop(out var left))
        {
            root = Rfc6962.Node(left, root);
        }

        return root;
    }
}
