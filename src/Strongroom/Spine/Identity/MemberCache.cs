using System.Collections.Concurrent;
using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>
/// People and clients of one configuration epoch. Every change of a person or client raises the epoch in its own
/// transaction, so rows of the present epoch are never stale, and a newer epoch empties the cache.
/// </summary>
internal sealed class MemberCache(Database database, Members members)
{
    private volatile Generation _current = new(-1);

    /// <summary>The person and the epoch its row belongs to (at least <paramref name="epoch"/>); null when there is no authentic row.</summary>
    public Task<(long Epoch, Member<PersonContent>? Person)> PersonAsync(long epoch, PersonId id, CancellationToken ct) =>
        GetAsync(epoch, id.Value, static generation => generation.People, tx => members.LoadAsync<PersonContent>(tx, Members.Person, id.Value), ct);

    /// <inheritdoc cref="PersonAsync"/>
    public Task<(long Epoch, Member<ClientContent>? Client)> ClientAsync(long epoch, ClientId id, CancellationToken ct) =>
        GetAsync(epoch, id.Value, static generation => generation.Clients, tx => members.LoadAsync<ClientContent>(tx, Members.Client, id.Value), ct);

    private async Task<(long Epoch, Member<T>? Row)> GetAsync<T>(
        long epoch, UInt128 id, Func<Generation, ConcurrentDictionary<UInt128, Member<T>>> rows, Func<Tx, Task<Member<T>?>> load, CancellationToken ct)
    {
        var generation = _current;
        if (generation.Epoch >= epoch && rows(generation).TryGetValue(id, out var cached))
        {
            return (generation.Epoch, cached);
        }

        var (read, row) = await database.ReadAsync(async tx => (await ConfigEpoch.ReadAsync(tx), await load(tx)), ct).ConfigureAwait(false);
        generation = Advance(read);

        // Absent rows are not remembered: ids that never existed must not fill memory.
        if (row is not null && generation.Epoch == read)
        {
            rows(generation)[id] = row;
        }

        return (read, row);
    }

    private Generation Advance(long epoch)
    {
        while (true)
        {
            var before = _current;
            if (before.Epoch >= epoch)
            {
                return before;
            }

            var next = new Generation(epoch);
            if (Interlocked.CompareExchange(ref _current, next, before) == before)
            {
                return next;
            }
        }
    }

    private sealed class Generation(long epoch)
    {
        public long Epoch => epoch;

        public ConcurrentDictionary<UInt128, Member<PersonContent>> People { get; } = new();

        public ConcurrentDictionary<UInt128, Member<ClientContent>> Clients { get; } = new();
    }
}
