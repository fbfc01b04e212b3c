using System.Text;
using Dapper;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Keys;
using Strongroom.Store.Compartments;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Files;
using Strongroom.Store.Search;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Store;

/// <summary>
/// Every column of every row put into every other row of its table, one by one and all together, by SQL: no value opens where it was not
/// written, and what was moved is noticed on the next reading or by the walk. Both engines.
/// </summary>
public abstract class MovedRowsSuite(TestStore store) : StoreWorld(store)
{
    private static readonly Table[] Tables =
    [
        new("customer", ["id"], null), new("record", ["id"], null), new("general_item", ["record"], DbRole.General), new("sensitive_item", ["record"], DbRole.Sensitive),
        new("general_item_old", ["record", "item", "version"], DbRole.General), new("sensitive_item_old", ["record", "item", "version"], DbRole.Sensitive),
        new("consent", ["id"], null), new("relation", ["from_customer", "from_record", "to_customer", "to_record", "kind"], null),
        new("search_general", ["item", "block", "record"], DbRole.General, MovesKey: true), new("search_sensitive", ["item", "block", "record"], DbRole.Sensitive, MovesKey: true),
        new("identity_claim", ["item", "block", "entity"], DbRole.Sensitive, MovesKey: true), new("record_source", ["system", "digest"], null, MovesKey: true),
        new("sealed_file", ["id"], null), new("general_chunk", ["file", "n"], DbRole.General), new("sensitive_chunk", ["file", "n"], DbRole.Sensitive),
    ];

    private readonly Dictionary<(UInt128 Place, string Item, long Version), string> values = [];
    private readonly Dictionary<FileId, byte[]> files = [];
    private readonly List<CustomerId> customers = [];

    [Fact]
    public async Task Nothing_that_was_moved_opens_or_goes_unnoticed()
    {
        await FillAsync();
        Assert.False(await NoticedAsync("nothing"));
        var (moves, unnoticed) = (0, new SortedSet<string>(StringComparer.Ordinal));
        foreach (var table in Tables)
        {
            var rows = await RowsAsync(table);
            Assert.True(rows.Count >= 2, table.Name);
            foreach (var (into, from) in rows.SelectMany(a => rows.Where(b => b != a).Select(b => (a, b))))
            {
                var differing = into.Keys.Except(table.MovesKey ? [] : table.Key).Where(c => !Same(into[c], from[c])).ToList();
                foreach (var columns in differing.Select(c => new List<string> { c }).Append(differing).Where(c => c.Count > 0))
                {
                    if (!await PutAsync(table, into, columns, from))
                    {
                        continue;
                    }

                    var name = $"{table.Name}.{(columns.Count == 1 ? columns[0] : "row")}";
                    if (!await NoticedAsync(name))
                    {
                        unnoticed.Add(name);
                    }

                    moves++;
                    var moved = into.ToDictionary(c => c.Key, c => columns.Contains(c.Key) ? from[c.Key] : c.Value);
                    Assert.True(await PutAsync(table, moved, columns, into));
                }
            }
        }

        Assert.True(moves > 100, $"{moves}");
        Assert.Empty(unnoticed);
        Assert.False(await NoticedAsync("everything put back"));
    }

    [Fact]
    public async Task A_search_block_moved_to_another_customer_is_noticed()
    {
        await FillAsync();
        var (a, b) = (customers[0], customers[1]);
        var mobile = Lookup("mobile", Compartment.General, "13900000000");
        Assert.Equal(a, Assert.Single((await Search.FindAsync(mobile, Reach.Everyday, 5)).Hits).Customer);

        await TamperAsync(
            "UPDATE search_general SET customer = @b, record = (SELECT s.record FROM search_general s WHERE s.customer = @b ORDER BY s.record LIMIT 1) WHERE customer = @a AND block = @block",
            new { a = a.Bytes, b = b.Bytes, block = mobile.Blocks[0].Value }, DbRole.General);

        var found = await Search.FindAsync(mobile, Reach.Everyday, 5);
        Assert.Empty(found.Hits);
        Assert.Equal((Strongroom.Store.Customers.Fault.Search, b), (Assert.Single(found.Faults).Fault, found.Faults[0].Customer));
        Assert.Equal(IntegrityFault.SearchRow, Assert.Single((await Integrity.CheckAsync(1)).Findings).Fault);

        // Under another item's name it finds nobody: each item has a key of its own.
        await TamperAsync("UPDATE search_general SET item = 'email' WHERE block = @block", new { block = mobile.Blocks[0].Value }, DbRole.General);
        Assert.Empty((await Search.FindAsync(mobile, Reach.Everyday, 5)).Hits);
        Assert.Empty((await Search.FindAsync(Lookup("email", Compartment.General, "13900000000"), Reach.Everyday, 5)).Hits);
    }

    [Fact]
    public async Task An_identity_claim_moved_within_a_legal_entity_is_noticed()
    {
        await FillAsync();
        var (a, b) = (customers[0], customers[1]);
        var claim = Claim("id_no", "ID-0-0");
        Assert.Equal(new MatchOutcome.One(a, LifeState.Active), await Db.ReadAsync(tx => Matching.ByIdentityAsync(tx, Airline, [claim])));

        await TamperAsync(
            "UPDATE identity_claim SET customer = @b, record = (SELECT i.record FROM identity_claim i WHERE i.customer = @b ORDER BY i.record LIMIT 1) WHERE customer = @a AND block = @block",
            new { a = a.Bytes, b = b.Bytes, block = claim.Blocks[0].Value }, DbRole.Sensitive);

        var matched = Assert.IsType<MatchOutcome.Altered>(await Db.ReadAsync(tx => Matching.ByIdentityAsync(tx, Airline, [claim])));
        Assert.Equal((Strongroom.Store.Customers.Fault.Claim, b), (Assert.Single(matched.Faults).Fault, matched.Faults[0].Customer));
        Assert.Equal((IntegrityFault.Claim, b), (Assert.Single((await Integrity.CheckAsync(1)).Findings).Fault, (await Integrity.CheckAsync(1)).Findings[0].Customer));

        // Nobody builds upon it: neither he whom it names now, nor a third.
        foreach (var customer in new[] { b, customers[2] })
        {
            var record = await RecordAsync(customer, idNo: "ID-0-0");
            var outcome = await WriteAsync(tx => Customers.AddRecordAsync(tx, record));
            Assert.True(customer == b ? outcome is WriteOutcome.NotThere : outcome is WriteOutcome.Done, $"{outcome}");
        }

        // Corrected away from his record, it is not handed on under a fresh MAC.
        var now = await Db.ReadAsync(tx => SearchStore.ClaimsAsync(tx, Airline, [claim]));
        var named = RecordId.From(now[0].Placed.Record);
        await WriteAsync(tx => Customers.CorrectItemsAsync(tx, new Correction(b, named, [], [SearchKeyName.Of("id_no")], [], [])));
        Assert.Contains((await Integrity.CheckAsync(1)).Findings, found => found.Fault == IntegrityFault.Claim);
    }

    private async Task FillAsync()
    {
        foreach (var entity in new[] { Airline, Airline, EntityId.From(8) })
        {
            var customer = await CustomerAsync(entity);
            for (var n = 0; n < (customers.Count == 0 ? 2 : 1); n++)
            {
                await FillRecordAsync(customer, $"1390000000{values.Count}", $"ID-{customers.Count}-{n}");
            }

            await ConsentAsync(customer, "market");
            await ConsentAsync(customer, "profile");
            customers.Add(customer);
        }

        await WriteAsync(tx => Customers.RelateAsync(tx, new Relation(customers[0], null, customers[1], null, RelationKind.Companion), T0));
        await WriteAsync(tx => Customers.RelateAsync(tx, new Relation(customers[1], null, customers[0], null, RelationKind.Guardian), T0 + 7));
    }

    private async Task FillRecordAsync(CustomerId customer, string mobile, string document)
    {
        HappenedOn = values.Count == 0 ? null : new DateOnly(2026, 1, 1).AddDays(values.Count);
        var made = await RecordAsync(customer, mobile, document) with { Source = Sealer.Source($"crm-{document}", document) };
        Assert.IsType<WriteOutcome.Done>(await WriteAsync(tx => Customers.AddRecordAsync(tx, made)));
        var record = made.Id;
        foreach (var (key, compartment, value) in new[] { ("mobile", Compartment.General, mobile), ("id_no", Compartment.Sensitive, document) })
        {
            var next = await SealAsync(customer, record, key, compartment, value + "-new", version: 2);
            Assert.IsType<WriteOutcome.Done>(await WriteAsync(tx => Customers.CorrectItemsAsync(
                tx, new Correction(customer, record, [new CorrectedItem(ItemKey.Of(key), compartment, 1, next, T0 + 100 + values.Count)], [], [], []))));
            values[(record.Value, key, 1)] = value;
            values[(record.Value, key, 2)] = value + "-new";
            using var keys = await Keys.OpenAsync(new KeyOwner(customer.Value));
            var place = new FilePlace(customer, record, ItemKey.Of("id_image"), 1, compartment);
            var content = Encoding.UTF8.GetBytes($"image of {document} {key}");
            var file = await Files.WriteAsync(keys!, place, new MemoryStream(content));
            Assert.True(await Db.WriteAsync(tx => Files.AttachAsync(tx, file.Id, place)));
            files[file.Id] = content;
            Clock.Now++;
        }
    }

    private async Task ConsentAsync(CustomerId customer, string purpose)
    {
        using var keys = await Keys.OpenAsync(new KeyOwner(customer.Value));
        var given = Event(purpose, ConsentEventKind.Give, T0 + values.Count, T0 + 1_000_000 + values.Count);
        var reference = $"recording of {purpose} {customer}";
        await Db.WriteAsync(tx => Consents.RecordAsync(tx, new ConsentSubmission(customer, ReceiptId.New(), IntakeId.New(), T0 + values.Count,
            [new ConsentTaken(given, ItemSealer.SealReference(keys!, given.Id, reference))])));
        values[(given.Id.Value, ItemSealer.ReferenceItem, 1)] = reference;
    }

    /// <summary>Whether anything is reported wrong. Whatever opens must be what was written in that place; else this fails.</summary>
    private async Task<bool> NoticedAsync(string what)
    {
        var noticed = (await Integrity.CheckAsync(1)).Faults > 0;
        foreach (var customer in customers)
        {
            var read = await Customers.ReadAsync(customer, ReadScope.Everything);
            noticed |= read is null || read.Faults.Count > 0;
            foreach (var record in read?.Records ?? [])
            {
                foreach (var item in record.Items)
                {
                    noticed |= !await OpensAsWrittenAsync(what, record.ScopeOf(item), item.Sealed);
                }
            }

            var history = await Db.ReadAsync(tx => Consents.HistoryAsync(tx, customer));
            noticed |= history.Faults.Count > 0;
            foreach (var row in history.Rows.Where(r => r.SealedReference is not null))
            {
                noticed |= !await OpensAsWrittenAsync(what, ItemSealer.ReferenceScope(new KeyOwner(row.Customer.Value), row.Id), row.SealedReference!);
            }
        }

        foreach (var (table, compartment) in new[] { (Tables[4], Compartment.General), (Tables[5], Compartment.Sensitive) })
        {
            foreach (var row in await RowsAsync(table))
            {
                var scope = new SealScope(KeyOwner.FromBytes((byte[])row["customer"]!), RecordId.From((byte[])row["record"]!).Value, (string)row["item"]!, (int)(long)row["version"]!, compartment);
                noticed |= !await OpensAsWrittenAsync(what, scope, (byte[])row["sealed"]!);
            }
        }

        return await FilesAsync(what) || noticed;
    }

    private async Task<bool> OpensAsWrittenAsync(string what, SealScope scope, byte[] sealedValue)
    {
        using var keys = await Keys.OpenAsync(scope.Customer);
        if (keys is null || !keys.TryOpen(scope, sealedValue, out var plain))
        {
            return false;
        }

        Assert.True(values.GetValueOrDefault((scope.Record, scope.Item, scope.Version)) == Encoding.UTF8.GetString(plain), $"{what}: a value opened in a place where it was not written");
        return true;
    }

    private async Task<bool> FilesAsync(string what)
    {
        var noticed = false;
        foreach (var (id, content) in files)
        {
            try
            {
                var file = await Files.FindAsync(id);
                using var keys = file is null ? null : await Keys.OpenAsync(new KeyOwner(file.Place.Customer.Value));
                var output = new MemoryStream();
                noticed |= keys is null;
                if (keys is not null)
                {
                    await Files.OpenAsync(keys, file!, output);
                    Assert.True(content.AsSpan().SequenceEqual(output.ToArray()), $"{what}: a file opened as another");
                }
            }
            catch (BrokenSealException)
            {
                noticed = true;
            }
        }

        return noticed;
    }

    private Task<List<IDictionary<string, object?>>> RowsAsync(Table table) => Db.ReadAsync(async tx =>
    {
        await using var role = table.Role is { } asked ? await tx.AsRoleAsync(asked) : null;
        return (await tx.QueryAsync<object>($"SELECT * FROM {table.Name} ORDER BY {string.Join(", ", table.Key)}")).Cast<IDictionary<string, object?>>().Take(3).ToList();
    });

    /// <summary>Sets columns of one row to those of another; false when the database itself refuses.</summary>
    private async Task<bool> PutAsync(Table table, IDictionary<string, object?> into, List<string> columns, IDictionary<string, object?> from)
    {
        var args = new DynamicParameters();
        foreach (var column in columns.Where(c => from[c] is not null))
        {
            args.Add("set_" + column, from[column]);
        }

        foreach (var key in table.Key)
        {
            args.Add("key_" + key, into[key]);
        }

        var set = string.Join(", ", columns.Select(c => $"{c} = {(from[c] is null ? "NULL" : "@set_" + c)}"));
        var where = string.Join(" AND ", table.Key.Select(k => $"{k} = @key_{k}"));
        try
        {
            await TamperAsync($"UPDATE {table.Name} SET {set} WHERE {where}", args, table.Role);
            return true;
        }
        catch (System.Data.Common.DbException)
        {
            return false;
        }
    }

    private static bool Same(object? a, object? b) => a is byte[] x && b is byte[] y ? x.AsSpan().SequenceEqual(y) : Equals(a, b);

    /// <param name="MovesKey">Columns of the key are exchanged too.</param>
    private sealed record Table(string Name, string[] Key, DbRole? Role, bool MovesKey = false);
}

public sealed class MovedRowsOnSqlite() : MovedRowsSuite(TestStore.Sqlite());

public sealed class MovedRowsOnPostgres(PostgresServer server) : MovedRowsSuite(TestStore.Postgres(server));
