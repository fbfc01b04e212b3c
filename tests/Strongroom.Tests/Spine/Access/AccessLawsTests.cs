using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Tests.Spine.Access;

/// <summary>The laws of the one decision, on arbitrary questions: sensible ones, spoiled ones and nonsense.</summary>
[Trait("Suite", "fuzz")]
public sealed class AccessLawsTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    private static readonly RecordFacts[] Records =
    [
        Scene.Booking,
        new(RecordId.New(), Scene.Airline, LifeState.Archived),
        new(RecordId.New(), Scene.Hotel, LifeState.Active),
        new(RecordId.New(), Scene.Airline, LifeState.Restricted),
        new(RecordId.New(), Scene.Airline, (LifeState)7),
        new(RecordId.New(), Scene.Airline, LifeState.Active) { Unit = UnitId.New() },
        new(RecordId.New(), Scene.Airline, LifeState.Active) { OfTheCustomer = true },
    ];

    private static readonly Dictionary<CustomerListId, ControlledList> Lists = new[]
    {
        new ControlledList(ListEffect.Masked, new HashSet<PersonId>(), new HashSet<PostKey> { PostKey.Of("dpo") }, new HashSet<ClientId>()),
        new ControlledList(ListEffect.Hidden, new HashSet<PersonId> { Scene.Agent }, new HashSet<PostKey>(), new HashSet<ClientId>()),
        new ControlledList(ListEffect.Hidden, new HashSet<PersonId>(), new HashSet<PostKey> { PostKey.Of("shift-lead"), PostKey.Of("back-office") }, new HashSet<ClientId>()),
    }.ToDictionary(_ => CustomerListId.New());

    private static readonly PurposeKey[] Purposes = [.. Scene.Purposes.Keys];
    private static readonly ItemKey[] Keys = [.. Scene.OnePerLevel.Select(item => item.Item), ItemKey.Of("other"), default];
    private static readonly PostKey[] Posts = [.. Scene.Posts.Keys.Select(PostKey.Of)];
    private static readonly Act[] Acts = [.. Enum.GetValues<Act>(), (Act)99];
    private static readonly UnitId Elsewhere = UnitId.New();

    private static readonly LevelRights[] Rights =
    [
        .. new[] { "c c c c", "c c r v", "c r r v", "c m v -", "m m v v", "m m - -", "r r r r", "v v v v", "- - - -", "c - - -" }.Select(cells => LevelRights.Of(cells)),
        LevelRights.Of("c m v -", (Level.Moderate, 'c'), (Level.Sensitive, 'r')),
    ];

    [Fact]
    public void The_questions_reach_every_kind_of_answer()
    {
        var decisions = Sound.Sample(2_000).Select(AccessRules.Decide).ToList();
        Assert.InRange(decisions.Count(decision => decision.IsPermit), 200, 1_800);
        Assert.InRange(decisions.Count(decision => decision.Overall == Verdict.Needs), 100, 1_800);
        Assert.InRange(decisions.Count(decision => decision.Overall == Verdict.Deny), 100, 1_800);
        Assert.InRange(decisions.Count(decision => decision.Items.Any(item => decision.Shows(item.Record, item.Item) == Shown.Clear)), 40, 1_800);
        Assert.InRange(decisions.SelectMany(decision => decision.ReasonCodes).Distinct().Count(), 18, 60);
    }

    [Fact]
    public void It_is_total_deterministic_and_answers_exactly_what_was_asked() => Holds(Questions, question =>
    {
        var decision = AccessRules.Decide(question);
        var again = AccessRules.Decide(question);
        var asked = question.Items.Select(item => (item.Record?.Id, item.Item)).ToHashSet();
        Assert.Equal(asked, decision.Items.Select(item => (item.Record, item.Item)).ToHashSet());
        Assert.Equal(asked.Count, decision.Items.Count);
        Assert.Equal(Shown.Withheld, decision.Shows(RecordId.New(), Keys[0]));
        Assert.Equal(Text(decision), Text(again));
        Assert.All(decision.Items.Where(item => item.Shown == Shown.Clear), item => Assert.Contains(item.Item, question.Clear));
    });

    [Fact]
    public void Deny_outranks_needs_outranks_permit() => Holds(Questions, question =>
    {
        var decision = AccessRules.Decide(question);
        Assert.Equal(decision.Overall == Verdict.Needs, decision.Needs.Count > 0);
        if (decision.Overall == Verdict.Deny)
        {
            Assert.NotEmpty(decision.Reasons);
            Assert.All(decision.Items, item => Assert.Equal(Shown.Withheld, item.Shown));
        }

        if (!decision.IsPermit)
        {
            Assert.All(decision.Items, item => Assert.Equal(Shown.Withheld, decision.Shows(item.Record, item.Item)));
            Assert.Empty(decision.Authorisations);
            Assert.Null(decision.Approval);
        }
    });

    [Fact]
    public void What_is_shown_in_clear_rests_on_an_authorisation_or_an_approval() => Holds(Questions, question =>
    {
        var decision = AccessRules.Decide(question);
        if (decision.Items.Any(item => decision.Shows(item.Record, item.Item) == Shown.Clear))
        {
            Assert.True(decision.Authorisations.Count > 0 || decision.Approval is not null);
        }
    });

    [Fact]
    public void More_rights_never_show_less() => Holds(
        from question in Questions
        from extra in Grants
        select (question, extra),
        pair => NeverMore(
            pair.question,
            pair.question.Actor is null ? pair.question : pair.question.Actor(a => a with { Grants = [.. a.Grants, .. pair.extra] })));

    [Fact]
    public void Fewer_authorisations_duties_consents_or_proofs_never_show_more() => Holds(
        from question in Questions
        from keep in Gen.Choose(0, 1).ListOf(80)
        from which in Gen.Choose(0, 8)
        select (question, less: Less(question, [.. keep.Select(one => one == 1)], which)),
        pair => NeverMore(pair.less, pair.question));

    [Fact]
    public void A_stricter_level_or_mark_or_a_child_never_shows_more() => Holds(
        from question in Questions
        from index in Gen.Choose(0, 20)
        from child in Gen.Elements(true, false)
        select (question, stricter: Stricter(question, index, child)),
        pair => NeverMore(pair.stricter, pair.question));

    [Fact]
    public void Stricter_rules_never_show_more() => Holds(
        from question in Questions
        from level in Gen.Elements(Level.Low, Level.Moderate, Level.Sensitive, Level.Critical)
        from which in Gen.Choose(0, 7)
        select (question, stricter: which == 7 ? OffShift(question) : question.Policy is null ? question : question.Rules(policy => which switch
        {
            0 => policy with { Duties = [.. policy.Duties, new("course", level, null)] },
            1 => policy with { Zones = [.. policy.Zones, new(level, new HashSet<string> { "branch" })] },
            2 => policy with { Factors = [.. policy.Factors, new(level, Strength.Passkey, 1)] },
            4 => policy with { Networks = new NetworkPlan([new NetworkZone("office", [], level, null, Administer: true, Remote: false)]) },
            5 => policy with { Networks = new NetworkPlan([new NetworkZone("office", [], Level.Critical, new HashSet<Act> { Act.Find }, Administer: false, Remote: false)]) },
            6 => policy with { Networks = new NetworkPlan([new NetworkZone("branch", [], Level.Critical, null, Administer: true, Remote: true)]) },
            3 => policy with { TwoPerson = Enum.GetValues<Act>().ToHashSet() },
            _ => policy with { ClientMutualTlsFrom = level < policy.ClientMutualTlsFrom ? level : policy.ClientMutualTlsFrom ?? level },
        })),
        pair => NeverMore(pair.stricter, pair.question));

    [Fact]
    public void Off_shift_nothing_is_clear_whatever_the_scene_and_its_grant() => Holds(
        from question in Sound
        from trigger in Gen.Elements(SceneTrigger.Items, SceneTrigger.Old, SceneTrigger.Unverified, SceneTrigger.Listed, SceneTrigger.Volume)
        from glass in Gen.Elements(true, false)
        select (question, trigger, glass),
        asked => Assert.DoesNotContain(
            AccessRules.Decide((asked.question with
            {
                Approval = asked.question.Approval() with { Scenes = new HashSet<string> { "scene" }, Emergency = asked.glass },
            }).Rules(policy => policy with { Scenes = [new SceneRule("scene", asked.trigger) { Items = Keys.ToHashSet() }] })
                .Actor(actor => actor with { Grants = [.. actor.Grants.Select(grant => grant with { OnShift = false })] })).Items,
            item => item.Shown == Shown.Clear));

    [Fact]
    public void Whatever_is_missing_denies_or_needs() => Holds(
        from question in Sound
        from which in Gen.Choose(0, 6)
        select (which, spoiled: which switch
        {
            0 => question with { Policy = null },
            1 => question with { Actor = null },
            2 => question with { Act = null },
            3 => question with { Act = Act.View, Customer = null },
            4 => question with { Purpose = null },
            5 => question with { PurposeKnown = null },
            _ => question.Actor(a => a with { Grants = [] }),
        }),
        pair => Assert.False(AccessRules.Decide(pair.spoiled).IsPermit));

    [Fact]
    public void Dropping_the_wishes_that_need_something_leaves_what_was_promised() => Holds(Sound, question =>
    {
        var decision = AccessRules.Decide(question);
        var masked = AccessRules.Decide(question with { Clear = new HashSet<ItemKey>() });
        if (decision.Overall == Verdict.Needs && masked.IsPermit)
        {
            Assert.All(decision.Items.Where(item => item.Shown != Shown.Clear), item => Assert.Equal(item.Shown, masked.Shows(item.Record, item.Item)));
        }
    });

    /// <summary>No item of <paramref name="less"/> is shown more than in <paramref name="more"/>: neither now nor once the needs are dropped.</summary>
    private static void NeverMore(AccessQuestion less, AccessQuestion more)
    {
        var (narrow, wide) = (AccessRules.Decide(less), AccessRules.Decide(more));
        Assert.All(narrow.Items, item => Assert.True(item.Shown >= wide.Of(item.Record, item.Item)!.Shown, $"{Text(narrow)} shows more than {Text(wide)}"));
    }

    private static string Text(Decision decision) =>
        $"{decision.Overall} [{string.Join(',', decision.ReasonCodes)}] {string.Join(' ', decision.Items.Select(item => $"{item.Item}:{item.Shown}"))}";

    private static void Holds<T>(Gen<T> questions, Action<T> law) => Check.One(Many, Prop.ForAll(questions.ToArbitrary(), law));

    private static AccessQuestion Less(AccessQuestion question, bool[] keep, int which)
    {
        IEnumerable<T> Some<T>(IEnumerable<T> all) => all.Where((_, index) => keep[index % keep.Length]);
        return which switch
        {
            0 when question.Policy is not null => question.Rules(p => p with { Authorisations = [.. Some(p.Authorisations)] }),
            1 when question.Actor is not null => question.Actor(a => a with { Duties = Some(a.Duties).ToDictionary() }),
            2 when question.Customer is not null => question.Whom(c => c with
            {
                // Removing a consent never reads an objection out of the row: what was said against a use stays.
                Consents = c.Consents.Where((pair, index) => keep[index] || pair.Value.State is ConsentState.Withdrawn or ConsentState.Refused).ToDictionary(),
            }),
            3 when question.Customer is not null => question.Whom(c => c with
            {
                Consents = c.Consents.ToDictionary(pair => pair.Key, pair => keep[0] ? new ConsentFacts(ConsentState.Withdrawn, null) : pair.Value),
            }),
            4 when question.Actor is not null => question.Actor(a => a with { Strength = keep[0] ? Strength.None : Strength.Password }),
            5 => question with { Approval = null },
            6 when question.Actor is not null => question.Actor(a => a with { Grants = [.. Some(a.Grants)] }),
            7 when question.Customer is not null => question.Whom(c => c with { Lists = c.Lists.Append(keep[0] ? Lists.Keys.First() : CustomerListId.New()).ToHashSet() }),
            8 when question.Actor is not null => question.Actor(a => a with { Grants = [.. a.Grants.Select(grant => keep[0] ? grant with { Units = new HashSet<UnitId>() } : grant)] }),
            _ => question,
        };
    }

    private static AccessQuestion Stricter(AccessQuestion question, int index, bool child) => child && question.Customer is not null
        ? question.Whom(c => c with { Minor = true })
        : question with
        {
            Items = [.. question.Items.Select((item, i) => i % 4 != index % 4 ? item : item with
            {
                Level = item.Level < Level.Critical ? item.Level + 1 : item.Level,
                Mark = index > 10 ? Mark.Sensitive : item.Mark,
            })],
        };

    private static AccessQuestion OffShift(AccessQuestion question) => question.Actor is null
        ? question
        : question.Actor(actor => actor with { Grants = [.. actor.Grants.Select((grant, i) => i % 2 == 0 ? grant with { OnShift = false } : grant)] });

    private static Gen<IEnumerable<T>> MostlyAll<T>(T[] all) =>
        from part in Gen.SubListOf(all)
        from whole in Gen.Elements(true, true, true, false)
        select whole ? all : (IEnumerable<T>)part;

    private static Gen<IReadOnlyList<GrantFacts>> Grants =>
        from count in Gen.Choose(0, 4)
        from grants in Grant.ListOf(count)
        select (IReadOnlyList<GrantFacts>)[.. grants];

    private static Gen<GrantFacts> Grant =>
        from post in Gen.Elements(Posts)
        from acts in Gen.SubListOf(Acts)
        from rights in Gen.Elements(Rights)
        from scope in Gen.Frequency((3, Gen.Elements(Scope.All, Scope.OwnUnit)), (2, Gen.Elements(Enum.GetValues<Scope>())))
        from purposes in Gen.Frequency((3, Gen.Constant<IReadOnlySet<PurposeKey>?>(null)), (1, Gen.SubListOf(Purposes).Select(some => (IReadOnlySet<PurposeKey>?)some.ToHashSet())))
        from categories in Gen.Frequency((4, Gen.Constant<IReadOnlySet<Category>?>(null)), (1, Gen.Constant<IReadOnlySet<Category>?>(new HashSet<Category> { Category.Contact })))
        from finds in Gen.Elements<int?>(null, 0, 5)
        from unit in Gen.Elements(Scene.Desk, Elsewhere)
        select new GrantFacts(
            new RoleRule(post, new HashSet<Act>(acts) { Act.View }, rights, scope) { Purposes = purposes, Categories = categories, FindsPerHour = finds },
            new HashSet<UnitId> { unit });

    private static Gen<ItemFacts> Item =>
        from record in Gen.Frequency((6, Gen.Constant<RecordFacts?>(Scene.Booking)), (3, Gen.Elements<RecordFacts?>(Records)), (1, Gen.Constant<RecordFacts?>(null)))
        from key in Gen.Elements(Keys)
        from level in Gen.Frequency((9, Gen.Elements(Level.Low, Level.Moderate, Level.Sensitive, Level.Critical)), (1, Gen.Constant((Level)8)))
        from mark in Gen.Elements(Mark.None, Mark.House, Mark.Sensitive)
        from never in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        from purposes in MostlyAll(Purposes)
        from collected in MostlyAll(Purposes)
        from limit in Gen.Elements(2_500, 25, 0, -1)
        select new ItemFacts(record, key, level, Category.Identity, mark)
        {
            NeverShown = never, Purposes = purposes.ToHashSet(), CollectedFor = collected.ToHashSet(), VolumeLimit = limit,
        };

    private static Gen<AccessPolicy> Policy =>
        from authorisations in MostlyAll(AllAuthorisations)
        from duty in Gen.Elements<DutyRule?>(null, null, new("training", Level.Moderate, null), new("nda", Level.Low, new HashSet<PostKey> { Posts[2] }))
        from zone in Gen.Elements<ZoneRule?>(null, null, new ZoneRule(Level.Critical, new HashSet<string> { "branch" }))
        from hours in Gen.Elements<HoursRule?>(null, null, new HoursRule(Posts[2], new HashSet<DayOfWeek>(), 0, 1440, 480))
        from factors in Gen.Elements(AccessPolicy.DefaultFactors, [])
        select new AccessPolicy
        {
            Authorisations = [.. authorisations],
            Duties = duty is null ? [] : [duty],
            Zones = zone is null ? [] : [zone],
            Lists = Lists,
            Hours = hours is null ? [] : [hours],
            Factors = factors,
        };

    private static readonly UseAuthorisation[] AllAuthorisations =
    [
        .. from post in Posts
           from purpose in Purposes
           select new UseAuthorisation(AuthorisationId.New(), post, null, purpose, Keys.ToHashSet(), 0, long.MaxValue),
    ];

    private static Gen<CustomerFacts> Customer =>
        from state in Gen.Frequency((6, Gen.Constant(LifeState.Active)), (3, Gen.Elements(LifeState.Restricted, LifeState.Archived)), (1, Gen.Elements(LifeState.Destroyed, (LifeState)9)))
        from entity in Gen.Frequency((8, Gen.Constant(Scene.Airline)), (1, Gen.Constant(Scene.Hotel)))
        from states in Gen.Elements(Enum.GetValues<ConsentState>()).ListOf(Purposes.Length)
        from given in Gen.SubListOf(Purposes)
        from minor in Gen.Frequency((5, Gen.Constant(false)), (1, Gen.Constant(true)))
        from lists in Gen.Frequency((8, Gen.Constant<CustomerListId[]>([])), (2, Gen.SubListOf(Lists.Keys.ToArray()).Select(some => some.ToArray())))
        select new CustomerFacts(Scene.Customer, entity, state)
        {
            Lists = lists.ToHashSet(),
            Minor = minor,
            OpenCase = true,
            Units = new HashSet<UnitId> { Scene.Desk },
            Consents = given.Select((purpose, i) => (purpose, new ConsentFacts(states[i], i == 0 ? Scene.Now + 5 : null))).ToDictionary(pair => pair.purpose, pair => pair.Item2),
        };

    /// <summary>Questions in which nothing is missing; most of them show something.</summary>
    private static Gen<AccessQuestion> Sound =>
        from policy in Policy
        from grants in Grants
        from customer in Customer
        from purpose in Gen.Elements(Purposes)
        from count in Gen.Choose(1, 6)
        from items in Item.ListOf(count)
        from clear in Gen.SubListOf(Keys)
        from act in Gen.Frequency((6, Gen.Constant(Act.View)), (2, Gen.Elements(Act.Find, Act.Contact, Act.Correct, Act.Export)))
        from strength in Gen.Elements(Strength.Password, Strength.SecondFactor, Strength.Passkey)
        from age in Gen.Elements(0L, 60_000L, 6_000_000L)
        from verified in Gen.Elements(true, false)
        from revealed in Gen.Elements(0, 30, 5_000)
        from approve in Gen.Elements(true, false)
        from also in Gen.Frequency((5, Gen.Constant(false)), (1, Gen.Constant(true)))
        let question = new AccessQuestion
        {
            Policy = policy,
            Act = act,
            Actor = new ActorFacts
            {
                Person = Scene.Agent, Active = true, Grants = grants, Entities = new HashSet<EntityId> { Scene.Airline },
                Strength = strength, StrengthAt = Scene.Now - age, Zone = "office",
                Duties = new Dictionary<string, long> { ["training"] = Scene.Now + 1, ["nda"] = Scene.Now + 1 },
            },
            Customer = customer,
            Purpose = purpose,
            PurposeKnown = Scene.Purposes[purpose] with { AlsoConsent = also },
            Items = [.. items],
            Clear = clear.ToHashSet(),
            Session = new ServiceFacts(Scene.Customer, Scene.Agent, verified, Scene.Now + 1),
            HasTicket = verified,
            Volume = new VolumeFacts(revealed, 1, new Dictionary<int, int> { [25] = revealed, [2_500] = revealed }),
            Now = Scene.Now,
        }
        select approve ? question with { Approval = question.Approval() } : question;

    private static Gen<AccessQuestion> Questions =>
        from question in Sound
        from spoil in Gen.Choose(0, 24)
        from act in Gen.Elements(Acts)
        from client in Gen.Elements(true, false)
        select spoil switch
        {
            0 => question with { Policy = null },
            1 => question with { Actor = null },
            2 => question with { Act = null },
            3 => question with { Customer = null },
            4 => question with { Purpose = null },
            5 => question with { PurposeKnown = null },
            6 => question with { Session = null },
            7 => question with { Volume = null },
            8 => question with { Now = long.MaxValue },
            9 => question with { Now = long.MinValue },
            10 => question with { Purpose = default(PurposeKey) },
            11 or 12 => question with { Act = act },
            13 or 14 => question.Actor(a => a with
            {
                Client = new ClientFacts(ClientId.New(), Acts.ToHashSet(), Purposes.ToHashSet(), client ? null : new HashSet<ItemKey> { Keys[0] }, null, true, client),
            }),
            _ => question,
        };
}
