using System.Globalization;
using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Monitoring;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Reviews.Checks;

/// <param name="Act">Only this act; null: any.</param>
/// <param name="Person">Only what he did; null: anybody.</param>
internal sealed record CheckOrder(CheckKind Kind, long From, long Until, string? Act, PersonId? Person, int PerMille, long Due);

/// <summary>Checks of the log (R53, R54): drawn by seed and share, judged by somebody else than who acted, told to who answers for him.</summary>
internal sealed class LogChecks(
    Database database, Cases cases, IAuditReader reader, RightsBook book, Circulations circulations, Outbox.Outbox outbox, IAuditLog log, TimeProvider time)
{
    public const string Kind = "log-check", Item = "log-check-item";

    private const int MostItems = 1_000, MostPages = 100, PageSize = 500;

    /// <summary>Draws from what the log holds now, a page at a time.</summary>
    public async Task<Outcome<Case<CheckContent>>> OpenAsync(Actor actor, CheckOrder order, CancellationToken ct)
    {
        var id = CaseId.New();
        var seed = NewSeed();
        var (drawn, seen) = (new List<LogHeader>(), 0L);
        var query = new LogQuery
        {
            Act = order.Act is { } act ? FactName.Of(act) : null, Actor = order.Person is { } person ? LogActor.Of(person) : new LogActor(LogActorKind.Person, null),
            From = order.From, Until = order.Until, Size = PageSize,
        };
        for (var page = 0; ; page++)
        {
            var read = await reader.EntriesAsync(query, ct);
            seen += read.Entries.Count;
            drawn.AddRange(read.Entries.Select(entry => entry.Header).Where(header => CampaignRules.IsDrawn(seed, header.Id.Value, order.PerMille)));
            if (drawn.Count > MostItems || (page == MostPages && read.Next is not null))
            {
                return Problem.Of([Reasons.TooMany.At("perMille")]);
            }

            if (read.Next is null)
            {
                break;
            }

            query = query with { After = read.Next };
        }

        var content = new CheckContent(order.Kind, order.From, order.Until, seed, order.PerMille, order.Due, actor.Person, order.Act, order.Person, seen);
        var check = new Case<CheckContent>(id, Kebab.Of(CheckState.Open), content) { Sort = -time.NowMs() };
        return await cases.ChangeAsync<Case<CheckContent>>(actor, async tx =>
        {
            var digest = await cases.SaveAsync(tx, Kind, check);
            await DrawAsync(tx, id, drawn);
            await log.AppendAsync(tx, IdentityFacts.Of(CheckLog.Opened, actor) with { Rows = [digest], Count = Math.Max(1, drawn.Count) }, ct);
            return check with { Version = 1 };
        }, ct);
    }

    public static string NewSeed() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Adds entries to a check; one that is there already stays as it is.</summary>
    /// <param name="begun">Digest of the check's own row, when it was made just now.</param>
    public async Task DrawAsync(Tx tx, CaseId check, IReadOnlyList<LogHeader> drawn, RowDigest? begun = null)
    {
        var digests = new List<RowDigest>(begun is null ? [] : [begun]);
        foreach (var header in drawn)
        {
            var item = new CheckItem(header.Id, header.At, header.Fact.Act.Value, header.Fact.Decision, header.Fact.Zone);
            if (await cases.AddAsync(tx, Item, new Case<CheckItem>(cases.IdOf(Item, check.ToString(), header.Id.ToString()), "open", item)
            {
                Parent = check, Person = header.Fact.Actor is { Kind: LogActorKind.Person, Id: { } actor } ? PersonId.From(actor) : null, Sort = header.At,
            }) is { } digest)
            {
                digests.Add(digest);
            }
        }

        foreach (var some in digests.Chunk(ControlStore.MostPerEntry))
        {
            await log.AppendAsync(tx, IdentityFacts.BySystem(CheckLog.Drawn) with { Rows = some, Count = some.Length });
        }
    }

    public async Task<Outcome<Case<CheckItem>>> JudgeAsync(Actor actor, CaseId id, CheckVerdict verdict, string? reason, CancellationToken ct)
    {
        var outcome = await cases.ChangeAsync<Case<CheckItem>>(actor, async tx =>
        {
            if (await cases.FindAsync<CheckItem>(tx, Item, id, hold: true) is not { Parent: { } parent } item || await cases.FindAsync<CheckContent>(tx, Kind, parent) is not { } check)
            {
                return Reasons.NotFound;
            }

            if (CheckRules.MayJudge(actor.Person, [.. actor.Posts.Select(held => held.Post)], item.Person, check.Content.Kind) is { } not)
            {
                return not;
            }

            if (item.State != "open")
            {
                return Reasons.CheckJudged;
            }

            if (verdict != CheckVerdict.Normal && string.IsNullOrWhiteSpace(reason))
            {
                return Reasons.ReviewReason;
            }

            var next = item with
            {
                State = Kebab.Of(verdict), Content = item.Content with { Reviewer = actor.Person, Reviewed = time.NowMs(), Reason = cases.Seal(id, reason) },
            };
            var digest = await cases.SaveAsync(tx, Item, next);
            if (verdict != CheckVerdict.Normal)
            {
                await TellAsync(tx, verdict, item, actor.Person);
            }

            await log.AppendAsync(tx, IdentityFacts.Of(CheckLog.Judged, actor) with
            {
                Rows = [digest], Reasons = [Kebab.Of(verdict)], Details = string.IsNullOrWhiteSpace(reason) ? null : new LogDetails { Reason = reason },
            }, ct);
            return next with { Version = next.Version + 1 };
        }, ct);
        if (outcome is Outcome<Case<CheckItem>>.Refused { Problem.Code: "review.own" or "review.not_yours" } refused)
        {
            await log.AppendAsync(IdentityFacts.Of(CheckLog.JudgeRefused, actor) with { Decision = Verdict.Deny, Reasons = [refused.Problem.Code] }, guard: null, ct);
        }

        return outcome;
    }

    /// <summary>A check is done when its time is over and every entry is judged: who answers for the people in it is told. One that is late goes to management.</summary>
    public Task<Outcome<bool>> SettleAsync(Case<CheckContent> seen, CancellationToken ct) => cases.ChangeAsync<bool>(async tx =>
    {
        if (await cases.FindAsync<CheckContent>(tx, Kind, seen.Id, hold: true) is not { } check || check.Version != seen.Version)
        {
            return false;
        }

        var now = time.NowMs();
        var states = await CaseStore.CountAsync(tx, Item, check.Id);
        var open = states.GetValueOrDefault("open");
        var state = open == 0 && now >= check.Content.Until ? CheckState.Done : open > 0 && now >= check.Content.Due ? CheckState.Overdue : CheckState.Open;
        if (Kebab.Of(state) == check.State || state == CheckState.Open)
        {
            return false;
        }

        var digest = await cases.SaveAsync(tx, Kind, check with { State = Kebab.Of(state) });
        var reviewers = await book.ReviewersAsync(tx);
        if (state == CheckState.Overdue)
        {
            foreach (var officer in reviewers.Officers)
            {
                await outbox.AddAsync(tx, new Notice(NoticeTemplates.CheckOverdue, officer,
                    [NoticeValue.Id("check", check.Id.Value), NoticeValue.Count("count", open), NoticeValue.Instant("at", check.Content.Due)]));
            }
        }
        else
        {
            await CirculateAsync(tx, check.Id, states, reviewers);
        }

        await log.AppendAsync(tx, IdentityFacts.BySystem(state == CheckState.Overdue ? CheckLog.Overdue : CheckLog.Done) with { Rows = [digest], Count = Math.Max(1, states.Values.Sum()) }, ct);
        return true;
    }, ct);

    public Task<IReadOnlyList<Case<CheckContent>>> ListAsync(string? state, int most, CancellationToken ct) =>
        database.ReadAsync(tx => cases.PageAsync<CheckContent>(tx, new CaseQuery(Kind) { State = state, Size = most }), ct);

    /// <summary>The result goes to the responsible person of every unit whose people were looked at, and to the officers.</summary>
    private async Task CirculateAsync(Tx tx, CaseId check, IReadOnlyDictionary<string, long> states, ReviewerBook reviewers)
    {
        var told = reviewers.Officers.ToHashSet();
        var query = new CaseQuery(Item) { Parent = check, Size = PageSize };
        while (await cases.PageAsync<CheckItem>(tx, query) is { Count: > 0 } page)
        {
            told.UnionWith(page.Select(item => item.Person).OfType<PersonId>().Distinct()
                .SelectMany(reviewers.UnitsOf).Distinct().Select(unit => reviewers.ResponsibleFor(unit)).OfType<PersonId>());
            query = query with { After = page[^1].Cursor };
        }

        var sent = await circulations.SendAsync(tx, check, told, by: null, time.NowMs() + Circulations.TermMs, states);
        await circulations.LogAsync(tx, IdentityFacts.BySystem(CirculationLog.Sent), sent);
    }

    /// <summary>A question goes to who answers for the person, a violation to the officers as well; never to himself.</summary>
    private async Task TellAsync(Tx tx, CheckVerdict verdict, Case<CheckItem> item, PersonId reviewer)
    {
        var reviewers = await book.ReviewersAsync(tx);
        var told = (item.Person is { } actor ? reviewers.UnitsOf(actor).Select(unit => reviewers.ResponsibleFor(unit)).OfType<PersonId>() : [])
            .Concat(verdict == CheckVerdict.Violation ? reviewers.Officers : []).Distinct().Where(person => person != item.Person && person != reviewer);
        foreach (var person in told)
        {
            await outbox.AddAsync(tx, new Notice(NoticeTemplates.CheckFinding, person,
                [NoticeValue.Id("item", item.Id.Value), NoticeValue.Code("verdict", Kebab.Of(verdict)), NoticeValue.Instant("at", item.Content.At)]));
        }
    }
}

/// <summary>Draws the daily queue while the log is read: what operations and administrators did, a share of it, on the day it was done.</summary>
internal sealed class DailySampler(Cases cases, LogChecks checks, IRouteFacts routes, MonitoringOptions options) : ILogConsumer
{
    private const long DueAfterMs = 2 * UsageRules.DayMs;

    public Task PrepareAsync(CancellationToken ct) => Task.CompletedTask;

    public async Task TakeAsync(Tx tx, IReadOnlyList<LogHeader> entries)
    {
        foreach (var day in entries.Where(entry => routes.Administration.Contains(entry.Fact.Act.Value)).GroupBy(entry => UsageRules.DayOf(entry.At, options.OffsetMinutes)))
        {
            var id = cases.IdOf(LogChecks.Kind, "daily", day.Key.ToString(CultureInfo.InvariantCulture));
            var (check, begun) = await cases.FindAsync<CheckContent>(tx, LogChecks.Kind, id) is { } known ? (known, null) : await BeginAsync(tx, id, day.Key);
            await checks.DrawAsync(tx, id, [.. day.Where(entry => CampaignRules.IsDrawn(check.Content.Seed, entry.Id.Value, check.Content.PerMille))], begun);
        }
    }

    private async Task<(Case<CheckContent>, RowDigest?)> BeginAsync(Tx tx, CaseId id, long day)
    {
        var from = UsageRules.BeginOf(day, options.OffsetMinutes);
        var until = from + UsageRules.DayMs;
        var check = new Case<CheckContent>(id, Kebab.Of(CheckState.Open),
            new CheckContent(CheckKind.Daily, from, until, LogChecks.NewSeed(), options.DailyPerMille, until + DueAfterMs, null, null, null, 0) { Day = day }) { Sort = -from };
        return (check, await cases.SaveAsync(tx, LogChecks.Kind, check));
    }
}

/// <summary>Settles checks whose time has come.</summary>
internal sealed class CheckClock(LogChecks checks, TimeProvider time) : IWatchDuty
{
    private const int Most = 500;
    private const long EveryMs = 60_000;

    private long next;

    public async Task RunAsync(CancellationToken ct)
    {
        if (time.NowMs() < next)
        {
            return;
        }

        next = time.NowMs() + EveryMs;
        foreach (var state in new[] { CheckState.Open, CheckState.Overdue })
        {
            foreach (var check in await checks.ListAsync(Kebab.Of(state), Most, ct))
            {
                await checks.SettleAsync(check, ct);
            }
        }
    }
}
