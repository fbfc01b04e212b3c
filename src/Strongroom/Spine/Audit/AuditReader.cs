using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit.Anchors;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit;

/// <summary>The log for auditors and monitors, read from one snapshot per call.</summary>
internal sealed class AuditReader(
    Database database, AuditOptions options, ISigner signer, ISecretSealer sealer, Sequencer sequencer, AnchorProgress anchors, TimeProvider time,
    HeadRoom? room = null)
    : IAuditReader, IAnchorFeed
{
    private const int LargestPage = 500;

    private readonly VerifierKey _key = new(options.Origin, signer.PublicKey(SigningKey.Log));
    private long _waitingSince = -1;

    /// <summary>The key that verifies this log's checkpoints; what operators pin.</summary>
    public string VerifierKey => _key.ToString();

    public async Task<LogPage> EntriesAsync(LogQuery query, CancellationToken ct = default)
    {
        var size = Math.Clamp(query.Size, 1, LargestPage);
        var rows = await database.ReadAsync(tx => EntrySearchStore.PageAsync(tx, query, size + 1), ct);
        var entries = rows.Take(size).Select(Entry).ToList();
        return new LogPage(entries, rows.Count > size ? new LogCursor(entries[^1].Header.At, entries[^1].Header.Id) : null);
    }

    public async Task<LogEntry?> EntryAsync(EntryId id, CancellationToken ct = default)
    {
        var row = await database.ReadAsync(tx => EntrySearchStore.EntryAsync(tx, id), ct);
        return row is null ? null : Entry(row);
    }

    public Task<InclusionAnswer> InclusionAsync(EntryId id, CancellationToken ct = default) => database.ReadAsync<InclusionAnswer>(async tx =>
    {
        if (await EntrySearchStore.EntryAsync(tx, id) is not { } row)
        {
            return new InclusionAnswer.Unknown();
        }

        if (await PublishedAsync(tx) is not var (checkpoint, note) || row.Idx is not { } index || index >= checkpoint.Size)
        {
            return new InclusionAnswer.Pending();
        }

        var nodes = new TileNodes(checkpoint.Size, async tile => await LogStore.TileAsync(tx, tile));
        var proof = await Proofs.InclusionAsync(index, checkpoint.Size, nodes.NodeAsync);
        return new InclusionAnswer.Proven(index, Rfc6962.Leaf(row.Body), proof, checkpoint, note);
    }, ct);

    public Task<IReadOnlyList<TreeHash>?> ConsistencyAsync(long first, long second, CancellationToken ct = default) =>
        database.ReadAsync<IReadOnlyList<TreeHash>?>(async tx =>
        {
            if (first < 1 || first > second || await PublishedAsync(tx) is not var (checkpoint, _) || second > checkpoint.Size)
            {
                return null;
            }

            var nodes = new TileNodes(checkpoint.Size, async tile => await LogStore.TileAsync(tx, tile));
            return await Proofs.ConsistencyAsync(first, second, nodes.NodeAsync);
        }, ct);

    public Task<byte[]?> CheckpointAsync(CancellationToken ct = default) =>
        database.ReadAsync(async tx => (await LogStore.PublishedAsync(tx))?.Note, ct);

    public Task<byte[]?> TileAsync(TileId tile, CancellationToken ct = default) => database.ReadAsync(async tx =>
    {
        var published = (await LogStore.PublishedAsync(tx))?.Size ?? 0;
        return tile.Width >= 1 && tile.Width <= TileId.WidthAt(tile.Level, tile.Index, published) ? await LogStore.TileAsync(tx, tile) : null;
    }, ct);

    public async Task<IReadOnlyList<(Checkpoint Checkpoint, byte[] Note)>> CheckpointsAfterAsync(long size, CancellationToken ct)
    {
        const int Most = 100;
        var rows = await database.ReadAsync(tx => LogStore.CheckpointsAfterAsync(tx, size, Most), ct);
        return [.. rows.Select(row => (Open(row), row.Note!))];
    }

    public async Task<LogHealth> HealthAsync(CancellationToken ct = default)
    {
        var (published, pending) = await database.ReadAsync(async tx =>
            ((await LogStore.PublishedAsync(tx))?.Size ?? 0, await LogStore.PendingAsync(tx)), ct);
        if (pending == 0)
        {
            Interlocked.Exchange(ref _waitingSince, -1);
        }
        else
        {
            Interlocked.CompareExchange(ref _waitingSince, time.NowMs(), -1);
        }

        var since = Interlocked.Read(ref _waitingSince);
        return new LogHealth(published, pending, since < 0 ? null : since, sequencer.Alarm, anchors.Health(published), room?.IsKept ?? true);
    }

    private async Task<(Checkpoint Checkpoint, byte[] Note)?> PublishedAsync(Tx tx) =>
        await LogStore.PublishedAsync(tx) is { } row ? (Open(row), row.Note!) : null;

    // The stored note is opened like any other input: a proof under an altered checkpoint would be worth nothing.
    private Checkpoint Open(CheckpointRow row) =>
        Checkpoint.TryOpen(row.Note, _key, out var checkpoint, out _) && checkpoint.Size == row.Size ? checkpoint : throw LogAlarms.Fork(row.Size);

    private LogEntry Entry(EntryRow row)
    {
        var id = EntryId.From(row.Id);
        if (!LogHeader.TryParse(row.Body, out var header) || header.Id != id)
        {
            throw LogAlarms.Chain(id);
        }

        if (header.DetailsHash is null)
        {
            return new LogEntry(header, row.Body, row.Idx, null, DetailsState.None);
        }

        if (row.Details is null)
        {
            return new LogEntry(header, row.Body, row.Idx, null, DetailsState.Erased);
        }

        var salted = sealer.Open(EntryDetails.Use(id), row.Details);
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(salted), header.DetailsHash)
            ? new LogEntry(header, row.Body, row.Idx, EntryDetails.Parse(salted), DetailsState.Kept)
            : throw LogAlarms.Chain(id);
    }
}
