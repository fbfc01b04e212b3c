using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit;

/// <summary>What the next merge adds: pieces of chains, checked link by link.</summary>
internal sealed record MergePlan(IReadOnlyList<RangeRow> Ranges, IReadOnlyList<TreeHash> Leaves)
{
    /// <summary>
    /// Reads what the tree lacks, at most <paramref name="most"/> entries, from one snapshot. Without <paramref name="chains"/> (no key at
    /// hand) only links are checked; with it every MAC too, and that no chain is other or shorter than in <paramref name="known"/>, which
    /// was taken before the snapshot.
    /// </summary>
    /// <exception cref="LogAlarmException">A gap, a broken link, something forged, or a chain that got shorter.</exception>
    public static async Task<MergePlan> ReadAsync(
        Tx tx, long size, int most, LogChains? chains = null, IReadOnlyDictionary<long, ChainHead>? known = null)
    {
        var ranges = new List<RangeRow>();
        var leaves = new List<TreeHash>();
        var states = await LogStore.ChainsAsync(tx);
        if (known?.Keys.Except(states.Select(c => c.Chain)).ToList() is { Count: > 0 } gone)
        {
            throw LogAlarms.Gap(gone[0], 0);
        }

        if (states.Sum(c => c.Merged) != (await LogStore.HeadAsync(tx)).Size)
        {
            throw LogAlarms.Tree("ranges");
        }

        foreach (var chain in states)
        {
            var before = known?.GetValueOrDefault(chain.Chain);
            if (chain.Seq < Math.Max(chain.Merged, before?.Seq ?? 0))
            {
                throw LogAlarms.Gap(chain.Chain, chain.Seq);
            }

            if (leaves.Count < most)
            {
                var piece = await PieceAsync(tx, chain, most - leaves.Count, chains, before);
                if (piece.Count > 0)
                {
                    ranges.Add(new RangeRow(size + leaves.Count, chain.Chain, chain.Merged, piece.Count));
                    leaves.AddRange(piece);
                }
            }

            var head = new ChainHead(chain.Chain, chain.Node, chain.Lane, chain.Seq, chain.Head);
            chains?.Check(head, chain.Mac);
            chains?.Learn(head);
        }

        return new MergePlan(ranges, leaves);
    }

    /// <summary>Leaf hashes of the chain's new entries. The last merged entry is read too, for the first link.</summary>
    private static async Task<List<TreeHash>> PieceAsync(Tx tx, ChainState chain, int most, LogChains? chains, ChainHead? known)
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

            var leaf = chains?.Check(entry) ?? Rfc6962.Leaf(entry.Body);
            if (seq >= chain.Seq || !Follows(entry, head, seq > from || seq == 0) || !Follows(entry, known?.Head, known?.Seq == seq))
            {
                throw LogAlarms.Chain(EntryId.From(entry.Id));
            }

            head = ChainHash.Next(entry.Prev, chain.Chain, seq, leaf);
            if (seq >= chain.Merged && leaves.Count < most)
            {
                leaves.Add(leaf);
            }
        }

        var end = from + entries.Count;
        var readAll = entries.Count < most + 2;
        if (readAll && end < chain.Seq)
        {
            throw LogAlarms.Gap(chain.Chain, end);
        }

        if (readAll && entries.Count > 0
            && !(head.AsSpan().SequenceEqual(chain.Head) && (known?.Seq != end || head.AsSpan().SequenceEqual(known.Head))))
        {
            throw LogAlarms.Chain(EntryId.From(entries[^1].Id));
        }

        return leaves;
    }

    private static bool Follows(ChainEntry entry, byte[]? head, bool applies) => !applies || entry.Prev.AsSpan().SequenceEqual(head);
}
