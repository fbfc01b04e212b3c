using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

/// <summary>What time does to requests and to what was granted, and what became of people meanwhile.</summary>
internal sealed partial class ApprovalDesk
{
    /// <summary>
    /// What waiting did to a request: told once that it went on to the next or to the lead, and closed when its time is over. Any node may do it;
    /// the row decides who was first.
    /// </summary>
    /// <returns>How many requests changed.</returns>
    public async Task<int> TickAsync(CancellationToken ct)
    {
        const int AtOnce = 100;
        var due = await database.ReadAsync(tx => ApprovalStore.DueAsync(tx, time.NowMs(), AtOnce), ct);
        var changed = 0;
        foreach (var id in due)
        {
            changed += await database.WriteAsync(tx => TickAsync(tx, id), ct) ? 1 : 0;
        }

        return changed;
    }

    private async Task<bool> TickAsync(Tx tx, ApprovalId id)
    {
        var now = time.NowMs();
        if (await control.LoadForUpdateAsync<ApprovalContent>(tx, ControlKey.Of(Kind, id)) is not { } row)
        {
            return false;
        }

        var content = row.Content;
        var policy = await RulesAsync(tx);
        var rule = policy.RuleFor(content.Scope);
        var stage = rule is null ? content.Told : ApprovalRules.StageAt(content, rule, now);
        var expired = content.State != ApprovalState.Expired && content.At(now) == ApprovalState.Expired;
        if (!expired && GlassRules.StageAt(content, now) is var owed && owed > content.ReviewTold)
        {
            await new GlassReminders(deciders, notices).TellAsync(tx, policy, content, rule, owed, now);
            var reminded = new LogFact { Act = FactName.Of(ApprovalLog.ReviewReminded), Actor = LogActor.System, Approvals = [id], Reasons = [Kebab.Of(owed)] };
            return await SaveAsync(tx, id, row.Version, content with { ReviewTold = owed }, rule, reminded) is Outcome<Approval>.Done;
        }

        if (!expired && await LapseAsync(tx, id, content, policy, now) is var (left, lapse))
        {
            await TellWaitingAsync(tx, policy, left, rule!, ApprovalStage.Open, NoticeTemplates.ApprovalWaiting, now);
            return await SaveAsync(tx, id, row.Version, left, rule, lapse) is Outcome<Approval>.Done;
        }

        if (!expired && (content.At(now) != ApprovalState.Requested || stage <= content.Told))
        {
            await ApprovalStore.PutAsync(tx, id, content, ApprovalRules.NextLook(content, rule, now));
            return false;
        }

        var fact = new LogFact
        {
            Act = FactName.Of(expired ? ApprovalLog.Expired : ApprovalLog.Escalated), Actor = LogActor.System, Approvals = [id], Reasons = expired ? [] : [Kebab.Of(stage)],
        };
        var next = expired ? content with { State = ApprovalState.Expired } : content with { Told = stage };
        if (!expired)
        {
            await TellWaitingAsync(tx, policy, content, rule!, stage, NoticeTemplates.ApprovalEscalated, now);
        }
        else if (content.State == ApprovalState.Requested)
        {
            await notices.TellAsync(tx, NoticeTemplates.ApprovalExpired, [content.Requester], content.Scope, now);
        }

        return await SaveAsync(tx, id, row.Version, next, rule, fact) is Outcome<Approval>.Done;
    }

    /// <summary>A waiting request without the votes of people who have left since, and the entry that says so; null: all count.</summary>
    private async Task<(ApprovalContent Left, LogFact Fact)?> LapseAsync(Tx tx, ApprovalId id, ApprovalContent content, PolicySnapshot policy, long now)
    {
        var rule = content.Votes.Count > 0 && content.At(now) == ApprovalState.Requested ? ApprovalPolicy.Of(policy.RuleFor(content.Scope)) : null;
        if (rule is null || rule.Digest != content.Policy || await deciders.LapsedAsync(tx, policy, content, rule.Row, now) is not { Count: > 0 } lapsed)
        {
            return null;
        }

        var whose = await control.DigestsAsync(tx, Members.Person, [.. lapsed.Select(vote => vote.Person.Value).Distinct().Take(ControlStore.MostPerEntry)]);
        return (VoteRules.Without(content, rule.Row, lapsed, now), new LogFact
        {
            Act = FactName.Of(ApprovalLog.Lapsed), Actor = LogActor.System, Approvals = [id], Count = lapsed.Count, Reasons = [Kebab.Of(ApprovalStage.Open)], Rows = whose,
        });
    }

    /// <summary>One answer, after the votes of people who have left since are taken out; then others are asked again, whatever becomes of this one.</summary>
    private async Task<ApprovalStep> AnswerAsync(
        Tx tx, ApprovalId id, ApprovalContent content, PolicySnapshot policy, Decider decider, string digest, ApprovalVerdict verdict, string? reason, long now)
    {
        var rule = ApprovalPolicy.Of(policy.RuleFor(content.Scope));
        if (await LapseAsync(tx, id, content, policy, now) is not var (left, lapse))
        {
            return ApprovalRules.Decide(content, rule, policy.Posts, decider, digest, verdict, reason, now);
        }

        await log.AppendAsync(tx, lapse);
        var step = ApprovalRules.Decide(left, rule, policy.Posts, decider, digest, verdict, reason, now);
        if ((step.Next ?? left) is { State: ApprovalState.Requested } waiting)
        {
            await TellWaitingAsync(tx, policy, waiting, rule!.Row, ApprovalStage.Open, NoticeTemplates.ApprovalWaiting, now);
        }

        return step.Next is null ? step with { Next = left } : step;
    }
}
