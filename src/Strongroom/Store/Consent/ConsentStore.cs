using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Store.Consent;

internal class ConsentRow
{
    public byte[] Id { get; init; } = [];

    public byte[] Customer { get; init; } = [];

    public long Version { get; init; }

    /// <summary>Place within its submission, from 0.</summary>
    public long N { get; init; }

    public byte[] Receipt { get; init; } = [];

    public string Purpose { get; init; } = "";

    public string Event { get; init; } = "";

    public string State { get; init; } = "";

    public long At { get; init; }

    public long? Until { get; init; }

    public string? Form { get; init; }

    public string? Notice { get; init; }

    public long NoticeVersion { get; init; }

    public byte[] Intake { get; init; } = [];

    public long Recorded { get; init; }

    public byte[]? Evidence { get; init; }

    public byte[]? Reference { get; init; }

    public byte[] Mac { get; set; } = [];
}

/// <summary>A row of the history beside the customer's row as it is now; nulls when that is gone.</summary>
internal sealed class ConsentBeside : ConsentRow
{
    public long? CustomerVersion { get; init; }

    public byte[]? Summary { get; init; }
}

/// <summary>SQL of the consent history. Rows are added and never changed.</summary>
internal static class ConsentStore
{
    private const string Columns =
        "id, customer, version, n, receipt, purpose, event, state, at, until, form, notice, notice_version AS noticeversion, "
        + "intake, recorded, evidence, reference, mac";

    private static readonly ManyRows<ConsentRow> Many = new("consent", null,
        Column<ConsentRow>.Bytes("id", row => row.Id),
        Column<ConsentRow>.Bytes("customer", row => row.Customer),
        Column<ConsentRow>.Number("version", row => row.Version),
        Column<ConsentRow>.Number("n", row => row.N),
        Column<ConsentRow>.Bytes("receipt", row => row.Receipt),
        Column<ConsentRow>.Text("purpose", row => row.Purpose),
        Column<ConsentRow>.Text("event", row => row.Event),
        Column<ConsentRow>.Text("state", row => row.State),
        Column<ConsentRow>.Number("at", row => row.At),
        Column<ConsentRow>.Number("until", row => row.Until),
        Column<ConsentRow>.Text("form", row => row.Form),
        Column<ConsentRow>.Text("notice", row => row.Notice),
        Column<ConsentRow>.Number("notice_version", row => row.NoticeVersion),
        Column<ConsentRow>.Bytes("intake", row => row.Intake),
        Column<ConsentRow>.Number("recorded", row => row.Recorded),
        Column<ConsentRow>.Bytes("evidence", row => row.Evidence),
        Column<ConsentRow>.Bytes("reference", row => row.Reference),
        Column<ConsentRow>.Bytes("mac", row => row.Mac));

    public static Task InsertAsync(Tx tx, IReadOnlyList<ConsentRow> rows) => tx.InsertAsync(Many, rows);

    public static void Insert(Batch batch, IReadOnlyList<ConsentRow> rows) => batch.Insert(Many, rows);

    public static Task<IReadOnlyList<ConsentRow>> OfCustomerAsync(Tx tx, CustomerId customer) => tx.QueryAsync<ConsentRow>(
        $"SELECT {Columns} FROM consent WHERE customer = @customer ORDER BY version, n", new { customer = customer.Bytes });

    public static Task<IReadOnlyList<ConsentRow>> OfCustomersAsync(Tx tx, IEnumerable<byte[]> customers) => tx.QueryAsync<ConsentRow>(
        $"SELECT {Columns} FROM consent WHERE customer {tx.AnyOf("customers")} ORDER BY version, n",
        new { customers = tx.Set(customers) });

    /// <summary>The whole history, customer by customer, oldest first.</summary>
    public static IAsyncEnumerable<ConsentBeside> AllAsync(Tx tx) => tx.StreamAsync<ConsentBeside>(
        """
        SELECT k.id, k.customer, k.version, k.n, k.receipt, k.purpose, k.event, k.state, k.at, k.until, k.form, k.notice,
               k.notice_version AS noticeversion, k.intake, k.recorded, k.evidence, k.reference, k.mac,
               c.version AS customerversion, c.consents AS summary
        FROM consent k LEFT JOIN customer c ON c.id = k.customer ORDER BY k.customer, k.version, k.n
        """);

    public static Task<IReadOnlyList<ConsentRow>> OfReceiptAsync(Tx tx, ReceiptId receipt) => tx.QueryAsync<ConsentRow>(
        $"SELECT {Columns} FROM consent WHERE receipt = @receipt ORDER BY version, n", new { receipt = receipt.Bytes });
}
