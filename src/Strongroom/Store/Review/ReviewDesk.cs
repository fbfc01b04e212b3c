using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Store.Customers;
using Strongroom.Store.Intakes;

namespace Strongroom.Store.Review;

/// <summary>
/// A person settles who is who (R19). Each decision commits with its log entries, under the caller's rights as they then stand, and
/// inside his legal entities only: what lies in another one is not there.
/// </summary>
internal sealed class ReviewDesk(
    Database database, IMatching matching, IIntakes intakes, OrganisationBooks books, IAuditLog log, IEnumerable<ICommitGuards> guards, TimeProvider time)
{
    public const int MostListed = 50;

    public async Task<Outcome<CandidateList>> ListAsync(Actor actor, CancellationToken ct)
    {
        var entities = await EntitiesAsync(actor, ct);
        var found = await database.ReadAsync(tx => matching.NewestAsync(tx, entities, MostListed), ct);
        var fact = ReviewFacts.Of(ReviewFacts.Read, actor, Verdict.Permit) with { Count = Math.Max(1, found.Count) };
        return await log.AppendAsync(fact, actor.Guard(), ct) is AppendOutcome.Logged
            ? new CandidateList([.. found.Select(CandidateView.Of)])
            : Reasons.RowChanged;
    }

    public Task<Outcome<MergeMade>> AcceptAsync(Actor actor, CandidateId id, CustomerId keep, CancellationToken ct) =>
        DecideAsync<MergeMade>(actor, ReviewFacts.Accepted, tx => matching.PairAsync(tx, id), async (tx, pair) =>
        {
            if (keep != pair.A && keep != pair.B)
            {
                return new Decided<MergeMade>.Refused(Reasons.CustomerUnknown);
            }

            if (await TookInAsync(tx, actor, pair.A) || await TookInAsync(tx, actor, pair.B))
            {
                return new Decided<MergeMade>.Refused(Reasons.MergeOwn);
            }

            return await matching.AcceptAsync(tx, id, keep == pair.A ? pair.B : pair.A, actor.Person, time.NowMs()) switch
            {
                MergeOutcome.Merged merged => new Decided<MergeMade>.Done(new MergeMade(merged.Id), [new RowDigest("merge", merged.Id.Value, 1, merged.Digest)]),
                MergeOutcome.NotThere => new Decided<MergeMade>.Refused(Reasons.NotFound),
                _ => new Decided<MergeMade>.Refused(Reasons.MergeUnlike),
            };
        }, ct);

    public Task<Outcome<CandidateId>> RejectAsync(Actor actor, CandidateId id, CancellationToken ct) =>
        DecideAsync<CandidateId>(actor, ReviewFacts.Rejected, tx => matching.PairAsync(tx, id), async (tx, _) =>
            await matching.RejectAsync(tx, id, actor.Person, time.NowMs())
                ? new Decided<CandidateId>.Done(id, [])
                : new Decided<CandidateId>.Refused(Reasons.NotFound), ct);

    public Task<Outcome<MergeId>> UndoAsync(Actor actor, MergeId id, CancellationToken ct) =>
        DecideAsync<MergeId>(actor, ReviewFacts.Undone, tx => matching.PairAsync(tx, id), async (tx, _) =>
            await matching.UndoAsync(tx, id, actor.Person, time.NowMs()) switch
            {
                MergeOutcome.Undone undone => new Decided<MergeId>.Done(id, [new RowDigest("merge", id.Value, 2, undone.Digest)]),
                MergeOutcome.LaterFirst => new Decided<MergeId>.Refused(Reasons.MergeLater),
                _ => new Decided<MergeId>.Refused(Reasons.NotFound),
            }, ct);

    private async Task<Outcome<T>> DecideAsync<T>(
        Actor actor, string name, Func<Tx, Task<Pair?>> find, Func<Tx, Pair, Task<Decided<T>>> decide, CancellationToken ct)
    {
        var entities = await EntitiesAsync(actor, ct);
        try
        {
            return await database.WriteAsync(
                async tx =>
                {
                    if (await find(tx) is not { } pair || !entities.Contains(pair.Entity))
                    {
                        throw new RefusedException(Reasons.NotFound);
                    }

                    var done = await decide(tx, pair) switch
                    {
                        Decided<T>.Done made => made,
                        Decided<T>.Refused refused => throw new RefusedException(refused.Reason),
                        _ => throw new System.Diagnostics.UnreachableException(),
                    };
                    await StandsAsync(tx, actor);
                    var fact = ReviewFacts.Of(name, actor, Verdict.Permit) with { Rows = done.Rows };

                    // One entry for each of the two: both customers' ledgers tell of it.
                    await log.AppendAsync(tx, [fact with { Customer = pair.A }, fact with { Customer = pair.B }], ct);
                    return done.Value;
                },
                ct);
        }
        catch (RefusedException refused)
        {
            await log.AppendAsync(ReviewFacts.Of(name, actor, Verdict.Deny, refused.Reason.Code), guard: null, ct);
            return refused.Reason;
        }
    }

    /// <summary>Who took a customer in puts nothing of it into another's file by himself: what he typed would become a number of somebody else's.</summary>
    private async Task<bool> TookInAsync(Tx tx, Actor actor, CustomerId customer) =>
        (await intakes.OfCustomerAsync(tx, customer)).Any(intake => intake.Actor == actor.AsLogActor());

    private async Task StandsAsync(Tx tx, Actor actor)
    {
        CommitGuard[] guard = [actor.Guard()];
        foreach (var check in guards)
        {
            if ((await check.FailingAsync(tx, guard)).Count > 0)
            {
                throw new RefusedException(Reasons.RowChanged);
            }
        }
    }

    /// <summary>The legal entities in which the caller holds a post that reviews; another post elsewhere gives nothing there. Nobody but a person reviews.</summary>
    private async Task<IReadOnlySet<EntityId>> EntitiesAsync(Actor actor, CancellationToken ct)
    {
        if (actor.Kind != ActorKind.Person)
        {
            return new HashSet<EntityId>();
        }

        var book = await books.AsOfAsync(actor.ConfigEpoch, ct);
        var now = time.NowMs();
        return actor.Posts.Where(held => held.InForce(now) && PolicyTable.PostsOf(Doors.CustomerReview).Contains(held.Post)).Select(held => book.EntityOf(held.Unit)).OfType<EntityId>().ToHashSet();
    }

    private abstract record Decided<T>
    {
        public sealed record Done(T Value, IReadOnlyList<RowDigest> Rows) : Decided<T>;

        public sealed record Refused(Reason Reason) : Decided<T>;
    }

    /// <summary>Undoes the transaction and tells the caller why.</summary>
    private sealed class RefusedException(Reason reason) : Exception(reason.Code)
    {
        public Reason Reason { get; } = reason;
    }
}
