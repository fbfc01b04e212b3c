using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Reviews;

/// <summary>Access reviews and rights nobody uses, under <c>/v1/access-reviews</c> (R34, R36).</summary>
internal sealed class CampaignEndpoints(Database database, Cases cases, Campaigns campaigns, CampaignReports reports, RightsBook book, IAuditLog log, TimeProvider time)
{
    private const int PageSize = 200, MostDecided = 200, LongestDays = 380;

    /// <summary>Posts that see every line; everybody else those he may decide.</summary>
    private static readonly PostKey[] Overseers = [PostKey.Of("auditor"), PostKey.Of("dpo"), PostKey.Of("admin-4a")];

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/access-reviews");
        group.MapPost("", (CampaignAsk ask, Actor actor, CampaignEndpoints self, CancellationToken ct) => self.OpenAsync(ask, actor, ct))
            .RequirePolicy(Doors.ReviewsManage).Records(CampaignLog.Opened).WithName("access-review-open");
        group.MapGet("", (Actor actor, CampaignEndpoints self, CancellationToken ct) => self.ListAsync(actor, ct))
            .RequirePolicy(Doors.ReviewsDecide).Records(CampaignLog.Read).WithName("access-reviews");
        group.MapGet("/unused", (int? days, Actor actor, CampaignEndpoints self, CancellationToken ct) => self.UnusedAsync(days, actor, ct))
            .RequirePolicy(Doors.OrganisationReport).Records(CampaignLog.UnusedRead).WithName("unused-rights");
        group.MapGet("/{id}", (CaseId id, Actor actor, CampaignEndpoints self, CancellationToken ct) => self.OneAsync(id, actor, ct))
            .RequirePolicy(Doors.ReviewsDecide).Records(CampaignLog.Read).WithName("access-review");
        group.MapGet("/{id}/lines", (CaseId id, string? state, string? after, Actor actor, CampaignEndpoints self, CancellationToken ct) => self.LinesAsync(id, state, after, actor, ct))
            .RequirePolicy(Doors.ReviewsDecide).Records(CampaignLog.Read).WithName("access-review-lines");
        group.MapPost("/{id}/decide", (CaseId id, LinesDecision ask, Actor actor, CampaignEndpoints self, CancellationToken ct) => self.DecideAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.ReviewsDecide).Records(CampaignLog.Decided, CampaignLog.DecisionRefused).WithName("access-review-decide");
        group.MapPost("/{id}/second", (CaseId id, SecondLook ask, Actor actor, CampaignEndpoints self, CancellationToken ct) => self.SecondAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.ReviewsSecond).Records(CampaignLog.Seconded).WithName("access-review-second");
        group.MapPost("/{id}/close", (CaseId id, Actor actor, CampaignEndpoints self, CancellationToken ct) => self.CloseAsync(id, actor, ct))
            .RequirePolicy(Doors.ReviewsManage).Records(CampaignLog.Closed).WithName("access-review-close");
        group.MapGet("/{id}/report", (CaseId id, Actor actor, CampaignEndpoints self, CancellationToken ct) => self.ReportAsync(id, actor, ct))
            .RequirePolicy(Doors.ReviewsDecide).Records(CampaignLog.Read).WithName("access-review-report");
    }

    private async Task<Results<Created<CampaignView>, ProblemHttpResult>> OpenAsync(CampaignAsk ask, Actor actor, CancellationToken ct) =>
        await campaigns.OpenAsync(actor, ask.Name, ask.Deadline, ask.Entity, ask.Unit, ct) switch
        {
            Outcome<Case<CampaignContent>>.Done done => TypedResults.Created($"/v1/access-reviews/{done.Value.Id}", await database.ReadAsync(tx => ViewAsync(tx, done.Value), ct)),
            Outcome<Case<CampaignContent>>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private async Task<Ok<CampaignList>> ListAsync(Actor actor, CancellationToken ct)
    {
        await RecordAsync(CampaignLog.Read, actor, ct);
        return TypedResults.Ok(await database.ReadAsync(async tx =>
        {
            var views = new List<CampaignView>();
            foreach (var campaign in await cases.PageAsync<CampaignContent>(tx, new CaseQuery(Campaigns.Kind) { Size = Campaigns.MostListed }))
            {
                views.Add(await ViewAsync(tx, campaign));
            }

            return new CampaignList(views);
        }, ct));
    }

    private async Task<Results<Ok<CampaignView>, ProblemHttpResult>> OneAsync(CaseId id, Actor actor, CancellationToken ct)
    {
        await RecordAsync(CampaignLog.Read, actor, ct);
        var view = await database.ReadAsync(async tx => await cases.FindAsync<CampaignContent>(tx, Campaigns.Kind, id) is { } found ? await ViewAsync(tx, found) : null, ct);
        return view is null ? Problem.Of(Reasons.NotFound).ToResult() : TypedResults.Ok(view);
    }

    private async Task<Results<Ok<LinePage>, ProblemHttpResult>> LinesAsync(CaseId id, string? state, string? after, Actor actor, CancellationToken ct)
    {
        CaseCursor cursor = default;
        if (state is not null && !Kebab.TryParse<LineState>(state, out _))
        {
            return Problem.Of([Reasons.BadField.At("state")]).ToResult();
        }

        if (after is not null && !CaseCursor.TryParse(after, out cursor))
        {
            return Problem.Of([Reasons.BadField.At("after")]).ToResult();
        }

        await RecordAsync(CampaignLog.Read, actor, ct);
        var query = new CaseQuery(Campaigns.Line) { Parent = id, State = state, After = after is null ? null : cursor, Size = PageSize };
        var page = await database.ReadAsync(async tx => await cases.FindAsync<CampaignContent>(tx, Campaigns.Kind, id) is { } found ? await PageAsync(tx, found, query, actor) : null, ct);
        return page is null ? Problem.Of(Reasons.NotFound).ToResult() : TypedResults.Ok(page);
    }

    /// <summary>A page of the lines the caller has a say in; pages of others' lines are passed over.</summary>
    private async Task<LinePage> PageAsync(Data.Tx tx, Case<CampaignContent> campaign, CaseQuery query, Actor actor)
    {
        var overseer = Overseers.Any(actor.Holds);
        var reviewers = overseer ? null : await book.ReviewersAsync(tx);
        var views = new List<LineView>();
        while (true)
        {
            var page = await cases.PageAsync<LineContent>(tx, query);
            views.AddRange(page.Where(line => reviewers is null || reviewers.Of(line.Content.Right).Contains(actor.Person))
                .Select(line => LineView.Of(line, campaign.Content.Opened, cases.Open(line.Id, line.Content.Reason))));
            if (page.Count < query.Size || views.Count > 0)
            {
                return new LinePage(views, page.Count < query.Size ? null : page[^1].Cursor.ToString());
            }

            query = query with { After = page[^1].Cursor };
        }
    }

    private async Task<Results<Ok<LinesDecided>, ProblemHttpResult>> DecideAsync(CaseId id, LinesDecision ask, Actor actor, CancellationToken ct)
    {
        if (ask.Lines.Count is 0 or > MostDecided)
        {
            return Problem.Of([Reasons.BadField.At("lines")]).ToResult();
        }

        return Decided(await campaigns.DecideAsync(actor, id, ask.Lines, new LineDecision(ask.Verdict, ask.Reason, ask.Until, ask.Items), ct));
    }

    private async Task<Results<Ok<LinesDecided>, ProblemHttpResult>> SecondAsync(CaseId id, SecondLook ask, Actor actor, CancellationToken ct) =>
        Decided(await campaigns.SecondAsync(actor, id, ask.Line, ask.Verdict, ask.Reason, ct));

    private async Task<Results<Ok<SignedReport>, ProblemHttpResult>> CloseAsync(CaseId id, Actor actor, CancellationToken ct) => await reports.CloseAsync(actor, id, ct) switch
    {
        Outcome<string>.Done done => TypedResults.Ok(SignedReport.Of(done.Value)),
        Outcome<string>.Refused refused => refused.Problem.ToResult(),
        _ => Problem.Of(Reasons.ServerFault).ToResult(),
    };

    private async Task<Results<Ok<SignedReport>, ProblemHttpResult>> ReportAsync(CaseId id, Actor actor, CancellationToken ct)
    {
        await RecordAsync(CampaignLog.Read, actor, ct);
        return await campaigns.FindAsync(id, ct) is { Content.Report: { } report } ? TypedResults.Ok(SignedReport.Of(report)) : Problem.Of(Reasons.NotFound).ToResult();
    }

    private async Task<Results<Ok<UnusedRights>, ProblemHttpResult>> UnusedAsync(int? days, Actor actor, CancellationToken ct)
    {
        var span = days ?? CampaignRules.UnusedDays;
        if (span is < 1 or > LongestDays)
        {
            return Problem.Of([Reasons.BadField.At("days")]).ToResult();
        }

        await RecordAsync(CampaignLog.UnusedRead, actor, ct);
        var held = (await book.NowAsync(ct)).Rights;
        var (used, now) = (await book.WithUseAsync(held, span, ct), time.NowMs());
        return TypedResults.Ok(new UnusedRights(
            span, held.Count, [.. used.Where(one => CampaignRules.LayUnused(one.Right, one.Use.Count, span, now)).OrderByDescending(one => one.Right.Level).Select(UnusedRight.Of)]));
    }

    private static async Task<CampaignView> ViewAsync(Data.Tx tx, Case<CampaignContent> campaign) => CampaignView.Of(
        campaign, await CaseStore.CountAsync(tx, Campaigns.Line, campaign.Id), await Campaigns.IsDecidedAsync(tx, campaign) ? await Campaigns.SampleAsync(tx, campaign) : []);

    private static Results<Ok<LinesDecided>, ProblemHttpResult> Decided(Outcome<int> outcome) => outcome switch
    {
        Outcome<int>.Done done => TypedResults.Ok(new LinesDecided(done.Value)),
        Outcome<int>.Refused refused => refused.Problem.ToResult(),
        _ => Problem.Of(Reasons.ServerFault).ToResult(),
    };

    private Task<AppendOutcome> RecordAsync(string fact, Actor actor, CancellationToken ct) => log.AppendAsync(IdentityFacts.Of(fact, actor), guard: null, ct);
}
