using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;
using Strongroom.Tests.Store.Catalogue;

namespace Strongroom.Tests.Spine.Approvals;

/// <summary>Scenes as data, and how a month in the vault is counted.</summary>
public sealed class VaultRulesTests
{
    private const long Day = 86_400_000, Start = 1_800_000_000_000;
    private static readonly PersonId A = PersonId.From(1), B = PersonId.From(2), C = PersonId.From(3);

    private static IReadOnlyList<SceneRow> Shipped(bool passkeys = true)
    {
        var draft = new PolicyDraft();
        Assert.All(ScenePolicies.Of(Packs.Load("general"), passkeys), row => Assert.True(PolicyRules.TryAdd(row, draft), row.Path));
        return draft.Scenes;
    }

    [Fact]
    public void The_nineteen_scenes_ship_as_rows_that_load_and_each_says_who_how_and_how_long()
    {
        var scenes = Shipped().ToDictionary(scene => scene.Scene);
        Assert.Equal(
            ["authority", "batch_change", "batch_query", "break_glass", "cdr", "contact_change", "destroy_restore", "export", "grant_high", "history", "id_image", "import",
                "no_reader", "policy_off", "priv_login", "threshold", "transfer", "unverified_reveal", "vip"],
            scenes.Keys.Order(StringComparer.Ordinal));
        Assert.All(scenes.Values, scene => Assert.True(scene.Enabled && scene.Steps.Count > 0 && scene.Zh.Length > 0 && scene.En.Length > 0));
        Assert.Equal([SceneMode.OnSite], scenes["contact_change"].Modes);
        Assert.Equal(["cdr", "contact_change"], scenes.Values.Where(scene => scene.ByCode).Select(scene => scene.Scene).Order(StringComparer.Ordinal));
        Assert.False(PolicyRules.TryAdd(PolicyContent.Of(PolicyKind.Scene, "vip", scenes["vip"] with { ByCode = true }), new PolicyDraft()));
        Assert.Equal((3_600_000, null, 20), (scenes["threshold"].Validity.LongestMs, scenes["threshold"].Validity.Uses, scenes["threshold"].Customers));
        Assert.Equal(["data-owner", "admin-4a"], scenes["grant_high"].Steps.Select(step => step.Who.Single().Post!.Value.Value));
        Assert.Equal(ApproverUnit.Other, scenes["destroy_restore"].Steps[0].Who[0].Unit);
        Assert.True(scenes["priv_login"].Booked);
        Assert.Equal(new SceneTriggerRow(SceneTrigger.SignIn), scenes["priv_login"].Trigger);
        Assert.Equal(new SceneValidityRow(4 * 3_600_000, 1), scenes["priv_login"].Validity);
        Assert.Equal(["operations", "admin-4a"], scenes["priv_login"].Steps.Select(step => step.Who.Single().Post!.Value.Value));
        Assert.Equal(Day, scenes["break_glass"].ReviewMs);
        Assert.Equal(["authority", "destroy_restore", "policy_off", "transfer"], scenes.Values.Where(scene => scene.CoOperator?.Signs == true).Select(scene => scene.Scene).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Shipped(passkeys: false), scene => scene.CoOperator?.Signs == true);

        // Two on duty for each, but for the emergency; a company that has one says so, and is told of it.
        Assert.All(scenes.Values, scene => Assert.Equal(scene.Scene == "break_glass" ? null : 2, scene.CoOperator?.AtLeast));
        Assert.Empty(OrganisationReport.Lowered(scenes.Values));
        Assert.Equal([new LoweredScene("vip", 1)], OrganisationReport.Lowered(
            [scenes["cdr"], scenes["vip"] with { CoOperator = scenes["vip"].CoOperator! with { AtLeast = 1 } }, scenes["break_glass"]]));
        Assert.Equal(2, SceneRow.Compose("use.view", [scenes["id_image"] with { CoOperator = scenes["id_image"].CoOperator! with { AtLeast = 1 } }, scenes["vip"]])!.CoOperator!.AtLeast);
    }

    [Fact]
    public void Scenes_together_ask_for_every_step_of_each_and_the_narrowest_of_their_limits()
    {
        var scenes = Shipped().ToDictionary(scene => scene.Scene);
        var both = SceneRow.Compose("use.view", [scenes["id_image"], scenes["vip"]])!;
        Assert.Equal(["shift-lead", "data-owner"], both.InOrder().Select(step => step.Who.Single().Post!.Value.Value));
        Assert.Equal((1, 1), (both.Uses, both.Customers));
        Assert.Single(SceneRow.Compose("use.view", [scenes["id_image"], scenes["cdr"]])!.InOrder());
        Assert.Null(SceneRow.Compose("use.view", [scenes["vip"], scenes["contact_change"]]));
        Assert.Null(SceneRow.Compose("use.view", [scenes["vip"] with { Enabled = false }]));
        Assert.Null(SceneRow.Compose("use.view", [scenes["break_glass"]]));
        Assert.Null(scenes["vip"].Emergency("use.view"));
        Assert.Equal([SceneMode.None], scenes["break_glass"].Emergency("use.view")!.ModesInOrder());
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "\"modes\":[\"remote\"]", "\"modes\":[]" },
        { "\"modes\":[\"remote\"]", "\"modes\":[\"none\"]" },
        { "\"modes\":[\"remote\"]", "\"modes\":[\"telepathy\"]" },
        { "\"on\":\"items\"", "\"on\":\"listed\"" },
        { "\"on\":\"items\"", "\"on\":\"act\"" },
        { "\"longestMs\":86400000", "\"longestMs\":86400001" },
        { "\"longestMs\":86400000", "\"longestMs\":0" },
        { "\"count\":1", "\"count\":0" },
        { "\"enabled\":true", "\"enabled\":true,\"urgent\":true" },
        { "\"reviewMs\":null", "\"reviewMs\":5" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_scene_that_is_not_wholly_understood_is_not_loaded(string from, string to)
    {
        var text = System.Text.Json.JsonSerializer.Serialize(Shipped().Single(scene => scene.Scene == "id_image"), ControlRows.Json);
        Assert.Contains(from, text, StringComparison.Ordinal);
        Assert.True(Loads(text));
        Assert.False(Loads(text.Replace(from, to, StringComparison.Ordinal)));
        Assert.True(PolicyRules.Forbids(PolicyKind.Scene));
    }

    [Fact]
    public void A_month_shows_haste_habit_pairs_waste_and_debts()
    {
        var list = new List<(ApprovalId, ApprovalContent)>();
        ApprovalId Add(ApprovalContent content)
        {
            var id = ApprovalId.From((UInt128)(list.Count + 1));
            list.Add((id, content));
            return id;
        }

        var hasty = Add(Request(A, Vote(B, 2_999)) with { LastUsed = Start + 5_000, State = ApprovalState.Used });
        for (var i = 0; i < 4; i++)
        {
            Add(Request(A, Vote(B, 60_000)) with { LastUsed = Start + 70_000, State = ApprovalState.Used });
        }

        Add(Request(B, Vote(A, 60_000)) with { LastUsed = Start + 70_000, State = ApprovalState.Used });
        var unused = Add(Request(B, Vote(A, 60_000)) with { State = ApprovalState.Approved });
        var beyond = Add(Request(C, Vote(A, 60_000)) with { LastUsed = Start + 70_000, State = ApprovalState.Used } is var booked ? booked with { Scope = booked.Scope with { From = Start + 80_000 } } : throw new InvalidOperationException());
        var refusal = Request(C, Vote(A, 60_000, ApprovalVerdict.Refuse)) with { State = ApprovalState.Refused };
        Add(refusal);
        var glass = Request(C) with { State = ApprovalState.Used, LastUsed = Start + 10, ReviewUntil = Start + Day };
        var debt = Add(glass with { Scope = glass.Scope with { Mode = SceneMode.None } });

        var report = QualityRules.Of("2027-01", list, whole: true, Start + (2 * Day));
        Assert.Equal((hasty, B, 2_999L), Assert.Single(report.Hasty) is var one ? (one.Approval, one.Person, one.Ms) : default);
        Assert.Equal([new NeverRefusing(B, 5)], report.NeverRefused);
        Assert.Equal([new MutualPair(A, B, 2, 5)], report.Pairs);
        Assert.Equal([unused], report.Unused);
        Assert.Equal([beyond], report.BeyondHours);
        Assert.Equal([new GlassDebt(debt, C, Start + Day, Overdue: true)], report.Debts);
        Assert.Equal((list.Count, 1), (report.Requests, report.Refused));
        Assert.Empty(QualityRules.Of("2027-02", [], whole: true, Start).Debts);
    }

    [Fact]
    public void Orders_that_name_each_other_are_a_pair_too_and_never_haste()
    {
        ApprovalContent Ordered(PersonId by, PersonId approver) => Request(by, Vote(approver, 0) with { Via = SceneMode.WorkOrder });
        var list = new[] { Ordered(A, B), Ordered(A, B), Ordered(B, A), Ordered(B, A) }.Select((content, i) => (ApprovalId.From((UInt128)(i + 1)), content)).ToList();
        var report = QualityRules.Of("2027-01", list, whole: true, Start + Day);
        Assert.Equal((2, 2), Assert.Single(report.Pairs) is var pair ? (pair.ByOne, pair.ByOther) : default);
        Assert.Empty(report.Hasty);
    }

    private static bool Loads(string rule) =>
        PolicyRules.TryAdd(new PolicyContent(1, PolicyKind.Scene, "id_image", [System.Text.Json.JsonDocument.Parse(rule).RootElement.Clone()]), new PolicyDraft());

    private static ApprovalVote Vote(PersonId by, long after, ApprovalVerdict verdict = ApprovalVerdict.Approve) => new(0, by, null, PostKey.Of("shift-lead"), verdict, Start + after);

    private static ApprovalContent Request(PersonId by, params ApprovalVote[] votes) => new(new ApprovalScope("use.view", "some", new string('a', 64), Start + Day), by, EntityId.From(1), UnitId.From(1), Start, 1, "p")
    {
        State = ApprovalState.Requested, StepSince = Start, StepUntil = Start + Day, Votes = votes,
    };
}
