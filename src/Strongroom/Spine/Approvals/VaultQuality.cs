using System.Globalization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

/// <param name="Ms">From when it could be answered to when it was.</param>
internal sealed record HastyDecision(ApprovalId Approval, PersonId Person, long Ms);

/// <param name="Decisions">All of them approvals.</param>
internal sealed record NeverRefusing(PersonId Person, int Decisions);

/// <summary>Two people who decide each other's requests and always approve, here or by orders that name them.</summary>
/// <param name="ByOne">Approvals that the first gave to the other.</param>
internal sealed record MutualPair(PersonId One, PersonId Other, int ByOne, int ByOther);

/// <param name="Until">Until when the review is owed, UTC milliseconds.</param>
internal sealed record GlassDebt(ApprovalId Approval, PersonId Person, long Until, bool Overdue);

/// <summary>How the vault was worked in one month (domain.md §4), counted from the approvals' own rows. Ids only.</summary>
/// <param name="Month">UTC calendar month, <c>2026-11</c>.</param>
/// <param name="Hasty">Decided in under three seconds: nobody read that.</param>
/// <param name="NeverRefused">At least five decisions and not one refusal.</param>
/// <param name="Unused">Approved, over, and never used.</param>
/// <param name="BeyondHours">Used outside the hours that were booked.</param>
/// <param name="Debts">Break-glass without a review.</param>
/// <param name="Whole">False: there were more requests than were counted.</param>
internal sealed record VaultQualityReport(
    string Month, int Requests, int Approved, int Refused, int Expired,
    IReadOnlyList<HastyDecision> Hasty, IReadOnlyList<NeverRefusing> NeverRefused, IReadOnlyList<MutualPair> Pairs,
    IReadOnlyList<ApprovalId> Unused, IReadOnlyList<ApprovalId> BeyondHours, IReadOnlyList<GlassDebt> Debts, bool Whole);

/// <summary>Counts a month. Pure.</summary>
internal static class QualityRules
{
    public const long HastyMs = 3_000;

    public const int EnoughDecisions = 5, EnoughEachWay = 2;

    public static VaultQualityReport Of(string month, IReadOnlyList<(ApprovalId Id, ApprovalContent Content)> requests, bool whole, long now)
    {
        var votes = requests.SelectMany(one => one.Content.Votes.Select((vote, i) => (one.Id, one.Content, Vote: vote, Ms: vote.At - BeganAt(one.Content, i)))).Where(one => one.Vote.Via != SceneMode.WorkOrder).ToList();
        var byPerson = votes.GroupBy(one => one.Vote.Person).Where(group => group.Count() >= EnoughDecisions && group.All(one => one.Vote.Verdict == ApprovalVerdict.Approve));
        return new VaultQualityReport(
            month,
            requests.Count,
            requests.Count(one => one.Content.Votes.Count > 0 && one.Content.State is not (ApprovalState.Requested or ApprovalState.Refused or ApprovalState.Void)),
            requests.Count(one => one.Content.State == ApprovalState.Refused),
            requests.Count(one => one.Content.At(now) == ApprovalState.Expired && one.Content.LastUsed is null),
            [.. votes.Where(one => one.Ms < HastyMs).Select(one => new HastyDecision(one.Id, one.Vote.Person, one.Ms))],
            [.. byPerson.Select(group => new NeverRefusing(group.Key, group.Count())).OrderByDescending(one => one.Decisions)],
            [.. PairsOf(requests.SelectMany(one => one.Content.Votes.Select(vote => (one.Content.Requester, vote))))],
            [.. requests.Where(one => one.Content is { IsEmergency: false, LastUsed: null } && IsOver(one.Content, now)).Select(one => one.Id)],
            [.. requests.Where(one => one.Content is { LastUsed: { } used, Scope: var scope } && (used < scope.From || used >= scope.Until)).Select(one => one.Id)],
            [.. requests.Where(one => one.Content is { IsEmergency: true, Review: null, ReviewUntil: not null })
                .Select(one => new GlassDebt(one.Id, one.Content.Requester, one.Content.ReviewUntil!.Value, now >= one.Content.ReviewUntil))],
            whole);
    }

    /// <summary>When a vote could first be given: when it was requested, or when the step before was complete.</summary>
    private static long BeganAt(ApprovalContent content, int vote)
    {
        var before = content.Votes.Take(vote).Where(earlier => earlier.Step < content.Votes[vote].Step).Select(earlier => earlier.At).DefaultIfEmpty(content.Requested).Max();
        return Math.Min(before, content.Votes[vote].At);
    }

    /// <summary>Everything it asked for was approved, and its time has passed.</summary>
    private static bool IsOver(ApprovalContent content, long now) =>
        now >= content.Until && content.Votes.Count > 0 && content.Votes.All(vote => vote.Verdict == ApprovalVerdict.Approve)
        && content.State is ApprovalState.Approved or ApprovalState.Expired && content.StepUntil >= content.Votes[^1].At;

    private static IEnumerable<MutualPair> PairsOf(IEnumerable<(PersonId Requester, ApprovalVote Vote)> votes)
    {
        var given = votes.GroupBy(one => (By: one.Vote.Person, For: one.Requester))
            .ToDictionary(group => group.Key, group => group.All(one => one.Vote.Verdict == ApprovalVerdict.Approve) ? group.Count() : 0);
        return from pair in given
               where pair.Key.By.Value < pair.Key.For.Value && pair.Value >= EnoughEachWay
               let back = given.GetValueOrDefault((pair.Key.For, pair.Key.By))
               where back >= EnoughEachWay
               select new MutualPair(pair.Key.By, pair.Key.For, pair.Value, back);
    }
}

/// <summary>Makes the report for the companies in which the reader stands, and records that it was read.</summary>
internal sealed class VaultQuality(Database database, ControlStore control, IPolicySnapshots policies, IAuditLog log, TimeProvider time)
{
    private const int Most = 20_000, AtOnce = 500;

    public async Task<Outcome<VaultQualityReport>> AnswerAsync(string? month, Actor actor, CancellationToken ct)
    {
        var now = time.NowMs();
        var begin = Instants.At(now);
        if (month is not null && !DateTimeOffset.TryParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out begin))
        {
            return Problem.Of([Reasons.BadField.At("month")]);
        }

        begin = new DateTimeOffset(begin.Year, begin.Month, 1, 0, 0, 0, TimeSpan.Zero);
        if (await log.AppendAsync(ApprovalLog.Of(ApprovalLog.QualityRead, actor, null), actor.Guard(), ct) is AppendOutcome.Changed)
        {
            return Reasons.RowChanged;
        }

        var policy = await policies.CurrentAsync(actor.ConfigEpoch, ct);
        var entities = actor.Posts.Where(held => held.InForce(now)).Select(held => policy.Organisation.Units.GetValueOrDefault(held.Unit)?.Entity).OfType<EntityId>().Distinct().ToList();
        var rows = await database.ReadAsync(async tx =>
        {
            var ids = await ApprovalStore.BetweenAsync(tx, entities, begin.ToUnixTimeMilliseconds(), begin.AddMonths(1).ToUnixTimeMilliseconds(), Most + 1);
            var found = new List<(ApprovalId, ApprovalContent)>();
            foreach (var chunk in ids.Take(Most).Chunk(AtOnce))
            {
                found.AddRange((await control.LoadManyAsync<ApprovalContent>(tx, ApprovalDesk.Kind, [.. chunk.Select(id => id.Value)])).Select(row => (ApprovalId.From(row.Key.Id), row.Content)));
            }

            return (Found: found, Whole: ids.Count <= Most);
        }, ct);
        return QualityRules.Of(begin.ToString("yyyy-MM", CultureInfo.InvariantCulture), rows.Found, rows.Whole, now);
    }
}
