using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Tests.Spine.Audit.Tlog;

public sealed class TreeTests
{
    [Fact]
    public void Roots_follow_the_recursion_of_RFC_6962()
    {
        var leaves = Leaves(600);
        var range = new CompactRange();
        var edge = new TileEdge();
        for (var n = 0; n <= leaves.Length; n++)
        {
            var expected = Naive(leaves.AsSpan(0, n));
            Assert.Equal(expected, range.Root());
            Assert.Equal(expected, edge.Root());
            Assert.Equal(expected, CompactRange.Of(n, range.Nodes).Root());
            if (n < leaves.Length)
            {
                range.Append(leaves[n]);
                edge.Append(leaves[n]);
            }
        }
    }

    [Fact]
    public void Known_hashes()
    {
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Rfc6962.Empty.ToString());
        Assert.Equal("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", Rfc6962.Leaf([]).ToString());
        Assert.Equal(Rfc6962.Leaf(new byte[5000]), TreeHash.From(System.Security.Cryptography.SHA256.HashData(new byte[5001])));
    }

    /// <summary>Sizes around tile borders and random ones, grown in random steps, tiles kept as an anchor keeps them.</summary>
    [Fact]
    public void Proofs_from_tiles_verify_and_nothing_else_does() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll(
        Gen.Frequency((4, Gen.Choose(1, 1_100)), (1, Gen.Choose(60_000, 70_000))).Two().ToArbitrary(),
        pair => Task.Run(() => ProofsHoldAsync(Math.Min(pair.Item1, pair.Item2), Math.Max(pair.Item1, pair.Item2))).GetAwaiter().GetResult()));

    [Theory]
    [InlineData(0, 0, 256, "tile/0/000")]
    [InlineData(0, 1234067, 256, "tile/0/x001/x234/067")]
    [InlineData(2, 0, 1, "tile/2/000.p/1")]
    [InlineData(63, 5, 255, "tile/63/005.p/255")]
    [InlineData(TileId.Entries, 1000, 15, "tile/entries/x001/000.p/15")]
    public void Paths_of_tiles(int level, long index, int width, string path)
    {
        var tile = new TileId(level, index, width);
        Assert.Equal(path, tile.ToString());
        Assert.True(TileId.TryParse(path, out var read));
        Assert.Equal(tile, read);
    }

    [Theory]
    [InlineData("tile/0/0")]
    [InlineData("tile/00/000")]
    [InlineData("tile/64/000")]
    [InlineData("tile/0/x000/001")]
    [InlineData("tile/0/001/001")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p/")]
    [InlineData("tile/0/../000")]
    [InlineData("tile/0/+01")]
    [InlineData("tile/0/x001")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/entries/")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("tile/0/000.p/5/000")]
    [InlineData("/tile/0/000")]
    [InlineData("tile//000")]
    [InlineData("")]
    [InlineData(null)]
    public void Other_spellings_are_no_tiles(string? path) => Assert.False(TileId.TryParse(path, out _));

    [Fact]
    public void Example_widths_of_the_C2SP_text()
    {
        Assert.Equal(TileId.FullWidth, TileId.WidthAt(0, 272, 70_000));
        Assert.Equal(112, TileId.WidthAt(0, 273, 70_000));
        Assert.Equal(256, TileId.WidthAt(1, 0, 70_000));
        Assert.Equal(17, TileId.WidthAt(1, 1, 70_000));
        Assert.Equal(1, TileId.WidthAt(2, 0, 70_000));
        Assert.Equal(0, TileId.WidthAt(2, 1, 70_000));
        Assert.Equal(1, TileId.WidthAt(1, 0, 256));
        Assert.Equal(0, TileId.WidthAt(0, 1, 256));
    }

    internal static TreeHash[] Leaves(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Rfc6962.Leaf(System.Text.Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture))))];

    private static async Task<bool> ProofsHoldAsync(int first, int second)
    {
        var leaves = Leaves(second);
        var tiles = new Dictionary<TileId, byte[]>();
        var edge = new TileEdge();
        for (var i = 0; i < second; i++)
        {
            edge.Append(leaves[i]);
            if (i + 1 == first || i + 1 == second)
            {
                edge.TakeChanged().ToList().ForEach(t => tiles[t.Tile] = t.Bytes);
            }

            if (i + 1 == first)
            {
                // A node that restarts continues from the stored edge.
                edge = await TileEdge.LoadAsync(first, tile => ValueTask.FromResult(tiles.GetValueOrDefault(tile)));
            }
        }

        var nodes = new TileNodes(second, tile => ValueTask.FromResult(tiles.GetValueOrDefault(tile)));
        var older = Naive(leaves.AsSpan(0, first));
        var root = Naive(leaves);
        var consistency = await Proofs.ConsistencyAsync(first, second, nodes.NodeAsync);
        var holds = edge.Root() == root && await Proofs.RootAsync(second, nodes.NodeAsync) == root
            && Proofs.VerifyConsistency((ulong)first, (ulong)second, older, root, consistency)
            && !Proofs.VerifyConsistency((ulong)first, (ulong)second, Rfc6962.Leaf([1]), root, consistency)
            && (first == second || !Proofs.VerifyConsistency((ulong)first, (ulong)second, older, Rfc6962.Leaf([1]), consistency));
        foreach (var index in new[] { 0, first - 1, second / 2, second - 1 })
        {
            var proof = await Proofs.InclusionAsync(index, second, nodes.NodeAsync);
            holds &= Proofs.VerifyInclusion((ulong)index, (ulong)second, leaves[index], proof, root)
                && !Proofs.VerifyInclusion((ulong)index, (ulong)second, Rfc6962.Leaf([1]), proof, root)
                && !Proofs.VerifyInclusion((ulong)index, (ulong)second, leaves[index], [.. proof, root], root)
                && (second == 1 || !Proofs.VerifyInclusion((ulong)((index + 1) % second), (ulong)second, leaves[index], proof, root));
        }

        return holds;
    }

    /// <summary>RFC 6962 §2.1, word for word.</summary>
    private static TreeHash Naive(ReadOnlySpan<TreeHash> leaves)
    {
        if (leaves.Length < 2)
        {
            return leaves.Length == 0 ? Rfc6962.Empty : leaves[0];
        }

        var k = 1;
        while (k * 2 < leaves.Length)
        {
            k *= 2;
        }

        return Rfc6962.Node(Naive(leaves[..k]), Naive(leaves[k..]));
    }
}
