using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Store.Search;

namespace Strongroom.Store.Customers;

/// <summary>What somebody not yet matched is known by.</summary>
internal sealed record Unmatched(EntityId Entity, IReadOnlyList<NewClaim> Claims, NewSource? Source);

/// <param name="Hints">Look-ups by his phone, e-mail and name.</param>
/// <param name="Blocks">The search rows he brings.</param>
/// <param name="At">UTC milliseconds.</param>
internal sealed record Hinted(CustomerId Customer, EntityId Entity, IReadOnlyList<SearchLookup> Hints, IReadOnlyList<NewBlock> Blocks, long At);

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

    /// <summary>A claim to one of them was moved or altered: nobody is taken for anybody, and the faults call for an alarm.</summary>
    public sealed record Altered(IReadOnlyList<FaultFound> Faults) : MatchOutcome;
}

/// <param name="Why">The search key that hit (phone, e-mail, name); never a value.</param>
/// <param name="Created">UTC milliseconds.</param>
internal sealed record Candidate(CandidateId Id, CustomerId A, CustomerId B, SearchKeyName Why, long Created);

/// <summary>Two customers of one legal entity who may be, or are, one person.</summary>
internal sealed record Pair(CustomerId A, CustomerId B, EntityId Entity);

internal abstract record MergeOutcome
{
    private MergeOutcome()
    {
    }

    /// <param name="Rows">Customers whose rows changed, at their new versions.</param>
    /// <param name="Digest">MAC of the merge, for the log entry.</param>
    public sealed record Merged(MergeId Id, IReadOnlyList<RowVersion> Rows, byte[] Digest) : MergeOutcome;

    /// <inheritdoc cref="Merged"/>
    public sealed record Undone(IReadOnlyList<RowVersion> Rows, byte[] Digest) : MergeOutcome;

    /// <summary>One of them is not there, destroyed, or altered; or there is no such merge or candidate open, or it was altered.</summary>
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
    /// <summary>Whose identity-proving values these are, among the customers of one legal entity; what another entity knows is not looked at.</summary>
    Task<MatchOutcome> ByIdentityAsync(Tx tx, EntityId entity, IReadOnlyList<NewClaim> claims);

    /// <summary>Queues other customers of the same legal entity that carry one of these values for review. Answers nothing, whatever it finds; the queue takes at most five per value.</summary>
    Task SuggestAsync(Tx tx, EntityId entity, CustomerId customer, IReadOnlyList<SearchLookup> hints, long now);

    /// <summary>
    /// The same for many customers who are about to be added: asks in a batch, and makes, once it has run, the rows of those who are written
    /// (<see cref="MatchStore.Add"/>). They become candidates of each other too.
    /// </summary>
    Func<Func<CustomerId, bool>, IReadOnlyList<CandidateRow>> AskOthers(Batch batch, IReadOnlyList<Hinted> hinted);

    /// <summary>
    /// Asks in a batch; answers, once it has run, for each whether neither his identity-proving values nor his source stand in his legal
    /// entity. False may be wrong, true is not.
    /// </summary>
    Func<IReadOnlyList<bool>> AskNew(Batch batch, IReadOnlyList<Unmatched> asked);

    /// <summary>The oldest open candidates.</summary>
    Task<IReadOnlyList<Candidate>> OpenAsync(Tx tx, int max);

    /// <summary>The newest open candidates of these legal entities that can still be decided.</summary>
    Task<IReadOnlyList<Candidate>> NewestAsync(Tx tx, IReadOnlyCollection<EntityId> entities, int max);

    /// <summary>The pair of an open candidate, held for its decision; null when it is closed, or a customer is not there, altered or of another entity than the other.</summary>
    Task<Pair?> PairAsync(Tx tx, CandidateId id);

    /// <summary>The pair of a merge, undone or not; null as for a candidate.</summary>
    Task<Pair?> PairAsync(Tx tx, MergeId id);

    /// <summary>Closes a candidate: they are two different customers.</summary>
    Task<bool> RejectAsync(Tx tx, CandidateId id, PersonId by, long now);

    /// <summary>Closes a candidate by merging <paramref name="gone"/> of the pair into the other.</summary>
    Task<MergeOutcome> AcceptAsync(Tx tx, CandidateId id, CustomerId gone, PersonId by, long now);

    /// <summary>Makes <paramref name="gone"/> and everything merged into it part of <paramref name="kept"/>. Keys and records stay where they are; readings join them.</summary>
    Task<MergeOutcome> MergeAsync(Tx tx, CustomerId gone, CustomerId kept, PersonId by, long now);

    /// <summary>Restores exactly what was before the merge.</summary>
    Task<MergeOutcome> UndoAsync(Tx tx, MergeId id, PersonId by, long now);
}
