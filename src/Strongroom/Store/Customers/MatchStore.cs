using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Store.Customers;

internal sealed record CandidateRow(byte[] Id, byte[] A, byte[] B, string Why, long Created);

/// <summary>One customer that a merge moved: whom it belonged to before and after.</summary>
internal sealed class MergeStepRow
{
    public byte[] Customer { get; init; } = [];

    public byte[]? WasInto { get; init; }

    public byte[] NowInto { get; init; } = [];
}

internal sealed class MergeRow
{
    public byte[] Id { get; init; } = [];

    public byte[] Gone { get; init; } = [];

    public byte[] Kept { get; init; } = [];

    public long At { get; init; }

    public byte[] By { get; init; } = [];

    public long? Undone { get; set; }

    public byte[]? UndoneBy { get; set; }

    public byte[] Mac { get; set; } = [];
}

/// <summary>SQL of the candidate queue and the merge log.</summary>
internal static class MatchStore
{
    private static readonly ManyRows<CandidateRow> Many = new("candidate", "(a, b, why)",
        Column<CandidateRow>.Bytes("id", row => row.Id),
        Column<CandidateRow>.Bytes("a", row => row.A),
        Column<CandidateRow>.Bytes("b", row => row.B),
        Column<CandidateRow>.Text("why", row => row.Why),
        Column<CandidateRow>.Text("state", _ => "open"),
        Column<CandidateRow>.Number("created", row => row.Created));

    public static void Add(Batch batch, IReadOnlyList<CandidateRow> rows) => batch.InsertMissing(Many, rows);

    public static Task<IReadOnlyList<CandidateRow>> OpenAsync(Tx tx, int max) => tx.QueryAsync<CandidateRow>(
        "SELECT id, a, b, why, created FROM candidate WHERE state = 'open' ORDER BY created, id LIMIT @max", new { max });

    /// <summary>The newest open candidates whose two customers are of the entities named, neither merged nor gone.</summary>
    public static Task<IReadOnlyList<CandidateRow>> NewestAsync(Tx tx, IEnumerable<byte[]> entities, int max) => tx.QueryAsync<CandidateRow>(
        $"""
        SELECT q.id, q.a, q.b, q.why, q.created FROM candidate q
        JOIN customer a ON a.id = q.a
        JOIN customer b ON b.id = q.b
        WHERE q.state = 'open' AND a.entity {tx.AnyOf("entities")} AND b.entity = a.entity
          AND a.merged_into IS NULL AND b.merged_into IS NULL AND a.state <> 'destroyed' AND b.state <> 'destroyed'
        ORDER BY q.created DESC, q.id LIMIT @max
        """,
        new { entities = tx.Set(entities), max });

    public static Task<CandidateRow?> OpenOneAsync(Tx tx, CandidateId id) => tx.QueryOneAsync<CandidateRow>(
        $"SELECT id, a, b, why, created FROM candidate WHERE id = @id AND state = 'open'{tx.ForUpdate}", new { id = id.Bytes });

    public static async Task<bool> CloseAsync(Tx tx, CandidateId id, string state, PersonId by, long now) => await tx.ExecuteAsync(
        "UPDATE candidate SET state = @state, decided = @now, by = @by WHERE id = @id AND state = 'open'",
        new { state, now, by = by.Bytes, id = id.Bytes }) == 1;

    public static Task<IReadOnlyList<byte[]>> MergedIntoAsync(Tx tx, CustomerId id) => tx.QueryAsync<byte[]>(
        "SELECT id FROM customer WHERE merged_into = @id ORDER BY id", new { id = id.Bytes });

    public static async Task AddMergeAsync(Tx tx, MergeRow row, IReadOnlyList<MergeStepRow> steps)
    {
        await tx.ExecuteAsync(
            "INSERT INTO merge (id, gone, kept, at, by, mac) VALUES (@id, @gone, @kept, @at, @by, @mac)",
            new { id = row.Id, gone = row.Gone, kept = row.Kept, at = row.At, by = row.By, mac = row.Mac });
        foreach (var step in steps)
        {
            await tx.ExecuteAsync(
                "INSERT INTO merge_step (merge, customer, was_into, now_into) VALUES (@id, @customer, @was, @now)",
                new { id = row.Id, customer = step.Customer, was = step.WasInto, now = step.NowInto });
        }
    }

    public static Task<MergeRow?> FindAsync(Tx tx, MergeId id) => tx.QueryOneAsync<MergeRow>(
        $"SELECT {MergeColumns} FROM merge WHERE id = @id{tx.ForUpdate}", new { id = id.Bytes });

    public static Task<IReadOnlyList<MergeRow>> PageAsync(Tx tx, byte[] after, int max) => tx.QueryAsync<MergeRow>(
        $"SELECT {MergeColumns} FROM merge WHERE id > @after ORDER BY id LIMIT @max", new { after, max });

    public static Task<IReadOnlyList<MergeStepRow>> StepsAsync(Tx tx, MergeId id) => tx.QueryAsync<MergeStepRow>(
        "SELECT customer, was_into AS wasinto, now_into AS nowinto FROM merge_step WHERE merge = @id ORDER BY customer", new { id = id.Bytes });

    public static Task MarkUndoneAsync(Tx tx, MergeRow row) => tx.ExecuteAsync(
        "UPDATE merge SET undone = @undone, undone_by = @by, mac = @mac WHERE id = @id",
        new { undone = row.Undone, by = row.UndoneBy, mac = row.Mac, id = row.Id });

    private const string MergeColumns = "id, gone, kept, at, by, undone, undone_by AS undoneby, mac";
}
