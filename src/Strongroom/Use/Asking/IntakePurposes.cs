using System.Collections.Concurrent;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Store.Intakes;

namespace Strongroom.Use.Asking;

/// <summary>Reads intakes of many requests in one query and remembers them: an intake never changes.</summary>
/// <param name="load">Reads the purposes of genuine intakes; others are absent.</param>
internal sealed class IntakePurposes(Func<IReadOnlyList<IntakeId>, Task<IReadOnlyDictionary<IntakeId, IReadOnlySet<PurposeKey>>>> load) : IIntakePurposes
{
    private const int MostRemembered = 100_000;

    private readonly ReadLane<IntakeId, IReadOnlySet<PurposeKey>> lane = new(load);

    // Forms share their purposes, so equal sets are kept once.
    private readonly ConcurrentDictionary<string, IReadOnlySet<PurposeKey>> sets = new(StringComparer.Ordinal);

    private volatile ConcurrentDictionary<IntakeId, IReadOnlySet<PurposeKey>> remembered = new();

    public IntakePurposes(Database database, IIntakes intakes)
        : this(ids => database.ReadAsync<IReadOnlyDictionary<IntakeId, IReadOnlySet<PurposeKey>>>(
            async tx => (await intakes.ReadManyAsync(tx, ids)).ToDictionary(pair => pair.Key, IReadOnlySet<PurposeKey> (pair) => pair.Value.Purposes.ToHashSet())))
    {
    }

    public async Task<IReadOnlyDictionary<IntakeId, IReadOnlySet<PurposeKey>>> OfAsync(IReadOnlyCollection<IntakeId> ids, CancellationToken ct = default)
    {
        var known = new Dictionary<IntakeId, IReadOnlySet<PurposeKey>>(ids.Count);
        List<Task<(IntakeId, IReadOnlySet<PurposeKey>?)>>? reading = null;
        foreach (var id in ids)
        {
            if (remembered.TryGetValue(id, out var purposes))
            {
                known[id] = purposes;
            }
            else
            {
                (reading ??= []).Add(ReadAsync(id, ct));
            }
        }

        foreach (var (id, purposes) in reading is null ? [] : await Task.WhenAll(reading))
        {
            if (purposes is not null)
            {
                known[id] = purposes;
            }
        }

        return known;
    }

    private async Task<(IntakeId, IReadOnlySet<PurposeKey>?)> ReadAsync(IntakeId id, CancellationToken ct)
    {
        if (await lane.GetAsync(id, ct) is not { } purposes)
        {
            return (id, null);
        }

        if (remembered.Count >= MostRemembered)
        {
            remembered = new();
        }

        var name = string.Join(',', purposes.Select(purpose => purpose.Value).Order(StringComparer.Ordinal));
        return (id, remembered[id] = sets.Count < MostRemembered ? sets.GetOrAdd(name, purposes) : purposes);
    }
}
