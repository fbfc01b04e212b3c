using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Reviews;

/// <summary>A row of <c>case_row</c>; nothing in it counts until its MAC has been checked.</summary>
internal sealed record CaseRecord(
    string Kind, byte[] Id, byte[]? Parent, byte[]? Person, string State, long Sort, long Version, long Changed, string Content, byte[] Mac);

/// <summary>Where a page ended.</summary>
internal readonly record struct CaseCursor(long Sort, CaseId Id)
{
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Sort}.{Id}");

    public static bool TryParse(string? text, out CaseCursor cursor)
    {
        cursor = default;
        if (text?.Split('.') is not [var sort, var id] || !Ground.Id.TryParse<CaseId>(id, out var known)
            || !long.TryParse(sort, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var at))
        {
            return false;
        }

        cursor = new CaseCursor(at, known);
        return text == cursor.ToString();
    }
}

/// <summary>Which cases; null: any. In their order.</summary>
internal sealed record CaseQuery(string Kind)
{
    public CaseId? Parent { get; init; }

    public string? State { get; init; }

    public PersonId? Person { get; init; }

    public CaseCursor? After { get; init; }

    public int Size { get; init; } = 100;
}

/// <summary>SQL of the cases.</summary>
internal static class CaseStore
{
    private const string Columns = "kind, id, parent, person, state, sort, version, changed, content, mac";

    public static Task<CaseRecord?> FindAsync(Tx tx, string kind, CaseId id, bool hold) => tx.QueryOneAsync<CaseRecord>(
        $"SELECT {Columns} FROM case_row WHERE kind = @kind AND id = @id{(hold ? tx.ForUpdate : "")}", new { kind, id = id.Bytes });

    public static Task<IReadOnlyList<CaseRecord>> PageAsync(Tx tx, CaseQuery query) => tx.QueryAsync<CaseRecord>(
        $"""
        SELECT {Columns} FROM case_row WHERE kind = @kind{(query.Parent is null ? "" : " AND parent = @parent")}{(query.State is null ? "" : " AND state = @state")}
        {(query.Person is null ? "" : " AND person = @person")}{(query.After is null ? "" : " AND (sort, id) > (@sort, @id)")} ORDER BY sort, id LIMIT @size
        """,
        new
        {
            kind = query.Kind, parent = query.Parent?.Bytes, state = query.State, person = query.Person?.Bytes, sort = query.After?.Sort, id = query.After?.Id.Bytes,
            size = query.Size,
        });

    /// <summary>Every stored row as it lies there.</summary>
    public static IAsyncEnumerable<CaseRecord> AllAsync(Tx tx) => tx.StreamAsync<CaseRecord>($"SELECT {Columns} FROM case_row");

    public static async Task<IReadOnlyDictionary<string, long>> CountAsync(Tx tx, string kind, CaseId? parent) => (await tx.QueryAsync<CountRow>(
        $"SELECT state, count(*) AS n FROM case_row WHERE kind = @kind{(parent is null ? "" : " AND parent = @parent")} GROUP BY state",
        new { kind, parent = parent?.Bytes })).ToDictionary(row => row.State, row => row.N, StringComparer.Ordinal);

    public static async Task<IReadOnlyList<CaseId>> IdsAsync(Tx tx, string kind, CaseId parent) =>
        [.. (await tx.QueryAsync<byte[]>("SELECT id FROM case_row WHERE kind = @kind AND parent = @parent ORDER BY id", new { kind, parent = parent.Bytes })).Select(CaseId.From)];

    /// <summary>False when there is one of that id.</summary>
    public static async Task<bool> InsertAsync(Tx tx, CaseRecord row) => 1 == await tx.ExecuteAsync(
        $"""
        INSERT INTO case_row ({Columns}) VALUES (@Kind, @Id, @Parent, @Person, @State, @Sort, @Version, @Changed, @Content, @Mac)
        ON CONFLICT (kind, id) DO NOTHING
        """,
        row);

    /// <summary>Writes the next version; false when somebody was faster.</summary>
    public static async Task<bool> ReplaceAsync(Tx tx, CaseRecord row) => 1 == await tx.ExecuteAsync(
        """
        UPDATE case_row SET state = @State, sort = @Sort, version = @Version, changed = @Changed, content = @Content, mac = @Mac
        WHERE kind = @Kind AND id = @Id AND version = @Version - 1
        """,
        row);

    private sealed record CountRow
    {
        public string State { get; init; } = "";

        public long N { get; init; }
    }
}
