using System.Text.Json.Serialization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;
using Strongroom.Spine.Reviews;

namespace Strongroom.Spine.Monitoring;

[JsonConverter(typeof(KebabEnum<AlertState>))]
internal enum AlertState
{
    Open,
    Taken,

    /// <summary>There is a good reason.</summary>
    Explained,

    /// <summary>It was what it looked like.</summary>
    Confirmed,
    Closed,
}

/// <summary>One step somebody took. The words are sealed.</summary>
internal sealed record AlertStep(AlertState To, PersonId By, long At, byte[]? Reason);

/// <summary>Something out of the ordinary that one person did on one day.</summary>
/// <param name="Day">Days since 1970 at the company's place.</param>
internal sealed record AlertContent(string Rule, AlertStage Stage, AlertResponse Response, long Day, AlertFigures Figures, long Raised)
{
    public IReadOnlyList<AlertStep> Steps { get; init; } = [];

    public bool Escalated { get; init; }
}

internal static class AlertLog
{
    public const string Raised = "alert-raised", Read = "alerts-read", Stepped = "alert-stepped", StepRefused = "alert-step-refused", Watched = "watch-set", Unwatched = "watch-ended",
        Escalated = "alert-escalated", RulesRead = "watch-rules-read", RulesProposed = "watch-rules-proposed", RulesChanged = "watch-rules-changed";
}

/// <summary>The ways of an alert. Pure.</summary>
internal static class AlertRules
{
    public static bool MayGo(AlertState from, AlertState to) => (from, to) switch
    {
        (AlertState.Open, AlertState.Taken) => true,
        (AlertState.Taken, AlertState.Explained or AlertState.Confirmed) => true,
        (AlertState.Explained or AlertState.Confirmed, AlertState.Closed) => true,
        _ => false,
    };
}

/// <summary>Raises alerts with what follows from them at once, and takes them on their way (R52). Whom one concerns never touches it.</summary>
internal sealed class Alerts(
    Cases cases, ControlStore control, Sessions sessions, RightsBook book, Outbox.Outbox outbox, IAuditLog log, TimeProvider time)
{
    public const string Kind = "alert";

    public CaseId IdOf(string rule, AlertStage stage, PersonId person, long day) =>
        cases.IdOf(Kind, rule, Kebab.Of(stage), person.ToString(), day.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>False: it was raised before. The response is in force when this transaction is: the person's next act finds it.</summary>
    public Task<Outcome<bool>> RaiseAsync(PersonId person, string rule, AlertStage stage, AlertResponse response, long day, AlertFigures figures, CancellationToken ct) =>
        cases.ChangeAsync<bool>(async tx =>
        {
            var now = time.NowMs();
            var id = IdOf(rule, stage, person, day);
            var content = new AlertContent(rule, stage, response, day, figures, now);
            if (await cases.AddAsync(tx, Kind, new Case<AlertContent>(id, Kebab.Of(AlertState.Open), content) { Person = person, Sort = -now }) is not { } digest)
            {
                return false;
            }

            if (response != AlertResponse.Notify)
            {
                await WatchAsync(tx, person, IdentityFacts.BySystem(AlertLog.Watched), alerts => [.. alerts, id]);
            }

            if (response == AlertResponse.Suspend)
            {
                await sessions.RevokeAllAsync(tx, person);
            }

            await TellAsync(tx, NoticeTemplates.AlertRaised, person, id, rule, figures.N, now);
            await log.AppendAsync(tx, IdentityFacts.BySystem(AlertLog.Raised) with { Rows = [digest], Reasons = [$"rule.{rule}", Kebab.Of(stage), Kebab.Of(response)] }, ct);
            return true;
        }, ct);

    public async Task<Outcome<Case<AlertContent>>> StepAsync(Actor actor, CaseId id, AlertState to, string? reason, CancellationToken ct)
    {
        var outcome = await cases.ChangeAsync<Case<AlertContent>>(actor, async tx =>
        {
            if (await cases.FindAsync<AlertContent>(tx, Kind, id, hold: true) is not { } alert)
            {
                return Reasons.NotFound;
            }

            if (alert.Person == actor.Person)
            {
                return Reasons.ReviewOwn;
            }

            if (!AlertRules.MayGo(Kebab.Parse<AlertState>(alert.State), to))
            {
                return Reasons.AlertStep;
            }

            if (to != AlertState.Taken && string.IsNullOrWhiteSpace(reason))
            {
                return Reasons.ReviewReason;
            }

            var next = alert with
            {
                State = Kebab.Of(to), Content = alert.Content with { Steps = [.. alert.Content.Steps, new AlertStep(to, actor.Person, time.NowMs(), cases.Seal(id, reason))] },
            };
            var digest = await cases.SaveAsync(tx, Kind, next);
            if (to == AlertState.Closed && alert.Person is { } person && alert.Content.Response != AlertResponse.Notify)
            {
                await WatchAsync(tx, person, IdentityFacts.Of(AlertLog.Unwatched, actor), alerts => [.. alerts.Where(one => one != id)]);
            }

            await log.AppendAsync(tx, IdentityFacts.Of(AlertLog.Stepped, actor) with
            {
                Rows = [digest], Reasons = [Kebab.Of(to)], Details = string.IsNullOrWhiteSpace(reason) ? null : new LogDetails { Reason = reason },
            }, ct);
            return next with { Version = next.Version + 1 };
        }, ct);
        if (outcome is Outcome<Case<AlertContent>>.Refused { Problem.Code: "review.own" } refused)
        {
            await log.AppendAsync(IdentityFacts.Of(AlertLog.StepRefused, actor) with { Decision = Verdict.Deny, Reasons = [refused.Problem.Code] }, guard: null, ct);
        }

        return outcome;
    }

    /// <summary>Nobody took it for a day: those above are told, once.</summary>
    public Task<Outcome<bool>> EscalateAsync(Case<AlertContent> alert, CancellationToken ct) => cases.ChangeAsync<bool>(async tx =>
    {
        var digest = await cases.SaveAsync(tx, Kind, alert with { Content = alert.Content with { Escalated = true } });
        await TellAsync(tx, NoticeTemplates.AlertWaiting, alert.Person!.Value, alert.Id, alert.Content.Rule, alert.Content.Figures.N, alert.Content.Raised);
        await log.AppendAsync(tx, IdentityFacts.BySystem(AlertLog.Escalated) with { Rows = [digest] }, ct);
        return true;
    }, ct);

    private async Task WatchAsync(Tx tx, PersonId person, LogFact fact, Func<IReadOnlyList<CaseId>, IReadOnlyList<CaseId>> edit)
    {
        var key = ControlKey.Of(WatchContent.RowKind, person);
        var row = await control.LoadForUpdateAsync<WatchContent>(tx, key);
        if (await control.SaveAsync(tx, key, row?.Version ?? 0, new WatchContent(edit(row?.Content.Alerts ?? [])), fact) is ControlSaved.Stale)
        {
            throw new CaseChangedException();
        }
    }

    /// <summary>The officers, and who answers for the person's units; never himself.</summary>
    private async Task TellAsync(Tx tx, NoticeTemplate template, PersonId about, CaseId id, string rule, long n, long at)
    {
        var reviewers = await book.ReviewersAsync(tx);
        var told = reviewers.UnitsOf(about).Select(unit => reviewers.ResponsibleFor(unit)).OfType<PersonId>().Concat(reviewers.Officers).Distinct().Where(person => person != about);
        foreach (var person in told)
        {
            await outbox.AddAsync(tx, new Notice(
                template, person, [NoticeValue.Id("alert", id.Value), NoticeValue.Code("rule", rule), NoticeValue.Count("count", n), NoticeValue.Instant("at", at)]));
        }
    }
}
