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

    /// <summary>His documents and source, which can exist only once, as text that tells the kinds apart.</summary>
    public IEnumerable<string> Names => Unmatched.Claims
        .Select(claim => $"claim {Customer.Entity} {claim.Key} {Convert.ToHexString(claim.Blocks[0].Value)}")
        .Concat(Source is { } source ? [$"source {Convert.ToHexString(source.Digest)} {source.System}"] : []);

    public Unmatched Unmatched => new(Customer.Entity, [.. Records.SelectMany(record => record.Claims)], Source);
}

/// <summary>A newcomer's rows with their MACs, ready to be written: nothing in them depends on what stands in the database.</summary>
/// <param name="Epoch">The epoch of all his search blocks; null: he has none.</param>
/// <param name="Consented">For the log: the consent rows and the customer's version they made.</param>
internal sealed record NewcomerRows(
    Newcomer Of, CustomerRow Customer, IReadOnlyList<RecordRows> Records, IReadOnlyList<ConsentRow> Consents, IntakeRow Intake, int? Epoch,
    ConsentOutcome.Recorded? Consented);

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
        var epochs = CustomerWriter.EpochsOf([.. newcomer.Records.SelectMany(record => record.Blocks)], [.. newcomer.Records.SelectMany(record => record.Claims)]);
        return epochs.Count > 1 ? null : new NewcomerRows(
            newcomer, customer, [.. newcomer.Records.Select(record => RecordRows.Of(macs, record))], history, intakes.RowOf(newcomer.Intake),
            epochs.Count == 1 ? epochs[0] : null, outcome as ConsentOutcome.Recorded);
    }

    /// <summary>For each, whether he can be written now, as far as can be seen. Holds the search epoch until the commit.</summary>
    public async Task<IReadOnlyList<bool>> FitAsync(Tx tx, IReadOnlyList<NewcomerRows> newcomers)
    {
        var newest = newcomers.Max(newcomer => newcomer.Epoch);
        var epoch = newest is { } seen ? await CustomerWriter.HeldEpochAsync(tx, seen) : (long?)null;
        var fresh = await matching.AreNewAsync(tx, [.. newcomers.Select(newcomer => newcomer.Of.Unmatched)]);
        return [.. newcomers.Select((newcomer, i) => fresh[i] && (newcomer.Epoch is null || newcomer.Epoch == epoch))];
    }

    /// <summary>
    /// Writes all of them, or answers false: then somebody else has just taken an id, a document or a source of theirs, and the transaction
    /// must be undone. Unique rows come first and in one order for everybody, so that two groups do not wait for each other in a ring.
    /// </summary>
    public async Task<bool> AddAsync(Tx tx, IReadOnlyList<NewcomerRows> newcomers)
    {
        var sources = newcomers.SelectMany(newcomer => newcomer.Of.Records.Where(record => record.Source is not null)
            .Select(record => new SourceRow(record.Source!.System, record.Source.Digest, record.Id.Bytes, record.Customer.Bytes)))
            .OrderBy(row => row.System, StringComparer.Ordinal).ThenBy(row => Convert.ToHexString(row.Digest), StringComparer.Ordinal).ToList();
        var people = newcomers.Select(newcomer => newcomer.Customer).OrderBy(row => row.CustomerId.Value).ToList();
        if (await tx.InsertAsync(CustomerStore.ManyCustomers, people) != people.Count
            || await tx.InsertAsync(CustomerStore.ManySources, sources) != sources.Count)
        {
            return false;
        }

        foreach (var compartment in CompartmentTables.All.Reverse())
        {
            await using var role = await tx.AsRoleAsync(CompartmentTables.Role(compartment));
            if (compartment == Compartment.Sensitive && !await ClaimAsync(tx, newcomers))
            {
                return false;
            }

            await ItemStore.InsertManyAsync(tx, compartment, [.. newcomers.SelectMany(newcomer => newcomer.Records).SelectMany(record => record.Packs)
                .Where(pack => pack.Compartment == compartment).Select(pack => pack.Pack)]);
            await SearchStore.InsertManyAsync(tx, compartment, [.. newcomers.SelectMany(newcomer => newcomer.Of.Records)
                .SelectMany(record => record.Blocks.Where(block => block.Compartment == compartment)
                    .Select(block => new SearchRow(block.Key.Value, block.Block, record.Id.Bytes, record.Customer.Bytes)))]);
        }

        await tx.InsertAsync(CustomerStore.ManyRecords, [.. newcomers.SelectMany(newcomer => newcomer.Records).Select(record => record.Row)]);
        await ConsentStore.InsertAsync(tx, [.. newcomers.SelectMany(newcomer => newcomer.Consents)]);
        await IntakeStore.InsertAsync(tx, [.. newcomers.Select(newcomer => newcomer.Intake)]);
        await matching.SuggestAsync(tx, [.. newcomers.Select(newcomer => newcomer.Of)]);
        return true;
    }

    private static async Task<bool> ClaimAsync(Tx tx, IReadOnlyList<NewcomerRows> newcomers)
    {
        // One submission may hold the same document in two records; the first of them claims it, as it would one by one.
        var claims = newcomers.SelectMany(newcomer => newcomer.Of.Records.SelectMany(record => record.Claims.Select(claim =>
                new NewClaimRow(claim.Key.Value, claim.Blocks[0], newcomer.Of.Customer.Entity.Bytes, record.Customer.Bytes, record.Id.Bytes)))
            .DistinctBy(row => (row.Item, Convert.ToHexString(row.Block.Value))))
            .OrderBy(row => row.Item, StringComparer.Ordinal).ThenBy(row => Convert.ToHexString(row.Block.Value), StringComparer.Ordinal).ToList();
        return await SearchStore.ClaimManyAsync(tx, claims) == claims.Count;
    }
}
