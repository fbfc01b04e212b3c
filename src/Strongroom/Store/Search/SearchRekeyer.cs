using Strongroom.Data;
using Strongroom.Keys;
using Strongroom.Keys.Epochs;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Search;

/// <summary>
/// Carries the search blocks, identity claims and import sources to a new epoch while the store is in use. It walks each table in the order of its
/// key, and a table counts as empty of the old epoch only after one whole walk that found none, so nothing written or replaced
/// meanwhile is missed and no index on the epoch is needed. The place is remembered in memory only: after a crash it walks again.
/// A row that was moved is carried over, so that the turn can end, and keeps a MAC that is wrong.
/// </summary>
internal sealed class SearchRekeyer(Database database, ISearchBlocks search, RowMacs macs) : ISearchBlockRekeyer
{
    private readonly SemaphoreSlim one = new(1);

    private (int From, int To) turn;

    private int table;

    private BlockRow? after;

    private bool foundAny;

    /// <inheritdoc/>
    public Task CloseAsync(int from, int to, CancellationToken ct = default) => database.WriteAsync(tx => SearchStore.MoveEpochAsync(tx, to), ct);

    /// <inheritdoc/>
    /// <remarks>Counts rows looked at, also those that a correction replaced in the meantime; zero means that none is left.</remarks>
    public async Task<long> RekeyBatchAsync(int from, int to, int max, CancellationToken ct = default)
    {
        await one.WaitAsync(ct);
        try
        {
            if (turn != (from, to))
            {
                (turn, table, after, foundAny) = ((from, to), 0, null, false);
            }

            while (table < RekeyTable.All.Count)
            {
                var rows = await database.ReadAsync(tx => NextAsync(tx, from, to, max), ct);
                if (rows.Count > 0)
                {
                    await database.WriteAsync(tx => SetAsync(tx, rows, from, to), ct);
                    (after, foundAny) = (rows[^1], true);
                    return rows.Count;
                }

                (after, table, foundAny) = (null, foundAny ? table : table + 1, false);
            }

            (turn, table) = (default, 0);
            return 0;
        }
        finally
        {
            one.Release();
        }
    }

    /// <inheritdoc/>
    public Task<long> RemainingAsync(int from, CancellationToken ct = default) => database.ReadAsync(
        async tx =>
        {
            long left = 0;
            foreach (var each in RekeyTable.All)
            {
                left += await RekeyStore.CountAsync(tx, each, from);
            }

            return left;
        },
        ct);

    private async Task<IReadOnlyList<BlockRow>> NextAsync(Tx tx, int from, int to, int max)
    {
        if (await SearchStore.EpochAsync(tx) < to)
        {
            throw new InvalidOperationException("The old epoch must be closed before its blocks are re-keyed.");
        }

        return await RekeyStore.NextAsync(tx, RekeyTable.All[table], from, after, max);
    }

    private async Task SetAsync(Tx tx, IReadOnlyList<BlockRow> rows, int from, int to)
    {
        var of = RekeyTable.All[table];
        await using var role = of.Role is { } asked ? await tx.AsRoleAsync(asked) : null;
        foreach (var row in rows)
        {
            // Compare and set on the old block: a correction that replaced the row meanwhile simply wins.
            var block = search.ReKey(of.KeyOf(row), row.Block, from, to);
            var mac = macs.IsRight(of.Placed(row), row.Mac) ? macs.Of(of.Placed(row) with { Block = block, Epoch = to }) : row.Mac;
            await RekeyStore.SetAsync(tx, of, row, block, to, mac);
        }
    }
}
