namespace Strongroom.Spine.Audit;

/// <summary>Settings of the log.</summary>
/// <param name="Origin">The log's identity: first line of every checkpoint and name of its key; a schema-less URL.</param>
/// <param name="Node">This node's name, a machine code; stands in every entry it writes.</param>
internal sealed record AuditOptions(string Origin, string Node)
{
    /// <summary>Denials of one actor written individually per hour and node; further ones are counted exactly.</summary>
    public int DenialsPerHour { get; init; } = 200;

    /// <summary>Entries merged in one step at most.</summary>
    public int LargestMerge { get; init; } = 2048;

    /// <summary>Folder of a SQLite log whose disk is to keep head-room; null: no head-room (PostgreSQL's disk is its server's matter).</summary>
    public string? HeadRoomFolder { get; init; }

    /// <summary>Bytes kept back there.</summary>
    public long HeadRoomBytes { get; init; } = 64 << 20;

    /// <summary>How long a sequencer that vanished keeps others waiting.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(3);
}
