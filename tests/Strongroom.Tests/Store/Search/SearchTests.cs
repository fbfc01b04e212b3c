using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Customers;
using Strongroom.Store.Search;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Store.Search;

public abstract class SearchSuite(TestStore store) : StoreWorld(store)
{
    private SearchLookup Mobile(string number) => Lookup("mobile", Compartment.General, number);

    [Fact]
    public async Task Distinct_customers_with_their_records_up_to_the_limit_and_a_word_that_there_are_more()
    {
        var customers = new List<CustomerId>();
        for (var i = 0; i < 4; i++)
        {
            customers.Add(await CustomerAsync());
            await AddAsync(customers[i], "13900000001");
            await AddAsync(customers[i], "13900000001");
        }

        var all = await Search.FindAsync(Mobile("13900000001"), Reach.Everyday, 4);
        var some = await Search.FindAsync(Mobile("13900000001"), Reach.Everyday, 3);

        Assert.False(all.More);
        Assert.Equal(customers.OrderBy(id => id.Value), all.Hits.Select(hit => hit.Customer));
        Assert.All(all.Hits, hit => Assert.Equal(2, hit.Records.Count));
        Assert.True(some.More);
        Assert.Equal(all.Hits.Take(3).Select(hit => hit.Customer), some.Hits.Select(hit => hit.Customer));
    }

    [Fact]
    public async Task Nobody_has_the_same_form_of_answer_and_keys_do_not_mix()
    {
        await AddAsync(await CustomerAsync(), "13900000001", "11010519491231002X");

        Assert.Equal(FindHits.None, await Search.FindAsync(Mobile("13900000002"), Reach.Everyday, 5) with { Hits = FindHits.None.Hits });
        Assert.Empty((await Search.FindAsync(Lookup("phone", Compartment.General, "13900000001"), Reach.Everyday, 5)).Hits);
        Assert.Empty((await Search.FindAsync(Lookup("mobile", Compartment.Sensitive, "13900000001"), Reach.Everyday, 5)).Hits);
        Assert.Single((await Search.FindAsync(Lookup("id_no", Compartment.Sensitive, "11010519491231002X"), Reach.Everyday, 5)).Hits);
    }

    [Theory]
    [InlineData(LifeState.Restricted, false, 0, 1)]
    [InlineData(LifeState.Archived, false, 0, 1)]
    [InlineData(LifeState.Destroyed, false, 0, 0)]
    [InlineData(LifeState.Restricted, true, 0, 1)]
    [InlineData(LifeState.Archived, true, 0, 1)]
    [InlineData(LifeState.Destroyed, true, 0, 0)]
    public async Task Who_left_active_life_leaves_everyday_search(LifeState state, bool onlyRecord, int everyday, int duty)
    {
        var customer = await CustomerAsync();
        var record = await AddAsync(customer, "13900000001");
        await WriteAsync(tx => onlyRecord ? Customers.SetStateAsync(tx, customer, record, 1, state) : Customers.SetStateAsync(tx, customer, 1, state));

        Assert.Equal(everyday, (await Search.FindAsync(Mobile("13900000001"), Reach.Everyday, 5)).Hits.Count);
        Assert.Equal(duty, (await Search.FindAsync(Mobile("13900000001"), Reach.LegalDuty, 5)).Hits.Count);
    }

    [Fact]
    public async Task Waiting_questions_are_answered_together_and_each_with_its_own()
    {
        var customers = new List<CustomerId>();
        for (var i = 0; i < 20; i++)
        {
            customers.Add(await CustomerAsync());
            await AddAsync(customers[i], $"139000000{i:00}");
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Search.FindAsync(Mobile($"139000000{i:00}"), Reach.Everyday, 1 + (i % 3))));

        Assert.Equal(customers, answers.Select(answer => Assert.Single(answer.Hits).Customer));
    }

    [Fact]
    public async Task An_epoch_turn_cut_off_and_resumed_amid_new_customers_loses_nobody()
    {
        var numbers = new List<string>();
        var owners = new List<CustomerId>();
        for (var i = 0; i < 60; i++)
        {
            numbers.Add($"139{i:00000000}");
            owners.Add(await CustomerAsync());
            await AddAsync(owners[i], numbers[i], $"ID{i:000}");
        }

        var straggler = await RecordAsync(owners[0], "13977777777");
        (Keys.OpenEpoch, Keys.Draining) = (2, [1]);
        var rekeyer = new SearchRekeyer(Db, Keys, Macs);
        await Assert.ThrowsAsync<InvalidOperationException>(() => rekeyer.RekeyBatchAsync(1, 2, 10));
        await rekeyer.CloseAsync(1, 2);
        Assert.Equal(180, await rekeyer.RemainingAsync(1));
        Assert.IsType<WriteOutcome.EpochMoved>(await WriteAsync(tx => Customers.AddRecordAsync(tx, straggler)));

        // The first process dies after three batches; newcomers come all the while, and one customer's number is corrected.
        for (var i = 0; i < 3; i++)
        {
            await rekeyer.RekeyBatchAsync(1, 2, 7);
        }

        var newcomers = Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await AddAsync(owners[i], $"138{i:00000000}");
            }
        });
        Assert.All(await Task.WhenAll(numbers.Select(number => Search.FindAsync(Mobile(number), Reach.Everyday, 5))), found => Assert.Single(found.Hits));
        var resumed = new SearchRekeyer(Db, Keys, Macs);
        while (await resumed.RekeyBatchAsync(1, 2, 7) > 0)
        {
        }

        await newcomers;
        Assert.Equal(0, (await Integrity.CheckAsync(0)).Faults);
        Assert.Equal(0, await resumed.RemainingAsync(1));
        Assert.Equal(0, await resumed.RekeyBatchAsync(1, 2, 7));
        Keys.Draining = [];
        for (var i = 0; i < 60; i++)
        {
            Assert.Equal(owners[i], Assert.Single((await Search.FindAsync(Mobile(numbers[i]), Reach.Everyday, 5)).Hits).Customer);
            Assert.Equal(new MatchOutcome.One(owners[i], LifeState.Active), await Db.ReadAsync(tx => Matching.ByIdentityAsync(tx, Airline, [Claim("id_no", $"ID{i:000}")])));
        }

        Assert.All(
            await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Search.FindAsync(Mobile($"138{i:00000000}"), Reach.Everyday, 5))),
            found => Assert.Single(found.Hits));
    }

    [Fact]
    public async Task An_import_source_is_known_while_an_epoch_drains_and_after_and_its_old_mark_says_nothing_any_more()
    {
        var customer = await CustomerAsync();
        var record = await RecordAsync(customer) with { Source = Sealer.Source("crm", "13900000001") };
        await WriteAsync(tx => Customers.AddRecordAsync(tx, record));
        var before = await Db.ReadAsync(tx => tx.ScalarAsync<byte[]>("SELECT digest FROM record_source"));

        (Keys.OpenEpoch, Keys.Draining) = (2, [1]);
        var again = await RecordAsync(customer) with { Source = Sealer.Source("crm", "13900000001") };
        Assert.Equal(new WriteOutcome.SourceKnown(customer, record.Id), await WriteAsync(tx => Customers.AddRecordAsync(tx, again)));
        Assert.Equal(new KnownSource(customer, record.Id, true), await Db.ReadAsync(tx => Customers.FindSourceAsync(tx, again.Source!)));
        var rekeyer = new SearchRekeyer(Db, Keys, Macs);
        await rekeyer.CloseAsync(1, 2);
        while (await rekeyer.RekeyBatchAsync(1, 2, 7) > 0)
        {
        }

        Keys.Draining = [];
        Assert.Equal(0, await rekeyer.RemainingAsync(1));
        Assert.Equal(new KnownSource(customer, record.Id, true), await Db.ReadAsync(tx => Customers.FindSourceAsync(tx, Sealer.Source("crm", "13900000001"))));
        Assert.Equal(0, (await Integrity.CheckAsync(1)).Faults);

        // An old backup is asked with every key there still is: the source key, guessed, gives no mark that stands in it.
        Assert.All(Sealer.Source("crm", "13900000001").Blocks, block => Assert.False(block.Value.AsSpan().SequenceEqual(before)));
    }

    [Fact]
    public async Task What_was_moved_before_a_turn_is_carried_over_and_still_noticed_after_it()
    {
        var (a, b) = (await CustomerAsync(), await CustomerAsync());
        await AddAsync(a, "13900000001", "ID1");
        var record = await AddAsync(b, "13900000002", "ID2");
        await TamperAsync("UPDATE search_general SET customer = @b, record = @record WHERE customer = @a", new { a = a.Bytes, b = b.Bytes, record = record.Bytes }, DbRole.General);
        await TamperAsync("UPDATE identity_claim SET customer = @b, record = @record WHERE customer = @a", new { a = a.Bytes, b = b.Bytes, record = record.Bytes }, DbRole.Sensitive);

        (Keys.OpenEpoch, Keys.Draining) = (2, [1]);
        var rekeyer = new SearchRekeyer(Db, Keys, Macs);
        await rekeyer.CloseAsync(1, 2);
        while (await rekeyer.RekeyBatchAsync(1, 2, 7) > 0)
        {
        }

        Keys.Draining = [];
        Assert.Equal(0, await rekeyer.RemainingAsync(1));
        Assert.Equal(
            [IntegrityFault.Claim, IntegrityFault.SearchRow], (await Integrity.CheckAsync(1)).Findings.Select(found => found.Fault).OrderBy(fault => fault.ToString(), StringComparer.Ordinal));
        Assert.Empty((await Search.FindAsync(Mobile("13900000001"), Reach.Everyday, 5)).Hits);
        Assert.Single((await Search.FindAsync(Mobile("13900000002"), Reach.Everyday, 5)).Hits);
    }

    [Fact]
    public async Task A_number_claimed_under_the_draining_epoch_cannot_be_claimed_again_under_the_new()
    {
        var first = await CustomerAsync();
        await AddAsync(first, idNo: "11010519491231002X");
        (Keys.OpenEpoch, Keys.Draining) = (2, [1]);
        var second = await RecordAsync(await CustomerAsync(), idNo: "11010519491231002X");

        Assert.Equal(first, Assert.IsType<WriteOutcome.ClaimTaken>(await WriteAsync(tx => Customers.AddRecordAsync(tx, second))).Owner);
        await AddAsync(first, "13900000003");
        Assert.Equal(2, await Db.ReadAsync(SearchStore.EpochAsync));
    }
}

public sealed class SearchOnSqlite() : SearchSuite(TestStore.Sqlite());

public sealed class SearchOnPostgres(PostgresServer server) : SearchSuite(TestStore.Postgres(server))
{
    [Fact]
    public async Task The_general_role_sees_states_and_nothing_else_of_a_customer()
    {
        await Db.ReadAsync(async tx =>
        {
            await using var role = await tx.AsRoleAsync(DbRole.General);
            return await tx.QueryAsync<string>("SELECT state FROM customer");
        });
        foreach (var (role, sql) in new (DbRole?, string)[]
        {
            (DbRole.General, "SELECT consents FROM customer"), (DbRole.General, "SELECT packed FROM sensitive_item"),
            (DbRole.Sensitive, "SELECT packed FROM general_item"), (DbRole.General, "SELECT block FROM identity_claim"),
            (null, "SELECT packed FROM general_item"), (null, "SELECT packed FROM sensitive_item"), (null, "SELECT block FROM search_sensitive"),
        })
        {
            var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => TamperAsync(sql, null, role));
            Assert.Equal("42501", refused.SqlState);
        }
    }
}
