using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit.Anchors;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit;

/// <summary>What one step of the sequencer did.</summary>
internal enum SequencerStep
{
    /// <summary>Another node holds the lease.</summary>
    Standby,

    /// <summary>Nothing to merge.</summary>
    Idle,

    /// <summary>Merged, signed and published.</summary>
    Published,

    /// <summary>Stopped by an alarm.</summary>
    Stopped,
}

/// <summary>Where a crash is tried in tests.</summary>
internal enum SequencerPoint
{
    Planned,
    Committed,
    Signed,
}

/// <summary>
/// Merges the nodes' chains into the one tree. One node at a time, by lease; what protects against a holder that does not know it lost the
/// lease is the compare-and-set on (token, size, root). Only a tree that was committed is signed, and only one can be committed per size,
/// so two inconsistent checkpoints never exist.
/// </summary>
internal sealed class Sequencer(
    Database database, AuditOptions options, LogChains chains, ISigner signer, IReadOnlyList<IAnchor> anchors, TimeProvider time) : IDisposable
{
    private const string LeaseName = "log-sequencer";

    private readonly Leases _leases = new(database, time);
    private readonly string _holder = Id.Format(EntryId.New().Value);
    private readonly VerifierKey _key = new(options.Origin, signer.PublicKey(SigningKey.Log));
    private readonly SemaphoreSlim _one = new(1);
    private Lease? _lease;
    private long _renewedAt;
    private TileEdge? _edge;
    private Checkpoint? _lastSigned;

    /// <summary>Why it stopped; only a restart, after a person has looked, starts it again.</summary>
    public LogAlarm? Alarm { get; private set; }

    /// <summary>Whether this node held the lease at its last step.</summary>
    public bool IsHolder => _lease is not null;

    /// <summary>Fault seam of the tests: throws to crash at a point.</summary>
    internal Action<SequencerPoint> At { get; set; } = _ => { };

    /// <summary>One step: take or keep the lease, merge, sign, publish. Safe to call at any time.</summary>
    public async Task<SequencerStep> StepAsync(CancellationToken ct = default)
    {
        await _one.WaitAsync(ct);
        try
        {
            if ((Alarm ??= chains.Alarm) is not null)
            {
                return SequencerStep.Stopped;
            }

            return await HoldLeaseAsync(ct) ? await MergeAsync(ct) : SequencerStep.Standby;
        }
        catch (LogAlarmException e)
        {
            Alarm = e.Alarm;
            return SequencerStep.Stopped;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Gives the lease back, so that another node continues at once.</summary>
    public async Task ReleaseAsync()
    {
        if (_lease is { } lease)
        {
            _lease = null;
            await _leases.ReleaseAsync(lease);
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<bool> HoldLeaseAsync(CancellationToken ct)
    {
        var now = time.NowMs();
        if (_lease is { } lease)
        {
            if (now - _renewedAt < options.Lease.TotalMilliseconds / 3 || await _leases.RenewAsync(lease, options.Lease, ct))
            {
                _renewedAt = now - _renewedAt < options.Lease.TotalMilliseconds / 3 ? _renewedAt : now;
                return true;
            }

            (_lease, _edge) = (null, null);
        }

        _lease = await _leases.TryTakeAsync(LeaseName, _holder, options.Lease, ct);
        (_edge, _renewedAt) = (null, now);
        return _lease is not null;
    }

    private async Task<SequencerStep> MergeAsync(CancellationToken ct)
    {
        var edge = _edge;

        // Whatever fails from here on, memory may be ahead of the database; the next step loads and checks anew.
        _edge = null;
        if (edge is null)
        {
            edge = await LoadAsync(ct);
            await PublishAsync(new Checkpoint(options.Origin, edge.Size, edge.Root()), ct);
        }

        var from = new Checkpoint(options.Origin, edge.Size, edge.Root());
        var known = chains.Known();
        var plan = await database.ReadAsync(tx => MergePlan.ReadAsync(tx, edge.Size, options.LargestMerge, chains, known), ct);
        if (plan.Leaves.Count == 0)
        {
            _edge = edge;
            return SequencerStep.Idle;
        }

        At(SequencerPoint.Planned);
        foreach (var leaf in plan.Leaves)
        {
            edge.Append(leaf);
        }

        var to = new Checkpoint(options.Origin, edge.Size, edge.Root());
        var tiles = edge.TakeChanged();
        var lease = _lease!;
        var extended = await database.WriteAsync(async tx =>
            await lease.HoldsAsync(tx) && await LogStore.ExtendAsync(tx, lease.Token, from, to, plan.Ranges, tiles, time.NowMs()), ct);
        if (!extended)
        {
            _lease = null;
            return SequencerStep.Standby;
        }

        At(SequencerPoint.Committed);
        await PublishAsync(to, ct);
        _edge = edge;
        return SequencerStep.Published;
    }

    /// <summary>Signs a committed tree, once; Ed25519 is deterministic, so a repetition after a crash gives the same note.</summary>
    private async Task PublishAsync(Checkpoint checkpoint, CancellationToken ct)
    {
        var row = await database.ReadAsync(tx => LogStore.CheckpointAsync(tx, checkpoint.Size), ct);
        if (row is null || row.Note is not null)
        {
            return;
        }

        if (!row.Root.AsSpan().SequenceEqual(checkpoint.Root.ToArray()) || _lastSigned?.Size > checkpoint.Size)
        {
            throw LogAlarms.Fork(checkpoint.Size);
        }

        var note = checkpoint.Sign(_key, text => signer.Sign(SigningKey.Log, text));
        _lastSigned = checkpoint;
        At(SequencerPoint.Signed);
        await database.WriteAsync(tx => LogStore.PublishAsync(tx, checkpoint, note), ct);
    }

    /// <summary>Loads the tree's edge and checks it against everything that was ever signed and can be reached from here.</summary>
    private async Task<TileEdge> LoadAsync(CancellationToken ct)
    {
        var anchored = new List<(string Name, Checkpoint Newest)>();
        var isNew = (await database.ReadAsync(LogStore.HeadAsync, ct)).Size == 0;
        foreach (var anchor in anchors)
        {
            if (isNew)
            {
                await anchor.SetUpAsync(ct);
            }

            if (await anchor.NewestAsync(ct) is { } newest)
            {
                anchored.Add((anchor.Name, newest));
            }
        }

        return await database.ReadAsync(async tx =>
        {
            var head = await LogStore.HeadAsync(tx);
            try
            {
                var edge = await TileEdge.LoadAsync(head.Size, async tile => await LogStore.TileAsync(tx, tile));
                if (!edge.Root().ToArray().AsSpan().SequenceEqual(head.Root))
                {
                    throw LogAlarms.Tree("head");
                }

                var signed = await SignedAsync(tx);
                foreach (var (name, newest) in anchored.Where(a => a.Newest.Size > head.Size))
                {
                    throw LogAlarms.BehindAnchor(name);
                }

                var nodes = new TileNodes(head.Size, async tile => await LogStore.TileAsync(tx, tile));
                foreach (var known in anchored.Select(a => a.Newest).Append(signed).Append(_lastSigned).OfType<Checkpoint>())
                {
                    if (known.Size > head.Size || await Proofs.RootAsync(known.Size, nodes.NodeAsync) != known.Root)
                    {
                        throw LogAlarms.Fork(known.Size);
                    }
                }

                await CheckUnsignedAsync(tx, signed?.Size ?? 0, head.Size);
                return edge;
            }
            catch (TileMissingException e)
            {
                throw LogAlarms.Tree(e.Tile.ToString());
            }
        }, ct);
    }

    private async Task<Checkpoint?> SignedAsync(Tx tx)
    {
        if (await LogStore.PublishedAsync(tx) is not { } row)
        {
            return null;
        }

        return Checkpoint.TryOpen(row.Note, _key, out var signed, out _) && signed.Size == row.Size
            ? signed
            : throw LogAlarms.Fork(row.Size);
    }

    /// <summary>
    /// Between the last signature and the head no signature vouches for anything: each entry's MAC must be right, each chain's entries
    /// must follow each other, and the tiles must follow from the entries.
    /// </summary>
    private async Task CheckUnsignedAsync(Tx tx, long signed, long size)
    {
        var next = new Dictionary<long, long>();
        for (var index = signed / TileId.FullWidth; index * TileId.FullWidth < size; index++)
        {
            var width = TileId.WidthAt(0, index, size);
            var entries = await LogStore.LeafEntriesAsync(tx, index * TileId.FullWidth, index * TileId.FullWidth + width);
            var leaves = new List<TreeHash>(entries.Count);
            foreach (var entry in entries)
            {
                leaves.Add(chains.Check(entry));
                if (next.TryGetValue(entry.Chain, out var expected) && entry.Seq != expected)
                {
                    throw LogAlarms.Gap(entry.Chain, expected);
                }

                next[entry.Chain] = entry.Seq + 1;
            }

            var stored = await LogStore.TileAsync(tx, new TileId(0, index, width));
            var computed = Tiles.Write([.. leaves]);
            if (stored is null || !stored.AsSpan().SequenceEqual(computed))
            {
                throw LogAlarms.Tree(new TileId(0, index, width).ToString());
            }
        }
    }
}
