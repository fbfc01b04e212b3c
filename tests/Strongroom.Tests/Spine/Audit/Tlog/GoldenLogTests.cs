using System.Globalization;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Tests.Spine.Audit.Tlog;

/// <summary>The tile log written by transparency-dev/tessera: 15 entries, 16 signed checkpoints.</summary>
public sealed class GoldenLogTests
{
    /// <summary>Public key of that test log (tessera client/client_test.go).</summary>
    internal const string TesseraKey = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

    private static readonly string Example =
        "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    [Fact]
    public void Example_note_of_the_C2SP_text_verifies()
    {
        Assert.True(VerifierKey.TryParse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", out var key, out var reason), reason);
        Assert.True(SignedNote.TryOpen(System.Text.Encoding.UTF8.GetBytes(Example), key, out var note, out reason), reason);
        Assert.Equal("This is an example message.\n", note.Text);
        Assert.Equal(Example, System.Text.Encoding.UTF8.GetString(note.ToBytes()));
    }

    [Fact]
    public async Task Sixteen_tessera_checkpoints_verify_and_tiles_and_bundles_rebuild_their_roots()
    {
        var folder = Repository.Shared("data/tlog/tessera");
        Assert.True(VerifierKey.TryParse(TesseraKey, out var key, out var reason), reason);
        Checkpoint? first = null;
        for (var size = 0; size <= 15; size++)
        {
            var note = await File.ReadAllBytesAsync(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"checkpoint.{size}")));
            Assert.True(Checkpoint.TryOpen(note, key, out var checkpoint, out reason), reason);
            Assert.Equal(size, checkpoint.Size);
            Assert.True(SignedNote.TryParse(note, out var parsed, out reason), reason);
            Assert.Equal(note, parsed.ToBytes());

            var nodes = new TileNodes(size, tile => Tile(folder, tile));
            Assert.Equal(checkpoint.Root, await Proofs.RootAsync(size, nodes.NodeAsync));
            Assert.Equal(checkpoint.Root, (await TileEdge.LoadAsync(size, tile => Tile(folder, tile))).Root());
            await BundleRebuilds(folder, checkpoint);
            if (first is { Size: > 0 })
            {
                var proof = await Proofs.ConsistencyAsync(first.Size, size, nodes.NodeAsync);
                Assert.True(Proofs.VerifyConsistency((ulong)first.Size, (ulong)size, first.Root, checkpoint.Root, proof));
            }

            first = checkpoint;
        }
    }

    private static async Task BundleRebuilds(string folder, Checkpoint checkpoint)
    {
        if (checkpoint.Size == 0)
        {
            return;
        }

        var bundle = await Tile(folder, new TileId(TileId.Entries, 0, (int)checkpoint.Size));
        Assert.True(EntryBundle.TryParse(bundle!, (int)checkpoint.Size, out var entries, out var reason), reason);
        Assert.Equal(bundle, EntryBundle.Write([.. entries.Select(e => e.ToArray())]));
        var range = new CompactRange();
        foreach (var entry in entries)
        {
            range.Append(Rfc6962.Leaf(entry.Span));
        }

        Assert.Equal(checkpoint.Root, range.Root());
    }

    private static async ValueTask<byte[]?> Tile(string folder, TileId tile) => await File.ReadAllBytesAsync(Path.Combine(folder, tile.ToString()));
}
