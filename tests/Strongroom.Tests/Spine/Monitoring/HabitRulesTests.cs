using System.Collections.Frozen;
using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Monitoring;
using Strongroom.Spine.Policies;

namespace Strongroom.Tests.Spine.Monitoring;

public sealed class HabitRulesTests
{
    private static readonly WatchRule Rule = new("views-habit", WatchRuleKind.Habit, "views", 0, 60, AlertResponse.Notify);

    [Fact]
    public void Who_does_what_he_always_did_is_never_unusual() => Prop.ForAll(
        Gen.Choose(1, 400).ArrayOf(8).ToArbitrary(), ArbMap.Default.ArbFor<NonNegativeInt>(), (days, which) =>
        {
            var habit = HabitOf(days);
            return !HabitRules.IsUnusual((long)habit.Mean, Rule, habit, habit) && !HabitRules.IsUnusual(days[which.Get % 8] / 2, Rule, habit, HabitOf([1, 1, 1, 1, 1, 1]));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void More_is_never_less_unusual_and_a_higher_floor_never_finds_more() => Prop.ForAll(
        Gen.Choose(1, 100).ArrayOf(8).ToArbitrary(), Gen.Choose(0, 2_000).ToArbitrary(), (days, n) =>
        {
            var habit = HabitOf(days);
            bool Unusual(long figure, long floor) => HabitRules.IsUnusual(figure, Rule with { Act = floor }, habit, null);
            return (!Unusual(n, 60) || Unusual(n + 1, 60)) && (!Unusual(n, 90) || Unusual(n, 60));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_habit_needs_days_and_colleagues_keep_a_busy_day_from_being_an_alarm()
    {
        Assert.False(HabitRules.IsUnusual(5_000, Rule, HabitOf([10, 10]), null));
        Assert.True(HabitRules.IsUnusual(120, Rule, HabitOf([10, 12, 9]), null));
        Assert.True(HabitRules.IsUnusual(120, Rule, HabitOf([10, 12, 9]), HabitOf([15, 14, 20, 22, 9])));
        Assert.False(HabitRules.IsUnusual(120, Rule, HabitOf([10, 12, 9]), HabitOf([110, 100, 130, 90, 140])));
        Assert.False(HabitRules.IsUnusual(59, Rule, HabitOf([1, 1, 1]), null));
    }

    [Fact]
    public void Thresholds_warn_at_a_tenth_and_act_at_the_number()
    {
        Assert.True(HabitRules.AreSound(WatchPolicy.Standard.Rules));
        foreach (var rule in WatchPolicy.Standard.Rules.Where(rule => rule.Kind == WatchRuleKind.Reveals))
        {
            var size = int.Parse(rule.Measure, System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal((size, (size + 9) / 10), ((int)rule.Act, (int)rule.Warn));
            Assert.Null(HabitRules.Reached(rule.Warn - 1, rule));
            Assert.Equal(AlertStage.Warn, HabitRules.Reached(rule.Act - 1, rule));
            Assert.Equal(AlertStage.Act, HabitRules.Reached(rule.Act, rule));
        }

        Assert.False(HabitRules.AreSound([Rule with { Measure = "nothing" }]));
        Assert.False(HabitRules.AreSound([Rule, Rule]));
        Assert.False(HabitRules.AreSound([Rule with { Warn = 61 }]));
    }

    [Fact]
    public void Off_hours_are_those_of_the_roster_where_the_post_works_by_one()
    {
        var (person, other, desk, night, day) = (PersonId.New(), PersonId.New(), UnitId.From(5), PostKey.Of("counter"), PostKey.Of("back-office"));
        const long Hour = 3_600_000;
        var now = DateTimeOffset.Parse("2026-03-02T15:30:00Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();   // 23:30 there
        var snapshot = new PolicySnapshot(1, null, [], PostBook.Empty, OrganisationTree.Empty with
        {
            Units = new Dictionary<UnitId, UnitReach> { [desk] = new(EntityId.From(7), new[] { desk }.ToFrozenSet()) }.ToFrozenDictionary(),
        }, [])
        {
            Rosters = new RosterBook([new RosterRule(night, 0, Hour)], [new ShiftContent(person, night, desk, now - Hour, now + (7 * Hour))], now),
        };
        bool Off(PersonId who, PostKey post, long at) => HoursRules.IsOff(who, [new HeldPost(post, desk, 0, null)], [], snapshot, at, new MonitoringOptions());

        // The night shift works at night, until the end of its grace; a colleague without a shift does not, and nor does either by day.
        Assert.False(Off(person, night, now));
        Assert.False(Off(person, night, now + (8 * Hour) - 1));
        Assert.True(Off(person, night, now + (8 * Hour)));
        Assert.True(Off(other, night, now));
        Assert.True(Off(other, night, now - (10 * Hour)));

        // A post without a roster keeps its windows; so does an instant whose days were not read.
        Assert.True(Off(person, day, now));
        Assert.False(Off(person, day, now - (10 * Hour)));
        Assert.False(Off(other, night, now - (58 * Hour)));
    }

    [Fact]
    public void An_entry_becomes_counts_by_what_it_says()
    {
        var (person, night) = (PersonId.New(), DateTimeOffset.Parse("2026-03-02T15:30:00Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());
        var setting = new UsageSetting(
            480, new Dictionary<ItemKey, ItemWeight> { [ItemKey.Of("id_no")] = new(Level.Sensitive, 250), [ItemKey.Of("name")] = new(Level.Moderate, 2_500) },
            new HashSet<string> { "person-created" }, (_, at) => HoursRules.IsOff([], [], at, new MonitoringOptions()));
        string[] Of(LogFact fact, long at) => [.. UsageRules.Of(new LogHeader(EntryId.New(), at, "n", fact, CustomerReference.From(new byte[32]), null), setting).Select(mark => mark.What).Order(StringComparer.Ordinal)];
        var view = new LogFact { Act = FactName.Of(Act.View), Actor = LogActor.Of(person), Decision = Verdict.Permit, Reasons = ["clear.name"] };
        Assert.Equal(["act:view", "m:acts", "m:off-hours", "m:views"], Of(view, night));
        Assert.Equal(["act:view", "m:acts", "m:reveals", "m:views"], Of(view with { Reasons = ["clear.id_no"] }, night - (6 * 3_600_000)));
        Assert.Contains("m:reveals", Of(view with { Reasons = ["clear.unknown_item"] }, night));
        Assert.Equal(["m:acts", "m:refused"], Of(view with { Decision = Verdict.Deny }, night));
        Assert.Equal(["act:person-created", "m:acts", "m:administration"], Of(view with { Act = FactName.Of("person-created"), Decision = null, Reasons = [] }, night - (6 * 3_600_000)));
        Assert.Empty(Of(view with { Actor = LogActor.Of(ClientId.New()) }, night));
        Assert.Equal(1, UsageRules.WeekdayOf(UsageRules.DayOf(night, 480)));
    }

    private static Habit HabitOf(IReadOnlyList<int> days) =>
        Habit.Of([new HabitRow { Days = days.Count, Sum = days.Sum(day => (long)day), Squares = days.Sum(day => (long)day * day) }])!;
}
