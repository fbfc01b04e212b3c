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
using Strongroom.Spine.Policies;
using Strongroom.Spine.Reviews;

namespace Strongroom.Spine.Monitoring;

/// <param name="Reason">Needed for everything but taking it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AlertStepAsk(AlertState To, string? Reason = null);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record WatchRulesAsk(IReadOnlyList<WatchRule> Rules, long Version);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record WatchRulesConfirm(long Version);

/// <param name="Proposed">Rules that wait for a second person.</param>
internal sealed record WatchRulesView(long Version, IReadOnlyList<WatchRule> Rules, IReadOnlyList<WatchRule>? Proposed, PersonId? ProposedBy);

internal sealed record AlertStepView(AlertState To, PersonId By, long At, string? Reason);

/// <param name="Day">Days since 1970 at the company's place.</param>
/// <param name="From">UTC milliseconds at which that day began there, wherever it is read.</param>
/// <param name="Until">When it was over.</param>
internal sealed record AlertView(
    CaseId Id, AlertState State, string Rule, AlertStage Stage, AlertResponse Response, PersonId? Person, long Day, long From, long Until, AlertFigures Figures, long Raised, bool Escalated,
    IReadOnlyList<AlertStepView> Steps);

internal sealed record AlertPage(IReadOnlyList<AlertView> Alerts, string? Next);

internal sealed record PersonHabits(PersonId Person, IReadOnlyList<HabitView> Measures);

/// <summary>Alerts, habits and the rules of watching (R52).</summary>
internal sealed class AlertEndpoints(Database database, Cases cases, Alerts alerts, AlertClock clock, ControlStore control, MonitoringOptions options, IAuditLog log)
{
    private const int PageSize = 100;

    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1");
        v1.MapGet("/alerts", (string? state, string? after, Actor actor, AlertEndpoints self, CancellationToken ct) => self.ListAsync(state, after, actor, ct))
            .RequirePolicy(Doors.AlertsHandle).Records(AlertLog.Read).WithName("alerts");
        v1.MapGet("/alerts/{id}", (CaseId id, Actor actor, AlertEndpoints self, CancellationToken ct) => self.OneAsync(id, actor, ct))
            .RequirePolicy(Doors.AlertsHandle).Records(AlertLog.Read).WithName("alert");
        v1.MapPost("/alerts/{id}/step", (CaseId id, AlertStepAsk ask, Actor actor, AlertEndpoints self, CancellationToken ct) => self.StepAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.AlertsHandle).Records(AlertLog.Stepped, AlertLog.StepRefused).WithName("alert-step");
        v1.MapGet("/monitoring/people/{id}", (PersonId id, Actor actor, AlertEndpoints self, CancellationToken ct) => self.HabitsAsync(id, actor, ct))
            .RequirePolicy(Doors.AlertsHandle).Records(AlertLog.Read).WithName("monitoring-person");
        v1.MapGet("/monitoring/rules", (Actor actor, AlertEndpoints self, CancellationToken ct) => self.RulesAsync(actor, ct))
            .RequirePolicy(Doors.AlertsHandle).Records(AlertLog.RulesRead).WithName("monitoring-rules");
        v1.MapPut("/monitoring/rules", (WatchRulesAsk ask, Actor actor, AlertEndpoints self, CancellationToken ct) => self.ProposeAsync(ask, actor, ct))
            .RequirePolicy(Doors.MonitoringManage).Records(AlertLog.RulesProposed).WithName("monitoring-rules-propose");
        v1.MapPost("/monitoring/rules/confirm", (WatchRulesConfirm ask, Actor actor, AlertEndpoints self, CancellationToken ct) => self.ConfirmAsync(ask, actor, ct))
            .RequirePolicy(Doors.MonitoringManage).Records(AlertLog.RulesChanged).WithName("monitoring-rules-confirm");
    }

    /// <summary>Everybody's but one's own: nobody learns here what gave him away.</summary>
    private async Task<Results<Ok<AlertPage>, ProblemHttpResult>> ListAsync(string? state, string? after, Actor actor, CancellationToken ct)
    {
        CaseCursor cursor = default;
        if (state is not null && !Kebab.TryParse<AlertState>(state, out _))
        {
            return Problem.Of([Reasons.BadField.At("state")]).ToResult();
        }

        if (after is not null && !CaseCursor.TryParse(after, out cursor))
        {
            return Problem.Of([Reasons.BadField.At("after")]).ToResult();
        }

        await RecordAsync(AlertLog.Read, actor, ct);
        var page = await database.ReadAsync(tx => cases.PageAsync<AlertContent>(
            tx, new CaseQuery(Alerts.Kind) { State = state, After = after is null ? null : cursor, Size = PageSize }), ct);
        return TypedResults.Ok(new AlertPage([.. page.Where(alert => alert.Person != actor.Person).Select(View)], page.Count < PageSize ? null : page[^1].Cursor.ToString()));
    }

    private async Task<Results<Ok<AlertView>, ProblemHttpResult>> OneAsync(CaseId id, Actor actor, CancellationToken ct)
    {
        await RecordAsync(AlertLog.Read, actor, ct);
        return await database.ReadAsync(tx => cases.FindAsync<AlertContent>(tx, Alerts.Kind, id), ct) is { } alert && alert.Person != actor.Person
            ? TypedResults.Ok(View(alert))
            : Problem.Of(Reasons.NotFound).ToResult();
    }

    private async Task<Results<Ok<AlertView>, ProblemHttpResult>> StepAsync(CaseId id, AlertStepAsk ask, Actor actor, CancellationToken ct) =>
        await alerts.StepAsync(actor, id, ask.To, ask.Reason, ct) switch
        {
            Outcome<Case<AlertContent>>.Done done => TypedResults.Ok(View(done.Value)),
            Outcome<Case<AlertContent>>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private async Task<Ok<PersonHabits>> HabitsAsync(PersonId id, Actor actor, CancellationToken ct)
    {
        await RecordAsync(AlertLog.Read, actor, ct);
        return TypedResults.Ok(new PersonHabits(id, await clock.HabitsAsync(id, ct)));
    }

    private async Task<Ok<WatchRulesView>> RulesAsync(Actor actor, CancellationToken ct)
    {
        await RecordAsync(AlertLog.RulesRead, actor, ct);
        return TypedResults.Ok(View(await database.ReadAsync(tx => control.LoadAsync<WatchPolicy>(tx, WatchPolicy.Key), ct)));
    }

    private async Task<Results<Ok<WatchRulesView>, ProblemHttpResult>> ProposeAsync(WatchRulesAsk ask, Actor actor, CancellationToken ct) => HabitRules.AreSound(ask.Rules)
        ? await ChangeAsync(actor, ask.Version, AlertLog.RulesProposed, before => before with { Proposed = ask.Rules, ProposedBy = actor.Person }, ct)
        : Problem.Of([Reasons.BadField.At("rules")]).ToResult();

    /// <summary>Whoever watches could blind the watch alone: a second person puts a change in force.</summary>
    private async Task<Results<Ok<WatchRulesView>, ProblemHttpResult>> ConfirmAsync(WatchRulesConfirm ask, Actor actor, CancellationToken ct) =>
        await ChangeAsync(actor, ask.Version, AlertLog.RulesChanged, before => before switch
        {
            { Proposed: not null } when before.ProposedBy == actor.Person => Reasons.ApprovalSelf,
            { Proposed: { } rules } => new WatchPolicy(rules),
            _ => Reasons.NotFound,
        }, ct);

    private async Task<Results<Ok<WatchRulesView>, ProblemHttpResult>> ChangeAsync(Actor actor, long version, string fact, Func<WatchPolicy, Outcome<WatchPolicy>> edit, CancellationToken ct) =>
        await cases.ChangeAsync<WatchRulesView>(actor, async tx =>
        {
            var row = await control.LoadForUpdateAsync<WatchPolicy>(tx, WatchPolicy.Key);
            if ((row?.Version ?? 0) != version)
            {
                return Reasons.RowChanged;
            }

            if (edit(row?.Content ?? WatchPolicy.Standard) is not Outcome<WatchPolicy>.Done { Value: var next })
            {
                return edit(row?.Content ?? WatchPolicy.Standard) is Outcome<WatchPolicy>.Refused refused ? refused.Problem : Reasons.ServerFault;
            }

            return await control.SaveAsync(tx, WatchPolicy.Key, version, next, IdentityFacts.Of(fact, actor)) is ControlSaved.Done
                ? new WatchRulesView(version + 1, next.Rules, next.Proposed, next.ProposedBy)
                : Reasons.RowChanged;
        }, ct) switch
        {
            Outcome<WatchRulesView>.Done done => TypedResults.Ok(done.Value),
            Outcome<WatchRulesView>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private static WatchRulesView View(ControlRow<WatchPolicy>? row) =>
        row is null ? new(0, WatchPolicy.Standard.Rules, null, null) : new(row.Version, row.Content.Rules, row.Content.Proposed, row.Content.ProposedBy);

    private AlertView View(Case<AlertContent> alert) => new(
        alert.Id, Kebab.Parse<AlertState>(alert.State), alert.Content.Rule, alert.Content.Stage, alert.Content.Response, alert.Person, alert.Content.Day,
        UsageRules.BeginOf(alert.Content.Day, options.OffsetMinutes), UsageRules.BeginOf(alert.Content.Day + 1, options.OffsetMinutes), alert.Content.Figures, alert.Content.Raised,
        alert.Content.Escalated, [.. alert.Content.Steps.Select(step => new AlertStepView(step.To, step.By, step.At, cases.Open(alert.Id, step.Reason)))]);

    private Task<AppendOutcome> RecordAsync(string fact, Actor actor, CancellationToken ct) => log.AppendAsync(IdentityFacts.Of(fact, actor), guard: null, ct);
}
