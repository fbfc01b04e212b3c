using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Customers;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Store.Compartments;

/// <summary>A ciphertext cannot be moved (architecture.md, promises): by its seal, and already by the rows around it.</summary>
public abstract class MovedCiphertextSuite(TestStore store) : StoreWorld(store)
{
    [Fact]
    public async Task Every_ciphertext_opens_in_its_own_place_and_in_no_other()
    {
        var places = new List<(SealScope Scope, byte[] Sealed, string Value)>();
        var customers = new[] { await CustomerAsync(), await CustomerAsync() };
        foreach (var customer in customers)
        {
            foreach (var record in new[] { RecordId.New(), RecordId.New() })
            {
                foreach (var item in new[] { "mobile", "email" })
                {
                    foreach (var version in new[] { 1, 2 })
                    {
                        foreach (var compartment in new[] { Compartment.General, Compartment.Sensitive })
                        {
                            var value = $"{places.Count}";
                            var made = await SealAsync(customer, record, item, compartment, value, version);
                            places.Add((new SealScope(new KeyOwner(customer.Value), record.Value, item, version, compartment), made.Sealed, value));
                        }
                    }
                }
            }
        }

        Assert.Equal(32, places.Count);
        var open = await Keys.OpenManyAsync(customers.Select(id => new KeyOwner(id.Value)).ToList());
        foreach (var place in places)
        {
            foreach (var (_, moved, value) in places)
            {
                var opens = open[place.Scope.Customer].TryOpen(place.Scope, moved, out var plain);
                Assert.Equal(ReferenceEquals(place.Sealed, moved), opens);
                Assert.Equal(opens ? value : "", Encoding.UTF8.GetString(plain));
            }
        }
    }

    [Theory]
    [InlineData("another record's pack of the same customer", "UPDATE general_item SET packed = (SELECT packed FROM general_item WHERE record = @b), mac = (SELECT mac FROM general_item WHERE record = @b) WHERE record = @a")]
    [InlineData("another customer's pack", "UPDATE general_item SET packed = (SELECT packed FROM general_item WHERE record = @c), mac = (SELECT mac FROM general_item WHERE record = @c) WHERE record = @a")]
    [InlineData("an earlier pack put back", "UPDATE general_item SET packed = @old, mac = @oldMac, version = 1 WHERE record = @a")]
    [InlineData("an earlier pack under the present version", "UPDATE general_item SET packed = @old, mac = @oldMac WHERE record = @a")]
    [InlineData("a pack taken away", "DELETE FROM general_item WHERE record = @a")]
    [InlineData("a pack under another customer", "UPDATE general_item SET customer = @other WHERE record = @a")]
    [InlineData("a byte of the pack", "UPDATE general_item SET packed = @old WHERE record = @a")]
    public async Task A_pack_that_is_not_the_records_own_gives_no_item_and_an_alarm(string what, string sql)
    {
        Assert.NotEmpty(what);
        var customer = await CustomerAsync();
        var other = await CustomerAsync();
        var (a, b, c) = (await AddAsync(customer, "13900000001"), await AddAsync(customer, "13900000002"), await AddAsync(other, "13900000003"));
        var old = await Db.ReadAsync(tx => Strongroom.Store.Compartments.ItemStore.OfRecordAsync(tx, Compartment.General, a.Bytes));
        var next = await SealAsync(customer, a, "mobile", Compartment.General, "13900000009", version: 2);
        await WriteAsync(tx => Customers.CorrectItemsAsync(
            tx, new Correction(customer, a, [new CorrectedItem(ItemKey.Of("mobile"), Compartment.General, 1, next, null)], [], [], [])));

        await TamperAsync(
            sql,
            new { a = a.Bytes, b = b.Bytes, c = c.Bytes, other = other.Bytes, old = old!.Packed, oldMac = old.Mac },
            DbRole.General);

        var read = await Customers.ReadAsync(customer, ReadScope.Everything);
        Assert.Equal(new FaultFound(Fault.Items, customer, a), Assert.Single(read!.Faults));
        Assert.Empty(read.Records.Single(record => record.Id == a).Items);
        Assert.Equal("13900000002", await OpenAsync(read.Records.Single(record => record.Id == b), "mobile"));
        Assert.Contains((await Integrity.CheckAsync(1)).Findings, found => found.Fault == IntegrityFault.Pack && found.Row == a.Value);
    }

    [Fact]
    public async Task A_pack_moved_into_the_other_compartment_gives_no_item()
    {
        var customer = await CustomerAsync();
        var record = await AddAsync(customer);
        var pack = await Db.ReadAsync(tx => Strongroom.Store.Compartments.ItemStore.OfRecordAsync(tx, Compartment.General, record.Bytes));

        await Db.WriteAsync(tx => Strongroom.Store.Compartments.ItemStore.InsertAsync(tx, Compartment.Sensitive, pack!));

        var read = await Customers.ReadAsync(customer, ReadScope.Everything);
        Assert.Equal(Fault.Items, Assert.Single(read!.Faults).Fault);
        Assert.All(read.Records.Single().Items, item => Assert.Equal(Compartment.General, item.Compartment));
    }
}

public sealed class MovedCiphertextOnSqlite() : MovedCiphertextSuite(TestStore.Sqlite());

public sealed class MovedCiphertextOnPostgres(PostgresServer server) : MovedCiphertextSuite(TestStore.Postgres(server));
