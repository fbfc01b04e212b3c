using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Compartments;
using Strongroom.Store.Customers;
using Strongroom.Store.Search;
using Strongroom.Use.Asking;

namespace Strongroom.Use.Find;

/// <summary>From something known of a customer to his id. The entry holds neither value nor digest; what is found is decided when it is opened.</summary>
internal sealed class FindCustomer(
    IKnowledge knowledge, Asking.Asking asking, ItemSealer sealer, ICustomerSearch search, ICustomers customers, ClientQuotas quotas, StoreAlarms alarms, IAuditLog log)
{
    /// <summary>More hits than this ask for one more detail (domain.md §5).</summary>
    public const int MostHits = 5;

    /// <summary>Where several look-ups are intersected each is followed this far; a longer one could hide the very customer, so it asks for more.</summary>
    private const int MostEach = CustomerSearch.MostCustomers;

    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/customers/find", async Task<Results<Ok<FindAnswer>, ProblemHttpResult>> (FindRequest ask, Caller caller, FindCustomer find, CancellationToken ct) =>
            await find.FindAsync(ask, caller, ct) switch
            {
                ({ } answer, _) => TypedResults.Ok(answer),
                (_, { } problem) => problem.ToResult(),
                _ => throw new System.Diagnostics.UnreachableException(),
            })
        .RequirePolicy(Doors.CustomerFind).Records(UseFacts.Find).WithName("customer-find").SettledByEntry();

    internal async Task<(FindAnswer? Answer, Problem? Problem)> FindAsync(FindRequest ask, Caller caller, CancellationToken ct)
    {
        var plan = FindPlanning.Plan(ask, await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct), sealer);
        var ticket = new List<FieldError>(plan.Errors);
        AskRules.CheckTicket(ask.Ticket, ticket);
        if (ticket.Count > 0)
        {
            return (null, await caller.MistakesAsync(ticket, ct));
        }

        var wanted = new Ask(Act.Find, UseFacts.Find)
        {
            Purpose = ask.Purpose,
            Items = (ask.Also ?? []).Select(also => also!.Item).Prepend(ask.Item).ToHashSet(),
            EvenAbsent = true,
            Ticket = ask.Ticket,
            Grant = ask.Grant,
            Session = ask.Session,
        };
        switch (await asking.RuleAsync(caller, wanted, ct))
        {
            case Ruled.Permitted permitted:
                return await LookAsync(plan, permitted, ct);
            case Ruled.Refused refused:
                return (null, refused.Problem);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<(FindAnswer?, Problem?)> LookAsync(FindPlan plan, Ruled.Permitted permitted, CancellationToken ct)
    {
        var judged = permitted.Judged;
        var reach = judged.Question.PurposeKnown is { IsLegalDuty: true } ? Reach.LegalDuty : Reach.Everyday;
        var limit = plan.Lookups.Count == 1 ? MostHits : MostEach;
        var found = await Task.WhenAll(plan.Lookups.Select(lookup => search.FindAsync(lookup, reach, limit, ct)));
        await alarms.RaiseAsync([.. found.SelectMany(hits => hits.Faults)], ct);
        var ids = found.Select(hits => hits.Hits.Select(hit => hit.Customer)).Aggregate((a, b) => a.Intersect(b)).ToList();
        if (ids.Count > MostHits || found.Any(hits => hits.More))
        {
            await log.AppendAsync(Refused(judged, Verdict.Needs, Reasons.FindSecondItem), guard: null, ct);
            return (null, Problem.Of(Reasons.FindSecondItem));
        }

        // Nobody found reads as many rows as somebody found, so that the time taken tells nothing.
        var read = await customers.ReadManyAsync(ids.Count == 0 ? [CustomerId.New()] : ids, ReadScope.Outline, ct);
        var own = judged.Question.Actor!.EntitiesFor(Act.Find);
        var seen = ids.Where(id => read.TryGetValue(id, out var customer) && IsOwn(customer, own)
            && AccessRules.MayBeFound(judged.Question with { Customer = customer.ToFacts() })).ToList();

        // Each customer told counts; the request itself has paid for one.
        if (await quotas.SpendManyAsync(judged.Actor, seen.Count - 1, ct) > 0)
        {
            await log.AppendAsync(Refused(judged, Verdict.Deny, Reasons.ClientQuota), guard: null, ct);
            return (null, Problem.Of(Reasons.ClientQuota));
        }

        return (new FindAnswer([.. seen.Select(id => new FoundCustomer(id))], permitted.Entry), null);
    }

    /// <summary>Another company's customer is not found here: crossing entities is sharing (PIPL 23).</summary>
    private static bool IsOwn(CustomerSnapshot customer, IReadOnlySet<EntityId> own) =>
        own.Contains(customer.Entity) || customer.Records.Any(record => own.Contains(record.Entity));

    private static LogFact Refused(Judged judged, Verdict verdict, Reason reason) =>
        judged.Fact with { Decision = verdict, Reasons = [reason.Code], Approvals = [], Details = null };
}
