using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit;

/// <summary>What the next merge adds: pieces of chains, checked link by link.</summary>
internal sealed record MergePlan(IReadOnlyList<RangeRow> Ranges, IReadOnlyList<TreeHash> Leaves)
{
    /// <summary>
    /// Reads what the tree lacks, at most <paramref name="most"/> entries, from one snapshot. <paramref name="seen"/> remembers how long
    /// each chain was when last looked at: chains never get shorter.
    /// </summary>
    /// <exception cref="LogAlarmException">A gap, a broken link, or a chain that got shorter.</exception>
    public static async Task<MergePlan> ReadAsync(Tx tx, long size, int most, Dictionary<long, long> seen)
    {
        var ranges = new List<RangeRow>();
        var leaves = new List<TreeHash>();
        var chains = await LogStore.ChainsAsync(tx);
        if (seen.Keys.Except(chains.Select(c => c.Chain)).Any())
        {
            throw LogAlarms.Gap(seen.Keys.Except(chains.Select(c => c.Chain)).First(), 0);
        }

        foreach (var chain in chains)
        {
            var known = Math.Max(chain.Merged, seen.GetValueOrDefault(chain.Chain));
            if (chain.Seq < known)
            {
                throw LogAlarms.Gap(chain.Chain, chain.Seq);
            }

            seen[chain.Chain] = chain.Seq;
            if (leaves.Count < most)
            {
                var piece = await PieceAsync(tx, chain, most - leaves.Count);
                if (piece.Count > 0)
                {
                    ranges.Add(new RangeRow(size + leaves.Count, chain.Chain, chain.Merged, piece.Count));
                    leaves.AddRange(piece);
                }
            }
        }

        return new MergePlan(ranges, leaves);
    }

    /// <summary>Leaf hashes of the chain's new entries. The last merged entry is read too, for the first link.</summary>
    private static async Task<List<TreeHash>> PieceAsync(Tx tx, ChainState chain, int most)
    {
        var from = Math.Max(0, chain.Merged - 1);
        var entries = await LogStore.EntriesAsync(tx, chain.Chain, from, most + 2);
        var leaves = new List<TreeHash>(entries.Count);
        var head = ChainHash.Genesis;
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var seq = from + i;
            if (entry.Seq != seq)
            {
                throw LogAlarms.Gap(chain.Chain, seq);
            }

            if (seq >= chain.Seq || (seq > from || seq == 0) && !head.AsSpan().SequenceEqual(entry.Prev))
            {
                throw LogAlarms.Chain(EntryId.From(entry.Id));
            }

            head = ChainHash.Next(entry.Prev, chain.Chain, seq, entry.Body);
            if (seq >= chain.Merged && leaves.Count < most)
            {
                leaves.Add(Rfc6962.Leaf(entry.Body));
            }
        }

        var end = from + entries.Count;
        var readAll = entries.Count < most + 2;
        if (readAll && end < chain.Seq)
        {
            throw LogAlarms.Gap(chain.Chain, end);
        }

        if (readAll && entries.Count > 0 && !head.AsSpan().SequenceEqual(chain.Head))
        {
            throw LogAlarms.Chain(EntryId.From(entries[^1].Id));
        }

        return leaves;
    }
}
