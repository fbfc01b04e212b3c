using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Store.Catalogue;
using Strongroom.Use.Asking;

namespace Strongroom.Use.View;

/// <summary>How many customers one request may open. Pure.</summary>
internal static class ViewManyRules
{
    public const int Most = 100;

    /// <summary>As many candidates as a call may have (domain.md §5): everybody may see that many at once, masked as ever.</summary>
    public const int MostCandidates = 5;

    /// <summary>The most for this caller without a work order (domain.md §3, bulk; R42).</summary>
    public static int MostFor(Actor actor, InformationCatalogue catalogue) => actor.Kind == ActorKind.Client
        ? Most
        : Math.Min(Most, actor.Posts.Select(held => catalogue.Post(held.Post)?.Bulk).Select(bulk => bulk is { Kind: BulkKind.Rows } ? bulk.Max ?? Most : 0)
            .Append(MostCandidates).Max());
}

/// <summary>Many customers in one request: each is decided, recorded and opened on its own, and the batch has an entry too.</summary>
internal sealed class ViewMany(IKnowledge knowledge, ViewCustomer one, ClientQuotas quotas, IAuditLog log)
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/customers/view-many", (ViewManyRequest ask, Caller caller, ViewMany view, CancellationToken ct) => view.AnswerAsync(ask, caller, ct))
        .RequirePolicy(Doors.CustomerView).Records(UseFacts.ViewMany, UseFacts.View).WithName("customer-view-many");

    private async Task<Results<Ok<ViewManyAnswer>, ProblemHttpResult>> AnswerAsync(ViewManyRequest ask, Caller caller, CancellationToken ct) =>
        await ViewAsync(ask, caller, ct) switch
        {
            (null, { } problem) => problem.ToResult(),
            ({ } answer, _) => TypedResults.Ok(answer),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    internal async Task<(ViewManyAnswer? Answer, Problem? Problem)> ViewAsync(ViewManyRequest ask, Caller caller, CancellationToken ct)
    {
        var ids = ask.Ids.Distinct().ToList();
        if (ids.Count == 0)
        {
            return (null, Problem.Of([Reasons.FieldMissing.At("ids")]));
        }

        if (ids.Count > ViewManyRules.Most)
        {
            return (null, Problem.Of([Reasons.TooMany.At("ids")]));
        }

        var known = await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct);
        var errors = new List<FieldError>();
        AskRules.CheckItems(ask.Items, "items", known, errors);
        AskRules.CheckItems(ask.Clear, "clear", known, errors);
        AskRules.CheckTicket(ask.Ticket, errors);
        if (errors.Count > 0)
        {
            return (null, Problem.Of(errors));
        }

        // Beyond the post, every customer is opened by a grant or an order for exactly this, and uses it up; a number alone is nothing.
        var batch = ids.Count > ViewManyRules.MostFor(caller.Actor, known.Catalogue);
        var allowed = !batch || ask.Grant is not null || ask.Ticket is { Length: > 0 };
        var outcome = await log.AppendAsync(FactOf(ask, ids.Count, caller.Actor, allowed), caller.Actor.Guard(), ct);
        if (!allowed)
        {
            return (null, Problem.Of(Reasons.AccessNeeds) with
            {
                Reasons = [Reasons.BatchVault], Needs = [new Need(NeedKind.Approval, known.Policy.SceneOn(SceneTrigger.Many)?.Scene ?? ApprovalActs.Batch)],
            });
        }

        if (outcome is not AppendOutcome.Logged logged)
        {
            return (null, Problem.Of(Reasons.AccessUnsettled));
        }

        // The request itself has paid for one.
        if (await quotas.SpendManyAsync(caller.Actor, ids.Count - 1, ct) > 0)
        {
            await log.AppendAsync(FactOf(ask, ids.Count, caller.Actor, allowed) with { Decision = Verdict.Deny, Reasons = [Reasons.ClientQuota.Code] }, guard: null, ct);
            return (null, Problem.Of(Reasons.ClientQuota));
        }

        var view = new ViewRequest(ask.Purpose, null, ask.Items, ask.Clear, ask.Ticket, ask.Grant);
        var lines = await Task.WhenAll(ids.Select(id => LineAsync(id, view, caller, ids.Count, batch, ct)));
        return (new ViewManyAnswer(lines, logged.Entry), null);
    }

    private async Task<ViewManyLine> LineAsync(CustomerId id, ViewRequest view, Caller caller, int customers, bool batch, CancellationToken ct) =>
        await one.ViewAsync(id, view, caller, customers, ct, batch) switch
        {
            ViewCustomer.Outcome.Shown shown => new ViewManyLine(id, shown.Answer, null),
            ViewCustomer.Outcome.Refused { Problem: var problem } => new ViewManyLine(
                id, null, new ViewManyRefusal(problem.Code, problem.Zh, problem.En, [.. problem.Reasons.Select(reason => reason.Code)])),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static LogFact FactOf(ViewManyRequest ask, int count, Actor actor, bool allowed) => new()
    {
        Act = FactName.Of(UseFacts.ViewMany),
        Actor = actor.AsLogActor(),
        Purpose = ask.Purpose,
        Items = [.. (ask.Items ?? []).Concat(ask.Clear ?? []).Distinct()],
        Decision = allowed ? Verdict.Permit : Verdict.Needs,
        Reasons = allowed ? [] : [Reasons.BatchVault.Code],
        Count = count,
        Zone = actor.Zone,
        Details = ask.Ticket is { Length: > 0 } ticket ? new LogDetails { Ticket = ticket } : null,
    };
}
