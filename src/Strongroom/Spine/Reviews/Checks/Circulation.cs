using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Monitoring;
using Strongroom.Spine.Outbox;

namespace Strongroom.Spine.Reviews.Checks;

/// <summary>Whether somebody to whom a result went has said that he read it.</summary>
[JsonConverter(typeof(KebabEnum<CirculationState>))]
internal enum CirculationState
{
    Open,

    /// <summary>Not acknowledged in time: management was told. It can still be acknowledged.</summary>
    Escalated,
    Acknowledged,
}

/// <param name="By">Who sent it; null: the installation, when the check was done.</param>
internal sealed record CirculationContent(PersonId? By, long Sent, long Due)
{
    public long? Acknowledged { get; init; }

    /// <summary>Sealed.</summary>
    public byte[]? Note { get; init; }
}

/// <param name="Posts">Everybody who holds one of them.</param>
/// <param name="Units">Who answers for each.</param>
/// <param name="Due">UTC milliseconds; null: in seven days.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CirculationAsk(IReadOnlyList<PostKey>? Posts = null, IReadOnlyList<UnitId>? Units = null, long? Due = null);

/// <param name="Note">What was done about it; kept sealed.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CirculationAnswer(string? Note = null);

/// <summary>One result on its way to one person. Instants are UTC milliseconds.</summary>
internal sealed record CirculationView(
    CaseId Id, CaseId Check, CheckKind Kind, long From, long Until, IReadOnlyDictionary<string, long> Items, PersonId Person, PersonId? By, long Sent, long Due,
    CirculationState State, long? Acknowledged, string? Note);

internal sealed record CirculationList(IReadOnlyList<CirculationView> Results);

internal static class CirculationLog
{
    public const string Sent = "log-check-circulated", Listed = "log-check-results-read", Acknowledged = "log-check-result-acknowledged", Escalated = "log-check-result-escalated";
}

/// <summary>Results of finished checks on their way (R54): to whom they went, who acknowledged, and to management what nobody acknowledged in time.</summary>
internal sealed class Circulations(Cases cases, RightsBook book, Members members, Outbox.Outbox outbox, IAuditLog log, TimeProvider time)
{
    public const string Kind = "log-check-circulation";

    public const long TermMs = 7 * UsageRules.DayMs;

    private const int MostNamed = 50, Most = 500;

    /// <summary>Sends the result to these people, each once; whoever has it already keeps what he has.</summary>
    /// <returns>The rows made, for the entry; told by notice, too.</returns>
    public async Task<IReadOnlyList<RowDigest>> SendAsync(Tx tx, CaseId check, IEnumerable<PersonId> people, PersonId? by, long due, IReadOnlyDictionary<string, long> states)
    {
        var rows = new List<RowDigest>();
        foreach (var person in people.Distinct().OrderBy(person => person.Value))
        {
            var content = new CirculationContent(by, time.NowMs(), due);
            var one = new Case<CirculationContent>(cases.IdOf(Kind, check.ToString(), person.ToString()), Kebab.Of(CirculationState.Open), content)
            {
                Parent = check, Person = person, Sort = due,
            };
            if (await cases.AddAsync(tx, Kind, one) is { } digest)
            {
                rows.Add(digest);
                await outbox.AddAsync(tx, new Notice(NoticeTemplates.CheckResult, person,
                [
                    NoticeValue.Id("check", check.Value), NoticeValue.Count("count", states.Values.Sum()),
                    NoticeValue.Count("questions", states.GetValueOrDefault("question")), NoticeValue.Count("violations", states.GetValueOrDefault("violation")),
                ]));
            }
        }

        return rows;
    }

    /// <summary>Sends a finished check's result on to posts and units that somebody names.</summary>
    public Task<Outcome<int>> SendAsync(Actor actor, CaseId id, CirculationAsk ask, CancellationToken ct) => cases.ChangeAsync<int>(actor, async tx =>
    {
        if (await cases.FindAsync<CheckContent>(tx, LogChecks.Kind, id) is not { } check)
        {
            return Reasons.NotFound;
        }

        if (check.State != Kebab.Of(CheckState.Done))
        {
            return Reasons.CheckUnfinished;
        }

        var (now, posts, units) = (time.NowMs(), ask.Posts ?? [], ask.Units ?? []);
        var due = ask.Due ?? now + TermMs;
        if (due <= now || posts.Count + units.Count is 0 or > MostNamed)
        {
            return Problem.Of([Reasons.BadField.At(due <= now ? "due" : "posts")]);
        }

        var reviewers = await book.ReviewersAsync(tx);
        var named = units.Select(unit => (At: unit, Person: reviewers.ResponsibleFor(unit))).ToList();
        var holders = (await members.ListAsync<PersonContent>(tx, Members.Person))
            .Where(person => person.Content.IsActive(now) && person.Content.Posts.Any(held => held.InForce(now) && posts.Contains(held.Post))).Select(person => PersonId.From(person.Id)).ToList();
        if (named.Any(one => one.Person is null) || (posts.Count > 0 && holders.Count == 0) || holders.Count > Most)
        {
            return Problem.Of([Reasons.CheckNobody.At(named.Any(one => one.Person is null) ? "units" : "posts")]);
        }

        var states = await CaseStore.CountAsync(tx, LogChecks.Item, id);
        var rows = await SendAsync(tx, id, holders.Concat(named.Select(one => one.Person).OfType<PersonId>()), actor.Person, due, states);
        await LogAsync(tx, IdentityFacts.Of(CirculationLog.Sent, actor), rows, ct);
        return rows.Count;
    }, ct);

    /// <summary>One entry for some rows each; none where nothing was sent.</summary>
    public async Task LogAsync(Tx tx, LogFact fact, IReadOnlyList<RowDigest> rows, CancellationToken ct = default)
    {
        foreach (var some in rows.Chunk(Policies.ControlStore.MostPerEntry))
        {
            await log.AppendAsync(tx, fact with { Rows = some, Count = some.Length }, ct);
        }
    }

    /// <summary>Only by whom it went to: for anybody else there is none.</summary>
    public Task<Outcome<Case<CirculationContent>>> AcknowledgeAsync(Actor actor, CaseId id, string? note, CancellationToken ct) =>
        cases.ChangeAsync<Case<CirculationContent>>(actor, async tx =>
        {
            if (await cases.FindAsync<CirculationContent>(tx, Kind, id, hold: true) is not { } one || one.Person != actor.Person)
            {
                return Reasons.NotFound;
            }

            if (one.State == Kebab.Of(CirculationState.Acknowledged))
            {
                return one;
            }

            var next = one with { State = Kebab.Of(CirculationState.Acknowledged), Content = one.Content with { Acknowledged = time.NowMs(), Note = cases.Seal(id, note) } };
            var digest = await cases.SaveAsync(tx, Kind, next);
            var late = one.State == Kebab.Of(CirculationState.Escalated);
            await log.AppendAsync(tx, IdentityFacts.Of(CirculationLog.Acknowledged, actor) with
            {
                Rows = [digest], Reasons = late ? ["late"] : [], Details = string.IsNullOrWhiteSpace(note) ? null : new LogDetails { Reason = note },
            }, ct);
            return next with { Version = next.Version + 1 };
        }, ct);

    /// <summary>What nobody acknowledged in time goes to the officers; to the one it concerns only when he is the only one.</summary>
    public Task<Outcome<bool>> EscalateAsync(Case<CirculationContent> seen, CancellationToken ct) => cases.ChangeAsync<bool>(async tx =>
    {
        if (await cases.FindAsync<CirculationContent>(tx, Kind, seen.Id, hold: true) is not { Person: { } person, Parent: { } check } one
            || one.State != Kebab.Of(CirculationState.Open) || one.Content.Due > time.NowMs())
        {
            return false;
        }

        var digest = await cases.SaveAsync(tx, Kind, one with { State = Kebab.Of(CirculationState.Escalated) });
        var reviewers = await book.ReviewersAsync(tx);
        var others = reviewers.Officers.Where(officer => officer != person).ToList();
        foreach (var officer in others.Count > 0 ? others : [.. reviewers.Officers])
        {
            await outbox.AddAsync(tx, new Notice(NoticeTemplates.CheckUnread, officer,
                [NoticeValue.Id("check", check.Value), NoticeValue.Id("person", person.Value), NoticeValue.Instant("at", one.Content.Due)]));
        }

        await log.AppendAsync(tx, IdentityFacts.BySystem(CirculationLog.Escalated) with { Rows = [digest] }, ct);
        return true;
    }, ct);

    /// <summary>Those not acknowledged, the earliest due first.</summary>
    public Task<IReadOnlyList<Case<CirculationContent>>> OpenAsync(Tx tx) =>
        cases.PageAsync<CirculationContent>(tx, new CaseQuery(Kind) { State = Kebab.Of(CirculationState.Open), Size = Most });

    /// <summary>Everything of one check.</summary>
    public Task<IReadOnlyList<CirculationView>> OfCheckAsync(Tx tx, CaseId check) => ViewsAsync(tx, [new CaseQuery(Kind) { Parent = check, Size = Most }]);

    /// <summary>What went to somebody: all that he has not acknowledged, and the rest for a month, so that years of daily checks hide nothing.</summary>
    public Task<IReadOnlyList<CirculationView>> ToAsync(Tx tx, PersonId person) => ViewsAsync(tx,
    [
        new CaseQuery(Kind) { Person = person, State = Kebab.Of(CirculationState.Escalated), Size = Most },
        new CaseQuery(Kind) { Person = person, State = Kebab.Of(CirculationState.Open), Size = Most },
        new CaseQuery(Kind) { Person = person, State = Kebab.Of(CirculationState.Acknowledged), After = new CaseCursor(time.NowMs() - (30 * UsageRules.DayMs), default), Size = Most },
    ]);

    private async Task<IReadOnlyList<CirculationView>> ViewsAsync(Tx tx, IReadOnlyList<CaseQuery> queries)
    {
        var found = new List<Case<CirculationContent>>();
        foreach (var query in queries)
        {
            found.AddRange(await cases.PageAsync<CirculationContent>(tx, query));
        }

        var views = new List<CirculationView>();
        foreach (var one in found)
        {
            if (await cases.FindAsync<CheckContent>(tx, LogChecks.Kind, one.Parent!.Value) is { } of)
            {
                views.Add(new CirculationView(
                    one.Id, of.Id, of.Content.Kind, of.Content.From, of.Content.Until, await CaseStore.CountAsync(tx, LogChecks.Item, of.Id), one.Person!.Value, one.Content.By,
                    one.Content.Sent, one.Content.Due, Kebab.Parse<CirculationState>(one.State), one.Content.Acknowledged, cases.Open(one.Id, one.Content.Note)));
            }
        }

        return views;
    }
}

/// <summary>Tells management of results that nobody acknowledged in time.</summary>
internal sealed class CirculationClock(Database database, Circulations circulations, TimeProvider time) : IWatchDuty
{
    private const long EveryMs = 60_000;

    private long next;

    public async Task RunAsync(CancellationToken ct)
    {
        if (time.NowMs() < next)
        {
            return;
        }

        next = time.NowMs() + EveryMs;
        foreach (var one in (await database.ReadAsync(circulations.OpenAsync, ct)).TakeWhile(one => one.Content.Due <= time.NowMs()))
        {
            await circulations.EscalateAsync(one, ct);
        }
    }
}

/// <summary>Results of checks under <c>/v1/log-check-results</c> for whom they went to, and how they went for whoever checks.</summary>
internal sealed class CirculationEndpoints(Database database, Circulations circulations, IAuditLog log)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/log-checks/{id}/circulate", (CaseId id, CirculationAsk ask, Actor actor, CirculationEndpoints self, CancellationToken ct) => self.SendAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.LogCheck).Records(CirculationLog.Sent).WithName("log-check-circulate");
        app.MapGet("/v1/log-checks/{id}/circulation", (CaseId id, Actor actor, CirculationEndpoints self, CancellationToken ct) => self.ListAsync(actor, tx => self.Circulations.OfCheckAsync(tx, id), ct))
            .RequirePolicy(Doors.LogCheck).Records(CirculationLog.Listed).WithName("log-check-circulation");
        var results = app.MapGroup("/v1/log-check-results");
        results.MapGet("", (Actor actor, CirculationEndpoints self, CancellationToken ct) => self.ListAsync(actor, tx => self.Circulations.ToAsync(tx, actor.Person), ct))
            .RequirePolicy(Doors.LogResults).Records(CirculationLog.Listed).WithName("log-check-results");
        results.MapPost("/{id}/acknowledge", (CaseId id, CirculationAnswer ask, Actor actor, CirculationEndpoints self, CancellationToken ct) => self.AcknowledgeAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.LogResults).Records(CirculationLog.Acknowledged).WithName("log-check-result-acknowledge");
    }

    private Circulations Circulations => circulations;

    private async Task<Results<Ok<CirculationList>, ProblemHttpResult>> SendAsync(CaseId id, CirculationAsk ask, Actor actor, CancellationToken ct) =>
        await circulations.SendAsync(actor, id, ask, ct) switch
        {
            Outcome<int>.Done => TypedResults.Ok(new CirculationList(await database.ReadAsync(tx => circulations.OfCheckAsync(tx, id), ct))),
            Outcome<int>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private async Task<Results<Ok<CirculationList>, ProblemHttpResult>> ListAsync(Actor actor, Func<Tx, Task<IReadOnlyList<CirculationView>>> read, CancellationToken ct) =>
        await log.AppendAsync(IdentityFacts.Of(CirculationLog.Listed, actor), actor.Guard(), ct) is AppendOutcome.Changed
            ? Problem.Of(Reasons.RowChanged).ToResult()
            : TypedResults.Ok(new CirculationList(await database.ReadAsync(read, ct)));

    private async Task<Results<NoContent, ProblemHttpResult>> AcknowledgeAsync(CaseId id, CirculationAnswer ask, Actor actor, CancellationToken ct) =>
        await circulations.AcknowledgeAsync(actor, id, ask.Note, ct) is Outcome<Case<CirculationContent>>.Refused refused ? refused.Problem.ToResult() : TypedResults.NoContent();
}
