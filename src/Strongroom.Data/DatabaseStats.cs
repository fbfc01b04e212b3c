namespace Strongroom.Data;

/// <summary>Counters since the database was opened.</summary>
/// <param name="Commits">Transactions committed by writes; on SQLite one commit serves many works.</param>
/// <param name="Works">Works whose effects those commits made durable.</param>
/// <param name="Retries">Attempts repeated after a serialization failure or deadlock (PostgreSQL).</param>
/// <param name="Waiting">Works that wait for the one writer (SQLite).</param>
public sealed record DatabaseStats(long Commits, long Works, long Retries, int Waiting = 0);
