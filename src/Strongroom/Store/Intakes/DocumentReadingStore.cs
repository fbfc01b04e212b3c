using Strongroom.Data;

namespace Strongroom.Store.Intakes;

/// <summary>A row of document_reading as it lies there.</summary>
internal sealed class DocumentReadingRow
{
    public byte[] Id { get; init; } = [];

    /// <summary>The reader that attested it.</summary>
    public byte[] Client { get; init; } = [];

    /// <summary>For whose submission.</summary>
    public byte[] Holder { get; init; } = [];

    public byte[] Channel { get; init; } = [];

    public string Item { get; init; } = "";

    public byte[] Mark { get; init; } = [];

    /// <summary>The submission that used it, as its idempotency key is kept; one zero byte without a key; null: not used.</summary>
    public byte[]? Spent { get; set; }

    /// <summary>UTC milliseconds.</summary>
    public long Until { get; init; }

    public byte[] Mac { get; set; } = [];
}

/// <summary>SQL of documents' readings.</summary>
internal static class DocumentReadingStore
{
    private const string Columns = "id, client, holder, channel, item, mark, spent, until, mac";

    public static Task<IReadOnlyList<DocumentReadingRow>> OfAsync(Tx tx, IEnumerable<byte[]> marks, bool forUpdate) => tx.QueryAsync<DocumentReadingRow>(
        $"SELECT {Columns} FROM document_reading WHERE mark {tx.AnyOf("marks")} ORDER BY until, id{(forUpdate ? tx.ForUpdate : "")}", new { marks = tx.Set(marks) });

    public static Task InsertAsync(Tx tx, DocumentReadingRow row) => tx.ExecuteAsync(
        """
        INSERT INTO document_reading (id, client, holder, channel, item, mark, spent, until, mac)
        VALUES (@Id, @Client, @Holder, @Channel, @Item, @Mark, @Spent, @Until, @Mac)
        """,
        row);

    /// <summary>Of a row that this transaction holds.</summary>
    public static Task SpendAsync(Tx tx, DocumentReadingRow row) => tx.ExecuteAsync("UPDATE document_reading SET spent = @Spent, mac = @Mac WHERE id = @Id", row);

    public static Task<int> ForgetAsync(Tx tx, long endedBefore) => tx.ExecuteAsync("DELETE FROM document_reading WHERE until < @endedBefore", new { endedBefore });
}
