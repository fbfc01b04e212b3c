using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Compartments;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Search;

namespace Strongroom.Store.Intakes;

/// <summary>Somebody who is not on file yet, with everything his first submission brings.</summary>
/// <param name="Hints">Look-ups for the candidate queue.</param>
internal sealed record Newcomer(
    NewCustomer Customer,
    IReadOnlyList<NewRecord> Records,
    ConsentSubmission Consents,
    IReadOnlyList<SearchLookup> Hints,
    IntakeRecord Intake)
{
    public NewSource? Source => Records.Select(record => record.Source).OfType<NewSource>().SingleOrDefault();

    public Hinted Hinted => new(Customer.Id, Customer.Entity, Hints, [.. Records.SelectMany(record => record.Blocks)], Customer.Created);

    /// <summary>His documents and source, which can exist only once, as text that tells the kinds apart.</summary>
    public IEnumerable<string> Names => Unmatched.Claims
        .Select(claim => $"claim {Customer.Entity} {claim.Key} {Convert.ToHexString(claim.Blocks[0].Value)}")
        .Concat(Source is { } source ? [$"source {Convert.ToHexString(source.Open.Value)} {source.System}"] : []);

    public Unmatched Unmatched => new(Customer.Entity, [.. Records.SelectMany(record => record.Claims)], Source);
}

/// <summary>A newcomer's rows with their MACs, ready to be written: nothing in them depends on what stands in the database.</summary>
/// <param name="Epoch">The epoch of all his search blocks; null: he has none.</param>
/// <param name="Consented">For the log: the consent rows and the customer's version they made.</param>
internal sealed record NewcomerRows(
    Newcomer Of, CustomerRow Customer, IReadOnlyList<RecordRows> Records, IReadOnlyList<ConsentRow> Consents, IntakeRow Intake, int? Epoch,
    ConsentOutcome.Recorded? Consented)
{
    public required IReadOnlyList<(Compartment Compartment, SearchRow Row)> Searched { get; init; }

    public required IReadOnlyList<NewClaimRow> Claims { get; init; }

    public required SourceRow? Source { get; init; }
}

/// <summary>
/// Writes many newcomers in one transaction, table by table, as many rows in one statement: what a lane of submissions costs is shared by
/// all of them. The rows are made and inserted by the code that writes them one by one.
/// </summary>
internal sealed class Newcomers(RowMacs macs, IConsents consents, IIntakes intakes, IMatching matching)
{
    /// <summary>Null when he cannot be written this way: a consent is not allowed, or his blocks are of two epochs.</summary>
    public NewcomerRows? Prepare(Newcomer newcomer)
    {
        var customer = CustomerWriter.RowOf(newcomer.Customer);
        ConsentOutcome? outcome = null;
        List<ConsentRow> history = [];
        if (newcomer.Consents.Events.Count > 0)
        {
            outcome = consents.Apply(customer, new Dictionary<PurposeKey, ConsentNow>(), newcomer.Consents, out history);
            if (outcome is not ConsentOutcome.Recorded recorded)
            {
                return null;
            }

            customer.Version = recorded.Version;
        }

        customer.Mac = macs.Of(customer);
        var epochs = CustomerWriter.EpochsOf(newcomer.Records.SelectMany(record => record.Blocks), newcomer.Records.SelectMany(record => record.Claims), newcomer.Source);
        return epochs.Count > 1 ? null : new NewcomerRows(
            newcomer, customer, [.. newcomer.Records.Select(record => RecordRows.Of(macs, record))], history, intakes.RowOf(newcomer.Intake),
            epochs.Count == 1 ? epochs[0] : null, outcome as ConsentOutcome.Recorded)
        {
            Searched = [.. newcomer.Records.SelectMany(record => record.Blocks.Select(block =>
                (block.Compartment, SearchRow.Of(macs, block.Compartment, block, record.Id, record.Customer))))],
            Claims = ClaimsOf(newcomer),
            Source = newcomer.Records.Where(record => record.Source is not null)
                .Select(record => SourceRow.Of(macs, record.Source!, record.Id, record.Customer)).SingleOrDefault(),
        };
    }

    /// <summary>
    /// Asks in a batch; answers, once it has run, for each whether he can be written now, as far as can be seen. Holds the search epoch until
    /// the commit. Who brings blocks of a later epoch is written alone, for that raises it.
    /// </summary>
    public Func<IReadOnlyList<bool>> AskFit(Batch batch, IReadOnlyList<NewcomerRows> newcomers)
    {
        var epoch = SearchStore.AskHeldEpoch(batch);
        var fresh = matching.AskNew(batch, [.. newcomers.Select(newcomer => newcomer.Of.Unmatched)]);
        return () =>
        {
            var isNew = fresh();
            return [.. newcomers.Select((newcomer, i) => isNew[i] && (newcomer.Epoch is null || newcomer.Epoch == epoch.All[0]))];
        };
    }

    /// <summary>
    /// Writes all of them; an id, a document or a source that somebody else has just taken is an error, which undoes the transaction. Unique
    /// rows come first and in one order for everybody, so that two groups do not wait for each other in a ring.
    /// </summary>
    public static void Insert(Batch batch, IReadOnlyList<NewcomerRows> newcomers, IReadOnlyList<CandidateRow> candidates)
    {
        batch.Insert(CustomerStore.ManyCustomers, [.. newcomers.Select(newcomer => newcomer.Customer).OrderBy(row => row.CustomerId.Value)]);
        batch.Insert(CustomerStore.ManySources, [.. newcomers.Select(newcomer => newcomer.Source).OfType<SourceRow>()
            .OrderBy(row => row.System, StringComparer.Ordinal).ThenBy(row => Convert.ToHexString(row.Digest), StringComparer.Ordinal)]);
        batch.As(DbRole.Sensitive, inside =>
        {
            SearchStore.Claim(inside, [.. newcomers.SelectMany(newcomer => newcomer.Claims)
                .OrderBy(row => row.Item, StringComparer.Ordinal).ThenBy(row => Convert.ToHexString(row.Block.Value), StringComparer.Ordinal)]);
            Insert(inside, Compartment.Sensitive, newcomers);
        });
        batch.As(DbRole.General, inside => Insert(inside, Compartment.General, newcomers));
        batch.Insert(CustomerStore.ManyRecords, [.. newcomers.SelectMany(newcomer => newcomer.Records).Select(record => record.Row)]);
        ConsentStore.Insert(batch, [.. newcomers.SelectMany(newcomer => newcomer.Consents)]);
        IntakeStore.Insert(batch, [.. newcomers.Select(newcomer => newcomer.Intake)]);
        MatchStore.Add(batch, candidates);
    }

    private static void Insert(Batch batch, Compartment compartment, IReadOnlyList<NewcomerRows> newcomers)
    {
        ItemStore.Insert(batch, compartment, [.. newcomers.SelectMany(newcomer => newcomer.Records).SelectMany(record => record.Packs)
            .Where(pack => pack.Compartment == compartment).Select(pack => pack.Pack)]);
        SearchStore.Insert(batch, compartment, [.. newcomers.SelectMany(newcomer => newcomer.Searched).Where(search => search.Compartment == compartment).Select(search => search.Row)]);
    }

    /// <summary>One submission may hold the same document in two records; the first of them claims it, as it would one by one.</summary>
    private List<NewClaimRow> ClaimsOf(Newcomer newcomer) =>
        [.. newcomer.Records.SelectMany(record => record.Claims.Select(claim => (Record: record, Claim: claim)))
            .DistinctBy(one => (one.Claim.Key, Convert.ToHexString(one.Claim.Blocks[0].Value)))
            .Select(one => SearchStore.RowOf(macs, one.Claim, newcomer.Customer.Entity, one.Record.Customer, one.Record.Id))];
}
