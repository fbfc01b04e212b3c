using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Rosters;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Spine.Access;

namespace Strongroom.Tests.Spine.Identity.Rosters;

/// <summary>Shifts in local times: midnight, leap days, clocks that jump; and what being off shift means (R44).</summary>
public sealed class RosterRulesTests
{
    private const long Hour = 3_600_000;
    private static readonly PostKey Counter = PostKey.Of("counter");
    private static readonly string[] Places = ["Asia/Shanghai", "Asia/Urumqi", "Europe/Dublin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Casablanca", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"];

    private static TimeZoneInfo Zone(string name) => RosterRules.Find(name) ?? throw new InvalidOperationException($"This machine knows no {name}: install tzdata.");

    [Theory]
    [InlineData("2026-11-23,08:00,16:00,li.lei,counter,desk", 480, 960)]
    [InlineData("2026-11-23,22:00,06:00,li.lei,counter,desk", 1_320, 1_800)]
    [InlineData("2026-11-23,16:00,24:00,li.lei,counter,desk", 960, 1_440)]
    [InlineData("2028-02-29,9:30,17:00,LI.Lei , counter ,desk ", 570, 1_020)]
    public void A_line_reads_as_minutes_of_its_day_and_an_earlier_end_is_tomorrow(string text, int start, int end)
    {
        var (line, fault) = RosterRules.Read(text, 2);
        Assert.Null(fault);
        Assert.Equal((start, end, "li.lei", "counter", "desk"), (line!.StartMinute, line.EndMinute, line.Account, line.Post.Value, line.Unit));
    }

    [Theory]
    [InlineData("2027-02-29,08:00,16:00,li.lei,counter,desk", "line 7, column 1", "roster.day")]
    [InlineData("2026-11-23,8,16:00,li.lei,counter,desk", "line 7, column 2", "roster.time")]
    [InlineData("2026-11-23,24:00,06:00,li.lei,counter,desk", "line 7, column 2", "roster.time")]
    [InlineData("2026-11-23,08:00,25:00,li.lei,counter,desk", "line 7, column 3", "roster.time")]
    [InlineData("2026-11-23,08:00,08:00,li.lei,counter,desk", "line 7, column 3", "roster.long")]
    [InlineData("2026-11-23,08:00,16:00,l,counter,desk", "line 7, column 4", "person.unknown")]
    [InlineData("2026-11-23,08:00,16:00,li.lei,Counter!,desk", "line 7, column 5", "post.unknown")]
    [InlineData("2026-11-23,08:00,16:00,li.lei,counter", "line 7, column 6", "roster.columns")]
    [InlineData("2026-11-23,08:00,16:00,li.lei,counter,desk,more", "line 7, column 6", "roster.columns")]
    [InlineData("", "line 7, column 2", "roster.columns")]
    public void What_cannot_be_read_is_told_by_line_column_and_code(string text, string at, string code)
    {
        var (line, fault) = RosterRules.Read(text, 7);
        Assert.Null(line);
        Assert.Equal((at, code), (fault!.At, fault.Code));
    }

    [Fact]
    public void No_line_breaks_the_reader_and_each_gives_a_shift_or_a_fault() => Check.QuickThrowOnFailure(Prop.ForAll<string>(text =>
        RosterRules.Read(text ?? "", 3) is ({ } line, null) ? line.EndMinute > line.StartMinute && line.EndMinute - line.StartMinute <= RosterRules.LongestMinutes
        : RosterRules.Read(text ?? "", 3) is (null, { At.Length: > 0 })));

    [Fact]
    public void In_every_zone_and_on_every_day_a_shift_begins_and_ends_when_the_wall_clock_says() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(3_000), Prop.ForAll(
        (from place in Gen.Elements(Places)
         from day in Gen.Choose(0, 366 * 12)
         from start in Gen.Choose(0, 1_439)
         from length in Gen.Choose(1, RosterRules.LongestMinutes)
         select (Zone: Zone(place), Line: new RosterLine(2, new DateOnly(2019, 1, 1).AddDays(day), start, start + length, "x", Counter, "u"))).ToArbitrary(),
        drawn =>
        {
            var (from, until) = RosterRules.Instants(drawn.Line, drawn.Zone);

            // A clock that jumps makes a shift longer or shorter by its jump, never empty, and never by more than that.
            var planned = (drawn.Line.EndMinute - drawn.Line.StartMinute) * 60_000L;
            var jump = Math.Abs((drawn.Zone.GetUtcOffset(At(from - (26 * Hour))) - drawn.Zone.GetUtcOffset(At(until + (26 * Hour)))).TotalMilliseconds);
            Assert.InRange(until - from, Math.Max(planned > jump ? 1 : 0, planned - jump), planned + jump);
            Shown(drawn.Line.Day, drawn.Line.StartMinute, from, drawn.Zone);
            Shown(drawn.Line.Day, drawn.Line.EndMinute, until, drawn.Zone);
        }));

    [Fact]
    public void Clocks_that_jump_give_the_longer_shift_when_an_hour_comes_twice_and_the_next_moment_when_it_never_comes()
    {
        long Utc(int month, int day, int hour, int minute) => new DateTimeOffset(2026, month, day, hour, minute, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        var york = Zone("America/New_York");

        // 8 March 2026, 02:00 does not exist; 1 November, 01:30 comes twice.
        Assert.Equal((Utc(3, 8, 7, 30), Utc(3, 8, 13, 0)), RosterRules.Instants(Line(3, 8, 150, 540), york));
        Assert.Equal((Utc(11, 1, 5, 30), Utc(11, 1, 13, 0)), RosterRules.Instants(Line(11, 1, 90, 480), york));
        Assert.Equal((Utc(11, 1, 2, 0), Utc(11, 1, 6, 30)), RosterRules.Instants(Line(10, 31, 1_320, 1_530), york));
        Assert.Equal((Utc(11, 23, 14, 0), Utc(11, 23, 22, 0)), RosterRules.Instants(Line(11, 23, 1_320, 1_800), Zone("Asia/Shanghai")));

        static RosterLine Line(int month, int day, int start, int end) => new(2, new DateOnly(2026, month, day), start, end, "x", Counter, "u");
    }

    [Fact]
    public void A_units_time_zone_is_its_own_or_that_of_the_nearest_above_and_rings_end()
    {
        UnitId root = UnitId.New(), branch = UnitId.New(), desk = UnitId.New();
        var units = new Dictionary<UnitId, UnitContent>
        {
            [root] = new(EntityId.New(), desk, "root", MemberState.Active), [branch] = new(EntityId.New(), root, "branch", MemberState.Active) { TimeZone = "Asia/Urumqi" },
            [desk] = new(EntityId.New(), branch, "desk", MemberState.Active),
        };
        Assert.Equal("Asia/Urumqi", RosterRules.ZoneOf(desk, units)!.Id);
        units[branch] = units[branch] with { TimeZone = null };
        Assert.Equal("Asia/Shanghai", RosterRules.ZoneOf(desk, units)!.Id);
        units[root] = units[root] with { TimeZone = "Europe/Nowhere" };
        Assert.Null(RosterRules.ZoneOf(desk, units));
        Assert.Null(RosterRules.Find("../../etc/passwd"));
        Assert.Null(RosterRules.Find("China Standard Time"));
    }

    [Fact]
    public void A_bound_post_opens_nothing_off_shift_grace_included_and_an_unbound_one_does_not_ask()
    {
        var now = Scene.Now;
        RosterBook Book(long from, long until, PostKey? post = null, UnitId? unit = null) => new(
            [new RosterRule(Counter, 15 * 60_000, 30 * 60_000)], [new ShiftContent(Scene.Agent, post ?? Counter, unit ?? Scene.Desk, from, until)], now);
        var units = new HashSet<UnitId> { Scene.Desk };
        bool On(RosterBook book, long at = 0) => book.OnShift(Scene.Agent, Counter, units, now + at);
        Assert.True(On(Book(now, now + Hour)));
        Assert.True(On(Book(now + (15 * 60_000), now + Hour)));
        Assert.False(On(Book(now + (15 * 60_000) + 1, now + Hour)));
        Assert.True(On(Book(now - Hour, now - (30 * 60_000) + 1)));
        Assert.False(On(Book(now - Hour, now - (30 * 60_000))));
        Assert.False(On(Book(now, now + Hour, post: PostKey.Of("back-office"))));
        Assert.False(On(Book(now, now + Hour, unit: UnitId.New())));
        Assert.False(Book(now, now + Hour).OnShift(PersonId.New(), Counter, units, now));
        Assert.True(Book(now, now + Hour).OnShift(PersonId.New(), PostKey.Of("back-office"), units, now));

        // A book of other days knows nothing: nobody is on shift by it.
        Assert.False(On(Book(now, now + (100 * Hour)), 24 * Hour));
        Assert.False(Book(now, now + (100 * Hour)).Covers(now + (24 * Hour)));
        Assert.True(RosterBook.Empty.Covers(now));
        Assert.Empty(Book(now, now + (100 * Hour)).Now(now + (25 * Hour)));

        var question = Scene.View("counter").Clear(Scene.Sensitive);
        var off = question.Actor(actor => actor with { Grants = [.. actor.Grants.Select(grant => grant with { OnShift = false })] });
        Assert.Contains(Reasons.HoursOff, AccessRules.Decide(off).Reasons);
        Assert.DoesNotContain(Reasons.HoursOff, AccessRules.Decide(question).Reasons);
        Assert.NotNull(Reasons.HoursOff.Fix);
    }

    [Fact]
    public void Two_rules_for_one_post_leave_the_shorter_grace()
    {
        var book = new RosterBook([new RosterRule(Counter, 0, Hour), new RosterRule(Counter, Hour, 0)], [new ShiftContent(Scene.Agent, Counter, Scene.Desk, Scene.Now, Scene.Now + Hour)], Scene.Now);
        var units = new HashSet<UnitId> { Scene.Desk };
        Assert.False(book.OnShift(Scene.Agent, Counter, units, Scene.Now - 1));
        Assert.True(book.OnShift(Scene.Agent, Counter, units, Scene.Now));
        Assert.False(book.OnShift(Scene.Agent, Counter, units, Scene.Now + Hour));
    }

    /// <summary>
    /// The wall shows this time at that instant, or the clock jumped over it, seen by looking at every quarter of an hour around: the library's own
    /// answer takes the first moment of some gaps (Casablanca, 14 March 2027, 02:00) for one that exists.
    /// </summary>
    private static void Shown(DateOnly day, int minute, long instant, TimeZoneInfo zone)
    {
        var wanted = day.ToDateTime(TimeOnly.MinValue).AddMinutes(minute);
        var shown = TimeZoneInfo.ConvertTime(At(instant), zone).DateTime;
        Assert.True(shown == wanted || (shown > wanted && !Exists()), $"{zone.Id}: {wanted:o} became {shown:o}");

        bool Exists() => Enumerable.Range(-15 * 4, 30 * 4).Any(quarter =>
            TimeZoneInfo.ConvertTime(new DateTimeOffset(wanted, TimeSpan.Zero).AddMinutes(15 * quarter), zone).DateTime == wanted);
    }

    private static DateTimeOffset At(long instant) => DateTimeOffset.FromUnixTimeMilliseconds(instant);
}
