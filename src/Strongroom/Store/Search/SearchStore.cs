using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Compartments;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Search;

/// <summary>SQL of the search blocks and identity claims. Blocks are sixteen bytes that mean nothing without an epoch's key.</summary>
internal static class SearchStore
{
    private static readonly Dictionary<Compartment, ManyRows<SearchRow>> Many = CompartmentTables.All.ToDictionary(
        compartment => compartment,
        compartment => new ManyRows<SearchRow>(CompartmentTables.Search(compartment), "(item, block, record)",
            Column<SearchRow>.Text("item", row => row.Item),
            Column<SearchRow>.Bytes("block", row => row.Block.Value),
            Column<SearchRow>.Bytes("record", row => row.Record),
            Column<SearchRow>.Bytes("customer", row => row.Customer),
            Column<SearchRow>.Number("epoch", row => row.Block.Epoch),
            Column<SearchRow>.Bytes("mac", row => row.Mac)));

    private static readonly ManyRows<NewClaimRow> ManyClaims = new("identity_claim", "(item, block, entity)",
        Column<NewClaimRow>.Text("item", row => row.Item),
        Column<NewClaimRow>.Bytes("block", row => row.Block.Value),
        Column<NewClaimRow>.Bytes("entity", row => row.Entity),
        Column<NewClaimRow>.Bytes("customer", row => row.Customer),
        Column<NewClaimRow>.Bytes("record", row => row.Record),
        Column<NewClaimRow>.Number("epoch", row => row.Block.Epoch),
        Column<NewClaimRow>.Bytes("mac", row => row.Mac));

    /// <summary>The batch works as the compartment's role. One record may carry the same value twice under one key: a booking with two equal flights.</summary>
    public static void Insert(Batch batch, Compartment compartment, IReadOnlyList<SearchRow> rows) => batch.InsertMissing(Many[compartment], rows);

    /// <summary>Takes the claims; one that is taken is an error. The batch works in the sensitive role.</summary>
    public static void Claim(Batch batch, IReadOnlyList<NewClaimRow> rows) => batch.Insert(ManyClaims, rows);

    /// <summary>The epoch blocks are written under; held shared, so it cannot move before the writer commits.</summary>
    public static async Task<long> HeldEpochAsync(Tx tx) => (await tx.AskAsync(AskHeldEpoch))[0];

    /// <inheritdoc cref="HeldEpochAsync"/>
    public static Rows<long> AskHeldEpoch(Batch batch) =>
        batch.Ask($"SELECT epoch FROM search_epoch WHERE id = 1{batch.ForShare}", row => row.GetInt64(0));

    public static Task<long> EpochAsync(Tx tx) => tx.ScalarAsync<long>("SELECT epoch FROM search_epoch WHERE id = 1");

    /// <summary>Raises the epoch, never lowers it; waits for every writer that holds the earlier one.</summary>
    public static Task MoveEpochAsync(Tx tx, long to) => tx.ExecuteAsync("UPDATE search_epoch SET epoch = @to WHERE id = 1 AND epoch < @to", new { to });

    public static async Task InsertAsync(Tx tx, RowMacs macs, Compartment compartment, CustomerId customer, RecordId record, IReadOnlyList<NewBlock> blocks)
    {
        if (blocks.Count == 0)
        {
            return;
        }

        var batch = tx.Batch();
        batch.As(CompartmentTables.Role(compartment), inside => Insert(inside, compartment, [.. blocks.Select(block => SearchRow.Of(macs, compartment, block, record, customer))]));
        await tx.RunAsync(batch);
    }

    public static async Task DeleteAsync(Tx tx, Compartment compartment, RecordId record, IReadOnlyCollection<SearchKeyName> keys)
    {
        await using var role = await tx.AsRoleAsync(CompartmentTables.Role(compartment));
        await tx.ExecuteAsync(
            $"DELETE FROM {CompartmentTables.Search(compartment)} WHERE record = @record AND item {tx.AnyOf("keys")}",
            new { record = record.Bytes, keys = tx.Set(keys.Select(key => key.Value)) });
    }

    /// <summary>
    /// The records of the first <paramref name="customers"/> distinct customers under each block, merged ones under the customer they
    /// went into, whose own state, surviving customer's state and record's state are all among <paramref name="states"/>.
    /// </summary>
    public static Rows<HitRow> AskFind(
        Batch batch, Compartment compartment, IEnumerable<string> items, IReadOnlyCollection<byte[]> blocks, IReadOnlyCollection<string> states, long customers)
    {
        Rows<HitRow>? hits = null;
        batch.As(CompartmentTables.Role(compartment), inside => hits = inside.Ask(
            $"""
            SELECT item, block, customer, record, own, epoch, mac FROM (
              SELECT s.item, s.block, k.id AS customer, s.record, s.customer AS own, s.epoch, s.mac,
                     DENSE_RANK() OVER (PARTITION BY s.item, s.block ORDER BY k.id) AS rank,
                     ROW_NUMBER() OVER (PARTITION BY s.item, s.block ORDER BY k.id, s.record) AS n
              FROM {CompartmentTables.Search(compartment)} s
              JOIN record r ON r.id = s.record
              JOIN customer c ON c.id = s.customer
              JOIN customer k ON k.id = COALESCE(c.merged_into, c.id)
              WHERE s.item {inside.AnyOf(1)} AND s.block {inside.AnyOf(2)} AND r.state {inside.AnyOf(3)} AND c.state {inside.AnyOf(3)} AND k.state {inside.AnyOf(3)}
            ) hit WHERE rank <= $4 AND n <= $5 ORDER BY customer, record
            """,
            row => new HitRow(
                row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3),
                row.GetFieldValue<byte[]>(4), row.GetInt64(5), row.GetFieldValue<byte[]>(6)),
            inside.Set(items),
            inside.Set(blocks),
            inside.Set(states),
            customers,
            (long)MostRows));
        return hits!;
    }

    /// <summary>
    /// For each value, the other customers of one's own legal entity that carry it, at most <paramref name="max"/> of them; rows say the
    /// value's number. For the candidate queue.
    /// </summary>
    public static IReadOnlyList<Rows<OtherRow>> AskOthers(Batch batch, Compartment compartment, IReadOnlyList<Sought> sought, long max)
    {
        string Others(string item, string block, string own, string entity, string most) =>
            $"""
            SELECT DISTINCT k.id FROM {CompartmentTables.Search(compartment)} s
            JOIN customer c ON c.id = s.customer
            JOIN customer k ON k.id = COALESCE(c.merged_into, c.id)
            WHERE s.item = {item} AND s.block = {block} AND k.id <> {own} AND k.entity = {entity} AND k.state <> 'destroyed'
            ORDER BY k.id LIMIT {most}
            """;

        var rows = new List<Rows<OtherRow>>();
        batch.As(CompartmentTables.Role(compartment), inside =>
        {
            if (inside.Engine == Engine.Postgres)
            {
                rows.Add(inside.Ask(
                    $"""
                    SELECT h.n, o.id FROM unnest($1, $2, $3, $4, $5) AS h (n, item, block, own, entity)
                    CROSS JOIN LATERAL ({Others("h.item", "h.block", "h.own", "h.entity", "$6")}) o
                    """,
                    row => new OtherRow(row.GetInt64(0), row.GetFieldValue<byte[]>(1)),
                    sought.Select(one => one.N).ToArray(), sought.Select(one => one.Key.Value).ToArray(), sought.Select(one => one.Block).ToArray(),
                    sought.Select(one => one.Own.Bytes).ToArray(), sought.Select(one => one.Entity.Bytes).ToArray(), max));
                return;
            }

            rows.AddRange(sought.Select(one => inside.Ask(
                Others("$1", "$2", "$3", "$4", "$5"), row => new OtherRow(one.N, row.GetFieldValue<byte[]>(0)),
                one.Key.Value, one.Block, one.Own.Bytes, one.Entity.Bytes, max)));
        });
        return rows;
    }

    /// <summary>Who of one legal entity holds these claims. A claim that another entity's customer stands in is nobody's here.</summary>
    public static async Task<IReadOnlyList<ClaimRow>> ClaimsAsync(Tx tx, EntityId entity, IReadOnlyList<NewClaim> claims) =>
        claims.Count == 0 ? [] : await tx.AskAsync(batch => AskClaims(batch, entity, claims));

    /// <inheritdoc cref="ClaimsAsync"/>
    public static Rows<ClaimRow> AskClaims(Batch batch, EntityId entity, IReadOnlyList<NewClaim> claims)
    {
        Rows<ClaimRow>? rows = null;
        batch.As(DbRole.Sensitive, inside => rows = inside.Ask(
            $"""
            SELECT i.item, i.block, i.customer, k.id AS survivor, k.state, i.record, i.epoch, i.mac FROM identity_claim i
            JOIN customer c ON c.id = i.customer
            JOIN customer k ON k.id = COALESCE(c.merged_into, c.id)
            WHERE i.item {inside.AnyOf(1)} AND i.block {inside.AnyOf(2)} AND i.entity = $3
            """,
            row => new ClaimRow(
                new PlacedBlock(IdentityClaim, row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetInt64(6), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(5), entity.Bytes),
                row.GetFieldValue<byte[]>(3), row.GetString(4), row.GetFieldValue<byte[]>(7)),
            inside.Set(claims.Select(claim => claim.Key.Value).Distinct(StringComparer.Ordinal)),
            inside.Set(claims.SelectMany(claim => claim.Blocks).Select(block => block.Value)),
            entity.Bytes));
        return rows!;
    }

    public static async Task<ClaimRow?> StandingAsync(Tx tx, EntityId entity, NewClaim claim) =>
        await ClaimsAsync(tx, entity, [claim]) is [var standing, ..] ? standing : null;

    public static async Task<bool> ClaimAsync(Tx tx, NewClaimRow row)
    {
        await using var role = await tx.AsRoleAsync(DbRole.Sensitive);
        return await tx.InsertAsync(ManyClaims, [row]) == 1;
    }

    /// <summary>
    /// Gives up the claims that a record holds under these keys. A number that another record of the same customer still carries
    /// stays claimed, now by that record. While an epoch drains, blocks of two epochs cannot be compared; then any other number of
    /// that kind keeps the claim, for a number kept too long harms less than one that somebody else may take. A claim that was altered is
    /// left as it is, and an altered row inherits nothing: a fresh MAC would hide the alteration.
    /// </summary>
    /// <param name="others">All other records of the customer, merged ones included; the caller holds them against additions.</param>
    public static async Task UnclaimAsync(Tx tx, RowMacs macs, RecordId record, IReadOnlyCollection<SearchKeyName> keys, IReadOnlyCollection<OwnedRow> others)
    {
        foreach (var held in await HeldAsync(tx, record, keys))
        {
            var claim = new PlacedBlock(IdentityClaim, held.Item, held.Block, held.Epoch, held.Customer, record.Bytes, held.Entity);
            if (!macs.IsRight(claim, held.Mac))
            {
                continue;
            }

            var heir = others.Count == 0 ? null : await HeirAsync(tx, macs, claim, others);
            await using var role = await tx.AsRoleAsync(DbRole.Sensitive);
            await tx.ExecuteAsync(
                heir is null
                    ? "DELETE FROM identity_claim WHERE item = @item AND block = @block AND entity = @entity"
                    : "UPDATE identity_claim SET customer = @customer, record = @record, mac = @mac WHERE item = @item AND block = @block AND entity = @entity",
                new
                {
                    item = claim.Item, block = claim.Block, entity = claim.Entity, customer = heir?.Customer, record = heir?.Record,
                    mac = heir is null ? null : macs.Of(claim with { Customer = heir.Customer, Record = heir.Record }),
                });
        }
    }

    /// <summary>Claims that do not fit their customer: he is not there, or is of another legal entity.</summary>
    public static async Task<IReadOnlyList<OwnedRow>> StrayClaimsAsync(Tx tx, int max)
    {
        await using var role = await tx.AsRoleAsync(DbRole.Sensitive);
        return await tx.QueryAsync<OwnedRow>(
            """
            SELECT i.customer, i.record FROM identity_claim i
            WHERE NOT EXISTS (SELECT 1 FROM customer c WHERE c.id = i.customer AND c.entity = i.entity) LIMIT @max
            """,
            new { max });
    }

    private static async Task<IReadOnlyList<HeldClaim>> HeldAsync(Tx tx, RecordId record, IReadOnlyCollection<SearchKeyName> keys)
    {
        await using var role = await tx.AsRoleAsync(DbRole.Sensitive);
        return await tx.QueryAsync<HeldClaim>(
            $"SELECT item, block, entity, epoch, customer, mac FROM identity_claim WHERE record = @record AND item {tx.AnyOf("keys")}{tx.ForUpdate}",
            new { record = record.Bytes, keys = tx.Set(keys.Select(key => key.Value)) });
    }

    private static async Task<OwnedRow?> HeirAsync(Tx tx, RowMacs macs, PlacedBlock claim, IReadOnlyCollection<OwnedRow> others)
    {
        foreach (var compartment in CompartmentTables.All)
        {
            await using var role = await tx.AsRoleAsync(CompartmentTables.Role(compartment));
            var table = CompartmentTables.Search(compartment);
            var rows = await tx.QueryAsync<BlockRow>(
                $"""
                SELECT item, block, record AS last, customer, record, epoch, mac FROM {table}
                WHERE record {tx.AnyOf("records")} AND item = @item AND (block = @block OR epoch <> @epoch) ORDER BY record, block LIMIT @max
                """,
                new { records = tx.Set(others.Select(other => other.Record)), item = claim.Item, block = claim.Block, epoch = claim.Epoch, max = MostRows });
            if (rows.FirstOrDefault(row => macs.IsRight(new PlacedBlock(table, row.Item, row.Block, row.Epoch, row.Customer, row.Record), row.Mac)) is { } heir)
            {
                return new OwnedRow(heir.Customer, heir.Record);
            }
        }

        return null;
    }

    /// <summary>Rows read for one block at most, however many records one customer has under it.</summary>
    private const long MostRows = 1000;

    private const string IdentityClaim = "identity_claim";

    /// <summary>The row of a claim, with its MAC.</summary>
    public static NewClaimRow RowOf(RowMacs macs, NewClaim claim, EntityId entity, CustomerId customer, RecordId record)
    {
        var block = claim.Blocks[0];
        return new NewClaimRow(claim.Key.Value, block, entity.Bytes, customer.Bytes, record.Bytes, macs.Of(
            new PlacedBlock(IdentityClaim, claim.Key.Value, block.Value, block.Epoch, customer.Bytes, record.Bytes, entity.Bytes)));
    }
}

internal sealed record SearchRow(string Item, SearchBlock Block, byte[] Record, byte[] Customer, byte[] Mac)
{
    public static SearchRow Of(RowMacs macs, Compartment compartment, NewBlock block, RecordId record, CustomerId customer) =>
        new(block.Key.Value, block.Block, record.Bytes, customer.Bytes, macs.Of(new PlacedBlock(
            CompartmentTables.Search(compartment), block.Key.Value, block.Block.Value, block.Block.Epoch, customer.Bytes, record.Bytes)));
}

internal sealed record NewClaimRow(string Item, SearchBlock Block, byte[] Entity, byte[] Customer, byte[] Record, byte[] Mac);

/// <param name="N">The caller's number of the value.</param>
internal sealed record Sought(long N, SearchKeyName Key, byte[] Block, CustomerId Own, EntityId Entity);

internal sealed record OtherRow(long N, byte[] Id);

/// <param name="Customer">The surviving customer of a merge.</param>
/// <param name="Own">Whom the row itself names.</param>
internal sealed record HitRow(string Item, byte[] Block, byte[] Customer, byte[] Record, byte[] Own, long Epoch, byte[] Mac);

internal sealed record HeldClaim(string Item, byte[] Block, byte[] Entity, long Epoch, byte[] Customer, byte[] Mac);

internal sealed record ClaimRow(PlacedBlock Placed, byte[] Survivor, string State, byte[] Mac);
