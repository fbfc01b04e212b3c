using System.Globalization;
using System.Text;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit.Anchors;

/// <summary>
/// A folder in the static tlog-tiles layout (mounted from elsewhere): <c>checkpoint</c>, <c>tile/…</c>, and every signed checkpoint under
/// <c>checkpoints/&lt;size&gt;</c>. Files are written whole and never changed; the newest checkpoint goes last. The file <c>anchor</c> marks
/// the folder as this log's: it is written for a new log only, and without it the folder counts as not mounted.
/// </summary>
internal sealed class FolderAnchor(string name, string folder, VerifierKey key) : IAnchor
{
    public const string CheckpointFile = "checkpoint";
    public const string CheckpointsFolder = "checkpoints";
    public const string MarkerFile = "anchor";

    public string Name => name;

    /// <summary>Anchor's name and log's verifier key. Who adds an anchor to a log that has entries writes this file himself.</summary>
    public string Marker => $"strongroom-anchor/1\n{name}\n{key}\n";

    public async Task SetUpAsync(CancellationToken ct = default)
    {
        // A checkpoint without its marker is nothing new; whoever looks at the folder next says that it is unavailable.
        if (!File.Exists(Path.Combine(folder, MarkerFile)) && !File.Exists(Path.Combine(folder, CheckpointFile)))
        {
            await ReplaceAsync(MarkerFile, Encoding.UTF8.GetBytes(Marker), ct);
        }
    }

    public async Task<Checkpoint?> NewestAsync(CancellationToken ct = default)
    {
        await CheckMarkerAsync(ct);
        var path = Path.Combine(folder, CheckpointFile);
        if (!File.Exists(path))
        {
            return null;
        }

        var note = await File.ReadAllBytesAsync(path, ct);
        return Checkpoint.TryOpen(note, key, out var checkpoint, out _) ? checkpoint : throw LogAlarms.Tree($"anchor {name}");
    }

    public async Task<long> ShipAsync(IAnchorFeed feed, CancellationToken ct = default)
    {
        var held = await NewestAsync(ct);
        await CheckHeldAsync(held, feed, ct);
        var size = held?.Size ?? 0;
        while (await feed.CheckpointsAfterAsync(size, ct) is { Count: > 0 } newer)
        {
            var (newest, note) = newer[^1];
            await WriteTilesAsync(feed, size, newest.Size, ct);
            foreach (var (checkpoint, signed) in newer)
            {
                await WriteOnceAsync(Kept(checkpoint.Size), signed, ct);
            }

            await ReplaceAsync(CheckpointFile, note, ct);
            size = newest.Size;
        }

        return size;
    }

    private async Task CheckMarkerAsync(CancellationToken ct)
    {
        var path = Path.Combine(folder, MarkerFile);
        if (!File.Exists(path) || await File.ReadAllTextAsync(path, ct) != Marker)
        {
            throw new AnchorUnavailableException($"Anchor {name}: its folder is not mounted, or it is not this anchor's; the file '{MarkerFile}' must hold:\n{Marker}");
        }
    }

    /// <summary>What the anchor holds must be a prefix of what it is fed with; else one of the two was rewritten.</summary>
    private async Task CheckHeldAsync(Checkpoint? held, IAnchorFeed feed, CancellationToken ct)
    {
        if (held is null || held.Size == 0)
        {
            return;
        }

        try
        {
            var nodes = new TileNodes(held.Size, async tile => await feed.TileAsync(tile, ct));
            if (await Proofs.RootAsync(held.Size, nodes.NodeAsync) != held.Root)
            {
                throw LogAlarms.Fork(held.Size);
            }
        }
        catch (TileMissingException)
        {
            throw LogAlarms.BehindAnchor(name);
        }
    }

    private async Task WriteTilesAsync(IAnchorFeed feed, long from, long to, CancellationToken ct)
    {
        for (var (level, shift) = (TileId.Entries, 0); shift < 63 && to >> shift > 0; level++)
        {
            shift = TileId.HeightBits * Math.Max(level, 0);
            var first = (from >> shift) / TileId.FullWidth;
            for (var index = first; TileId.WidthAt(level, index, to) is > 0 and var width; index++)
            {
                var tile = new TileId(level, index, width);
                var bytes = await feed.TileAsync(tile, ct) ?? throw new TileMissingException(tile);
                await WriteOnceAsync(tile.ToString(), bytes, ct);
            }
        }
    }

    /// <summary>Writes a file that must never change. One that is there already must be the same.</summary>
    private async Task WriteOnceAsync(string relative, byte[] bytes, CancellationToken ct)
    {
        var path = Path.Combine(folder, relative);
        if (File.Exists(path))
        {
            if (!(await File.ReadAllBytesAsync(path, ct)).AsSpan().SequenceEqual(bytes))
            {
                throw LogAlarms.Tree($"anchor {name} {relative}");
            }

            return;
        }

        await ReplaceAsync(relative, bytes, ct);
    }

    private async Task ReplaceAsync(string relative, byte[] bytes, CancellationToken ct)
    {
        var path = Path.Combine(folder, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".new";
        await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await file.WriteAsync(bytes, ct);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static string Kept(long size) => Path.Combine(CheckpointsFolder, size.ToString(CultureInfo.InvariantCulture));
}
