using System.Security.Cryptography;
using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit.Anchors;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit;

/// <summary>The log for auditors and monitors, read from one snapshot per call.</summary>
internal sealed class AuditReader(
    Database database, AuditOptions options, ISigner signer, ISecretSealer sealer, Sequencer sequencer, AnchorProgress anchors, TimeProvider time)
    : IAuditReader, IAnchorFeed
{
    private const int LargestPage = 500;
    private const string EntryColumns = """
        e.id, e.body, e.details, (
          SELECT r.first_index + e.seq - r.first_seq FROM log_range r
          WHERE r.chain = e.chain AND r.first_seq <= e.seq AND r.first_seq + r.n > e.seq
          ORDER BY r.first_seq DESC LIMIT 1) AS idx
        """;

    private readonly VerifierKey _key = new(options.Origin, signer.PublicKey(SigningKey.Log));
    private long _waitingSince = -1;

    /// <summary>The key that verifies this log's checkpoints; what operators pin.</summary>
    public string VerifierKey => _key.ToString();

    public async Task<LogPage> EntriesAsync(LogQuery query, CancellationToken ct = default)
    {
        var size = Math.Clamp(query.Size, 1, LargestPage);
        var rows = await database.ReadAsync(tx => tx.QueryAsync<EntryRow>($"""
            SELECT {EntryColumns} FROM log_entry e{Where(query)} ORDER BY e.at DESC, e.id DESC LIMIT @most
            """, Arguments(query, size + 1)), ct);
        var entries = rows.Take(size).Select(Entry).ToList();
        return new LogPage(entries, rows.Count > size ? new LogCursor(entries[^1].Header.At, entries[^1].Header.Id) : null);
    }

    public async Task<LogEntry?> EntryAsync(EntryId id, CancellationToken ct = default)
    {
        var row = await database.ReadAsync(tx => EntryRowAsync(tx, id), ct);
        return row is null ? null : Entry(row);
    }

    public Task<InclusionAnswer> InclusionAsync(EntryId id, CancellationToken ct = default) => database.ReadAsync<InclusionAnswer>(async tx =>
    {
        if (await EntryRowAsync(tx, id) is not { } row)
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
        return new LogHealth(published, pending, since < 0 ? null : since, sequencer.Alarm, anchors.Health(published));
    }

    private static Task<EntryRow?> EntryRowAsync(Tx tx, EntryId id) =>
        tx.QueryOneAsync<EntryRow>($"SELECT {EntryColumns} FROM log_entry e WHERE e.id = @id", new { id = id.Bytes });

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

    private static string Where(LogQuery query)
    {
        var where = new StringBuilder();
        void And(bool asked, string condition)
        {
            if (asked)
            {
                where.Append(where.Length == 0 ? " WHERE " : " AND ").Append(condition);
            }
        }

        And(query.Act is not null, "e.act = @act");
        And(query.Actor is not null, "e.actor_kind = @kind");
        And(query.Actor?.Id is not null, "e.actor = @actor");
        And(query.Customer is not null, "e.customer = @customer");
        And(query.Purpose is not null, "e.purpose = @purpose");
        And(query.Decision is not null, "e.decision = @decision");
        And(query.From is not null, "e.at >= @from");
        And(query.Until is not null, "e.at < @until");
        And(query.After is not null, "(e.at, e.id) < (@afterAt, @afterId)");
        return where.ToString();
    }

    private static object Arguments(LogQuery query, int most) => new
    {
        act = query.Act?.Value,
        kind = query.Actor is { } who ? Kebab.Of(who.Kind) : null,
        actor = query.Actor?.Id is { } actor ? Id.Bytes(actor) : null,
        customer = query.Customer?.Bytes,
        purpose = query.Purpose?.Value,
        decision = query.Decision is { } decision ? Kebab.Of(decision) : null,
        from = query.From,
        until = query.Until,
        afterAt = query.After?.At,
        afterId = query.After?.Id.Bytes,
        most,
    };

    // Set by member, not by constructor: SQLite cannot tell a computed column's type before it has seen a value.
    private sealed record EntryRow
    {
        public byte[] Id { get; init; } = [];

        public byte[] Body { get; init; } = [];

        public byte[]? Details { get; init; }

        public long? Idx { get; init; }
    }
}
