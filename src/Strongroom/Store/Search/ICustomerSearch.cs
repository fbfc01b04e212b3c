using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Search;

/// <summary>A question to the search: one key and the blocks of one value in every epoch that is still readable. Made by <see cref="Compartments.ItemSealer"/>.</summary>
internal sealed record SearchLookup(SearchKeyName Key, Compartment Compartment, IReadOnlyList<SearchBlock> Blocks);

/// <summary>A customer and those of its records that carry the value.</summary>
internal sealed record FindHit(CustomerId Customer, IReadOnlyList<RecordId> Records);

/// <param name="More">There are more customers than were asked for; how many is not said.</param>
internal sealed record FindHits(IReadOnlyList<FindHit> Hits, bool More)
{
    public static FindHits None { get; } = new([], More: false);

    /// <summary>Rows that were moved or altered and therefore name nobody; they call for an alarm.</summary>
    public IReadOnlyList<FaultFound> Faults { get; init; } = [];
}

/// <summary>Exact search by digest. The answer has the same form whether nobody, one or many carry the value.</summary>
internal interface ICustomerSearch
{
    /// <summary>At most <paramref name="limit"/> distinct customers whose state the reach may find, in the order of their ids.</summary>
    /// <param name="limit">1–1000.</param>
    Task<FindHits> FindAsync(SearchLookup lookup, Reach reach, int limit, CancellationToken ct = default);
}
