using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Accounts;
using Strongroom.Spine.Policies;
using Strongroom.Spine.Reviews;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Lists;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Identity;
using Strongroom.Use.Asking;
using Strongroom.Use.Find;
using Strongroom.Use.View;
using static Strongroom.Tests.Harness.Outcomes;

namespace Strongroom.Tests.Use;

/// <summary>Whose customer it is: units of the tree and controlled lists bind the one decision (R33, R35).</summary>
public abstract class ReachSuite(TestStore store) : UseWorld(store)
{
    private static readonly UnitId North = UnitId.From(71), South = UnitId.From(72);
    private static readonly LogFact Made = new() { Act = FactName.Of("unit-created"), Actor = LogActor.System };
    private static readonly ViewRequest Ask = new(Fulfil, Items: Items("name", "pnr"), Clear: Items("pnr"));

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var (unit, name) in new[] { (North, "北方"), (South, "南方") })
        {
            await Db.WriteAsync(tx => Control.SaveAsync(tx, new ControlKey(Members.Unit, unit.Value), 0, new UnitContent(Airline, Desk, name, MemberState.Active), Made));
        }
    }

    [Fact]
    public async Task A_branch_reaches_what_it_handles_and_the_head_office_reaches_all()
    {
        HandledBy = North;
        var person = await AgreedAsync();
        Assert.Equal(Pnr, Item(await ShownAsync(person.Id, Ask, await At(North)), "pnr").Value);
        Assert.Equal(Pnr, Item(await ShownAsync(person.Id, Ask, await At(Desk)), "pnr").Value);
        Assert.Equal("customer.unknown", (await RefusedAsync(person.Id, Ask, await At(South))).Code);
        Assert.Contains("scope.outside", (await LoggedAsync("view")).SelectMany(entry => entry.Header.Fact.Reasons));
    }

    [Fact]
    public async Task What_no_unit_handles_is_the_head_offices_alone()
    {
        var person = await AgreedAsync();
        Assert.Equal(Pnr, Item(await ShownAsync(person.Id, Ask, await At(Desk)), "pnr").Value);
        Assert.Equal("customer.unknown", (await RefusedAsync(person.Id, Ask, await At(North))).Code);
    }

    [Fact]
    public async Task A_customer_of_two_branches_shows_each_its_own_records_and_the_profile()
    {
        HandledBy = North;
        var person = await AgreedAsync();
        HandledBy = South;
        var tour = await RecordAsync(person.Id, "booking", null, false, null, ("pnr", "ZZ9ZZZ"));
        var south = await ShownAsync(person.Id, Ask, await At(South));
        Assert.Equal([person.Profile, tour], south.Records.Select(record => record.Id).OrderBy(id => id == tour ? 1 : 0));
        Assert.Equal("ZZ9ZZZ", Item(south, "pnr").Value);
        Assert.Equal("欧阳**", Item(south, "name").Value);
        var north = await ShownAsync(person.Id, Ask, await At(North));
        Assert.DoesNotContain(tour, north.Records.Select(record => record.Id));
        Assert.Equal(3, (await ShownAsync(person.Id, Ask, await At(Desk))).Records.Count);
    }

    [Fact]
    public async Task A_search_tells_a_branch_of_its_own_customers_only()
    {
        HandledBy = North;
        var person = await AgreedAsync();
        Assert.Equal([person.Id], await FindAsync(North));
        Assert.Equal([person.Id], await FindAsync(Desk));
        Assert.Empty(await FindAsync(South));
    }

    [Fact]
    public async Task A_unit_that_moves_takes_its_reach_with_it_and_a_closed_ones_work_goes_up()
    {
        HandledBy = South;
        var person = await AgreedAsync();
        Assert.Equal("customer.unknown", (await RefusedAsync(person.Id, Ask, await At(North))).Code);
        await Db.WriteAsync(tx => Control.SaveAsync(tx, new ControlKey(Members.Unit, South.Value), 1, new UnitContent(Airline, North, "南方", MemberState.Active), Made));
        Assert.Equal(Pnr, Item(await ShownAsync(person.Id, Ask, await At(North)), "pnr").Value);
        await Db.WriteAsync(tx => Control.SaveAsync(tx, new ControlKey(Members.Unit, South.Value), 2, new UnitContent(Airline, North, "南方", MemberState.Closed), Made));
        Assert.Equal(Pnr, Item(await ShownAsync(person.Id, Ask, await At(North)), "pnr").Value);
        Assert.Equal("access.denied", (await RefusedAsync(person.Id, Ask, await At(South))).Code);
    }

    [Fact]
    public async Task A_unit_put_on_a_record_or_taken_off_it_behind_the_systems_back_shows_nothing()
    {
        HandledBy = North;
        var person = await AgreedAsync();
        foreach (var forged in new[] { South.Bytes, null })
        {
            await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE record SET unit = @unit WHERE customer = @id", new { unit = forged, id = person.Id.Bytes }));
            var answer = await ShownAsync(person.Id, Ask, await At(forged is null ? Desk : South));
            Assert.All(answer.Records.SelectMany(record => record.Items), item => Assert.NotEqual(Pnr, item.Value.Value));
        }
    }

    [Theory]
    [InlineData(ListEffect.Masked)]
    [InlineData(ListEffect.Hidden)]
    public async Task A_listed_customer_is_seen_by_those_the_list_names(object effect)
    {
        var (vip, friend) = (await AgreedAsync(), PersonId.New());
        var list = await ListAsync((ListEffect)effect, friend);
        Assert.Equal(1, Done(await Desk1.SetMembersAsync(await OwnerAsync(), list, new ListMembersRequest(Add: [vip.Id]), Ct)).Changed);
        Assert.Equal(Pnr, Item(await ShownAsync(vip.Id, Ask, await CallerAsync("back-office", friend)), "pnr").Value);
        if ((ListEffect)effect == ListEffect.Hidden)
        {
            Assert.Equal("customer.unknown", (await RefusedAsync(vip.Id, Ask, await At(Desk))).Code);
            Assert.Contains("list.hidden", (await LoggedAsync("view")).SelectMany(entry => entry.Header.Fact.Reasons));
            Assert.Empty(await FindAsync(Desk));
        }
        else
        {
            var item = Item(await ShownAsync(vip.Id, Ask, await At(Desk)), "pnr");
            Assert.Equal(Shown.Masked, item.Shown);
            Assert.Contains("list.masked", item.Reasons);
        }

        Done(await Desk1.SetMembersAsync(await OwnerAsync(), list, new ListMembersRequest(Remove: [vip.Id]), Ct));
        Assert.Equal(Pnr, Item(await ShownAsync(vip.Id, Ask, await At(Desk)), "pnr").Value);
        Assert.Single(await LoggedAsync("customer-listed"));
        Assert.Single(await LoggedAsync("customer-unlisted"));
    }

    [Fact]
    public async Task A_list_is_read_back_by_who_keeps_it_and_a_place_with_an_end_ends()
    {
        var (vip, guest, foreign) = (await AgreedAsync(), await PersonAsync(name: "赵六", mobile: null), await PersonAsync(entity: Hotel, name: "李四", mobile: null));
        var list = await ListAsync(ListEffect.Masked, PersonId.New());
        var owner = await OwnerAsync();
        var until = Clock.Now + 3_600_000;
        Done(await Desk1.SetMembersAsync(owner, list, new ListMembersRequest(Add: [vip.Id]), Ct));
        Done(await Desk1.SetMembersAsync(owner, list, new ListMembersRequest(Add: [guest.Id], Until: until), Ct));
        var expected = new[] { new ListMember(vip.Id, null), new ListMember(guest.Id, until) }.OrderBy(one => one.Customer.Value);
        Assert.Equal(expected, Done(await Desk1.MembersAsync(owner, list, null, Ct)).Members);
        Assert.Equal([2L], (await LoggedAsync("customer-list-members-read")).Select(entry => entry.Header.Fact.Count));
        var last = expected.Last().Customer;
        Assert.Empty(Done(await Desk1.MembersAsync(owner, list, last, Ct)).Members);

        // Another company's data owner has no such list, and what a database administrator writes into a row puts nobody on it.
        var stranger = owner with { Posts = [.. owner.Posts.Select(held => held with { Unit = UnitId.New() })] };
        Assert.Equal("list.unknown", Refused(await Desk1.MembersAsync(stranger, list, null, Ct)).Code);
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE customer SET lists = @lists WHERE id = @id", new { lists = list.Bytes, id = foreign.Id.Bytes }));
        Assert.Equal(2, Done(await Desk1.MembersAsync(owner, list, null, Ct)).Members.Count);

        // An end that somebody moves by hand takes nobody off.
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE case_row SET sort = 0 WHERE kind = 'customer-list-end'"));
        await Ends().RunAsync(Ct);
        Assert.Equal(2, Done(await Desk1.MembersAsync(owner, list, null, Ct)).Members.Count);
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE case_row SET sort = @until WHERE kind = 'customer-list-end'", new { until }));

        Clock.Now += 59 * 60_000;
        await Ends().RunAsync(Ct);
        Assert.Equal(2, Done(await Desk1.MembersAsync(owner, list, null, Ct)).Members.Count);
        Clock.Known = Clock.Now;
        Clock.Now += 365L * 24 * 3_600_000;
        await Ends().RunAsync(Ct);
        Assert.Equal(2, Done(await Desk1.MembersAsync(owner, list, null, Ct)).Members.Count);
        Clock.Known += 2 * 60_000;
        await Ends().RunAsync(Ct);
        Assert.Equal([new ListMember(vip.Id, null)], Done(await Desk1.MembersAsync(owner, list, null, Ct)).Members);
        Assert.DoesNotContain(list, (await Db.ReadAsync(tx => Customers.ReadAsync(tx, guest.Id, ReadScope.Outline)))!.Lists);

        // The entries say until when, and at the end by whom.
        Assert.Equal([[], [$"until.{until}"]], (await LoggedAsync("customer-listed")).Select(entry => entry.Header.Fact.Reasons).OrderBy(reasons => reasons.Count));
        Assert.Equal([$"until.{until}", $"by.{owner.Person}"], Assert.Single(await LoggedAsync("customer-listing-ended")).Header.Fact.Reasons);
        Assert.Equal("field.bad", Refused(await Desk1.SetMembersAsync(owner, list, new ListMembersRequest(Add: [guest.Id], Until: Clock.Now), Ct)).Errors[0].Code);
    }

    [Fact]
    public async Task DbaTakesACustomerOffAList_OrBreaksTheList_NobodySeesMore()
    {
        var vip = await AgreedAsync();
        var list = await ListAsync(ListEffect.Masked, PersonId.New());
        Done(await Desk1.SetMembersAsync(await OwnerAsync(), list, new ListMembersRequest(Add: [vip.Id]), Ct));
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE control_row SET content = replace(content, 'masked', 'other') WHERE kind = 'customer-list'"));
        await PolicyAsync(Authorised("back-office", Verify, "name"));
        Assert.Equal("customer.unknown", (await RefusedAsync(vip.Id, Ask, await At(Desk))).Code);

        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE customer SET lists = NULL"));
        var item = Item(await ShownAsync(vip.Id, Ask with { Purpose = Notify, Items = Items("mobile"), Clear = Items("mobile") }, await At(Desk)), "mobile");
        Assert.Equal(Shown.Masked, item.Shown);
        Assert.Contains("customer.restricted", item.Reasons);
    }

    [Fact]
    public async Task Lists_take_all_or_nothing_and_only_customers_of_their_own_company()
    {
        var (known, foreign) = (await AgreedAsync(), await PersonAsync(entity: Hotel, name: "李四", mobile: null));
        var list = await ListAsync(ListEffect.Hidden, PersonId.New());
        var owner = await OwnerAsync();
        var refused = Refused(await Desk1.SetMembersAsync(owner, list, new ListMembersRequest(Add: [known.Id, foreign.Id]), Ct));
        Assert.Equal("customer.unknown", refused.Code);
        Assert.Equal(Pnr, Item(await ShownAsync(known.Id, Ask, await At(Desk)), "pnr").Value);
        Assert.Equal("list.unknown", Refused(await Desk1.SetMembersAsync(owner, CustomerListId.New(), new ListMembersRequest(Add: [known.Id]), Ct)).Code);
        Assert.Equal("entity.unknown", Assert.Single(Refused(await Desk1.KeepAsync(owner, CustomerListId.New(), new ListRequest("x", CustomerListKind.Vip, ListEffect.Hidden, Hotel), Ct)).Errors).Code);
    }

    [Fact]
    public async Task A_ticket_systems_order_is_for_where_its_requester_stands_whoever_the_customer_is()
    {
        const long Hour = 3_600_000;
        var inn = UnitId.From(80);
        await Db.WriteAsync(tx => Control.SaveAsync(tx, new ControlKey(Members.Unit, inn.Value), 0, new UnitContent(Hotel, null, "前台", MemberState.Active), Made));
        await PolicyAsync(PolicyContent.Of(PolicyKind.Scene, "batch_query", new SceneRow(
            "batch_query", "场景", "Scene", new SceneTriggerRow(SceneTrigger.Many), [SceneMode.WorkOrder], [new ApprovalStepRow([new ApproverRow(PostKey.Of("data-owner"))])],
            new SceneValidityRow(24 * Hour, 1), CoOperator: new CoOperatorRow(Strength.SecondFactor, 300_000))));
        async Task<PersonId> StaffAsync(string post, params UnitId[] units)
        {
            var id = PersonId.New();
            await Db.WriteAsync(tx => Control.SaveAsync(tx, ControlKey.Of(Members.Person, id), 0, new PersonContent
            {
                AccountMac = new byte[32], Names = [], Password = [], MustChangePassword = false, PasswordAt = 0, Locale = "zh", State = MemberState.Active,
                Posts = [.. units.Select(unit => new HeldPost(PostKey.Of(post), unit, 0, null))],
            }, Made));
            await Db.WriteAsync(tx => AccountUseStore.UsedAsync(tx, id, Clock.Now));
            return id;
        }

        var (holder, owner) = (await StaffAsync("shift-lead", Desk, inn), await StaffAsync("data-owner", Desk));
        var (here, both) = (await StaffAsync("back-office", Desk), await StaffAsync("back-office", Desk, inn));
        var client = ClientId.New();
        await Db.WriteAsync(tx => Control.SaveAsync(tx, ControlKey.Of(Members.Client, client), 0, new ClientRequest(
            "工单系统", holder, [ClientScope.Tickets], 60, 60, Clock.Now + (24 * Hour), [Fulfil]).ToContent(), Made));
        var known = (await PersonAsync(entity: Hotel)).Id;
        async Task<string> PushAsync(string number, CustomerId customer, PersonId requester, UnitId? unit = null)
        {
            var actor = new Actor
            {
                Kind = ActorKind.Client, Client = client, Person = holder, Scopes = [ClientScope.Tickets], Purposes = [Fulfil], MutualTls = true, ConfigEpoch = await Db.ReadAsync(ConfigEpoch.ReadAsync),
            };
            var ask = new WorkOrderAsk(number, "batch_query", Act.View, requester, [owner], [customer], Fulfil, Items("name"), Clock.Now + Hour, "r", Unit: unit);
            return await Vault.PushAsync(ask, new Strongroom.Use.Asking.Caller(actor, (_, _) => Task.FromResult(actor)), Ct) switch
            {
                Outcome<Approval>.Refused refused => refused.Problem.Code,
                _ => "pushed",
            };
        }

        // Nobody's id, and one of the other company: the same answer.
        Assert.Equal(("pushed", "pushed"), (await PushAsync("CHG-1", CustomerId.New(), here), await PushAsync("CHG-2", known, here)));
        Assert.Equal(("approval.unit", "approval.unit"), (await PushAsync("CHG-3", CustomerId.New(), both), await PushAsync("CHG-4", known, both)));
        Assert.Equal(("pushed", "pushed"), (await PushAsync("CHG-5", CustomerId.New(), both, Desk), await PushAsync("CHG-6", known, both, Desk)));
        Assert.Equal("person.unknown", await PushAsync("CHG-7", known, PersonId.New()));
    }

    /// <summary>A customer who agreed to what the company's rule asks for.</summary>
    private async Task<Person> AgreedAsync()
    {
        var person = await PersonAsync();
        await ConsentAsync(person.Id, Fulfil, ConsentEventKind.Give);
        return person;
    }

    private readonly IdentityKeys keys = new();

    private ListDesk Desk1 => new(Db, new Members(Db, Control), new OrganisationBooks(Db, new Members(Db, Control)), Customers, Ends(), Log, Clock);

    private ListEnds Ends() =>
        new(Db, new Cases(keys, keys, new Members(Db, Control), new ControlAlarms(Log, NullLogger<ControlAlarms>.Instance), [], Clock), Customers, Log, Clock);

    private async Task<Actor> OwnerAsync() => (await CallerAsync("data-owner")).Actor;

    private async Task<CustomerListId> ListAsync(ListEffect effect, PersonId named) =>
        Done(await Desk1.KeepAsync(await OwnerAsync(), CustomerListId.New(), new ListRequest("贵宾", CustomerListKind.Vip, effect, Airline, Persons: [named]), Ct)).Id;

    private Task<Strongroom.Use.Asking.Caller> At(UnitId unit) => CallerAsync("back-office", unit: unit);

    private async Task<IReadOnlyList<CustomerId>> FindAsync(UnitId unit)
    {
        var (answer, problem) = await Find.FindAsync(new FindRequest(ItemKey.Of("mobile"), Mobile, Notify), await At(unit), Ct);
        Assert.Null(problem);
        return [.. answer!.Customers.Select(found => found.Id)];
    }
}

public sealed class ReachOnSqlite() : ReachSuite(TestStore.Sqlite());

public sealed class ReachOnPostgres(PostgresServer server) : ReachSuite(TestStore.Postgres(server));
