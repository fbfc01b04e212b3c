using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Store.Search;

namespace Strongroom.Store.Customers;

internal abstract record MatchOutcome
{
    private MatchOutcome()
    {
    }

    /// <summary>Nobody carries these identity-proving values.</summary>
    public sealed record Nobody : MatchOutcome;

    /// <summary>Exactly one customer does; merged ones count as the customer they went into.</summary>
    public sealed record One(CustomerId Customer, LifeState State) : MatchOutcome;

    /// <summary>The values belong to several customers: <c>customer.ambiguous</c>, for a person to settle.</summary>
    public sealed record Ambiguous(IReadOnlyList<CustomerId> Customers) : MatchOutcome;
}

/// <param name="Why">The search key that hit (phone, e-mail, name); never a value.</param>
/// <param name="Created">UTC milliseconds.</param>
internal sealed record Candidate(CandidateId Id, CustomerId A, CustomerId B, SearchKeyName Why, long Created);

internal abstract record MergeOutcome
{
    private MergeOutcome()
    {
    }

    /// <param name="Rows">Customers whose rows changed, at their new versions.</param>
    public sealed record Merged(MergeId Id, IReadOnlyList<RowVersion> Rows) : MergeOutcome;

    public sealed record Undone(IReadOnlyList<RowVersion> Rows) : MergeOutcome;

    /// <summary>One of them is not there, destroyed, or altered; or there is no such merge or candidate open.</summary>
    public sealed record NotThere : MergeOutcome;

    /// <summary>A person and an organisation, two legal entities (that would be sharing), one customer twice, or one already merged.</summary>
    public sealed record NotAlike : MergeOutcome;

    /// <summary>A later merge stands on this one and must be undone first.</summary>
    public sealed record LaterFirst : MergeOutcome;
}

/// <summary>
/// Who is who (R19). People are matched by identity-proving values alone. A phone, e-mail or name gives a candidate for a person to
/// review, and whoever handed in the data cannot tell whether there was one.
/// </summary>
internal interface IMatching
{
    /// <summary>Whose identity-proving values these are.</summary>
    Task<MatchOutcome> ByIdentityAsync(Tx tx, IReadOnlyList<NewClaim> claims);

    /// <summary>Queues other customers that carry one of these values for review. Answers nothing, whatever it finds; the queue takes at most five per value.</summary>
    Task SuggestAsync(Tx tx, CustomerId customer, IReadOnlyList<SearchLookup> hints, long now);

    /// <summary>The oldest open candidates.</summary>
    Task<IReadOnlyList<Candidate>> OpenAsync(Tx tx, int max);

    /// <summary>Closes a candidate: they are two different customers.</summary>
    Task<bool> RejectAsync(Tx tx, CandidateId id, PersonId by, long now);

    /// <summary>Closes a candidate by merging <paramref name="gone"/> of the pair into the other.</summary>
    Task<MergeOutcome> AcceptAsync(Tx tx, CandidateId id, CustomerId gone, PersonId by, long now);

    /// <summary>Makes <paramref name="gone"/> and everything merged into it part of <paramref name="kept"/>. Keys and records stay where they are; readings join them.</summary>
    Task<MergeOutcome> MergeAsync(Tx tx, CustomerId gone, CustomerId kept, PersonId by, long now);

    /// <summary>Restores exactly what was before the merge.</summary>
    Task<MergeOutcome> UndoAsync(Tx tx, MergeId id, PersonId by, long now);
}
