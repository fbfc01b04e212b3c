using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Monitoring;
using Strongroom.Spine.Outbox;

namespace Strongroom.Spine.Reviews;

/// <summary>
/// Reminds seven, three and one days before a deadline; at the deadline lets every right rest that nobody confirmed, one transaction for
/// each, so that a crash leaves nothing half done and the next look goes on.
/// </summary>
internal sealed class CampaignClock(Database database, Cases cases, Campaigns campaigns, RightsBook book, RightChanges changes, IAuditLog log, TimeProvider time) : IWatchDuty
{
    private const int AtOnce = 100;

    public async Task RunAsync(CancellationToken ct)
    {
        // After the deadline, too: what a second reviewer opened again rests until somebody decides it.
        foreach (var campaign in await database.ReadAsync(async tx => (IReadOnlyList<Case<CampaignContent>>)
            [.. await PageAsync(tx, CampaignState.Open), .. (await PageAsync(tx, CampaignState.Overdue)).Where(late => late.Content.Closed is null)], ct))
        {
            if (time.NowMs() >= campaign.Content.Deadline)
            {
                await EndAsync(campaign, ct);
            }
            else if (CampaignRules.ReminderDue(campaign.Content, time.NowMs()) is { } days)
            {
                await RemindAsync(campaign, days, ct);
            }
        }
    }

    private Task<IReadOnlyList<Case<CampaignContent>>> PageAsync(Tx tx, CampaignState state) =>
        cases.PageAsync<CampaignContent>(tx, new CaseQuery(Campaigns.Kind) { State = Kebab.Of(state) });

    private Task<Outcome<int>> RemindAsync(Case<CampaignContent> campaign, int days, CancellationToken ct) => cases.ChangeAsync<int>(async tx =>
    {
        var digest = await cases.SaveAsync(tx, Campaigns.Kind, campaign with { Content = campaign.Content with { Reminded = [.. campaign.Content.Reminded, days] } });
        var waiting = await campaigns.OpenByReviewerAsync(tx, campaign.Id);
        await campaigns.TellAsync(tx, NoticeTemplates.ReviewDue, campaign.Id, campaign.Content.Deadline, waiting);
        await log.AppendAsync(tx, IdentityFacts.BySystem(CampaignLog.Reminded) with { Rows = [digest], Count = Math.Max(1, waiting.Count) }, ct);
        return waiting.Count;
    }, ct);

    private async Task EndAsync(Case<CampaignContent> campaign, CancellationToken ct)
    {
        var query = new CaseQuery(Campaigns.Line) { Parent = campaign.Id, State = Kebab.Of(LineState.Open), Size = AtOnce };
        while (await database.ReadAsync(tx => cases.PageAsync<LineContent>(tx, query), ct) is { Count: > 0 } page)
        {
            foreach (var line in page)
            {
                await SuspendAsync(line, ct);
            }

            query = query with { After = page[^1].Cursor };
        }

        if (campaign.State == Kebab.Of(CampaignState.Overdue))
        {
            return;
        }

        await cases.ChangeAsync<int>(async tx =>
        {
            // A line whose change was lost to somebody else's is still open: the next look takes it.
            if (!await Campaigns.IsDecidedAsync(tx, campaign))
            {
                return 0;
            }

            var digest = await cases.SaveAsync(tx, Campaigns.Kind, campaign with { State = Kebab.Of(CampaignState.Overdue) });
            var counts = await CaseStore.CountAsync(tx, Campaigns.Line, campaign.Id);
            var resting = (int)(counts.GetValueOrDefault(Kebab.Of(LineState.Suspended)) + counts.GetValueOrDefault(Kebab.Of(LineState.Escalated)));
            if (resting > 0)
            {
                await campaigns.TellAsync(
                    tx, NoticeTemplates.ReviewOverdue, campaign.Id, campaign.Content.Deadline, (await book.ReviewersAsync(tx)).Officers.ToDictionary(officer => officer, _ => resting));
            }

            await log.AppendAsync(tx, IdentityFacts.BySystem(CampaignLog.Overdue) with { Rows = [digest], Count = Math.Max(1, resting) }, ct);
            return resting;
        }, ct);
    }

    private async Task SuspendAsync(Case<LineContent> line, CancellationToken ct)
    {
        var outcome = await TrySuspendAsync(line, escalate: false, ct);
        if (outcome is Outcome<int>.Refused { Problem.Code: var code } && code == Reasons.LastAdministrators.Code)
        {
            await TrySuspendAsync(line, escalate: true, ct);
        }
    }

    private Task<Outcome<int>> TrySuspendAsync(Case<LineContent> line, bool escalate, CancellationToken ct) => cases.ChangeAsync<int>(async tx =>
    {
        var fact = IdentityFacts.BySystem(CampaignLog.Suspended);
        if (!escalate && (await book.ReviewersAsync(tx)).IsLast(line.Content.Right))
        {
            return Reasons.LastAdministrators;
        }

        var before = escalate ? null : await changes.HeldAsync(tx, line.Content.Right);
        if (before is not null && await changes.ApplyAsync(tx, line.Content.Right, RightChange.Suspend, null, null, fact) is { } refusal)
        {
            return refusal;
        }

        var digest = await cases.SaveAsync(tx, Campaigns.Line, line with
        {
            State = Kebab.Of(escalate ? LineState.Escalated : LineState.Suspended), Content = line.Content with { Before = before, Resting = before is null ? null : await changes.VersionAsync(tx, line.Content.Right) },
        });
        await log.AppendAsync(tx, fact with { Rows = [digest] }, ct);
        return 1;
    }, ct);
}
