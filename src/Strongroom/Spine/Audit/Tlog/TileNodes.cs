namespace Strongroom.Spine.Audit.Tlog;

/// <summary>Yields the bytes of one tile: <see cref="TileId.Width"/> × 32, or null when it is not there.</summary>
internal delegate ValueTask<byte[]?> TileReader(TileId tile);

/// <summary>A tile is missing or has the wrong length: the store is damaged or the asked size was never published.</summary>
internal sealed class TileMissingException(TileId tile) : Exception($"The log tile {tile} is missing or damaged.")
{
    public TileId Tile { get; } = tile;
}

/// <summary>Reads any complete node of a tree of <paramref name="size"/> leaves out of its tiles, each read at most once.</summary>
internal sealed class TileNodes(long size, TileReader read)
{
    private readonly Dictionary<(int Level, long Index), TreeHash[]> _tiles = [];

    /// <exception cref="TileMissingException">A needed tile is missing or has the wrong length.</exception>
    public async ValueTask<TreeHash> NodeAsync(int height, long index)
    {
        var level = height / TileId.HeightBits;
        var within = height % TileId.HeightBits;
        var first = index << within;
        var hashes = await TileAsync(level, first / TileId.FullWidth);
        var offset = (int)(first % TileId.FullWidth);
        return Rfc6962.Root(hashes.AsSpan(offset, 1 << within));
    }

    private async ValueTask<TreeHash[]> TileAsync(int level, long index)
    {
        if (!_tiles.TryGetValue((level, index), out var hashes))
        {
            var tile = new TileId(level, index, TileId.WidthAt(level, index, size));
            hashes = Tiles.TryParse(await read(tile), tile.Width, out var parsed) ? parsed : throw new TileMissingException(tile);
            _tiles.Add((level, index), hashes);
        }

        return hashes;
    }
}

/// <summary>Bytes of a hash tile.</summary>
internal static class Tiles
{
    public static byte[] Write(ReadOnlySpan<TreeHash> hashes)
    {
        var bytes = new byte[hashes.Length * TreeHash.Size];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i].CopyTo(bytes.AsSpan(i * TreeHash.Size));
        }

        return bytes;
    }

    public static bool TryParse(byte[]? bytes, int width, out TreeHash[] hashes)
    {
        hashes = [];
        if (bytes is null || width is < 1 or > TileId.FullWidth || bytes.Length != width * TreeHash.Size)
        {
            return false;
        }

        hashes = new TreeHash[width];
        for (var i = 0; i < width; i++)
        {
            hashes[i] = TreeHash.From(bytes.AsSpan(i * TreeHash.Size, TreeHash.Size));
        }

        return true;
    }
}
