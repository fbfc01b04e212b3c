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

/// <summary>Who administers whom, how accounts come, change and end, and how units hang together.</summary>
public abstract partial class IdentitySuite
{
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
}
