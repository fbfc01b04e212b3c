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

public abstract partial class IdentitySuite(TestStore store) : StoreSuite(store)
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
