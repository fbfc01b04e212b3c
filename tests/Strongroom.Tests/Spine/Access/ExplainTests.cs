using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Policies;

namespace Strongroom.Tests.Spine.Access;

public sealed class ExplainTests() : StoreSuite(TestStore.Sqlite())
{
    private static readonly CustomerId Destroyed = CustomerId.New();
    private readonly MemoryLog log = new();
    private readonly ManualTime clock = new();
    private ControlStore control = null!;

    private static Actor Someone(PersonId person, string post) => new()
    {
        Kind = ActorKind.Person, Person = person, Posts = [new HeldPost(PostKey.Of(post), Scene.Desk, 0, null)], Strength = Strength.Password,
    };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        control = new ControlStore(new ControlRows(new ControlTestMac()), log, new ControlAlarms(log, NullLogger<ControlAlarms>.Instance), clock);
    }

    [Fact]
    public async Task One_hears_the_decision_without_the_act_and_the_log_hears_it_too()
    {
        var answer = await AskAsync(Someone(Scene.Agent, "counter"), new ExplainRequest(Act.View, Scene.Customer, Scene.Fulfil, null, [Scene.Sensitive.Item], false, null));
        Assert.Equal(Verdict.Needs, answer.Decision.Overall);
        Assert.Equal([new Need(NeedKind.SecondFactor, "sign-in")], answer.Decision.Needs);
        Assert.Equal(4, answer.Decision.Items.Count);
        Assert.All(answer.Decision.Items.Values, item => Assert.NotEqual(Shown.Clear, item.Shown));
        var fact = Assert.Single(log.Facts);
        Assert.Equal((ExplainEndpoint.Explained, Scene.Customer, Verdict.Needs), (fact.Act.Value, fact.Customer, fact.Decision));
        Assert.NotNull(answer.Entry);
    }

    [Fact]
    public async Task About_others_only_data_owner_and_administrator_hear()
    {
        var ask = new ExplainRequest(Act.View, Scene.Customer, Scene.Fulfil, null, [Scene.Sensitive.Item], false, Scene.Agent);
        var refused = await AskAsync(Someone(PersonId.New(), "counter"), ask);
        Assert.Equal((Verdict.Deny, "act.ungranted"), (refused.Decision.Overall, refused.Decision.Reasons.Single().Code));
        Assert.Empty(refused.Decision.Items);

        await Db.WriteAsync(tx => control.SaveAsync(tx, ControlKey.Of(Members.Person, Scene.Agent), 0, Row(MemberState.Active), new() { Act = new("x"), Actor = default }));
        var heard = await AskAsync(Someone(PersonId.New(), "data-owner"), ask);
        Assert.Equal(Verdict.Permit, heard.Decision.Overall);
        Assert.Equal(Shown.Clear, heard.Decision.Items[Scene.Sensitive.Item].Shown);

        await Db.WriteAsync(tx => control.SaveAsync(tx, ControlKey.Of(Members.Person, Scene.Agent), 1, Row(MemberState.Suspended), new() { Act = new("x"), Actor = default }));
        Assert.Equal("actor.inactive", (await AskAsync(Someone(PersonId.New(), "data-owner"), ask)).Decision.Reasons.Single().Code);

        // An administrator reaches no customer himself, so he hears of none through somebody else either.
        Assert.Equal("customer.unknown", (await AskAsync(Someone(PersonId.New(), "admin-4a"), ask)).Decision.Reasons.Single().Code);
    }

    [Fact]
    public async Task Unknown_and_out_of_scope_customers_sound_the_same()
    {
        var unknown = await AskAsync(Someone(Scene.Agent, "counter"), new ExplainRequest(Act.View, Destroyed, Scene.Fulfil, null, null, false, null));
        var elsewhere = await AskAsync(Someone(Scene.Agent, "call-agent"), new ExplainRequest(Act.View, Scene.Customer, Scene.Fulfil, null, null, false, null));
        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(unknown.Decision), System.Text.Json.JsonSerializer.Serialize(elsewhere.Decision));
        Assert.Equal("customer.unknown", unknown.Decision.Reasons.Single().Code);
        Assert.Contains(log.Facts, fact => fact.Reasons.Contains("scope.outside"));
    }

    [Fact]
    public void A_client_acts_under_its_registration_in_its_owners_entities()
    {
        var client = ClientId.New();
        var actor = new Actor
        {
            Kind = ActorKind.Client, Person = Scene.Agent, Client = client, Scopes = [ClientScope.View, ClientScope.Metrics], Purposes = [Scene.Fulfil], MutualTls = true,
        };
        var snapshot = Snapshot() with
        {
            Organisation = Snapshot().Organisation with
            {
                ClientPosts = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(new Dictionary<ClientId, IReadOnlyList<HeldPost>>
                {
                    [client] = [new HeldPost(PostKey.Of("back-office"), Scene.Desk, 0, null)],
                }),
            },
            Access = Scene.Policy with
            {
                Authorisations = [new UseAuthorisation(AuthorisationId.New(), null, client, Scene.Fulfil, new HashSet<ItemKey> { Scene.Sensitive.Item }, 0, long.MaxValue)],
            },
        };
        Decision Decide(Actor who, params ItemFacts[] items) => AccessRules.Decide(AccessFacts.Build(who, new AccessAsk
        {
            Act = Act.View, Customer = Scene.View("counter").Customer, Purpose = Scene.Fulfil, PurposeKnown = Scene.Purposes[Scene.Fulfil],
            Items = items, Clear = items.Select(item => item.Item).ToHashSet(), Volume = new VolumeFacts(0, 1, new Dictionary<int, int>()),
        }, snapshot, Scene.Now));

        Assert.Equal(Shown.Clear, Decide(actor, Scene.Sensitive).Shows(Scene.Booking.Id, Scene.Sensitive.Item));
        Assert.Equal(Shown.Masked, Decide(actor with { MutualTls = false }, Scene.Sensitive).Shows(Scene.Booking.Id, Scene.Sensitive.Item));
        Assert.Contains(Reasons.AuthorisationMissing, Decide(actor, Scene.Moderate).Reasons);
        Assert.True(Decide(actor with { Client = ClientId.New() }, Scene.Sensitive).NotFound);
        Assert.Equal(Reasons.ClientScope, AccessRules.Decide(AccessFacts.Build(actor, new AccessAsk { Act = Act.Administer }, snapshot, Scene.Now)).Reasons[0]);
    }

    [Fact]
    public void Nobody_and_a_start_password_are_not_active()
    {
        Assert.False(AccessFacts.FactsOf(Actor.Nobody, Snapshot(), 1).Active);
        Assert.False(AccessFacts.FactsOf(Someone(Scene.Agent, "counter") with { MustChangePassword = true }, Snapshot(), 1).Active);
        Assert.True(AccessFacts.FactsOf(Someone(Scene.Agent, "counter"), Snapshot(), 1).Active);
        Assert.Empty(AccessFacts.FactsOf(Someone(Scene.Agent, "counter") with { Posts = [new HeldPost(PostKey.Of("counter"), UnitId.New(), 0, null)] }, Snapshot(), 1).Grants);
    }

    private static PersonContent Row(MemberState state) => new()
    {
        AccountMac = [1], Names = [1], Password = [1], MustChangePassword = false, PasswordAt = 1, Locale = "zh", State = state,
        Posts = [new HeldPost(PostKey.Of("counter"), Scene.Desk, 0, null)],
    };

    private static PolicySnapshot Snapshot() => new(1, Scene.Policy, [], PostBook.Empty, OrganisationTree.Empty with
    {
        Units = OrganisationTree.Reach(new Dictionary<UnitId, UnitContent> { [Scene.Desk] = new(Scene.Airline, null, "desk", MemberState.Active) }),
    }, []);

    private async Task<ExplainAnswer> AskAsync(Actor actor, ExplainRequest ask)
    {
        var endpoint = new ExplainEndpoint(new AccessFacts(new Fixed(), clock), new Sources(), control, Db, log, clock);
        return Assert.IsType<Ok<ExplainAnswer>>((await endpoint.AnswerAsync(ask, actor, TestContext.Current.CancellationToken)).Result).Value!;
    }

    private sealed class Fixed : IPolicySnapshots
    {
        public Task<PolicySnapshot> CurrentAsync(long epoch, CancellationToken ct = default) => Task.FromResult(Snapshot());

        public Task<PolicySnapshot> CurrentAsync(CancellationToken ct = default) => Task.FromResult(Snapshot());
    }

    private sealed class Sources : IAccessSources
    {
        public Task<CustomerSight?> CustomerAsync(CustomerId id, CancellationToken ct = default) =>
            Task.FromResult(id == Scene.Customer ? new CustomerSight(Scene.View("counter").Customer!, 1, Scene.OnePerLevel) : null);

        public Task<PurposeFacts?> PurposeAsync(PurposeKey purpose, CancellationToken ct = default) => Task.FromResult(Scene.Purposes.GetValueOrDefault(purpose));

        public Task<ItemFacts?> ItemAsync(ItemKey item, CancellationToken ct = default) => Task.FromResult<ItemFacts?>(null);
    }
}
