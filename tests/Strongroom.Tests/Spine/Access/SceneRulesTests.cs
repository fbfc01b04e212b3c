using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Tests.Spine.Access;

/// <summary>Vault scenes in the one decision (R41): what falls under one needs a grant for exactly that; switched off means not allowed.</summary>
public sealed class SceneRulesTests
{
    private static readonly ItemFacts Third = Scene.OnePerLevel.First(item => item.Level == Level.Sensitive);

    private static readonly SceneRule Image = new("id_image", SceneTrigger.Items) { Items = new HashSet<ItemKey> { Third.Item } };

    private static AccessQuestion Asked(params SceneRule[] scenes) => Scene.View("counter").Rules(policy => policy with { Scenes = scenes }).Clear(Third);

    private static ApprovalFacts Grant(AccessQuestion question, params string[] scenes) => question.Approval() with { Scenes = scenes.ToHashSet() };

    private static string[] Needs(AccessQuestion question) => [.. AccessRules.Decide(question).Needs.Select(need => $"{Kebab.Of(need.What)}:{need.How}")];

    [Fact]
    public void The_decision_names_the_scene_and_only_a_grant_for_it_opens()
    {
        var asked = Asked(Image);
        Assert.True(AccessRules.Decide(Asked()).IsPermit);
        Assert.Equal(["approval:id_image"], Needs(asked));
        Assert.Equal(Shown.Withheld, AccessRules.Decide(asked).Shows(Scene.Booking.Id, Third.Item));
        Assert.Equal(["approval:id_image"], Needs(asked with { Approval = Grant(asked) }));
        Assert.Equal(["approval:id_image"], Needs(asked with { Approval = Grant(asked, "vip") }));
        var opened = AccessRules.Decide(asked with { Approval = Grant(asked, "id_image") });
        Assert.Equal((true, Shown.Clear, true), (opened.IsPermit, opened.Shows(Scene.Booking.Id, Third.Item), opened.Approval is not null));

        // Another's, another customer's, used or over: none of them is this one's.
        var grant = Grant(asked, "id_image");
        foreach (var other in new[]
        {
            grant with { Requester = PersonId.New() }, grant with { Customers = new HashSet<CustomerId> { CustomerId.New() } }, grant with { Usable = false }, grant with { Until = asked.Now },
            grant with { Items = new HashSet<ItemKey> { ItemKey.Of("other") } }, grant with { Act = Act.Correct }, grant with { Purpose = PurposeKey.Of("other") },
        })
        {
            Assert.Equal(["approval:id_image"], Needs(asked with { Approval = other }));
        }
    }

    [Fact]
    public void A_grant_for_a_scene_opens_nothing_that_does_not_fall_under_it()
    {
        // The counter sees level 4 by a second person only; a grant for images of level 3 is not that second person's word.
        var fourth = Scene.OnePerLevel.First(item => item.Level == Level.Critical);
        var asked = Scene.View("counter").Rules(policy => policy with { Scenes = [Image] }).Clear(fourth);
        Assert.Equal(["approval:use.view"], Needs(asked));
        Assert.Equal(["approval:use.view"], Needs(asked with { Approval = Grant(asked, "id_image") }));
        Assert.True(AccessRules.Decide(asked with { Approval = Grant(asked) }).IsPermit);
    }

    [Fact]
    public void A_scene_switched_off_allows_nothing_even_to_a_grant_and_to_broken_glass()
    {
        var asked = Asked(Image with { Enabled = false });
        foreach (var approval in new[] { null, Grant(asked, "id_image"), Grant(asked) with { Emergency = true } })
        {
            var decision = AccessRules.Decide(asked with { Approval = approval });
            Assert.NotEqual(Shown.Clear, decision.Shows(Scene.Booking.Id, Third.Item));
            Assert.Contains(Reasons.SceneOff, decision.Reasons);
        }
    }

    [Fact]
    public void Broken_glass_stands_for_any_scene_and_overrides_no_denial()
    {
        var asked = Asked(Image, new SceneRule("vip", SceneTrigger.Old) { Items = Image.Items });
        Assert.Equal(["approval:id_image", "approval:vip"], Needs(asked));
        var glass = asked with { Approval = Grant(asked, "break_glass") with { Emergency = true } };
        Assert.True(AccessRules.Decide(glass).IsPermit);
        Assert.False(AccessRules.Decide(glass with { Customer = glass.Customer! with { State = LifeState.Archived } }).IsPermit);
        Assert.NotEqual(Shown.Clear, AccessRules.Decide(glass.Actor(actor => actor with { Strength = Strength.Password })).Shows(Scene.Booking.Id, Third.Item));
        Assert.False(AccessRules.Decide(glass.Actor(actor => actor with { Active = false })).IsPermit);
        Assert.False(AccessRules.Decide(glass with { Purpose = null }).IsPermit);
    }

    [Theory]
    [InlineData(89, true)]
    [InlineData(91, false)]
    [InlineData(null, false)]
    public void Records_older_than_the_days_named_take_a_grant_and_an_unknown_age_is_old(int? days, bool free)
    {
        var asked = Asked(new SceneRule("history", SceneTrigger.Old) { Items = Image.Items, OlderMs = 90 * 86_400_000L });
        asked = asked with
        {
            Items = [.. asked.Items.Select(item => item with { Record = item.Record! with { Created = days is { } age ? asked.Now - (age * 86_400_000L) : null } })],
        };
        Assert.Equal(free, AccessRules.Decide(asked).IsPermit);
        Assert.Equal(free ? [] : ["approval:history"], Needs(asked));
    }

    [Fact]
    public void Above_the_volume_the_scene_is_named_and_below_it_nothing()
    {
        var scene = new SceneRule("threshold", SceneTrigger.Volume);
        AccessQuestion With(int today) => Asked(scene) is var asked ? asked with { Volume = new VolumeFacts(0, 1, new Dictionary<int, int> { [asked.Items[0].VolumeLimit] = today }) } : throw new InvalidOperationException();
        Assert.True(AccessRules.Decide(With(0)).IsPermit);
        var above = With(Third.VolumeLimit);
        Assert.Equal(["approval:threshold"], Needs(above));
        Assert.True(AccessRules.Decide(above with { Approval = Grant(above, "threshold") }).IsPermit);
    }

    [Fact]
    public void An_unverified_caller_is_verified_or_vouched_for_by_a_second_person_on_site()
    {
        var asked = Scene.View("call-agent").Rules(policy => policy with { Scenes = [new SceneRule("unverified_reveal", SceneTrigger.Unverified)] }).Clear(Third);
        Assert.Equal(["approval:unverified_reveal", "caller:verify"], Needs(asked).Order(StringComparer.Ordinal));
        Assert.True(AccessRules.Decide(asked.Verified()).IsPermit);
        Assert.True(AccessRules.Decide(asked with { Approval = Grant(asked, "unverified_reveal") }).IsPermit);
        Assert.False(AccessRules.Decide(asked with { Approval = Grant(asked) }).IsPermit);
    }

    [Fact]
    public void A_batch_beyond_the_post_takes_a_grant_whether_a_scene_is_kept_or_not()
    {
        foreach (var scenes in new SceneRule[][] { [], [new("batch_query", SceneTrigger.Many)] })
        {
            var asked = Scene.View("counter").Rules(policy => policy with { Scenes = scenes }) with { Batch = true };
            Assert.Equal(["approval:batch_query"], Needs(asked));
            Assert.Equal(scenes.Length == 1, AccessRules.Decide(asked with { Approval = Grant(asked, "batch_query") }).IsPermit);
            Assert.False(AccessRules.Decide(asked with { Approval = Grant(asked) }).IsPermit);
        }
    }

    [Fact]
    public void A_person_changes_a_number_by_two_and_a_registered_system_by_its_own_procedure()
    {
        var scene = new SceneRule("contact_change", SceneTrigger.Change) { Items = Image.Items };
        var asked = Asked(scene) with { Act = Act.Correct, Clear = new HashSet<ItemKey>() };
        asked = asked.Actor(actor => actor with { Grants = [.. actor.Grants.Select(grant => grant with { Rule = grant.Rule with { Acts = new HashSet<Act> { Act.Correct } } })] });
        asked = asked with { Items = [.. asked.Items.Where(item => item.Item == Third.Item)] };
        Assert.Equal(["approval:contact_change"], Needs(asked));
        Assert.True(AccessRules.Decide(asked with { Approval = Grant(asked, "contact_change") }).IsPermit);
        Assert.True(AccessRules.Decide(asked with { Items = [.. asked.Items.Select(item => item with { Item = ItemKey.Of("other") })] }).IsPermit);
    }
}
