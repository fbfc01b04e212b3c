using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Store.Customers;

public abstract class MatchingSuite(TestStore store) : StoreWorld(store)
{
    private static readonly EntityId Hotel = EntityId.From(8);

    private const string IdOne = "11010519491231002X";

    private Task<MatchOutcome> MatchAsync(params NewClaim[] claims) => Db.ReadAsync(tx => Matching.ByIdentityAsync(tx, Airline, claims));

    private Task SuggestAsync(CustomerId customer, string mobile) =>
        Db.WriteAsync(tx => Matching.SuggestAsync(tx, Airline, customer, [Lookup("mobile", Compartment.General, mobile)], T0));

    private Task<IReadOnlyList<Candidate>> QueueAsync() => Db.ReadAsync(tx => Matching.OpenAsync(tx, 100));

    private async Task<MergeOutcome.Merged> MergeAsync(CustomerId gone, CustomerId kept) =>
        Assert.IsType<MergeOutcome.Merged>(await Db.WriteAsync(tx => Matching.MergeAsync(tx, gone, kept, Reviewer, T0)));

    private Task<IReadOnlyList<string>> RowsAsync() => Db.ReadAsync(async tx => (IReadOnlyList<string>)(await tx.QueryAsync<Row>(
        "SELECT id, kind, entity, state, merged_into AS mergedinto, consents FROM customer ORDER BY id"))
        .Select(row => $"{Convert.ToHexString(row.Id)} {row.Kind} {row.State} {Convert.ToHexString(row.MergedInto ?? [])} {Convert.ToHexString(row.Consents)}").ToList());

    private sealed class Row
    {
        public byte[] Id { get; init; } = [];

        public string Kind { get; init; } = "";

        public string State { get; init; } = "";

        public byte[]? MergedInto { get; init; }

        public byte[] Consents { get; init; } = [];
    }

    [Fact]
    public async Task Only_identity_numbers_match_and_two_matches_are_ambiguous()
    {
        var first = await CustomerAsync();
        var second = await CustomerAsync();
        await AddAsync(first, idNo: IdOne);
        await AddAsync(second, idNo: "E12345678");

        Assert.IsType<MatchOutcome.Nobody>(await MatchAsync(Claim("id_no", "nobody's")));
        Assert.IsType<MatchOutcome.Nobody>(await MatchAsync());
        Assert.IsType<MatchOutcome.Nobody>(await MatchAsync(Claim("mobile", "13800138000")));
        Assert.Equal(new MatchOutcome.One(first, LifeState.Active), await MatchAsync(Claim("id_no", IdOne), Claim("id_no", "unknown")));
        var both = Assert.IsType<MatchOutcome.Ambiguous>(await MatchAsync(Claim("id_no", IdOne), Claim("id_no", "E12345678")));
        Assert.Equal(new HashSet<CustomerId> { first, second }, both.Customers.ToHashSet());
    }

    [Fact]
    public async Task Two_legal_entities_hold_one_person_without_knowing_of_each_other()
    {
        var ours = await CustomerAsync();
        var theirs = await CustomerAsync(Hotel);
        await AddAsync(ours, "13900000001", IdOne);
        await AddAsync(theirs, "13900000001", IdOne);
        var third = await CustomerAsync(Hotel);
        var late = await RecordAsync(third, "13900000001", IdOne);

        Assert.Equal(new MatchOutcome.One(ours, LifeState.Active), await MatchAsync(Claim("id_no", IdOne)));
        Assert.Equal(new MatchOutcome.One(theirs, LifeState.Active), await Db.ReadAsync(tx => Matching.ByIdentityAsync(tx, Hotel, [Claim("id_no", IdOne)])));
        Assert.IsType<MatchOutcome.Nobody>(await Db.ReadAsync(tx => Matching.ByIdentityAsync(tx, EntityId.From(9), [Claim("id_no", IdOne)])));
        Assert.Equal(theirs, Assert.IsType<WriteOutcome.ClaimTaken>(await WriteAsync(tx => Customers.AddRecordAsync(tx, late))).Owner);

        await SuggestAsync(ours, "13900000001");
        Assert.Empty(await QueueAsync());
        Assert.IsType<WriteOutcome.NotThere>(await WriteAsync(tx => Customers.RelateAsync(tx, new Relation(ours, null, theirs, null, RelationKind.Companion), T0)));
        Assert.Equal(0, (await Integrity.CheckAsync(1)).Faults);
    }

    [Theory]
    [InlineData("UPDATE merge_step SET was_into = @other")]
    [InlineData("UPDATE merge_step SET now_into = @other")]
    [InlineData("UPDATE merge_step SET customer = @other")]
    [InlineData("DELETE FROM merge_step")]
    [InlineData("INSERT INTO merge_step (merge, customer, was_into, now_into) SELECT merge, @other, NULL, now_into FROM merge_step")]
    [InlineData("UPDATE merge SET kept = @other")]
    public async Task An_edited_merge_is_not_undone_and_is_found(string edit)
    {
        var (gone, kept, other) = (await CustomerAsync(), await CustomerAsync(), await CustomerAsync());
        var merge = await MergeAsync(gone, kept);
        Assert.Equal(0, (await Integrity.CheckAsync(1)).Faults);
        var before = await RowsAsync();

        await TamperAsync(edit, new { other = other.Bytes });

        Assert.IsType<MergeOutcome.NotThere>(await Db.WriteAsync(tx => Matching.UndoAsync(tx, merge.Id, Reviewer, T0)));
        Assert.Equal(before, await RowsAsync());
        Assert.Equal(IntegrityFault.MergeRow, Assert.Single((await Integrity.CheckAsync(1)).Findings).Fault);
    }

    [Fact]
    public async Task An_undone_merge_is_not_undone_again_by_clearing_its_mark()
    {
        var (gone, kept) = (await CustomerAsync(), await CustomerAsync());
        var first = await MergeAsync(gone, kept);
        Assert.IsType<MergeOutcome.Undone>(await Db.WriteAsync(tx => Matching.UndoAsync(tx, first.Id, Reviewer, T0)));
        await MergeAsync(gone, kept);
        Assert.Equal(0, (await Integrity.CheckAsync(1)).Faults);

        await TamperAsync("UPDATE merge SET undone = NULL, undone_by = NULL WHERE id = @id", new { id = first.Id.Bytes });

        Assert.IsType<MergeOutcome.NotThere>(await Db.WriteAsync(tx => Matching.UndoAsync(tx, first.Id, Reviewer, T0)));
    }

    [Fact]
    public async Task A_shared_phone_gives_a_candidate_and_nothing_else()
    {
        var first = await CustomerAsync();
        await AddAsync(first, "13900000001");
        var second = await CustomerAsync();
        await AddAsync(second, "13900000001");
        var alone = await CustomerAsync();

        var before = await RowsAsync();
        await SuggestAsync(second, "13900000001");
        await SuggestAsync(second, "13900000001");
        await SuggestAsync(alone, "13999999999");

        var candidate = Assert.Single(await QueueAsync());
        Assert.Equal(new HashSet<CustomerId> { first, second }, new HashSet<CustomerId> { candidate.A, candidate.B });
        Assert.Equal("mobile", candidate.Why.Value);
        Assert.Equal(before, await RowsAsync());
        Assert.Single((await Customers.ReadAsync(second, ReadScope.Outline))!.Records);
        Assert.True(await Db.WriteAsync(tx => Matching.RejectAsync(tx, candidate.Id, Reviewer, T0)));
        await SuggestAsync(second, "13900000001");
        Assert.Empty(await QueueAsync());
    }

    [Fact]
    public async Task An_agencys_number_does_not_flood_the_queue()
    {
        for (var i = 0; i < 9; i++)
        {
            await AddAsync(await CustomerAsync(), "13900000001");
        }

        await SuggestAsync(await CustomerAsync(), "13900000001");

        Assert.Equal(MatchRules.MostCandidates, (await QueueAsync()).Count);
    }

    [Fact]
    public async Task A_merge_joins_what_is_read_and_found_and_undoing_restores_exactly_what_was()
    {
        var (kept, gone) = (await CustomerAsync(), await CustomerAsync());
        await AddAsync(kept, "13900000001");
        await AddAsync(gone, "13900000002", IdOne);
        await Db.WriteAsync(tx => Consents.RecordAsync(tx, Says(kept, Event("market", ConsentEventKind.Give, T0))));
        await Db.WriteAsync(tx => Consents.RecordAsync(tx, Says(gone, Event("market", ConsentEventKind.Withdraw, T0 + 1))));
        var before = await RowsAsync();
        var seen = await Customers.ReadAsync(kept, ReadScope.Everything);

        var merge = await MergeAsync(gone, kept);

        var joined = await Customers.ReadAsync(kept, ReadScope.Everything);
        Assert.Equal([kept, gone], joined!.Owners);
        Assert.Equal(ConsentState.Withdrawn, joined.Consents[PurposeKey.Of("market")].State);
        Assert.Equal(
            ["13900000001", "13900000002"],
            (await Task.WhenAll(joined.Records.Select(record => OpenAsync(record, "mobile")))).Order(StringComparer.Ordinal));
        Assert.Equal(kept, (await Customers.ReadAsync(gone, ReadScope.Outline))!.MergedInto);
        Assert.Equal(kept, (await Search.FindAsync(Lookup("mobile", Compartment.General, "13900000002"), Reach.Everyday, 5)).Hits.Single().Customer);
        Assert.Equal(new MatchOutcome.One(kept, LifeState.Active), await MatchAsync(Claim("id_no", IdOne)));
        Assert.False(await Db.WriteAsync(tx => Customers.StillAsync(tx, seen!.Rows)));

        Assert.IsType<MergeOutcome.Undone>(await Db.WriteAsync(tx => Matching.UndoAsync(tx, merge.Id, Reviewer, T0)));
        Assert.Equal(before, await RowsAsync());
        Assert.Equal([kept], (await Customers.ReadAsync(kept, ReadScope.Everything))!.Owners);
        Assert.IsType<MergeOutcome.NotThere>(await Db.WriteAsync(tx => Matching.UndoAsync(tx, merge.Id, Reviewer, T0)));
    }

    [Fact]
    public async Task A_change_of_the_merged_customer_moves_the_version_decisions_are_guarded_by()
    {
        var (kept, gone) = (await CustomerAsync(), await CustomerAsync());
        await MergeAsync(gone, kept);
        var seen = (await Customers.ReadAsync(kept, ReadScope.Outline))!.Version;

        await Db.WriteAsync(tx => Consents.RecordAsync(tx, Says(gone, Event("market", ConsentEventKind.Withdraw, T0))));

        Assert.True((await Customers.ReadAsync(kept, ReadScope.Outline))!.Version > seen);
    }

    [Fact]
    public async Task Merges_stack_and_are_undone_from_the_top()
    {
        var (a, b, c) = (await CustomerAsync(), await CustomerAsync(), await CustomerAsync());
        var start = await RowsAsync();
        var lower = await MergeAsync(a, b);
        var middle = await RowsAsync();
        var upper = await MergeAsync(b, c);

        Assert.Equal(new HashSet<CustomerId> { a, b, c }, (await Customers.ReadAsync(c, ReadScope.Outline))!.Owners.ToHashSet());
        Assert.IsType<MergeOutcome.LaterFirst>(await Db.WriteAsync(tx => Matching.UndoAsync(tx, lower.Id, Reviewer, T0)));
        await Db.WriteAsync(tx => Matching.UndoAsync(tx, upper.Id, Reviewer, T0));
        Assert.Equal(middle, await RowsAsync());
        await Db.WriteAsync(tx => Matching.UndoAsync(tx, lower.Id, Reviewer, T0));
        Assert.Equal(start, await RowsAsync());
    }

    [Fact]
    public async Task What_is_not_alike_is_not_merged()
    {
        var person = await CustomerAsync();
        var company = await CustomerAsync(kind: CustomerKind.Organisation);
        var elsewhere = await CustomerAsync(entity: EntityId.From(8));
        var (other, gone) = (await CustomerAsync(), await CustomerAsync());
        await MergeAsync(gone, other);
        Task<MergeOutcome> Try(CustomerId a, CustomerId b) => Db.WriteAsync(tx => Matching.MergeAsync(tx, a, b, Reviewer, T0));

        Assert.IsType<MergeOutcome.NotAlike>(await Try(person, company));
        Assert.IsType<MergeOutcome.NotAlike>(await Try(person, elsewhere));
        Assert.IsType<MergeOutcome.NotAlike>(await Try(person, person));
        Assert.IsType<MergeOutcome.NotAlike>(await Try(gone, person));
        Assert.IsType<MergeOutcome.NotAlike>(await Try(person, gone));
        Assert.IsType<MergeOutcome.NotThere>(await Try(person, CustomerId.New()));
    }

    [Fact]
    public async Task A_merge_made_in_the_database_opens_nothing_more()
    {
        var (reader, victim) = (await CustomerAsync(), await CustomerAsync());
        await AddAsync(victim);
        await Db.WriteAsync(tx => Consents.RecordAsync(tx, Says(victim, Event("market", ConsentEventKind.Give, T0))));

        await TamperAsync("UPDATE customer SET merged_into = @reader WHERE id = @victim", new { reader = reader.Bytes, victim = victim.Bytes });

        var read = await Customers.ReadAsync(reader, ReadScope.Everything);
        Assert.Equal(Fault.Customer, Assert.Single(read!.Faults).Fault);
        Assert.Empty(read.Consents);
        Assert.All(read.Records, record => Assert.Equal(LifeState.Restricted, record.State));
    }

    [Fact]
    public async Task An_accepted_candidate_is_closed_by_its_merge()
    {
        var (first, second) = (await CustomerAsync(), await CustomerAsync());
        await AddAsync(first, "13900000001");
        await AddAsync(second, "13900000001");
        await SuggestAsync(second, "13900000001");
        var candidate = Assert.Single(await QueueAsync());
        Task<MergeOutcome> Accept(CustomerId gone) => Db.WriteAsync(tx => Matching.AcceptAsync(tx, candidate.Id, gone, Reviewer, T0));

        Assert.IsType<MergeOutcome.NotThere>(await Accept(CustomerId.New()));
        Assert.IsType<MergeOutcome.Merged>(await Accept(second));
        Assert.Empty(await QueueAsync());
        Assert.Equal(first, (await Customers.ReadAsync(second, ReadScope.Outline))!.MergedInto);
        Assert.IsType<MergeOutcome.NotThere>(await Accept(second));
    }
}

public sealed class MatchingOnSqlite() : MatchingSuite(TestStore.Sqlite());

public sealed class MatchingOnPostgres(PostgresServer server) : MatchingSuite(TestStore.Postgres(server));
