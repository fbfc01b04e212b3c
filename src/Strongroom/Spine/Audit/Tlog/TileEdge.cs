namespace Strongroom.Spine.Audit.Tlog;

/// <summary>
/// The growing right edge of a tile log: the partial tile of every level. Appending needs nothing else, and the tiles it
/// touched can be taken after each batch.
/// </summary>
internal sealed class TileEdge
{
    private readonly List<List<TreeHash>> _levels = [];
    private readonly Dictionary<(int Level, long Index), TreeHash[]> _full = [];
    private readonly HashSet<int> _grown = [];

    public long Size { get; private set; }

    /// <summary>Loads the edge of a tree of <paramref name="size"/> leaves.</summary>
    /// <exception cref="TileMissingException">A partial tile of that size is missing or has the wrong length.</exception>
    public static async ValueTask<TileEdge> LoadAsync(long size, TileReader read)
    {
        var edge = new TileEdge { Size = size };
        for (var (level, nodes) = (0, size); nodes > 0; level++, nodes >>= TileId.HeightBits)
        {
            var width = (int)(nodes % TileId.FullWidth);
            var tile = new TileId(level, nodes / TileId.FullWidth, width);
            TreeHash[] hashes = [];
            if (width > 0 && !Tiles.TryParse(await read(tile), width, out hashes))
            {
                throw new TileMissingException(tile);
            }

            edge._levels.Add([.. hashes]);
        }

        return edge;
    }

    public void Append(in TreeHash leaf)
    {
        Add(0, Size, leaf);
        Size++;
    }

    public TreeHash Root()
    {
        // Every hash at level l is a complete subtree of 256^l leaves, so each level's edge folds into the part right of it.
        TreeHash? root = null;
        foreach (var edge in _levels)
        {
            var range = new CompactRange();
            edge.ForEach(hash => range.Append(hash));
            for (var i = range.Nodes.Count - 1; i >= 0; i--)
            {
                root = root is { } right ? Rfc6962.Node(range.Nodes[i], right) : range.Nodes[i];
            }
        }

        return root ?? Rfc6962.Empty;
    }

    /// <summary>The tiles that changed since the last call, full ones included, each in its final width.</summary>
    public IReadOnlyList<(TileId Tile, byte[] Bytes)> TakeChanged()
    {
        var changed = _full.Select(f => (new TileId(f.Key.Level, f.Key.Index, TileId.FullWidth), Tiles.Write(f.Value))).ToList();
        changed.AddRange(Partials().Where(partial => _grown.Contains(partial.Tile.Level)));
        _full.Clear();
        _grown.Clear();
        return changed;
    }

    /// <summary>The partial tile of every level that has one.</summary>
    public IEnumerable<(TileId Tile, byte[] Bytes)> Partials() =>
        from level in Enumerable.Range(0, _levels.Count)
        where _levels[level].Count > 0
        let index = (Size >> (TileId.HeightBits * level)) / TileId.FullWidth
        select (new TileId(level, index, _levels[level].Count), Tiles.Write(_levels[level].ToArray()));

    private void Add(int level, long position, in TreeHash hash)
    {
        if (level == _levels.Count)
        {
            _levels.Add([]);
        }

        var edge = _levels[level];
        edge.Add(hash);
        _grown.Add(level);
        if (edge.Count == TileId.FullWidth)
        {
            var tile = edge.ToArray();
            edge.Clear();
            _full.Add((level, position / TileId.FullWidth), tile);
            Add(level + 1, position / TileId.FullWidth, Rfc6962.Root(tile));
        }
    }
}
