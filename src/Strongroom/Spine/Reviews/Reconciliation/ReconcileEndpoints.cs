using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Monitoring;

namespace Strongroom.Spine.Reviews.Reconciliation;

/// <param name="Owner">Who answers for it from now on; needed for what is nobody's.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Explanation(string Reason, PersonId? Owner = null);

/// <param name="Account">The account's name in its system; for Strongroom's own the person's id.</param>
internal sealed record FindingView(
    CaseId Id, FindingKind Kind, FindingState State, string System, string? Account, string? What, IReadOnlyList<PersonId> People, long First, long Seen, int Reopened,
    PersonId? By, long? At, string? Reason, PersonId? Owner);

internal sealed record FindingPage(IReadOnlyList<FindingView> Findings, string? Next);

/// <param name="At">UTC milliseconds.</param>
internal sealed record RunView(string System, long At, PersonId? By, int Rows, int Opened, int Reopened, int Mended, int Unsettled);

/// <param name="States">Findings by state.</param>
internal sealed record RunList(IReadOnlyDictionary<string, long> States, IReadOnlyList<RunView> Runs);

internal sealed record Reconciled(IReadOnlyList<RunContent> Systems);

/// <summary>4A reconciliation under <c>/v1/reconciliation</c>.</summary>
internal sealed class ReconcileEndpoints(Database database, Cases cases, Reconciling desk, IAuditLog log)
{
    private const string Csv = "text/csv", Ndjson = "application/x-ndjson";
    private const int PageSize = 200, MostRuns = 100;
    private const long LargestFile = 16 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/reconciliation");
        group.MapPost("/accounts", (HttpContext http, Actor actor, ReconcileEndpoints self, CancellationToken ct) =>
                self.ImportAsync(http, ExternalFileRules.Accounts, rows => self.Desk.AccountsAsync(actor, rows, ct), ct))
            .RequirePolicy(Doors.ReconcileManage).Records(ReconcileLog.Accounts).Takes(typeof(string), Csv).WithName("reconcile-accounts");
        group.MapPost("/operations", (HttpContext http, Actor actor, ReconcileEndpoints self, CancellationToken ct) =>
                self.ImportAsync(http, ExternalFileRules.Operations, rows => self.Desk.OperationsAsync(actor, rows, ct), ct))
            .RequirePolicy(Doors.ReconcileManage).Records(ReconcileLog.Operations).Takes(typeof(string), Csv).WithName("reconcile-operations");
        group.MapPost("/own", (Actor actor, ReconcileEndpoints self, CancellationToken ct) => self.OwnAsync(actor, ct))
            .RequirePolicy(Doors.ReconcileManage).Records(ReconcileLog.Own).WithName("reconcile-own");
        group.MapGet("/findings", (string? state, string? after, Actor actor, ReconcileEndpoints self, CancellationToken ct) => self.FindingsAsync(state, after, actor, ct))
            .RequirePolicy(Doors.ReconcileRead).Records(ReconcileLog.Read).WithName("reconcile-findings");
        group.MapPost("/findings/{id}/explain", (CaseId id, Explanation ask, Actor actor, ReconcileEndpoints self, CancellationToken ct) => self.ExplainAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.ReconcileExplain).Records(ReconcileLog.Explained, ReconcileLog.ExplainRefused).WithName("reconcile-explain");
        group.MapGet("/runs", (Actor actor, ReconcileEndpoints self, CancellationToken ct) => self.RunsAsync(actor, ct))
            .RequirePolicy(Doors.ReconcileRead).Records(ReconcileLog.Read).WithName("reconcile-runs");
    }

    private Reconciling Desk => desk;

    private async Task<Results<Ok<Reconciled>, ProblemHttpResult>> ImportAsync<T>(
        HttpContext http, Func<string, bool, ExternalRead<T>> read, Func<IReadOnlyList<T>, Task<Outcome<IReadOnlyList<RunContent>>>> take, CancellationToken ct)
    {
        var type = http.Request.ContentType?.Split(';')[0].Trim();
        if (type is not (Csv or Ndjson))
        {
            return Problem.Of(Reasons.MediaType).ToResult();
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = LargestFile;
        }

        // A report is taken whole or not at all, so all of it is read and judged before anything is written.
        using var reader = new StreamReader(http.Request.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        ExternalRead<T> file;
        try
        {
            file = read(await reader.ReadToEndAsync(ct), type == Ndjson);
        }
        catch (DecoderFallbackException)
        {
            return Problem.Of([Reasons.ReconcileHeader.At("line 1")]).ToResult();
        }

        if (file.Errors.Count > 0)
        {
            return Problem.Of(file.Errors).ToResult();
        }

        return await take(file.Rows) switch
        {
            Outcome<IReadOnlyList<RunContent>>.Done done => TypedResults.Ok(new Reconciled(done.Value)),
            Outcome<IReadOnlyList<RunContent>>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };
    }

    private async Task<Results<Ok<Reconciled>, ProblemHttpResult>> OwnAsync(Actor actor, CancellationToken ct) => await desk.OwnAsync(actor, ct) switch
    {
        Outcome<RunContent>.Done done => TypedResults.Ok(new Reconciled([done.Value])),
        Outcome<RunContent>.Refused refused => refused.Problem.ToResult(),
        _ => Problem.Of(Reasons.ServerFault).ToResult(),
    };

    private async Task<Results<Ok<FindingPage>, ProblemHttpResult>> FindingsAsync(string? state, string? after, Actor actor, CancellationToken ct)
    {
        CaseCursor cursor = default;
        if (state is not null && !Kebab.TryParse<FindingState>(state, out _))
        {
            return Problem.Of([Reasons.BadField.At("state")]).ToResult();
        }

        if (after is not null && !CaseCursor.TryParse(after, out cursor))
        {
            return Problem.Of([Reasons.BadField.At("after")]).ToResult();
        }

        await log.AppendAsync(IdentityFacts.Of(ReconcileLog.Read, actor), guard: null, ct);
        var page = await database.ReadAsync(tx => cases.PageAsync<FindingContent>(
            tx, new CaseQuery(Reconciling.Finding) { State = state, After = after is null ? null : cursor, Size = PageSize }), ct);
        return TypedResults.Ok(new FindingPage([.. page.Select(View)], page.Count < PageSize ? null : page[^1].Cursor.ToString()));
    }

    private async Task<Results<Ok<FindingView>, ProblemHttpResult>> ExplainAsync(CaseId id, Explanation ask, Actor actor, CancellationToken ct) =>
        await desk.ExplainAsync(actor, id, ask.Reason, ask.Owner, ct) switch
        {
            Outcome<Case<FindingContent>>.Done done => TypedResults.Ok(View(done.Value)),
            Outcome<Case<FindingContent>>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private async Task<Ok<RunList>> RunsAsync(Actor actor, CancellationToken ct)
    {
        await log.AppendAsync(IdentityFacts.Of(ReconcileLog.Read, actor), guard: null, ct);
        return TypedResults.Ok(await database.ReadAsync(async tx => new RunList(
            await CaseStore.CountAsync(tx, Reconciling.Finding, parent: null),
            [.. (await cases.PageAsync<RunContent>(tx, new CaseQuery(Reconciling.Run) { Size = MostRuns })).Select(run => new RunView(
                run.Content.System, run.Changed, run.Content.By, run.Content.Rows, run.Content.Opened, run.Content.Reopened, run.Content.Mended, run.Content.Unsettled))]), ct));
    }

    private FindingView View(Case<FindingContent> one) => new(
        one.Id, one.Content.Kind, Kebab.Parse<FindingState>(one.State), one.Content.System, cases.Open(one.Id, one.Content.Account), one.Content.What.Length == 0 ? null : one.Content.What,
        one.Content.People, one.Content.First, one.Content.Seen, one.Content.Reopened, one.Content.By, one.Content.At, cases.Open(one.Id, one.Content.Reason), one.Content.Owner);
}

/// <summary>Looks at Strongroom's own accounts once a day.</summary>
internal sealed class OwnAccountsClock(Database database, Cases cases, Reconciling desk, TimeProvider time) : IWatchDuty
{
    private const long DayMs = 86_400_000;

    private long next;

    public async Task RunAsync(CancellationToken ct)
    {
        if (time.NowMs() < next)
        {
            return;
        }

        var parent = cases.IdOf("system", ReconcileRules.Own);
        var last = await database.ReadAsync(tx => cases.PageAsync<RunContent>(tx, new CaseQuery(Reconciling.Run) { Parent = parent, Size = 1 }), ct);
        next = last is [var run] ? run.Changed + DayMs : 0;
        if (time.NowMs() >= next && await desk.OwnAsync(actor: null, ct) is Outcome<RunContent>.Done)
        {
            next = time.NowMs() + DayMs;
        }
    }
}
