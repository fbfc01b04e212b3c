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

/// <summary>API clients: tokens, owners, certificates, quota, and what takes two administrators (R43).</summary>
public abstract partial class IdentitySuite
{
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
}
