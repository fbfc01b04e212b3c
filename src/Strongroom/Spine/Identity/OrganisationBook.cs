using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>The tree of units of one configuration epoch: which units lie below which, and whose they are. Immutable.</summary>
internal sealed class OrganisationBook
{
    private static readonly HashSet<UnitId> Nowhere = [];

    private readonly Dictionary<UnitId, EntityId> _entities = [];
    private readonly Dictionary<UnitId, HashSet<UnitId>> _below = [];

    public OrganisationBook(long epoch, IReadOnlyList<Member<UnitContent>> units)
    {
        Epoch = epoch;
        var active = units.Where(unit => unit.Content.State == MemberState.Active).ToDictionary(unit => UnitId.From(unit.Id), unit => unit.Content);
        foreach (var (id, content) in active)
        {
            _entities[id] = content.Entity;

            // Upwards from each unit; a chain through a unit that is gone ends there, so nobody reaches across the gap.
            UnitId? above = id;
            for (var steps = 0; above is { } at && active.TryGetValue(at, out var unit) && steps <= active.Count; steps++)
            {
                (_below.TryGetValue(at, out var set) ? set : _below[at] = []).Add(id);
                above = unit.Parent;
            }
        }
    }

    public long Epoch { get; }

    /// <summary>The unit itself and all active units below it; empty when it is not in use.</summary>
    public IReadOnlySet<UnitId> WithBelow(UnitId unit) => _below.GetValueOrDefault(unit) ?? Nowhere;

    /// <summary>The legal entity of an active unit; null otherwise.</summary>
    public EntityId? EntityOf(UnitId unit) => _entities.TryGetValue(unit, out var entity) ? entity : null;
}

/// <summary>Keeps the newest epoch's book.</summary>
internal sealed class OrganisationBooks(Database database, Members members)
{
    private volatile OrganisationBook? _current;

    /// <summary>The organisation as of <paramref name="epoch"/> or later.</summary>
    public async Task<OrganisationBook> AsOfAsync(long epoch, CancellationToken ct)
    {
        if (_current is { } known && known.Epoch >= epoch)
        {
            return known;
        }

        var read = await database.ReadAsync(
            async tx => new OrganisationBook(await ConfigEpoch.ReadAsync(tx), await members.ListAsync<UnitContent>(tx, Members.Unit)), ct).ConfigureAwait(false);
        if (_current is not { } stored || stored.Epoch < read.Epoch)
        {
            _current = read;
        }

        return read;
    }
}
