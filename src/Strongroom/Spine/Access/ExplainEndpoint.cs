using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Access;

/// <summary>A customer as the decision sees him at one instant; no value is opened for it.</summary>
/// <param name="Items">Every item of every record that holds a value.</param>
internal sealed record CustomerSight(CustomerFacts Customer, long ConfigEpoch, IReadOnlyList<ItemFacts> Items);

/// <summary>What the spine asks of the store for a decision; the store answers, for stages never see each other.</summary>
internal interface IAccessSources
{
    /// <summary>Null when there is none or it is destroyed.</summary>
    Task<CustomerSight?> CustomerAsync(CustomerId id, CancellationToken ct = default);

    /// <summary>Null when the catalogue has no such purpose.</summary>
    Task<PurposeFacts?> PurposeAsync(PurposeKey purpose, CancellationToken ct = default);

    /// <summary>The item without a record, for acts that have no customer yet; null when the catalogue has none.</summary>
    Task<ItemFacts?> ItemAsync(ItemKey item, CancellationToken ct = default);
}

/// <summary>What stages that do not see each other ask of the one that keeps service sessions.</summary>
internal interface IServiceSight
{
    /// <summary>The call or visit as the decision sees it; null when it is not the caller's own, not open or about nobody yet.</summary>
    Task<ServiceFacts?> OfAsync(ServiceSessionId id, Actor actor, CancellationToken ct = default);
}

/// <param name="Items">Null: every item the customer has.</param>
/// <param name="Person">Whose decision; null: one's own.</param>
/// <param name="Zone">From which network zone; null: from where the question comes. One that is not defined is as good as the internet.</param>
internal sealed record ExplainRequest(
    Act Act,
    CustomerId? Customer = null,
    PurposeKey? Purpose = null,
    IReadOnlyList<ItemKey>? Items = null,
    IReadOnlyList<ItemKey>? Clear = null,
    bool Ticket = false,
    PersonId? Person = null,
    string? Zone = null);

internal sealed record ExplainAnswer(DecisionView Decision, EntryId? Entry);

/// <summary>
/// POST /v1/access/explain: the decision without the act (R33, R34). Everybody may ask about himself; about others the data owner and the
/// administrator of accounts. It is an act of its own in the log. Unknown, destroyed and out-of-scope customers give the same answer.
/// </summary>
internal sealed class ExplainEndpoint(
    IAccessFacts facts, IAccessSources sources, ControlStore control, Database database, IAuditLog log, TimeProvider time)
{
    public const string Explained = "access-explained";

    private const int MostItems = 200;

    private static readonly PostKey[] MayAskAboutOthers = [PostKey.Of("data-owner"), PostKey.Of("admin-4a")];

    public static void Map(IEndpointRouteBuilder app) => app
        .MapPost("/v1/access/explain", (ExplainRequest ask, Actor actor, ExplainEndpoint self, CancellationToken ct) => self.AnswerAsync(ask, actor, ct))
        .RequirePolicy(Doors.Explain).Records(Explained).WithName("explain");

    internal async Task<Results<Ok<ExplainAnswer>, ProblemHttpResult>> AnswerAsync(ExplainRequest ask, Actor actor, CancellationToken ct)
    {
        if (ask.Zone is { Length: 0 or > 60 })
        {
            return Problem.Of([Reasons.BadField.At("zone")]).ToResult();
        }

        if (ask.Items?.Count > MostItems || ask.Clear?.Count > MostItems)
        {
            return Problem.Of([Reasons.FieldLong.At(ask.Items?.Count > MostItems ? "items" : "clear")]).ToResult();
        }

        var decision = await DecideAsync(ask, actor, ct);
        var fact = new LogFact
        {
            Act = FactName.Of(Explained),
            Actor = actor.AsLogActor(),
            Customer = decision.NotFound ? null : ask.Customer,
            Purpose = ask.Purpose,
            Items = [.. decision.Items.Select(item => item.Item).Distinct().Take(MostItems)],
            Decision = decision.Overall,
            Reasons = [.. decision.ReasonCodes.Take(20)],
            Zone = actor.Zone,
        };
        var entry = await log.AppendAsync(fact, guard: null, ct) is AppendOutcome.Logged logged ? logged.Entry : (EntryId?)null;
        return TypedResults.Ok(new ExplainAnswer(decision.ToView(), entry));
    }

    private async Task<Decision> DecideAsync(ExplainRequest ask, Actor actor, CancellationToken ct)
    {
        if (await SubjectAsync(ask, actor, ct) is not { } found)
        {
            return Refused(Reasons.ActUngranted);
        }

        var subject = ask.Zone is { } zone ? found with { Zone = zone } : found;

        var sight = ask.Customer is { } id ? await sources.CustomerAsync(id, ct) : null;
        var asked = new AccessAsk
        {
            Act = ask.Act,
            Customer = ask.Customer is { } named ? sight?.Customer ?? Gone(named) : null,
            ConfigEpoch = sight?.ConfigEpoch,
            Purpose = ask.Purpose,
            PurposeKnown = ask.Purpose is { } purpose ? await sources.PurposeAsync(purpose, ct) : null,
            Items = await ItemsAsync(ask, sight, ct),
            Clear = ask.Clear?.ToHashSet() ?? [],
            HasTicket = ask.Ticket,
            Volume = new VolumeFacts(0, 1, new Dictionary<int, int>()),
        };
        if (ask.Customer is not null && found != actor && (sight is null || await IsHiddenFromAsync(actor, asked, ct)))
        {
            return Hidden();
        }

        return AccessRules.Decide(await facts.QuestionAsync(subject, asked, ct));
    }

    /// <summary>A customer that is not there goes through the same rules as one that is: whoever is refused before he is looked at learns nothing of him.</summary>
    private static CustomerFacts Gone(CustomerId id) => new(id, default, LifeState.Destroyed);

    /// <summary>Asking for somebody else must not show a customer whom the asker himself cannot reach.</summary>
    private async Task<bool> IsHiddenFromAsync(Actor asker, AccessAsk asked, CancellationToken ct)
    {
        var own = AccessRules.Decide(await facts.QuestionAsync(asker, asked with { Act = Act.View }, ct));
        return own.NotFound || own.Reasons.Any(reason => reason == Reasons.ActUngranted || reason == Reasons.EntityCrossing);
    }

    /// <summary>Whose decision it is; null when the asker may not ask. Another person is taken to have just proved himself in full.</summary>
    private async Task<Actor?> SubjectAsync(ExplainRequest ask, Actor actor, CancellationToken ct)
    {
        if (ask.Person is not { } person || (actor.Kind == ActorKind.Person && person == actor.Person))
        {
            return actor;
        }

        if (actor.Kind != ActorKind.Person || !actor.Posts.Any(held => MayAskAboutOthers.Contains(held.Post)))
        {
            return null;
        }

        var now = time.NowMs();
        var row = await database.ReadAsync(tx => control.LoadAsync<PersonContent>(tx, ControlKey.Of(Members.Person, person)), ct);
        return row?.Content.IsActive(now) != true ? Actor.Nobody : new Actor
        {
            Kind = ActorKind.Person,
            Person = person,
            Posts = [.. row.Content.Posts.Where(held => held.InForce(now))],
            RowCeiling = row.Content.RowCeiling,
            Strength = Strength.Passkey,
            StrengthAt = now,
            Zone = actor.Zone,
            ConfigEpoch = actor.ConfigEpoch,
        };
    }

    private async Task<IReadOnlyList<ItemFacts>> ItemsAsync(ExplainRequest ask, CustomerSight? sight, CancellationToken ct)
    {
        if (sight is not null)
        {
            return ask.Items is null ? sight.Items : [.. sight.Items.Where(item => ask.Items.Contains(item.Item))];
        }

        var items = new List<ItemFacts>();
        foreach (var key in ask.Items ?? [])
        {
            if (await sources.ItemAsync(key, ct) is { } item)
            {
                items.Add(item);
            }
        }

        return items;
    }

    private static Decision Refused(Reason reason) => new(Verdict.Deny, [], [reason], [], [], null, notFound: false);

    private static Decision Hidden() => new(Verdict.Deny, [], [Reasons.CustomerUnknown], [], [], null, notFound: true);
}

internal static class ExplainModule
{
    public static IServiceCollection AddExplain(this IServiceCollection services) => services.AddSingleton<ExplainEndpoint>();

    public static void MapExplain(this IEndpointRouteBuilder app)
    {
        ExplainEndpoint.Map(app);
        AbilitiesEndpoint.Map(app);
    }
}
