using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Store.Intakes;
using Strongroom.Store.Search;

namespace Strongroom.Store.Customers;

internal sealed class Matching(RowMacs macs) : IMatching
{
    public async Task<MatchOutcome> ByIdentityAsync(Tx tx, EntityId entity, IReadOnlyList<NewClaim> claims)
    {
        var asked = claims.SelectMany(claim => claim.Blocks.Select(block => (claim.Key.Value, Convert.ToHexStringLower(block.Value)))).ToHashSet();
        var rows = await SearchStore.ClaimsAsync(tx, entity, claims);
        return MatchRules.Of(rows
            .Where(row => asked.Contains((row.Item, Convert.ToHexStringLower(row.Block))))
            .Select(row => (CustomerId.From(row.Survivor), Kebab.Parse<LifeState>(row.State))));
    }

    public async Task SuggestAsync(Tx tx, EntityId entity, CustomerId customer, IReadOnlyList<SearchLookup> hints, long now)
    {
        foreach (var hint in hints)
        {
            var blocks = hint.Blocks.Select(block => block.Value).ToList();
            foreach (var other in await SearchStore.OthersAsync(tx, hint.Compartment, hint.Key, blocks, customer, entity, MatchRules.MostCandidates))
            {
                await MatchStore.AddAsync(tx, Pair(customer, other, hint.Key, now));
            }
        }
    }

    public async Task SuggestAsync(Tx tx, IReadOnlyList<Newcomer> newcomers)
    {
        var hints = newcomers.SelectMany(newcomer => newcomer.Hints.Select(hint => (Of: newcomer, Hint: hint))).ToList();
        var found = new List<CandidateRow>();
        foreach (var compartment in hints.GroupBy(one => one.Hint.Compartment))
        {
            var values = compartment.ToList();
            var sought = values.SelectMany((one, n) => one.Hint.Blocks.Select(block => new Sought(n, one.Hint.Key, block.Value, one.Of.Customer.Id, one.Of.Customer.Entity))).ToList();
            foreach (var others in (await SearchStore.OthersAsync(tx, compartment.Key, sought, MatchRules.MostCandidates)).GroupBy(other => other.N))
            {
                var (own, hint) = (values[(int)others.Key].Of.Customer, values[(int)others.Key].Hint);
                found.AddRange(others.DistinctBy(other => CustomerId.From(other.Id)).OrderBy(other => CustomerId.From(other.Id).Value).Take(MatchRules.MostCandidates)
                    .Select(other => Pair(own.Id, other.Id, hint.Key, own.Created)));
            }
        }

        await MatchStore.AddAsync(tx, found);
    }

    public async Task<IReadOnlyList<bool>> AreNewAsync(Tx tx, IReadOnlyList<Unmatched> asked)
    {
        var standing = new HashSet<(EntityId, string, string)>();
        foreach (var entity in asked.Where(one => one.Claims.Count > 0).GroupBy(one => one.Entity))
        {
            var rows = await SearchStore.ClaimsAsync(tx, entity.Key, [.. entity.SelectMany(one => one.Claims)]);
            standing.UnionWith(rows.Select(row => (entity.Key, row.Item, Convert.ToHexString(row.Block))));
        }

        var sources = asked.Select(one => one.Source).OfType<NewSource>().ToList();
        var known = sources.Count == 0 ? [] : (await CustomerStore.SourcesAsync(tx, sources)).Select(row => (row.System, Convert.ToHexString(row.Digest))).ToHashSet();
        return [.. asked.Select(one =>
            !one.Claims.Any(claim => claim.Blocks.Any(block => standing.Contains((one.Entity, claim.Key.Value, Convert.ToHexString(block.Value)))))
            && !(one.Source is { } source && known.Contains((source.System, Convert.ToHexString(source.Digest)))))];
    }

    public async Task<IReadOnlyList<Candidate>> OpenAsync(Tx tx, int max) =>
        (await MatchStore.OpenAsync(tx, max)).Select(Of).ToList();

    public async Task<IReadOnlyList<Candidate>> NewestAsync(Tx tx, IReadOnlyCollection<EntityId> entities, int max) =>
        (await MatchStore.NewestAsync(tx, entities.Select(entity => entity.Bytes), max)).Select(Of).ToList();

    public async Task<Pair?> PairAsync(Tx tx, CandidateId id) =>
        await MatchStore.OpenOneAsync(tx, id) is { } row ? await PairAsync(tx, CustomerId.From(row.A), CustomerId.From(row.B)) : null;

    public async Task<Pair?> PairAsync(Tx tx, MergeId id) =>
        await MatchStore.FindAsync(tx, id) is { } row ? await PairAsync(tx, CustomerId.From(row.Gone), CustomerId.From(row.Kept)) : null;

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

        var moved = below.Values.Append(rows[gone]).OrderBy(row => row.CustomerId.Value).ToList();
        var steps = moved.Select(row => new MergeStepRow { Customer = row.Id, WasInto = row.MergedInto, NowInto = kept.Bytes }).ToList();
        var id = MergeId.New();
        var merge = new MergeRow { Id = id.Bytes, Gone = gone.Bytes, Kept = kept.Bytes, At = now, By = by.Bytes };
        merge.Mac = macs.Of(merge, steps);
        await MatchStore.AddMergeAsync(tx, merge, steps);
        foreach (var row in moved)
        {
            row.MergedInto = kept.Bytes;
        }

        return new MergeOutcome.Merged(id, await SaveAsync(tx, moved.Append(rows[kept])), merge.Mac);
    }

    public async Task<MergeOutcome> UndoAsync(Tx tx, MergeId id, PersonId by, long now)
    {
        var merge = await MatchStore.FindAsync(tx, id);
        var steps = await MatchStore.StepsAsync(tx, id);
        if (merge is not { Undone: null } || !macs.IsRight(merge, steps))
        {
            return new MergeOutcome.NotThere();
        }

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

        (merge.Undone, merge.UndoneBy) = (now, by.Bytes);
        merge.Mac = macs.Of(merge, steps);
        await MatchStore.MarkUndoneAsync(tx, merge);
        return new MergeOutcome.Undone(await SaveAsync(tx, rows.Values), merge.Mac);
    }

    private static CandidateRow Pair(CustomerId one, byte[] other, SearchKeyName why, long now)
    {
        var (a, b) = one.Value < CustomerId.From(other).Value ? (one.Bytes, other) : (other, one.Bytes);
        return new CandidateRow(CandidateId.New().Bytes, a, b, why.Value, now);
    }

    private static Candidate Of(CandidateRow row) =>
        new(CandidateId.From(row.Id), CustomerId.From(row.A), CustomerId.From(row.B), SearchKeyName.Of(row.Why), row.Created);

    private async Task<Pair?> PairAsync(Tx tx, CustomerId a, CustomerId b) =>
        await LockAsync(tx, [a, b]) is { } rows && rows[a].Entity.AsSpan().SequenceEqual(rows[b].Entity) ? new Pair(a, b, EntityId.From(rows[a].Entity)) : null;

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
