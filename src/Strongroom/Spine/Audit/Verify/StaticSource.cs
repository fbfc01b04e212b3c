using System.Globalization;
using System.Runtime.CompilerServices;
using Strongroom.Spine.Audit.Anchors;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit.Verify;

/// <summary>A log in the static tlog-tiles layout, behind any way of fetching a path.</summary>
internal abstract class StaticSource : ILogSource
{
    public bool ManyAtOnce => true;

    /// <summary>Bytes of a path such as <c>checkpoint</c> or <c>tile/0/000</c>; null when it is not there.</summary>
    protected abstract Task<byte[]?> GetAsync(string path, CancellationToken ct);

    public Task<byte[]?> CheckpointAsync(CancellationToken ct) => GetAsync(FolderAnchor.CheckpointFile, ct);

    public virtual async IAsyncEnumerable<(long Size, byte[] Note)> CheckpointsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        yield break;
    }

    public async Task<IReadOnlyList<SourceEntry>> EntriesAsync(long first, int count, CancellationToken ct)
    {
        var bundle = new TileId(TileId.Entries, first / TileId.FullWidth, count);
        if (await GetAsync(bundle.ToString(), ct) is not { } bytes)
        {
            return [];
        }

        // A damaged bundle still yields the entries before the damage, so that the first bad one can be named.
        var sound = EntryBundle.TryParse(bytes, count, out var bodies, out var reason);
        var entries = new SourceEntry[Math.Min(bodies.Count, count)];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = new SourceEntry(first + i, null, bodies[i], sound || i < entries.Length - 1 ? null : reason);
        }

        return entries;
    }

    public Task<byte[]?> TileAsync(TileId tile, CancellationToken ct) => GetAsync(tile.ToString(), ct);

    public Task<VerifyResult.Broken?> OutsideAsync(CancellationToken ct) => Task.FromResult<VerifyResult.Broken?>(null);
}

/// <summary>An anchor's folder, or any other copy of the static layout.</summary>
internal sealed class FolderSource(string folder) : StaticSource
{
    public override async IAsyncEnumerable<(long Size, byte[] Note)> CheckpointsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var kept = Path.Combine(folder, FolderAnchor.CheckpointsFolder);
        var sizes = !Directory.Exists(kept) ? [] : Directory.EnumerateFiles(kept).Select(Path.GetFileName)
            .Select(name => long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : -1)
            .Where(size => size >= 0).Order().ToArray();
        foreach (var size in sizes)
        {
            yield return (size, await File.ReadAllBytesAsync(Path.Combine(kept, size.ToString(CultureInfo.InvariantCulture)), ct));
        }
    }

    // The verifier's workers wait for files themselves: handing each read to another thread costs as much as the read.
    protected override Task<byte[]?> GetAsync(string path, CancellationToken ct)
    {
        var file = Path.Combine(folder, path);
        return Task.FromResult(File.Exists(file) ? File.ReadAllBytes(file) : null);
    }
}

/// <summary>The tlog routes of a server; the client carries base address (ending in a slash), authentication and limits.</summary>
internal sealed class HttpSource(HttpClient client) : StaticSource
{
    protected override async Task<byte[]?> GetAsync(string path, CancellationToken ct)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), ct);
        if (answer.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }

        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsByteArrayAsync(ct);
    }
}
