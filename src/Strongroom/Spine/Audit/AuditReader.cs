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
        if (query.Reason is { } reason)
        {
            return await WithReasonAsync(query, reason, size, ct);
        }

        var rows = await database.ReadAsync(tx => EntrySearchStore.PageAsync(tx, query, size + 1), ct);
        var entries = rows.Take(size).Select(Entry).ToList();
        return new LogPage(entries, rows.Count > size ? new LogCursor(entries[^1].Header.At, entries[^1].Header.Id) : null);
    }

    // Reasons are no column: a search by one walks back through a bounded number of leaves and says where it stopped.
    private async Task<LogPage> WithReasonAsync(LogQuery query, string reason, int size, CancellationToken ct)
    {
        var found = new List<LogEntry>();
        for (var looked = 0; looked < LogQuery.MostLookedThrough; looked += LargestPage)
        {
            var page = await EntriesAsync(query with { Reason = null, Size = LargestPage }, ct);
            foreach (var entry in page.Entries.Where(entry => entry.Header.Fact.Reasons.Contains(reason, StringComparer.Ordinal)))
            {
                found.Add(entry);
                if (found.Count == size)
                {
                    return new LogPage(found, new LogCursor(entry.Header.At, entry.Header.Id));
                }
            }

            if (page.Next is null)
            {
                return new LogPage(found, null);
            }

            query = query with { After = page.Next };
        }

        return new LogPage(found, query.After);
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

    public Task<EvidenceAnswer> EvidenceAsync(IReadOnlyList<EntryId> ids, IReadOnlyList<long> indices, CancellationToken ct = default) =>
        database.ReadAsync<EvidenceAnswer>(async tx =>
        {
            if (await PublishedAsync(tx) is not var (checkpoint, note))
            {
                return new EvidenceAnswer.Pending();
            }

            var nodes = new TileNodes(checkpoint.Size, async tile => await LogStore.TileAsync(tx, tile));
            var rows = new List<EntryRow?>(ids.Count + indices.Count);
            foreach (var id in ids)
            {
                rows.Add(await EntrySearchStore.EntryAsync(tx, id));
            }

            foreach (var index in indices)
            {
                rows.Add(await EntrySearchStore.EntryAtAsync(tx, index));
            }

            var proven = new List<(LogEntry, IReadOnlyList<TreeHash>)>(rows.Count);
            foreach (var row in rows)
            {
                if (row is null)
                {
                    return new EvidenceAnswer.Unknown();
                }

                if (row.Idx is not { } index || index >= checkpoint.Size)
                {
                    return new EvidenceAnswer.Pending();
                }

                proven.Add((Entry(row), await Proofs.InclusionAsync(index, checkpoint.Size, nodes.NodeAsync)));
            }

            return new EvidenceAnswer.Proven(proven, note);
        }, ct);

    public async Task<IReadOnlyList<(Checkpoint Checkpoint, long At, byte[] Note)>> CheckpointsBelowAsync(long size, int most, CancellationToken ct = default)
    {
        var rows = await database.ReadAsync(tx => LogStore.CheckpointsBelowAsync(tx, size, most), ct);
        return [.. rows.Select(row => (Open(new CheckpointRow(row.Size, row.Root, row.Note)), row.At, row.Note))];
    }

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
