using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Consent;

namespace Strongroom.Store.Customers;

/// <param name="Confirmed">Customers whose data was found.</param>
/// <param name="Destroyed">Keys whose data never came.</param>
/// <param name="Altered">Customers whose row is not genuine: left alone, for an alarm.</param>
internal sealed record SweepResult(int Confirmed, int Destroyed, IReadOnlyList<CustomerId> Altered);

/// <summary>
/// Customers are made keyring first, so a crash in between leaves keys without data. Before such keys are destroyed, the customer's id
/// is taken in the data by a row in state destroyed: a creator that was merely slow then cannot commit any more, and one that was
/// faster is seen. So the keys of a living customer are never destroyed, whatever the timing.
/// </summary>
internal sealed class OrphanSweeper(Database database, IKeyring keyring, RowMacs macs, TimeProvider time)
{
    private const int Batch = 200;

    public async Task<SweepResult> SweepAsync(TimeSpan olderThan, CancellationToken ct = default)
    {
        var (confirmed, destroyed) = (0, 0);
        var altered = new HashSet<CustomerId>();
        while (true)
        {
            var found = (await keyring.OrphansAsync(time.NowMs() - (long)olderThan.TotalMilliseconds, Batch + altered.Count, ct))
                .Where(owner => !altered.Contains(new CustomerId(owner.Id))).ToList();
            if (found.Count == 0)
            {
                return new SweepResult(confirmed, destroyed, altered.ToList());
            }

            var judged = await database.WriteAsync(tx => JudgeAsync(tx, found), ct);
            await keyring.DestroyAsync(judged.Dead, ct);
            await keyring.ConfirmAsync(judged.Living, ct);
            altered.UnionWith(judged.Altered);
            confirmed += judged.Living.Count;
            destroyed += judged.Dead.Count;
        }
    }

    private async Task<(List<KeyOwner> Living, List<KeyOwner> Dead, List<CustomerId> Altered)> JudgeAsync(Tx tx, List<KeyOwner> owners)
    {
        var (living, dead, altered) = (new List<KeyOwner>(), new List<KeyOwner>(), new List<CustomerId>());
        foreach (var owner in owners.OrderBy(owner => owner.Id))
        {
            var id = new CustomerId(owner.Id);
            if (await CustomerStore.InsertAsync(tx, Tombstone(id)))
            {
                dead.Add(owner);
                continue;
            }

            var row = await CustomerStore.ForShareAsync(tx, id);
            if (row is null || !macs.IsRight(row))
            {
                altered.Add(id);
            }
            else if (row.LifeState == LifeState.Destroyed)
            {
                // Our own row of a sweep that was cut off, or a destruction on its way: its keys have to go either way.
                dead.Add(owner);
            }
            else
            {
                living.Add(owner);
            }
        }

        return (living, dead, altered);
    }

    private CustomerRow Tombstone(CustomerId id)
    {
        var row = new CustomerRow
        {
            Id = id.Bytes,
            Kind = Kebab.Of(CustomerKind.Person),
            Entity = new byte[16],
            State = Kebab.Of(LifeState.Destroyed),
            Version = 1,
            Consents = ConsentSummary.Write([]),
            Created = time.NowMs(),
        };
        row.Mac = macs.Of(row);
        return row;
    }
}
