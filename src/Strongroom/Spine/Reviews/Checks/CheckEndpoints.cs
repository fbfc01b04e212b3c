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

namespace Strongroom.Spine.Reviews.Checks;

/// <param name="Kind">special or spot; daily ones begin by themselves.</param>
/// <param name="PerMille">Share that is drawn, 1–1000.</param>
/// <param name="Due">UTC milliseconds; null: in seven days.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CheckAsk(CheckKind Kind, long From, long Until, int PerMille, string? Act = null, PersonId? Person = null, long? Due = null);

/// <param name="Reason">Needed for a question and a violation.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CheckJudgement(CheckVerdict Verdict, string? Reason = null);

/// <param name="Seed">With the share it draws the same entries again.</param>
/// <param name="Seen">Entries it was drawn from.</param>
/// <param name="Items">Drawn entries by state: open, normal, question, violation.</param>
/// <param name="CoveragePerMille">Judged of drawn.</param>
internal sealed record CheckView(
    CaseId Id, CheckKind Kind, CheckState State, long From, long Until, long Due, string Seed, int PerMille, string? Act, PersonId? Person, PersonId? By, long Seen,
    IReadOnlyDictionary<string, long> Items, int CoveragePerMille);

internal sealed record CheckList(IReadOnlyList<CheckView> Checks);

internal sealed record CheckItemView(
    CaseId Id, string State, EntryId Entry, long At, PersonId? Person, string Act, Verdict? Decision, string? Zone, PersonId? Reviewer, long? Reviewed, string? Reason);

internal sealed record CheckItemPage(IReadOnlyList<CheckItemView> Items, string? Next);

/// <summary>What came of the checks of a time.</summary>
/// <param name="Seen">Entries the checks were drawn from.</param>
internal sealed record CheckStatistics(int Checks, int Done, int Overdue, long Seen, long Drawn, long Judged, int CoveragePerMille, IReadOnlyDictionary<string, long> Verdicts);

/// <summary>Checks of the log under <c>/v1/log-checks</c> (R53, R54).</summary>
internal sealed class CheckEndpoints(Database database, Cases cases, LogChecks checks, IAuditLog log, TimeProvider time)
{
    private const int PageSize = 100, MostListed = 400;
    private const long DayMs = 86_400_000, LongestMs = 400 * DayMs;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/log-checks");
        group.MapPost("", (CheckAsk ask, Actor actor, CheckEndpoints self, CancellationToken ct) => self.OpenAsync(ask, actor, ct))
            .RequirePolicy(Doors.LogCheck).Records(CheckLog.Opened).WithName("log-check-open");
        group.MapGet("", (Actor actor, CheckEndpoints self, CancellationToken ct) => self.ListAsync(actor, ct))
            .RequirePolicy(Doors.LogReview).Records(CheckLog.Read).WithName("log-checks");
        group.MapGet("/statistics", (long? from, long? until, Actor actor, CheckEndpoints self, CancellationToken ct) => self.StatisticsAsync(from, until, actor, ct))
            .RequirePolicy(Doors.LogCheck).Records(CheckLog.Read).WithName("log-check-statistics");
        group.MapGet("/{id}/items", (CaseId id, string? state, string? after, Actor actor, CheckEndpoints self, CancellationToken ct) => self.ItemsAsync(id, state, after, actor, ct))
            .RequirePolicy(Doors.LogReview).Records(CheckLog.Read).WithName("log-check-items");
        group.MapPost("/items/{id}/judge", (CaseId id, CheckJudgement ask, Actor actor, CheckEndpoints self, CancellationToken ct) => self.JudgeAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.LogReview).Records(CheckLog.Judged, CheckLog.JudgeRefused).WithName("log-check-judge");
    }

    private async Task<Results<Created<CheckView>, ProblemHttpResult>> OpenAsync(CheckAsk ask, Actor actor, CancellationToken ct)
    {
        var now = time.NowMs();
        var faults = new List<FieldError>();
        void Say(bool wrong, string at)
        {
            if (wrong)
            {
                faults.Add(Reasons.BadField.At(at));
            }
        }

        var due = ask.Due ?? now + (7 * DayMs);
        Say(ask.Kind == CheckKind.Daily, "kind");
        Say(ask.From < 0 || ask.Until <= ask.From || ask.Until - ask.From > LongestMs, "until");
        Say(ask.PerMille is < 1 or > 1_000, "perMille");
        Say(ask.Act is not null && !Name.TryParse<FactName>(ask.Act, out _), "act");
        Say(due <= now, "due");
        if (faults.Count > 0)
        {
            return Problem.Of(faults).ToResult();
        }

        return await checks.OpenAsync(actor, new CheckOrder(ask.Kind, ask.From, ask.Until, ask.Act, ask.Person, ask.PerMille, due), ct) switch
        {
            Outcome<Case<CheckContent>>.Done done => TypedResults.Created($"/v1/log-checks/{done.Value.Id}", await database.ReadAsync(tx => ViewAsync(tx, done.Value), ct)),
            Outcome<Case<CheckContent>>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };
    }

    private async Task<Ok<CheckList>> ListAsync(Actor actor, CancellationToken ct)
    {
        await RecordAsync(actor, ct);
        return TypedResults.Ok(await database.ReadAsync(async tx => new CheckList(await ViewsAsync(tx)), ct));
    }

    private async Task<Results<Ok<CheckItemPage>, ProblemHttpResult>> ItemsAsync(CaseId id, string? state, string? after, Actor actor, CancellationToken ct)
    {
        CaseCursor cursor = default;
        if (state is not null && state != "open" && !Kebab.TryParse<CheckVerdict>(state, out _))
        {
            return Problem.Of([Reasons.BadField.At("state")]).ToResult();
        }

        if (after is not null && !CaseCursor.TryParse(after, out cursor))
        {
            return Problem.Of([Reasons.BadField.At("after")]).ToResult();
        }

        await RecordAsync(actor, ct);
        var (check, page) = await database.ReadAsync(async tx => (
            await cases.FindAsync<CheckContent>(tx, LogChecks.Kind, id),
            await cases.PageAsync<CheckItem>(tx, new CaseQuery(LogChecks.Item) { Parent = id, State = state, After = after is null ? null : cursor, Size = PageSize })), ct);
        if (check is null)
        {
            return Problem.Of(Reasons.NotFound).ToResult();
        }

        // Operations see what they may judge; the security department's checks are not theirs to read.
        return CheckRules.MayJudge(actor.Person, [.. actor.Posts.Select(held => held.Post)], null, check.Content.Kind) is { } not
            ? Problem.Of(not).ToResult()
            : TypedResults.Ok(new CheckItemPage([.. page.Select(View)], page.Count < PageSize ? null : page[^1].Cursor.ToString()));
    }

    private async Task<Results<Ok<CheckItemView>, ProblemHttpResult>> JudgeAsync(CaseId id, CheckJudgement ask, Actor actor, CancellationToken ct) =>
        await checks.JudgeAsync(actor, id, ask.Verdict, ask.Reason, ct) switch
        {
            Outcome<Case<CheckItem>>.Done done => TypedResults.Ok(View(done.Value)),
            Outcome<Case<CheckItem>>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private async Task<Ok<CheckStatistics>> StatisticsAsync(long? from, long? until, Actor actor, CancellationToken ct)
    {
        await RecordAsync(actor, ct);
        var views = (await database.ReadAsync(ViewsAsync, ct)).Where(check => !(check.Until <= from) && !(check.From >= until)).ToList();
        var verdicts = Enum.GetValues<CheckVerdict>().Select(Kebab.Of).ToDictionary(verdict => verdict, verdict => views.Sum(check => check.Items.GetValueOrDefault(verdict)));
        var (drawn, judged) = (views.Sum(check => check.Items.Values.Sum()), verdicts.Values.Sum());
        return TypedResults.Ok(new CheckStatistics(
            views.Count, views.Count(check => check.State == CheckState.Done), views.Count(check => check.State == CheckState.Overdue), views.Sum(check => check.Seen), drawn, judged,
            CheckRules.CoveragePerMille(judged, drawn), verdicts));
    }

    private async Task<IReadOnlyList<CheckView>> ViewsAsync(Tx tx)
    {
        var views = new List<CheckView>();
        foreach (var check in await cases.PageAsync<CheckContent>(tx, new CaseQuery(LogChecks.Kind) { Size = MostListed }))
        {
            views.Add(await ViewAsync(tx, check));
        }

        return views;
    }

    private static async Task<CheckView> ViewAsync(Tx tx, Case<CheckContent> check)
    {
        var items = await CaseStore.CountAsync(tx, LogChecks.Item, check.Id);
        var drawn = items.Values.Sum();
        var content = check.Content;
        var seen = content.Day is { } day ? await UsageStore.OnDayAsync(tx, UsageRules.Administration, day) : content.Seen;
        return new CheckView(
            check.Id, content.Kind, Kebab.Parse<CheckState>(check.State), content.From, content.Until, content.Due, content.Seed, content.PerMille, content.Act, content.Person,
            content.By, seen, items, CheckRules.CoveragePerMille(drawn - items.GetValueOrDefault("open"), drawn));
    }

    private CheckItemView View(Case<CheckItem> item) => new(
        item.Id, item.State, item.Content.Entry, item.Content.At, item.Person, item.Content.Act, item.Content.Decision, item.Content.Zone, item.Content.Reviewer,
        item.Content.Reviewed, cases.Open(item.Id, item.Content.Reason));

    private Task<AppendOutcome> RecordAsync(Actor actor, CancellationToken ct) => log.AppendAsync(IdentityFacts.Of(CheckLog.Read, actor), guard: null, ct);
}
