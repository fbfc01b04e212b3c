using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Monitoring;

/// <summary>A chain of the log and how far it is counted.</summary>
internal sealed record ChainMark
{
    // Set by member, not by constructor: SQLite cannot tell a computed column's type before it has seen a value.
    public long Chain { get; init; }

    public long Seq { get; init; }

    public long Counted { get; init; }
}

/// <param name="Last">UTC milliseconds.</param>
internal sealed record UsageSum
{
    public byte[] Person { get; init; } = [];

    public string What { get; init; } = "";

    public long N { get; init; }

    public long Last { get; init; }
}

/// <summary>One count of one day over some people.</summary>
internal sealed record FigureRow
{
    public string What { get; init; } = "";

    public long Day { get; init; }

    public long N { get; init; }
}

/// <summary>Days of one measure of one person: how many, their sum and the sum of their squares.</summary>
internal sealed record HabitRow
{
    public byte[] Person { get; init; } = [];

    public string What { get; init; } = "";

    public long Days { get; init; }

    public long Sum { get; init; }

    public long Squares { get; init; }
}

/// <summary>One stored count.</summary>
internal sealed record CountedDay
{
    public byte[] Person { get; init; } = [];

    public long Day { get; init; }

    public string What { get; init; } = "";

    public long N { get; init; }
}

/// <summary>What the log holds of one person on one day.</summary>
internal sealed record LoggedDay
{
    public byte[] Person { get; init; } = [];

    public long Day { get; init; }

    public long Acts { get; init; }

    public long Refused { get; init; }

    public long Views { get; init; }

    public long Searches { get; init; }

    public long Exports { get; init; }

    /// <summary>Different customers; <see cref="Touches"/> says how many times.</summary>
    public long Customers { get; init; }

    public long Touches { get; init; }
}

/// <summary>SQL of the counts.</summary>
internal static class UsageStore
{
    /// <summary>
    /// Rows that stand as long as the counts were never lost; one more when more is counted, so that all is counted anew. None is ever renamed: a node of
    /// an earlier release, beside this one during an update, misses its own and would begin again for ever.
    /// </summary>
    private static readonly string[] Begun = ["begun", "begun-figures"];

    private static readonly byte[] Nobody = new byte[16];

    public static Task<IReadOnlyList<ChainMark>> ChainsAsync(Tx tx) => tx.QueryAsync<ChainMark>("""
        SELECT c.chain, c.seq, COALESCE((SELECT m.seq FROM usage_mark m WHERE m.chain = c.chain), 0) AS counted FROM log_chain c ORDER BY c.chain
        """);

    /// <summary>Leaves of people among the entries from … until - 1 of a chain.</summary>
    public static Task<IReadOnlyList<byte[]>> LeavesAsync(Tx tx, long chain, long from, long until) => tx.QueryAsync<byte[]>(
        "SELECT body FROM log_entry WHERE chain = @chain AND seq >= @from AND seq < @until AND actor_kind = 'person' ORDER BY seq", new { chain, from, until });

    /// <summary>False when somebody else counted meanwhile.</summary>
    public static async Task<bool> AdvanceAsync(Tx tx, ChainMark mark, long until) => 1 == (mark.Counted == 0
        ? await tx.ExecuteAsync("INSERT INTO usage_mark (chain, seq) VALUES (@Chain, @until) ON CONFLICT (chain) DO NOTHING", new { mark.Chain, until })
        : await tx.ExecuteAsync("UPDATE usage_mark SET seq = @until WHERE chain = @Chain AND seq = @Counted", new { mark.Chain, mark.Counted, until }));

    public static async Task<bool> IsWholeAsync(Tx tx) => Begun.Length == await tx.ScalarAsync<long>(
        $"SELECT count(*) FROM usage_day WHERE person = @person AND day = 0 AND what {tx.AnyOf("begun")}", new { person = Nobody, begun = tx.Set(Begun) });

    /// <summary>Forgets everything, so that it is counted again from the log's beginning.</summary>
    public static async Task BeginAsync(Tx tx)
    {
        await tx.ExecuteAsync("DELETE FROM usage_mark");
        await tx.ExecuteAsync("DELETE FROM usage_once");
        await tx.ExecuteAsync("DELETE FROM usage_day");
        foreach (var row in Begun)
        {
            await AddAsync(tx, Nobody, 0, row, 1, 0);
        }
    }

    public static Task AddAsync(Tx tx, byte[] person, long day, string what, long n, long last) => tx.ExecuteAsync(
        """
        INSERT INTO usage_day (person, day, what, n, last) VALUES (@person, @day, @what, @n, @last)
        ON CONFLICT (person, day, what) DO UPDATE SET n = usage_day.n + excluded.n, last = CASE WHEN excluded.last > usage_day.last THEN excluded.last ELSE usage_day.last END
        """,
        new { person, day, what, n, last });

    /// <summary>Whether this customer is new for the person on that day.</summary>
    public static async Task<bool> FirstAsync(Tx tx, byte[] person, long day, byte[] subject) => 1 == await tx.ExecuteAsync(
        "INSERT INTO usage_once (person, day, subject) VALUES (@person, @day, @subject) ON CONFLICT (person, day, subject) DO NOTHING", new { person, day, subject });

    /// <summary>What these people did since a day, by count.</summary>
    public static Task<IReadOnlyList<UsageSum>> SumsAsync(Tx tx, IEnumerable<PersonId> people, long since) => tx.QueryAsync<UsageSum>(
        $"""
        SELECT person, what, CAST(SUM(n) AS bigint) AS n, MAX(last) AS last FROM usage_day
        WHERE person {tx.AnyOf("people")} AND day >= @since AND what NOT LIKE 'm:%' GROUP BY person, what
        """,
        new { people = tx.Set(people.Select(person => person.Bytes)), since });

    /// <summary>One count over all people since a day.</summary>
    public static async Task<UsageSum> SumAsync(Tx tx, string what, long since) => await tx.QueryOneAsync<UsageSum>(
        "SELECT CAST(COALESCE(SUM(n), 0) AS bigint) AS n, COALESCE(MAX(last), 0) AS last FROM usage_day WHERE what = @what AND day >= @since", new { what, since }) ?? new();

    /// <summary>One count of one day over all people.</summary>
    public static Task<long> OnDayAsync(Tx tx, string what, long day) =>
        tx.ScalarAsync<long>("SELECT CAST(COALESCE(SUM(n), 0) AS bigint) FROM usage_day WHERE what = @what AND day = @day", new { what, day });

    /// <summary>Measures of one day.</summary>
    public static Task<IReadOnlyList<UsageSum>> DayAsync(Tx tx, long day, IEnumerable<string> measures) => tx.QueryAsync<UsageSum>(
        $"SELECT person, what, n, last FROM usage_day WHERE what {tx.AnyOf("measures")} AND day = @day", new { day, measures = tx.Set(measures) });

    /// <summary>Counts for pictures by name and day; of everybody when <paramref name="people"/> is null.</summary>
    public static Task<IReadOnlyList<FigureRow>> FiguresAsync(Tx tx, IReadOnlyCollection<PersonId>? people, long from, long until) => tx.QueryAsync<FigureRow>(
        $"""
        SELECT what, day, CAST(SUM(n) AS bigint) AS n FROM usage_day
        WHERE day >= @from AND day <= @until AND what >= @first AND what < @end{(people is null ? "" : $" AND person {tx.AnyOf("people")}")} GROUP BY what, day
        """,
        new { from, until, first = UsageRules.FigureFirst, end = UsageRules.FigureEnd, people = tx.Set((people ?? []).Select(person => person.Bytes)) });

    /// <summary>Habits of all people over some days.</summary>
    public static Task<IReadOnlyList<HabitRow>> HabitsAsync(Tx tx, IEnumerable<long> days, IEnumerable<string> measures) => tx.QueryAsync<HabitRow>(
        $"""
        SELECT person, what, count(*) AS days, CAST(SUM(n) AS bigint) AS sum, CAST(SUM(n * n) AS bigint) AS squares FROM usage_day
        WHERE what {tx.AnyOf("measures")} AND day {tx.AnyOf("days")} GROUP BY person, what
        """,
        new { days = tx.Set(days), measures = tx.Set(measures) });

    /// <summary>How many marks lie beyond what their chain holds, or are of no chain.</summary>
    public static Task<long> AstrayAsync(Tx tx) =>
        tx.ScalarAsync<long>("SELECT count(*) FROM usage_mark m WHERE m.seq > COALESCE((SELECT c.seq FROM log_chain c WHERE c.chain = m.chain), 0)");

    /// <summary>UTC milliseconds of the newest entry; 0: there is none.</summary>
    public static Task<long> NewestAsync(Tx tx) => tx.ScalarAsync<long>("SELECT CAST(COALESCE(MAX(at), 0) AS bigint) FROM log_entry");

    /// <summary>The first day that anything is counted of; null: there is none.</summary>
    public static Task<long?> OldestDayAsync(Tx tx) => tx.QueryOneAsync<long?>("SELECT MIN(day) FROM usage_day WHERE day > 0");

    /// <summary>What each person did on each day up to the marks, out of the log's own columns, which <c>verify</c> holds against its leaves.</summary>
    /// <param name="since">UTC milliseconds.</param>
    /// <param name="leaving">Acts by which values leave.</param>
    public static Task<IReadOnlyList<LoggedDay>> LoggedAsync(Tx tx, long since, int offsetMinutes, IEnumerable<string> leaving) => tx.QueryAsync<LoggedDay>(
        $"""
        SELECT e.actor AS person, (e.at + @offset) / @dayMs AS day, count(*) AS acts,
          CAST(SUM(CASE WHEN e.decision = 'deny' THEN 1 ELSE 0 END) AS bigint) AS refused,
          CAST(SUM(CASE WHEN e.act = 'view' AND COALESCE(e.decision, 'permit') = 'permit' THEN 1 ELSE 0 END) AS bigint) AS views,
          CAST(SUM(CASE WHEN e.act = 'find' AND COALESCE(e.decision, 'permit') = 'permit' THEN 1 ELSE 0 END) AS bigint) AS searches,
          CAST(SUM(CASE WHEN e.act {tx.AnyOf("leaving")} AND COALESCE(e.decision, 'permit') = 'permit' THEN 1 ELSE 0 END) AS bigint) AS exports,
          count(DISTINCT CASE WHEN e.decision = 'permit' THEN e.customer END) AS customers,
          CAST(SUM(CASE WHEN e.decision = 'permit' AND e.customer IS NOT NULL THEN 1 ELSE 0 END) AS bigint) AS touches
        FROM log_entry e JOIN usage_mark m ON m.chain = e.chain
        WHERE e.seq < m.seq AND e.actor_kind = 'person' AND e.actor IS NOT NULL AND e.at >= @since GROUP BY e.actor, (e.at + @offset) / @dayMs
        """,
        new { since, offset = offsetMinutes * 60_000L, dayMs = UsageRules.DayMs, leaving = tx.Set(leaving) });

    /// <summary>Some counts of each person and day since a day.</summary>
    public static Task<IReadOnlyList<CountedDay>> CountedAsync(Tx tx, IEnumerable<string> measures, long since) => tx.QueryAsync<CountedDay>(
        $"SELECT person, day, what, n FROM usage_day WHERE what {tx.AnyOf("measures")} AND day >= @since", new { measures = tx.Set(measures), since });

    public static async Task ForgetAsync(Tx tx, long today, int keepDays)
    {
        await tx.ExecuteAsync("DELETE FROM usage_once WHERE day < @day", new { day = today - 2 });
        await tx.ExecuteAsync("DELETE FROM usage_day WHERE day > 0 AND day < @day", new { day = today - keepDays });
    }
}
