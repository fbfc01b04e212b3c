using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Store.Compartments;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Search;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Store.Customers;

public abstract class CustomersSuite(TestStore store) : StoreWorld(store)
{
    [Fact]
    public async Task What_was_written_is_read_with_its_provenance_and_opens()
    {
        var customer = await CustomerAsync();
        var record = await AddAsync(customer, "13912345678", "11010519491231002X");

        var read = await Customers.ReadAsync(customer, ReadScope.Everything);

        Assert.NotNull(read);
        Assert.Equal((CustomerKind.Person, Airline, LifeState.Active, 1L), (read.Kind, read.Entity, read.State, read.Version));
        Assert.Empty(read.Faults);
        var seen = Assert.Single(read.Records);
        Assert.Equal((record, customer, "profile"), (seen.Id, seen.Owner, seen.Type.Value));
        Assert.Equal("13912345678", await OpenAsync(seen, "mobile"));
        Assert.Equal("11010519491231002X", await OpenAsync(seen, "id_no"));
        Assert.All(seen.Items, item => Assert.Equal((1, T0, IntakeId.From(5)), (item.Version, item.At, item.Intake)));
    }

    [Fact]
    public async Task A_compartment_that_is_not_asked_for_is_not_read()
    {
        var customer = await CustomerAsync();
        await AddAsync(customer, idNo: "11010519491231002X");

        var general = await Customers.ReadAsync(customer, new ReadScope(General: true, Sensitive: false));
        var outline = await Customers.ReadAsync(customer, ReadScope.Outline);

        Assert.Equal(["mobile"], general!.Records.Single().Items.Select(item => item.Key.Value));
        Assert.Empty(outline!.Records.Single().Items);
        Assert.Empty(general.Faults);
    }

    [Fact]
    public async Task Many_are_read_at_once_and_the_unknown_are_left_out()
    {
        var known = new List<CustomerId>();
        for (var i = 0; i < 5; i++)
        {
            known.Add(await CustomerAsync());
            await AddAsync(known[i], $"1390000000{i}");
        }

        var read = await Customers.ReadManyAsync([.. known, CustomerId.New()], ReadScope.Everything);

        Assert.Equal(known.ToHashSet(), read.Keys.ToHashSet());
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal($"1390000000{i}", await OpenAsync(read[known[i]].Records.Single(), "mobile"));
        }

        Assert.Null(await Customers.ReadAsync(CustomerId.New(), ReadScope.Everything));
    }

    [Fact]
    public async Task A_correction_keeps_the_earlier_version_sealed_and_refuses_a_stale_one()
    {
        var customer = await CustomerAsync();
        var record = await AddAsync(customer, "13900000001");
        var next = await SealAsync(customer, record, "mobile", Compartment.General, "13900000002", version: 2);
        var correction = new Correction(
            customer, record, [new CorrectedItem(ItemKey.Of("mobile"), Compartment.General, 1, next, T0 + 1000)],
            [SearchKeyName.Of("mobile")],
            [new NewBlock(SearchKeyName.Of("mobile"), Compartment.General, Keys.Block("mobile", "13900000002"u8))], []);

        var first = await WriteAsync(tx => Customers.CorrectItemsAsync(tx, correction));
        var again = await WriteAsync(tx => Customers.CorrectItemsAsync(tx, correction));

        Assert.IsType<WriteOutcome.Done>(first);
        Assert.IsType<WriteOutcome.Stale>(again);
        var read = await Customers.ReadAsync(customer, ReadScope.Everything);
        Assert.Empty(read!.Faults);
        Assert.Equal("13900000002", await OpenAsync(read.Records.Single(), "mobile"));
        Assert.Equal(2, read.Records.Single().Version);
        Assert.Empty((await Search.FindAsync(Lookup("mobile", Compartment.General, "13900000001"), Reach.LegalDuty, 5)).Hits);
        Assert.Single((await Search.FindAsync(Lookup("mobile", Compartment.General, "13900000002"), Reach.Everyday, 5)).Hits);
        var old = await Db.ReadAsync(async tx =>
        {
            await using var role = await tx.AsRoleAsync(DbRole.General);
            return await tx.QueryAsync<byte[]>("SELECT sealed FROM general_item_old WHERE item = 'mobile' AND version = 1 AND until = @until", new { until = T0 + 1000 });
        });
        using var keys = await Keys.OpenAsync(new KeyOwner(customer.Value));
        Assert.True(keys!.TryOpen(new SealScope(new KeyOwner(customer.Value), record.Value, "mobile", 1, Compartment.General), Assert.Single(old), out var plain));
        Assert.Equal("13900000001", Encoding.UTF8.GetString(plain));
    }

    [Fact]
    public async Task A_removed_value_is_gone_and_its_version_number_is_not_used_again()
    {
        var customer = await CustomerAsync();
        var record = await AddAsync(customer);
        var key = ItemKey.Of("mobile");
        Correction Change(int expected, NewItem? value) => new(
            customer, record, [new CorrectedItem(key, Compartment.General, expected, value, null)], [SearchKeyName.Of("mobile")], [], []);

        Assert.IsType<WriteOutcome.Done>(await WriteAsync(tx => Customers.CorrectItemsAsync(tx, Change(1, null))));
        Assert.Empty((await Customers.ReadAsync(customer, ReadScope.Everything))!.Records.Single().Items);

        var asNew = await SealAsync(customer, record, "mobile", Compartment.General, "13900000009");
        Assert.IsType<WriteOutcome.Stale>(await WriteAsync(tx => Customers.CorrectItemsAsync(tx, Change(0, asNew))));
        var asThird = await SealAsync(customer, record, "mobile", Compartment.General, "13900000009", version: 3);
        Assert.IsType<WriteOutcome.Done>(await WriteAsync(tx => Customers.CorrectItemsAsync(tx, Change(2, asThird))));
        Assert.Equal("13900000009", await OpenAsync((await Customers.ReadAsync(customer, ReadScope.Everything))!.Records.Single(), "mobile"));
    }

    [Fact]
    public async Task States_move_only_along_the_rules_and_by_the_version_seen()
    {
        var customer = await CustomerAsync();
        var record = await AddAsync(customer);

        Assert.IsType<WriteOutcome.Stale>(await WriteAsync(tx => Customers.SetStateAsync(tx, customer, 9, LifeState.Restricted)));
        Assert.IsType<WriteOutcome.Done>(await WriteAsync(tx => Customers.SetStateAsync(tx, customer, 1, LifeState.Restricted)));
        Assert.Equal(LifeState.Restricted, (await Customers.ReadAsync(customer, ReadScope.Outline))!.State);
        var shelved = await CustomerAsync();
        var more = await RecordAsync(shelved);
        await WriteAsync(tx => Customers.SetStateAsync(tx, shelved, 1, LifeState.Archived));
        Assert.IsType<WriteOutcome.WrongState>(await WriteAsync(tx => Customers.AddRecordAsync(tx, more)));
        Assert.IsType<WriteOutcome.Done>(await WriteAsync(tx => Customers.SetStateAsync(tx, customer, 2, LifeState.Active)));
        Assert.IsType<WriteOutcome.Done>(await WriteAsync(tx => Customers.SetStateAsync(tx, customer, record, 1, LifeState.Archived)));
        var read = await Customers.ReadAsync(customer, ReadScope.Outline);
        Assert.Equal((LifeState.Active, 4L, LifeState.Archived), (read!.State, read.Version, read.Records.Single().State));
        Assert.IsType<WriteOutcome.WrongState>(await WriteAsync(tx => Customers.SetStateAsync(tx, customer, record, 2, LifeState.Active)));
        Assert.IsType<WriteOutcome.Done>(await WriteAsync(tx => Customers.SetStateAsync(tx, customer, 4, LifeState.Destroyed)));
        Assert.Null(await Customers.ReadAsync(customer, ReadScope.Everything));
        Assert.IsType<WriteOutcome.NotThere>(await WriteAsync(tx => Customers.SetStateAsync(tx, customer, 5, LifeState.Active)));
    }

    [Fact]
    public async Task An_identity_number_belongs_to_one_customer_and_a_refused_write_leaves_nothing()
    {
        var first = await CustomerAsync();
        var second = await CustomerAsync();
        await AddAsync(first, idNo: "11010519491231002X");
        var taken = await RecordAsync(second, idNo: "11010519491231002X");

        var outcome = await WriteAsync(tx => Customers.AddRecordAsync(tx, taken));

        Assert.Equal(first, Assert.IsType<WriteOutcome.ClaimTaken>(outcome).Owner);
        Assert.Empty((await Customers.ReadAsync(second, ReadScope.Outline))!.Records);
        await AddAsync(first, idNo: "11010519491231002X");
    }

    [Fact]
    public async Task A_corrected_number_stays_claimed_while_another_record_carries_it()
    {
        const string number = "11010519491231002X";
        var (owner, other) = (await CustomerAsync(), await CustomerAsync());
        var first = await AddAsync(owner, idNo: number);
        var second = await AddAsync(owner, idNo: number);
        var strangers = await RecordAsync(other, idNo: number);
        async Task<WriteOutcome> GiveUpAsync(RecordId record) => await WriteAsync(tx => Customers.CorrectItemsAsync(tx, new Correction(
            owner, record, [new CorrectedItem(ItemKey.Of("id_no"), Compartment.Sensitive, 1, null, null)], [SearchKeyName.Of("id_no")], [], [])));

        Assert.IsType<WriteOutcome.Done>(await GiveUpAsync(first));
        Assert.Equal(owner, Assert.IsType<WriteOutcome.ClaimTaken>(await WriteAsync(tx => Customers.AddRecordAsync(tx, strangers))).Owner);

        Assert.IsType<WriteOutcome.Done>(await GiveUpAsync(second));
        Assert.IsType<WriteOutcome.Done>(await WriteAsync(tx => Customers.AddRecordAsync(tx, strangers)));
    }

    [Fact]
    public async Task A_number_given_up_goes_to_the_record_of_a_merged_customer_that_carries_it()
    {
        const string number = "11010519491231002X";
        var (kept, gone, other) = (await CustomerAsync(), await CustomerAsync(), await CustomerAsync());
        var record = await AddAsync(kept, idNo: number);
        var unclaimed = await RecordAsync(gone, idNo: number) with { Claims = [] };
        await WriteAsync(tx => Customers.AddRecordAsync(tx, unclaimed));
        await Db.WriteAsync(tx => Matching.MergeAsync(tx, gone, kept, Reviewer, T0));

        await WriteAsync(tx => Customers.CorrectItemsAsync(tx, new Correction(
            kept, record, [new CorrectedItem(ItemKey.Of("id_no"), Compartment.Sensitive, 1, null, null)], [SearchKeyName.Of("id_no")], [], [])));

        var strangers = await RecordAsync(other, idNo: number);
        Assert.Equal(kept, Assert.IsType<WriteOutcome.ClaimTaken>(await WriteAsync(tx => Customers.AddRecordAsync(tx, strangers))).Owner);
    }

    [Fact]
    public async Task While_an_epoch_drains_a_number_is_rather_kept_than_given_up()
    {
        const string number = "11010519491231002X";
        var (owner, other) = (await CustomerAsync(), await CustomerAsync());
        var first = await AddAsync(owner, idNo: number);
        await Db.WriteAsync(tx => SearchStore.MoveEpochAsync(tx, 2));
        (Keys.OpenEpoch, Keys.Draining) = (2, [1]);
        await AddAsync(owner, idNo: number);

        await WriteAsync(tx => Customers.CorrectItemsAsync(tx, new Correction(
            owner, first, [new CorrectedItem(ItemKey.Of("id_no"), Compartment.Sensitive, 1, null, null)], [SearchKeyName.Of("id_no")], [], [])));

        var strangers = await RecordAsync(other, idNo: number);
        Assert.Equal(owner, Assert.IsType<WriteOutcome.ClaimTaken>(await WriteAsync(tx => Customers.AddRecordAsync(tx, strangers))).Owner);
    }

    [Fact]
    public async Task Who_comes_back_from_the_archive_leaves_his_old_records_there()
    {
        var (customer, gone) = (await CustomerAsync(), await CustomerAsync());
        await AddAsync(customer);
        await AddAsync(gone);
        await Db.WriteAsync(tx => Matching.MergeAsync(tx, gone, customer, Reviewer, T0));
        Assert.IsType<WriteOutcome.Done>(await WriteAsync(tx => Customers.SetStateAsync(tx, customer, 2, LifeState.Archived)));

        Assert.IsType<WriteOutcome.Done>(await WriteAsync(tx => Customers.SetStateAsync(tx, customer, 3, LifeState.Active)));
        await AddAsync(customer);

        var read = await Customers.ReadAsync(customer, ReadScope.Everything);
        Assert.Equal(LifeState.Active, read!.State);
        Assert.Equal([LifeState.Active, LifeState.Archived, LifeState.Archived], read.Records.Select(record => record.State).Order());
        Assert.Empty(read.Faults);
    }

    [Fact]
    public async Task Two_writers_with_one_identity_number_never_both_win()
    {
        var customers = new List<CustomerId>();
        var records = new List<NewRecord>();
        for (var i = 0; i < 6; i++)
        {
            customers.Add(await CustomerAsync());
            records.Add(await RecordAsync(customers[i], idNo: "11010519491231002X"));
        }

        var outcomes = await Task.WhenAll(records.Select(record => WriteAsync(tx => Customers.AddRecordAsync(tx, record))));

        var winner = customers[Array.FindIndex(outcomes, outcome => outcome is WriteOutcome.Done)];
        Assert.Single(outcomes, outcome => outcome is WriteOutcome.Done);
        Assert.All(outcomes.OfType<WriteOutcome.ClaimTaken>(), taken => Assert.Equal(winner, taken.Owner));
        Assert.Equal(5, outcomes.OfType<WriteOutcome.ClaimTaken>().Count());
    }

    [Fact]
    public async Task A_source_record_is_taken_in_once()
    {
        var customer = await CustomerAsync();
        var source = Sealer.Source("crm", "42");
        var record = await RecordAsync(customer) with { Source = source };
        var again = await RecordAsync(customer) with { Source = source };

        await WriteAsync(tx => Customers.AddRecordAsync(tx, record));

        Assert.Equal(new WriteOutcome.SourceKnown(customer, record.Id), await WriteAsync(tx => Customers.AddRecordAsync(tx, again)));
        Assert.Equal(new KnownSource(customer, record.Id, true), await Db.ReadAsync(tx => Customers.FindSourceAsync(tx, source)));
        Assert.Null(await Db.ReadAsync(tx => Customers.FindSourceAsync(tx, Sealer.Source("crm", "43"))));
        Assert.NotEqual(Sealer.Source("crm4", "2").Open.Value, source.Open.Value);
    }

    [Fact]
    public async Task Relations_are_kept_once_and_an_altered_one_does_not_count()
    {
        var child = await CustomerAsync();
        var parent = await CustomerAsync();
        var relation = new Relation(parent, null, child, null, RelationKind.Guardian);

        await WriteAsync(tx => Customers.RelateAsync(tx, relation, T0));
        await WriteAsync(tx => Customers.RelateAsync(tx, relation, T0 + 1));
        Assert.Equal([relation], await Db.ReadAsync(tx => Customers.RelationsAsync(tx, child)));
        Assert.IsType<WriteOutcome.NotThere>(await WriteAsync(tx => Customers.RelateAsync(tx, relation with { To = CustomerId.New() }, T0)));

        await TamperAsync("UPDATE relation SET kind = 'handler'");
        Assert.Empty(await Db.ReadAsync(tx => Customers.RelationsAsync(tx, child)));
    }

    [Fact]
    public async Task An_edited_customer_row_has_no_consents_reads_as_restricted_and_cannot_be_built_upon()
    {
        var customer = await CustomerAsync();
        await AddAsync(customer);
        await Db.WriteAsync(tx => Consents.RecordAsync(tx, Says(customer, Event("market", ConsentEventKind.Give, T0))));
        Assert.True((await Customers.ReadAsync(customer, ReadScope.Outline))!.Consents[PurposeKey.Of("market")].IsGiven);

        var forged = ConsentSummary.Write([new ConsentNow(PurposeKey.Of("profile"), ConsentState.SeparateGiven, T0, null, ConsentForm.Written, null, 1, ConsentId.New())]);
        await TamperAsync("UPDATE customer SET consents = @forged", new { forged });

        var read = await Customers.ReadAsync(customer, ReadScope.Everything);
        Assert.Empty(read!.Consents);
        Assert.Equal(LifeState.Restricted, read.State);
        Assert.Equal(new FaultFound(Fault.Customer, customer, null), Assert.Single(read.Faults));
        Assert.IsType<ConsentOutcome.NotThere>(await Db.WriteAsync(tx => Consents.RecordAsync(tx, Says(customer, Event("market", ConsentEventKind.Give, T0)))));
        var more = await RecordAsync(customer);
        Assert.IsType<WriteOutcome.NotThere>(await WriteAsync(tx => Customers.AddRecordAsync(tx, more)));
        Assert.IsType<WriteOutcome.NotThere>(await WriteAsync(tx => Customers.SetStateAsync(tx, customer, read.Version, LifeState.Active)));
    }

    [Theory]
    [InlineData("UPDATE customer SET state = 'active'")]
    [InlineData("UPDATE customer SET version = 1")]
    [InlineData("UPDATE customer SET entity = mac")]
    [InlineData("UPDATE customer SET kind = 'organisation'")]
    public async Task Any_edit_of_a_customer_row_is_found(string edit)
    {
        var customer = await CustomerAsync();
        await WriteAsync(tx => Customers.SetStateAsync(tx, customer, 1, LifeState.Archived));
        if (edit.Contains("entity", StringComparison.Ordinal))
        {
            edit = "UPDATE customer SET entity = id";
        }

        await TamperAsync(edit);

        var read = await Customers.ReadAsync(customer, ReadScope.Outline);
        Assert.Single(read!.Faults);
        Assert.NotEqual(LifeState.Active, read.State);
    }

    [Fact]
    public async Task An_edited_record_row_reads_as_restricted_without_items()
    {
        var customer = await CustomerAsync();
        var record = await AddAsync(customer);
        await WriteAsync(tx => Customers.SetStateAsync(tx, customer, record, 1, LifeState.Archived));

        await TamperAsync("UPDATE record SET state = 'active'");

        var read = await Customers.ReadAsync(customer, ReadScope.Everything);
        Assert.Equal(Fault.Record, Assert.Single(read!.Faults).Fault);
        Assert.Equal(LifeState.Restricted, read.Records.Single().State);
        Assert.Empty(read.Records.Single().Items);
    }

    [Fact]
    public async Task The_commit_guard_fails_when_the_customer_moved_or_went()
    {
        var customer = await CustomerAsync();
        var other = await CustomerAsync();
        CommitGuard Guard(CustomerId id, long version) => new() { ConfigEpoch = 1, Customer = (id, version) };
        await Db.WriteAsync(tx => Consents.RecordAsync(tx, Says(customer, Event("market", ConsentEventKind.Withdraw, T0))));

        var failing = await Db.ReadAsync(tx => new CustomerGuards().FailingAsync(
            tx, [Guard(customer, 1), Guard(other, 1), Guard(customer, 2), Guard(CustomerId.New(), 1), new CommitGuard { ConfigEpoch = 1 }]));

        Assert.Equal(new HashSet<int> { 0, 3 }, failing.ToHashSet());
        Assert.True(await Db.WriteAsync(tx => Customers.StillAsync(tx, [new RowVersion(customer, 2), new RowVersion(other, 1)])));
        Assert.False(await Db.WriteAsync(tx => Customers.StillAsync(tx, [new RowVersion(customer, 1)])));
    }

    [Fact]
    public async Task Blocks_of_an_epoch_that_has_moved_do_not_commit()
    {
        var customer = await CustomerAsync();
        var straggler = await RecordAsync(customer);
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE search_epoch SET epoch = 2"));

        Assert.IsType<WriteOutcome.EpochMoved>(await WriteAsync(tx => Customers.AddRecordAsync(tx, straggler)));
    }
}

public sealed class CustomersOnSqlite() : CustomersSuite(TestStore.Sqlite());

public sealed class CustomersOnPostgres(PostgresServer server) : CustomersSuite(TestStore.Postgres(server));
