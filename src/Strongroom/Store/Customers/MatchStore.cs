using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Store.Customers;

internal sealed record CandidateRow(byte[] Id, byte[] A, byte[] B, string Why, long Created);

internal sealed class MergeStepRow
{
    public byte[] Customer { get; init; } = [];

    public byte[]? WasInto { get; init; }

    public byte[] NowInto { get; init; } = [];
}

internal sealed record MergeRow(byte[] Gone, byte[] Kept);

/// <summary>SQL of the candidate queue and the merge log.</summary>
internal static class MatchStore
{
    public static Task AddAsync(Tx tx, CandidateRow row) => tx.ExecuteAsync(
        """
        INSERT INTO candidate (id, a, b, why, state, created) VALUES (@id, @a, @b, @why, 'open', @created)
        ON CONFLICT (a, b, why) DO NOTHING
        """,
        new { id = row.Id, a = row.A, b = row.B, why = row.Why, created = row.Created });

    public static Task<IReadOnlyList<CandidateRow>> OpenAsync(Tx tx, int max) => tx.QueryAsync<CandidateRow>(
        "SELECT id, a, b, why, created FROM candidate WHERE state = 'open' ORDER BY created, id LIMIT @max", new { max });

    public static Task<CandidateRow?> OpenOneAsync(Tx tx, CandidateId id) => tx.QueryOneAsync<CandidateRow>(
        $"SELECT id, a, b, why, created FROM candidate WHERE id = @id AND state = 'open'{tx.ForUpdate}", new { id = id.Bytes });

    public static async Task<bool> CloseAsync(Tx tx, CandidateId id, string state, PersonId by, long now) => await tx.ExecuteAsync(
        "UPDATE candidate SET state = @state, decided = @now, by = @by WHERE id = @id AND state = 'open'",
        new { state, now, by = by.Bytes, id = id.Bytes }) == 1;

    public static Task<IReadOnlyList<byte[]>> MergedIntoAsync(Tx tx, CustomerId id) => tx.QueryAsync<byte[]>(
        "SELECT id FROM customer WHERE merged_into = @id ORDER BY id", new { id = id.Bytes });

    public static Task AddMergeAsync(Tx tx, MergeId id, CustomerId gone, CustomerId kept, PersonId by, long now) => tx.ExecuteAsync(
        "INSERT INTO merge (id, gone, kept, at, by) VALUES (@id, @gone, @kept, @now, @by)",
        new { id = id.Bytes, gone = gone.Bytes, kept = kept.Bytes, now, by = by.Bytes });

    public static Task AddStepAsync(Tx tx, MergeId id, byte[] customer, byte[]? was, byte[] now) => tx.ExecuteAsync(
        "INSERT INTO merge_step (merge, customer, was_into, now_into) VALUES (@id, @customer, @was, @now)",
        new { id = id.Bytes, customer, was, now });

    public static Task<MergeRow?> StandingAsync(Tx tx, MergeId id) => tx.QueryOneAsync<MergeRow>(
        $"SELECT gone, kept FROM merge WHERE id = @id AND undone IS NULL{tx.ForUpdate}", new { id = id.Bytes });

    public static Task<IReadOnlyList<MergeStepRow>> StepsAsync(Tx tx, MergeId id) => tx.QueryAsync<MergeStepRow>(
        "SELECT customer, was_into AS wasinto, now_into AS nowinto FROM merge_step WHERE merge = @id ORDER BY customer", new { id = id.Bytes });

    public static Task MarkUndoneAsync(Tx tx, MergeId id, PersonId by, long now) => tx.ExecuteAsync(
        "UPDATE merge SET undone = @now, undone_by = @by WHERE id = @id", new { now, by = by.Bytes, id = id.Bytes });
}
