using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Store.Customers;

/// <summary>SQL of the customer, record, relation and source tables.</summary>
internal static class CustomerStore
{
    // Rows are read by position below: a new column goes there as well.
    private const string CustomerColumns = "id, kind, entity, state, version, merged_into AS mergedinto, consents, lists, created, mac";

    private const string RecordColumns = "id, customer, type, entity, state, version, general, sensitive, unit, day, created, mac";

    private const string RelationColumns =
        "from_customer AS fromcustomer, from_record AS fromrecord, to_customer AS tocustomer, to_record AS torecord, kind, created, mac";

    public static readonly ManyRows<CustomerRow> ManyCustomers = new("customer", "(id)",
        Column<CustomerRow>.Bytes("id", row => row.Id),
        Column<CustomerRow>.Text("kind", row => row.Kind),
        Column<CustomerRow>.Bytes("entity", row => row.Entity),
        Column<CustomerRow>.Text("state", row => row.State),
        Column<CustomerRow>.Number("version", row => row.Version),
        Column<CustomerRow>.Bytes("consents", row => row.Consents),
        Column<CustomerRow>.Number("created", row => row.Created),
        Column<CustomerRow>.Bytes("mac", row => row.Mac));

    public static readonly ManyRows<RecordRow> ManyRecords = new("record", null,
        Column<RecordRow>.Bytes("id", row => row.Id),
        Column<RecordRow>.Bytes("customer", row => row.Customer),
        Column<RecordRow>.Text("type", row => row.Type),
        Column<RecordRow>.Bytes("entity", row => row.Entity),
        Column<RecordRow>.Text("state", row => row.State),
        Column<RecordRow>.Number("version", row => row.Version),
        Column<RecordRow>.Number("general", row => row.General),
        Column<RecordRow>.Number("sensitive", row => row.Sensitive),
        Column<RecordRow>.Bytes("unit", row => row.Unit),
        Column<RecordRow>.Number("day", row => row.Day),
        Column<RecordRow>.Number("created", row => row.Created),
        Column<RecordRow>.Bytes("mac", row => row.Mac));

    public static readonly ManyRows<SourceRow> ManySources = new("record_source", "(system, digest)",
        Column<SourceRow>.Text("system", row => row.System),
        Column<SourceRow>.Bytes("digest", row => row.Digest),
        Column<SourceRow>.Bytes("record", row => row.Record),
        Column<SourceRow>.Bytes("customer", row => row.Customer),
        Column<SourceRow>.Number("epoch", row => row.Epoch),
        Column<SourceRow>.Bytes("mac", row => row.Mac));

    public static Task<IReadOnlyList<CustomerRow>> WithMergedAsync(Tx tx, IReadOnlyCollection<byte[]> ids) => tx.AskAsync(batch => AskWithMerged(batch, ids));

    public static Task<IReadOnlyList<RecordRow>> RecordsAsync(Tx tx, IEnumerable<byte[]> customers) => tx.AskAsync(batch => AskRecords(batch, customers));

    /// <summary>The customers asked for, and those merged into them.</summary>
    public static Rows<CustomerRow> AskWithMerged(Batch batch, IReadOnlyCollection<byte[]> ids) => batch.Ask(
        $"""
        SELECT {CustomerColumns} FROM customer WHERE id {batch.AnyOf(1)}
        UNION ALL
        SELECT {CustomerColumns} FROM customer WHERE merged_into {batch.AnyOf(1)}
        """,
        row => new CustomerRow
        {
            Id = row.GetFieldValue<byte[]>(0), Kind = row.GetString(1), Entity = row.GetFieldValue<byte[]>(2), State = row.GetString(3), Version = row.GetInt64(4),
            MergedInto = row.IsDBNull(5) ? null : row.GetFieldValue<byte[]>(5), Consents = row.GetFieldValue<byte[]>(6),
            Lists = row.IsDBNull(7) ? null : row.GetFieldValue<byte[]>(7), Created = row.GetInt64(8), Mac = row.GetFieldValue<byte[]>(9),
        },
        batch.Set(ids));

    public static Rows<RecordRow> AskRecords(Batch batch, IEnumerable<byte[]> customers) => batch.Ask(
        $"SELECT {RecordColumns} FROM record WHERE customer {batch.AnyOf(1)}",
        row => new RecordRow
        {
            Id = row.GetFieldValue<byte[]>(0), Customer = row.GetFieldValue<byte[]>(1), Type = row.GetString(2), Entity = row.GetFieldValue<byte[]>(3),
            State = row.GetString(4), Version = row.GetInt64(5), General = row.GetInt64(6), Sensitive = row.GetInt64(7),
            Unit = row.IsDBNull(8) ? null : row.GetFieldValue<byte[]>(8), Day = row.IsDBNull(9) ? null : row.GetInt64(9),
            Created = row.GetInt64(10), Mac = row.GetFieldValue<byte[]>(11),
        },
        batch.Set(customers));

    /// <summary>The versions of many customers.</summary>
    public static Rows<VersionRow> AskVersions(Batch batch, IEnumerable<byte[]> ids) => batch.Ask(
        $"SELECT id, version FROM customer WHERE id {batch.AnyOf(1)}",
        row => new VersionRow(row.GetFieldValue<byte[]>(0), row.GetInt64(1)),
        batch.Set(ids));

    public static Task<IReadOnlyList<CustomerRow>> PageAsync(Tx tx, byte[] after, int max) => tx.QueryAsync<CustomerRow>(
        $"SELECT {CustomerColumns} FROM customer WHERE id > @after ORDER BY id LIMIT @max", new { after, max });

    /// <summary>Customers on any controlled list.</summary>
    public static Task<IReadOnlyList<CustomerRow>> ListedAsync(Tx tx, byte[] after, int max) => tx.QueryAsync<CustomerRow>(
        $"SELECT {CustomerColumns} FROM customer WHERE lists IS NOT NULL AND id > @after ORDER BY id LIMIT @max", new { after, max });

    public static Task<CustomerRow?> ForUpdateAsync(Tx tx, CustomerId id) => tx.QueryOneAsync<CustomerRow>(
        $"SELECT {CustomerColumns} FROM customer WHERE id = @id{tx.ForUpdate}", new { id = id.Bytes });

    public static Task<CustomerRow?> ForShareAsync(Tx tx, CustomerId id) => tx.QueryOneAsync<CustomerRow>(
        $"SELECT {CustomerColumns} FROM customer WHERE id = @id{tx.ForShare}", new { id = id.Bytes });

    public static async Task<bool> InsertAsync(Tx tx, CustomerRow row) => await tx.InsertAsync(ManyCustomers, [row]) == 1;

    /// <summary>Writes the row with its next version and a fresh MAC. The caller holds it for update.</summary>
    public static async Task SaveAsync(Tx tx, RowMacs macs, CustomerRow row)
    {
        var was = row.Version++;
        row.Mac = macs.Of(row);
        var changed = await tx.ExecuteAsync(
            """
            UPDATE customer SET state = @state, version = @version, merged_into = @into, consents = @consents, lists = @lists, mac = @mac
            WHERE id = @id AND version = @was
            """,
            new { state = row.State, version = row.Version, into = row.MergedInto, consents = row.Consents, lists = row.Lists, mac = row.Mac, id = row.Id, was });
        if (changed != 1)
        {
            throw new InvalidOperationException("A customer row held for update has changed.");
        }
    }

    /// <summary>
    /// Saves the row, and raises the version of the customer it was merged into: decisions are guarded by that customer's version alone.
    /// An altered surviving row is left as it is, for a fresh MAC would hide the alteration.
    /// </summary>
    public static async Task SaveAndTellAsync(Tx tx, RowMacs macs, CustomerRow row)
    {
        await SaveAsync(tx, macs, row);
        if (row.MergedInto is { } into && await ForUpdateAsync(tx, CustomerId.From(into)) is { } survivor && macs.IsRight(survivor))
        {
            await SaveAsync(tx, macs, survivor);
        }
    }

    public static Task<RecordRow?> RecordForUpdateAsync(Tx tx, RecordId id) => tx.QueryOneAsync<RecordRow>(
        $"SELECT {RecordColumns} FROM record WHERE id = @id{tx.ForUpdate}", new { id = id.Bytes });

    public static Task InsertAsync(Tx tx, RecordRow row) => tx.InsertAsync(ManyRecords, [row]);

    /// <summary>Writes the record as it now is, with a fresh MAC. The caller holds it for update and has raised its version.</summary>
    public static Task SaveAsync(Tx tx, RowMacs macs, RecordRow row)
    {
        row.Mac = macs.Of(row);
        return tx.ExecuteAsync(
            "UPDATE record SET state = @state, version = @version, general = @general, sensitive = @sensitive, unit = @unit, day = @day, mac = @mac WHERE id = @id",
            new { state = row.State, version = row.Version, general = row.General, sensitive = row.Sensitive, unit = row.Unit, day = row.Day, mac = row.Mac, id = row.Id });
    }

    public static Task InsertAsync(Tx tx, RelationRow row) => tx.ExecuteAsync(
        """
        INSERT INTO relation (from_customer, from_record, to_customer, to_record, kind, created, mac)
        VALUES (@fromCustomer, @fromRecord, @toCustomer, @toRecord, @kind, @created, @mac)
        ON CONFLICT (from_customer, from_record, to_customer, to_record, kind) DO NOTHING
        """,
        new
        {
            fromCustomer = row.FromCustomer, fromRecord = row.FromRecord, toCustomer = row.ToCustomer,
            toRecord = row.ToRecord, kind = row.Kind, created = row.Created, mac = row.Mac,
        });

    public static Task<IReadOnlyList<RelationRow>> RelationsAsync(Tx tx, CustomerId id) => tx.QueryAsync<RelationRow>(
        $"SELECT {RelationColumns} FROM relation WHERE from_customer = @id OR to_customer = @id", new { id = id.Bytes });

    public static Task<IReadOnlyList<RelationRow>> RelationsFromAsync(Tx tx, IEnumerable<byte[]> customers) => tx.QueryAsync<RelationRow>(
        $"SELECT {RelationColumns} FROM relation WHERE from_customer {tx.AnyOf("customers")}", new { customers = tx.Set(customers) });

    /// <summary>Records without a customer.</summary>
    public static Task<IReadOnlyList<OwnedRow>> StrayRecordsAsync(Tx tx, int max) => tx.QueryAsync<OwnedRow>(
        "SELECT r.customer, r.id AS record FROM record r WHERE NOT EXISTS (SELECT 1 FROM customer c WHERE c.id = r.customer) LIMIT @max",
        new { max });

    public static async Task<bool> InsertSourceAsync(Tx tx, SourceRow row) => await tx.InsertAsync(ManySources, [row]) == 1;

    /// <summary>The sources among these that were taken in, and perhaps others of the same systems.</summary>
    public static Rows<SourceRow> AskSources(Batch batch, IReadOnlyCollection<NewSource> sources) => batch.Ask(
        $"SELECT {SourceColumns} FROM record_source WHERE system {batch.AnyOf(1)} AND digest {batch.AnyOf(2)}",
        row => new SourceRow(
            row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3), row.GetInt64(4), row.GetFieldValue<byte[]>(5)),
        batch.Set(sources.Select(source => source.System).Distinct(StringComparer.Ordinal)),
        batch.Set(sources.SelectMany(source => source.Blocks).Select(block => block.Value)));

    private const string SourceColumns = "system, digest, record, customer, epoch, mac";
}

/// <summary>A record and the customer it is said to be of.</summary>
internal sealed record OwnedRow(byte[] Customer, byte[] Record);

/// <param name="Digest">The block of the source key.</param>
internal sealed record SourceRow(string System, byte[] Digest, byte[] Record, byte[] Customer, long Epoch, byte[] Mac)
{
    public static SourceRow Of(RowMacs macs, NewSource source, RecordId record, CustomerId customer)
    {
        var row = new SourceRow(source.System, source.Open.Value, record.Bytes, customer.Bytes, source.Open.Epoch, []);
        return row with { Mac = macs.Of(row.Placed) };
    }

    public PlacedBlock Placed => new("record_source", System, Digest, Epoch, Customer, Record);
}

/// <summary>A source that was taken in, and the record it became.</summary>
/// <param name="IsSound">False: the row was moved or altered, and what it names is not to be believed.</param>
internal sealed record KnownSource(CustomerId Customer, RecordId Record, bool IsSound);

internal sealed record VersionRow(byte[] Id, long Version);
