using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Spine.Reviews;

namespace Strongroom.Spine.Monitoring;

/// <summary>Holds the figures of today and of yesterday, whose last acts are counted after midnight, against the rules whenever the log has grown; escalates alerts nobody takes.</summary>
internal sealed class AlertClock(
    Database database, Members members, ControlStore control, Cases cases, Alerts alerts, LogFeed feed, IEnumerable<IRevealCounts> reveals, MonitoringOptions options, TimeProvider time)
    : IWatchDuty
{
    private const long EscalateAfterMs = 24 * 3_600_000, EscalateEveryMs = 60_000;

    private const int AtOnce = 500;

    private readonly HashSet<CaseId> told = [];
    private long seen = -1, judged = -1, escalateAt;
    private (long Day, long Acts) settled = (-1, -1);

    public async Task RunAsync(CancellationToken ct)
    {
        var day = UsageRules.DayOf(time.NowMs(), options.OffsetMinutes);
        var read = feed.Read;
        if (read != seen || day != judged)
        {
            if (day != judged)
            {
                told.Clear();
            }

            // Remembered last: what failed is judged again.
            await JudgeYesterdayAsync(day - 1, ct);
            seen = await JudgeAsync(day, time.NowMs(), ct) ? read : -1;
            judged = day;
        }

        if (time.NowMs() >= escalateAt)
        {
            await EscalateAsync(ct);
            escalateAt = time.NowMs() + EscalateEveryMs;
        }
    }

    /// <summary>Another time only when more of that day was counted since: the counting runs behind, and other nodes write on past midnight.</summary>
    private async Task JudgeYesterdayAsync(long day, CancellationToken ct)
    {
        var acts = await database.ReadAsync(tx => UsageStore.OnDayAsync(tx, UsageRules.Acts, day), ct);
        if ((day, acts) != settled && await JudgeAsync(day, time.NowMs() - UsageRules.DayMs, ct))
        {
            settled = (day, acts);
        }
    }

    /// <summary>The rules in force: the standard ones until somebody changed them, or when the row was altered.</summary>
    public async Task<WatchPolicy> PolicyAsync(Tx tx) => (await control.LoadAsync<WatchPolicy>(tx, WatchPolicy.Key))?.Content ?? WatchPolicy.Standard;

    /// <summary>What a person did today and usually does, by measure.</summary>
    public Task<IReadOnlyList<HabitView>> HabitsAsync(PersonId person, CancellationToken ct) => database.ReadAsync(async tx =>
    {
        var day = UsageRules.DayOf(time.NowMs(), options.OffsetMinutes);
        var today = (await UsageStore.DayAsync(tx, day, UsageRules.Measures)).Where(sum => PersonId.From(sum.Person) == person).ToDictionary(sum => sum.What, sum => sum.N);
        var habits = await HabitsAsync(tx, day, UsageRules.Measures);
        return (IReadOnlyList<HabitView>)[.. UsageRules.Measures.Select(measure => new HabitView(
            measure[2..], today.GetValueOrDefault(measure), Tenths(habits.Own(person, measure)), Tenths(habits.Peers(person, measure))))];
    }, ct);

    /// <param name="at">An instant of that day, UTC milliseconds.</param>
    /// <returns>False: a change of somebody else's came first, so that it is judged again.</returns>
    private async Task<bool> JudgeAsync(long day, long at, CancellationToken ct)
    {
        var all = true;
        var hits = await database.ReadAsync(tx => HitsAsync(tx, day, at), ct);
        foreach (var hit in hits)
        {
            var id = alerts.IdOf(hit.Rule.Id, hit.Stage, hit.Person, day);
            if (told.Contains(id))
            {
                continue;
            }

            // Warnings only tell; what follows at once follows at the number itself.
            var response = hit.Stage == AlertStage.Warn ? AlertResponse.Notify : hit.Rule.Response;
            if (await alerts.RaiseAsync(hit.Person, hit.Rule.Id, hit.Stage, response, day, hit.Figures, ct) is Outcome<bool>.Done)
            {
                told.Add(id);
            }
            else
            {
                all = false;
            }
        }

        return all;
    }

    private async Task<IReadOnlyList<Hit>> HitsAsync(Tx tx, long day, long at)
    {
        var rules = (await PolicyAsync(tx)).Rules;
        var today = await UsageStore.DayAsync(tx, day, rules.Where(rule => rule.Kind != WatchRuleKind.Reveals).Select(rule => "m:" + rule.Measure).Distinct());
        var hits = new List<Hit>();
        foreach (var rule in rules.Where(rule => rule.Kind == WatchRuleKind.Threshold))
        {
            hits.AddRange(today.Where(sum => sum.What == "m:" + rule.Measure).Select(sum => Threshold(PersonId.From(sum.Person), sum.N, rule)).OfType<Hit>());
        }

        foreach (var source in reveals)
        {
            foreach (var count in await source.OfDayAsync(tx, at))
            {
                var size = count.Size.ToString(System.Globalization.CultureInfo.InvariantCulture);
                hits.AddRange(rules.Where(rule => rule.Kind == WatchRuleKind.Reveals && rule.Measure == size).Select(rule => Threshold(count.Person, count.N, rule)).OfType<Hit>());
            }
        }

        // Habits are read only when somebody did enough for one to matter.
        var many = rules.Where(rule => rule.Kind == WatchRuleKind.Habit)
            .SelectMany(rule => today.Where(sum => sum.What == "m:" + rule.Measure && sum.N >= rule.Act).Select(sum => (Rule: rule, Person: PersonId.From(sum.Person), sum.N))).ToList();
        if (many.Count > 0)
        {
            var habits = await HabitsAsync(tx, day, many.Select(one => "m:" + one.Rule.Measure).Distinct());
            hits.AddRange(from one in many
                          let own = habits.Own(one.Person, "m:" + one.Rule.Measure)
                          let peers = habits.Peers(one.Person, "m:" + one.Rule.Measure)
                          where HabitRules.IsUnusual(one.N, one.Rule, own, peers)
                          select new Hit(one.Person, one.Rule, AlertStage.Act, new AlertFigures(one.N, one.Rule.Act, Tenths(own), Tenths(peers))));
        }

        return hits;
    }

    private static Hit? Threshold(PersonId person, long n, WatchRule rule) => HabitRules.Reached(n, rule) is { } stage
        ? new Hit(person, rule, stage, new AlertFigures(n, stage == AlertStage.Act ? rule.Act : rule.Warn))
        : null;

    private async Task<HabitBook> HabitsAsync(Tx tx, long day, IEnumerable<string> measures) => new(
        await UsageStore.HabitsAsync(tx, HabitRules.Days(day), measures),
        (await members.ListAsync<PersonContent>(tx, Members.Person)).ToDictionary(
            person => PersonId.From(person.Id), person => (IReadOnlyList<PostKey>)[.. person.Content.Posts.Where(held => held.InForce(time.NowMs())).Select(held => held.Post).Distinct()]));

    private async Task EscalateAsync(CancellationToken ct)
    {
        // The newest come first: from the first that is old enough to the very oldest, so that no flood of new ones hides those.
        var due = time.NowMs() - EscalateAfterMs;
        var query = new CaseQuery(Alerts.Kind) { State = Kebab.Of(AlertState.Open), After = new CaseCursor(-due - 1, CaseId.From(UInt128.MaxValue)), Size = AtOnce };
        while (await database.ReadAsync(tx => cases.PageAsync<AlertContent>(tx, query), ct) is { Count: > 0 } page)
        {
            foreach (var alert in page.Where(alert => !alert.Content.Escalated))
            {
                await alerts.EscalateAsync(alert, ct);
            }

            query = query with { After = page[^1].Cursor };
        }
    }

    private static long? Tenths(Habit? habit) => habit is null ? null : (long)Math.Round(habit.Mean * 10);

    private sealed record Hit(PersonId Person, WatchRule Rule, AlertStage Stage, AlertFigures Figures);

    /// <summary>Habits of everybody on one kind of day.</summary>
    private sealed class HabitBook(IReadOnlyList<HabitRow> rows, IReadOnlyDictionary<PersonId, IReadOnlyList<PostKey>> posts)
    {
        private readonly ILookup<(PersonId, string), HabitRow> byPerson = rows.ToLookup(row => (PersonId.From(row.Person), row.What));

        private readonly ILookup<(PostKey, string), HabitRow> byPost =
            rows.SelectMany(row => (posts.GetValueOrDefault(PersonId.From(row.Person)) ?? []).Select(post => (Post: post, Row: row))).ToLookup(pair => (pair.Post, pair.Row.What), pair => pair.Row);

        public Habit? Own(PersonId person, string measure) => Habit.Of(byPerson[(person, measure)]);

        /// <summary>Colleagues who hold one of his posts, without himself.</summary>
        public Habit? Peers(PersonId person, string measure) => Habit.Of(
            (posts.GetValueOrDefault(person) ?? []).SelectMany(post => byPost[(post, measure)]).Where(row => PersonId.From(row.Person) != person).Distinct());
    }
}

/// <summary>One measure of one person: today, and the means of such weekdays, times ten.</summary>
internal sealed record HabitView(string Measure, long Today, long? OwnTenths, long? PeerTenths);
