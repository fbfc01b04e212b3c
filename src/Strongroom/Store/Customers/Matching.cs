using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Store.Search;

namespace Strongroom.Store.Customers;

internal sealed class Matching(RowMacs macs) : IMatching
{
    public async Task<MatchOutcome> ByIdentityAsync(Tx tx, IReadOnlyList<NewClaim> claims)
    {
        var asked = claims.SelectMany(claim => claim.Blocks.Select(block => (claim.Key.Value, Convert.ToHexStringLower(block.Value)))).ToHashSet();
        var rows = await SearchStore.ClaimsAsync(tx, claims.SelectMany(claim => claim.Blocks).Select(block => block.Value).ToList());
        return MatchRules.Of(rows
            .Where(row => asked.Contains((row.Item, Convert.ToHexStringLower(row.Block))))
            .Select(row => (CustomerId.From(row.Survivor), Kebab.Parse<LifeState>(row.State))));
    }

    public async Task SuggestAsync(Tx tx, CustomerId customer, IReadOnlyList<SearchLookup> hints, long now)
    {
        foreach (var hint in hints)
        {
            var blocks = hint.Blocks.Select(block => block.Value).ToList();
            foreach (var other in await SearchStore.OthersAsync(tx, hint.Compartment, hint.Key, blocks, customer, MatchRules.MostCandidates))
            {
                var (a, b) = customer.Value < CustomerId.From(other).Value ? (customer.Bytes, other) : (other, customer.Bytes);
                await MatchStore.AddAsync(tx, new CandidateRow(CandidateId.New().Bytes, a, b, hint.Key.Value, now));
            }
        }
    }

    public async Task<IReadOnlyList<Candidate>> OpenAsync(Tx tx, int max) =>
        (await MatchStore.OpenAsync(tx, max)).Select(row => new Candidate(
            CandidateId.From(row.Id), CustomerId.From(row.A), CustomerId.From(row.B), SearchKeyName.Of(row.Why), row.Created)).ToList();

    public Task<bool> RejectAsync(Tx tx, CandidateId id, PersonId by, long now) => MatchStore.CloseAsync(tx, id, "rejected", by, now);

    public async Task<MergeOutcome> AcceptAsync(Tx tx, CandidateId id, CustomerId gone, PersonId by, long now)
    {
        var row = await MatchStore.OpenOneAsync(tx, id);
        if (row is null || (CustomerId.From(row.A) != gone && CustomerId.From(row.B) != gone))
        {
            return new MergeOutcome.NotThere();
        }

        var outcome = await MergeAsync(tx, gone, CustomerId.From(row.A) == gone ? CustomerId.From(row.B) : CustomerId.From(row.A), by, now);
        if (outcome is MergeOutcome.Merged)
        {
            await MatchStore.CloseAsync(tx, id, "merged", by, now);
        }

        return outcome;
    }

    public async Task<MergeOutcome> MergeAsync(Tx tx, CustomerId gone, CustomerId kept, PersonId by, long now)
    {
        var rows = await LockAsync(tx, [gone, kept]);
        if (rows is null)
        {
            return new MergeOutcome.NotThere();
        }

        if (gone == kept || !MatchRules.MayMerge(rows[gone], rows[kept]))
        {
            return new MergeOutcome.NotAlike();
        }

        // With the row of "gone" held, nobody can join or leave it meanwhile: both need that row.
        var children = (await MatchStore.MergedIntoAsync(tx, gone)).Select(CustomerId.From).ToList();
        var below = await LockAsync(tx, children);
        if (below is null)
        {
            return new MergeOutcome.NotThere();
        }

        var id = MergeId.New();
        await MatchStore.AddMergeAsync(tx, id, gone, kept, by, now);
        foreach (var row in below.Values.Append(rows[gone]))
        {
            await MatchStore.AddStepAsync(tx, id, row.Id, row.MergedInto, kept.Bytes);
            row.MergedInto = kept.Bytes;
        }

        return new MergeOutcome.Merged(id, await SaveAsync(tx, below.Values.Append(rows[gone]).Append(rows[kept])));
    }

    public async Task<MergeOutcome> UndoAsync(Tx tx, MergeId id, PersonId by, long now)
    {
        var merge = await MatchStore.StandingAsync(tx, id);
        if (merge is null)
        {
            return new MergeOutcome.NotThere();
        }

        var steps = await MatchStore.StepsAsync(tx, id);
        var rows = await LockAsync(tx, steps.Select(step => CustomerId.From(step.Customer)).Append(CustomerId.From(merge.Kept)));
        if (rows is null)
        {
            return new MergeOutcome.NotThere();
        }

        foreach (var step in steps)
        {
            var row = rows[CustomerId.From(step.Customer)];
            if (row.MergedInto is null || !row.MergedInto.AsSpan().SequenceEqual(step.NowInto))
            {
                return new MergeOutcome.LaterFirst();
            }

            row.MergedInto = step.WasInto;
        }

        await MatchStore.MarkUndoneAsync(tx, id, by, now);
        return new MergeOutcome.Undone(await SaveAsync(tx, rows.Values));
    }

    /// <summary>The rows held for update, always in the order of their ids; null when one is not there or altered.</summary>
    private async Task<Dictionary<CustomerId, CustomerRow>?> LockAsync(Tx tx, IEnumerable<CustomerId> ids)
    {
        var rows = new Dictionary<CustomerId, CustomerRow>();
        foreach (var id in ids.Distinct().OrderBy(id => id.Value))
        {
            var row = await CustomerStore.ForUpdateAsync(tx, id);
            if (row is null || !macs.IsRight(row) || row.LifeState == LifeState.Destroyed)
            {
                return null;
            }

            rows[id] = row;
        }

        return rows;
    }

    private async Task<IReadOnlyList<RowVersion>> SaveAsync(Tx tx, IEnumerable<CustomerRow> rows)
    {
        var versions = new List<RowVersion>();
        foreach (var row in rows)
        {
            await CustomerStore.SaveAsync(tx, macs, row);
            versions.Add(new RowVersion(row.CustomerId, row.Version));
        }

        return versions;
    }
}
