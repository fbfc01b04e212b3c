using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Reviews;

/// <summary>
/// Access reviews (R36, domain.md §8): a frozen snapshot, decided line by line by who answers for each right, looked at again by a second
/// reviewer, closed with a signed report. What nobody confirmed by the deadline rests from then on.
/// </summary>
internal sealed class Campaigns(
    Database database, Cases cases, RightsBook book, RightChanges changes, IPolicySnapshots policies, Outbox.Outbox outbox, IAuditLog log, TimeProvider time)
{
    public const string Kind = "access-review", Line = "access-review-line";

    private const long LongestMs = 92L * 86_400_000, HourMs = 3_600_000;

    private const int MostLines = 100_000;

    public const int MostListed = 200;

    public async Task<Outcome<Case<CampaignContent>>> OpenAsync(Actor actor, string name, long deadline, EntityId? entity, UnitId? unit, CancellationToken ct)
    {
        var now = time.NowMs();
        if (string.IsNullOrWhiteSpace(name) || name.Length > 80)
        {
            return Problem.Of([Reasons.FieldMissing.At("name")]);
        }

        if (deadline <= now || deadline - now > LongestMs)
        {
            return Problem.Of([Reasons.BadField.At("deadline")]);
        }

        // What nobody confirms rests: whoever sets a deadline that nobody can meet takes the rights of all of them.
        if (deadline - now < (await policies.CurrentAsync(actor.ConfigEpoch, ct)).ReviewHours * HourMs)
        {
            return Problem.Of([Reasons.ReviewTerm.At("deadline")]);
        }

        var held = (await book.NowAsync(ct)).Rights.Where(right => (entity is null || right.Entity == entity || right.Entity is null) && (unit is null || right.Unit == unit)).ToList();
        if (held.Count is 0 or > MostLines)
        {
            return Problem.Of([Reasons.BadField.At(unit is null ? "entity" : "unit")]);
        }

        var used = await book.WithUseAsync(held, CampaignRules.UnusedDays, ct);
        var id = CaseId.New();
        return await cases.ChangeAsync<Case<CampaignContent>>(actor, async tx =>
        {
            var others = await cases.PageAsync<CampaignContent>(tx, new CaseQuery(Kind) { Size = MostListed });
            if (others.Any(other => other.Content.Closed is null && CampaignRules.Overlap(other.Content, entity, unit)))
            {
                return Reasons.ReviewOverlaps;
            }

            var content = new CampaignContent(name.Trim(), actor.Person, now, deadline, entity, unit, used.Count, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
            var campaign = new Case<CampaignContent>(id, Kebab.Of(CampaignState.Open), content) { Sort = -now };
            var digest = await cases.SaveAsync(tx, Kind, campaign);
            var frozen = new List<RowDigest>();
            foreach (var one in used)
            {
                var line = new LineContent(one.Right, one.Use.Last, one.Use.Count);
                frozen.Add(await cases.SaveAsync(tx, Line, new Case<LineContent>(CaseId.New(), Kebab.Of(LineState.Open), line) { Parent = id, Person = one.Right.Person, Sort = CampaignRules.Order(line) }));
            }

            foreach (var some in frozen.Chunk(ControlStore.MostPerEntry))
            {
                await log.AppendAsync(tx, IdentityFacts.BySystem(CampaignLog.Frozen) with { Rows = some, Count = some.Length }, ct);
            }

            await TellAsync(tx, NoticeTemplates.ReviewOpened, id, deadline, await OpenByReviewerAsync(tx, id));
            await log.AppendAsync(tx, IdentityFacts.Of(CampaignLog.Opened, actor) with { Rows = [digest], Count = used.Count }, ct);
            return campaign with { Version = 1, Changed = now };
        }, ct);
    }

    public Task<Case<CampaignContent>?> FindAsync(CaseId id, CancellationToken ct) => database.ReadAsync(tx => cases.FindAsync<CampaignContent>(tx, Kind, id), ct);

    /// <summary>Decides lines together, all or none. Nobody decides about himself, nor twice after an objection; what is decided opens by an objection only.</summary>
    public async Task<Outcome<int>> DecideAsync(Actor actor, CaseId id, IReadOnlyList<CaseId> lines, LineDecision decision, CancellationToken ct)
    {
        var outcome = await cases.ChangeAsync<int>(actor, async tx =>
        {
            if (await cases.FindAsync<CampaignContent>(tx, Kind, id) is not { } campaign)
            {
                return Reasons.NotFound;
            }

            if (campaign.State == Kebab.Of(CampaignState.Closed))
            {
                return Reasons.ReviewEnded;
            }

            var found = new List<Case<LineContent>>();
            var reviewers = await book.ReviewersAsync(tx);
            foreach (var one in lines.Distinct().OrderBy(line => line.Value))
            {
                if (await cases.FindAsync<LineContent>(tx, Line, one, hold: true) is not { } line || line.Parent != id)
                {
                    return Reasons.NotFound;
                }

                if ((await changes.HolderAsync(tx, line.Content.Right) == actor.Person ? Reasons.ReviewOwn : MayDecide(actor, line.Content, reviewers)) is { } not)
                {
                    return not;
                }

                if (!CampaignRules.Awaits(Kebab.Parse<LineState>(line.State)))
                {
                    return Reasons.ReviewDecided;
                }

                found.Add(line);
            }

            var now = time.NowMs();
            return CampaignRules.Fault(decision, [.. found.Select(line => line.Content)], campaign.Content.Opened, now) is { } fault
                ? fault
                : await DecideAsync(tx, actor, id, found, decision, now);
        }, ct);
        if (outcome is Outcome<int>.Refused { Problem.Code: "review.own" or "review.not_yours" } refused)
        {
            await log.AppendAsync(IdentityFacts.Of(CampaignLog.DecisionRefused, actor) with { Decision = Verdict.Deny, Reasons = [refused.Problem.Code] }, guard: null, ct);
        }

        return outcome;
    }

    /// <summary>Looks at a drawn line again. Not one's own decision, not about oneself; an objection opens the line anew.</summary>
    public Task<Outcome<int>> SecondAsync(Actor actor, CaseId id, CaseId one, SecondVerdict verdict, string? reason, CancellationToken ct) => cases.ChangeAsync<int>(actor, async tx =>
    {
        if (await cases.FindAsync<CampaignContent>(tx, Kind, id) is not { } campaign || await cases.FindAsync<LineContent>(tx, Line, one, hold: true) is not { } line || line.Parent != id)
        {
            return Reasons.NotFound;
        }

        if (campaign.State == Kebab.Of(CampaignState.Closed))
        {
            return Reasons.ReviewEnded;
        }

        if (line.Person == actor.Person || line.Content.Decider == actor.Person || await changes.HolderAsync(tx, line.Content.Right) == actor.Person)
        {
            return Reasons.ReviewOwn;
        }

        if (!await IsDecidedAsync(tx, campaign) || !(await SampleAsync(tx, campaign)).Contains(one))
        {
            return Reasons.ReviewNotDrawn;
        }

        if (verdict == SecondVerdict.Object && string.IsNullOrWhiteSpace(reason))
        {
            return Reasons.ReviewReason;
        }

        var next = verdict == SecondVerdict.Agree
            ? line with { Content = line.Content with { Second = actor.Person, SecondVerdict = verdict } }
            : line with
            {
                State = Kebab.Of(line.Content.Verdict is null ? LineState.Suspended : LineState.Open),
                Content = line.Content with { Second = null, SecondVerdict = verdict, Objected = line.Content.Decider, Verdict = null, Decider = null, Decided = null, Reason = null },
            };
        var digest = await cases.SaveAsync(tx, Line, next);
        await log.AppendAsync(tx, IdentityFacts.Of(CampaignLog.Seconded, actor) with
        {
            Rows = [digest], Reasons = [Kebab.Of(verdict)], Details = reason is null ? null : new LogDetails { Reason = reason },
        }, ct);
        return 1;
    }, ct);

    /// <summary>Whether nothing is open any more: only then is the sample drawn and told.</summary>
    public static async Task<bool> IsDecidedAsync(Tx tx, Case<CampaignContent> campaign) =>
        (await CaseStore.CountAsync(tx, Line, campaign.Id)).GetValueOrDefault(Kebab.Of(LineState.Open)) == 0;

    public static async Task<IReadOnlySet<CaseId>> SampleAsync(Tx tx, Case<CampaignContent> campaign) =>
        CampaignRules.Sample(campaign.Content.Seed, await CaseStore.IdsAsync(tx, Line, campaign.Id), CampaignContent.SharePerMille);

    /// <summary>Null: he may.</summary>
    public static Reason? MayDecide(Actor actor, LineContent line, ReviewerBook reviewers)
    {
        if (line.Right.Person == actor.Person || line.Objected == actor.Person)
        {
            return Reasons.ReviewOwn;
        }

        return reviewers.Of(line.Right).Contains(actor.Person) ? null : Reasons.ReviewNotYours;
    }

    /// <summary>How many open lines wait for whom; lines are read some at a time.</summary>
    public async Task<IReadOnlyDictionary<PersonId, int>> OpenByReviewerAsync(Tx tx, CaseId id)
    {
        var waiting = new Dictionary<PersonId, int>();
        var reviewers = await book.ReviewersAsync(tx);
        var query = new CaseQuery(Line) { Parent = id, State = Kebab.Of(LineState.Open), Size = 500 };
        while (await cases.PageAsync<LineContent>(tx, query) is { Count: > 0 } page)
        {
            foreach (var line in page)
            {
                if (reviewers.Of(line.Content.Right) is [var first, ..])
                {
                    waiting[first] = waiting.GetValueOrDefault(first) + 1;
                }
            }

            query = query with { After = page[^1].Cursor };
        }

        return waiting;
    }

    public async Task TellAsync(Tx tx, NoticeTemplate template, CaseId id, long at, IReadOnlyDictionary<PersonId, int> waiting)
    {
        foreach (var (person, count) in waiting)
        {
            await outbox.AddAsync(tx, new Notice(template, person, [NoticeValue.Id("review", id.Value), NoticeValue.Count("count", count), NoticeValue.Instant("at", at)]));
        }
    }

    private async Task<Outcome<int>> DecideAsync(Tx tx, Actor actor, CaseId id, List<Case<LineContent>> lines, LineDecision decision, long now)
    {
        var fact = IdentityFacts.Of(CampaignLog.Decided, actor);
        var digests = new List<RowDigest>();
        foreach (var line in lines)
        {
            var resting = line.State == Kebab.Of(LineState.Suspended) && line.Content.Before is not null ? line.Content : null;
            RightChange? change = decision.Verdict switch
            {
                LineVerdict.Confirm => resting is null ? null : RightChange.Restore,
                LineVerdict.Reduce => RightChange.Reduce,
                _ => RightChange.Revoke,
            };
            if (change is { } wanted && await changes.ApplyAsync(tx, line.Content.Right, wanted, decision, resting, fact with { Reasons = [Kebab.Of(decision.Verdict)] }) is { } refusal)
            {
                throw Members.Refused(refusal);
            }

            digests.Add(await cases.SaveAsync(tx, Line, line with
            {
                State = Kebab.Of(decision.Verdict switch { LineVerdict.Confirm => LineState.Confirmed, LineVerdict.Reduce => LineState.Reduced, _ => LineState.Revoked }),
                Content = line.Content with { Verdict = decision.Verdict, Decider = actor.Person, Decided = now, Reason = cases.Seal(line.Id, decision.Reason), Second = null, SecondVerdict = null },
            }));
        }

        foreach (var some in digests.Chunk(ControlStore.MostPerEntry))
        {
            await log.AppendAsync(tx, fact with
            {
                Rows = some, Count = some.Length, Reasons = [Kebab.Of(decision.Verdict)],
                Details = string.IsNullOrWhiteSpace(decision.Reason) ? null : new LogDetails { Reason = decision.Reason },
            });
        }

        return digests.Count;
    }
}
