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

/// <summary>Rows bent in the database, guessing, and what a stolen table would tell.</summary>
public abstract partial class IdentitySuite
{
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
}
