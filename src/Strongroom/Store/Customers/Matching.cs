using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Search;

namespace Strongroom.Store.Customers;

internal sealed class Matching(RowMacs macs) : IMatching
{
    public async Task<MatchOutcome> ByIdentityAsync(Tx tx, EntityId entity, IReadOnlyList<NewClaim> claims)
    {
        var asked = claims.SelectMany(claim => claim.Blocks.Select(block => (claim.Key.Value, Convert.ToHexStringLower(block.Value)))).ToHashSet();
        var rows = (await SearchStore.ClaimsAsync(tx, entity, claims))
            .Where(row => asked.Contains((row.Placed.Item, Convert.ToHexStringLower(row.Placed.Block)))).ToLookup(row => macs.IsRight(row.Placed, row.Mac));
        return rows[false].Any()
            ? new MatchOutcome.Altered([.. rows[false].Select(row => new FaultFound(Fault.Claim, CustomerId.From(row.Placed.Customer), RecordId.From(row.Placed.Record)))])
            : MatchRules.Of(rows[true].Select(row => (CustomerId.From(row.Survivor), Kebab.Parse<LifeState>(row.State))));
    }

    public async Task SuggestAsync(Tx tx, EntityId entity, CustomerId customer, IReadOnlyList<SearchLookup> hints, long now)
    {
        var batch = tx.Batch();
        var others = AskOthers(batch, [new Hinted(customer, entity, hints, [], now)]);
        await tx.RunAsync(batch);
        batch = tx.Batch();
        MatchStore.Add(batch, others(_ => true));
        await tx.RunAsync(batch);
    }

    public Func<Func<CustomerId, bool>, IReadOnlyList<CandidateRow>> AskOthers(Batch batch, IReadOnlyList<Hinted> hinted)
    {
        var hints = hinted.SelectMany(one => one.Hints.Select(hint => (Of: one, Hint: hint))).ToList();
        var sought = hints.SelectMany((one, n) => one.Hint.Blocks.Select(block => (one.Hint.Compartment, Sought: new Sought(n, one.Hint.Key, block.Value, one.Of.Customer, one.Of.Entity)))).ToList();
        var asked = sought.GroupBy(one => one.Compartment).SelectMany(alike => SearchStore.AskOthers(batch, alike.Key, [.. alike.Select(one => one.Sought)], MatchRules.MostCandidates)).ToList();
        return written =>
        {
            var others = asked.SelectMany(rows => rows.All).ToLookup(row => row.N, row => CustomerId.From(row.Id));
            var together = hinted.Where(one => written(one.Customer))
                .SelectMany(one => one.Blocks.Select(block => (Name: NameOf(one.Entity, block.Compartment, block.Key, block.Block.Value), one.Customer))).ToLookup(one => one.Name, one => one.Customer);
            return [.. hints.SelectMany((one, n) => !written(one.Of.Customer) ? [] : others[n]
                .Concat(one.Hint.Blocks.SelectMany(block => together[NameOf(one.Of.Entity, one.Hint.Compartment, one.Hint.Key, block.Value)]))
                .Where(other => other != one.Of.Customer).Distinct().OrderBy(other => other.Value).Take(MatchRules.MostCandidates)
                .Select(other => Pair(one.Of.Customer, other, one.Hint.Key, one.Of.At)))];
        };
    }

    public Func<IReadOnlyList<bool>> AskNew(Batch batch, IReadOnlyList<Unmatched> asked)
    {
        var claims = asked.Where(one => one.Claims.Count > 0).GroupBy(one => one.Entity)
            .Select(alike => (Entity: alike.Key, Rows: SearchStore.AskClaims(batch, alike.Key, [.. alike.SelectMany(one => one.Claims)]))).ToList();
        var sources = asked.Select(one => one.Source).OfType<NewSource>().ToList();
        var known = sources.Count == 0 ? null : CustomerStore.AskSources(batch, sources);
        return () =>
        {
            var standing = claims.SelectMany(one => one.Rows.All.Select(row => (one.Entity, row.Placed.Item, Convert.ToHexString(row.Placed.Block)))).ToHashSet();
            var taken = known?.All.Select(row => (row.System, Convert.ToHexString(row.Digest))).ToHashSet() ?? [];
            return [.. asked.Select(one =>
                !one.Claims.Any(claim => claim.Blocks.Any(block => standing.Contains((one.Entity, claim.Key.Value, Convert.ToHexString(block.Value)))))
                && !(one.Source is { } source && source.Blocks.Any(block => taken.Contains((source.System, Convert.ToHexString(block.Value))))))];
        };
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

    private static CandidateRow Pair(CustomerId one, CustomerId other, SearchKeyName why, long now)
    {
        var (a, b) = one.Value < other.Value ? (one, other) : (other, one);
        return new CandidateRow(CandidateId.New().Bytes, a.Bytes, b.Bytes, why.Value, now);
    }

    private static (EntityId, Compartment, SearchKeyName, string) NameOf(EntityId entity, Compartment compartment, SearchKeyName key, byte[] block) =>
        (entity, compartment, key, Convert.ToHexString(block));

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
