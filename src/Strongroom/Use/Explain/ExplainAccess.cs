using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Use.Asking;

namespace Strongroom.Use.Explain;

/// <summary>The one decision without the act: why something is or is not shown, and what would help.</summary>
internal sealed class ExplainAccess(IKnowledge knowledge, Asking.Asking asking, MemberCache members, IAuditLog log, TimeProvider time)
{
    /// <summary>Posts that look after others' rights.</summary>
    private static readonly PostKey[] MayAskForOthers = [PostKey.Of("data-owner"), PostKey.Of("admin-4a"), PostKey.Of("dpo")];

    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/access/explain", async Task<Results<Ok<ExplainAnswer>, ProblemHttpResult>> (ExplainRequest ask, Caller caller, ExplainAccess explain, CancellationToken ct) =>
            await explain.ExplainAsync(ask, caller, ct) switch
            {
                Outcome<ExplainAnswer>.Done done => TypedResults.Ok(done.Value),
                Outcome<ExplainAnswer>.Refused refused => refused.Problem.ToResult(),
                _ => throw new System.Diagnostics.UnreachableException(),
            })
        .RequirePolicy(Doors.Explain).Records(UseFacts.Explain).WithName("access-explain");

    internal async Task<Outcome<ExplainAnswer>> ExplainAsync(ExplainRequest ask, Caller caller, CancellationToken ct)
    {
        var known = await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct);
        var errors = new List<FieldError>();
        AskRules.CheckItems(ask.Items, "items", known, errors);
        AskRules.CheckItems(ask.Clear, "clear", known, errors);
        AskRules.CheckTicket(ask.Ticket, errors);
        if (errors.Count > 0)
        {
            return Problem.Of(errors);
        }

        var subject = await SubjectAsync(ask, caller, ct);
        if (subject is not Outcome<Actor>.Done { Value: var actor })
        {
            var refusal = ((Outcome<Actor>.Refused)subject).Problem;
            await log.AppendAsync(FactOf(ask, caller.Actor, Verdict.Deny, [refusal.Code]), caller.Actor.Guard(), ct);
            return refusal;
        }

        var others = actor != caller.Actor;
        if (others && ask.Customer is { } named && !await ReachesAsync(named, ask, caller, ct))
        {
            // Whoever may not see the customer is not told through somebody else's rights that there is one.
            await log.AppendAsync(FactOf(ask, caller.Actor, Verdict.Deny, [Reasons.ScopeOutside.Code]), caller.Actor.Guard(), ct);
            return Reasons.CustomerUnknown;
        }

        var subjectCaller = others ? new Caller(actor, (_, _) => Task.FromResult(actor)) : caller;
        if (await asking.JudgeAsync(subjectCaller, AskOf(ask), again: false, ct) is not { } judged)
        {
            return Reasons.SignInNeeded;
        }

        var assumed = ask.Customer is null && ask.Act is not (Act.Find or Act.Administer);
        var decision = assumed ? AccessRules.Decide(ExplainRules.WithOrdinaryCustomer(judged.Question, AskOf(ask), judged.Knowledge)) : judged.Decision;
        return await log.AppendAsync(FactOf(ask, caller.Actor, decision.Overall, [.. decision.ReasonCodes]), caller.Actor.Guard(), ct) is AppendOutcome.Logged logged
            ? new ExplainAnswer(decision.ToView(), assumed, judged.Knowledge.Epoch, logged.Entry)
            : Reasons.AccessUnsettled;
    }

    /// <summary>Whose rights are asked about, as they would stand right after signing in from here.</summary>
    private async Task<Outcome<Actor>> SubjectAsync(ExplainRequest ask, Caller caller, CancellationToken ct)
    {
        if (ask.Person is not { } person || (person == caller.Actor.Person && caller.Actor.Kind == ActorKind.Person))
        {
            return caller.Actor;
        }

        if (!MayAskForOthers.Any(caller.Actor.Holds))
        {
            return Reasons.ActUngranted;
        }

        var now = time.NowMs();
        var (epoch, found) = await members.PersonAsync(caller.Actor.ConfigEpoch, person, ct);
        return found is null ? Reasons.PersonUnknown : new Actor
        {
            Kind = found.Content.State == MemberState.Active ? ActorKind.Person : ActorKind.Anonymous,
            Person = person,
            Posts = [.. found.Content.Posts.Where(post => post.InForce(now))],
            Strength = AuthStrength.SecondFactor,
            StrengthAt = now,
            Zone = caller.Actor.Zone,
            ConfigEpoch = epoch,
        };
    }

    private async Task<bool> ReachesAsync(CustomerId customer, ExplainRequest ask, Caller caller, CancellationToken ct) =>
        await asking.JudgeAsync(
            caller, new Ask(Act.View, UseFacts.Explain) { Customer = customer, Purpose = ask.Purpose, Items = new HashSet<ItemKey>(), Ticket = ask.Ticket }, again: false, ct)
        is { Decision.IsPermit: true };

    private static Ask AskOf(ExplainRequest ask)
    {
        var clear = (ask.Clear ?? []).ToHashSet();
        return new Ask(ask.Act, UseFacts.Explain)
        {
            Customer = ask.Customer,
            Purpose = ask.Purpose,
            Items = ask.Items?.Concat(clear).ToHashSet() ?? (clear.Count > 0 ? clear : null),
            EvenAbsent = true,
            Clear = clear,
            Ticket = ask.Ticket,
            Grant = ask.Grant,
            Session = ask.Session,
        };
    }

    private static LogFact FactOf(ExplainRequest ask, Actor actor, Verdict decision, IReadOnlyList<string> reasons) => new()
    {
        Act = FactName.Of(UseFacts.Explain),
        Actor = actor.AsLogActor(),
        Customer = ask.Customer,
        Purpose = ask.Purpose,
        Items = [.. (ask.Items ?? []).Concat(ask.Clear ?? []).Distinct()],
        Decision = decision,
        Reasons = [$"act.{Kebab.Of(ask.Act)}", .. reasons],
        Zone = actor.Zone,
    };
}

/// <summary>Questions that were never asked. Pure.</summary>
internal static class ExplainRules
{
    /// <summary>The question about an active customer of the own company who agreed to everything and gave all for all purposes.</summary>
    public static AccessQuestion WithOrdinaryCustomer(AccessQuestion question, Ask ask, Knowledge knowledge)
    {
        if (question.Actor is not { Entities: { Count: > 0 } entities } actor)
        {
            return question;
        }

        var customer = new CustomerFacts(CustomerId.New(), entities.OrderBy(entity => entity.Value).First(), LifeState.Active)
        {
            Consents = knowledge.Catalogue.Purposes.ToDictionary(purpose => purpose.Key, _ => new ConsentFacts(ConsentState.SeparateGiven, null)),
            OpenCase = true,
        };
        var items = (ask.Items ?? new HashSet<ItemKey>()).Select(knowledge.Item).OfType<ItemKnown>()
            .Select(item => item.Facts with { CollectedFor = item.Facts.Purposes }).ToList();
        return question with
        {
            Customer = customer, Items = items, Session = new ServiceFacts(customer.Id, actor.Person, Verified: true, long.MaxValue),
        };
    }
}
