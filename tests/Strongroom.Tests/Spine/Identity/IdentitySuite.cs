using System.Net;
using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Accounts;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Harness;
using static Strongroom.Tests.Harness.Outcomes;

namespace Strongroom.Tests.Spine.Identity;

public abstract class IdentitySuite(TestStore store) : StoreSuite(store)
{
    private const string NewPassword = "kettle orbit thirteen plums";
    private static readonly PostKey Agent = PostKey.Of("call-agent");
    private static readonly PostKey Dpo = PostKey.Of("dpo");
    private static readonly PostKey Admin = PostKey.Of("admin-4a");

    private readonly ManualTime time = new();
    private readonly IdentityKeys keys = new();
    private IdentityNode node = null!;
    private IdentityNode other = null!;
    private FirstOrganisation first = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        node = new IdentityNode(Db, keys, time);
        other = new IdentityNode(await OpenAsync(Options), keys, time);
        first = Done(await node.Bootstrap.BeginAsync("某某航空", [("admin.one", "管理员甲"), ("admin.two", "管理员乙")], "zh", default));
    }

    public override async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await other.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Two_administrators_begin_an_installation_once()
    {
        Assert.Equal(2, first.Administrators.Select(admin => admin.StartPassword).Distinct().Count());
        var again = Refused(await other.Bootstrap.BeginAsync("别家", [("x.one", "x"), ("x.two", "y")], "zh", default));
        Assert.Equal("installation.begun", again.Code);
        Assert.Equal(4, node.Log.Facts.Count(fact => fact.Act.Value == IdentityFacts.InstallationBegun && fact.Rows.Count == 1));
    }

    [Fact]
    public async Task The_start_password_must_go_before_anything_else_and_other_sessions_end_with_it()
    {
        var (one, _) = await node.EnterAsync("Admin.One", first.Administrators[0].StartPassword);
        var (two, _) = await node.EnterAsync("admin.one", first.Administrators[0].StartPassword);
        var actor = await node.ActorAsync(one);
        Assert.True(actor.MustChangePassword);
        Assert.True(actor.Holds(Admin));

        var (secret, _) = Done(await node.Own.ChangePasswordAsync(actor, first.Administrators[0].StartPassword, NewPassword, IdentityNode.Office, default));
        Assert.True((await other.ActorAsync(one)).IsAnonymous);
        Assert.True((await other.ActorAsync(two)).IsAnonymous);
        Assert.False((await other.ActorAsync(secret)).MustChangePassword);
        await other.EnterAsync("admin.one", NewPassword);
        Assert.IsType<SignInOutcome.Refused>(await node.SignIn.AskAsync("admin.one", first.Administrators[0].StartPassword, IdentityNode.Office, null, null, default));
    }

    [Fact]
    public async Task Changing_the_password_needs_the_present_one_and_a_good_new_one()
    {
        var actor = await AdministratorAsync(0);
        Assert.Equal("signin.failed", Refused(await node.Own.ChangePasswordAsync(actor, "guess guess guess", "another good long one", IdentityNode.Office, default)).Code);
        Assert.Equal("password.short", Refused(await node.Own.ChangePasswordAsync(actor, NewPassword, "short", IdentityNode.Office, default)).Code);
        Assert.Equal("password.unchanged", Refused(await node.Own.ChangePasswordAsync(actor, NewPassword, NewPassword, IdentityNode.Office, default)).Code);
    }

    [Fact]
    public async Task Signing_in_never_adopts_a_planted_session()
    {
        var planted = Secrets.NewSecret();
        Assert.True((await node.ActorAsync(planted)).IsAnonymous);
        var (mine, _) = await node.EnterAsync("admin.two", first.Administrators[1].StartPassword, device: planted);
        Assert.NotEqual(planted, mine);
        Assert.True((await node.ActorAsync(planted)).IsAnonymous);
        Assert.False((await node.ActorAsync(mine)).IsAnonymous);
    }

    [Fact]
    public async Task A_session_ended_on_one_node_is_refused_on_the_other_at_once_and_at_commit()
    {
        var (secret, _) = await node.EnterAsync("admin.two", first.Administrators[1].StartPassword);
        var actor = await other.ActorAsync(secret);
        Assert.Equal([], await FailingAsync(actor));

        await node.Own.SignOutAsync(actor, default);
        Assert.Equal([0], await FailingAsync(actor));
        Assert.True((await other.ActorAsync(secret)).IsAnonymous);
        Assert.True((await other.Actors.AgainAsync(actor, IdentityNode.Office, default)).IsAnonymous);
    }

    [Fact]
    public async Task Sessions_end_idle_and_absolutely()
    {
        var (secret, _) = await node.EnterAsync("admin.two", first.Administrators[1].StartPassword);
        for (var i = 0; i < 20; i++)
        {
            time.Advance(TimeSpan.FromMinutes(29));
            Assert.False((await node.ActorAsync(secret)).IsAnonymous);
        }

        time.Advance(TimeSpan.FromMinutes(29));
        Assert.True((await node.ActorAsync(secret)).IsAnonymous);

        var (idle, _) = await node.EnterAsync("admin.two", first.Administrators[1].StartPassword);
        time.Advance(TimeSpan.FromMinutes(31));
        Assert.True((await node.ActorAsync(idle)).IsAnonymous);
    }

    [Fact]
    public async Task A_suspended_person_stops_at_the_next_request_and_old_sessions_do_not_come_back()
    {
        var admin = await AdministratorAsync(0);
        var (person, secret) = await AgentAsync(admin);
        Assert.True((await other.ActorAsync(secret)).Holds(Agent));

        Done(await node.People.SetStateAsync(admin, person, MemberState.Suspended, default));
        Assert.True((await other.ActorAsync(secret)).IsAnonymous);
        Assert.IsType<SignInOutcome.Refused>(await other.SignIn.AskAsync("wang.fang", NewPassword, IdentityNode.Office, null, null, default));

        Done(await node.People.SetStateAsync(admin, person, MemberState.Active, default));
        Assert.True((await other.ActorAsync(secret)).IsAnonymous);
        await other.EnterAsync("wang.fang", NewPassword);

        Done(await node.People.SetStateAsync(admin, person, MemberState.Closed, default));
        Assert.Equal("member.closed", Refused(await node.People.SetStateAsync(admin, person, MemberState.Active, default)).Code);
    }

    [Fact]
    public async Task Nobody_administers_himself()
    {
        var admin = await AdministratorAsync(0);
        Assert.Equal("people.self", Refused(await node.People.GrantAsync(admin, admin.Person, Held(Agent), default)).Code);
        Assert.Equal("people.self", Refused(await node.People.SetStateAsync(admin, admin.Person, MemberState.Closed, default)).Code);
        Assert.Equal("people.self", Refused(await node.People.ChangeAsync(admin, admin.Person, 2, "新名字", null, default)).Code);
        Assert.Equal("people.self", Refused(await node.People.GiveStartPasswordAsync(admin, admin.Person, default)).Code);
        Assert.Equal("people.self", Refused(await node.Clients.CreateAsync(admin, Wanted(admin.Person), default)).Code);
    }

    [Fact]
    public async Task One_administrator_alone_makes_no_other_and_becomes_no_other()
    {
        var admin = await AdministratorAsync(0);
        var (person, _) = await AgentAsync(admin);
        Assert.Equal("post.administers", Refused(await node.People.GrantAsync(admin, person, Held(Admin), default)).Code);
        Assert.Equal("post.administers", Refused(await node.People.GiveStartPasswordAsync(admin, first.Administrators[1].Person, default)).Code);
    }

    [Fact]
    public async Task Incompatible_posts_are_refused_with_the_rule_that_says_so()
    {
        var admin = await AdministratorAsync(0);
        var (person, _) = await AgentAsync(admin);
        var refusal = Refused(await node.People.GrantAsync(admin, person, Held(Dpo), default));
        Assert.Equal("posts.incompatible", refusal.Code);
        Assert.Equal("个保负责人不得兼任业务岗位", Assert.Single(refusal.Errors).Zh);

        Done(await node.People.EndPostAsync(admin, person, Agent, first.Unit, default));
        time.Advance(TimeSpan.FromSeconds(1));
        var wanted = Held(Dpo);
        var approval = await SecondedAsync(admin, GuardedAct.Grant(person, wanted));
        Assert.Contains(Done(await node.People.GrantAsync(admin, person, wanted, default, approval)).Content.Posts, post => post.Post == Dpo);
    }

    [Fact]
    public async Task A_guarded_post_takes_a_second_administrator_who_is_neither_asker_nor_subject()
    {
        var admin = await AdministratorAsync(0);
        var person = PersonId.From(Done(await node.HireAsync(admin, "zhao.yi", "赵一", null)).Person.Id);
        var wanted = Held(Dpo);
        var act = GuardedAct.Grant(person, wanted);
        Assert.Equal("post.administers", Refused(await node.People.GrantAsync(admin, person, wanted, default)).Code);
        Assert.Equal("approval.void", Refused(await node.People.GrantAsync(admin, person, wanted, default, ApprovalId.New())).Code);

        await PolicyAsync();
        var asked = Done(await node.People.RequestAsync(await NowAsync(admin), act, time.NowMs() + 3_600_000, default));
        Assert.Equal("approval.unready", Refused(await node.People.GrantAsync(admin, person, wanted, default, asked.Id)).Code);
        Assert.Equal("approval.self", Refused(await node.Approvals.DecideAsync(await NowAsync(admin), asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, default)).Code);

        var approval = await SecondedAsync(admin, act);
        Assert.Equal("grant.changed", Refused(await node.People.GrantAsync(admin, person, wanted with { Until = time.NowMs() + 1_000_000 }, default, approval)).Code);
        var second = await AdministratorAsync(1);
        Assert.Equal("approval.invalid", Refused(await node.People.GrantAsync(second, person, wanted, default, approval)).Code);
        Done(await node.People.GrantAsync(admin, person, wanted, default, approval));
        var fact = Assert.Single(node.Log.Facts, fact => fact.Act.Value == IdentityFacts.PostGranted);
        Assert.Equal((1, 2), (fact.Approvals.Count, fact.Rows.Count));
        Done(await node.People.EndPostAsync(admin, person, Dpo, first.Unit, default));
        Assert.Equal("approval.void", Refused(await node.People.GrantAsync(admin, person, wanted, default, approval)).Code);

        // The second administrator does not approve what is about himself.
        var about = GuardedAct.Recover(first.Administrators[1].Person);
        var own = await SecondedAsync(admin, about);
        Assert.Equal("people.self", Refused(await node.People.GiveStartPasswordAsync(admin, first.Administrators[1].Person, default, own)).Code);
        Assert.Equal(ApprovalState.Approved, (await node.Approvals.FindAsync(admin, own, default))!.Content.State);
    }

    [Fact]
    public async Task Who_holds_a_guarded_post_gets_a_new_start_from_two_administrators_only()
    {
        var admin = await AdministratorAsync(0);
        var person = PersonId.From(Done(await node.HireAsync(admin, "zhao.yi", "赵一", null)).Person.Id);
        var wanted = Held(Dpo);
        Done(await node.People.GrantAsync(admin, person, wanted, default, await SecondedAsync(admin, GuardedAct.Grant(person, wanted))));
        Assert.Equal("post.administers", Refused(await node.People.GiveStartPasswordAsync(admin, person, default)).Code);
        Done(await node.People.GiveStartPasswordAsync(admin, person, default, await SecondedAsync(admin, GuardedAct.Recover(person))));
    }

    [Fact]
    public async Task An_account_is_asked_for_decided_by_another_and_there_at_once_or_not_at_all()
    {
        var admin = await AdministratorAsync(0);
        var (lead, _) = await AgentAsync(admin);
        var asker = new Actor { Kind = ActorKind.Person, Person = lead };
        var ask = new PersonRequest("chen.er", "陈二");
        Assert.Equal("unit.unknown", Refused(await node.Requests.AskAsync(asker, ask, [new WantedPost(Agent, UnitId.New())], default)).Code);
        Assert.Equal("post.held", Refused(await node.Requests.AskAsync(asker, ask, [new WantedPost(Agent, first.Unit), new WantedPost(Agent, first.Unit)], default)).Code);
        Assert.Equal("post.administers", Refused(await node.Requests.AskAsync(asker, ask, [new WantedPost(Dpo, first.Unit)], default)).Code);
        Assert.Equal(lead, Assert.Single(await node.Requests.ListAsync(admin, default)).Content.Person);

        var made = Done(await node.Requests.AskAsync(asker, ask, [new WantedPost(Agent, first.Unit)], default));
        var id = AccountRequestId.From(made.Id);
        Assert.Equal("approval.self", Refused(await node.Requests.DecideAsync(admin with { Person = lead }, id, ApprovalVerdict.Approve, null, default)).Code);
        Assert.Equal("approval.reason", Refused(await node.Requests.DecideAsync(admin, id, ApprovalVerdict.Refuse, " ", default)).Code);
        var (decided, start) = Done(await other.Requests.DecideAsync(admin, id, ApprovalVerdict.Approve, null, default));
        Assert.Equal("request_decided", Refused(await node.Requests.DecideAsync(admin, id, ApprovalVerdict.Approve, null, default)).Code.Split('.')[1]);
        var (secret, _) = await node.EnterAsync("chen.er", start!);
        Assert.True((await node.ActorAsync(secret)).Holds(Agent));
        var person = await Db.ReadAsync(tx => node.Members.LoadAsync<PersonContent>(tx, Members.Person, decided.Content.Person!.Value.Value));
        Assert.Equal(id, person!.Content.Request);

        // Whoever asked and left stands behind nothing any more.
        var late = Done(await node.Requests.AskAsync(asker, new PersonRequest("qian.san", "钱三"), [new WantedPost(Agent, first.Unit)], default));
        Done(await node.People.SetStateAsync(admin, lead, MemberState.Closed, default));
        Assert.Equal("person.unknown", Refused(await node.Requests.DecideAsync(admin, AccountRequestId.From(late.Id), ApprovalVerdict.Approve, null, default)).Code);
        Assert.IsType<SignInOutcome.Refused>(await node.SignIn.AskAsync("qian.san", "any password at all", IdentityNode.Office, null, null, default));
    }

    [Fact]
    public async Task Bad_input_is_refused_with_its_reason_and_nothing_is_half_done()
    {
        var admin = await AdministratorAsync(0);
        var (agent, _) = await AgentAsync(admin);
        UnitId Of(Outcome<Member<UnitContent>> made) => UnitId.From(Done(made).Id);
        var branch = Of(await node.Organisation.CreateUnitAsync(admin, first.Entity, first.Unit, "分部", UnitKind.Branch, default));
        var desk = Of(await node.Organisation.CreateUnitAsync(admin, first.Entity, branch, "柜台", UnitKind.Department, default));
        Task<long> RowsAsync() => Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT CAST(SUM(version) AS bigint) + count(*) FROM control_row"));
        var (rows, facts, now) = (await RowsAsync(), node.Log.Facts.Count, time.NowMs());
        var asker = new Actor { Kind = ActorKind.Person, Person = agent };
        async Task<Problem> AskAsync(params WantedPost[] posts) => Refused(await node.Requests.AskAsync(asker, new PersonRequest("he.wu", "何五"), posts, default));

        Assert.Equal("unit.unknown", Refused(await node.Organisation.CreateUnitAsync(admin, first.Entity, UnitId.New(), "x", UnitKind.Department, default)).Code);
        Assert.Equal("entity.unknown", Refused(await node.Organisation.CreateUnitAsync(admin, EntityId.New(), null, "x", UnitKind.Department, default)).Code);
        Assert.Equal("unit.unknown", Refused(await node.People.GrantAsync(admin, agent, new HeldPost(Agent, UnitId.New(), now, null), default)).Code);
        Assert.Equal("unit.unknown", Refused(await node.Organisation.MoveUnitAsync(admin, branch, 1, UnitId.New(), default)).Code);
        Assert.Equal("unit.cycle", Refused(await node.Organisation.MoveUnitAsync(admin, branch, 1, desk, default)).Code);
        Assert.Equal("unit.cycle", Refused(await node.Organisation.MoveUnitAsync(admin, branch, 1, branch, default)).Code);
        Assert.Equal("post.held", Refused(await node.People.GrantAsync(admin, agent, new HeldPost(Agent, first.Unit, now + 1000, now + 2000), default)).Code);
        Assert.Equal("post.term", Refused(await node.People.GrantAsync(admin, agent, new HeldPost(Agent, desk, now, now), default)).Code);
        Assert.Equal(("posts[1]", "unit.unknown"), Assert.Single((await AskAsync(new WantedPost(Agent, desk), new WantedPost(Agent, UnitId.New()))).Errors) is var one ? (one.At, one.Code) : default);
        Assert.Equal(("posts[1]", "post.held"), Assert.Single((await AskAsync(new WantedPost(Agent, desk), new WantedPost(Agent, desk))).Errors) is var two ? (two.At, two.Code) : default);

        Assert.Equal((rows, facts), (await RowsAsync(), node.Log.Facts.Count));

        // Whoever left, or whose term is over before anybody closed him, answers for nothing.
        await node.Members.EditAsync<PersonContent>(Members.Person, agent.Value, null, IdentityFacts.BySystem("x"), (_, person) => Task.FromResult<Outcome<PersonContent>>(person with { Ends = now }), default);
        (rows, facts) = (await RowsAsync(), node.Log.Facts.Count);
        Assert.Equal("person", Assert.Single(Refused(await node.Organisation.NameResponsibleAsync(admin, branch, 1, agent, default)).Errors).At);
        Assert.Equal("owner", Assert.Single(Refused(await node.Clients.CreateAsync(admin, Wanted(agent), default)).Errors).At);
        Assert.Equal((rows, facts), (await RowsAsync(), node.Log.Facts.Count));
    }

    [Fact]
    public async Task The_end_of_an_employment_ends_sessions_posts_and_clients_at_once()
    {
        var admin = await AdministratorAsync(0);
        var (owner, secret) = await AgentAsync(admin);
        var (client, token) = Done(await node.Clients.CreateAsync(admin, Wanted(owner), default));
        time.Advance(TimeSpan.FromMinutes(1));
        var closed = Done(await node.People.SetStateAsync(admin, owner, MemberState.Closed, default));
        Assert.True((await other.ActorAsync(secret)).IsAnonymous);
        Assert.True((await ClientAsync(token)).IsAnonymous);
        Assert.All(closed.Content.Posts, post => Assert.False(post.InForce(time.NowMs())));
        var row = await Db.ReadAsync(tx => node.Members.LoadAsync<ClientContent>(tx, Members.Client, client.Id));
        Assert.Equal((MemberState.Suspended, 0), (row!.Content.State, row.Content.Tokens.Count));
        Assert.Single(node.Log.Facts, fact => fact.Act.Value == IdentityFacts.ClientSuspended && fact.Rows.Count == 1);
        Assert.Equal("member.closed", Refused(await node.People.GrantAsync(admin, owner, Held(Agent), default)).Code);
    }

    [Fact]
    public async Task An_idle_account_suspends_itself_and_an_outside_one_ends_with_its_term()
    {
        var admin = await AdministratorAsync(0);
        await AdministratorAsync(1);
        await PolicyAsync();
        var (agent, _) = await AgentAsync(admin);
        var ends = time.NowMs() + (30L * 86_400_000);
        var terms = new AccountTerms(AccountKind.ThirdParty, "外包公司", ends, 5);
        var (outsider, start) = Done(await node.HireAsync(admin, "sun.li", "孙丽", null, terms));
        Assert.Equal("account.kind_post", Refused(await node.People.GrantAsync(admin, PersonId.From(outsider.Id), Held(Dpo), default)).Code);
        Done(await node.People.GrantAsync(admin, PersonId.From(outsider.Id), Held(Agent), default));
        var (secret, _) = await node.EnterAsync("sun.li", start);
        Done(await node.Own.ChangePasswordAsync(await node.ActorAsync(secret), start, NewPassword, IdentityNode.Office, default));
        time.Advance(TimeSpan.FromDays(29));
        (secret, _) = await node.EnterAsync("sun.li", NewPassword);
        Assert.Equal(5, (await other.ActorAsync(secret)).RowCeiling);
        Assert.Equal(0, await node.Dormancy.SweepAsync(default));

        // The end binds by itself; the sweep makes the row say so.
        time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(20));
        Assert.False((await other.ActorAsync((await node.EnterAsync("sun.li", NewPassword)).Secret)).IsAnonymous);
        time.Advance(TimeSpan.FromMinutes(21));
        Assert.True((await other.ActorAsync(secret)).IsAnonymous);
        Assert.IsType<SignInOutcome.Refused>(await node.SignIn.AskAsync("sun.li", NewPassword, IdentityNode.Office, null, null, default));
        Assert.Equal(1, await node.Dormancy.SweepAsync(default));

        time.Advance(TimeSpan.FromDays(61));
        Assert.Equal(1, await other.Dormancy.SweepAsync(default));
        Assert.Equal(0, await other.Dormancy.SweepAsync(default));
        var states = (await Db.ReadAsync(tx => node.Members.ListAsync<PersonContent>(tx, Members.Person))).ToDictionary(row => PersonId.From(row.Id), row => row.Content.State);
        Assert.Equal((MemberState.Suspended, MemberState.Closed), (states[agent], states[PersonId.From(outsider.Id)]));
        Assert.Equal([MemberState.Active, MemberState.Active], first.Administrators.Select(one => states[one.Person]));
        Assert.Contains(other.Log.Facts, fact => fact.Act.Value == IdentityFacts.PersonSuspended && fact.Actor == LogActor.System && fact.Reasons.Contains("account.dormant"));
    }

    [Fact]
    public async Task Outside_accounts_need_company_end_and_ceiling_and_nobody_else_has_them()
    {
        var admin = await AdministratorAsync(0);
        var day = time.NowMs() + 86_400_000;
        foreach (var wrong in new AccountTerms[]
        {
            new(AccountKind.ThirdParty), new(AccountKind.ThirdParty, "x", day), new(AccountKind.ThirdParty, "x", null, 5), new(AccountKind.ThirdParty, " ", day, 5),
            new(AccountKind.ThirdParty, "x", time.NowMs(), 5), new(AccountKind.ThirdParty, "x", day * 2, 5), new(AccountKind.Employee, "x"), new(AccountKind.Operations, RowCeiling: 5),
        })
        {
            Assert.Equal("account.terms", Refused(await node.HireAsync(admin, "li.si", "李四", null, wrong)).Code);
        }

        var runner = PersonId.From(Done(await node.HireAsync(admin, "li.si", "李四", null, new AccountTerms(AccountKind.Operations))).Person.Id);
        Assert.Equal("account.kind_post", Refused(await node.People.GrantAsync(admin, runner, Held(Agent), default)).Code);
    }

    [Fact]
    public async Task The_last_two_administrators_stay()
    {
        var admin = await AdministratorAsync(0);
        await PolicyAsync();
        Assert.Equal("people.last_administrators", Refused(await node.People.SetStateAsync(admin, first.Administrators[1].Person, MemberState.Suspended, default)).Code);
    }

    [Fact]
    public async Task Units_move_without_rings_close_only_when_empty_and_name_somebody_who_is_here()
    {
        var admin = await AdministratorAsync(0);
        var (person, _) = await AgentAsync(admin);
        async Task<UnitId> UnitAsync(string name, UnitId parent) =>
            UnitId.From(Done(await node.Organisation.CreateUnitAsync(admin, first.Entity, parent, name, UnitKind.Branch, default)).Id);
        var branch = await UnitAsync("分公司", first.Unit);
        var desk = await UnitAsync("柜台", branch);
        Assert.Equal("unit.cycle", Refused(await node.Organisation.MoveUnitAsync(admin, branch, 1, desk, default)).Code);
        Assert.Equal("unit.unknown", Refused(await node.Organisation.MoveUnitAsync(admin, branch, 1, UnitId.New(), default)).Code);
        Assert.Equal("unit.in_use", Refused(await node.Organisation.ChangeUnitAsync(admin, branch, 1, null, null, MemberState.Closed, default)).Code);
        Assert.Equal("unit.in_use", Refused(await node.Organisation.ChangeUnitAsync(admin, first.Unit, 1, null, null, MemberState.Suspended, default)).Code);
        Done(await node.Organisation.MoveUnitAsync(admin, desk, 1, first.Unit, default));
        Assert.Equal("row.changed", Refused(await other.Organisation.MoveUnitAsync(admin, desk, 1, branch, default)).Code);
        Done(await node.Organisation.ChangeUnitAsync(admin, branch, 1, null, null, MemberState.Closed, default));
        Assert.Equal(1, node.Log.Facts.Count(fact => fact.Act.Value == IdentityFacts.UnitMoved && fact.Rows.Count == 1));

        Done(await node.Organisation.NameResponsibleAsync(admin, desk, 2, person, default));
        Done(await node.People.SetStateAsync(admin, person, MemberState.Closed, default));
        Assert.Equal("person.unknown", Refused(await node.Organisation.NameResponsibleAsync(admin, first.Unit, 1, person, default)).Code);
        var report = OrganisationReport.Of(
            await Db.ReadAsync(tx => node.Members.ListAsync<UnitContent>(tx, Members.Unit)), await Db.ReadAsync(tx => node.Members.ListAsync<PersonContent>(tx, Members.Person)),
            IdentityRulesTests.Book, time.NowMs());
        Assert.Equal([first.Unit], report.Unanswered);
        Assert.Equal([desk], report.AnswererLeft);
        Assert.Empty(report.Clashes);
    }

    [Fact]
    public async Task A_time_zone_and_a_registration_code_stay_unless_told_and_go_when_told_empty()
    {
        var admin = await AdministratorAsync(0);
        var unit = UnitId.From(Done(await node.Organisation.CreateUnitAsync(admin, first.Entity, null, "乌鲁木齐", UnitKind.Branch, default, "Asia/Urumqi")).Id);
        Assert.Equal("Asia/Urumqi", Done(await node.Organisation.ChangeUnitAsync(admin, unit, 1, "乌市", null, null, default)).Content.TimeZone);
        Assert.Null(Done(await node.Organisation.ChangeUnitAsync(admin, unit, 2, null, null, null, default, "")).Content.TimeZone);

        var entity = EntityId.From(Done(await node.Organisation.CreateEntityAsync(admin, "远山酒店", "91350100M000100Y43", default)).Id);
        Assert.Equal("91350100M000100Y43", Done(await node.Organisation.ChangeEntityAsync(admin, entity, 1, "远山", null, null, default)).Content.Uscc);
        Assert.Null(Done(await node.Organisation.ChangeEntityAsync(admin, entity, 2, null, "", null, default)).Content.Uscc);
        var kept = await Db.ReadAsync(tx => node.Members.LoadAsync<EntityContent>(tx, Members.Entity, entity.Value));
        Assert.Equal(new EntityContent("远山", null, MemberState.Active), kept?.Content);
    }

    [Fact]
    public async Task Two_moves_at_once_that_would_close_a_ring_leave_one_winner()
    {
        var admin = await AdministratorAsync(0);
        var units = new List<UnitId>();
        foreach (var name in new[] { "甲", "乙" })
        {
            units.Add(UnitId.From(Done(await node.Organisation.CreateUnitAsync(admin, first.Entity, null, name, UnitKind.Branch, default)).Id));
        }

        var moves = await Task.WhenAll(
            node.Organisation.MoveUnitAsync(admin, units[0], 1, units[1], default), other.Organisation.MoveUnitAsync(admin, units[1], 1, units[0], default));
        Assert.Equal("unit.cycle", Refused(Assert.Single(moves, move => move is Outcome<Member<UnitContent>>.Refused)).Code);
    }

    [Fact]
    public async Task An_account_name_belongs_to_one_person_in_every_spelling()
    {
        var admin = await AdministratorAsync(0);
        Done(await node.HireAsync(admin, "li.lei", "李雷", null));
        Assert.Equal("account.taken", Refused(await other.HireAsync(admin, "LI.Lei", "别人", null)).Code);
    }

    [Fact]
    public async Task A_row_changed_by_the_database_administrator_denies()
    {
        var admin = await AdministratorAsync(0);
        var (person, secret) = await AgentAsync(admin);
        Done(await node.People.SetStateAsync(admin, person, MemberState.Suspended, default));
        await ExecuteAsync("UPDATE control_row SET content = replace(content, '\"suspended\"', '\"active\"') WHERE kind = 'person'");
        Assert.Equal(0, await Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM control_row WHERE kind = 'person' AND content LIKE '%suspended%'")));

        Assert.IsType<SignInOutcome.Refused>(await other.SignIn.AskAsync("wang.fang", NewPassword, IdentityNode.Office, null, null, default));
        Assert.True((await other.ActorAsync(secret)).IsAnonymous);
    }

    [Fact]
    public async Task A_session_row_given_to_another_person_by_the_database_administrator_is_none()
    {
        var admin = await AdministratorAsync(0);
        var (_, secret) = await AgentAsync(admin);
        Assert.False((await other.ActorAsync(secret)).IsAnonymous);
        await ExecuteAsync("UPDATE session SET person = @person", new { person = first.Administrators[0].Person.Bytes });
        Assert.True((await other.ActorAsync(secret)).IsAnonymous);

        var (again, _) = await node.EnterAsync("wang.fang", NewPassword);
        await node.Own.SignOutAsync(await node.ActorAsync(again), default);
        await ExecuteAsync("UPDATE session SET revoked = NULL");
        Assert.True((await other.ActorAsync(again)).IsAnonymous);
    }

    [Fact]
    public async Task An_account_claim_bent_to_another_person_opens_nobodys_door()
    {
        var admin = await AdministratorAsync(0);
        await AgentAsync(admin);
        await ExecuteAsync("UPDATE account_claim SET person = @person", new { person = first.Administrators[0].Person.Bytes });
        Assert.IsType<SignInOutcome.Refused>(await other.SignIn.AskAsync("wang.fang", NewPassword, IdentityNode.Office, null, null, default));
    }

    [Fact]
    public async Task Unknown_wrong_and_malformed_get_one_answer()
    {
        var one = await node.SignIn.AskAsync("admin.two", "wrong wrong wrong", IdentityNode.Office, null, null, default);
        var unknown = await node.SignIn.AskAsync("nobody.here", "wrong wrong wrong", IdentityNode.Office, null, null, default);
        var malformed = await node.SignIn.AskAsync("no such account!", null, IdentityNode.Office, null, null, default);
        Assert.All([one, unknown, malformed], outcome => Assert.IsType<SignInOutcome.Refused>(outcome));
        Assert.Equal([("10.1.2.0/24", "signin.failed"), ("10.1.2.0/24", "signin.failed"), ("10.1.2.0/24", "signin.failed")], node.Log.Refusals);
    }

    [Fact]
    public async Task Guessing_is_slowed_across_nodes_but_the_owner_still_enters()
    {
        var (_, device) = await node.EnterAsync("admin.two", first.Administrators[1].StartPassword);
        var attacker = new Origin(IPAddress.Parse("203.0.113.7"), null);
        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<SignInOutcome.Refused>(await node.SignIn.AskAsync("admin.two", $"guess number {i}", attacker, null, null, default));
        }

        Assert.IsType<SignInOutcome.Wait>(await other.SignIn.AskAsync("admin.two", first.Administrators[1].StartPassword, attacker, null, null, default));

        // A hundred places at once empty the account's budget.
        for (var i = 0; i < 60; i++)
        {
            await other.SignIn.AskAsync("admin.two", "guess", new Origin(IPAddress.Parse($"198.51.{i}.1"), null), null, null, default);
        }

        Assert.IsType<SignInOutcome.Wait>(await node.SignIn.AskAsync("admin.two", first.Administrators[1].StartPassword, new Origin(IPAddress.Parse("192.0.2.1"), null), null, null, default));
        await node.EnterAsync("admin.two", first.Administrators[1].StartPassword);
        await other.EnterAsync("admin.two", first.Administrators[1].StartPassword, new Origin(IPAddress.Parse("192.0.2.1"), null), device);

        time.Advance(TimeSpan.FromHours(3));
        await node.EnterAsync("admin.two", first.Administrators[1].StartPassword, attacker);
    }

    [Fact]
    public async Task An_attempt_that_must_wait_leaves_nothing_and_strangers_are_forgotten()
    {
        Task<long> RowsAsync() => Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM sign_in_attempts"));
        var attacker = new Origin(IPAddress.Parse("203.0.113.7"), null);
        for (var i = 0; i < 31; i++)
        {
            await node.SignIn.AskAsync($"nobody.{i}", "guess", attacker, null, null, default);
        }

        var before = await RowsAsync();
        for (var i = 0; i < 40; i++)
        {
            Assert.IsType<SignInOutcome.Wait>(await node.SignIn.AskAsync($"another.{i}", "guess", attacker, null, null, default));
        }

        Assert.Equal(before, await RowsAsync());

        // Only the newest strangers are kept under a flood; the places known to an account stay in any case.
        await node.EnterAsync("admin.two", first.Administrators[1].StartPassword);
        var known = await Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM sign_in_attempts WHERE success_at > 0"));
        Assert.True(known > 0);
        time.Advance(TimeSpan.FromMinutes(1));
        await node.SignIn.AskAsync("late.one", "guess", new Origin(IPAddress.Parse("198.51.7.1"), null), null, null, default);
        await node.Throttle.SweepAsync(default, most: 3);
        Assert.Equal(known + 3, await RowsAsync());
        time.Advance(TimeSpan.FromHours(25));
        await node.Throttle.SweepAsync(default);
        Assert.Equal(known, await RowsAsync());
    }

    [Fact]
    public async Task Many_calls_at_once_are_spent_together_or_not_at_all()
    {
        var client = new Actor { Kind = ActorKind.Client, Client = ClientId.New(), Quota = new QuotaLimits(50, 60) };
        Assert.Equal(0, await node.Quotas.SpendManyAsync(client, 30, default));
        Assert.InRange(await other.Quotas.SpendManyAsync(client, 30, default), 1, 60);
        Assert.Equal(0, await other.Quotas.SpendManyAsync(client, 20, default));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.InRange(await node.Quotas.SpendManyAsync(client, 11, default), 61, 86_400);
        Assert.Equal(0, await node.Quotas.SpendManyAsync(client, 10, default));
        Assert.False(await node.Quotas.SpendOrWaitAsync(client, default));
        Assert.True(await node.Quotas.SpendOrWaitAsync(client with { Kind = ActorKind.Person, Client = null, Quota = null }, default));
    }

    [Fact]
    public async Task A_burst_of_parallel_guesses_is_counted_before_it_is_compared()
    {
        var attacker = new Origin(IPAddress.Parse("203.0.113.7"), null);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            (i % 2 == 0 ? node : other).SignIn.AskAsync("admin.two", $"guess number {i}", attacker, null, null, default)));
        Assert.InRange(outcomes.Count(outcome => outcome is SignInOutcome.Refused), 1, 4);
        Assert.All(outcomes, outcome => Assert.True(outcome is SignInOutcome.Refused or SignInOutcome.Wait));
    }

    [Fact]
    public async Task A_client_token_works_rotates_with_overlap_and_stops_when_revoked()
    {
        var admin = await AdministratorAsync(0);
        var (owner, _) = await AgentAsync(admin);
        var (client, token) = Done(await node.Clients.CreateAsync(admin, Wanted(owner), default));
        var id = ClientId.From(client.Id);
        var actor = await other.Actors.OfTokenAsync(token, IdentityNode.Office, default);
        Assert.Equal((ActorKind.Client, id, owner), (actor.Kind, actor.Client!.Value, actor.Person));
        Assert.Equal([ClientScope.View], actor.Scopes);
        Assert.True((await other.Actors.OfTokenAsync(token, new Origin(IPAddress.Parse("192.0.2.1"), null), default)).IsAnonymous);

        var second = Done(await node.Clients.RotateAsync(admin, id, new ClientRotation(), default));
        Assert.False((await ClientAsync(token)).IsAnonymous);
        Assert.False((await ClientAsync(second)).IsAnonymous);
        time.Advance(TimeSpan.FromHours(25));
        Assert.True((await ClientAsync(token)).IsAnonymous);
        Assert.False((await ClientAsync(second)).IsAnonymous);

        admin = await AdministratorAsync(0);
        var third = Done(await node.Clients.RotateAsync(admin, id, new ClientRotation(), default));
        var fourth = Done(await node.Clients.RotateAsync(admin, id, new ClientRotation(), default));
        Assert.Equal([true, false, false], new[] { second, third, fourth }.Select(live => ClientAsync(live).GetAwaiter().GetResult().IsAnonymous));

        Done(await node.Clients.RevokeAsync(admin, id, default));
        Assert.True((await ClientAsync(fourth)).IsAnonymous);
        Assert.Equal("member.closed", Refused(await node.Clients.RotateAsync(admin, id, new ClientRotation(), default)).Code);
    }

    [Fact]
    public async Task A_client_taken_as_last_seen_carries_the_epoch_that_its_commit_will_refuse()
    {
        var admin = await AdministratorAsync(0);
        var (owner, _) = await AgentAsync(admin);
        var (client, token) = Done(await node.Clients.CreateAsync(admin, Wanted(owner), default));
        Assert.True((await other.Actors.OfTokenAsync(Secrets.NewToken(ClientId.From(client.Id)), IdentityNode.Office, default, fresh: false)).IsAnonymous);
        Assert.False((await other.Actors.OfTokenAsync(token, IdentityNode.Office, default, fresh: false)).IsAnonymous);
        Done(await node.Clients.RevokeAsync(admin, ClientId.From(client.Id), default));

        var seen = await other.Actors.OfTokenAsync(token, IdentityNode.Office, default, fresh: false);

        // Not the live epoch: ConfigEpochGuards refuses the entry, and the second look finds nobody, for good.
        Assert.True(seen.IsAnonymous || seen.Guard().ConfigEpoch < (await AdministratorAsync(0)).ConfigEpoch);
        Assert.True((await other.Actors.AgainAsync(seen, IdentityNode.Office, default)).IsAnonymous);
        Assert.True((await other.Actors.OfTokenAsync(token, IdentityNode.Office, default, fresh: false)).IsAnonymous);
    }

    [Fact]
    public async Task A_client_ends_with_its_owner_and_with_its_term()
    {
        var admin = await AdministratorAsync(0);
        var (owner, _) = await AgentAsync(admin);
        var (_, token) = Done(await node.Clients.CreateAsync(admin, Wanted(owner), default));
        Done(await node.People.SetStateAsync(admin, owner, MemberState.Suspended, default));
        Assert.True((await ClientAsync(token)).IsAnonymous);
        Done(await node.People.SetStateAsync(admin, owner, MemberState.Active, default));
        Assert.False((await ClientAsync(token)).IsAnonymous);
        time.Advance(TimeSpan.FromDays(31));
        Assert.True((await ClientAsync(token)).IsAnonymous);
    }

    [Fact]
    public async Task A_start_password_lasts_a_day_and_only_who_knows_it_is_told()
    {
        var admin = await AdministratorAsync(0);
        var (person, start) = Done(await node.HireAsync(admin, "zhao.yi", "赵一", null));
        time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMilliseconds(1));
        await other.EnterAsync("zhao.yi", start);
        admin = await AdministratorAsync(0);
        var again = Done(await node.People.GiveStartPasswordAsync(admin, PersonId.From(person.Id), default));
        Assert.IsType<SignInOutcome.Refused>(await other.SignIn.AskAsync("zhao.yi", start, IdentityNode.Office, null, null, default));
        time.Advance(TimeSpan.FromHours(24));
        Assert.IsType<SignInOutcome.StartOver>(await other.SignIn.AskAsync("zhao.yi", again, IdentityNode.Office, null, null, default));
        Assert.IsType<SignInOutcome.Refused>(await other.SignIn.AskAsync("zhao.yi", "not the start password", IdentityNode.Office, null, null, default));

        // What the installation handed over waits for whoever installs; a policy makes the rest shorter.
        await other.EnterAsync("admin.two", first.Administrators[1].StartPassword);
        var hour = PolicyContent.Of(PolicyKind.Account, "accounts", new AccountRow(90, StartPasswordHours: 1));
        await Db.WriteAsync(tx => node.Policies.PutAsync(tx, [hour], IdentityFacts.BySystem("policy-seeded")));
        again = Done(await node.People.GiveStartPasswordAsync(await AdministratorAsync(0), PersonId.From(person.Id), default));
        time.Advance(TimeSpan.FromHours(1));
        Assert.IsType<SignInOutcome.StartOver>(await other.SignIn.AskAsync("zhao.yi", again, IdentityNode.Office, null, null, default));
    }

    [Fact]
    public async Task A_start_password_that_an_administrator_handed_out_ends_untouched_and_only_those_of_init_wait()
    {
        var (_, start) = Done(await node.HireAsync(await AdministratorAsync(0), "zhao.yi", "赵一", null));
        time.Advance(TimeSpan.FromHours(24));
        Assert.IsType<SignInOutcome.StartOver>(await other.SignIn.AskAsync("zhao.yi", start, IdentityNode.Office, null, null, default));
        time.Advance(TimeSpan.FromDays(30));
        await other.EnterAsync("admin.two", first.Administrators[1].StartPassword);
        var admin = await AdministratorAsync(0);
        var row = await Db.ReadAsync(tx => node.Members.LoadAsync<PersonContent>(tx, Members.Person, admin.Person.Value));
        Assert.False(row!.Content.FromInit);
    }

    [Fact]
    public async Task A_client_that_pushes_orders_is_registered_with_its_certificate_and_by_two()
    {
        var admin = await AdministratorAsync(0);
        var (owner, _) = await AgentAsync(admin);
        var wanted = Wanted(owner) with { Scopes = [ClientScope.Tickets] };
        var fault = Assert.Single(Refused(await node.Clients.CreateAsync(admin, wanted, default)).Errors);
        Assert.Equal(("certificates", "order.certificate"), (fault.At, fault.Code));
        wanted = wanted with { PublicKeys = [Secrets.NewSecret()] };
        Assert.Equal("client.tickets", Refused(await node.Clients.CreateAsync(admin, wanted, default)).Code);
        wanted = wanted with { Approval = await SecondedAsync(admin, new ClientAct(null, Create: wanted)) };

        // Not with another certificate than the one that was approved, and once.
        Assert.Equal("grant.changed", Refused(await node.Clients.CreateAsync(admin, wanted with { PublicKeys = [Secrets.NewSecret()] }, default)).Code);
        var (client, token) = Done(await other.Clients.CreateAsync(admin, wanted, default));
        var fact = Assert.Single(other.Log.Facts, fact => fact.Act.Value == IdentityFacts.ClientCreated);
        Assert.Equal((wanted.Approval, 2), (Assert.Single(fact.Approvals), fact.Rows.Count));
        Assert.Equal("approval.void", Refused(await node.Clients.CreateAsync(admin, wanted, default)).Code);

        // Its token, its registration and who answers for it: each by two, and what was approved for one serves no other.
        var id = ClientId.From(client.Id);
        Assert.Equal("client.tickets", Refused(await node.Clients.RotateAsync(admin, id, new ClientRotation(), default)).Code);
        Assert.Equal("client.tickets", Refused(await node.Clients.ChangeAsync(admin, id, new ClientChange(1, PublicKeys: [Secrets.NewSecret()]), default)).Code);
        Assert.Equal("client.tickets", Refused(await node.Clients.HandOverAsync(admin, id, new ClientHandOver(first.Administrators[1].Person), default)).Code);
        var rotation = await SecondedAsync(admin, new ClientAct(id, Rotate: new ClientRotation()));
        Assert.Equal("grant.changed", Refused(await node.Clients.RotateAsync(admin, id, new ClientRotation(time.NowMs() + 1000, rotation), default)).Code);
        Assert.NotEqual(token, Done(await node.Clients.RotateAsync(admin, id, new ClientRotation(null, rotation), default)));

        // He who would answer for it approves nothing of it; and nothing is used up by the refusal.
        var handOver = new ClientHandOver(first.Administrators[1].Person);
        handOver = handOver with { Approval = await SecondedAsync(admin, new ClientAct(id, HandOver: handOver)) };
        Assert.Equal("people.self", Refused(await node.Clients.HandOverAsync(admin, id, handOver, default)).Code);
        Assert.Equal(ApprovalState.Approved, (await node.Approvals.FindAsync(admin, handOver.Approval!.Value, default))!.Content.State);

        // One that pushes none becomes no such client by a change of one administrator; ending one takes nobody else.
        var (plain, _) = Done(await node.Clients.CreateAsync(admin, Wanted(owner), default));
        var change = new ClientChange(1, Scopes: [ClientScope.Tickets], PublicKeys: wanted.PublicKeys);
        Assert.Equal("client.tickets", Refused(await node.Clients.ChangeAsync(admin, ClientId.From(plain.Id), change, default)).Code);
        Done(await node.Clients.RevokeAsync(admin, id, default));
    }

    [Fact]
    public async Task A_client_that_begins_to_push_orders_is_approved_as_a_whole_and_without_the_tokens_it_had()
    {
        var admin = await AdministratorAsync(0);
        var (owner, _) = await AgentAsync(admin);
        var (plain, kept) = Done(await node.Clients.CreateAsync(admin, Wanted(owner) with { PublicKeys = [Secrets.NewSecret()] }, default));
        var id = ClientId.From(plain.Id);
        await PolicyAsync();
        var change = new ClientChange(1, Scopes: [ClientScope.Tickets]);
        var shown = new ClientAct(id, Change: change, Result: ClientRequest.Of(plain.Content) with { Scopes = [ClientScope.Tickets] });
        Assert.All([plain.Content.PublicKeys[0], owner.ToString(), "10.0.0.0/8"], part => Assert.Contains(part, shown.Canonical(), StringComparison.Ordinal));
        var asked = Done(await node.Clients.RequestAsync(await NowAsync(admin), new ClientAct(id, Change: change), time.NowMs() + 3_600_000, default));
        Assert.Equal((shown.Digest(), shown.Canonical()), (asked.Content.Scope.Content, node.Approvals.EvidenceOf(asked)!.Preview));
        Assert.Equal("row.changed", Refused(await node.Clients.RequestAsync(await NowAsync(admin), new ClientAct(id, Change: change with { Version = 2 }), time.NowMs() + 3_600_000, default)).Code);
        Done(await other.Approvals.DecideAsync(await AdministratorAsync(1), asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, default));

        Assert.False((await ClientAsync(kept)).IsAnonymous);
        Assert.Empty(Done(await node.Clients.ChangeAsync(admin, id, change with { Approval = asked.Id }, default)).Content.Tokens);
        Assert.True((await ClientAsync(kept)).IsAnonymous);
        Assert.Equal("client.tickets", Refused(await node.Clients.RotateAsync(admin, id, new ClientRotation(), default)).Code);
        var rotation = await SecondedAsync(admin, new ClientAct(id, Rotate: new ClientRotation()));
        Assert.False((await ClientAsync(Done(await node.Clients.RotateAsync(admin, id, new ClientRotation(null, rotation), default)))).IsAnonymous);
        Assert.True((await ClientAsync(kept)).IsAnonymous);
    }

    [Fact]
    public async Task Nobody_gives_away_a_client_that_he_answers_for_himself()
    {
        var admin = await AdministratorAsync(0);
        var (friend, _) = await AgentAsync(admin);
        var (client, token) = Done(await node.Clients.CreateAsync(await AdministratorAsync(1), Wanted(admin.Person), default));
        var id = ClientId.From(client.Id);
        Assert.Equal("people.self", Refused(await node.Clients.HandOverAsync(admin, id, new ClientHandOver(friend), default)).Code);
        Assert.False((await ClientAsync(token)).IsAnonymous);
        Done(await node.Clients.HandOverAsync(await AdministratorAsync(1), id, new ClientHandOver(friend), default));
    }

    [Fact]
    public async Task A_client_whose_owner_left_waits_for_another_who_gets_a_token_of_his_own()
    {
        var admin = await AdministratorAsync(0);
        var (owner, _) = await AgentAsync(admin);
        var (client, token) = Done(await node.Clients.CreateAsync(admin, Wanted(owner), default));
        var id = ClientId.From(client.Id);
        time.Advance(TimeSpan.FromMinutes(1));
        Done(await node.People.SetStateAsync(admin, owner, MemberState.Closed, default));
        Assert.True((await ClientAsync(token)).IsAnonymous);
        Assert.Equal("client.owner_left", Refused(await node.Clients.RotateAsync(admin, id, new ClientRotation(), default)).Code);
        Assert.Equal("person.unknown", Refused(await node.Clients.HandOverAsync(admin, id, new ClientHandOver(owner), default)).Code);
        Assert.Equal("people.self", Refused(await node.Clients.HandOverAsync(admin, id, new ClientHandOver(admin.Person), default)).Code);
        var heir = PersonId.From(Done(await node.HireAsync(admin, "zhao.yi", "赵一", null)).Person.Id);
        var fresh = Done(await node.Clients.HandOverAsync(admin, id, new ClientHandOver(heir), default));
        Assert.Equal(heir, (await ClientAsync(fresh)).Person);
        Assert.True((await ClientAsync(token)).IsAnonymous);
    }

    [Fact]
    public async Task A_token_is_replaced_with_an_overlap_to_the_chosen_date()
    {
        var admin = await AdministratorAsync(0);
        var (owner, _) = await AgentAsync(admin);
        var (client, token) = Done(await node.Clients.CreateAsync(admin, Wanted(owner), default));
        var id = ClientId.From(client.Id);
        foreach (var wrong in new[] { time.NowMs() - 120_000, time.NowMs() + ClientRules.LongestOverlap + 1 })
        {
            Assert.Equal("client.overlap", Refused(await node.Clients.RotateAsync(admin, id, new ClientRotation(wrong), default)).Code);
        }

        var second = Done(await node.Clients.RotateAsync(admin, id, new ClientRotation(time.NowMs() + (6 * 86_400_000L)), default));
        time.Advance(TimeSpan.FromDays(6) - TimeSpan.FromMilliseconds(1));
        Assert.False((await ClientAsync(token)).IsAnonymous);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True((await ClientAsync(token)).IsAnonymous);
        Assert.False((await ClientAsync(second)).IsAnonymous);
        var third = Done(await node.Clients.RotateAsync(await AdministratorAsync(0), id, new ClientRotation(time.NowMs()), default));
        Assert.True((await ClientAsync(second)).IsAnonymous);
        Assert.False((await ClientAsync(third)).IsAnonymous);
    }

    [Fact]
    public void Every_kind_of_pin_that_is_registered_must_fit_and_none_proves_nothing()
    {
        var (certificate, key) = (Secrets.NewSecret(), Secrets.NewSecret());
        var plain = Wanted(PersonId.New());
        var shown = IdentityNode.Office with { Certificate = certificate, Key = key };
        bool Proves(string[] certificates, string[] keys) => ClientRules.Proves((plain with { Certificates = certificates, PublicKeys = keys }).ToContent(), shown);
        Assert.False(Proves([], []));
        Assert.True(Proves([certificate], []));
        Assert.True(Proves([], [Secrets.NewSecret(), key]));
        Assert.True(Proves([certificate], [key]));
        Assert.False(Proves([certificate], [Secrets.NewSecret()]));
        Assert.False(Proves([Secrets.NewSecret()], [key]));
        Assert.False(ClientRules.Proves((plain with { PublicKeys = [key] }).ToContent(), IdentityNode.Office));
    }

    [Fact]
    public async Task Mutual_tls_counts_only_with_a_registered_certificate()
    {
        var admin = await AdministratorAsync(0);
        var (owner, _) = await AgentAsync(admin);
        var certificate = Secrets.NewSecret();
        var (_, token) = Done(await node.Clients.CreateAsync(admin, Wanted(owner) with { Certificates = [certificate] }, default));
        Assert.True((await node.Actors.OfTokenAsync(token, IdentityNode.Office with { Certificate = certificate }, default)).MutualTls);
        Assert.False((await node.Actors.OfTokenAsync(token, IdentityNode.Office with { Certificate = Secrets.NewSecret() }, default)).MutualTls);
        Assert.False((await ClientAsync(token)).MutualTls);
    }

    [Fact]
    public async Task Quota_holds_across_nodes_and_comes_back_next_minute()
    {
        var client = ClientId.New();
        var limits = new QuotaLimits(40, 1000);
        async Task<int> SpendAsync() => (await Task.WhenAll(Enumerable.Range(0, 100).Select(i => (i % 2 == 0 ? node : other).Quotas.SpendAsync(client, limits, default))))
            .Count(wait => wait == 0);

        Assert.Equal(40, await SpendAsync());
        Assert.InRange(await node.Quotas.SpendAsync(client, limits, default), 1, 60);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(40, await SpendAsync());
        Assert.Contains(client, await node.Quotas.LastUsedAsync(default));
    }

    [Fact]
    public async Task No_secret_name_or_address_stands_in_any_column()
    {
        var admin = await AdministratorAsync(0);
        var (owner, session) = await AgentAsync(admin);
        var (_, token) = Done(await node.Clients.CreateAsync(admin, Wanted(owner), default));
        await node.SignIn.AskAsync("wang.fang", "wrong wrong wrong", IdentityNode.Office, null, null, default);
        var everything = new StringBuilder();
        foreach (var table in new[] { "session", "account_claim", "sign_in_attempts", "client_use", "control_row", "control_row_old" })
        {
            foreach (var row in await Db.ReadAsync(tx => tx.QueryAsync<dynamic>($"SELECT * FROM {table}")))
            {
                foreach (var value in ((IDictionary<string, object?>)row).Values)
                {
                    everything.Append(value is byte[] bytes ? Convert.ToHexStringLower(bytes) + Encoding.UTF8.GetString(bytes) : value).Append('\n');
                }
            }
        }

        var text = everything.ToString();
        Assert.Contains("call-agent", text);
        foreach (var secret in new[] { session, token[36..], NewPassword, "wang.fang", "王芳", "管理员甲", "10.1.2" })
        {
            Assert.DoesNotContain(secret, text);
            Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), text);
            Assert.DoesNotContain(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret)), text);
        }
    }

    private HeldPost Held(PostKey post) => new(post, first.Unit, time.NowMs(), null);

    private ClientRequest Wanted(PersonId owner) => new(
        "订座系统", owner, [ClientScope.View], 60, 1000, time.NowMs() + (30L * 86_400_000), Networks: ["10.0.0.0/8"]);

    /// <summary>An administrator with a password of his own.</summary>
    private async Task<Actor> AdministratorAsync(int which)
    {
        var admin = first.Administrators[which];
        var begun = await node.SignIn.AskAsync(admin.Account, NewPassword, IdentityNode.Office, null, null, default);
        if (begun is SignInOutcome.In entered)
        {
            return await node.ActorAsync(entered.Secret);
        }

        var (secret, _) = await node.EnterAsync(admin.Account, admin.StartPassword);
        (secret, _) = Done(await node.Own.ChangePasswordAsync(await node.ActorAsync(secret), admin.StartPassword, NewPassword, IdentityNode.Office, default));
        return await node.ActorAsync(secret);
    }

    /// <summary>The same caller as his next request would find him.</summary>
    private async Task<Actor> NowAsync(Actor actor) => actor with { ConfigEpoch = await Db.ReadAsync(ConfigEpoch.ReadAsync) };

    /// <summary>A second administrator's approval of exactly this.</summary>
    private async Task<ApprovalId> SecondedAsync(Actor admin, GuardedAct act)
    {
        await PolicyAsync();
        var asked = Done(await node.People.RequestAsync(await NowAsync(admin), act, time.NowMs() + 3_600_000, default));
        var second = await AdministratorAsync(1);
        Done(await other.Approvals.DecideAsync(second, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, default));
        return asked.Id;
    }

    private async Task<ApprovalId> SecondedAsync(Actor admin, ClientAct act)
    {
        await PolicyAsync();
        var asked = Done(await node.Clients.RequestAsync(await NowAsync(admin), act, time.NowMs() + 3_600_000, default));
        Done(await other.Approvals.DecideAsync(await AdministratorAsync(1), asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, default));
        return asked.Id;
    }

    private async Task PolicyAsync()
    {
        var rows = new[] { GuardedAct.PostGrant, GuardedAct.AccountRecovery, ClientAct.Name }.Select(act => new ApprovalRow(act, [Admin], 7 * 86_400_000L)).ToArray();
        var role = PolicyContent.Of(PolicyKind.Role, "admin-4a", new RoleRow(
            Admin, [Act.Administer], new Dictionary<string, string> { ["1"] = "-", ["2"] = "-", ["3"] = "-", ["4"] = "-" }, Scope.Configuration, Operating: false, Administers: true));
        if ((await Db.ReadAsync(node.Policies.ListAsync)).Count == 0)
        {
            var fact = IdentityFacts.BySystem("policy-seeded");
            Assert.IsType<PolicySaved.Done>(await Db.WriteAsync(tx => node.Policies.PutAsync(tx, [PolicyContent.Of(PolicyKind.Approval, "standard", rows), role], fact)));
        }
    }

    private async Task<(PersonId Person, string Secret)> AgentAsync(Actor admin)
    {
        var (row, start) = Done(await node.HireAsync(admin, "wang.fang", "王芳", "zh"));
        var id = PersonId.From(row.Id);
        Done(await node.People.GrantAsync(admin, id, Held(Agent), default));
        var (secret, _) = await node.EnterAsync("wang.fang", start);
        (secret, _) = Done(await node.Own.ChangePasswordAsync(await node.ActorAsync(secret), start, NewPassword, IdentityNode.Office, default));
        return (id, secret);
    }

    private Task<Actor> ClientAsync(string token) => other.Actors.OfTokenAsync(token, IdentityNode.Office, default);

    private async Task<IEnumerable<int>> FailingAsync(Actor actor) => await other.RunGuardsAsync(actor.Guard());

    private Task ExecuteAsync(string sql, object? args = null) => Db.WriteAsync(tx => tx.ExecuteAsync(sql, args));
}

public sealed class IdentityOnSqlite() : IdentitySuite(TestStore.Sqlite());

public sealed class IdentityOnPostgres(PostgresServer server) : IdentitySuite(TestStore.Postgres(server));
