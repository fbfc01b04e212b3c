using Strongroom.Ground;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit;

/// <summary>Filters of a search in the log; null: any. Newest first.</summary>
internal sealed record LogQuery
{
    public FactName? Act { get; init; }

    public LogActor? Actor { get; init; }

    /// <summary>One customer's ledger.</summary>
    public CustomerReference? Customer { get; init; }

    public PurposeKey? Purpose { get; init; }

    /// <summary>Entries of this purpose are left out; those of none stay.</summary>
    public PurposeKey? ExceptPurpose { get; init; }

    public Verdict? Decision { get; init; }

    /// <summary>A stable reason code. It stands in the leaf alone, so a page looks through <see cref="MostLookedThrough"/> entries at most and may hold fewer than asked.</summary>
    public string? Reason { get; init; }

    public const int MostLookedThrough = 5_000;

    /// <summary>UTC ms, inclusive.</summary>
    public long? From { get; init; }

    /// <summary>UTC ms, exclusive.</summary>
    public long? Until { get; init; }

    /// <summary>Where the previous page ended (<see cref="LogPage.Next"/>).</summary>
    public LogCursor? After { get; init; }

    /// <summary>1–500.</summary>
    public int Size { get; init; } = 50;
}

/// <summary>Position in a search: instant and entry.</summary>
internal readonly record struct LogCursor(long At, EntryId Id)
{
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{At:x}-{Id}");

    public static bool TryParse(string? text, out LogCursor cursor)
    {
        cursor = default;
        if (text?.Split('-') is not [var at, var id]
            || !long.TryParse(at, System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var ms)
            || !Ground.Id.TryParse<EntryId>(id, out var entry))
        {
            return false;
        }

        // One way to write a position: whatever reads it elsewhere may compare texts.
        cursor = new LogCursor(ms, entry);
        return text == cursor.ToString();
    }
}

internal sealed record LogPage(IReadOnlyList<LogEntry> Entries, LogCursor? Next);

/// <summary>What became of an entry's erasable details.</summary>
internal enum DetailsState
{
    None,
    Kept,
    Erased,
}

/// <summary>One entry as auditors see it.</summary>
/// <param name="Header">The immutable header.</param>
/// <param name="Body">The header's exact bytes, the leaf of the tree.</param>
/// <param name="Index">Position in the tree; null while pending.</param>
/// <param name="Details">The erasable part, where kept.</param>
/// <param name="State">Whether there are or were details.</param>
internal sealed record LogEntry(LogHeader Header, byte[] Body, long? Index, LogDetails? Details, DetailsState State);

/// <summary>Answer to a request for an inclusion proof.</summary>
internal abstract record InclusionAnswer
{
    private InclusionAnswer() { }

    /// <summary>No such entry.</summary>
    internal sealed record Unknown : InclusionAnswer;

    /// <summary>Durable but under no published checkpoint yet: 409 <c>log.pending</c>.</summary>
    internal sealed record Pending : InclusionAnswer;

    /// <summary>The proof under the published checkpoint <paramref name="Note"/>.</summary>
    internal sealed record Proven(long Index, TreeHash Leaf, IReadOnlyList<TreeHash> Proof, Checkpoint Checkpoint, byte[] Note) : InclusionAnswer;
}

/// <summary>Answer to a request for several entries under one checkpoint.</summary>
internal abstract record EvidenceAnswer
{
    private EvidenceAnswer() { }

    /// <summary>One of them is not there.</summary>
    internal sealed record Unknown : EvidenceAnswer;

    /// <summary>One of them is under no published checkpoint yet: 409 <c>log.pending</c>.</summary>
    internal sealed record Pending : EvidenceAnswer;

    internal sealed record Proven(IReadOnlyList<(LogEntry Entry, IReadOnlyList<TreeHash> Proof)> Entries, byte[] Note) : EvidenceAnswer;
}

/// <summary>The log as auditors and monitors see it. Access to it is the caller's duty: entries and tiles are for auditors only.</summary>
internal interface IAuditReader
{
    /// <summary>The key that verifies this log's checkpoints; what operators pin.</summary>
    string VerifierKey { get; }

    Task<LogPage> EntriesAsync(LogQuery query, CancellationToken ct = default);

    Task<LogEntry?> EntryAsync(EntryId id, CancellationToken ct = default);

    Task<InclusionAnswer> InclusionAsync(EntryId id, CancellationToken ct = default);

    /// <summary>Entries by id and by position, each with its proof under the newest published checkpoint; all from one snapshot.</summary>
    Task<EvidenceAnswer> EvidenceAsync(IReadOnlyList<EntryId> ids, IReadOnlyList<long> indices, CancellationToken ct = default);

    /// <summary>Signed checkpoints smaller than a size, largest first, with the instant (UTC ms) of each.</summary>
    Task<IReadOnlyList<(Checkpoint Checkpoint, long At, byte[] Note)>> CheckpointsBelowAsync(long size, int most, CancellationToken ct = default);

    /// <summary>Proof that the tree of <paramref name="first"/> entries is a prefix of that of <paramref name="second"/>; null unless 0 &lt; first ≤ second ≤ published size.</summary>
    Task<IReadOnlyList<TreeHash>?> ConsistencyAsync(long first, long second, CancellationToken ct = default);

    /// <summary>The newest published checkpoint, a signed note; null before the first entry.</summary>
    Task<byte[]?> CheckpointAsync(CancellationToken ct = default);

    /// <summary>A published tile or entry bundle in exactly the asked width; null when the published tree has none.</summary>
    Task<byte[]?> TileAsync(TileId tile, CancellationToken ct = default);

    /// <summary>State for /readyz and monitoring.</summary>
    Task<LogHealth> HealthAsync(CancellationToken ct = default);
}

/// <summary>Something that only tampering or damage explains. The sequencer has stopped; a person must look.</summary>
/// <param name="Code">Stable: <c>log.gap</c>, <c>log.chain</c>, <c>log.forged</c>, <c>log.fork</c>, <c>log.tree</c>, <c>log.behind-anchor</c>.</param>
/// <param name="Where">Entry id, or chain and sequence where the entry itself is gone.</param>
/// <param name="Text">For operators; ids only.</param>
internal sealed record LogAlarm(string Code, string Where, Bilingual Text);

/// <summary>How far an anchor has come.</summary>
/// <param name="Name">Of the anchor.</param>
/// <param name="Size">Entries it holds.</param>
/// <param name="Lag">Published entries it lacks.</param>
/// <param name="Error">Why the last shipment failed; null when it did not.</param>
internal sealed record AnchorHealth(string Name, long Size, long Lag, string? Error);

/// <param name="Published">Entries under the newest published checkpoint.</param>
/// <param name="Pending">Durable entries not yet merged.</param>
/// <param name="PendingSince">UTC ms since when this node has seen entries waiting; null when none wait.</param>
/// <param name="Alarm">Why the sequencer stopped.</param>
/// <param name="Anchors">Configured anchors.</param>
/// <param name="HeadRoomKept">False when the space kept back for the log had to be given up (or could not be taken).</param>
internal sealed record LogHealth(
    long Published, long Pending, long? PendingSince, LogAlarm? Alarm, IReadOnlyList<AnchorHealth> Anchors, bool HeadRoomKept = true)
{
    /// <summary>The sequencer must merge within 5 s (architecture.md, The log).</summary>
    public const long LongestPendingMs = 5_000;

    public bool IsReady(long now) => Alarm is null && HeadRoomKept && !(now - PendingSince > LongestPendingMs);
}
