using System.Net;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Places;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Harness;
using static Strongroom.Tests.Harness.Outcomes;

namespace Strongroom.Tests.Spine.Identity.Places;

/// <summary>Network zones and permits to work from outside, as rows on two nodes (R44).</summary>
public abstract class PlaceSuite(TestStore store) : StoreSuite(store)
{
    private static readonly PostKey Admin = PostKey.Of("admin-4a");
    private static readonly Origin Vpn = new(IPAddress.Parse("172.20.1.1"), null);
    private static readonly NetworkRow Office = new("office", ["10.0.0.0/8"], Level.Critical, Administer: true);
    private static readonly NetworkRow[] Zones = [Office, new("vpn", ["172.20.0.0/16"], Level.Sensitive, Remote: true)];

    private readonly ManualTime time = new();
    private readonly IdentityKeys keys = new();
    private IdentityNode node = null!;
    private IdentityNode other = null!;
    private FirstOrganisation first = null!;
    private string[] secrets = null!;

    private long Soon => time.NowMs() + 3_600_000;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        node = new IdentityNode(Db, keys, time);
        other = new IdentityNode(await OpenAsync(Options), keys, time);
        first = Done(await node.Bootstrap.BeginAsync("某某航空", [("admin.one", "管理员甲"), ("admin.two", "管理员乙")], "zh", default));
        var rows = new[] { PlaceDraft.ZonesAct, PlaceDraft.PermitAct }.Select(act => new ApprovalRow(act, [Admin], 7 * 86_400_000L)).ToArray();
        var role = PolicyContent.Of(PolicyKind.Role, "admin-4a", new RoleRow(
            Admin, [Act.Administer], new Dictionary<string, string> { ["1"] = "-", ["2"] = "-", ["3"] = "-", ["4"] = "-" }, Scope.Configuration, Operating: false, Administers: true));
        PolicyContent[] contents = [PolicyContent.Of(PolicyKind.Approval, "standard", rows), role];
        await Db.WriteAsync(tx => node.Policies.PutAsync(tx, contents, IdentityFacts.BySystem("policy-seeded")));
        secrets = [(await node.EnterAsync("admin.one", first.Administrators[0].StartPassword)).Secret, (await node.EnterAsync("admin.two", first.Administrators[1].StartPassword)).Secret];
    }

    public override async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await other.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Zones_change_as_another_approved_them_and_bind_the_next_request_on_every_node()
    {
        var desk = node.Service<ZoneDesk>();
        Assert.Equal("internet", (await other.ActorAsync(secrets[0])).Zone);
        var approval = await ApprovedAsync(await desk.RequestAsync(await AdminAsync(0), Zones, IdentityNode.Office, Soon, default));

        // Not one word more than was approved, and once.
        NetworkRow[] wider = [Office with { Prefixes = ["10.0.0.0/8", "172.20.0.0/16"] }, Zones[1] with { Prefixes = [] }];
        Assert.Equal("grant.changed", Refused(await desk.ChangeAsync(await AdminAsync(0), approval, wider, IdentityNode.Office, default)).Code);
        Assert.Equal("internet", (await other.ActorAsync(secrets[0])).Zone);
        approval = await ApprovedAsync(await desk.RequestAsync(await AdminAsync(0), Zones, IdentityNode.Office, Soon, default));
        Done(await desk.ChangeAsync(await AdminAsync(0), approval, Zones, IdentityNode.Office, default));
        Assert.NotNull(Refused(await desk.ChangeAsync(await AdminAsync(0), approval, Zones, IdentityNode.Office, default)).Code);

        var actor = await other.ActorAsync(secrets[0]);
        Assert.Equal("office", actor.Zone);
        Assert.Equal("vpn", (await other.Actors.OfCookieAsync(secrets[0], Vpn, default)).Zone);
        Assert.Equal("internet", (await other.Actors.OfCookieAsync(secrets[0], IdentityNode.Office with { Hearsay = true }, default)).Zone);
        Assert.Equal(Zones.Select(zone => zone.Zone), (await other.Service<ZoneDesk>().ListAsync(actor, default)).Select(zone => zone.Zone));
        Assert.Single(node.Log.Facts, fact => fact.Act.Value == PlaceFacts.ZonesChanged && fact.Approvals.Count == 1 && fact.Rows.Count >= 2);
    }

    [Fact]
    public async Task Nobody_shuts_himself_out_and_a_branch_that_is_no_unit_is_refused_with_its_place()
    {
        var desk = node.Service<ZoneDesk>();
        async Task<Problem> RefusedAsync(params NetworkRow[] zones) => Refused(await desk.RequestAsync(await AdminAsync(0), zones, IdentityNode.Office, Soon, default));
        Assert.Equal("zone.lockout", (await RefusedAsync(Office with { Prefixes = ["192.168.0.0/16"] })).Code);
        Assert.Equal("zone.lockout", (await RefusedAsync(Office with { Administer = false })).Code);
        Assert.Equal("zone.lockout", (await RefusedAsync(Office with { Remote = true })).Code);
        var unknown = await RefusedAsync(Office, new NetworkRow($"branch.{UnitId.New()}", []));
        Assert.Equal(("zones[1].zone", "unit.unknown"), (Assert.Single(unknown.Errors).At, Assert.Single(unknown.Errors).Code));
        Assert.Equal("zones[0].prefixes[0]", Assert.Single((await RefusedAsync(Office with { Prefixes = ["10/8 or so"] })).Errors).At);
        Done(await desk.RequestAsync(await AdminAsync(0), [Office, new NetworkRow($"branch.{first.Unit}", ["192.168.1.0/24"])], IdentityNode.Office, Soon, default));
    }

    [Fact]
    public async Task A_permit_is_one_persons_named_zones_approved_by_another_and_over_by_itself()
    {
        await ZonedAsync();
        var desk = node.Service<RemoteDesk>();
        var worker = PersonId.From(await PersonAsync());
        var draft = new PermitDraft(worker, ["vpn"], time.NowMs(), time.NowMs() + (7 * 86_400_000L));
        Assert.Equal("permit.zones", At(await desk.RequestAsync(await AdminAsync(0), draft with { Zones = ["office"] }, "travels", Soon, default)));
        Assert.Equal("permit.until", At(await desk.RequestAsync(await AdminAsync(0), draft with { Until = draft.From }, "travels", Soon, default)));
        Assert.Equal("permit.until", At(await desk.RequestAsync(await AdminAsync(0), draft with { Until = draft.From + RemoteDesk.LongestMs + 1 }, "travels", Soon, default)));
        Assert.Equal("reason", At(await desk.RequestAsync(await AdminAsync(0), draft, " ", Soon, default)));

        var approval = await ApprovedAsync(await desk.RequestAsync(await AdminAsync(0), draft, "travels", Soon, default));
        Assert.True(Done(await desk.GrantAsync(await AdminAsync(0), approval, draft, default)).InForce);
        Assert.True(await HoldsAsync(other, worker));
        Assert.False(await HoldsAsync(other, first.Administrators[0].Person));

        // The epoch does not move: time alone ends it.
        time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMilliseconds(1));
        Assert.True(await HoldsAsync(other, worker));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(await HoldsAsync(other, worker));
        Assert.Equal("not.found", Refused(await desk.EndAsync(await AdminAsync(0, fresh: true), worker, default)).Code);
    }

    [Fact]
    public async Task Nobody_approves_his_own_permit_it_can_be_ended_early_and_a_row_written_by_hand_is_none()
    {
        await ZonedAsync();
        var desk = node.Service<RemoteDesk>();
        var own = new PermitDraft(first.Administrators[1].Person, ["vpn"], time.NowMs(), time.NowMs() + 86_400_000L);
        var approval = await ApprovedAsync(await desk.RequestAsync(await AdminAsync(0), own, "travels", Soon, default));
        Assert.Equal("people.self", Refused(await desk.GrantAsync(await AdminAsync(0), approval, own, default)).Code);
        Assert.False(await HoldsAsync(other, own.Person));

        var worker = PersonId.From(await PersonAsync());
        var draft = own with { Person = worker };
        approval = await ApprovedAsync(await desk.RequestAsync(await AdminAsync(0), draft, "travels", Soon, default));
        Done(await desk.GrantAsync(await AdminAsync(0), approval, draft, default));
        Assert.True(await HoldsAsync(other, worker));
        Assert.False(Done(await desk.EndAsync(await AdminAsync(1), worker, default)).InForce);
        Assert.False(await HoldsAsync(other, worker));

        // The database administrator puts the earlier version back as the present one.
        await Db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync("UPDATE control_row SET content = (SELECT content FROM control_row_old WHERE kind = 'remote-access') WHERE kind = 'remote-access'");
            await ConfigEpoch.BumpAsync(tx);
        });
        Assert.False(await HoldsAsync(other, worker));
    }

    [Fact]
    public async Task Who_has_signed_out_meanwhile_changes_no_zone_and_gives_or_ends_no_permit()
    {
        await ZonedAsync();
        var (desk, zones) = (node.Service<RemoteDesk>(), node.Service<ZoneDesk>());
        var draft = new PermitDraft(PersonId.From(await PersonAsync()), ["vpn"], time.NowMs(), time.NowMs() + 86_400_000L);
        var permit = await ApprovedAsync(await desk.RequestAsync(await AdminAsync(0), draft, "travels", Soon, default));
        var change = await ApprovedAsync(await zones.RequestAsync(await AdminAsync(0), Zones, IdentityNode.Office, Soon, default));
        var late = await AdminAsync(0);
        await node.Own.SignOutAsync(late, default);
        Assert.Equal("row.changed", Refused(await desk.GrantAsync(late, permit, draft, default)).Code);
        Assert.Equal("row.changed", Refused(await zones.ChangeAsync(late, change, Zones, IdentityNode.Office, default)).Code);
        Assert.False(await HoldsAsync(other, draft.Person));
        Done(await desk.GrantAsync(await AdminAsync(0, fresh: true), permit, draft, default));
        Assert.Equal("row.changed", Refused(await desk.EndAsync(late, draft.Person, default)).Code);
        Assert.True(await HoldsAsync(other, draft.Person));
    }

    private async Task ZonedAsync() => await Db.WriteAsync(tx => node.Policies.PutAsync(tx, [PolicyContent.Of(PolicyKind.Network, "zones", Zones)], IdentityFacts.BySystem("policy-seeded")));

    /// <summary>Whether he may work over the VPN, as the other node sees it.</summary>
    private async Task<bool> HoldsAsync(IdentityNode at, PersonId person)
    {
        var policy = await at.Service<IPolicySnapshots>().CurrentAsync();
        var facts = AccessFacts.FactsOf(new Actor { Kind = ActorKind.Person, Person = person, Zone = "vpn" }, policy, time.NowMs());
        return ZoneRules.Refusal(facts, policy.Access!.Networks, Act.View, false, time.NowMs()) is null;
    }

    private async Task<UInt128> PersonAsync() => Done(await node.HireAsync(await AdminAsync(0), "wang.fang", "王芳", "zh")).Person.Id;

    private async Task<Actor> AdminAsync(int which, bool fresh = false)
    {
        if (fresh)
        {
            secrets[which] = (await node.EnterAsync(first.Administrators[which].Account, first.Administrators[which].StartPassword)).Secret;
        }

        var actor = await node.ActorAsync(secrets[which]);
        Assert.False(actor.IsAnonymous);
        return actor;
    }

    private async Task<ApprovalId> ApprovedAsync(Outcome<Approval> asked)
    {
        var made = Done(asked);
        Done(await other.Approvals.DecideAsync(await AdminAsync(1), made.Id, made.Content.Digest, ApprovalVerdict.Approve, null, default));
        return made.Id;
    }

    private static string At<T>(Outcome<T> outcome) => Assert.Single(Refused(outcome).Errors).At;
}

public sealed class PlacesOnSqlite() : PlaceSuite(TestStore.Sqlite());

public sealed class PlacesOnPostgres(PostgresServer server) : PlaceSuite(TestStore.Postgres(server));
