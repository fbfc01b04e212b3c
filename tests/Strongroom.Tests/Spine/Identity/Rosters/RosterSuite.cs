using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Rosters;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Harness;
using static Strongroom.Tests.Harness.Outcomes;

namespace Strongroom.Tests.Spine.Identity.Rosters;

/// <summary>Rosters as rows: taken in whole or not at all, swapped by the lead, bounded in memory (R44).</summary>
public abstract class RosterSuite(TestStore store) : StoreSuite(store)
{
    private const long Day = 86_400_000;
    private static readonly PostKey Agent = PostKey.Of("call-agent");

    private readonly ManualTime time = new();
    private readonly IdentityKeys keys = new();
    private IdentityNode node = null!;
    private IdentityNode other = null!;
    private FirstOrganisation first = null!;
    private Actor lead = null!;
    private PersonId wang;
    private PersonId zhao;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        node = new IdentityNode(Db, keys, time);
        other = new IdentityNode(await OpenAsync(Options), keys, time);
        first = Done(await node.Bootstrap.BeginAsync("某某航空", [("admin.one", "管理员甲"), ("admin.two", "管理员乙")], "zh", default));
        await Db.WriteAsync(tx => node.Policies.PutAsync(
            tx, [PolicyContent.Of(PolicyKind.Roster, "rosters", new RosterRow(Agent))], IdentityFacts.BySystem("policy-seeded")));
        lead = new Actor
        {
            Kind = ActorKind.Person, Person = await HireAsync("lead.one", post: null), Posts = [new HeldPost(PostKey.Of("shift-lead"), first.Unit, 0, null)],
        };
        (wang, zhao) = (await HireAsync("wang.fang"), await HireAsync("zhao.yi"));
    }

    public override async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await other.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_night_shift_in_the_units_own_time_is_worked_across_midnight_and_seen_by_every_node()
    {
        // 1,750,000,000,000 is 15 June 2025, 15:06 UTC: 23:06 in Shanghai.
        var taken = Done(await ImportAsync("2025-06-15,22:00,06:00,wang.fang,call-agent,某某航空", "2025-06-16,08:00,16:00,zhao.yi,call-agent," + first.Unit));
        Assert.Equal(new RosterTaken(2, 2, 0, 0), taken);
        var shift = Assert.Single(await NowAsync(other));
        Assert.Equal((wang, first.Unit, Agent), (shift.Person, shift.Unit, shift.Post));
        Assert.Equal(8 * 3_600_000, shift.Until - shift.From);
        Assert.True(await OnShiftAsync(other, wang));
        Assert.False(await OnShiftAsync(other, zhao));

        time.Advance(TimeSpan.FromHours(7));   // 06:06: his is over, grace runs; hers begins at 08:00
        Assert.Empty(await NowAsync(other));
        Assert.True(await OnShiftAsync(node, wang));
        time.Advance(TimeSpan.FromHours(2));
        Assert.False(await OnShiftAsync(node, wang));
        Assert.True(await OnShiftAsync(node, zhao));
        Assert.Equal(zhao, Assert.Single(await NowAsync(node)).Person);
        Assert.Single(node.Log.Facts, fact => fact.Act.Value == RosterFacts.Imported && fact.Count == 2 && fact.Rows.Count == 2);
    }

    [Fact]
    public async Task One_wrong_line_and_nothing_of_the_file_is_there_and_each_fault_has_line_column_and_code()
    {
        await ImportAsync("2025-06-17,08:00,16:00,wang.fang,call-agent," + first.Unit);
        var closed = UnitId.From(Done(await node.Organisation.CreateUnitAsync(await AdminAsync(), first.Entity, first.Unit, "旧站", UnitKind.Branch, default)).Id);
        Done(await node.Organisation.ChangeUnitAsync(await AdminAsync(), closed, 1, null, null, MemberState.Closed, default));
        var refused = Refused(await ImportAsync(
            "2025-06-15,22:00,06:00,wang.fang,call-agent," + first.Unit,
            "2025-06-16,05:00,12:00,wang.fang,call-agent," + first.Unit,
            "2025-06-16,08:00,16:00,nobody.here,call-agent," + first.Unit,
            "2025-06-16,08:00,16:00,zhao.yi,dpo," + first.Unit,
            "2025-06-16,08:00,16:00,zhao.yi,juggler," + first.Unit,
            "2025-06-16,08:00,16:00,zhao.yi,call-agent," + closed,
            "2025-06-16,08:00,16:00,zhao.yi,call-agent," + UnitId.New(),
            "2025-06-16,08:00,16:00,lead.one,call-agent," + first.Unit,
            "2025-06-01,08:00,16:00,zhao.yi,call-agent," + first.Unit));
        Assert.Equal(
            [
                "line 3, column 2 roster.overlap", "line 4, column 4 person.unknown", "line 5, column 5 roster.post", "line 6, column 5 post.unknown",
                "line 7, column 6 roster.unit", "line 8, column 6 roster.unit", "line 9, column 4 people.self", "line 10, column 1 roster.day",
            ],
            refused.Errors.Select(error => $"{error.At} {error.Code}"));
        Assert.DoesNotContain(refused.Errors, error => (error.Zh + error.En + error.At).Contains("nobody", StringComparison.Ordinal));
        Assert.Empty(await NowAsync(other));
        Assert.Equal(1, await Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM roster_day")));
        Assert.Equal(1, await Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM control_row WHERE kind = 'roster-day'")));

        // Another roster cannot put him in two places either; and it is not for people of another unit.
        Assert.Equal("roster.overlap", Assert.Single(Refused(await ImportAsync("night", lead, "2025-06-17,15:00,20:00,wang.fang,call-agent," + first.Unit)).Errors).Code);
        Assert.Equal("roster.unit", Assert.Single(Refused(await ImportAsync("night", lead with { Posts = [] }, "2025-06-18,15:00,20:00,wang.fang,call-agent," + first.Unit)).Errors).Code);
        Assert.Equal("roster", Assert.Single(Refused(await ImportAsync("../x", lead)).Errors).At);
    }

    [Fact]
    public async Task The_same_day_again_changes_nothing_and_said_otherwise_is_replaced_with_its_swaps()
    {
        string[] lines = ["2025-06-15,22:00,06:00,wang.fang,call-agent," + first.Unit, "2025-06-16,22:00,06:00,wang.fang,call-agent," + first.Unit];
        Done(await ImportAsync(lines));
        Done(await SwapAsync(lead, new SwapRequest(new DateOnly(2025, 6, 15), wang, zhao, "ill")));
        var epoch = await Db.ReadAsync(ConfigEpoch.ReadAsync);
        Assert.Equal(new RosterTaken(2, 2, 2, 0), Done(await ImportAsync(lines)));
        Assert.Equal(epoch, await Db.ReadAsync(ConfigEpoch.ReadAsync));
        Assert.Equal(zhao, Assert.Single(await NowAsync(other)).Person);
        Assert.Equal(new RosterTaken(2, 2, 1, 1), Done(await ImportAsync("2025-06-15,21:00,05:00,wang.fang,call-agent," + first.Unit, lines[1])));
        Assert.Equal(wang, Assert.Single(await NowAsync(other)).Person);
    }

    [Fact]
    public async Task A_swap_is_entered_by_the_lead_and_not_by_who_gives_or_takes_the_shift()
    {
        Done(await ImportAsync("2025-06-15,22:00,06:00,wang.fang,call-agent," + first.Unit, "2025-06-16,04:00,10:00,zhao.yi,call-agent," + first.Unit));
        var (night, morning) = (new DateOnly(2025, 6, 15), new DateOnly(2025, 6, 16));
        var own = new Actor { Kind = ActorKind.Person, Person = wang, Posts = [new HeldPost(PostKey.Of("shift-lead"), first.Unit, 0, null)] };
        Assert.Equal("people.self", Refused(await SwapAsync(own, new SwapRequest(night, wang, zhao, "ill"))).Code);
        Assert.Equal("people.self", Refused(await SwapAsync(own, new SwapRequest(morning, zhao, wang, "ill"))).Code);
        Assert.Equal("roster.lead", Refused(await SwapAsync(lead with { Posts = [] }, new SwapRequest(night, wang, zhao, "ill"))).Code);
        Assert.Equal("roster.overlap", Code(await SwapAsync(lead, new SwapRequest(night, wang, zhao, "ill"))));
        Assert.Equal("roster.shift", Code(await SwapAsync(lead, new SwapRequest(morning, wang, zhao, "ill"))));
        Assert.Equal("roster.post", Code(await SwapAsync(lead, new SwapRequest(night, wang, first.Administrators[0].Person, "ill"))));
        Assert.Equal("person.unknown", Code(await SwapAsync(lead, new SwapRequest(night, wang, PersonId.New(), "ill"))));
        Assert.Equal("field.missing", Code(await SwapAsync(lead, new SwapRequest(night, wang, zhao, " "))));

        // Whoever answers for the unit may as well, whatever his post.
        var li = await HireAsync("li.lei");
        Done(await node.Organisation.NameResponsibleAsync(await AdminAsync(), first.Unit, 1, li, default));
        var swapped = Done(await SwapAsync(new Actor { Kind = ActorKind.Person, Person = li }, new SwapRequest(night, wang, await HireAsync("sun.li"), "ill"))).Shifts[0];
        Assert.Equal((wang, li), (swapped.Instead, swapped.SwappedBy));
        Assert.False(await OnShiftAsync(other, wang));
        Assert.True(await OnShiftAsync(other, swapped.Person));
        Assert.Single(node.Log.Facts, fact => fact.Act.Value == RosterFacts.Swapped && fact.Details?.Reason == "ill");
    }

    [Fact]
    public async Task The_snapshot_holds_the_days_around_now_however_much_is_planned_and_moves_with_the_calendar()
    {
        var start = new DateOnly(2025, 6, 15);
        Done(await ImportAsync([.. Enumerable.Range(0, 40).Select(i => $"{start.AddDays(i):yyyy-MM-dd},09:00,17:00,wang.fang,call-agent,{first.Unit}")]));
        var policies = other.Service<IPolicySnapshots>();
        var epoch = await Db.ReadAsync(ConfigEpoch.ReadAsync);
        Assert.Equal(3, (await policies.CurrentAsync(epoch)).Rosters.Count);
        Assert.Same(await policies.CurrentAsync(epoch), await policies.CurrentAsync(epoch));
        for (var day = 0; day < 38; day++)
        {
            var policy = await policies.CurrentAsync(epoch);
            Assert.InRange(policy.Rosters.Count, 3, 5);

            // 15:06 UTC is 23:06 in Shanghai; twelve hours on he is at work.
            Assert.Empty(new OnDuty().Now(policy, time.NowMs()));
            Assert.Single(new OnDuty().Now(policy, time.NowMs() + (Day / 2)));
            time.Advance(TimeSpan.FromDays(1));
        }
    }

    [Fact]
    public async Task A_lead_replaces_no_day_that_holds_shifts_of_units_that_are_not_his()
    {
        var south = UnitId.From(Done(await node.Organisation.CreateUnitAsync(await AdminAsync(), first.Entity, first.Unit, "南站", UnitKind.Branch, default)).Id);
        var branch = new Actor { Kind = ActorKind.Person, Person = PersonId.New(), Posts = [new HeldPost(PostKey.Of("shift-lead"), south, 0, null)] };
        var own = "2025-06-15,22:00,06:00,zhao.yi,call-agent," + south;
        Done(await ImportAsync("2025-06-15,22:00,06:00,wang.fang,call-agent," + first.Unit));
        Assert.Equal("roster.others", Refused(await ImportAsync("main", branch, own)).Code);
        Assert.Equal(wang, Assert.Single(await NowAsync(other)).Person);

        // A roster of his own is his to replace; and who leads above may replace that too.
        Done(await ImportAsync("south", branch, own));
        Assert.Equal(2, (await NowAsync(other)).Count);
        Done(await ImportAsync("south", lead, own.Replace("22:00", "21:00", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Whose_rights_may_have_changed_meanwhile_writes_no_roster_and_no_swap()
    {
        var line = RosterRules.Read("2025-06-15,22:00,06:00,wang.fang,call-agent," + first.Unit, 2).Line!;
        var late = await PresentAsync(lead);
        Done(await ImportAsync("2025-06-16,22:00,06:00,wang.fang,call-agent," + first.Unit));
        Assert.Equal("row.changed", Refused(await node.Service<RosterDesk>().ImportAsync(late, "main", [line], default)).Code);
        Assert.Equal("row.changed", Refused(await node.Service<RosterDesk>().SwapAsync(late, "main", new SwapRequest(new DateOnly(2025, 6, 16), wang, zhao, "ill"), default)).Code);
        Assert.Empty(await NowAsync(other));
    }

    [Fact]
    public async Task A_shift_written_into_the_database_by_hand_is_worked_by_nobody()
    {
        Done(await ImportAsync("2025-06-15,22:00,06:00,wang.fang,call-agent," + first.Unit));
        Assert.True(await OnShiftAsync(other, wang));
        await Db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync("UPDATE control_row SET content = replace(content, @wang, @zhao) WHERE kind = 'roster-day'", new { wang = wang.ToString(), zhao = zhao.ToString() });
            await ConfigEpoch.BumpAsync(tx);
        });
        Assert.False(await OnShiftAsync(other, zhao));
        Assert.False(await OnShiftAsync(other, wang));
        Assert.Empty(await NowAsync(node));
    }

    private Task<Outcome<RosterTaken>> ImportAsync(params string[] lines) => ImportAsync("main", lead, lines);

    private async Task<Outcome<RosterTaken>> ImportAsync(string roster, Actor by, params string[] lines)
    {
        var read = lines.Select((line, i) => RosterRules.Read(line, i + 2)).ToList();
        Assert.All(read, line => Assert.Null(line.Fault));
        return await node.Service<RosterDesk>().ImportAsync(await PresentAsync(by), roster, [.. read.Select(line => line.Line!)], default);
    }

    private async Task<Outcome<RosterDayView>> SwapAsync(Actor by, SwapRequest ask) => await node.Service<RosterDesk>().SwapAsync(await PresentAsync(by), "main", ask, default);

    private async Task<Actor> PresentAsync(Actor actor) => actor with { ConfigEpoch = await Db.ReadAsync(ConfigEpoch.ReadAsync) };

    private async Task<IReadOnlyList<DutyShift>> NowAsync(IdentityNode at) => at.Service<IOnDuty>().Now(await at.Service<IPolicySnapshots>().CurrentAsync(), time.NowMs());

    private async Task<bool> OnShiftAsync(IdentityNode at, PersonId person)
    {
        var policy = await at.Service<IPolicySnapshots>().CurrentAsync();
        return policy.Rosters.OnShift(person, Agent, policy.Organisation.Units[first.Unit].Below, time.NowMs());
    }

    private async Task<PersonId> HireAsync(string account, string? post = "call-agent")
    {
        var admin = await AdminAsync();
        var id = PersonId.From(Done(await node.HireAsync(admin, account, account, "zh")).Person.Id);
        if (post is not null)
        {
            Done(await node.People.GrantAsync(admin, id, new HeldPost(PostKey.Of(post), first.Unit, time.NowMs() - Day, null), default));
        }

        return id;
    }

    private Task<Actor> AdminAsync() => PresentAsync(new Actor { Kind = ActorKind.Person, Person = first.Administrators[0].Person });

    private static string Code<T>(Outcome<T> outcome) => Assert.Single(Refused(outcome).Errors).Code;
}

public sealed class RostersOnSqlite() : RosterSuite(TestStore.Sqlite());

public sealed class RostersOnPostgres(PostgresServer server) : RosterSuite(TestStore.Postgres(server));
