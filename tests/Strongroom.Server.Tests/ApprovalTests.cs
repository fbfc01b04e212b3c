using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>Two people, one digest: what is opened with an approval and what is not (R21, R45).</summary>
public sealed class ApprovalTests(Shared shared)
{
    private static readonly string Digest = new('a', 64), OtherDigest = new('b', 64);

    [Fact]
    public async Task The_requester_cannot_decide_nor_can_a_post_that_does_not_approve_this_act()
    {
        var (_, _, staff) = await shared.WorldAsync();
        var (asked, bound) = await AskAsync(staff.Owner, "purpose.change", "some-purpose", Digest);
        (await staff.Owner.PostAsync($"/v1/approvals/{asked}/decide", Approve(bound))).Refused(403, "approval.self");
        (await staff.BackOffice.PostAsync($"/v1/approvals/{asked}/decide", Approve(bound))).Refused(403, "act.ungranted");
        (await staff.Admin.PostAsync($"/v1/approvals/{asked}/decide", Approve(bound))).Refused(403, "act.ungranted");
        Assert.Equal("requested", await StateAsync(staff.Owner, asked));
    }

    [Fact]
    public async Task A_decision_on_another_digest_voids_the_request()
    {
        var (_, _, staff) = await shared.WorldAsync();
        var (asked, bound) = await AskAsync(staff.Owner, "purpose.change", "some-purpose", Digest);
        Assert.Equal("grant.changed", (await staff.Dpo.PostAsync($"/v1/approvals/{asked}/decide", Approve(OtherDigest))).Code);
        Assert.Equal("void", await StateAsync(staff.Owner, asked));
        Assert.Equal("approval.void", (await staff.Dpo.PostAsync($"/v1/approvals/{asked}/decide", Approve(bound))).Code);
    }

    [Fact]
    public async Task A_refusal_needs_its_reason_and_an_end_is_always_set()
    {
        var (_, _, staff) = await shared.WorldAsync();
        var (asked, bound) = await AskAsync(staff.Owner, "purpose.change", "some-purpose", Digest);
        Assert.Equal("approval.reason", (await staff.Dpo.PostAsync($"/v1/approvals/{asked}/decide", new { digest = bound, verdict = "refuse" })).Code);
        Assert.Equal("refused", (await staff.Dpo.PostAsync($"/v1/approvals/{asked}/decide", new { digest = bound, verdict = "refuse", reason = "not needed" })).Good()["state"]!.GetValue<string>());
        foreach (var until in new[] { Staff.Now - 1, Staff.Now + (400L * 86_400_000) })
        {
            Assert.Equal("approval.until", (await staff.Dpo.PostAsync("/v1/approvals", new { act = "purpose.change", subject = "f", digest = Digest, until })).Code);
        }

        Assert.Equal("approval.act", (await staff.Dpo.PostAsync("/v1/approvals", new { act = "rule.the.world", subject = "f", digest = Digest, until = Staff.Now + 60_000 })).Code);
    }

    [Fact]
    public async Task An_authorisation_needs_its_own_approval_decided_and_unused()
    {
        var (_, _, staff) = await shared.WorldAsync();
        var draft = Draft("shift-lead", "name");
        var asked = (await staff.BackOffice.PostAsync("/v1/authorisations/request", new { authorisation = draft, until = Staff.Now + 3_600_000 })).Good();
        var (undecided, digest) = (asked["approval"]!.GetValue<string>(), asked["digest"]!.GetValue<string>());

        // The approver sees the very text whose hash he decides on, not a text of the requester's.
        var shown = (await staff.Owner.GetAsync($"/v1/approvals/{undecided}")).Good();
        var preview = shown["preview"]!.GetValue<string>();
        Assert.Equal(digest, shown["digest"]!.GetValue<string>());
        Assert.Equal(shown["content"]!.GetValue<string>(), Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(preview))));
        Assert.Equal("approval.unready", (await staff.BackOffice.PostAsync("/v1/authorisations", new { approval = undecided, authorisation = draft })).Code);

        // Approved for the name, used for more.
        (await staff.Owner.PostAsync($"/v1/approvals/{undecided}/decide", Approve(digest))).Good();
        Assert.Equal("grant.changed", (await staff.BackOffice.PostAsync("/v1/authorisations", new { approval = undecided, authorisation = Draft("shift-lead", "name", "id_no") })).Code);
        Assert.Equal("approval.invalid", (await staff.Dpo.PostAsync("/v1/authorisations", new { approval = undecided, authorisation = draft })).Code);

        var granted = (await staff.BackOffice.PostAsync("/v1/authorisations", new { approval = undecided, authorisation = draft })).Good()["id"]!.GetValue<string>();
        Assert.Equal("approval.void", (await staff.BackOffice.PostAsync("/v1/authorisations", new { approval = undecided, authorisation = draft })).Code);
        Assert.Contains(granted, (await staff.Owner.GetAsync("/v1/authorisations")).Text, StringComparison.Ordinal);
        (await staff.Owner.PostAsync($"/v1/authorisations/{granted}/end")).Good();
        Assert.DoesNotContain(granted, (await staff.Owner.GetAsync("/v1/authorisations")).Text, StringComparison.Ordinal);
    }

    private static object Approve(string digest) => new { digest, verdict = "approve", reason = "fits" };

    private static readonly long From = Staff.Now;

    private static object Draft(string post, params string[] items) => new { purpose = "fulfil", items, from = From, until = From + 86_400_000L, post };

    private static async Task<(string Id, string Digest)> AskAsync(Caller who, string act, string subject, string digest)
    {
        var asked = (await who.PostAsync("/v1/approvals", new { act, subject, digest, preview = "p", until = Staff.Now + 3_600_000 })).Good();
        Assert.Equal(digest, asked["content"]!.GetValue<string>());
        return (asked["id"]!.GetValue<string>(), asked["digest"]!.GetValue<string>());
    }

    private static async Task<string> StateAsync(Caller who, string id) => (await who.GetAsync($"/v1/approvals/{id}")).Good()["state"]!.GetValue<string>();
}
