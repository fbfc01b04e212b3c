using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Hosts;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Tests.Spine.Approvals;

/// <summary>Privileged sign-in to hosts (R41, priv_login) on two handles of one database.</summary>
public abstract partial class ApprovalDeskSuite
{
    private const long Hour = 60 * Minute;
    private static readonly string PublicKey = $"ssh-ed25519 {Convert.ToBase64String(new HostKey(new byte[32]).Blob)}";
    private static readonly HostCertificateAsk Exactly = new(["web-1", "db-1"], PublicKey);

    private Actor operative = null!;
    private Actor operationsLead = null!;
    private Actor security = null!;

    [Fact]
    public async Task A_certificate_takes_two_others_and_is_issued_once_for_exactly_what_they_approved()
    {
        await HostsAsync();
        var asked = Done(await AskHostsAsync());
        Assert.Equal($$"""{"from":null,"hosts":["db-1","web-1"],"sshKey":"{{new HostKey(new byte[32]).Fingerprint}}","until":{{clock.Now + (2 * Hour)}}}""", desk.EvidenceOf(asked)!.Preview);
        Assert.Equal(Reasons.ApprovalUnready.Code, await IssueAsync(asked));
        Assert.Equal("approval.self", Code(await ApproveAsync(operative, asked)));
        Done(await ApproveAsync(operationsLead, asked));
        Assert.Equal(Reasons.ApprovalUnready.Code, await IssueAsync(asked));
        Done(await ApproveAsync(security, asked));

        clock.Now += Hour;
        Assert.Equal("grant.changed", await IssueAsync(asked, Exactly with { Hosts = ["web-1", "db-2"] }));
        Assert.Equal("grant.changed", await IssueAsync(asked, Exactly with { Hosts = ["db-1"] }));
        Assert.Equal("grant.changed", await IssueAsync(asked, Exactly with { PublicKey = $"ssh-ed25519 {Convert.ToBase64String(new HostKey([1, .. new byte[31]]).Blob)}" }));
        Assert.Equal("approval.invalid", await IssueAsync(asked, by: operationsLead));
        Assert.Equal("approval.void", await IssueAsync(asked with { Id = ApprovalId.New() }));
        Assert.DoesNotContain(log.Facts, fact => fact.Act.Value == HostAccessFacts.Issued);

        // Both nodes at once: one certificate.
        var both = await Task.WhenAll(IssueAsync(asked), IssueAsync(asked, at: 1));
        Assert.Single(both, code => code is null);
        Assert.Equal("approval.void", both.Single(code => code is not null));
        Assert.Equal("approval.void", await IssueAsync(asked));
        var entry = Assert.Single(log.Facts, fact => fact.Act.Value == HostAccessFacts.Issued);
        Assert.Equal((LogActor.Of(operative.Person), asked.Id), (entry.Actor, entry.Approvals.Single()));
        Assert.Equal(["priv_login", "host.db-1", "host.web-1"], entry.Reasons);
        Assert.Equal("control_row.approval", Assert.Single(entry.Rows).Table);
        Assert.Single(log.Facts, fact => fact.Act.Value == HostAccessFacts.AuthorityMade);
        Assert.Contains(log.Facts, fact => fact.Act.Value == HostAccessFacts.IssueRefused && fact.Reasons.SequenceEqual(["grant.changed"]));
    }

    [Fact]
    public async Task A_booked_window_opens_at_its_hour_and_ends_with_it()
    {
        await HostsAsync();
        var (start, end) = (clock.Now + Hour, clock.Now + (5 * Hour));
        var (asked, late) = (Done(await AskHostsAsync(start, end)), Done(await AskHostsAsync(start, end)));
        foreach (var approval in new[] { asked, late })
        {
            Done(await ApproveAsync(operationsLead, approval));
            Done(await ApproveAsync(security, approval));
        }

        Assert.Equal("approval.early", await IssueAsync(asked));
        clock.Now = start - 1;
        Assert.Equal("approval.early", await IssueAsync(asked));
        clock.Now = start + Minute;
        operative = await AgainAsync(operative);
        var issued = Assert.IsType<Outcome<HostCertificateIssued>.Done>(await HostsOn(otherDb, other).IssueAsync(operative, asked.Id, Exactly, Ct)).Value;
        Assert.Equal(end, issued.Until);

        // The window's own ends, whenever it is fetched.
        var fields = Convert.FromBase64String(issued.Certificate.Split(' ')[1]);
        byte[] window = new SshMessage().Number((ulong)(start / 1000)).Number((ulong)(end / 1000)).Bytes([]).ToArray();
        Assert.True(fields.AsSpan().IndexOf(window) > 0);
        Assert.True(fields.AsSpan().IndexOf(Encoding.ASCII.GetBytes(asked.Id.ToString())) > 0);

        clock.Now = end;
        Assert.Equal("approval.void", await IssueAsync(late));
        Assert.Equal("approval.until", Code(await AskHostsAsync(clock.Now + Hour, clock.Now + (5 * Hour) + 1)));
    }

    [Fact]
    public async Task Without_its_scene_or_with_it_switched_off_nobody_asks_and_nothing_is_issued()
    {
        await HostsAsync();
        var asked = Done(await AskHostsAsync());
        Done(await ApproveAsync(operationsLead, asked));
        Done(await ApproveAsync(security, asked));
        await PutAsync([PolicyContent.Of(PolicyKind.Scene, "priv_login", SignInScene with { Enabled = false })]);
        Assert.Equal("scene.off", await IssueAsync(asked));
        Assert.Equal("scene.off", Code(await AskHostsAsync()));
        await PutAsync([PolicyContent.Of(PolicyKind.Scene, "priv_login", SignInScene with { Trigger = new SceneTriggerRow(SceneTrigger.None) })]);
        Assert.Equal("scene.unknown", await IssueAsync(asked));
        Assert.Equal("scene.unknown", Code(await AskHostsAsync()));

        // A row that would let one approval sign in often is none that loads.
        Assert.False(PolicyRules.TryAdd(PolicyContent.Of(PolicyKind.Scene, "priv_login", SignInScene with { Validity = new SceneValidityRow(4 * Hour) }), new PolicyDraft()));
        Assert.False(PolicyRules.TryAdd(PolicyContent.Of(PolicyKind.Scene, "priv_login", SignInScene with { Validity = new SceneValidityRow(4 * Hour, 2) }), new PolicyDraft()));
        Assert.True(PolicyRules.TryAdd(PolicyContent.Of(PolicyKind.Scene, "priv_login", SignInScene), new PolicyDraft()));
    }

    [Fact]
    public async Task Two_nodes_make_one_key_and_an_altered_one_signs_nothing_and_keeps_its_place()
    {
        await HostsAsync();
        operative = await AgainAsync(operative);
        var lines = await Task.WhenAll(HostsOn(Db, desk).AuthorityAsync(operative, Ct), HostsOn(otherDb, other).AuthorityAsync(operative, Ct));
        var line = Assert.Single(lines.Select(one => Assert.IsType<Outcome<HostAuthorityKey>.Done>(one).Value.Line).Distinct());
        Assert.StartsWith("ecdsa-sha2-nistp256 AAAA", line, StringComparison.Ordinal);
        Assert.EndsWith(" strongroom", line, StringComparison.Ordinal);
        Assert.Single(log.Facts, fact => fact.Act.Value == HostAccessFacts.AuthorityMade);

        var asked = Done(await AskHostsAsync());
        Done(await ApproveAsync(operationsLead, asked));
        Done(await ApproveAsync(security, asked));
        Task<string> ContentAsync() => Db.ReadAsync(tx => tx.ScalarAsync<string>("SELECT content FROM control_row WHERE kind = 'host-authority'"))!;
        Task<int> AlterAsync(string content) => Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE control_row SET content = @content WHERE kind = 'host-authority'", new { content }));
        var genuine = await ContentAsync();
        var altered = genuine.Replace("{", "{ ", StringComparison.Ordinal);
        await AlterAsync(altered);
        Assert.Equal("hosts.authority", await IssueAsync(asked));
        Assert.Equal("hosts.authority", await IssueAsync(asked, at: 1));
        Assert.Equal("hosts.authority", Assert.IsType<Outcome<HostAuthorityKey>.Refused>(await HostsOn(Db, desk).AuthorityAsync(operative, Ct)).Problem.Code);
        Assert.Equal(altered, await ContentAsync());
        Assert.Single(log.Facts, fact => fact.Act.Value == HostAccessFacts.AuthorityMade);

        // Nothing was used up by it.
        await AlterAsync(genuine);
        Assert.Null(await IssueAsync(asked));
    }

    private static SceneRow SignInScene => new(
        "priv_login", "运维高权登录", "Privileged sign-in", new SceneTriggerRow(SceneTrigger.SignIn), [SceneMode.Remote],
        [new ApprovalStepRow([new ApproverRow(PostKey.Of("operations"))]), new ApprovalStepRow([new ApproverRow(PostKey.Of("admin-4a"))])], new SceneValidityRow(4 * Hour, 1),
        Booked: true, CoOperator: new CoOperatorRow(Strength.SecondFactor, 5 * Minute));

    private async Task HostsAsync()
    {
        await PutAsync([PolicyContent.Of(PolicyKind.Scene, "priv_login", SignInScene)]);
        (operative, operationsLead, security) = (await PersonAsync("operations"), await PersonAsync("operations"), await PersonAsync("admin-4a"));
    }

    private async Task<Outcome<Approval>> AskHostsAsync(long? from = null, long? until = null) => await HostsOn(Db, desk).RequestAsync(
        await AgainAsync(operative), new HostAsk(Exactly.Hosts, PublicKey, until ?? clock.Now + (2 * Hour), "disk full", from), Ct);

    /// <summary>Null: a certificate was issued.</summary>
    private async Task<string?> IssueAsync(Approval asked, HostCertificateAsk? ask = null, Actor? by = null, int at = 0)
    {
        var hosts = at == 0 ? HostsOn(Db, desk) : HostsOn(otherDb, other);
        return await hosts.IssueAsync(await AgainAsync(by ?? operative), asked.Id, ask ?? Exactly, Ct) is Outcome<HostCertificateIssued>.Refused refused ? refused.Problem.Code : null;
    }

    private HostAccess HostsOn(Database db, ApprovalDesk at) => new(db, new PolicySnapshots(db, policies), at, new HostAuthority(db, control, keys), log, clock);
}
