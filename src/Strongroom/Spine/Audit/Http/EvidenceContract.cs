using Strongroom.Ground;

namespace Strongroom.Spine.Audit.Http;

/// <summary>Entries to prove together, by id or by position in the tree; at most 200 in all.</summary>
/// <param name="Indices">From 0.</param>
internal sealed record EvidenceAsk(IReadOnlyList<EntryId>? Ids = null, IReadOnlyList<long>? Indices = null)
{
    public const int Most = 200;
}

/// <summary>
/// Entries with their inclusion proofs (RFC 6962 2.1.1) under one signed checkpoint, read from one snapshot: what an auditor takes away
/// and checks without this server.
/// </summary>
/// <param name="Key">Verifier key of the log as this server says it (C2SP signed-note); who wants proof compares it with the one he pinned.</param>
/// <param name="Checkpoint">The signed note.</param>
internal sealed record EvidenceView(string Key, string Checkpoint, IReadOnlyList<EvidenceEntry> Entries);

/// <param name="Proof">Sibling hashes from the leaf upwards, base64.</param>
internal sealed record EvidenceEntry(EntryView Entry, IReadOnlyList<string> Proof);

/// <summary>The signed checkpoints, newest first.</summary>
/// <param name="Next">Pass as <c>below</c> for the next page; null at the end.</param>
internal sealed record CheckpointsView(string Key, IReadOnlyList<CheckpointView> Checkpoints, long? Next);

/// <param name="At">UTC milliseconds at which the tree was committed to.</param>
/// <param name="Root">Base64.</param>
/// <param name="Note">The signed note.</param>
internal sealed record CheckpointView(long Size, long At, string Root, string Note);

/// <summary>How the log names a customer; 64 hex digits.</summary>
internal sealed record ReferenceView(string Reference);
