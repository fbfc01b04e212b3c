using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;

namespace Strongroom.Store.Customers;

/// <summary>
/// A decision about a customer stands only while its row is at the version the decision saw: a withdrawal, restriction or merge that
/// committed meanwhile makes the decision again (R24). A customer that has gone fails too.
/// </summary>
internal sealed class CustomerGuards : ICommitGuards
{
    public Func<IReadOnlySet<int>>? Ask(Batch batch, IReadOnlyList<CommitGuard> guards)
    {
        var asked = guards.Where(guard => guard.Customer is not null).Select(guard => guard.Customer!.Value.Id).Distinct().ToList();
        if (asked.Count == 0)
        {
            return null;
        }

        var rows = CustomerStore.AskVersions(batch, asked.Select(id => id.Bytes));
        return () =>
        {
            var live = rows.All.ToDictionary(row => CustomerId.From(row.Id), row => row.Version);
            return Enumerable.Range(0, guards.Count)
                .Where(i => guards[i].Customer is { } seen && (!live.TryGetValue(seen.Id, out var version) || version != seen.Version))
                .ToHashSet();
        };
    }
}
