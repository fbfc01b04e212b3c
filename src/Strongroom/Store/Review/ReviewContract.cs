using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Review;

/// <summary>What the log says about the review of candidates and merges.</summary>
internal static class ReviewFacts
{
    public const string Read = "candidates-read";
    public const string Accepted = "candidate-accepted";
    public const string Rejected = "candidate-rejected";
    public const string Undone = "merge-undone";

    public static LogFact Of(string name, Actor actor, Verdict decision, params string[] reasons) => new()
    {
        Act = FactName.Of(name),
        Actor = actor.AsLogActor(),
        Zone = actor.Zone,
        Decision = decision,
        Reasons = reasons,
    };
}

/// <param name="Why">The search key under which both were found, for example <c>mobile</c>; never a value.</param>
/// <param name="Created">UTC milliseconds.</param>
internal sealed record CandidateView(CandidateId Id, CustomerId A, CustomerId B, SearchKeyName Why, long Created)
{
    public static CandidateView Of(Candidate candidate) => new(candidate.Id, candidate.A, candidate.B, candidate.Why, candidate.Created);
}

/// <summary>The newest open candidates of the caller's legal entities, at most fifty.</summary>
internal sealed record CandidateList(IReadOnlyList<CandidateView> Candidates);

/// <param name="Keep">Which of the two the other becomes part of.</param>
internal sealed record CandidateAcceptance(CustomerId Keep);

/// <param name="Merge">Undo it under this id.</param>
internal sealed record MergeMade(MergeId Merge);
