using System.Numerics;

namespace Strongroom.Spine.Audit.Tlog;

/// <summary>
/// The complete subtrees that make up a tree of <see cref="Size"/> leaves, largest first: all that appending and the
/// root need, at most 63 hashes.
/// </summary>
internal sealed class CompactRange
{
    private readonly List<TreeHash> _nodes = [];

    public long Size { get; private set; }

    /// <summary>One hash per bit set in <see cref="Size"/>, from the highest bit down.</summary>
    public IReadOnlyList<TreeHash> Nodes => _nodes;

    /// <exception cref="ArgumentException">The number of hashes does not fit the size.</exception>
    public static CompactRange Of(long size, IEnumerable<TreeHash> nodes)
    {
        var range = new CompactRange { Size = size };
        range._nodes.AddRange(nodes);
        return size >= 0 && range._nodes.Count == BitOperations.PopCount((ulong)size)
            ? range
            : throw new ArgumentException("A compact range has one hash per bit of its size.", nameof(nodes));
    }

    public void Append(in TreeHash leaf) => Append(leaf, height: 0);

    /// <summary>Appends 2^height leaves by the root of their complete subtree.</summary>
    /// <exception cref="ArgumentException">A subtree of that height cannot begin at this size.</exception>
    public void Append(in TreeHash subtree, int height)
    {
        if ((Size & ((1L << height) - 1)) != 0)
        {
            throw new ArgumentException("A complete subtree begins at a multiple of its size.", nameof(height));
        }

        var node = subtree;
        for (var merged = Size >> height; (merged & 1) == 1; merged >>= 1)
        {
            node = Rfc6962.Node(_nodes[^1], node);
            _nodes.RemoveAt(_nodes.Count - 1);
        }

        _nodes.Add(node);
        Size += 1L << height;
    }

    /// <summary>Root of the tree (RFC 6962 §2.1).</summary>
    public TreeHash Root()
    {
        if (_nodes.Count == 0)
        {
            return Rfc6962.Empty;
        }

        var root = _nodes[^1];
        for (var i = _nodes.Count - 2; i >= 0; i--)
        {
            root = Rfc6962.Node(_nodes[i], root);
        }

        return root;
    }
}
