using Strongroom.Spine.Approvals;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Tests.Store.Catalogue;
using Strongroom.Use.Asking;
using Strongroom.Use.Compare;
using Strongroom.Use.Correct;
using Strongroom.Use.Sessions;
using Strongroom.Use.View;
using Strongroom.Use.Volume;

namespace Strongroom.Tests.Use;

public sealed class UseRulesTests
{
    private const long Now = 1_790_000_000_000;

    private static readonly Knowledge Airline = new(
        new PolicySnapshot(1, null, [], PostBook.Empty, OrganisationTree.Empty, []), Packs.Load("airline"));

    [Theory]
    [InlineData("birth", "1949-12-31", ComparePart.Whole, "1949年12月31日", Match.Match)]
    [InlineData("birth", "1949-12-31", ComparePart.Whole, "1949-12-30", Match.NoMatch)]
    [InlineData("id_no", "11010519491231002X", ComparePart.Last4, "002x", Match.Match)]
    [InlineData("id_no", "11010519491231002X", ComparePart.Last4, "0020", Match.NoMatch)]
    [InlineData("id_no", "11010519491231002X", ComparePart.Last4, "2X", Match.NoMatch)]
    [InlineData("itinerary", "CA1301 PEK-CAN 2024-05-01; CA1302 CAN-PEK 2024-05-03", ComparePart.Route, "can pek", Match.Match)]
    [InlineData("itinerary", "CA1301 PEK-CAN 2024-05-01", ComparePart.Route, "CAN-PEK", Match.NoMatch)]
    public void What_the_caller_says_matches_in_any_spelling(string item, string stored, object part, string said, object match) =>
        Assert.Equal((Match)match, CompareRules.Compare(Airline.Item(ItemKey.Of(item))!.Kind, new Said(said, (ComparePart)part), [null, "", stored]));

    [Fact]
    public void A_broken_value_matches_nothing() =>
        Assert.Equal(Match.NoMatch, CompareRules.Compare(ItemKinds.Of("date"), new Said(""), ["", null, "rubbish"]));

    [Theory]
    [InlineData("id_no", ComparePart.Last4, CallerProof.Document)]
    [InlineData("passport", ComparePart.Whole, CallerProof.Document)]
    [InlineData("birth", ComparePart.Whole, CallerProof.Birth)]
    [InlineData("pnr", ComparePart.Whole, CallerProof.Booking)]
    [InlineData("ticket_no", ComparePart.Whole, CallerProof.Booking)]
    [InlineData("itinerary", ComparePart.Route, null)]
    [InlineData("name", ComparePart.Whole, null)]
    [InlineData("mobile", ComparePart.Whole, null)]
    [InlineData("mobile", ComparePart.Last4, null)]
    [InlineData("ticket_no", ComparePart.Last4, null)]
    [InlineData("seat", ComparePart.Whole, null)]
    public void Only_what_a_caller_knows_and_a_telephone_does_not_show_proves_anything(string item, object part, object? proof) =>
        Assert.Equal((CallerProof?)proof, CompareRules.Proves(Airline.Item(ItemKey.Of(item))!, (ComparePart)part));

    [Fact]
    public void A_route_proves_something_only_where_the_mask_does_not_show_it()
    {
        var known = Airline.Item(ItemKey.Of("itinerary"))!;
        Assert.Equal(CallerProof.Route, CompareRules.Proves(known with { Definition = known.Definition with { Mask = "hidden" } }, ComparePart.Route));
    }

    [Theory]
    [InlineData(LifeState.Active, 0, true)]
    [InlineData(LifeState.Active, 1, false)]
    [InlineData(LifeState.Restricted, 0, false)]
    [InlineData(LifeState.Archived, 0, false)]
    public void Only_settled_values_of_active_records_verify(LifeState state, long late, bool verifies)
    {
        var held = Held(ItemKey.Of("birth"), state);
        held = held with { Value = held.Value with { At = Now - 1000 + late } };
        Assert.Equal(verifies, CompareRules.Verifies(held, Session(), settledMs: 1000));
    }

    [Fact]
    public void Booking_and_route_verify_nobody() =>
        Assert.Null(CallerRules.Tried(Session(), [CallerProof.Booking, CallerProof.Route], 3, Now).VerifiedAt);

    [Fact]
    public void Two_different_proofs_within_the_tries_verify_and_one_twice_does_not()
    {
        var session = Session();
        var birth = CallerRules.Tried(session, [CallerProof.Birth], 3, Now);
        var again = CallerRules.Tried(birth, [CallerProof.Birth], 3, Now);
        Assert.Null(again.VerifiedAt);
        Assert.Equal(Now, CallerRules.Tried(again, [CallerProof.Route], 3, Now).VerifiedAt);
        Assert.Null(CallerRules.Tried(CallerRules.Tried(again, [], 3, Now), [CallerProof.Route], 3, Now).VerifiedAt);
        Assert.Equal(Now, CallerRules.Tried(session, [CallerProof.Birth, CallerProof.Document], 3, Now).VerifiedAt);
    }

    [Fact]
    public void Another_customer_keeps_the_tries_and_drops_the_proofs()
    {
        var verified = CallerRules.Tried(Session(), [CallerProof.Birth, CallerProof.Document], 3, Now);
        var other = CallerRules.For(verified, CustomerId.New());
        Assert.Equal((null, 0, 1), (other.VerifiedAt, other.Matched.Count, other.Tries));
        Assert.Same(verified, CallerRules.For(verified, verified.Customer!.Value));
    }

    [Fact]
    public void An_ended_session_or_one_without_a_customer_serves_nobody()
    {
        Assert.False(Session().Facts(Now, 3)!.Exhausted);
        Assert.True((Session() with { Tries = 3 }).Facts(Now, 3)!.Exhausted);
        Assert.False((Session() with { Tries = 3, VerifiedAt = Now }).Facts(Now, 3)!.Exhausted);
        Assert.Null(Session().Facts(Session().Until, 3));
        Assert.Null((Session() with { Customer = null }).Facts(Now, 3));
    }

    [Theory]
    [InlineData(0, 480, "d0", 57_600_000)]
    [InlineData(57_599_999, 480, "d0", 57_600_000)]
    [InlineData(57_600_000, 480, "d1", 144_000_000)]
    [InlineData(0, -480, "d0", 115_200_000)]
    public void A_day_begins_at_the_companys_midnight(long now, int offset, string name, long until) =>
        Assert.Equal((name, until), PeriodRules.Day(now, offset));

    [Fact]
    public void An_earlier_value_stays_no_longer_than_the_items_own_term_and_not_at_all_once_used()
    {
        Assert.Equal(Instants.At(Now).AddYears(3).ToUnixTimeMilliseconds(), CorrectRules.KeepOldUntil(Rule("mobile"), Now));
        Assert.Null(CorrectRules.KeepOldUntil(Rule("id_image"), Now));
        Assert.Null(CorrectRules.KeepOldUntil(Rule("contact_pref"), Now));
        Assert.Null(CorrectRules.KeepOldUntil(Rule("ff_no"), Now));
    }

    [Fact]
    public void An_archived_record_shows_a_legal_duty_only_the_items_it_names()
    {
        var purpose = Airline.Catalogue.Purposes.First(one => one.DutyItems.Count > 0);
        var inside = Airline.Catalogue.Items.First(item => item.Purposes.Contains(purpose.Key) && purpose.DutyItems.Contains(item.Key));
        var outside = Airline.Catalogue.Items.FirstOrDefault(item => item.Purposes.Contains(purpose.Key) && !purpose.DutyItems.Contains(item.Key));
        Assert.Contains(purpose.Key, Held(inside.Key, LifeState.Archived).Facts(null, Airline, purpose.Key).Purposes);
        if (outside is not null)
        {
            Assert.DoesNotContain(purpose.Key, Held(outside.Key, LifeState.Archived).Facts(null, Airline, purpose.Key).Purposes);
            Assert.Contains(purpose.Key, Held(outside.Key, LifeState.Active).Facts(null, Airline, purpose.Key).Purposes);
        }
    }

    [Fact]
    public void An_unknown_intake_collected_for_nothing() => Assert.Empty(Held(ItemKey.Of("mobile"), LifeState.Active).Facts(null, Airline, null).CollectedFor);

    [Fact]
    public void Ordinary_values_among_the_sensitive_ones_belong_to_a_child()
    {
        Assert.True(HeldItem.ShowsMinor(Customer("mobile", Compartment.Sensitive), Airline));
        Assert.False(HeldItem.ShowsMinor(Customer("mobile", Compartment.General), Airline));
        Assert.False(HeldItem.ShowsMinor(Customer("id_no", Compartment.Sensitive), Airline));
    }

    [Fact]
    public void Every_difference_gives_an_approval_another_digest()
    {
        ApprovalTarget target = new(CustomerId.From(1), RecordId.From(2), ItemKey.Of("mobile"), 3);
        var scope = new ApprovalScope("use.view", "some", new string('a', 64), 1_000) { Purpose = PurposeKey.Of("notify"), Masking = "clear", Targets = [target] };
        var content = new ApprovalContent(scope, PersonId.From(1), EntityId.From(2), UnitId.From(3), 10, 1, "policy") { State = ApprovalState.Requested, StepSince = 10, StepUntil = 1_000 };
        ApprovalContent With(ApprovalScope other) => content with { Scope = other };
        ApprovalContent[] others =
        [
            content with { Requester = PersonId.From(9) }, content with { Entity = EntityId.From(9) }, content with { Unit = UnitId.From(9) }, content with { Uses = 2 }, content with { Policy = "other" },
            With(scope with { Act = "use.correct" }), With(scope with { Subject = "other" }), With(scope with { Content = new string('b', 64) }), With(scope with { Until = 1_001 }),
            With(scope with { Purpose = PurposeKey.Of("fulfil") }), With(scope with { Masking = "masked" }), With(scope with { Recipient = "key" }), With(scope with { Mode = SceneMode.OnSite }), With(scope with { Scenes = ["vip"] }), With(scope with { From = 5 }), content with { Salt = "ab" },
            With(scope with { Targets = [] }), With(scope with { Targets = [target with { Version = 4 }] }), With(scope with { Targets = [target with { Item = ItemKey.Of("name") }] }),
            With(scope with { Targets = [target with { Record = RecordId.From(9) }] }), With(scope with { Targets = [target with { Customer = CustomerId.From(9) }] }),
        ];
        Assert.Equal(others.Length + 1, others.Append(content).Select(one => one.Digest).Distinct().Count());
        Assert.Equal(content.Digest, (content with { State = ApprovalState.Approved, Step = 1, Votes = [new ApprovalVote(0, PersonId.From(4), null, PostKey.Of("dpo"), ApprovalVerdict.Approve, 5)] }).Digest);
    }

    [Theory]
    [InlineData("back-office", 25)]
    [InlineData("call-agent", 5)]
    [InlineData("dpo", 5)]
    public void Bulk_ends_where_the_post_says(string post, int most) => Assert.Equal(
        most,
        ViewManyRules.MostFor(new Actor { Kind = ActorKind.Person, Posts = [new HeldPost(PostKey.Of(post), UnitId.From(1), 0, null)] }, Airline.Catalogue));

    private static RetentionRule Rule(string item) => Airline.Catalogue.Item(ItemKey.Of(item))!.Retain;

    private static ServiceSession Session() => new(
        ServiceSessionId.From(1), 1, PersonId.From(1), CustomerId.From(1), PurposeKey.Of("notify"), null, [], 0, new HashSet<CallerProof>(), null, Now, Now + 1000);

    private static HeldItem Held(ItemKey item, LifeState state)
    {
        var customer = Customer(item.Value, Compartment.General);
        var record = customer.Records[0] with { State = state };
        return new HeldItem(record, record.Items[0], Airline.Item(item)!);
    }

    private static CustomerSnapshot Customer(string item, Compartment compartment) => new(
        CustomerId.From(1), CustomerKind.Person, EntityId.From(7), LifeState.Active, 1, new Dictionary<PurposeKey, ConsentNow>(),
        [new RecordSnapshot(RecordId.From(2), CustomerId.From(1), RecordTypeKey.Of("profile"), EntityId.From(7), LifeState.Active, 1, 0,
            [new SealedItem(ItemKey.Of(item), 1, compartment, 0, IntakeId.From(5), [])])],
        1, null, [new RowVersion(CustomerId.From(1), 1)], []);
}
