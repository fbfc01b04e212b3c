using Strongroom.Ground;

namespace Strongroom.Store.Customers;

/// <summary>Who may be taken for whom (domain.md, third rule; R19). Pure and total.</summary>
internal static class MatchRules
{
    /// <summary>Candidates queued for one value: an agency's number on a thousand bookings is no thousand reviews.</summary>
    public const int MostCandidates = 5;

    public static MatchOutcome Of(IEnumerable<(CustomerId Customer, LifeState State)> owners)
    {
        var distinct = owners.Where(owner => owner.State != LifeState.Destroyed).DistinctBy(owner => owner.Customer).ToList();
        return distinct switch
        {
            [] => new MatchOutcome.Nobody(),
            [var one] => new MatchOutcome.One(one.Customer, one.State),
            _ => new MatchOutcome.Ambiguous(distinct.Select(owner => owner.Customer).OrderBy(id => id.Value).ToList()),
        };
    }

    /// <summary>Merging across legal entities would be sharing (PIPL 23); a person is no organisation; what is merged already is not merged again.</summary>
    public static bool MayMerge(CustomerRow gone, CustomerRow kept) =>
        gone.CustomerId != kept.CustomerId
        && gone.MergedInto is null
        && kept.MergedInto is null
        && string.Equals(gone.Kind, kept.Kind, StringComparison.Ordinal)
        && gone.Entity.AsSpan().SequenceEqual(kept.Entity);
}
