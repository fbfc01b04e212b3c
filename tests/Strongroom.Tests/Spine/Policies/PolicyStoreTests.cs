using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Spine.Policies;

public abstract class PolicyStoreSuite(TestStore store) : StoreSuite(store)
{
    private static readonly LogFact Fact = new() { Act = FactName.Of("policy-changed"), Actor = LogActor.System };
    private static readonly PostKey Counter = PostKey.Of("counter");
    private readonly MemoryLog log = new();
    private ControlStore control = null!;
    private PolicyStore policies = null!;

    private static PolicyContent Role(string levels) => PolicyContent.Of(PolicyKind.Role, "counter", new RoleRow(
        Counter, [Act.View, Act.Find], levels.Select((letter, i) => ((i + 1).ToString(), letter.ToString())).ToDictionary(pair => pair.Item1, pair => pair.Item2), Scope.OwnUnit));

    private static PolicyContent Training => PolicyContent.Of(PolicyKind.Duty, "training", new DutyRow("training", Level.Sensitive));

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var rows = new ControlRows(new ControlTestMac());
        control = new ControlStore(rows, log, new ControlAlarms(log, NullLogger<ControlAlarms>.Instance), TimeProvider.System);
        policies = new PolicyStore(control);
    }

    [Fact]
    public async Task Without_any_rules_nothing_is_permitted()
    {
        Assert.Null((await SnapshotAsync()).Access);
        Assert.Empty((await Db.ReadAsync(policies.ReadAsync)).Posts);
    }

    [Fact]
    public async Task Rows_become_rules_and_a_change_binds_the_next_request_on_every_node()
    {
        await PutAsync(Role("ccrv"), Training);
        using var here = new PolicySnapshots(Db, policies);
        using var there = new PolicySnapshots(await OpenAsync(Options), policies);
        var first = await here.CurrentAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Right.Reveal, Assert.Single(first.Access!.Roles).Levels.At(Level.Sensitive, false));
        Assert.Equal("training", Assert.Single(first.Access.Duties).Duty);
        Assert.Same(first, await here.CurrentAsync(first.Epoch, TestContext.Current.CancellationToken));
        Assert.True((await Db.ReadAsync(policies.ReadAsync)).Posts[Counter].Operating);

        await PutAsync(Role("cmm-"));
        var second = await there.CurrentAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Right.Masked, Assert.Single(second.Access!.Roles).Levels.At(Level.Sensitive, false));
        Assert.True(second.Epoch > first.Epoch);
        Assert.Equal(second.Epoch, (await here.CurrentAsync(second.Epoch, TestContext.Current.CancellationToken)).Epoch);
    }

    [Theory]
    [InlineData(PolicyKind.Role, """{"post":"counter","acts":["view"],"levels":{"1":"c","2":"c","3":"c","4":"c"},"scope":"all","surprise":1}""")]
    [InlineData(PolicyKind.Role, """{"post":"counter","acts":["view"],"levels":{"1":"m","2":"c","3":"c","4":"c"},"scope":"all"}""")]
    [InlineData(PolicyKind.Role, """{"post":"counter","acts":["view"],"levels":{"1":"c"},"scope":"all"}""")]
    [InlineData(PolicyKind.Role, """{"post":"counter","acts":["teleport"],"levels":{"1":"c","2":"c","3":"c","4":"c"},"scope":"all"}""")]
    [InlineData(PolicyKind.Role, "null")]
    [InlineData(PolicyKind.Authorisation, """{"id":"00000000000000000000000000000001","purpose":"fulfil","items":["name"],"from":1,"until":2}""")]
    [InlineData(PolicyKind.Authorisation, """{"id":"00000000000000000000000000000001","purpose":"fulfil","items":["name"],"from":2,"until":2,"post":"counter"}""")]
    [InlineData(PolicyKind.Approval, """{"act":"form.publish","approvers":[],"longestMs":1}""")]
    [InlineData(PolicyKind.Zone, """{"level":3,"zones":["office"],"post":"counter"}""")]
    [InlineData(PolicyKind.Zone, "{}")]
    [InlineData(PolicyKind.Duty, """{"duty":"training","level":9}""")]
    [InlineData(PolicyKind.Factor, """{"strength":7}""")]
    [InlineData(PolicyKind.Conflict, """{"key":"k","zh":"z","en":"e","between":["a"]}""")]
    public async Task A_rule_not_wholly_understood_is_not_taken(object kind, string rule)
    {
        using var json = JsonDocument.Parse(rule);
        var row = new PolicyContent(1, (PolicyKind)kind, "x", [json.RootElement.Clone()]);
        Assert.IsType<PolicySaved.NotUnderstood>(await Db.WriteAsync(tx => policies.PutAsync(tx, [Training, row], Fact)));
        Assert.Null((await SnapshotAsync()).Access);
        Assert.Empty(log.Facts);
    }

    [Fact]
    public async Task A_row_of_a_newer_program_gives_no_right_and_a_rule_that_forbids_stops_everything()
    {
        await PutAsync(Role("cccc"), Training);
        await RewriteAsync(Role("cccc").Key, Role("cccc") with { V = 2 });
        var snapshot = await SnapshotAsync();
        Assert.Empty(snapshot.Access!.Roles);
        Assert.Equal(["role/counter"], snapshot.Missing);

        await RewriteAsync(Training.Key, Training with { V = 2 });
        Assert.Null((await SnapshotAsync()).Access);
    }

    [Theory]
    [InlineData("DELETE FROM control_row WHERE id = @duty", false)]
    [InlineData("UPDATE control_row SET content = o.content, mac = o.mac, version = o.version, changed = o.changed FROM control_row_old AS o WHERE control_row.id = o.id AND o.id = @duty", false)]
    [InlineData("UPDATE control_row SET mac = id WHERE id = @duty", false)]
    [InlineData("DELETE FROM control_row WHERE kind = 'policy-manifest'", false)]
    [InlineData("DELETE FROM control_row WHERE id = @role", true)]
    [InlineData("UPDATE control_row SET content = o.content, mac = o.mac, version = o.version, changed = o.changed FROM control_row_old AS o WHERE control_row.id = o.id AND o.id = @role", true)]
    public async Task DbaDeletesOrRestoresARule_NeverAllowsMore(string edit, bool whole)
    {
        await PutAsync(Role("cccc"), PolicyContent.Of(PolicyKind.Duty, "training", new DutyRow("training", Level.Critical)));
        await PutAsync(Role("cmm-"), Training);
        await Db.WriteAsync(tx => tx.ExecuteAsync(edit, new { duty = Training.Key.IdBytes, role = Role("cccc").Key.IdBytes }));
        var snapshot = await SnapshotAsync();
        Assert.Equal(whole, snapshot.Access is not null);
        Assert.True(snapshot.Access is null || snapshot.Access.Roles.Count == 0);
    }

    [Fact]
    public async Task The_organisation_is_part_of_the_snapshot()
    {
        var (entity, other) = (EntityId.New(), EntityId.New());
        var (head, desk, sub, foreign) = (UnitId.New(), UnitId.New(), UnitId.New(), UnitId.New());
        await PutAsync(Training);
        await Db.WriteAsync(tx => control.SaveAllAsync(tx,
        [
            ControlChange.Of(ControlKey.Of(Members.Unit, head), 0, new UnitContent(entity, null, "head", MemberState.Active)),
            ControlChange.Of(ControlKey.Of(Members.Unit, desk), 0, new UnitContent(entity, head, "desk", MemberState.Active)),
            ControlChange.Of(ControlKey.Of(Members.Unit, sub), 0, new UnitContent(entity, desk, "sub", MemberState.Closed)),
            ControlChange.Of(ControlKey.Of(Members.Unit, foreign), 0, new UnitContent(other, head, "foreign", MemberState.Active)),
        ], Fact));
        var person = PersonId.New();
        var duty = new DutyContent(person, "training", 5);
        await Db.WriteAsync(tx => control.SaveAsync(tx, duty.Key, 0, duty, Fact));
        var tree = (await SnapshotAsync()).Organisation;
        Assert.Equal(new HashSet<UnitId> { head, desk, sub, UnitId.None }, tree.Units[head].Below);
        Assert.Equal(new HashSet<UnitId> { desk, sub }, tree.Units[desk].Below);
        Assert.Equal([foreign], tree.Units[foreign].Below);
        Assert.False(tree.Units.ContainsKey(sub));
        Assert.Equal(5, tree.Duties[person]["training"]);
    }

    private Task<PolicySaved> PutAsync(params PolicyContent[] rows) => Db.WriteAsync(tx => policies.PutAsync(tx, rows, Fact));

    private Task<PolicySnapshot> SnapshotAsync() => Db.ReadAsync(policies.SnapshotAsync);

    /// <summary>As a newer program would: authentic, same version in the manifest, but not of this form.</summary>
    private Task RewriteAsync(ControlKey key, PolicyContent content) => Db.WriteAsync(async tx =>
    {
        var row = await control.LoadAsync<PolicyContent>(tx, key);
        await control.SaveAsync(tx, key, row!.Version, content, Fact);
        var manifest = await control.LoadAsync<PolicyManifest>(tx, PolicyManifest.Key);
        var rows = manifest!.Content.Rows.ToDictionary();
        rows[content.Path] = row.Version + 1;
        await control.SaveAsync(tx, PolicyManifest.Key, manifest.Version, new PolicyManifest(rows), Fact);
    });
}

public sealed class PolicyStoreOnSqlite() : PolicyStoreSuite(TestStore.Sqlite());

public sealed class PolicyStoreOnPostgres(PostgresServer server) : PolicyStoreSuite(TestStore.Postgres(server));
