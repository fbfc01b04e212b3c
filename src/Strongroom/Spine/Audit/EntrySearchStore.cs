using System.Text;
using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Audit;

/// <summary>An entry as stored, with its position in the tree.</summary>
internal sealed record EntryRow
{
    // Set by member, not by constructor: SQLite cannot tell a computed column's type before it has seen a value.
    public byte[] Id { get; init; } = [];

    public byte[] Body { get; init; } = [];

    public byte[]? Details { get; init; }

    public long? Idx { get; init; }
}

/// <summary>Looking for entries by what their headers say.</summary>
internal static class EntrySearchStore
{
    private const string Columns = """
        e.id, e.body, e.details, (
          SELECT r.first_index + e.seq - r.first_seq FROM log_range r
          WHERE r.chain = e.chain AND r.first_seq <= e.seq AND r.first_seq + r.n > e.seq
          ORDER BY r.first_seq DESC LIMIT 1) AS idx
        """;

    /// <summary>Newest first.</summary>
    public static Task<IReadOnlyList<EntryRow>> PageAsync(Tx tx, LogQuery query, int most) => tx.QueryAsync<EntryRow>(
        $"SELECT {Columns} FROM log_entry e{Where(query)} ORDER BY e.at DESC, e.id DESC LIMIT @most", Arguments(query, most));

    public static Task<EntryRow?> EntryAsync(Tx tx, EntryId id) =>
        tx.QueryOneAsync<EntryRow>($"SELECT {Columns} FROM log_entry e WHERE e.id = @id", new { id = id.Bytes });

    /// <summary>The leaf at a position of the tree; null when there is none.</summary>
    public static Task<EntryRow?> EntryAtAsync(Tx tx, long index) => tx.QueryOneAsync<EntryRow>("""
        SELECT e.id, e.body, e.details, @index AS idx
        FROM (SELECT chain, first_seq, first_index, n FROM log_range WHERE first_index <= @index ORDER BY first_index DESC LIMIT 1) r
        JOIN log_entry e ON e.chain = r.chain AND e.seq = r.first_seq + @index - r.first_index
        WHERE @index < r.first_index + r.n
        """, new { index });

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
        And(query.ExceptPurpose is not null, "(e.purpose IS NULL OR e.purpose <> @exceptPurpose)");
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
        exceptPurpose = query.ExceptPurpose?.Value,
        decision = query.Decision is { } decision ? Kebab.Of(decision) : null,
        from = query.From,
        until = query.Until,
        afterAt = query.After?.At,
        afterId = query.After?.Id.Bytes,
        most,
    };
}
